/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codeline.c: the passes over a line and their vote.
 *
 * The passes differ in how large the letters are in the strip, in stretch, in whether the paper was
 * evened out and in the net: a net that drops or doubles a letter at one scale seldom does so at the
 * next, and Tesseract's `eng` errs on other letters than ours. Most lines end after the first three;
 * figures in ocr/model/README.md.
 */
#include "ocr/codeline.h"

#include <string.h>

#include "core/citizen_id.h"
#include "core/credit_code.h"
#include "ocr/codeline_strip.h"
#include "ocr/tess.h"

struct Codeline {
    Tess *own[2]; /* by CodelineKind */
    Tess *eng[2]; /* Tesseract's own, held to the same letters; NULL where it is not installed */
};

void
codeline_free(Codeline *codeline)
{
    if (!codeline)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(codeline->own); i++) {
        tess_free(codeline->own[i]);
        tess_free(codeline->eng[i]);
    }
    g_free(codeline);
}

static const char *
letters_of(CodelineKind kind)
{
    return kind == CODELINE_CREDIT_CODE ? CREDIT_CODE_LETTERS : "0123456789X";
}

Codeline *
codeline_open(const char *model_dir, GError **error)
{
    static const char *const models[] = { [CODELINE_CREDIT_CODE] = "sbcode", [CODELINE_CITIZEN_ID] = "sbid" };
    g_autoptr(Codeline) codeline = g_new0(Codeline, 1);
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (!(codeline->own[i] = tess_open(model_dir, models[i], NULL, TRUE, error)))
            return NULL;
        codeline->eng[i] = tess_open(NULL, "eng", letters_of((CodelineKind)i), FALSE, NULL);
    }
    return g_steal_pointer(&codeline);
}

static void
reading_free(gpointer data)
{
    CodelineReading *reading = data;
    g_free(reading->text);
    g_free(reading);
}

void
codeline_result_free(CodelineResult *result)
{
    if (!result)
        return;
    g_free(result->text);
    g_free(result->suggestion);
    g_ptr_array_unref(result->readings);
    g_free(result);
}

/* ---- one pass ----------------------------------------------------------------------------------- */

typedef enum { SOURCE_FIRST, SOURCE_SECOND } Source;

/* Who read a text. */
enum { BY_OWN = 1 << 0, BY_ENG = 1 << 1, BY_WITNESS = 1 << 2 };

typedef struct {
    guint by; /* BY_OWN or BY_ENG */
    Source source;
    TessMode mode;
    StripCut cut; /* flat, cap_px, stretch, sharpen, clip, still */
} Pass;

/* In the order they are made: chosen one by one, each for what it added to those before it. */
static const Pass passes[] = {
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { TRUE, 25, 1, 0, 0, TRUE } },
    { BY_OWN, SOURCE_FIRST, TESS_LINE, { TRUE, 24, 1, 0, 0, FALSE } },
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { FALSE, 25, 1, 0, 0, TRUE } },
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { TRUE, 25, 1, 0, 0, FALSE } },
    { BY_ENG, SOURCE_FIRST, TESS_LINE, { TRUE, 22, 1, 0, 0, FALSE } },
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { TRUE, 28, 1, 0, 0, TRUE } },
    { BY_OWN, SOURCE_SECOND, TESS_RAW_LINE, { TRUE, 25, 1, 0, 0, FALSE } },
    { BY_ENG, SOURCE_FIRST, TESS_RAW_LINE, { TRUE, 22, 1, 0, 0, FALSE } },
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { FALSE, 25, 1, 0, 0, FALSE } },
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { TRUE, 22, 1, 0, 0, TRUE } },
    { BY_OWN, SOURCE_SECOND, TESS_LINE, { FALSE, 22, 1, 0, 0, FALSE } },
    { BY_OWN, SOURCE_FIRST, TESS_RAW_LINE, { TRUE, 22, 1.2, 0, 0, FALSE } },
};

/* After so many passes a line on which all agree is done. */
enum { FIRST_LOOK = 3 };

