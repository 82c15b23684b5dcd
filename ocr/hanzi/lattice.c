/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lattice.c: a line into cells without knowing its text.
 *
 * Cuts are offered wherever the ink thins out; every pair of cuts that could hold a hanzi or a narrow
 * sign is a cell and is looked at; a dynamic programme takes the cells that look most like characters
 * and keep a common pitch. Pitches are tried one after the other on the same looks.
 */
#include "ocr/hanzi/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CUTS = 1500, NARROW_LEAST = 5 };
#define WIDE_LEAST .70 /* em */
#define WIDE_MOST 1.36
#define NARROW_MOST 1.06

#define UNIT ((double)HZ_STEP * HZ_STEP)
#define BAD 1e9
#define OUTSIDE_PRICE 11.0 /* an em of ink left outside all cells */

/* Cuts: the middle of every gap (both ends of a wide one), and every local thinning of the ink. */
static guint
offer_cuts(const HzProfile *p, int *cuts)
{
    guint n = 0;
    cuts[n++] = MAX(0, p->first - HZ_EM / 12);
    for (int x = p->first + 2; x < p->last - 1 && n + 4 < MAX_CUTS; x++) {
        if (p->dark[x + 1] == p->dark[x]) { /* a gap starts at column x */
            int end = x;
            while (end < p->last && p->dark[end + 1] == p->dark[end])
                end++;
            if (end - x > HZ_EM * 2 / 5) {
                cuts[n++] = x + HZ_EM / 12;
                cuts[n++] = end - HZ_EM / 12;
            } else
                cuts[n++] = (x + end) / 2;
            x = end;
            continue;
        }
        float here = p->ink[x];
        if (here < .62f && here <= p->ink[x - 1] && here < p->ink[x + 1] && x - cuts[n - 1] >= 3) {
            float left = 0, right = 0;
            for (int k = 1; k <= 8; k++) {
                left = MAX(left, p->ink[MAX(0, x - k)]);
                right = MAX(right, p->ink[MIN(p->n, x + k)]);
            }
            if (MIN(left, right) - here > .12f)
                cuts[n++] = x;
        }
    }
    cuts[n++] = MIN(p->n, p->last + HZ_EM / 12);
    return n;
}

/* How far the ink of r is from where class c's ink lies in its em: squared, about 1 at the limit of the
 * ordinary. Both spread and place tell 0 from o, - from 一, · from . */
static double
geometry_off(const Hanzi *m, guint c, HzRect r, HzFrame f)
{
    const guint8 *g = m->geometry + c * HZ_GEOMETRY;
    double w = (r.x1 - r.x0) * 100.0 / f.em - g[HZ_GEO_WIDTH], h = (r.y1 - r.y0) * 100.0 / f.em - g[HZ_GEO_HEIGHT];
    double centre = ((r.y0 + r.y1) / 2.0 - f.middle) * 100 / f.em + 50 - (g[HZ_GEO_TOP] + g[HZ_GEO_BOTTOM]) / 2.0;
    gboolean sign = m->code[c] < HZ_FIRST_HANZI;
    double ws = g[HZ_GEO_WIDTH_SD], hs = g[HZ_GEO_HEIGHT_SD], cs = g[HZ_GEO_CENTRE_SD];
    return w * w / (ws * ws + 64) + h * h / (hs * hs + 49) + centre * centre / (cs * cs + (sign ? 25 : 64));
}

/* Signs scatter more than hanzi: only what is beyond a class's own ordinary distance counts. */
static double
own_excess(const Hanzi *m, guint c)
{
    return m->own[2 * c] * HZ_OWN - HZ_ORDINARY;
}

void
hz_look_rank(const Hanzi *m, const HzFrame *frame, HzLook *look)
{
    for (guint k = 0; k < look->n; k++) {
        HzNear *x = &look->best[k];
        gint32 raw = x->raw;
        for (guint j = 0; j < look->n; j++) /* one shape: its nearest member speaks for it */
            if (look->best[j].raw < raw && hz_shape(m->code[look->best[j].class]) == hz_shape(m->code[x->class]))
                raw = look->best[j].raw + (x->raw - look->best[j].raw) / 8;
        x->d = raw * UNIT - own_excess(m, x->class) + (frame ? HZ_GEOMETRY_PRICE * MIN(x->class < m->first_hanzi ? 80 : 25, geometry_off(m, x->class, look->ink, *frame)) : 0);
    }
    for (guint k = 1; k < look->n; k++) { /* insertion sort, few */
        HzNear x = look->best[k];
        guint j = k;
        for (; j && look->best[j - 1].d > x.d; j--)
            look->best[j] = look->best[j - 1];
        look->best[j] = x;
    }
}

