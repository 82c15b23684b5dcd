/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_outline.c: circles, ellipses and rectangles with gaps and splashes, measured.
 */
#include "sealgen/outline.h"

#include <criterion/criterion.h>
#include <math.h>

/* A drawn line of two millimetres along the outline; a quarter of it may be missing, a splash may lie outside. */
static Plane *
drawn(const Outline *o, gboolean gap, gboolean splash)
{
    Plane *p = plane_new(400, 400, 8);
    OutlineMask outer = outline_mask(o, 0), inner = outline_mask(o, -16);
    for (guint y = 0; y < 400; y++)
        for (guint x = 0; x < 400; x++) {
            double a = atan2(y - o->centre.y, x - o->centre.x);
            if (gap && a > 0.3 && a < 1.6)
                continue;
            guint in = 0;
            for (guint k = 0; k < 16; k++) {
                double u = x + (k % 4) / 4.0 - 0.375, v = y + (k / 4) / 4.0 - 0.375;
                in += outline_mask_has(&outer, u, v) && !outline_mask_has(&inner, u, v);
            }
            p->v[y * 400 + x] = in / 16.0f;
        }
    for (guint k = 0; splash && k < 36; k++)
        p->v[(10 + k / 6) * 400 + 200 + k % 6] = 1;
    return p;
}

Test(outline_fit, each_shape_is_measured_to_a_tenth_of_a_millimetre_in_spite_of_gap_and_splash)
{
    const Outline shapes[] = { { SHAPE_ROUND, { 197.3, 205.6 }, 320, 320, 0, 1, 0 },
                               { SHAPE_OVAL, { 201.2, 198.4 }, 320, 240, 17, 1, 0 },
                               { SHAPE_RECTANGLE, { 199.1, 203.2 }, 176, 160, -12, 1, 0 } };
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++)
        for (guint k = 0; k < 4; k++) {
            g_autoptr(Plane) p = drawn(&shapes[i], k & 1, k >> 1);
            Outline o;
            cr_assert(outline_fit(p, (Point){ 206, 196 }, 260, SHAPES, &o));
            cr_assert_eq(o.shape, shapes[i].shape, "shape %u case %u: %u", i, k, o.shape);
            cr_expect_lt(point_distance(o.centre, shapes[i].centre), 0.8, "shape %u case %u", i, k);
            cr_expect_float_eq(o.width, shapes[i].width, 0.9, "shape %u case %u: %g", i, k, o.width);
            cr_expect_float_eq(o.height, shapes[i].height, 0.9, "shape %u case %u: %g", i, k, o.height);
            if (o.shape != SHAPE_ROUND)
                cr_expect_float_eq(o.turn_deg, shapes[i].turn_deg, 0.6);
        }
}

Test(outline_fit, nothing_is_fitted_to_bare_paper)
{
    g_autoptr(Plane) p = plane_new(200, 200, 8);
    Outline o;
    cr_expect_not(outline_fit(p, (Point){ 100, 100 }, 140, SHAPES, &o));
}

Test(outline_contains, margin_and_turn_count)
{
    Outline o = { SHAPE_RECTANGLE, { 50, 50 }, 40, 20, 90, 1, 0 };
    cr_expect(outline_contains(&o, (Point){ 50, 69 }, 0));
    cr_expect_not(outline_contains(&o, (Point){ 69, 50 }, 0));
    cr_expect(outline_contains(&o, (Point){ 69, 50 }, 10));
}
