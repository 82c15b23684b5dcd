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
#include <string.h>

enum { MAX_CUTS = 1500, NARROW_LEAST = 5, WIDE_LEAST = (int)(.70 * HZ_EM), WIDE_MOST = (int)(1.36 * HZ_EM),
       NARROW_MOST = (int)(.86 * HZ_EM) };

#define UNIT ((double)HZ_STEP * HZ_STEP)
#define BAD 1e9

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
geometry_off(const Hanzi *m, guint c, HzRect r)
{
    const guint8 *g = m->geometry + c * HZ_GEOMETRY;
    double w = (r.x1 - r.x0) * 100.0 / HZ_EM - g[HZ_GEO_WIDTH], h = (r.y1 - r.y0) * 100.0 / HZ_EM - g[HZ_GEO_HEIGHT];
    double centre = ((r.y0 + r.y1) / 2.0 - HZ_MIDDLE) * 100 / HZ_EM + 50 - (g[HZ_GEO_TOP] + g[HZ_GEO_BOTTOM]) / 2.0;
    gboolean sign = m->code[c] < 0x2e80;
    return w * w / (sign ? 150. : 300.) + h * h / 150. + centre * centre / (sign ? 60. : 120.);
}

static void
keep(HzLook *look, guint c, gint32 d)
{
    guint k = look->n < HZ_LOOKS ? look->n++ : HZ_LOOKS;
    if (k == HZ_LOOKS) {
        if (d >= look->best[--k].raw)
            return;
    }
    for (; k && look->best[k - 1].raw > d; k--)
        look->best[k] = look->best[k - 1];
    look->best[k].class = c;
    look->best[k].raw = d;
}

void
hz_look_rank(const Hanzi *m, HzRect ink, HzLook *look, gboolean isolated)
{
    for (guint k = 0; k < look->n; k++)
        look->best[k].d = look->best[k].raw * UNIT + (isolated ? 0 : HZ_GEOMETRY_PRICE * MIN(9, geometry_off(m, look->best[k].class, ink)));
    for (guint k = 1; k < look->n; k++) { /* insertion sort, few */
        HzNear x = look->best[k];
        guint j = k;
        for (; j && look->best[j - 1].d > x.d; j--)
            look->best[j] = look->best[j - 1];
        look->best[j] = x;
    }
}

gboolean
hz_look_at(const Hanzi *m, const HzInk *ink, HzRect cell, HzAlphabet alphabet, HzLook *look)
{
    float features[HZ_FEATURES];
    look->n = 0;
    if (!hz_cell_features(ink, cell, HZ_EM, features))
        return FALSE;
    hz_project(m, features, &look->point);
    guint from = alphabet & HZ_SIGNS ? 0 : m->first_hanzi, to = alphabet & HZ_HANZI ? m->n : m->first_hanzi;
    g_autofree gint32 *d = g_new(gint32, m->n);
    hz_distances_some(m, 0, &look->point, from, to, d);
    for (guint c = from; c < to; c++)
        if (look->n < HZ_LOOKS || d[c] < look->best[HZ_LOOKS - 1].raw)
            keep(look, c, d[c]);
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
        double d = MIN(c->look.best[k].d, 900) / 200 * MAX(.42, width_em);
        *to = MIN(*to, d);
    }
}

static double
path(const Hanzi *m, const int *cuts, guint n_cuts, Cell *cells, guint n_cells, const HzProfile *p, double pitch,
     gboolean spaced, int *from)
{
    g_autofree double *best = g_new(double, n_cuts);
    for (guint i = 0; i < n_cuts; i++) { /* ink before the first cell is left outside at a price */
        best[i] = 6.0 * p->dark[cuts[i]] / HZ_EM;
        from[i] = -1;
    }
    for (guint k = 0; k < n_cells; k++) { /* ascending by to, so all of from's prices are final */
        Cell *c = &cells[k];
        double w = (cuts[c->to] - cuts[c->from]) / (double)HZ_EM, off = w - pitch;
        gboolean edge = c->from == 0 || c->to == n_cuts - 1 || spaced;
        if (edge && off < 0)
            off = MIN(0, off + .30);
        double wide = c->wide + 7 * off * off, narrow = c->narrow + .12;
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
        double price = best[i] + 6.0 * (p->dark[p->n] - p->dark[cuts[i]]) / HZ_EM;
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
look_everywhere(const Hanzi *m, const HzLine *line, const HzProfile *p, const int *cuts, guint n_cuts, HzAlphabet alphabet)
{
    GArray *cells = g_array_new(FALSE, TRUE, sizeof(Cell));
    for (guint i = 0; i < n_cuts; i++)
        for (guint j = i + 1; j < n_cuts && cuts[j] - cuts[i] <= WIDE_MOST; j++) {
            int w = cuts[j] - cuts[i];
            int dark = p->dark[cuts[j]] - p->dark[cuts[i]];
            gboolean edge = i == 0 || j == n_cuts - 1;
            if (dark < 2 || w < NARROW_LEAST)
                continue;
            HzAlphabet here = 0;
            if (w <= NARROW_MOST || dark < HZ_EM * 3 / 5)
                here |= HZ_SIGNS;
            if (w >= WIDE_LEAST || (edge && w > HZ_EM / 3))
                here |= HZ_HANZI;
            here &= alphabet;
            Cell c = {.from = i, .to = j, .narrow = BAD, .wide = BAD};
            if (!here || !hz_look_at(m, &line->ink, hz_cell_trim(&line->ink, cuts[i], cuts[j]), here, &c.look))
                continue;
            hz_look_rank(m, c.look.ink, &c.look, FALSE);
            price_cell(m, &c, w / (double)HZ_EM);
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
hz_read_cells(const Hanzi *m, const HzLine *line, const HzProfile *p, HzAlphabet alphabet, gboolean spaced)
{
    GArray *out = g_array_new(FALSE, TRUE, sizeof(HzLook));
    if (!p->any)
        return out;
    g_autofree int *cuts = g_new(int, MAX_CUTS);
    guint n_cuts = offer_cuts(p, cuts);
    g_autoptr(GArray) cells = look_everywhere(m, line, p, cuts, n_cuts, alphabet);
    add_gaps(cells, p, cuts, n_cuts);
    Cell *c = (Cell *)(void *)cells->data;
    g_autofree int *from = g_new(int, n_cuts + 1), *mine = g_new(int, n_cuts + 1);
    double least = BAD;
    from[n_cuts] = -1;
    for (double pitch = .84; pitch < 1.21; pitch += .04) {
        double price = path(m, cuts, n_cuts, c, cells->len, p, pitch, spaced, mine) + 2 * fabs(pitch - 1);
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
