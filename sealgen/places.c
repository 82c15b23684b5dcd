/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.c: what lies between grown lines and has lines all around it.
 */
#include "sealgen/places.h"

#include "sealgen/blobs.h"

#define CLOSE_MM 1.0       /* half the gap of a dashed line that still closes */
#define SIDE_LEAST_MM 14.0 /* smaller boxes are for writing */
#define SIDE_MOST_MM 110.0
#define ENCLOSED 0.85 /* share of the rim that has a line */

/* Share of places just outside the patch's box that are line; the worst of the four sides counts. */
static double
enclosed(const guint8 *grown, guint width, guint height, const Blob *b)
{
    double worst = 1;
    for (guint side = 0; side < 4; side++) {
        guint along = side < 2 ? b->x1 - b->x0 + 1 : b->y1 - b->y0 + 1, hits = 0;
        for (guint i = 0; i < along; i++) {
            gboolean hit = FALSE;
            for (int d = -1; d <= 4 && !hit; d++) { /* a little slant is allowed */
                int x = side < 2 ? (int)(b->x0 + i) : side == 2 ? (int)b->x0 - d : (int)b->x1 + d;
                int y = side >= 2 ? (int)(b->y0 + i) : side == 0 ? (int)b->y0 - d : (int)b->y1 + d;
                hit = x >= 0 && y >= 0 && x < (int)width && y < (int)height && grown[(gsize)y * width + (gsize)x];
            }
            hits += hit;
        }
        worst = MIN(worst, (double)hits / along);
    }
    return worst;
}

GArray *
places_find(const guint8 *print, guint width, guint height, double ppm)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
    gsize size = (gsize)width * height;
    g_autofree guint8 *grown = g_memdup2(print, size), *open = g_malloc(size);
    int radius = (int)(CLOSE_MM * ppm);
    mask_grow(grown, width, height, radius);
    for (gsize i = 0; i < size; i++)
        open[i] = !grown[i];
    g_autofree guint32 *labels = g_new(guint32, size);
    g_autoptr(GArray) blobs = blobs_find(open, width, height, labels);
    for (guint i = 0; i < blobs->len; i++) {
        const Blob *b = &g_array_index(blobs, Blob, i);
        double w = (b->x1 - b->x0 + 1) / ppm + 2 * CLOSE_MM, h = (b->y1 - b->y0 + 1) / ppm + 2 * CLOSE_MM;
        if (MIN(w, h) < SIDE_LEAST_MM || MAX(w, h) > SIDE_MOST_MM)
            continue;
        if (b->area < 0.3 * (b->x1 - b->x0 + 1) * (b->y1 - b->y0 + 1) || enclosed(grown, width, height, b) < ENCLOSED)
            continue;
        Place place = { b->x0 / ppm - CLOSE_MM, b->y0 / ppm - CLOSE_MM, (b->x1 + 1) / ppm + CLOSE_MM,
                        (b->y1 + 1) / ppm + CLOSE_MM };
        /* the inside of a black ring is no place in a place */
        gboolean inside = FALSE;
        for (guint k = 0; k < places->len; k++) {
            const Place *p = &g_array_index(places, Place, k);
            inside |= place.x0 > p->x0 && place.y0 > p->y0 && place.x1 < p->x1 && place.y1 < p->y1;
        }
        if (!inside)
            g_array_append_val(places, place);
    }
    return places;
}

const Place *
places_at(const GArray *places, Point mm)
{
    for (guint i = 0; i < places->len; i++) {
        const Place *p = &g_array_index(places, Place, i);
        if (mm.x > p->x0 && mm.x < p->x1 && mm.y > p->y0 && mm.y < p->y1)
            return p;
    }
    return NULL;
}
