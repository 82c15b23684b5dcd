/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify.c: does the line say exactly this text?
 *
 * The expected text decides how many cells are cut and how wide; from there on it is one class among
 * all others. A character passes when every other class is farther by a share of the distance between
 * the two (rho), which holds for near and for far rivals alike. Then the line as a whole: no ink
 * outside the cuts, a fit that looks like print, near twins only by a wide margin.
 */
#include "ocr/hanzi/inner.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

/* The thresholds; ocr/hanzi/README.md has the figures that they come from. */
#define RHO_PASS 0.12      /* on a line that fits print well; more where it fits less: */
#define RHO_A_FIT 0.30     /* a unit of the line's median fit above FIT_GOOD, */
#define RHO_SOFT 0.20      /* on a line whose edges are soft: all of it at SOFT_EDGES, none from SHARP_EDGES on; */
#define SHARP_EDGES 46.0
#define SOFT_EDGES 26.0
#define NEAR_D2 30.0       /* and more against a rival that is near, where chance moves rho most: */
#define RHO_NEAR 0.30      /* at D2 = 0; */
#define RHO_NEAR_A_FIT 0.60
#define FIT_GOOD 0.5
#define RHO_DIFFERS 0.50   /* 98 of 100 look-alikes really printed lie beyond 0.7 on lines that fit */
#define RHO_DIFFERS_A_FIT 0.40
#define RHO_TWIN 0.50
#define TWIN_D2 8.0
#define FIT_MEDIAN 300.0
#define FIT_ONE 600.0
#define FIT_SIGN 950.0
#define PITCH_LEAST 0.88
#define PITCH_MOST 1.36    /* ems; wider than print is set, since a low face is measured as a smaller em */
#define PITCH_SPACED 2.4
#define OUTSIDE 0.10       /* of an average character's ink, within OUTSIDE_EM */
#define OUTSIDE_EM 0.30
#define COVERED 0.12       /* share of covered ink that makes a character unsure */

typedef struct {
    gunichar c;
    int class;     /* or -1 */
    HzWidth width; /* of a sign, as if half width */
    gboolean sign; /* a bracket or dot: full or half width */
} Wanted;

/* Everything about one expected character on its line. */
typedef struct {
    const Wanted *want;
    guint line;
    HzRect cell;
    gboolean ink;
    double mass, covered;
    HzPoint point;
    gint32 *d; /* to set 0, then the mean with the style's */
} Seen;

static gboolean
text_wanted(const Hanzi *m, const char *text, GArray *out, GError **error)
{
    if (!text || !g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > 4 * HANZI_MAX_CHARS) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "expected text is not UTF-8 or too long");
        return FALSE;
    }
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = hanzi_fold(g_utf8_get_char(p));
        if (g_unichar_isspace(c))
            continue;
        Wanted w = {c, hz_class_of(m, c), {c >= 0x2e80, 1}, c == '(' || c == ')' || c == 0xb7 || c == '[' || c == ']'};
        if (!w.width.full)
            w.width.em = w.class >= 0 ? m->geometry[w.class * HZ_GEOMETRY + HZ_GEO_ADVANCE] / 100.0 : .5;
        g_array_append_val(out, w);
    }
    if (!out->len || out->len > HANZI_MAX_CHARS) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "expected text has %u characters, 1..%d are possible", out->len,
                    HANZI_MAX_CHARS);
        return FALSE;
    }
    return TRUE;
}

/* ---- cutting ----------------------------------------------------------------------------------------- */

typedef struct {
    HzLine *line;
    HzProfile *profile;
    const HanziLine *source;
} Strip;

static void
strip_clear(Strip *s)
{
    hz_line_free(s->line);
    hz_profile_free(s->profile);
}

