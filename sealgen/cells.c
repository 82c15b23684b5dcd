/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.c: the border is taken off, white characters on ink are turned around, then columns and rows are
 * cut at the emptiest places near equal parts.
 */
#include "sealgen/cells.h"

#include <math.h>

#include "sealgen/lines.h"
#include "sealgen/plane.h"

#define CELLS_MOST 8

typedef struct {
    int x0, y0, x1, y1; /* inclusive */
} Box;

static double
box_ink(const Plane *p, Box b)
{
    double sum = 0;
    for (int y = b.y0; y <= b.y1; y++)
        for (int x = b.x0; x <= b.x1; x++)
            sum += p->v[(gsize)y * p->width + (gsize)x];
    return sum / MAX(1, (b.x1 - b.x0 + 1) * (b.y1 - b.y0 + 1));
}

/* Ink of column x (or row y) inside the box, as a share. */
static double
line_share(const Plane *p, Box b, gboolean column, int at)
{
    Box l = column ? (Box){ at, b.y0, at, b.y1 } : (Box){ b.x0, at, b.x1, at };
    return box_ink(p, l);
}

/* Step in from a side past the border's line to the paper behind it. FALSE where none comes: no border. */
static gboolean
past_border(const Plane *p, Box b, gboolean column, int from, int step, int most, int *inside)
{
    gboolean seen = FALSE;
    *inside = from;
    for (int i = 0, at = from; i < most; i++, at += step) {
        double share = line_share(p, b, column, at);
        seen |= share > 0.5;
        if (seen && share < 0.3) {
            *inside = at;
            return TRUE;
        }
    }
    return FALSE;
}

static Box
trim(const Plane *p, Box b)
{
    while (b.x0 < b.x1 && line_share(p, b, TRUE, b.x0) < 0.02)
        b.x0++;
    while (b.x1 > b.x0 && line_share(p, b, TRUE, b.x1) < 0.02)
        b.x1--;
    while (b.y0 < b.y1 && line_share(p, b, FALSE, b.y0) < 0.02)
        b.y0++;
    while (b.y1 > b.y0 && line_share(p, b, FALSE, b.y1) < 0.02)
        b.y1--;
    return b;
}

/* The emptiest line near @near_, at most @reach away; nearer is better where several are as empty. */
static int
emptiest(const Plane *p, Box b, gboolean column, double near_, double reach, double *share)
{
    int best = (int)near_;
    double least = 1e9;
    for (int at = (int)(near_ - reach); at <= near_ + reach; at++) {
        double s = line_share(p, b, column, at), cost = s + 0.1 * fabs(at - near_) / reach;
        if (cost < least) {
            least = cost;
            best = at;
            *share = s;
        }
    }
    return best;
}

static guint
cut_rows(const Plane *p, Box column, Box *out, guint n_out)
{
    column = trim(p, column);
    double w = column.x1 - column.x0 + 1, h = column.y1 - column.y0 + 1;
    guint n = (guint)CLAMP(lround(h / w), 1, 4), made = 0;
    int top = column.y0;
    for (guint k = 1; k <= n && n_out + made < CELLS_MOST; k++) {
        double share = 0;
        int cut = k == n ? column.y1 : emptiest(p, column, FALSE, column.y0 + h * k / n, 0.22 * h / n, &share);
        Box cell = trim(p, (Box){ column.x0, top, column.x1, cut });
        if (cell.y1 - cell.y0 > 0.3 * w)
            out[n_out + made++] = cell;
        top = cut + 1;
    }
    return made;
}

static guint
cut_cells(const Plane *p, Box inner, Box *out)
{
    inner = trim(p, inner);
    double w = inner.x1 - inner.x0 + 1, h = inner.y1 - inner.y0 + 1;
    guint n = 0;
    if (w > 1.8 * h) { /* one row, read from the left */
        guint count = (guint)CLAMP(lround(w / h), 2, 6);
        int left = inner.x0;
        for (guint k = 1; k <= count; k++) {
            double share = 0;
            int cut =
                k == count ? inner.x1 : emptiest(p, inner, TRUE, inner.x0 + w * k / count, 0.2 * w / count, &share);
            out[n++] = trim(p, (Box){ left, inner.y0, cut, inner.y1 });
            left = cut + 1;
        }
        return n;
    }
    if (h > 1.5 * w) /* one column */
        return cut_rows(p, inner, out, 0);
    double share = 1;
    int cut = emptiest(p, inner, TRUE, inner.x0 + w / 2, 0.16 * w, &share);
    if (share > 0.25)
        return 0;
    n = cut_rows(p, (Box){ cut, inner.y0, inner.x1, inner.y1 }, out, 0);
    return n + cut_rows(p, (Box){ inner.x0, inner.y0, cut - 1, inner.y1 }, out, n);
}

