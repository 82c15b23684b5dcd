/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * code_spot.c: narrow parts of one height on one axis become chains; chains torn by a seal are joined.
 */
#include "ocr/code_spot.h"

#include <math.h>

static const double PITCH = 0.78;    /* of the capitals' height: the usual width of a letter with its gap */
static const double EVEN = 0.17;     /* of the height: how much the letters of one line differ */
static const double GAP = 1.3;       /* of the height: the widest gap between two letters */
static const double JOIN_GAP = 8;    /* of the height: the widest hole that a seal tears into a line */
static const double SHORTEST = 8.5, LONGEST = 30; /* heights that 18 letters are long, with margin */

enum { LEAST_HEIGHT = 7, MOST_HEIGHT = 60, LEAST_LETTERS = 3, LEAST_SEEN = 8, LEAST_TO_EXTEND = 6, PIECES_MAX = 400 };

static double
height_of(const InkPart *p)
{
    return p->y1 - p->y0 + 1;
}

static double
width_of(const InkPart *p)
{
    return p->x1 - p->x0 + 1;
}

/* As high as a capital and not wider than three that touch. */
static gboolean
could_be_letters(const InkPart *p)
{
    double h = height_of(p);
    return h >= LEAST_HEIGHT && h <= MOST_HEIGHT && width_of(p) >= 0.1 * h && width_of(p) <= 2.4 * h;
}

static guint
letters_in(const InkPart *p)
{
    double h = height_of(p);
    return width_of(p) <= 1.25 * h ? 1 : (guint)fmax(2, round(width_of(p) / (PITCH * h)));
}

/* The next letter of the same line: same top, same bottom (with the slope that a skewed line has). */
static gboolean
follows(const InkPart *a, const InkPart *b)
{
    double h = fmax(height_of(a), height_of(b)), gap = b->x0 - a->x1;
    return gap > -0.2 * h && gap < GAP * h && abs(a->y0 - b->y0) <= EVEN * h + 1 && abs(a->y1 - b->y1) <= EVEN * h + 1;
}

static int
by_left(gconstpointer a, gconstpointer b)
{
    const InkPart *p = a, *q = b;
    return p->x0 != q->x0 ? (p->x0 > q->x0) - (p->x0 < q->x0) : (p->y0 > q->y0) - (p->y0 < q->y0);
}

/* ---- chains ------------------------------------------------------------------------------------- */

/* The axis is fitted through the letters' middles by least squares; @cap is the median height. */
static int
by_double(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static CodeSpot
spot_of_chain(const GPtrArray *chain)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0, n = chain->len, letters = 0;
    g_autofree double *heights = g_new(double, chain->len);
    for (guint i = 0; i < chain->len; i++) {
        const InkPart *p = g_ptr_array_index(chain, i);
        double x = (p->x0 + p->x1 + 1) / 2.0, y = (p->y0 + p->y1 + 1) / 2.0;
        sx += x, sy += y, sxx += x * x, sxy += x * y;
        heights[i] = height_of(p);
        letters += letters_in(p);
    }
    qsort(heights, chain->len, sizeof *heights, by_double);
    double den = n * sxx - sx * sx, slope = den > 1e-6 ? (n * sxy - sx * sy) / den : 0;
    if (fabs(slope) > 0.3)
        slope = 0;
    double base = (sy - slope * sx) / n;
    const InkPart *first = g_ptr_array_index(chain, 0), *last = g_ptr_array_index(chain, chain->len - 1);
    return (CodeSpot){ { first->x0, base + slope * first->x0 },
                       { last->x1 + 1, base + slope * (last->x1 + 1) },
                       heights[chain->len / 2],
                       (guint)letters,
                       0 };
}

static double
gap_after(const GPtrArray *chain, guint i)
{
    const InkPart *a = g_ptr_array_index(chain, i), *b = g_ptr_array_index(chain, i + 1);
    return fmax(b->x0 - a->x1 - 1, 0);
}

/*
 * The chain, and its tails: a label before the code may be even enough to be drawn in. A tail begins
 * after a gap that is wide for this chain, or eighteen letters before the end.
 */
