/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alike.c: correlation of ink, window by window, each allowed to lie a little off.
 */
#include "sealgen/alike.h"

#include <math.h>
#include <string.h>

#define LOOK_PPM 6.0
#define BLUR_MM 0.18
#define SHIFT_PX 1
#define SECTORS 16      /* round and oval seals: windows by angle, in two bands inside the rim */
#define BAND_INNER 0.36 /* share of the half axes: the star lies inside */
#define BAND_MIDDLE 0.62
#define BAND_OUTER 0.87
#define GRID 4    /* square seals: windows a side, inside the border */
#define RADII 60  /* steps of distance from the middle, to the rim */
#define NEAR_BY 2 /* sectors to either side */
#define WINDOWS (2 * SECTORS)
#define INK_LEAST 0.20 /* spread of a window's ink, share of the usual one in the same impression */
#define UNLIKE 0.35    /* correlation of other letters */

typedef struct {
    double n, x, y, xx, yy, xy;
} Sums;

/* The window that pixel (x, y) of a lies in, -1: none. */
static int
window_at(const Outline *o, double cos_turn, double sin_turn, double x, double y)
{
    double dx = x - o->centre.x, dy = y - o->centre.y;
    double u = (dx * cos_turn + dy * sin_turn) / MAX(1, o->width / 2),
           v = (dy * cos_turn - dx * sin_turn) / MAX(1, o->height / 2);
    if (o->shape == SHAPE_RECTANGLE) {
        if (MAX(fabs(u), fabs(v)) >= BAND_OUTER)
            return -1;
        int col = (int)((u / BAND_OUTER + 1) / 2 * GRID), row = (int)((v / BAND_OUTER + 1) / 2 * GRID);
        return MIN(row, GRID - 1) * GRID + MIN(col, GRID - 1);
    }
    double far_ = hypot(u, v);
    if (far_ < BAND_INNER || far_ >= BAND_OUTER)
        return -1;
    int sector = (int)((atan2(v, u) + G_PI) / (2 * G_PI) * SECTORS) % SECTORS;
    return sector + (far_ < BAND_MIDDLE ? SECTORS : 0);
}

/*
 * Take off what any seal of this build has there: rim, thin rings, and the band that letters stand in. For each
 * distance from the middle the mean of the sectors near by, so that pressing harder on one side goes with it.
 */
static void
flatten(Plane *p, const Outline *o)
{
    double sum[RADII][SECTORS] = { { 0 } }, n[RADII][SECTORS] = { { 0 } };
    double c = cos(o->turn_deg * G_PI / 180), s = sin(o->turn_deg * G_PI / 180);
    g_autofree guint16 *bin = g_new(guint16, (gsize)p->width * p->height);
    for (guint y = 0; y < p->height; y++)
        for (guint x = 0; x < p->width; x++) {
            double dx = x - o->centre.x, dy = y - o->centre.y;
            double u = (dx * c + dy * s) / MAX(1, o->width / 2), v = (dy * c - dx * s) / MAX(1, o->height / 2);
            guint r = (guint)MIN(RADII - 1, hypot(u, v) * (RADII - 1));
            guint k = (guint)((atan2(v, u) + G_PI) / (2 * G_PI) * SECTORS) % SECTORS;
            gsize i = (gsize)y * p->width + x;
            bin[i] = (guint16)(r * SECTORS + k);
            sum[r][k] += p->v[i];
            n[r][k]++;
        }
    double mean[RADII * SECTORS];
    for (guint r = 0; r < RADII; r++)
        for (guint k = 0; k < SECTORS; k++) {
            double all = 0, count = 0;
            for (guint j = SECTORS - NEAR_BY; j <= SECTORS + NEAR_BY; j++) {
                all += sum[r][(k + j) % SECTORS];
                count += n[r][(k + j) % SECTORS];
            }
            mean[r * SECTORS + k] = count > 0 ? all / count : 0;
        }
    for (gsize i = 0; i < (gsize)p->width * p->height; i++)
        p->v[i] -= (float)mean[bin[i]];
}

static double
spread_x(const Sums *s)
{
    return s->n > 0 ? MAX(0, s->xx / s->n - s->x / s->n * (s->x / s->n)) : 0;
}

static double
spread_y(const Sums *s)
{
    return s->n > 0 ? MAX(0, s->yy / s->n - s->y / s->n * (s->y / s->n)) : 0;
}

static double
correlation(const Sums *s)
{
    double v = spread_x(s) * spread_y(s);
    return v > 1e-12 ? (s->xy / s->n - s->x / s->n * (s->y / s->n)) / sqrt(v) : 0;
}