typedef struct {
    char *text;
    guint passes;
    guint by;                       /* BY_… of all that read it */
    double worst;                   /* sum over passes of the worst letter's confidence */
    double letter[CODELINE_LENGTH]; /* sums over passes, where text has 18 letters */
} Tally;

typedef struct {
    CodelineKind kind;
    GPtrArray *tallies; /* Tally * */
    guint made;
    /* What else each place was seen as: bit by letter, from choices and from other readings. */
    guint32 seen[CODELINE_LENGTH];
} Vote;

static void
tally_free(gpointer data)
{
    Tally *tally = data;
    g_free(tally->text);
    g_free(tally);
}

static gboolean
is_valid(CodelineKind kind, const char *text)
{
    return kind == CODELINE_CREDIT_CODE ? !(credit_code_check(text) & CREDIT_CODE_ERRORS)
                                        : !(citizen_id_check(text) & CITIZEN_ID_ERRORS);
}

/* Old codes and some zones break GB 11714's inner check: such a text needs more votes, no more. */
static gboolean
is_strong(CodelineKind kind, const char *text)
{
    return kind != CODELINE_CREDIT_CODE || !(credit_code_check(text) & CREDIT_CODE_ORGANISATION_WRONG);
}

static void
note_letter(Vote *vote, guint place, char letter)
{
    const char *at = letter ? strchr(letters_of(vote->kind), letter) : NULL;
    if (at && place < CODELINE_LENGTH)
        vote->seen[place] |= 1u << (at - letters_of(vote->kind));
}

static void
cast(Vote *vote, guint by, const char *text, const double *letter_confidence)
{
    Tally *tally = NULL;
    gsize length = strlen(text);
    vote->made++;
    for (guint i = 0; i < vote->tallies->len && !tally; i++) {
        Tally *t = g_ptr_array_index(vote->tallies, i);
        if (g_str_equal(t->text, text))
            tally = t;
    }
    if (!tally) {
        tally = g_new0(Tally, 1);
        tally->text = g_strdup(text);
        g_ptr_array_add(vote->tallies, tally);
    }
    tally->passes++;
    tally->by |= by;
    double worst = length ? 100 : 0;
    for (gsize i = 0; i < length; i++) {
        worst = MIN(worst, letter_confidence[i]);
        if (length == CODELINE_LENGTH) {
            tally->letter[i] += letter_confidence[i];
            note_letter(vote, (guint)i, text[i]);
        }
    }
    tally->worst += worst;
}

static gboolean
make_pass(Tess *net, const Strip *strip, const Pass *pass, Vote *vote, GError **error)
{
    g_autoptr(Image) cut = strip_cut(strip, &pass->cut);
    g_autoptr(TessReading) reading = tess_read(net, cut, pass->mode, error);
    if (!reading)
        return FALSE;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree double *confidence = g_new0(double, reading->symbols->len + 1);
    for (guint i = 0; i < reading->symbols->len; i++) {
        const TessSymbol *symbol = &g_array_index(reading->symbols, TessSymbol, i);
        if (!strchr(letters_of(vote->kind), symbol->text[0]))
            continue;
        confidence[text->len] = symbol->confidence;
        g_string_append_c(text, symbol->text[0]);
    }
    if (text->len == CODELINE_LENGTH && reading->symbols->len == CODELINE_LENGTH)
        for (guint i = 0; i < CODELINE_LENGTH; i++) {
            const TessSymbol *symbol = &g_array_index(reading->symbols, TessSymbol, i);
            for (guint c = 0; c < symbol->n_choices; c++)
                note_letter(vote, i, symbol->choices[c].text[0]);
        }
    cast(vote, pass->by, text->str, confidence);
    return TRUE;
}

/* ---- the count ---------------------------------------------------------------------------------- */