/* Signs all half width, or all full width: whichever lies better. */
static double
cut_text(const Strip *s, const Wanted *wanted, guint n, int *cuts, double *pitch)
{
    g_autofree HzWidth *kinds = g_new(HzWidth, n);
    g_autofree int *mine = g_new(int, n + 1);
    gboolean signs = FALSE;
    double best = 1e300;
    for (guint i = 0; i < n; i++)
        signs |= wanted[i].sign;
    for (guint full = 0; full <= (guint)signs; full++) {
        for (guint i = 0; i < n; i++) {
            kinds[i] = wanted[i].width;
            kinds[i].full |= full && wanted[i].sign;
        }
        double q, price = hz_cut(s->profile, kinds, n, PITCH_LEAST, s->source->layout & HANZI_SPACED ? PITCH_SPACED : PITCH_MOST,
                              mine, &q);
        if (price < best) {
            best = price;
            *pitch = q;
            memcpy(cuts, mine, sizeof(int) * (n + 1));
        }
    }
    return best;
}

static double
length_em(const Wanted *wanted, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++)
        sum += wanted[i].width.full ? 1 : wanted[i].width.em;
    return sum;
}

/* Where the text wraps: the cheapest cuts over all lines. split[l] characters end line l. */
static gboolean
find_split(const Strip *strips, guint n_lines, const Wanted *wanted, guint n, guint *split)
{
    split[n_lines - 1] = n;
    if (n_lines == 1)
        return TRUE;
    enum { ROW = HANZI_MAX_CHARS + 1 };
    g_autofree double *price = g_new(double, (gsize)(n_lines + 1) * ROW);
    g_autofree guint *from = g_new0(guint, (gsize)(n_lines + 1) * ROW);
    g_autofree int *cuts = g_new(int, n + 1);
    for (guint i = 0; i < (n_lines + 1) * ROW; i++)
        price[i] = 1e300;
    price[0] = 0;
    for (guint l = 0; l < n_lines; l++) {
        double ems = (strips[l].profile->last - strips[l].profile->first) / (double)HZ_EM;
        for (guint a = 0; a < n; a++) {
            if (price[l * ROW + a] >= 1e300)
                continue;
            for (guint b = a + 1; b <= n; b++) {
                double text = length_em(wanted + a, b - a), q;
                if ((l + 1 == n_lines && b < n) || ems < .8 * text - .8 || ems > PITCH_MOST * text + .5)
                    continue;
                double p = price[l * ROW + a] + cut_text(&strips[l], wanted + a, b - a, cuts, &q);
                if (p < price[(l + 1) * ROW + b]) {
                    price[(l + 1) * ROW + b] = p;
                    from[(l + 1) * ROW + b] = a;
                }
            }
        }
    }
    if (price[n_lines * ROW + n] >= 1e8)
        return FALSE;
    for (guint l = n_lines; l-- > 0;)
        split[l] = l + 1 == n_lines ? n : from[(l + 2) * ROW + split[l + 1]];
    return TRUE;
}

/* ---- looking ----------------------------------------------------------------------------------------- */

static void
look(const Hanzi *m, const Strip *s, Seen *seen)
{
    float features[HZ_FEATURES];
    HzMoments moments;
    seen->ink = hz_cell_moments(&s->line->ink, seen->cell, &moments) &&
                hz_cell_features(&s->line->ink, seen->cell, HZ_EM, features);
    if (!seen->ink)
        return;
    seen->mass = moments.mass;
    seen->covered = hz_covered_share(s->line, seen->cell);
    hz_project(m, features, &seen->point);
    seen->d = g_new(gint32, m->n);
    hz_distances(m, 0, &seen->point, seen->d);
}

/* One style for the line, by the nearest classes, whatever they are. */
static void
add_style(const Hanzi *m, Seen *seen, guint n)
{
    g_autofree HzLook *looks = g_new0(HzLook, n);
    g_autofree gint32 *style = g_new(gint32, m->n);
    for (guint i = 0; i < n; i++) {
        looks[i].point = seen[i].point;
        if (seen[i].ink)
            hz_nearest(m, &seen[i].point, 0, m->n, &looks[i]);
    }
    guint best = hz_choose_style(m, looks, n);
    for (guint i = 0; i < n; i++) {
        if (!seen[i].ink)
            continue;
        hz_distances(m, best, &seen[i].point, style);
        for (guint c = 0; c < m->n; c++)
            seen[i].d[c] = (seen[i].d[c] + style[c]) / 2;
    }
}

static double
fit_of(const Hanzi *m, const Seen *s)
{
    guint e = (guint)s->want->class;
    double limit = e < m->first_hanzi ? FIT_SIGN : FIT_ONE; /* faces differ more in signs, and there is less of them */
    return MAX(0, s->d[e] * (double)HZ_STEP * HZ_STEP - m->own[2 * e] * HZ_OWN + HZ_ORDINARY) / limit;
}