static int
by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the windows that have some ink at all. */
static double
usual_spread(const Sums *sums, double (*spread)(const Sums *))
{
    double v[WINDOWS];
    guint n = 0;
    for (guint i = 0; i < WINDOWS; i++)
        if (spread(&sums[i]) > 1e-3)
            v[n++] = spread(&sums[i]);
    qsort(v, n, sizeof *v, by_value);
    return n ? v[n / 2] : 0;
}

static void
sum_up(const Plane *a, const Plane *b, const gint8 *window, int dx, int dy, Sums *sums)
{
    memset(sums, 0, WINDOWS * sizeof *sums);
    for (int y = SHIFT_PX; y + SHIFT_PX < (int)a->height; y++)
        for (int x = SHIFT_PX; x + SHIFT_PX < (int)a->width; x++) {
            gsize i = (gsize)y * a->width + (gsize)x;
            if (window[i] < 0)
                continue;
            Sums *s = &sums[window[i]];
            double p = a->v[i], q = b->v[(gsize)(y + dy) * a->width + (gsize)(x + dx)];
            s->n++;
            s->x += p;
            s->y += q;
            s->xx += p * p;
            s->yy += q * q;
            s->xy += p * q;
        }
}

Alikeness
alike_compare(const Impression *a, const Impression *b, const Alignment *alignment)
{
    Alikeness out = { 0, 1, 0 };
    if (a->outline.shape == SHAPE_FREE || b->outline.shape == SHAPE_FREE)
        return out;
    g_autoptr(Plane) small = plane_reduce(a->alpha, LOOK_PPM);
    double f = a->alpha->ppm / small->ppm;
    Affine up = { { f, 0, (f - 1) / 2, 0, f, (f - 1) / 2 } }, to_b = affine_then(&up, &alignment->to_b), down;
    g_autoptr(Plane) other = plane_reduce(b->alpha, LOOK_PPM); /* never sampled thinner than it was drawn */
    double g = b->alpha->ppm / other->ppm;
    down = (Affine){ { 1 / g, 0, (1 / g - 1) / 2, 0, 1 / g, (1 / g - 1) / 2 } };
    to_b = affine_then(&to_b, &down);
    g_autoptr(Plane) laid = plane_warp(other, &to_b, small->width, small->height, small->ppm, FALSE);
    plane_blur(small, BLUR_MM * small->ppm);
    plane_blur(laid, BLUR_MM * small->ppm);

    Outline o = a->outline;
    o.centre = (Point){ (o.centre.x + 0.5) / f - 0.5, (o.centre.y + 0.5) / f - 0.5 };
    o.width /= f;
    o.height /= f;
    if (o.shape != SHAPE_RECTANGLE) {
        flatten(small, &o);
        flatten(laid, &o);
    }
    double c = cos(o.turn_deg * G_PI / 180), s = sin(o.turn_deg * G_PI / 180);
    g_autofree gint8 *window = g_new(gint8, (gsize)small->width * small->height);
    for (guint y = 0; y < small->height; y++)
        for (guint x = 0; x < small->width; x++)
            window[(gsize)y * small->width + x] = (gint8)window_at(&o, c, s, x, y);

    Sums sums[WINDOWS];
    double best[WINDOWS];
    gboolean judged[WINDOWS];
    sum_up(small, laid, window, 0, 0, sums);
    double usual_a = usual_spread(sums, spread_x), usual_b = usual_spread(sums, spread_y);
    for (guint i = 0; i < WINDOWS; i++) {
        judged[i] =
            sums[i].n > 0 && spread_x(&sums[i]) > INK_LEAST * usual_a && spread_y(&sums[i]) > INK_LEAST * usual_b;
        best[i] = correlation(&sums[i]);
    }
    for (int dy = -SHIFT_PX; dy <= SHIFT_PX; dy++)
        for (int dx = -SHIFT_PX; dx <= SHIFT_PX; dx++) {
            sum_up(small, laid, window, dx, dy, sums);
            for (guint i = 0; i < WINDOWS; i++)
                best[i] = MAX(best[i], correlation(&sums[i]));
        }
    double v[WINDOWS];
    for (guint i = 0; i < WINDOWS; i++)
        if (judged[i]) {
            v[out.judged++] = best[i];
            out.unlike += best[i] < UNLIKE;
        }
    if (out.judged == 0)
        return out;
    qsort(v, out.judged, sizeof *v, by_value);
    out.likeness = v[out.judged / 4];
    out.unlike /= out.judged;
    return out;
}