static void
nearest_of(const Hanzi *m, const char *characters, guint from, guint to, HzLook *look)
{
    for (const char *p = characters; *p; p = g_utf8_next_char(p)) {
        int c = hz_class_of(m, g_utf8_get_char(p));
        if (c >= (int)from && c < (int)to) {
            gint32 d = hz_distance(m, 0, &look->point, (guint)c);
            if (look->n < HZ_LOOKS || d < look->best[HZ_LOOKS - 1].raw)
                hz_look_keep(look, (guint)c, d);
        }
    }
}

gboolean
hz_look_at(const Hanzi *m, const HzInk *ink, HzRect cell, HzAlphabet alphabet, double em, HzLook *look)
{
    float features[HZ_FEATURES];
    look->n = 0;
    if (!hz_cell_features(ink, cell, em, features))
        return FALSE;
    hz_project(m, features, &look->point);
    if (alphabet & HZ_PERSON && alphabet & HZ_HANZI)
        alphabet &= ~(guint)HZ_SIGNS;
    guint from = alphabet & HZ_SIGNS ? 0 : m->first_hanzi, to = alphabet & HZ_HANZI ? m->n : m->first_hanzi;
    if (alphabet & HZ_DATES)
        nearest_of(m, HZ_DATE_CHARACTERS, from, to, look);
    else if (alphabet & HZ_PERSON && !(alphabet & HZ_HANZI))
        nearest_of(m, "\xc2\xb7", from, to, look); /* the one sign in a person's name: · */
    else
        hz_nearest(m, &look->point, from, to, look);
    look->ink = hz_ink_rect(ink, cell);
    return TRUE;
}

/* ---- the programme ------------------------------------------------------------------------------------- */

typedef struct {
    guint from, to; /* indices into cuts */
    HzLook look;
    double narrow, wide; /* recognition prices of the best sign and the best hanzi */
} Cell;

static void
price_cell(const Hanzi *m, Cell *c, double width_em)
{
    c->narrow = c->wide = BAD;
    for (guint k = 0; k < c->look.n; k++) {
        gboolean sign = c->look.best[k].class < m->first_hanzi;
        double *to = sign ? &c->narrow : &c->wide;
        double d = MIN(c->look.best[k].d, 1200) / 200 * MAX(.42, width_em);
        *to = MIN(*to, d);
    }
}

static double
path(const Hanzi *m, const int *cuts, guint n_cuts, Cell *cells, guint n_cells, const HzProfile *p, double pitch,
     double em, double sign_price, gboolean spaced, int *from)
{
    g_autofree double *best = g_new(double, n_cuts);
    for (guint i = 0; i < n_cuts; i++) { /* ink before the first cell is left outside at a price */
        best[i] = OUTSIDE_PRICE * p->dark[cuts[i]] / em;
        from[i] = -1;
    }
    for (guint k = 0; k < n_cells; k++) { /* ascending by to, so all of from's prices are final */
        Cell *c = &cells[k];
        double w = (cuts[c->to] - cuts[c->from]) / em, off = w - pitch;
        gboolean edge = c->from == 0 || c->to == n_cuts - 1 || spaced;
        if (edge && off < 0)
            off = MIN(0, off + .30);
        double wide = c->wide + 7 * off * off, narrow = c->narrow + (c->look.n ? sign_price : 0);
        double price = best[c->from] + MIN(wide, narrow) + .5 * (p->ink[cuts[c->from]] + p->ink[cuts[c->to]]);
        if (price < best[c->to]) {
            best[c->to] = price;
            from[c->to] = (int)k;
        }
    }
    /* gaps may be passed over */
    double least = BAD;
    int at = -1;
    for (guint i = 0; i < n_cuts; i++) {
        double price = best[i] + OUTSIDE_PRICE * (p->dark[p->n] - p->dark[cuts[i]]) / em;
        if (from[i] >= 0 && price < least) {
            least = price;
            at = (int)i;
        }
    }
    from[n_cuts] = at;
    return least;
}

static gint
by_to(gconstpointer a, gconstpointer b)
{
    const Cell *x = a, *y = b;
    return x->to != y->to ? (x->to < y->to ? -1 : 1) : (x->from < y->from ? -1 : x->from > y->from);
}

/* All cells between two cuts that could hold one character, looked at. */
static GArray *
look_everywhere(const Hanzi *m, const HzLine *line, const HzProfile *p, const int *cuts, guint n_cuts, HzAlphabet alphabet,
                const HzFrame *frame)
{
    GArray *cells = g_array_new(FALSE, TRUE, sizeof(Cell));
    for (guint i = 0; i < n_cuts; i++)
        for (guint j = i + 1; j < n_cuts && cuts[j] - cuts[i] <= WIDE_MOST * frame->em; j++) {
            int w = cuts[j] - cuts[i];
            int dark = p->dark[cuts[j]] - p->dark[cuts[i]];
            gboolean edge = i == 0 || j == n_cuts - 1;
            if (dark < 2 || w < NARROW_LEAST)
                continue;
            HzAlphabet here = 0;
            if (w <= NARROW_MOST * frame->em || dark < .6 * frame->em)
                here |= HZ_SIGNS;
            if (w >= WIDE_LEAST * frame->em || (edge && w > frame->em / 3))
                here |= HZ_HANZI;
            here &= alphabet;
            if (here)
                here |= alphabet & (HZ_DATES | HZ_PERSON);
            Cell c = {.from = i, .to = j, .narrow = BAD, .wide = BAD};
            if (!here || !hz_look_at(m, &line->ink, hz_cell_trim(&line->ink, cuts[i], cuts[j]), here,
                                     frame->em, &c.look))
                continue;
            hz_look_rank(m, frame, &c.look);
            price_cell(m, &c, w / frame->em);
            g_array_append_val(cells, c);
        }
    g_array_sort(cells, by_to);
    return cells;
}

