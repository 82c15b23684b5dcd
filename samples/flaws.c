/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flaws.c: changes of a stamping's alpha, pixel by pixel. */
#include "samples/flaws.h"

#include <math.h>
#include <string.h>

const char *const flaw_names[FLAWS] = { "none", "pale", "uneven", "blotted", "doubled", "smeared" };

typedef struct {
    cairo_surface_t *surface;
    guint8 *data;
    int width, height, stride;
} Alpha;

static Alpha
alpha_of(cairo_surface_t *surface)
{
    cairo_surface_flush(surface);
    return (Alpha){ surface, cairo_image_surface_get_data(surface), cairo_image_surface_get_width(surface),
                    cairo_image_surface_get_height(surface), cairo_image_surface_get_stride(surface) };
}

static guint8
at(const Alpha *a, const guint8 *data, int x, int y)
{
    return x >= 0 && y >= 0 && x < a->width && y < a->height ? data[y * (gsize)a->stride + x] : 0;
}

/* Ink times @base + @slope along a direction. */
static void
press(const Alpha *a, double base, double slope, double angle)
{
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            double s = ((x - a->width / 2.0) * cos(angle) + (y - a->height / 2.0) * sin(angle)) / (a->width / 2.0);
            guint8 *p = a->data + y * (gsize)a->stride + x;
            *p = (guint8)CLAMP(*p * CLAMP(base + slope * s, 0, 1), 0, 255);
        }
}

/* The strongest ink within @radius px spreads. */
static void
spread(const Alpha *a, double radius)
{
    gsize size = (gsize)a->stride * a->height;
    g_autofree guint8 *from = g_memdup2(a->data, size);
    int r = (int)ceil(radius);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            guint8 most = 0;
            for (int v = -r; v <= r; v++)
                for (int u = -r; u <= r; u++)
                    if (u * u + v * v <= radius * radius)
                        most = MAX(most, at(a, from, x + u, y + v));
            a->data[y * (gsize)a->stride + x] = most;
        }
}

/* A second, weaker print @dx, @dy away; with many steps it is a smear. */
static void
again(const Alpha *a, double dx, double dy, int steps, double strength)
{
    gsize size = (gsize)a->stride * a->height;
    g_autofree guint8 *from = g_memdup2(a->data, size);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            double ink = at(a, from, x, y) / 255.0;
            for (int i = 1; i <= steps; i++) {
                int u = x - (int)lround(dx * i / steps), v = y - (int)lround(dy * i / steps);
                double fade = steps > 1 ? strength * (1 - (i - 1.0) / steps) : strength;
                ink = MAX(ink, fade * at(a, from, u, v) / 255.0);
            }
            a->data[y * (gsize)a->stride + x] = (guint8)(255 * ink);
        }
}

cairo_surface_t *
seal_stamp_flawed(const SealArt *art, double dpi, Flaw flaw, Rng *rng)
{
    cairo_surface_t *surface = seal_stamp(art, dpi, flaw == FLAW_UNEVEN ? .5 : .1, rng);
    Alpha a = alpha_of(surface);
    double angle = rng_range(rng, 0, 2 * G_PI), mm = dpi / 25.4, far = rng_range(rng, .5, 1.1) * mm;
    if (flaw == FLAW_PALE)
        press(&a, .4, 0, 0);
    else if (flaw == FLAW_UNEVEN)
        press(&a, .6, .6, angle);
    else if (flaw == FLAW_BLOTTED)
        spread(&a, rng_range(rng, .18, .3) * mm);
    else if (flaw == FLAW_DOUBLED)
        again(&a, far * cos(angle), far * sin(angle), 1, .7);
    else if (flaw == FLAW_SMEARED)
        again(&a, 1.5 * far * cos(angle), 1.5 * far * sin(angle), 8, .6);
    cairo_surface_mark_dirty(surface);
    return surface;
}