static int
by_fit(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* In units of FIT_MEDIAN, over the characters that can be judged. */
static double
median_fit(const Hanzi *m, const Seen *seen, guint n)
{
    g_autofree double *fits = g_new(double, n);
    guint k = 0;
    for (guint i = 0; i < n; i++)
        if (seen[i].ink && seen[i].want->class >= 0)
            fits[k++] = fit_of(m, &seen[i]) * FIT_ONE / FIT_MEDIAN;
    qsort(fits, k, sizeof *fits, by_fit);
    return k ? fits[(k - 1) / 2] : 2; /* of two, the better: each one has a limit of its own */
}

static gboolean
is_rival(const Hanzi *m, gunichar expected, guint c)
{
    gunichar other = m->code[c];
    if (other == expected || hz_shape(other) == hz_shape(expected))
        return FALSE;
    if (expected < 0x80 && g_ascii_isdigit((gchar)expected)) /* a digit's rivals are digits, a letter's letters and digits */
        return other < 0x80 && g_ascii_isdigit((gchar)other);
    if (expected < 0x80 && g_ascii_isalpha((gchar)expected))
        return other < 0x80 && g_ascii_isalnum((gchar)other);
    if (expected < HZ_FIRST_HANZI && expected != '(' && expected != ')' && expected != '[' && expected != ']')
        return (other < 0x80 && g_ascii_isalnum((gchar)other)) || other >= HZ_FIRST_HANZI; /* other strokes may be its own */
    if (expected == '(' || expected == '[') /* a bracket's rivals are brackets and letters of other meaning */
        return other == ')' || other == ']';
    if (expected == ')' || expected == ']')
        return other == '(' || other == '[';
    return TRUE;
}

/* How much a line may be trusted. */
typedef struct {
    double poor; /* median fit beyond FIT_GOOD */
    double soft; /* 0 sharp .. 1 soft */
} Trust;

/* What a character must be ahead of a rival at squared distance d2. */
static double
rho_needed(double d2, Trust t)
{
    double near = MAX(0, 1 - d2 / NEAR_D2);
    return RHO_PASS + RHO_A_FIT * t.poor + RHO_SOFT * t.soft + near * (RHO_NEAR + RHO_NEAR_A_FIT * t.poor);
}

static void
judge(const Hanzi *m, const Seen *s, Trust trust, gboolean (*can_stand)(gunichar), HanziCharVerdict *v)
{
    const double unit = (double)HZ_STEP * HZ_STEP;
    v->expected = s->want->c;
    v->answer = HANZI_CANNOT_JUDGE;
    v->line = s->line;
    v->covered = s->covered;
    v->rho = -1;
    if (s->want->class < 0) {
        v->why = HANZI_WHY_UNKNOWN;
        return;
    }
    if (!s->ink) {
        v->why = HANZI_WHY_TOO_SHORT;
        return;
    }
    guint e = (guint)s->want->class;
    g_autofree gint32 *apart = g_new(gint32, m->n);
    HzPoint own;
    for (guint d = 0; d < HZ_DIMS; d++)
        own.v[d] = m->proto[0][(gsize)e * HZ_DIMS + d];
    hz_distances(m, 0, &own, apart);
    double least = 1e9;
    gboolean twin = FALSE, narrow = FALSE;
    guint rival = e;
    for (guint c = 0; c < m->n; c++) {
        if (!is_rival(m, v->expected, c) || (can_stand && c >= m->first_hanzi && !can_stand(m->code[c])))
            continue;
        double rho = (double)(s->d[c] - s->d[e]) / MAX(1, apart[c]), d2 = apart[c] * unit;
        if (rho < least) {
            least = rho;
            rival = c;
        }
        twin |= d2 < TWIN_D2 && rho < RHO_TWIN;
        narrow |= rho <= rho_needed(d2, trust);
    }
    v->rho = least;
    v->rival = rival == e ? 0 : m->code[rival];
    v->apart = rival == e ? 0 : apart[rival] * unit;
    v->fit = fit_of(m, s);
    if (v->fit > 1)
        v->why = HANZI_WHY_FIT;
    else if (narrow)
        v->why = least < -RHO_DIFFERS - RHO_DIFFERS_A_FIT * (trust.poor + trust.soft) ? HANZI_WHY_OTHER_CHARACTER : HANZI_WHY_MARGIN;
    else if (twin)
        v->why = HANZI_WHY_TWIN;
    else {
        v->why = HANZI_WHY_NONE;
        v->answer = HANZI_PASSES;
        return;
    }
    if (s->covered > COVERED)
        v->why = HANZI_WHY_COVERED;
    else if (v->why == HANZI_WHY_OTHER_CHARACTER)
        v->answer = HANZI_DIFFERS;
}

/* Ink beside the text, in average characters. */
static double
outside(const Strip *s, int from, int to, double average)
{
    HzMoments moments;
    HzRect r = hz_cell_trim(&s->line->ink, from, to);
    return r.x1 > r.x0 && hz_cell_moments(&s->line->ink, r, &moments) ? moments.mass / MAX(average, 1) : 0;
}

static void
line_answer(HanziVerdict *v)
{
    static const guint order[] = {HANZI_WHY_OTHER_CHARACTER, HANZI_WHY_TOO_SHORT, HANZI_WHY_UNKNOWN, HANZI_WHY_COVERED,
                     HANZI_WHY_FIT, HANZI_WHY_MARGIN, HANZI_WHY_TWIN};
    v->answer = HANZI_PASSES;
    v->why = HANZI_WHY_NONE;
    v->at = -1;
    for (guint k = 0; k < G_N_ELEMENTS(order) && v->at < 0; k++)
        for (guint i = 0; i < v->n && v->at < 0; i++)
            if (v->chars[i].why == order[k]) {
                v->at = (int)i;
                v->why = v->chars[i].why;
                v->answer = v->chars[i].answer;
            }
    if (v->fit_median > 1 && v->answer != HANZI_DIFFERS) {
        v->answer = HANZI_CANNOT_JUDGE;
        v->why = HANZI_WHY_FIT;
        v->at = -1;
    }
    if (v->fit_median > 1 && v->answer == HANZI_DIFFERS) /* too poor a picture to accuse anybody */
        v->answer = HANZI_CANNOT_JUDGE;
    if ((v->ink_before > OUTSIDE || v->ink_after > OUTSIDE) && v->answer == HANZI_PASSES) {
        v->answer = HANZI_DIFFERS;
        v->why = HANZI_WHY_INK_OUTSIDE;
        v->at = -1;
    }
}

static void
verdict_no_line(const Wanted *wanted, guint n, HanziWhy why, HanziVerdict *v)
{
    v->answer = HANZI_CANNOT_JUDGE;
    v->why = why;
    v->at = -1;
    for (guint i = 0; i < n; i++)
        v->chars[i] = (HanziCharVerdict){.expected = wanted[i].c, .answer = HANZI_CANNOT_JUDGE, .why = why, .rho = -1};
}

static void
verify_strips(const Hanzi *m, const Strip *strips, guint n_lines, const Wanted *wanted, guint n,
              gboolean (*can_stand)(gunichar), HanziVerdict *v)
{
    guint split[HANZI_MAX_LINES];
    v->n = n;
    v->chars = g_new0(HanziCharVerdict, n);
    v->em_px = strips[0].line->scale * HZ_EM;
    for (guint l = 0; l < n_lines; l++)
        if (!strips[l].profile || !strips[l].profile->any) {
            verdict_no_line(wanted, n, HANZI_WHY_NO_LINE, v);
            return;
        }
    g_autofree Seen *seen = g_new0(Seen, n);
    g_autofree int *cuts = g_new(int, n + 1);
    if (!find_split(strips, n_lines, wanted, n, split)) {
        verdict_no_line(wanted, n, HANZI_WHY_TOO_SHORT, v);
        return;
    }
    int end[HANZI_MAX_LINES][2];
    for (guint l = 0, a = 0; l < n_lines; a = split[l++]) {
        double pitch;
        if (cut_text(&strips[l], wanted + a, split[l] - a, cuts, &pitch) >= 1e8) {
            verdict_no_line(wanted, n, HANZI_WHY_TOO_SHORT, v);
            return;
        }
        end[l][0] = cuts[0];
        end[l][1] = cuts[split[l] - a];
        for (guint i = a; i < split[l]; i++) {
            seen[i].want = &wanted[i];
            seen[i].line = l;
            seen[i].cell = hz_cell_trim(&strips[l].line->ink, cuts[i - a], cuts[i - a + 1]);
        }
    }
    double mass = 0;
    for (guint i = 0; i < n; i++) {
        look(m, &strips[seen[i].line], &seen[i]);
        mass += seen[i].mass;
    }
    add_style(m, seen, n);
    v->fit_median = median_fit(m, seen, n);
    Trust trust = {MAX(0, v->fit_median - FIT_GOOD), 0};
    for (guint l = 0; l < n_lines; l++)
        trust.soft = MAX(trust.soft, CLAMP((SHARP_EDGES - strips[l].line->steepness) / (SHARP_EDGES - SOFT_EDGES), 0, 1));
    for (guint i = 0; i < n; i++) {
        judge(m, &seen[i], trust, can_stand, &v->chars[i]);
        v->chars[i].box = hz_line_box(strips[seen[i].line].line, hz_ink_rect(&strips[seen[i].line].line->ink, seen[i].cell));
        g_free(seen[i].d);
    }
    for (guint l = 0; l < n_lines; l++) {
        int far = (int)(OUTSIDE_EM * HZ_EM);
        v->ink_before = MAX(v->ink_before, outside(&strips[l], end[l][0] - far, end[l][0], mass / n));
        v->ink_after = MAX(v->ink_after, outside(&strips[l], end[l][1], end[l][1] + far, mass / n));
    }
    line_answer(v);
}

static gboolean
verify_lines(const Hanzi *m, const HanziLine *lines, guint n_lines, const char *expected,
             gboolean (*can_stand)(gunichar), HanziVerdict *v, GError **error)
{
    Strip strips[HANZI_MAX_LINES] = {0};
    memset(v, 0, sizeof *v);
    if (!n_lines || n_lines > HANZI_MAX_LINES) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%u lines, 1..%d are possible", n_lines, HANZI_MAX_LINES);
        return FALSE;
    }
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(Wanted));
    gboolean ok = text_wanted(m, expected, wanted, error);
    for (guint l = 0; l < n_lines && ok; l++) {
        strips[l].source = &lines[l];
        ok = (strips[l].line = hz_line_new(&lines[l], error)) != NULL;
        if (ok)
            strips[l].profile = hz_profile_new(strips[l].line);
    }
    if (ok)
        verify_strips(m, strips, n_lines, (const Wanted *)(const void *)wanted->data, wanted->len, can_stand, v);
    for (guint l = 0; l < n_lines; l++)
        strip_clear(&strips[l]);
    return ok;
}