/* Valid ones first, then by votes, then by confidence. */
static int
compare_tallies(gconstpointer a, gconstpointer b, gpointer data)
{
    const Vote *vote = data;
    const Tally *p = *(Tally *const *)a, *q = *(Tally *const *)b;
    gboolean valid_p = is_valid(vote->kind, p->text), valid_q = is_valid(vote->kind, q->text);
    if (valid_p != valid_q)
        return valid_p ? -1 : 1;
    if (p->passes != q->passes)
        return p->passes > q->passes ? -1 : 1;
    gboolean full_p = strlen(p->text) == CODELINE_LENGTH, full_q = strlen(q->text) == CODELINE_LENGTH;
    if (full_p != full_q)
        return full_p ? -1 : 1;
    if (p->worst != q->worst)
        return p->worst > q->worst ? -1 : 1;
    return strcmp(p->text, q->text);
}

/* The valid text that most read, and how many other valid ones there are. */
static const Tally *
favourite(const Vote *vote, guint *rivals)
{
    const Tally *best = NULL;
    guint valid = 0;
    for (guint i = 0; i < vote->tallies->len; i++) {
        const Tally *tally = g_ptr_array_index(vote->tallies, i);
        if (!is_valid(vote->kind, tally->text))
            continue;
        valid++;
        if (!best || tally->passes > best->passes)
            best = tally;
    }
    *rivals = valid ? valid - 1 : 0;
    return best;
}

/*
 * Is @tally more than a chance? Two readings that make the same two mistakes may fit the check character;
 * one net repeats its own confusions (blurred 6 as 4), so what it is not sure of needs another net's vote
 * or many passes. An ID number's check lets one in eleven through, a code's one in 31, and 1 in 300 with
 * the organisation code's.
 */
static gboolean
is_proven(const Vote *vote, const Tally *tally)
{
    double worst = tally->worst / tally->passes;
    gboolean two_nets = (tally->by & BY_OWN) && (tally->by & ~BY_OWN);
    if (!(tally->by & (BY_OWN | BY_ENG)))
        return FALSE;
    if (!is_strong(vote->kind, tally->text))
        return tally->passes >= 4 && two_nets;
    if (tally->passes >= 3)
        return two_nets || worst >= 80 || (tally->passes >= 5 && worst >= 70);
    return tally->passes == 2 && (two_nets || worst >= 90);
}

/* Nothing that could still come would change the answer. */
static gboolean
is_settled(const Vote *vote)
{
    guint rivals;
    const Tally *best = favourite(vote, &rivals);
    if (vote->made < FIRST_LOOK || !best || rivals || !is_proven(vote, best))
        return FALSE;
    return best->passes == vote->made || best->passes >= 4;
}

/*
 * One letter changed so that all checks pass, among the letters that some pass thought of. A person
 * sees it as a suggestion. NULL where none or more than one fits.
 */
static char *
suggest(const Vote *vote, const char *text)
{
    char *found = NULL;
    if (strlen(text) != CODELINE_LENGTH)
        return NULL;
    const char *letters = letters_of(vote->kind);
    g_autofree char *trial = g_strdup(text);
    for (guint i = 0; i < CODELINE_LENGTH; i++) {
        for (guint l = 0; letters[l]; l++) {
            if (!(vote->seen[i] >> l & 1) || letters[l] == text[i])
                continue;
            trial[i] = letters[l];
            if (!is_valid(vote->kind, trial) || !is_strong(vote->kind, trial))
                continue;
            if (found) {
                g_free(found);
                return NULL;
            }
            found = g_strdup(trial);
        }
        trial[i] = text[i];
    }
    return found;
}

/* How sure a check that fails must be to speak of forgery and not of a bad picture; and two nets must have
   seen it: one alone may read a 3 as 5 in every pass. */
static const double sure_letter = 92;

static FieldStatus
judge(const Vote *vote, CodelineResult *result)
{
    const Tally *best = g_ptr_array_index(vote->tallies, 0);
    double worst = best->worst / best->passes;
    if (is_valid(vote->kind, best->text)) {
        guint rivals;
        favourite(vote, &rivals);
        return !rivals && is_proven(vote, best) ? FIELD_READ : FIELD_WEAK;
    }
    if (strlen(best->text) != CODELINE_LENGTH)
        return FIELD_UNREADABLE;
    gboolean two_nets = (best->by & BY_OWN) && (best->by & ~BY_OWN);
    if (best->passes * 3 >= vote->made * 2 && worst >= sure_letter && (two_nets || best->passes == vote->made))
        return FIELD_CHECK_FAILED;
    result->suggestion = suggest(vote, best->text);
    return result->suggestion ? FIELD_SUGGESTED : FIELD_UNREADABLE;
}