static void
take_chain(const GPtrArray *chain, GArray *chains)
{
    double gaps = 0, from_end = 0;
    for (guint i = 0; i + 1 < chain->len; i++)
        gaps += gap_after(chain, i) / (chain->len - 1.0);
    for (guint i = chain->len; i-- > 0;) {
        const InkPart *p = g_ptr_array_index(chain, i);
        from_end += letters_in(p);
        gboolean opens = i == 0 || from_end == 18 || from_end == 19 || gap_after(chain, i - 1) > 1.8 * gaps + 0.15 * height_of(p);
        if (!opens || from_end < LEAST_LETTERS || chains->len >= PIECES_MAX)
            continue;
        g_autoptr(GPtrArray) tail = g_ptr_array_new();
        for (guint k = i; k < chain->len; k++)
            g_ptr_array_add(tail, g_ptr_array_index(chain, k));
        CodeSpot spot = spot_of_chain(tail);
        g_array_append_val(chains, spot);
    }
}

/* From each unused part to the nearest one that follows it, and on. */
static GArray *
find_chains(const GArray *all)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(InkPart));
    for (guint i = 0; i < all->len; i++)
        if (could_be_letters(&g_array_index(all, InkPart, i)))
            g_array_append_val(parts, g_array_index(all, InkPart, i));
    g_array_sort(parts, by_left);
    g_autofree gboolean *used = g_new0(gboolean, parts->len ? parts->len : 1);
    GArray *chains = g_array_new(FALSE, FALSE, sizeof(CodeSpot));
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    for (guint i = 0; i < parts->len; i++) {
        if (used[i])
            continue;
        g_ptr_array_set_size(chain, 0);
        guint at = i, letters = 0;
        for (gboolean found = TRUE; found;) {
            const InkPart *here = &g_array_index(parts, InkPart, at);
            used[at] = TRUE;
            letters += letters_in(here);
            g_ptr_array_add(chain, (gpointer)here);
            found = FALSE;
            for (guint k = at + 1; k < parts->len && !found; k++) {
                const InkPart *next = &g_array_index(parts, InkPart, k);
                if (next->x0 - here->x1 > GAP * MOST_HEIGHT)
                    break;
                if (!used[k] && follows(here, next))
                    at = k, found = TRUE;
            }
        }
        if (letters >= LEAST_LETTERS)
            take_chain(chain, chains);
    }
    return chains;
}

/* ---- joining and judging ------------------------------------------------------------------------ */

static double slope_of(const CodeSpot *s);

/*
 * Of the ink between the ends, which share is no letter of this height on this axis? Hanzi have many
 * such parts between the few that happen to be even; a row of capitals has none but a seal's.
 */
static double
foreign_share(const CodeSpot *spot, const GArray *parts, double *narrow)
{
    double cap = spot->cap_px, slope = slope_of(spot), own = 0, foreign = 0, width = 0, letters = 0;
    for (guint i = 0; i < parts->len; i++) {
        const InkPart *p = &g_array_index(parts, InkPart, i);
        double x = (p->x0 + p->x1 + 1) / 2.0, y = (p->y0 + p->y1 + 1) / 2.0;
        double off = fabs(y - spot->left.y - slope * (x - spot->left.x));
        if (x < spot->left.x || x > spot->right.x || off > 0.75 * cap)
            continue;
        gboolean even = fabs(height_of(p) - cap) <= EVEN * cap + 1 && off <= 0.15 * cap + 1;
        double area = fmin(width_of(p), 3 * cap) * fmin(height_of(p), 2 * cap);
        if (even && width_of(p) <= 1.05 * cap) {
            own += area;
            width += width_of(p);
            letters++;
        } else {
            foreign += even && width_of(p) <= 1.8 * cap ? 0.4 * area : area;
        }
    }
    *narrow = letters ? width / letters / cap : 1;
    return foreign / fmax(own + foreign, 1);
}

static void
judge(CodeSpot *spot, const GArray *parts)
{
    double length = point_distance(spot->left, spot->right) / fmax(spot->cap_px, 1);
    double by_count = exp(-fabs(spot->letters - 18.0) / 5);
    double by_length = length < 12 ? exp(-(12 - length) / 2) : length > 18 ? exp(-(length - 18) / 4) : 1;
    spot->likeness = by_count * by_length;
    if (spot->likeness < 0.03)
        return;
    double width, foreign = foreign_share(spot, parts, &width);
    /* The mean width of digits is .45 to .65 of their height, with many M and W .75; hanzi reach .9. */
    spot->likeness *= exp(-4 * foreign - 10 * fmax(width - 0.72, 0));
    if (spot->hidden) /* a guess, however clean its visible part is */
        spot->likeness = 0.4 * fmax(spot->likeness, 0.25);
}

static double
slope_of(const CodeSpot *s)
{
    return (s->right.y - s->left.y) / fmax(s->right.x - s->left.x, 1);
}