gboolean
hanzi_verify_lines(const Hanzi *m, const HanziLine *lines, guint n_lines, const char *expected, HanziVerdict *v,
                   GError **error)
{
    return verify_lines(m, lines, n_lines, expected, NULL, v, error);
}

gboolean
hanzi_verify(const Hanzi *m, const HanziLine *line, const char *expected, HanziVerdict *v, GError **error)
{
    return verify_lines(m, line, 1, expected, NULL, v, error);
}

gboolean
hanzi_verify_among(const Hanzi *m, const HanziLine *line, const char *expected, gboolean (*can_stand)(gunichar),
                   HanziVerdict *v, GError **error)
{
    return verify_lines(m, line, 1, expected, can_stand, v, error);
}

void
hanzi_verdict_clear(HanziVerdict *v)
{
    g_free(v->chars);
    memset(v, 0, sizeof *v);
}

const char *
hanzi_answer_word(HanziAnswer answer)
{
    static const char *const words[] = {"passes", "differs", "cannot_judge"};
    return answer < G_N_ELEMENTS(words) ? words[answer] : "cannot_judge";
}

const char *
hanzi_why_word(HanziWhy why)
{
    static const char *const words[] = {"none", "other_character", "ink_outside", "too_short", "margin",
                                        "twin", "fit",             "covered",     "unknown",   "no_line"};
    return why < G_N_ELEMENTS(words) ? words[why] : "no_line";
}
