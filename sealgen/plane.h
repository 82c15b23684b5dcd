/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plane.h: a rectangle of floats with a density: ink amounts on their way from the page to the picture.
 *
 * Row 0 on top; pixel (x, y) is v[y * width + x]; outside is 0 (no ink).
 */
#ifndef SB_SEALGEN_PLANE_H
#define SB_SEALGEN_PLANE_H

#include "core/geometry.h"

G_BEGIN_DECLS

typedef struct {
    guint width, height;
    double ppm; /* pixels a millimetre */
    float *v;   /* owned */
} Plane;

/* Zeroed. */
Plane *plane_new(guint width, guint height, double ppm);
Plane *plane_copy(const Plane *plane);
void plane_free(Plane *plane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plane, plane_free)

/* As plane_at, also where the four neighbours are not all inside. */
float plane_at_rim(const Plane *plane, double x, double y);

/* Bilinear value at pixel coordinates. */
static inline float
plane_at(const Plane *plane, double x, double y)
{
    if (!(x >= 0 && y >= 0 && x < plane->width - 1.0 && y < plane->height - 1.0))
        return plane_at_rim(plane, x, y);
    gsize u = (gsize)x, v = (gsize)y;
    float fx = (float)(x - (double)u), fy = (float)(y - (double)v);
    const float *p = plane->v + v * plane->width + u, *q = p + plane->width;
    float a = p[0] + fx * (p[1] - p[0]), b = q[0] + fx * (q[1] - q[0]);
    return a + fy * (b - a);
}

/* Three box passes: close to a Gaussian of @sigma_px. */
void plane_blur(Plane *plane, double sigma_px);

/* Means of cells: a copy at about @ppm (never finer than the plane itself). */
Plane *plane_reduce(const Plane *plane, double ppm);

/* x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y + m[5] */
typedef struct {
    double m[6];
} Affine;

Affine affine_identity(void);
Affine affine_turn(double degrees_cw, double scale_x, double scale_y, Point from, Point to);
Affine affine_then(const Affine *first, const Affine *second);
gboolean affine_invert(const Affine *a, Affine *out);
Point affine_apply(const Affine *a, Point p);

/* The plane whose pixel p is @source at to_source(p). Bicubic where @sharp, else bilinear. */
Plane *plane_warp(const Plane *source, const Affine *to_source, guint width, guint height, double ppm, gboolean sharp);

/* Value below which the share @q (0..1) of the values above @floor lie; 0 where there are none. */
float plane_quantile(const Plane *plane, float floor, double q);

G_END_DECLS

#endif
