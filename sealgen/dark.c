/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dark.c: shape alone must tell a black impression from print, so less is believed than for coloured ink.
 */
#include "sealgen/dark.h"

#include <math.h>
#include <string.h>

#include "sealgen/blobs.h"

#define DARK_DENSITY 0.30
#define INSET_MM 1.6 /* from a place's lines */
#define SIDE_LEAST_MM 12.0
#define SIDE_MOST_MM 62.0
#define SUPPORT_IN_PLACE 0.55
#define SUPPORT_LOOSE 0.80
#define SUPPORT_FRAME 0.85
#define LOOSE_SQUARE_MOST_MM 30.0 /* larger loose rectangles are tables */
#define JOIN_MM 0.6

/* Darkness in a box as alpha, with a margin; specks and what touches nothing large stay in. */
static Plane *
dark_plane(const Density *density, guint width, guint height, double ppm, const Place *box, Point *origin)
{
    int margin = (int)(2 * ppm), x0 = (int)(box->x0 * ppm), y0 = (int)(box->y0 * ppm);
    int x1 = MIN((int)width - 1, (int)(box->x1 * ppm)), y1 = MIN((int)height - 1, (int)(box->y1 * ppm));
    x0 = MAX(0, x0);
    y0 = MAX(0, y0);
    Plane *plane = plane_new((guint)MAX(1, x1 - x0 + 1 + 2 * margin), (guint)MAX(1, y1 - y0 + 1 + 2 * margin), ppm);
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            const float *c = density[(gsize)y * width + (gsize)x].c;
            float mean = (c[0] + c[1] + c[2]) / 3;
            plane->v[(gsize)(y - y0 + margin) * plane->width + (gsize)(x - x0 + margin)] =
                mean > 0.5f * (float)DARK_DENSITY ? mean : 0;
        }
    float full = plane_quantile(plane, DARK_DENSITY, 0.6);
    for (gsize i = 0; full > 0 && i < (gsize)plane->width * plane->height; i++)
        plane->v[i] = MIN(1.3f, plane->v[i] / full);
    *origin = (Point){ (x0 - margin) / ppm, (y0 - margin) / ppm };
    return plane;
}

static double
ink_mm2(const Plane *plane)
{
    gsize n = 0;
    for (gsize i = 0; i < (gsize)plane->width * plane->height; i++)
        n += plane->v[i] > 0.4f;
    return n / (plane->ppm * plane->ppm);
}

static gboolean
add_if_seal(const Plane *plane, Point origin, double support, double square_most, guint page, GPtrArray *out)
{
    Outline o;
    Point centre = { plane->width / 2.0, plane->height / 2.0 };
    if (!outline_fit(plane, centre, hypot(plane->width, plane->height) / 2, SHAPES, &o) || o.shape == SHAPE_FREE)
        return FALSE;
    double w = o.width / plane->ppm, h = o.height / plane->ppm, ink = ink_mm2(plane);
    if (o.support < support || MIN(w, h) < SIDE_LEAST_MM || MAX(w, h) > SIDE_MOST_MM || ink < 0.08 * w * h)
        return FALSE;
    /* a block of text is a rectangle too, but its rim has gaps */
    if (o.shape == SHAPE_RECTANGLE && (MAX(w, h) > square_most || o.support < SUPPORT_FRAME))
        return FALSE;
    Impression *imp = impression_new(page);
    imp->place = o;
    imp->place.centre = (Point){ origin.x + o.centre.x / plane->ppm, origin.y + o.centre.y / plane->ppm };
    imp->place.width = w;
    imp->place.height = h;
    imp->place.rms /= plane->ppm;
    imp->ink_mm2 = ink;
    g_ptr_array_add(out, imp);
    return TRUE;
}

static void
loose_ones(const Density *density, guint width, guint height, double ppm, guint page, GPtrArray *out)
{
    gsize size = (gsize)width * height;
    g_autofree guint8 *mask = g_malloc(size);
    for (gsize i = 0; i < size; i++)
        mask[i] = (density[i].c[0] + density[i].c[1] + density[i].c[2]) / 3 > DARK_DENSITY;
    mask_grow(mask, width, height, (int)lround(JOIN_MM * ppm));
    g_autofree guint32 *labels = g_new(guint32, size);
    g_autoptr(GArray) blobs = blobs_find(mask, width, height, labels);
    for (guint i = 0; i < blobs->len; i++) {
        const Blob *b = &g_array_index(blobs, Blob, i);
        Place box = { b->x0 / ppm, b->y0 / ppm, b->x1 / ppm, b->y1 / ppm };
        if (MIN(box.x1 - box.x0, box.y1 - box.y0) < SIDE_LEAST_MM ||
            MAX(box.x1 - box.x0, box.y1 - box.y0) > SIDE_MOST_MM)
            continue;
        Point origin;
        g_autoptr(Plane) plane = dark_plane(density, width, height, ppm, &box, &origin);
        add_if_seal(plane, origin, SUPPORT_LOOSE, LOOSE_SQUARE_MOST_MM, page, out);
    }
}

void
dark_find(const Density *density, guint width, guint height, double ppm, const GArray *places, guint page,
          GPtrArray *out)
{
    guint found = 0;
    for (guint i = 0; i < places->len; i++) {
        Place box = g_array_index(places, Place, i);
        box.x0 += INSET_MM;
        box.y0 += INSET_MM;
        box.x1 -= INSET_MM;
        box.y1 -= INSET_MM;
        if (MIN(box.x1 - box.x0, box.y1 - box.y0) < SIDE_LEAST_MM)
            continue;
        Point origin;
        g_autoptr(Plane) plane = dark_plane(density, width, height, ppm, &box, &origin);
        found += add_if_seal(plane, origin, SUPPORT_IN_PLACE, SIDE_MOST_MM, page, out);
    }
    if (found == 0)
        loose_ones(density, width, height, ppm, page, out);
}
