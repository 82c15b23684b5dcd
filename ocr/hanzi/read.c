/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read.c: free reading. The lattice gives the cells; a style is chosen once a line; signs that look
 * alike are settled by their neighbours (0 among digits, O among capitals).
 */
#include "ocr/hanzi/inner.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

#define UNIT ((double)HZ_STEP * HZ_STEP)
#define SOFTNESS 18.0 /* a distance that makes a rival e times less likely */

/* The prior of names: what it is worth, as a distance, that two characters follow each other in a known
 * word, or that a character is an everyday one. Small: brands are made of rare characters. */
#define PAIR_WORTH 10.0
#define EVERYDAY_WORTH 3.0
#define UNLIKELY 40.0 /* a sign that hardly stands on a document */

typedef enum { KIND_HANZI, KIND_DIGIT, KIND_UPPER, KIND_LOWER, KIND_SIGN } Kind;

static Kind
kind_of(gunichar c)
{
    if (c >= HZ_FIRST_HANZI)
        return KIND_HANZI;
    if (c < 0x80 && g_ascii_isdigit((char)c))
        return KIND_DIGIT;
    if (c < 0x80 && g_ascii_isupper((char)c))
        return KIND_UPPER;
    return c < 0x80 && g_ascii_islower((char)c) ? KIND_LOWER : KIND_SIGN;
}

static gboolean
allowed(gunichar c, HanziReadAs as)
{
    if (as & HANZI_READ_DIGITS)
        return c && g_utf8_strchr(HZ_DATE_CHARACTERS, -1, c);
    if (as & HANZI_READ_PERSON)
        return c >= HZ_FIRST_HANZI || c == 0xb7;
    return !g_utf8_strchr("!?'\"~*+%#[]\xe3\x80\x8a\xe3\x80\x8b\xe6\x9b\xb0", -1, c); /* nor 曰 for 日 */
}

/* The line's style; then every look is the mean of both distances. */
static void
settle_style(const Hanzi *m, HzLook *looks, guint n)
{
    guint style = hz_choose_style(m, looks, n);
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < looks[i].n; k++) {
            HzNear *x = &looks[i].best[k];
            x->raw = (x->raw + hz_distance(m, style, &looks[i].point, x->class)) / 2;
        }
}

/* What two neighbours cost: letters and digits keep to their kind. */
static double
beside(gunichar a, gunichar b)
{
    Kind x = kind_of(a), y = kind_of(b);
    if (x == y || x == KIND_SIGN || y == KIND_SIGN)
        return 0;
    if (x == KIND_HANZI || y == KIND_HANZI)
        return x == KIND_LOWER || y == KIND_LOWER ? 14 : 4;
    if (x == KIND_UPPER && y == KIND_LOWER)
        return 6;
    return (x == KIND_DIGIT) != (y == KIND_DIGIT) && x != KIND_LOWER && y != KIND_LOWER ? 16 : 30;
}

/* Viterbi over the choices of every cell. */
static void
settle_neighbours(const Hanzi *m, const HzLook *looks, guint n, HanziReadAs as, guint *pick)
{
    g_autofree double *price = g_new(double, (gsize)n * HZ_LOOKS);
    g_autofree guint *from = g_new0(guint, (gsize)n * HZ_LOOKS);
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < looks[i].n; k++) {
            gunichar c = m->code[looks[i].best[k].class];
            double least = 1e300, own = looks[i].best[k].d + (allowed(c, as) ? 0 : as & (HANZI_READ_DIGITS | HANZI_READ_PERSON) ? 1e4 : UNLIKELY);
            if (as & HANZI_READ_NAME && m->everyday[looks[i].best[k].class])
                own -= EVERYDAY_WORTH;
            for (guint j = 0; i && j < looks[i - 1].n; j++) {
                guint left = looks[i - 1].best[j].class;
                double p = price[(i - 1) * HZ_LOOKS + j] + beside(m->code[left], c);
                if (as & HANZI_READ_NAME && hz_known_pair(m, left, looks[i].best[k].class))
                    p -= PAIR_WORTH;
                if (p < least) {
                    least = p;
                    from[i * HZ_LOOKS + k] = j;
                }
            }
            price[i * HZ_LOOKS + k] = own + (i ? least : 0);
        }
    guint best = 0;
    for (guint k = 1; n && k < looks[n - 1].n; k++)
        if (price[(n - 1) * HZ_LOOKS + k] < price[(n - 1) * HZ_LOOKS + best])
            best = k;
    for (guint i = n; i-- > 0;) {
        pick[i] = best;
        best = from[i * HZ_LOOKS + best];
    }
}