static CodelineResult *
count_votes(Vote *vote)
{
    CodelineResult *result = g_new0(CodelineResult, 1);
    result->readings = g_ptr_array_new_with_free_func(reading_free);
    g_ptr_array_sort_with_data(vote->tallies, compare_tallies, vote);
    for (guint i = 0; i < vote->tallies->len; i++) {
        const Tally *tally = g_ptr_array_index(vote->tallies, i);
        CodelineReading *reading = g_new0(CodelineReading, 1);
        reading->text = g_strdup(tally->text);
        reading->passes = tally->passes;
        reading->valid = is_valid(vote->kind, tally->text);
        reading->confidence = tally->worst / tally->passes;
        g_ptr_array_add(result->readings, reading);
    }
    const Tally *best = g_ptr_array_index(vote->tallies, 0);
    result->status = judge(vote, result);
    result->text = g_strdup(best->text);
    result->passes_agreed = best->passes;
    result->passes_made = vote->made;
    for (guint i = 0; i < CODELINE_LENGTH; i++)
        result->letter_confidence[i] = best->letter[i] / best->passes;
    /* Agreement weighs more than what the net thinks of itself. */
    double agreed = (double)best->passes / vote->made;
    result->confidence = result->status == FIELD_READ ? 60 + 25 * agreed + .15 * best->worst / best->passes
                                                      : 60 * agreed * (.5 + best->worst / best->passes / 200);
    return result;
}

/* ---- the line ----------------------------------------------------------------------------------- */

static gboolean
is_readable(const Image *line, GError **error)
{
    if (line->channels == 1 && line->width && line->height && line->width <= CODELINE_MAX_SIDE_PX &&
        line->height <= CODELINE_MAX_SIDE_PX)
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "a code line of %u x %u pixels and %u channels cannot be read",
                line->width, line->height, line->channels);
    return FALSE;
}

static void
place_result(CodelineResult *result, const Strip *strip)
{
    double drop = strip->slope * (strip->x1 - strip->x0) / 2;
    result->x0 = strip->x0 * strip->shrunk;
    result->x1 = strip->x1 * strip->shrunk;
    result->y0 = (strip->top - ABS(drop)) * strip->shrunk;
    result->y1 = (strip->bottom + ABS(drop)) * strip->shrunk;
}

CodelineResult *
codeline_read(Codeline *codeline, const Image *line, const Image *second, CodelineKind kind,
              const CodelineWitness *witnesses, guint n_witnesses, GError **error)
{
    if (!is_readable(line, error) || (second && !is_readable(second, error)))
        return NULL;
    g_autoptr(Strip) strip = strip_find(line), other = second ? strip_beside(strip, second) : NULL;
    Vote vote = { .kind = kind };
    g_autoptr(GPtrArray) tallies = vote.tallies = g_ptr_array_new_with_free_func(tally_free);
    static const double unknown[256] = { 0 };
    for (guint i = 0; i < MIN(n_witnesses, CODELINE_MAX_WITNESSES); i++) {
        gsize length = strlen(witnesses[i].text);
        if (length < G_N_ELEMENTS(unknown))
            cast(&vote, BY_WITNESS, witnesses[i].text, length == CODELINE_LENGTH ? witnesses[i].confidence : unknown);
    }
    for (guint i = 0; i < G_N_ELEMENTS(passes) && !is_settled(&vote); i++) {
        const Strip *from = passes[i].source == SOURCE_SECOND ? other : strip;
        Tess *net = passes[i].by == BY_ENG ? codeline->eng[kind] : codeline->own[kind];
        if (from && net && !make_pass(net, from, &passes[i], &vote, error))
            return NULL;
    }
    CodelineResult *result = count_votes(&vote);
    place_result(result, strip);
    return result;
}
