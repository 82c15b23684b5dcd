/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/geometry.h"

#include <criterion/criterion.h>
#include <math.h>

static const Quad skewed = { { { 10, 20 }, { 210, 35 }, { 190, 160 }, { 5, 140 } } };

Test(homography, takes_corners_to_corners_and_back)
{
    Quad rect = quad_rect(0, 0, 297, 210);
    Homography h, back;
    cr_assert(homography_from_quads(&rect, &skewed, &h));
    cr_assert(homography_invert(&h, &back));
    for (int i = 0; i < 4; i++) {
        cr_assert_lt(point_distance(homography_apply(&h, rect.p[i]), skewed.p[i]), 1e-6);
        cr_assert_lt(point_distance(homography_apply(&back, skewed.p[i]), rect.p[i]), 1e-6);
    }
    Homography both = homography_then(&h, &back);
    Point p = homography_apply(&both, (Point){ 33, 44 });
    cr_assert_lt(point_distance(p, (Point){ 33, 44 }), 1e-6);
}

Test(homography, first_comes_first)
{
    Homography grow = homography_scale(2, 3), move = homography_translate(5, 7);
    Homography h = homography_then(&grow, &move);
    Point p = homography_apply(&h, (Point){ 1, 1 });
    cr_assert_float_eq(p.x, 7, 1e-12);
    cr_assert_float_eq(p.y, 10, 1e-12);
    Homography same = homography_identity();
    Quad q = homography_apply_quad(&same, &skewed);
    cr_assert_float_eq(q.p[2].x, 190, 1e-12);
}

Test(homography, degenerate_shapes_are_refused)
{
    Quad rect = quad_rect(0, 0, 10, 10), flat = { { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 3 } } };
    Homography h;
    cr_assert_not(homography_from_quads(&rect, &flat, &h));
    Homography zero = { { 0 } };
    cr_assert_not(homography_invert(&zero, &h));
}

Test(quad, area_and_convexity)
{
    Quad rect = quad_rect(1, 2, 10, 20), bow = { { { 0, 0 }, { 10, 10 }, { 10, 0 }, { 0, 10 } } };
    cr_assert_float_eq(quad_area(&rect), 200, 1e-9);
    cr_assert(quad_is_convex(&rect));
    cr_assert_not(quad_is_convex(&bow));
}
