/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card_ink.c: darkness against the local background, thresholded and cut into connected marks. */
#include "ocr/card_ink.h"

#include <leptonica/allheaders.h>

Image *
ink_colourless(const Image *image)
{
    if (image->channels == 1)
        return image_copy(image);
    Image *out = image_new(image->width, image->height, 1);
    gsize n = (gsize)image->width * image->height;
    for (gsize i = 0; i < n; i++) {
        const guint8 *p = image->data + 3 * i;
        guint high = MAX(p[0], MAX(p[1], p[2])), low = MIN(p[0], MIN(p[1], p[2]));
        out->data[i] = (guint8)MIN(255u, high + (high - low) * 4 / 5);
    }
    return out;
}

/* A coarse grid of one value a block, read back with bilinear interpolation. */
typedef struct {
    guint columns, rows, block;
    guint8 *value;
} Grid;

static Grid
grid_new(const Image *image, guint block)
{
    Grid g = { (image->width + block - 1) / block, (image->height + block - 1) / block, block, NULL };
    g.value = g_malloc0((gsize)g.columns * g.rows);
    return g;
}

/* The value below which @share of a block's pixels lie. */
static guint8
block_percentile(const Image *image, guint bx, guint by, guint block, double share)
{
    guint x0 = bx * block, y0 = by * block, x1 = MIN(x0 + block, image->width), y1 = MIN(y0 + block, image->height);
    guint32 counts[256] = { 0 };
    for (guint y = y0; y < y1; y++) {
        const guint8 *p = image->data + (gsize)y * image->width;
        for (guint x = x0; x < x1; x++)
            counts[p[x]]++;
    }
    guint wanted = (guint)(share * (x1 - x0) * (y1 - y0)), seen = 0;
    for (guint v = 0; v < 256; v++) {
        seen += counts[v];
        if (seen > wanted)
            return (guint8)v;
    }
    return 255;
}

static Grid
grid_of_percentiles(const Image *image, guint block, double share)
{
    Grid g = grid_new(image, block);
    for (guint y = 0; y < g.rows; y++)
        for (guint x = 0; x < g.columns; x++)
            g.value[y * g.columns + x] = block_percentile(image, x, y, block, share);
    return g;
}

static void
grid_spread_maximum(Grid *g)
{
    guint8 *out = g_malloc((gsize)g->columns * g->rows);
    for (gint y = 0; y < (gint)g->rows; y++)
        for (gint x = 0; x < (gint)g->columns; x++) {
            guint8 best = 0;
            for (gint j = MAX(y - 1, 0); j <= MIN(y + 1, (gint)g->rows - 1); j++)
                for (gint i = MAX(x - 1, 0); i <= MIN(x + 1, (gint)g->columns - 1); i++)
                    best = MAX(best, g->value[j * (gint)g->columns + i]);
            out[y * (gint)g->columns + x] = best;
        }
    g_free(g->value);
    g->value = out;
}

/* One pixel row of the grid, in 1/256. @between holds the columns' values between two grid rows. */
static void
grid_row(const Grid *g, guint y, guint width, guint32 *between, guint32 *row)
{
    gint at = (gint)y * 2 - (gint)g->block + 1; /* twice the distance from the first row of centres */
    gint below = at <= 0 ? 0 : MIN(at / (2 * (gint)g->block), (gint)g->rows - 1);
    gint above = MIN(below + 1, (gint)g->rows - 1);
    guint f = at <= 0 ? 0 : (guint)((at - below * 2 * (gint)g->block) * 128 / (gint)g->block);
    f = MIN(f, 256);
    for (guint c = 0; c < g->columns; c++)
        between[c] = g->value[(guint)below * g->columns + c] * (256 - f) + g->value[(guint)above * g->columns + c] * f;
    for (guint x = 0; x < width; x++) {
        gint ax = (gint)x * 2 - (gint)g->block + 1;
        gint left = ax <= 0 ? 0 : MIN(ax / (2 * (gint)g->block), (gint)g->columns - 1);
        gint right = MIN(left + 1, (gint)g->columns - 1);
        guint fx = ax <= 0 ? 0 : (guint)((ax - left * 2 * (gint)g->block) * 128 / (gint)g->block);
        fx = MIN(fx, 256);
        row[x] = (between[left] * (256 - fx) + between[right] * fx) >> 8;
    }
}