static Kind
kind_at(const Hanzi *m, const HzLook *looks, const guint *pick, guint i)
{
    return kind_of(m->code[looks[i].best[pick[i]].class]);
}

static void
pick_code(const Hanzi *m, const HzLook *look, gunichar c, guint *pick)
{
    for (guint k = 0; k < look->n; k++)
        if (m->code[look->best[k].class] == c)
            *pick = k;
}

/* 0 and O, 1 and l are one shape: what stands around them in the same run of letters and digits decides;
 * digits, where nothing does. */
static void
settle_shapes(const Hanzi *m, const HzLook *looks, guint n, guint *pick)
{
    for (guint i = 0; i < n; i++) {
        gunichar c = m->code[looks[i].best[pick[i]].class], shape = hz_shape(c);
        if (c == ',' && i && i + 1 < n && kind_at(m, looks, pick, i - 1) == KIND_DIGIT &&
            kind_at(m, looks, pick, i + 1) == KIND_DIGIT)
            pick_code(m, &looks[i], '.', &pick[i]);
        if ((shape != '0' && shape != '1') || c == '!')
            continue;
        guint count[5] = {0};
        for (int step = -1; step <= 1; step += 2)
            for (int j = (int)i + step; j >= 0 && j < (int)n; j += step) {
                gunichar other = m->code[looks[j].best[pick[j]].class];
                if (kind_of(other) == KIND_HANZI || other == '(' || other == ')')
                    break;
                if (hz_shape(other) != '0' && hz_shape(other) != '1')
                    count[kind_of(other)]++;
            }
        gunichar want = shape;
        if (count[KIND_DIGIT] < count[KIND_UPPER] + count[KIND_LOWER])
            want = shape == '0' ? (count[KIND_LOWER] > count[KIND_UPPER] ? 'o' : 'O')
                                : (count[KIND_LOWER] > count[KIND_UPPER] ? 'l' : 'I');
        pick_code(m, &looks[i], want, &pick[i]);
    }
}

/* Specks of dirt: a dot before the text or after it, or beside another stop. */
static gboolean
is_stop(gunichar c)
{
    return c && g_utf8_strchr(".,\xc2\xb7'\xe3\x80\x81\xe3\x80\x82;:", -1, c);
}

static int
area(HzRect r)
{
    return (r.x1 - r.x0) * (r.y1 - r.y0);
}

static void
drop_specks(const Hanzi *m, GArray *cells, HanziReadAs as, double em)
{
    for (guint i = 0; i < cells->len;) {
        const HzLook *x = &g_array_index(cells, HzLook, i);
        const HzLook *left = i ? x - 1 : NULL, *right = i + 1 < cells->len ? x + 1 : NULL;
        gunichar c = m->code[x->best[0].class];
        int w = x->ink.x1 - x->ink.x0, h = x->ink.y1 - x->ink.y0;
        gboolean speck = kind_of(c) == KIND_SIGN && MAX(w, h) < .24 * em && (!left || (!right && as != HANZI_READ_ANY));
        if (is_stop(c)) {
            if (left && is_stop(m->code[left->best[0].class]))
                speck |= area(x->ink) < area(left->ink);
            if (right && is_stop(m->code[right->best[0].class]))
                speck |= area(x->ink) <= area(right->ink);
        }
        if (speck)
            g_array_remove_index(cells, i);
        else
            i++;
    }
}

static void
fill_choices(const Hanzi *m, const HzLook *look, HanziChoice choice[HANZI_CHOICES])
{
    double sum = 0;
    memset(choice, 0, sizeof(HanziChoice) * HANZI_CHOICES);
    for (guint k = 0; k < look->n; k++)
        sum += exp((look->best[0].d - look->best[k].d) / SOFTNESS);
    for (guint k = 0; k < MIN(look->n, HANZI_CHOICES); k++)
        choice[k] = (HanziChoice){m->code[look->best[k].class], exp((look->best[0].d - look->best[k].d) / SOFTNESS) / sum};
}

/* The chance that the nearest is right, by its lead and its fit; fitted on damaged lines (README.md). */
static double
confidence(const HzLook *look, guint pick)
{
    double lead = look->n > 1 ? look->best[pick ? 0 : 1].d - look->best[pick].d : 60, fit = look->best[pick].d;
    double x = .8 + .045 * CLAMP(lead, -60, 120) - .008 * MAX(0, fit - 200);
    return 1 / (1 + exp(-x));
}

