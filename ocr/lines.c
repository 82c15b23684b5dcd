/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.c: connected ink -> neighbours linked along the line -> a straight line through each group.
 */
#include "ocr/lines.h"

#include "ocr/parts.h"

#include <math.h>

enum { CELL = 32, LEAST_LINE_PX = 5, LEAST_SIDE_ALONE = 8, LARGEST_PRINT = 48 };

static const double REACH = 0.75;    /* of the larger part's side: the widest gap inside a line */
static const double SLIP = 0.42;     /* of the larger part's side: how far centres may differ */
static const double SHORT_LINE = 8;  /* of the larger parts' least side: about five characters */
static const double SPECK = 0.4;     /* of the larger parts' least side: no character begins with such a dot alone */
static const double SMALL = 0.34;    /* a part smaller than this share of its neighbour must lie beside it */

void
text_line_free(TextLine *line)
{
    if (!line)
        return;
    g_array_unref(line->blobs);
    g_free(line);
}

double
text_line_length(const TextLine *line)
{
    return point_distance(line->left, line->right);
}

Quad
text_line_quad(const TextLine *line, double from, double to)
{
    double length = fmax(text_line_length(line), 1e-6), h = line->height_px / 2;
    double ux = (line->right.x - line->left.x) / length, uy = (line->right.y - line->left.y) / length;
    Point a = { line->left.x + ux * from, line->left.y + uy * from };
    Point b = { line->left.x + ux * to, line->left.y + uy * to };
    return (Quad){ {
        { a.x + uy * h, a.y - ux * h },
        { b.x + uy * h, b.y - ux * h },
        { b.x - uy * h, b.y + ux * h },
        { a.x - uy * h, a.y + ux * h },
    } };
}

/* ---- linking ------------------------------------------------------------------------------------ */

typedef struct {
    const InkPart *parts;
    guint n;
    guint columns, rows;
    GArray **cells; /* part indices by the cell of their centre */
    guint *parent;
} Linking;

static guint
root_of(guint *parent, guint i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static double
side(const InkPart *p)
{
    return MAX(p->x1 - p->x0, p->y1 - p->y0) + 1;
}

static double
centre_x(const InkPart *p)
{
    return (p->x0 + p->x1) / 2.0;
}

static double
centre_y(const InkPart *p)
{
    return (p->y0 + p->y1) / 2.0;
}

static gboolean
are_neighbours(const InkPart *a, const InkPart *b)
{
    double sa = side(a), sb = side(b), s = fmax(sa, sb), small = fmin(sa, sb);
    double gap = fmax(a->x0, b->x0) - fmin(a->x1, b->x1);
    if (gap > REACH * s || (s > LARGEST_PRINT && small < 0.5 * s)) /* frames do not draw print in */
        return FALSE;
    if (small < SMALL * s) { /* a dot, a short stroke: beside the larger one, not above or below it */
        const InkPart *large = sa >= sb ? a : b, *dot = sa >= sb ? b : a;
        return gap < 0.5 * s && dot->y0 >= large->y0 - 0.12 * s && dot->y1 <= large->y1 + 0.12 * s;
    }
    return fabs(centre_y(a) - centre_y(b)) <= SLIP * s;
}

static void
link_cell(Linking *l, guint i, int column, int row)
{
    if (column < 0 || row < 0 || column >= (int)l->columns || row >= (int)l->rows)
        return;
    GArray *cell = l->cells[row * (int)l->columns + column];
    for (guint k = 0; cell && k < cell->len; k++) {
        guint j = g_array_index(cell, guint, k);
        if (j > i && are_neighbours(&l->parts[i], &l->parts[j]))
            l->parent[root_of(l->parent, i)] = root_of(l->parent, j);
    }
}

static void
link_parts(Linking *l)
{
    for (guint i = 0; i < l->n; i++) {
        int column = (int)(centre_x(&l->parts[i]) / CELL), row = (int)(centre_y(&l->parts[i]) / CELL);
        /* Centres of neighbours are at most 1.75 sides of PARTS_MAX_SIDE apart; text is far smaller. */
        int reach = (int)(1.8 * side(&l->parts[i]) / CELL) + 1;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -reach; dx <= reach; dx++)
                link_cell(l, i, column + dx, row + dy);
    }
}

/* ---- one group becomes a line ------------------------------------------------------------------- */

