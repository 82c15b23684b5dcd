/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * geometry.h: points, quadrilaterals and plane homographies, shared by reading and seals.
 *
 * Coordinates are (x right, y down), pixel centres at integers, unless a name says mm.
 */
#ifndef SB_CORE_GEOMETRY_H
#define SB_CORE_GEOMETRY_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    double x, y;
} Point;

/* Corners in the order top left, top right, bottom right, bottom left of the *content*. */
typedef struct {
    Point p[4];
} Quad;

/* Row-major 3x3: [u v w]' = m [x y 1]'; the image point is (u/w, v/w). */
typedef struct {
    double m[9];
} Homography;

Homography homography_identity(void);
Homography homography_scale(double sx, double sy);
Homography homography_translate(double dx, double dy);

/* Compose: apply @first, then @second. */
Homography homography_then(const Homography *first, const Homography *second);

/* Returns: FALSE (and leaves @out alone) where @h is singular. */
gboolean homography_invert(const Homography *h, Homography *out);

/* The map that takes @from's corners to @to's. Returns: FALSE for a degenerate quad. */
gboolean homography_from_quads(const Quad *from, const Quad *to, Homography *out);

Point homography_apply(const Homography *h, Point p);
Quad homography_apply_quad(const Homography *h, const Quad *q);

/* An upright rectangle as a quad. */
Quad quad_rect(double x, double y, double width, double height);
double quad_area(const Quad *q); /* signed: positive when the corners run clockwise on screen */
gboolean quad_is_convex(const Quad *q);
double point_distance(Point a, Point b);

G_END_DECLS

#endif