/* Full width beside hanzi, · for every dot. */
static gunichar
printed_form(gunichar c, gboolean hanzi_near)
{
    if (hanzi_near && (c == '(' || c == ')' || c == ',' || c == ':' || c == ';'))
        return c + 0xfee0;
    return c;
}

static void
assemble(const Hanzi *m, const HzLine *line, const HzLook *looks, const guint *pick, HanziReading *r)
{
    g_autoptr(GString) text = g_string_new(NULL);
    r->confidence = r->n ? 1 : 0;
    gboolean hanzi = FALSE;
    for (guint i = 0; i < r->n; i++)
        hanzi |= kind_of(m->code[looks[i].best[pick[i]].class]) == KIND_HANZI;
    for (guint i = 0; i < r->n; i++) {
        HanziReadChar *c = &r->chars[i];
        c->c = printed_form(m->code[looks[i].best[pick[i]].class], hanzi);
        c->confidence = confidence(&looks[i], pick[i]);
        c->by_prior = pick[i] != 0;
        c->covered = hz_covered_share(line, looks[i].ink);
        c->box = hz_line_box(line, looks[i].ink);
        fill_choices(m, &looks[i], c->choice);
        r->confidence *= c->confidence;
        g_string_append_unichar(text, c->c);
    }
    r->text = g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean
hanzi_read(const Hanzi *m, const HanziLine *source, HanziReadAs as, HanziReading *r, GError **error)
{
    memset(r, 0, sizeof *r);
    g_autoptr(HzLine) line = hz_line_new(source, error);
    if (!line)
        return FALSE;
    g_autoptr(HzProfile) profile = hz_profile_new(line);
    HzAlphabet alphabet = HZ_HANZI | HZ_SIGNS | (as & HANZI_READ_DIGITS ? HZ_DATES : 0) |
                          (as & HANZI_READ_PERSON ? HZ_PERSON : 0);
    gboolean spaced = (source->layout & HANZI_SPACED) != 0;
    HzFrame frame = {HZ_EM, HZ_MIDDLE};
    g_autoptr(GArray) cells = hz_read_cells(m, line, profile, alphabet, spaced, &frame);
    hz_frame_measure(m, (const HzLook *)(const void *)cells->data, cells->len, &frame);
    if (fabs(frame.em / HZ_EM - 1) > .07) { /* digits only, say: lower than hanzi, so the em was taken too small */
        g_array_unref(cells);
        cells = hz_read_cells(m, line, profile, alphabet, spaced, &frame);
        hz_frame_measure(m, (const HzLook *)(const void *)cells->data, cells->len, &frame);
    }
    drop_specks(m, cells, as, frame.em);
    HzLook *looks = (HzLook *)(void *)cells->data;
    r->em_px = line->scale * frame.em;
    r->n = cells->len;
    r->chars = g_new0(HanziReadChar, r->n + 1);
    settle_style(m, looks, r->n);
    for (guint i = 0; i < r->n; i++)
        hz_look_rank(m, &frame, &looks[i]);
    g_autofree guint *pick = g_new0(guint, r->n + 1);
    settle_neighbours(m, looks, r->n, as, pick);
    settle_shapes(m, looks, r->n, pick);
    assemble(m, line, looks, pick, r);
    return TRUE;
}

void
hanzi_reading_clear(HanziReading *r)
{
    g_free(r->text);
    g_free(r->chars);
    memset(r, 0, sizeof *r);
}

gboolean
hanzi_classify_cell(const Hanzi *m, const HanziLine *cell, HanziChoice choices[HANZI_CHOICES], GError **error)
{
    HzLook look;
    memset(choices, 0, sizeof(HanziChoice) * HANZI_CHOICES);
    g_autoptr(HzLine) line = hz_line_new(cell, error);
    if (!line)
        return FALSE;
    HzRect all = {0, 0, line->ink.width, line->ink.height};
    if (!line->ink.width || !hz_look_at(m, &line->ink, all, HZ_HANZI | HZ_SIGNS, HZ_EM, &look)) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "no ink in a cell of %u x %u px", cell->width, cell->height);
        return FALSE;
    }
    settle_style(m, &look, 1);
    hz_look_rank(m, NULL, &look);
    fill_choices(m, &look, choices);
    return TRUE;
}