/* Two pieces of one code: same height, one axis, a hole that a seal could have torn. */
static gboolean
can_join(const CodeSpot *a, const CodeSpot *b)
{
    double h = fmax(a->cap_px, b->cap_px), gap = b->left.x - a->right.x;
    double slope = a->letters >= b->letters ? slope_of(a) : slope_of(b);
    return fabs(a->cap_px - b->cap_px) < 0.25 * h && gap > -0.3 * h && gap < JOIN_GAP * h &&
           fabs(b->left.y - a->right.y - slope * gap) < 0.35 * h && b->right.x - a->left.x < LONGEST * h;
}

static CodeSpot
join(const CodeSpot *a, const CodeSpot *b)
{
    double h = (a->cap_px * a->letters + b->cap_px * b->letters) / (a->letters + b->letters);
    double hidden = fmax((b->left.x - a->right.x) / (PITCH * h) - 0.6, 0);
    return (CodeSpot){ a->left, b->right, h, a->letters + b->letters + (guint)hidden, 0 };
}

/*
 * A piece whose rest lies under a seal, drawn on to eighteen letters at its own pitch, to either side.
 */
static void
add_extended(GArray *pieces, guint single)
{
    for (guint i = 0; i < single && pieces->len < 4 * PIECES_MAX; i++) {
        CodeSpot s = g_array_index(pieces, CodeSpot, i);
        if (s.letters < LEAST_TO_EXTEND || s.letters > 15)
            continue;
        double pitch = (s.right.x - s.left.x - 0.55 * s.cap_px) / (s.letters - 1.0), slope = slope_of(&s);
        double missing = (18.0 - s.letters) * pitch;
        if (pitch < 0.55 * s.cap_px || pitch > 1.3 * s.cap_px)
            continue;
        CodeSpot right = s, left = s;
        right.right = (Point){ s.right.x + missing, s.right.y + slope * missing };
        left.left = (Point){ s.left.x - missing, s.left.y - slope * missing };
        right.letters = left.letters = 18;
        right.hidden = left.hidden = TRUE;
        g_array_append_val(pieces, right);
        g_array_append_val(pieces, left);
    }
}

/* Pairs, and triples that begin with a pair. */
static void
add_joined(GArray *pieces)
{
    guint from = 0, single = pieces->len;
    for (int round = 0; round < 2; round++) {
        guint to = pieces->len;
        for (guint i = from; i < to; i++)
            for (guint j = 0; j < single && pieces->len < 4 * PIECES_MAX; j++) {
                CodeSpot a = g_array_index(pieces, CodeSpot, i), b = g_array_index(pieces, CodeSpot, j);
                if (i == j || !can_join(&a, &b))
                    continue;
                CodeSpot joined = join(&a, &b);
                if (joined.letters <= 27)
                    g_array_append_val(pieces, joined);
            }
        from = to;
    }
}

static int
by_likeness(gconstpointer a, gconstpointer b)
{
    const CodeSpot *p = a, *q = b;
    if (p->likeness != q->likeness)
        return p->likeness < q->likeness ? 1 : -1;
    return (p->left.y > q->left.y) - (p->left.y < q->left.y);
}

GArray *
code_spots(const GArray *parts)
{
    GArray *spots = find_chains(parts);
    guint single = spots->len;
    add_joined(spots);
    g_array_set_size(spots, MIN(spots->len, 3 * PIECES_MAX));
    add_extended(spots, single);
    for (guint i = spots->len; i-- > 0;) {
        CodeSpot *s = &g_array_index(spots, CodeSpot, i);
        double length = point_distance(s->left, s->right) / s->cap_px;
        judge(s, parts);
        if (s->letters < LEAST_SEEN || length < SHORTEST || length > LONGEST)
            g_array_remove_index_fast(spots, i);
    }
    g_array_sort(spots, by_likeness);
    g_array_set_size(spots, MIN(spots->len, CODE_SPOTS_MAX));
    return spots;
}

Quad
code_spot_quad(const CodeSpot *spot, double around, double above)
{
    double length = fmax(point_distance(spot->left, spot->right), 1e-6);
    double ux = (spot->right.x - spot->left.x) / length, uy = (spot->right.y - spot->left.y) / length;
    double e = around * spot->cap_px, h = (0.5 + above) * spot->cap_px;
    Point a = { spot->left.x - ux * e, spot->left.y - uy * e }, b = { spot->right.x + ux * e, spot->right.y + uy * e };
    return (Quad){ {
        { a.x + uy * h, a.y - ux * h },
        { b.x + uy * h, b.y - ux * h },
        { b.x - uy * h, b.y + ux * h },
        { a.x - uy * h, a.y + ux * h },
    } };
}