/* A gap as a cell of no price: text may stand apart. */
static void
add_gaps(GArray *cells, const HzProfile *p, const int *cuts, guint n_cuts)
{
    for (guint i = 0; i + 1 < n_cuts; i++)
        if (p->dark[cuts[i + 1]] - p->dark[cuts[i]] < 2) {
            Cell c = {.from = i, .to = i + 1, .narrow = .02, .wide = BAD};
            g_array_append_val(cells, c);
        }
    g_array_sort(cells, by_to);
}

GArray *
hz_read_cells(const Hanzi *m, const HzLine *line, const HzProfile *p, HzAlphabet alphabet, gboolean spaced,
              const HzFrame *frame)
{
    GArray *out = g_array_new(FALSE, TRUE, sizeof(HzLook));
    if (!p->any)
        return out;
    g_autofree int *cuts = g_new(int, MAX_CUTS);
    guint n_cuts = offer_cuts(p, cuts);
    g_autoptr(GArray) cells = look_everywhere(m, line, p, cuts, n_cuts, alphabet, frame);
    add_gaps(cells, p, cuts, n_cuts);
    Cell *c = (Cell *)(void *)cells->data;
    g_autofree int *from = g_new(int, n_cuts + 1), *mine = g_new(int, n_cuts + 1);
    double least = BAD, sign_price = alphabet & HZ_PERSON ? 1.0 : .12;
    from[n_cuts] = -1;
    for (double pitch = .84; pitch < 1.21; pitch += .04) {
        double price = path(m, cuts, n_cuts, c, cells->len, p, pitch, frame->em, sign_price, spaced, mine) + 2 * fabs(pitch - 1);
        if (price < least) {
            least = price;
            memcpy(from, mine, sizeof(int) * (n_cuts + 1));
        }
    }
    for (int at = from[n_cuts]; at >= 0 && from[at] >= 0;) {
        const Cell *cell = &c[from[at]];
        if (cell->look.n)
            g_array_prepend_val(out, cell->look);
        at = (int)cell->from;
    }
    return out;
}

guint
hz_choose_style(const Hanzi *m, const HzLook *looks, guint n)
{
    gint64 sum[HZ_SETS] = {0};
    guint best = 1;
    for (guint set = 1; set < HZ_SETS; set++) {
        for (guint i = 0; i < n; i++) {
            gint32 least = G_MAXINT32;
            for (guint k = 0; k < looks[i].n; k++)
                least = MIN(least, hz_distance(m, set, &looks[i].point, looks[i].best[k].class));
            sum[set] += looks[i].n ? least : 0;
        }
        if (sum[set] < sum[best])
            best = set;
    }
    return best;
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void
hz_frame_measure(const Hanzi *m, const HzLook *looks, guint n, HzFrame *frame)
{
    g_autofree double *scale = g_new(double, n + 1), *middle = g_new(double, n + 1);
    guint k = 0;
    for (guint i = 0; i < n; i++) {
        const guint8 *g = m->geometry + looks[i].best[0].class * HZ_GEOMETRY;
        if (looks[i].n && g[HZ_GEO_HEIGHT] >= 50)
            scale[k++] = (looks[i].ink.y1 - looks[i].ink.y0 - 1.5) * 100 / g[HZ_GEO_HEIGHT];
    }
    if (!k)
        return;
    qsort(scale, k, sizeof *scale, by_value);
    frame->em = CLAMP(scale[k / 2], .75 * HZ_EM, 1.45 * HZ_EM);
    k = 0;
    for (guint i = 0; i < n; i++) {
        const guint8 *g = m->geometry + looks[i].best[0].class * HZ_GEOMETRY;
        if (looks[i].n && g[HZ_GEO_HEIGHT] >= 50)
            middle[k++] = (looks[i].ink.y0 + looks[i].ink.y1) / 2.0 -
                          ((g[HZ_GEO_TOP] + g[HZ_GEO_BOTTOM]) / 200.0 - .5) * frame->em;
    }
    qsort(middle, k, sizeof *middle, by_value);
    frame->middle = middle[k / 2];
}
