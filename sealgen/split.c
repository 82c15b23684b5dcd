/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split.c: a known impression is slid and turned over the patch at 1 px/mm; where its rim and text
 * find their ink again there is a copy. Rings without a model are voted for (Hough with radius).
 */
#include "sealgen/split.h"

#include <math.h>
#include <string.h>

#define COARSE_PPM 1.0
#define TURN_MOST 33 /* degrees two samples may differ */
#define TURN_STEP 3
#define MATCH_LEAST 0.60 /* correlation of a copy */
#define RING_LEAST 0.55  /* share of a ring's directions that show its rim */
#define COPIES_MOST 6
#define EXPLAINED_ENOUGH 0.85 /* of the ink; the rest is writing and splashes */
#define EXPLAINED_MORE 0.10

typedef struct {
    float dx, dy, v;
} Dot;

/* The model's pixels inside its outline as dots about its centre, mean 0, norm 1. */
static GArray *
model_dots(const Plane *small, const Outline *o)
{
    GArray *dots = g_array_new(FALSE, FALSE, sizeof(Dot));
    double sum = 0, norm = 0;
    OutlineMask mask = outline_mask(o, 1.0);
    for (guint y = 0; y < small->height; y++)
        for (guint x = 0; x < small->width; x++)
            if (outline_mask_has(&mask, x, y)) {
                Dot d = { (float)(x - o->centre.x), (float)(y - o->centre.y), small->v[(gsize)y * small->width + x] };
                g_array_append_val(dots, d);
                sum += d.v;
            }
    for (guint i = 0; i < dots->len; i++) {
        Dot *d = &g_array_index(dots, Dot, i);
        d->v -= (float)(sum / MAX(1, dots->len));
        norm += (double)d->v * d->v;
    }
    for (guint i = 0; i < dots->len; i++)
        g_array_index(dots, Dot, i).v /= (float)sqrt(MAX(1e-9, norm));
    return dots;
}

/* Correlation of the dots, turned by (c, s), with the patch about (cx, cy). */
static double
dots_match(const GArray *dots, const Plane *patch, double cx, double cy, float c, float s)
{
    double sum = 0, all = 0, square = 0;
    for (guint i = 0; i < dots->len; i++) {
        const Dot *d = &g_array_index(dots, Dot, i);
        int x = (int)lrint(cx + c * d->dx - s * d->dy), y = (int)lrint(cy + s * d->dx + c * d->dy);
        float v = x >= 0 && y >= 0 && x < (int)patch->width && y < (int)patch->height
                      ? patch->v[(gsize)y * patch->width + (gsize)x]
                      : 0;
        sum += (double)d->v * v;
        all += v;
        square += (double)v * v;
    }
    double variance = square - all * all / MAX(1, dots->len);
    return variance > 1e-6 ? sum / sqrt(variance) : 0;
}

static gboolean
already_there(const GArray *out, Point centre, double near_)
{
    for (guint i = 0; i < out->len; i++)
        if (point_distance(g_array_index(out, Outline, i).centre, centre) < near_)
            return TRUE;
    return FALSE;
}

typedef struct {
    double match, x, y, turn;
} Copy;

static int
copy_order(gconstpointer a, gconstpointer b)
{
    double x = ((const Copy *)a)->match, y = ((const Copy *)b)->match;
    return (x < y) - (x > y);
}

static void
find_copies(const Plane *patch, const Plane *model, const Outline *outline, GArray *out)
{
    g_autoptr(Plane) small = plane_reduce(model, COARSE_PPM);
    g_autoptr(Plane) where = plane_reduce(patch, COARSE_PPM);
    double f = model->ppm / small->ppm;
    Outline o = *outline;
    o.centre = (Point){ (o.centre.x + 0.5) / f - 0.5, (o.centre.y + 0.5) / f - 0.5 };
    o.width /= f;
    o.height /= f;
    g_autoptr(GArray) dots = model_dots(small, &o);
    g_autoptr(GArray) copies = g_array_new(FALSE, FALSE, sizeof(Copy));
    double inset = 0.3 * MIN(o.width, o.height);
    for (int turn = -TURN_MOST; turn <= TURN_MOST; turn += TURN_STEP) {
        float c = cosf((float)(turn * G_PI / 180)), s = sinf((float)(turn * G_PI / 180));
        for (double y = inset; y < where->height - inset; y++)
            for (double x = inset; x < where->width - inset; x++) {
                Copy copy = { dots_match(dots, where, x, y, c, s), x, y, turn };
                if (copy.match > MATCH_LEAST - 0.15)
                    g_array_append_val(copies, copy);
            }
    }
    g_array_sort(copies, copy_order);
    for (guint i = 0; i < copies->len && out->len < COPIES_MOST; i++) {
        Copy best = g_array_index(copies, Copy, i);
        Point centre = { (best.x + 0.5) * f - 0.5, (best.y + 0.5) * f - 0.5 };
        if (already_there(out, centre, 0.13 * MIN(outline->width, outline->height)))
            continue;
        /* between the grid's places */
        for (double step = 0.5; step > 0.1; step /= 2)
            for (int k = 0; k < 27; k++) {
                Copy near_ = { 0, best.x + (k % 3 - 1) * step, best.y + (k / 3 % 3 - 1) * step,
                               best.turn + (k / 9 - 1) * 3 * step };
                double a = near_.turn * G_PI / 180;
                near_.match = dots_match(dots, where, near_.x, near_.y, (float)cos(a), (float)sin(a));
                if (near_.match > best.match)
                    best = near_;
            }
        if (best.match < MATCH_LEAST)
            continue;
        Outline part = *outline;
        part.centre = (Point){ (best.x + 0.5) * f - 0.5, (best.y + 0.5) * f - 0.5 };
        part.turn_deg += best.turn;
        part.support = best.match;
        g_array_append_val(out, part);
    }
}

