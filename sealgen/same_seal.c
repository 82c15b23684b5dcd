/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same_seal.c: alike is not transitive on poor samples (faint, pressed on one side), so parties grow by their
 * nearest pair: one good sample holds two poor ones together.
 */
#include "sealgen/same_seal.h"

#include "sealgen/alike.h"

/*
 * Of the letters' likeness (alike.h). Samples of one seal have .77 to .99; pressed on one side only, or at 5 px/mm, .45
 * and more, but then another pair holds them. Seals of two companies, cut by one engraver with the same last words,
 * have -.5 to .66. Where two samples are so good that they agree fully, the third must agree better, too.
 */
#define LETTERS_ALIKE 0.60
#define GOOD_PAIR 0.90
#define ALIKE_TO_GOOD 0.70
enum { JUDGED_LEAST = 5 };

typedef struct {
    const Impression *const *samples;
    guint n, ref;
    const Alignment *from_ref;
    double likeness[SAME_SEAL_MOST][SAME_SEAL_MOST]; /* -1: not looked at */
    guint party[SAME_SEAL_MOST];                     /* the lowest sample of each one's party */
} Search;

static gboolean
can_be_judged(const Impression *imp)
{
    return !imp->overlapped && imp->outline.shape != SHAPE_FREE;
}

static double
compare(Search *s, guint a, guint b)
{
    Alignment alignment;
    if (a == s->ref) {
        alignment = s->from_ref[b];
    } else {
        align_coarse(s->samples[a], s->samples[b], &alignment);
        align_fine(s->samples[a], s->samples[b], s->samples[a]->photo || s->samples[b]->photo, &alignment);
    }
    Alikeness alike = alike_compare(s->samples[a], s->samples[b], &alignment);
    return s->likeness[a][b] = s->likeness[b][a] = alike.judged < JUDGED_LEAST ? 1 : alike.likeness;
}

/* The reference with all; all others with each other only where one of those is not surely its like. */
static void
compare_all(Search *s)
{
    gboolean all_alike = can_be_judged(s->samples[s->ref]);
    for (guint i = 0; i < s->n && can_be_judged(s->samples[s->ref]); i++)
        if (i != s->ref && can_be_judged(s->samples[i]))
            all_alike = compare(s, s->ref, i) >= ALIKE_TO_GOOD && all_alike;
    for (guint a = 0; a < s->n && !all_alike; a++)
        for (guint b = a + 1; b < s->n; b++)
            if (a != s->ref && b != s->ref && can_be_judged(s->samples[a]) && can_be_judged(s->samples[b]))
                compare(s, a, b);
}

static void
make_parties(Search *s)
{
    double best = -1;
    for (guint a = 0; a < s->n; a++) {
        s->party[a] = a;
        for (guint b = 0; b < a; b++)
            best = MAX(best, s->likeness[a][b]);
    }
    double least = best >= GOOD_PAIR ? ALIKE_TO_GOOD : LETTERS_ALIKE;
    for (guint a = 0; a < s->n; a++)
        for (guint b = 0; b < a; b++)
            if (s->likeness[a][b] >= least) {
                guint from = MAX(s->party[a], s->party[b]), to = MIN(s->party[a], s->party[b]);
                for (guint i = 0; i < s->n; i++)
                    if (s->party[i] == from)
                        s->party[i] = to;
            }
}

static guint
votes_of(const Search *s, const gboolean *voters, guint party)
{
    guint votes = 0;
    for (guint i = 0; i < s->n; i++)
        votes += voters[i] && s->party[i] == party && can_be_judged(s->samples[i]);
    return votes;
}

void
same_seal_find(const Impression *const *samples, guint n, guint ref, const Alignment *from_ref, const gboolean *voters,
               SameSeal *seen)
{
    g_assert(n >= 1 && n <= SAME_SEAL_MOST && ref < n);
    Search s = { .samples = samples, .n = n, .ref = ref, .from_ref = from_ref };
    for (guint a = 0; a < n; a++)
        for (guint b = 0; b < n; b++)
            s.likeness[a][b] = -1;
    compare_all(&s);
    make_parties(&s);
    guint largest = s.party[ref], most = votes_of(&s, voters, largest);
    for (guint i = 0; i < n; i++)
        if (votes_of(&s, voters, s.party[i]) > most) {
            largest = s.party[i];
            most = votes_of(&s, voters, largest);
        }
    for (guint i = 0; i < n; i++) {
        seen[i] = (SameSeal){ can_be_judged(samples[i]) && most > 0 && s.party[i] != largest, -1 };
        for (guint k = 0; k < n; k++)
            seen[i].likeness = MAX(seen[i].likeness, s.likeness[i][k]);
        if (seen[i].likeness <= -1)
            seen[i].likeness = 1;
    }
}
