/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_split.c: stamps over each other are as many as they are, of the size they have.
 */
#include "sealgen/split.h"

#include <criterion/criterion.h>
#include <math.h>

#define PPM 4.0

/* A ring of 1 mm with bars for letters that @turn turns; a filled disc in the middle for the star. */
static void
ring(Plane *plane, double x_mm, double y_mm, double radius_mm, double turn)
{
    for (guint v = 0; v < plane->height; v++)
        for (guint u = 0; u < plane->width; u++) {
            double dx = u / PPM - x_mm, dy = v / PPM - y_mm, r = hypot(dx, dy);
            double a = (atan2(dy, dx) * 180 / G_PI - turn) / 24, letter = a - floor(a);
            gboolean in = r < radius_mm && r > radius_mm - 1;
            in |= r < 0.85 * radius_mm && r > 0.7 * radius_mm && letter < 0.35 + 0.2 * sin(floor(a) * 2.3);
            in |= r < 0.2 * radius_mm;
            if (in)
                plane->v[(gsize)v * plane->width + u] = 1;
        }
    plane_blur(plane, 0.5);
}

static const Outline *
part_at(const GArray *parts, double x_mm, double y_mm)
{
    for (guint i = 0; i < parts->len; i++) {
        const Outline *o = &g_array_index(parts, Outline, i);
        if (hypot(o->centre.x / PPM - x_mm, o->centre.y / PPM - y_mm) < 1)
            return o;
    }
    return NULL;
}

Test(split_touching, rings_over_each_other_are_found_without_a_model)
{
    g_autoptr(Plane) patch = plane_new(90 * 4, 60 * 4, PPM);
    ring(patch, 28, 30, 20, 0);
    ring(patch, 60, 31, 20, 10);
    g_autoptr(GArray) parts = split_touching(patch, NULL, NULL, 0);
    cr_assert_eq(parts->len, 2);
    for (guint i = 0; i < 2; i++) {
        const Outline *o = part_at(parts, i ? 60 : 28, i ? 31 : 30);
        cr_assert_not_null(o, "ring %u", i);
        cr_expect_float_eq(o->width / PPM, 40, 1.2);
    }
}

Test(split_touching, copies_of_a_known_stamp_come_with_their_turn)
{
    g_autoptr(Plane) patch = plane_new(90 * 4, 60 * 4, PPM);
    g_autoptr(Plane) model = plane_new(50 * 4, 50 * 4, PPM);
    ring(model, 25, 25, 20, 0);
    ring(patch, 28, 30, 20, 6);
    ring(patch, 62, 31, 20, -9);
    const Outline outline = { SHAPE_ROUND, { 100, 100 }, 160, 160, 0, 1, 0 };
    const Plane *const models[] = { model };
    g_autoptr(GArray) parts = split_touching(patch, models, &outline, 1);
    cr_assert_eq(parts->len, 2);
    const Outline *left = part_at(parts, 28, 30), *right = part_at(parts, 62, 31);
    cr_assert(left && right);
    cr_expect_float_eq(left->turn_deg, 6, 3);
    cr_expect_float_eq(right->turn_deg, -9, 3);
    cr_expect_float_eq(left->width, 160, 1e-6, "as large as the model");
}

Test(split_touching, a_smaller_seal_beside_them_does_not_lend_its_size)
{
    g_autoptr(Plane) patch = plane_new(130 * 4, 70 * 4, PPM);
    g_autoptr(Plane) model = plane_new(56 * 4, 56 * 4, PPM);
    ring(model, 28, 28, 22, 0);
    ring(patch, 33, 35, 29, 0);
    ring(patch, 90, 35, 29, 4);
    const Outline outline = { SHAPE_ROUND, { 112, 112 }, 176, 176, 0, 1, 0 };
    const Plane *const models[] = { model };
    g_autoptr(GArray) parts = split_touching(patch, models, &outline, 1);
    const Outline *left = part_at(parts, 33, 35), *right = part_at(parts, 90, 35);
    cr_assert(left && right);
    cr_expect_float_eq(left->width / PPM, 58, 1.5, "%g mm", left->width / PPM);
    cr_expect_float_eq(right->width / PPM, 58, 1.5);
}

Test(split_touching, writing_is_no_stamp)
{
    g_autoptr(Plane) patch = plane_new(90 * 4, 60 * 4, PPM);
    g_autoptr(Plane) none = plane_new(200, 200, PPM);
    for (guint x = 20; x < 340; x++) /* a pen's wave */
        for (guint t = 0; t < 3; t++)
            patch->v[((guint)(120 + 60 * sin(x / 25.0)) + t) * patch->width + x] = 1;
    g_autoptr(GArray) parts = split_touching(patch, NULL, NULL, 0);
    g_autoptr(GArray) nothing = split_touching(none, NULL, NULL, 0);
    cr_expect_eq(parts->len, 0);
    cr_expect_eq(nothing->len, 0);
}