/* Share of directions in which the ring (cx, cy, r) has ink just inside and little just outside. */
static double
ring_support(const Plane *ink, double cx, double cy, double r)
{
    guint good = 0;
    double in = 0.4 * ink->ppm, out = 0.6 * ink->ppm;
    for (guint i = 0; i < 120; i++) {
        double c = cos(i * G_PI / 60), s = sin(i * G_PI / 60);
        double a = plane_at(ink, cx + (r - in) * c, cy + (r - in) * s),
               b = plane_at(ink, cx + (r + out) * c, cy + (r + out) * s);
        good += a > 0.4 && b < 0.6 * a;
    }
    return good / 120.0;
}

/* Rings of unknown size: votes of edge pixels along their gradient, at 2 px/mm. */
static void
find_rings(const Plane *patch, GArray *out)
{
    g_autoptr(Plane) small = plane_reduce(patch, 2.0);
    double f = patch->ppm / small->ppm;
    plane_blur(small, 0.8);
    enum { R0 = 14, R1 = 62, LARGE_RING = 45 }; /* radii in half millimetres: 7..31 mm */
    guint w = small->width, h = small->height;
    if ((gsize)w * h > 400000)
        return;
    while (out->len < COPIES_MOST) {
        double best = 0, bx = 0, by = 0, br = 0;
        g_autofree guint16 *votes = g_new0(guint16, (gsize)w * h * (R1 - R0));
        for (guint y = 1; y + 1 < h; y++)
            for (guint x = 1; x + 1 < w; x++) {
                const float *p = small->v + (gsize)y * w + x;
                float gx = p[1] - p[-1], gy = p[w] - p[-(int)w], size = hypotf(gx, gy);
                if (size < 0.25f)
                    continue;
                for (int r = R0; r < R1; r++) {
                    int cx = (int)lrintf(x + gx / size * r), cy = (int)lrintf(y + gy / size * r);
                    if (cx >= 0 && cy >= 0 && cx < (int)w && cy < (int)h)
                        votes[((gsize)(r - R0) * h + (gsize)cy) * w + (gsize)cx]++;
                }
            }
        for (int r = R0; r < R1; r++)
            for (guint y = 1; y + 1 < h; y++)
                for (guint x = 1; x + 1 < w; x++) {
                    const guint16 *v = votes + ((gsize)(r - R0) * h + y) * w + x;
                    guint sum = v[0] + v[1] + v[-1] + v[w] + v[-(int)w];
                    if (r > LARGE_RING) /* votes of a far rim scatter */
                        sum += v[w + 1] + v[w - 1] + v[1 - (int)w] + v[-1 - (int)w];
                    if (sum > 0.35 * 2 * G_PI * r && sum / (double)r > best) {
                        double support = ring_support(patch, (x + 0.5) * f - 0.5, (y + 0.5) * f - 0.5, r * f);
                        if (support > RING_LEAST &&
                            !already_there(out, (Point){ (x + 0.5) * f, (y + 0.5) * f }, 0.5 * r * f)) {
                            best = sum / (double)r;
                            bx = x;
                            by = y;
                            br = r;
                        }
                    }
                }
        if (best == 0)
            return;
        Outline o = {
            SHAPE_ROUND,     { (bx + 0.5) * f - 0.5, (by + 0.5) * f - 0.5 }, 2 * br * f, 2 * br * f, 0, RING_LEAST,
            0.3 * patch->ppm
        };
        g_array_append_val(out, o);
    }
}

/* Share of the patch's ink that lies in the parts. */
static double
explained(const Plane *patch, const GArray *parts)
{
    g_autoptr(Plane) small = plane_reduce(patch, 2.0);
    double f = patch->ppm / small->ppm, all = 0, in = 0;
    for (guint y = 0; y < small->height; y++)
        for (guint x = 0; x < small->width; x++) {
            double v = small->v[(gsize)y * small->width + x];
            Point p = { (x + 0.5) * f - 0.5, (y + 0.5) * f - 0.5 };
            gboolean found = FALSE;
            for (guint i = 0; i < parts->len && !found && v > 0; i++)
                found = outline_contains(&g_array_index(parts, Outline, i), p, 0.6 * patch->ppm);
            all += v;
            in += found ? v : 0;
        }
    return all > 0 ? in / all : 0;
}

GArray *
split_touching(const Plane *patch, const Plane *const *models, const Outline *outlines, guint n_models)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Outline));
    /* the model of which most copies are found wins; each is tried on its own */
    double most = 0;
    for (guint i = 0; i < n_models; i++) {
        g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Outline));
        find_copies(patch, models[i], &outlines[i], parts);
        double total = 0;
        for (guint k = 0; k < parts->len; k++)
            total += g_array_index(parts, Outline, k).support - 0.3;
        if (total > most) {
            most = total;
            g_array_set_size(out, 0);
            g_array_append_vals(out, parts->data, parts->len);
        }
    }
    /* the copies of another, smaller seal leave much of the ink unexplained: then rings may do better */
    double share = explained(patch, out);
    if (share < EXPLAINED_ENOUGH) {
        g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(Outline));
        find_rings(patch, rings);
        if (explained(patch, rings) > share + EXPLAINED_MORE) {
            g_array_set_size(out, 0);
            g_array_append_vals(out, rings->data, rings->len);
        }
    }
    return out;
}