static int
by_double(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
quantile(double *values, guint n, double q)
{
    qsort(values, n, sizeof *values, by_double);
    return values[(guint)(q * (n - 1) + 0.5)];
}

/*
 * Theil-Sen through the centres of the larger parts: small strokes sit off the centre line. Two or three
 * characters have centres of their own and tell nothing: a short line counts as level.
 */
static double
slope_of(const InkPart *const *parts, guint n, double large)
{
    g_autoptr(GArray) slopes = g_array_new(FALSE, FALSE, sizeof(double));
    guint step = 1 + n / 40;
    for (guint i = 0; i < n; i += step)
        for (guint j = i + step; j < n; j += step) {
            double dx = centre_x(parts[j]) - centre_x(parts[i]);
            if (side(parts[i]) < large || side(parts[j]) < large || fabs(dx) < 2 * large)
                continue;
            double slope = (centre_y(parts[j]) - centre_y(parts[i])) / dx;
            g_array_append_val(slopes, slope);
        }
    gboolean is_short = centre_x(parts[n - 1]) - centre_x(parts[0]) < SHORT_LINE * large;
    return slopes->len && !is_short ? quantile((double *)slopes->data, slopes->len, 0.5) : 0;
}

static int
by_x(gconstpointer a, gconstpointer b)
{
    const InkPart *p = *(const InkPart *const *)a, *q = *(const InkPart *const *)b;
    return p->x0 != q->x0 ? (p->x0 > q->x0) - (p->x0 < q->x0) : (p->y0 > q->y0) - (p->y0 < q->y0);
}

/* Merge the parts' extents along x where they overlap. @base: y of the centre line at x = 0. */
static GArray *
blobs_of(const InkPart *const *parts, guint n, double slope, double base, double start)
{
    GArray *blobs = g_array_new(FALSE, FALSE, sizeof(LineBlob));
    double stretch = sqrt(1 + slope * slope);
    for (guint i = 0; i < n; i++) {
        const InkPart *p = parts[i];
        double axis = base + slope * centre_x(p);
        LineBlob b = { (p->x0 - start) * stretch, (p->x1 + 1 - start) * stretch, axis - p->y0, p->y1 + 1 - axis };
        LineBlob *last = blobs->len ? &g_array_index(blobs, LineBlob, blobs->len - 1) : NULL;
        if (last && b.from < last->to) {
            last->to = fmax(last->to, b.to);
            last->above = fmax(last->above, b.above);
            last->below = fmax(last->below, b.below);
        } else {
            g_array_append_val(blobs, b);
        }
    }
    return blobs;
}

static TextLine *
line_of(const InkPart **parts, guint n)
{
    qsort(parts, n, sizeof *parts, by_x);
    g_autofree double *values = g_new(double, n);
    for (guint i = 0; i < n; i++)
        values[i] = side(parts[i]);
    double large = 0.55 * quantile(values, n, 0.85);
    for (; n > 1 && side(parts[0]) < SPECK * large && parts[0]->x1 < parts[1]->x0; n--) /* dust before the line */
        parts++;
    double slope = slope_of(parts, n, large);

    /* Top and bottom of the larger parts above the sloped axis: their middle is the centre line. */
    g_autofree double *tops = g_new(double, n), *bottoms = g_new(double, n);
    guint k = 0;
    for (guint i = 0; i < n; i++) {
        if (side(parts[i]) < large)
            continue;
        double axis = slope * centre_x(parts[i]);
        tops[k] = parts[i]->y0 - axis;
        bottoms[k++] = parts[i]->y1 + 1 - axis;
    }
    double top = quantile(tops, k, 0.2), bottom = quantile(bottoms, k, 0.8), base = (top + bottom) / 2;
    double x1 = 0;
    for (guint i = 0; i < n; i++)
        x1 = fmax(x1, parts[i]->x1 + 1.0);
    TextLine *line = g_new0(TextLine, 1);
    line->slope = slope;
    line->height_px = bottom - top;
    line->left = (Point){ parts[0]->x0, base + slope * parts[0]->x0 };
    line->right = (Point){ x1, base + slope * x1 };
    line->blobs = blobs_of(parts, n, slope, base, parts[0]->x0);
    return line;
}

static int
by_top(gconstpointer a, gconstpointer b)
{
    const TextLine *p = *(const TextLine *const *)a, *q = *(const TextLine *const *)b;
    return p->left.y != q->left.y ? (p->left.y > q->left.y) - (p->left.y < q->left.y)
                                  : (p->left.x > q->left.x) - (p->left.x < q->left.x);
}

static GPtrArray *
lines_of_groups(Linking *l)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)text_line_free);
    g_autofree GPtrArray **groups = g_new0(GPtrArray *, l->n ? l->n : 1);
    for (guint i = 0; i < l->n; i++) {
        guint r = root_of(l->parent, i);
        if (!groups[r])
            groups[r] = g_ptr_array_new();
        g_ptr_array_add(groups[r], (gpointer)&l->parts[i]);
    }
    for (guint i = 0; i < l->n; i++) {
        if (!groups[i])
            continue;
        const InkPart *first = g_ptr_array_index(groups[i], 0); /* a lone dot is no line, a lone character is */
        if ((groups[i]->len > 1 || side(first) >= LEAST_SIDE_ALONE) && lines->len < LINES_MAX) {
            TextLine *line = line_of((const InkPart **)groups[i]->pdata, groups[i]->len);
            if (line->height_px >= LEAST_LINE_PX)
                g_ptr_array_add(lines, line);
            else
                text_line_free(line);
        }
        g_ptr_array_unref(groups[i]);
    }
    g_ptr_array_sort(lines, by_top);
    return lines;
}

GPtrArray *
lines_find(const GArray *parts)
{
    Linking l = { .parts = (const InkPart *)parts->data, .n = parts->len };
    l.columns = l.rows = 1;
    for (guint i = 0; i < l.n; i++) {
        l.columns = MAX(l.columns, (guint)l.parts[i].x1 / CELL + 1);
        l.rows = MAX(l.rows, (guint)l.parts[i].y1 / CELL + 1);
    }
    l.cells = g_new0(GArray *, l.columns * l.rows);
    l.parent = g_new(guint, l.n ? l.n : 1);
    for (guint i = 0; i < l.n; i++) {
        l.parent[i] = i;
        GArray **cell = &l.cells[(guint)(centre_y(&l.parts[i]) / CELL) * l.columns +
                                 (guint)(centre_x(&l.parts[i]) / CELL)];
        if (!*cell)
            *cell = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(*cell, i);
    }
    link_parts(&l);
    GPtrArray *lines = lines_of_groups(&l);
    for (guint i = 0; i < l.columns * l.rows; i++)
        if (l.cells[i])
            g_array_unref(l.cells[i]);
    g_free(l.cells);
    g_free(l.parent);
    return lines;
}