Image *
ink_darkness(const Image *grey, guint block)
{
    g_assert(grey->channels == 1 && block >= 8 && block <= 64);
    Grid light = grid_of_percentiles(grey, block, 0.85);
    Image *out = image_new(grey->width, grey->height, 1);
    g_autofree guint32 *between = g_new(guint32, light.columns), *row = g_new(guint32, grey->width);
    for (guint y = 0; y < grey->height; y++) {
        grid_row(&light, y, grey->width, between, row);
        const guint8 *p = grey->data + (gsize)y * grey->width;
        guint8 *q = out->data + (gsize)y * grey->width;
        for (guint x = 0; x < grey->width; x++) {
            guint32 v = (guint32)p[x] << 8;
            q[x] = row[x] > v ? (guint8)((row[x] - v) * 255u / MAX(row[x], 4096u)) : 0;
        }
    }
    g_free(light.value);
    return out;
}

Image *
ink_threshold(const Image *darkness, guint block, guint floor, double share)
{
    g_assert(darkness->channels == 1 && block >= 8 && block <= 64);
    Grid peak = grid_of_percentiles(darkness, block, 0.97);
    grid_spread_maximum(&peak);
    Image *out = image_new(darkness->width, darkness->height, 1);
    g_autofree guint32 *between = g_new(guint32, peak.columns), *row = g_new(guint32, darkness->width);
    guint32 part = (guint32)(share * 256);
    for (guint y = 0; y < darkness->height; y++) {
        grid_row(&peak, y, darkness->width, between, row);
        const guint8 *p = darkness->data + (gsize)y * darkness->width;
        guint8 *q = out->data + (gsize)y * darkness->width;
        for (guint x = 0; x < darkness->width; x++)
            q[x] = p[x] > floor && ((guint32)p[x] << 16) > row[x] * part ? 255 : 0;
    }
    g_free(peak.value);
    return out;
}

typedef struct Pix Pix;

static void
pix_free(Pix *pix)
{
    pixDestroy(&pix);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pix, pix_free)

static Pix *
pix_of(const Image *binary)
{
    Pix *pix = pixCreate((l_int32)binary->width, (l_int32)binary->height, 1);
    g_assert(pix != NULL); /* out of memory, as in g_malloc */
    for (guint y = 0; y < binary->height; y++) {
        const guint8 *in = binary->data + (gsize)y * binary->width;
        l_uint32 *line = pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix);
        for (guint x = 0; x < binary->width; x++)
            line[x >> 5] |= (l_uint32)(in[x] != 0) << (31 - (x & 31));
    }
    return pix;
}

/* The components whose box fits, each with its own pixels. */
static void
add_marks(BOXA *boxes, PIXA *parts, guint min_area, guint max_side, GArray *out)
{
    l_int32 *bits = makePixelSumTab8();
    for (l_int32 i = 0; i < boxaGetCount(boxes) && out->len < MARKS_MAX; i++) {
        l_int32 x, y, w, h, area;
        boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        if (w > (l_int32)max_side || h > (l_int32)max_side)
            continue;
        g_autoptr(Pix) part = pixaGetPix(parts, i, L_CLONE);
        pixCountPixels(part, &area, bits);
        Mark mark = { x, y, x + w - 1, y + h - 1, (guint)area };
        if (mark.area >= min_area)
            g_array_append_val(out, mark);
    }
    LEPT_FREE(bits);
}

GArray *
ink_marks(const Image *binary, guint min_area, guint max_side)
{
    g_autoptr(Pix) pix = pix_of(binary);
    PIXA *parts = NULL;
    BOXA *boxes = pixConnComp(pix, &parts, 8);
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Mark));
    if (boxes != NULL)
        add_marks(boxes, parts, min_area, max_side, out);
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
    return out;
}