static void
paint_cell(const Plane *p, Box cell, Image *image, double left, double top)
{
    double sx = (cell.x1 - cell.x0 + 1) / (0.93 * LINE_EM_PX), sy = (cell.y1 - cell.y0 + 1) / (0.93 * LINE_EM_PX);
    /* a character keeps its shape within reason: 一 stays flat */
    if (sx > 2.2 * sy)
        sy = sx;
    if (sy > 2.2 * sx)
        sx = sy;
    double cx = (cell.x0 + cell.x1) / 2.0, cy = (cell.y0 + cell.y1) / 2.0;
    for (int y = 0; y < LINE_EM_PX; y++)
        for (int x = 0; x < LINE_EM_PX; x++) {
            double u = cx + (x + 0.5 - LINE_EM_PX / 2.0) * sx, v = cy + (y + 0.5 - LINE_EM_PX / 2.0) * sy, a = 0;
            if (u > cell.x0 - 1 && u < cell.x1 + 1 && v > cell.y0 - 1 && v < cell.y1 + 1)
                for (guint k = 0; k < 4; k++)
                    a += plane_at(p, u + ((k & 1) - 0.5) * sx / 2, v + ((k >> 1) - 0.5) * sy / 2) / 4;
            image->data[(gsize)(top + y) * image->width + (gsize)(left + x)] =
                (guint8)lround(255 * (1 - CLAMP(a, 0, 1)));
        }
}

/* @by_rows: cells came right column first; take them as left to right, top to bottom. */
static void
add_line(SheetSeal *seal, const Plane *p, const Box *cell, guint n, gboolean by_rows)
{
    static const guint ROWS[4] = { 2, 0, 3, 1 };
    double pitch = 1.08 * LINE_EM_PX, along = 0.7 * LINE_EM_PX, across = 0.3 * LINE_EM_PX;
    SealLine *line = g_new0(SealLine, 1);
    line->kind = LINE_CELLS;
    line->em_px = LINE_EM_PX;
    line->confidence = by_rows ? 0.5 : 0.7;
    line->image = image_new((guint)ceil(n * pitch + 2 * along), (guint)ceil(LINE_EM_PX + 2 * across), 1);
    for (gsize i = 0; i < (gsize)line->image->width * line->image->height; i++)
        line->image->data[i] = 255;
    for (guint k = 0; k < n; k++)
        paint_cell(p, cell[by_rows ? ROWS[k] : k], line->image, floor(along + k * pitch), floor(across));
    g_ptr_array_add(seal->lines, line);
}

void
cells_unroll(SheetSeal *seal)
{
    g_autoptr(Plane) p = plane_new(seal->width, seal->height, seal->px_per_mm);
    for (gsize i = 0; i < (gsize)seal->width * seal->height; i++)
        p->v[i] = seal->alpha[i] / 255.0f;
    Box all = { 0, 0, (int)seal->width - 1, (int)seal->height - 1 }, inner = all;
    int most = (int)(0.22 * MIN(seal->width, seal->height));
    guint sides = 0;
    sides += past_border(p, all, TRUE, 0, 1, most, &inner.x0);
    sides += past_border(p, all, TRUE, all.x1, -1, most, &inner.x1);
    sides += past_border(p, all, FALSE, 0, 1, most, &inner.y0);
    sides += past_border(p, all, FALSE, all.y1, -1, most, &inner.y1);
    if (sides < 2 && box_ink(p, all) > 0.5) { /* white characters in ink */
        for (gsize i = 0; i < (gsize)seal->width * seal->height; i++)
            p->v[i] = 1 - p->v[i];
        int rim = (int)(0.03 * MIN(seal->width, seal->height));
        inner = (Box){ rim, rim, all.x1 - rim, all.y1 - rim };
    }
    Box cell[CELLS_MOST];
    guint n = cut_cells(p, inner, cell);
    if (n == 0)
        return;
    add_line(seal, p, cell, n, FALSE);
    if (n == 4) /* two by two: some read rows from the left */
        add_line(seal, p, cell, n, TRUE);
}
