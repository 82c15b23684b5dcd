/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_upright.c: the turn of a stamp against upright, from its star or its sides.
 */
#include "sealgen/upright.h"

#include <criterion/criterion.h>
#include <math.h>

#include "support/draw_sheet.h"

#define PPM 8.0

/* A crop of 52 mm around the one seal of a drawn page, as alpha. */
static Plane *
stamp(double width, double height, double turn, gboolean square, Outline *outline)
{
    const DrawnSeal seal = { 100, 150, width, height, turn, square, 5, { 0, 0, 0 }, 0, FALSE };
    g_autoptr(Image) image = draw_page(&seal, 1, PPM * 25.4);
    guint side = (guint)(52 * PPM), x0 = (guint)(74 * PPM), y0 = (guint)(124 * PPM);
    Plane *plane = plane_new(side, side, PPM);
    for (guint y = 0; y < side; y++)
        for (guint x = 0; x < side; x++)
            plane->v[(gsize)y * side + x] =
                1 - image->data[(((gsize)y + y0) * image->width + x + x0) * image->channels] / 255.0f;
    cr_assert(outline_fit(plane, (Point){ side / 2.0, side / 2.0 }, side / 2.0, SHAPES, outline));
    return plane;
}

Test(upright_find, the_star_tells_the_turn)
{
    for (double turn = -30; turn <= 30; turn += 7.5) {
        Outline outline;
        g_autoptr(Plane) ink = stamp(40, 40, turn, FALSE, &outline);
        double confidence = 0, found = upright_find(ink, &outline, 0, &confidence);
        cr_expect_float_eq(found, turn, 2, "turned by %g: %g", turn, found);
        cr_expect_gt(confidence, 0.5);
    }
}

Test(upright_find, the_page_decides_between_quarter_turns_of_a_square)
{
    static const double hints[] = { 0, 90, 180, -90 };
    Outline outline;
    g_autoptr(Plane) ink = stamp(20, 20, 8, TRUE, &outline);
    for (guint i = 0; i < G_N_ELEMENTS(hints); i++) {
        double confidence = 0, found = upright_find(ink, &outline, hints[i], &confidence);
        double off = found - hints[i] - 8;
        off -= 360 * round(off / 360);
        cr_expect_float_eq(off, 0, 2, "hint %g: %g", hints[i], found);
    }
}

Test(upright_find, without_ink_the_hint_is_all_there_is)
{
    g_autoptr(Plane) none = plane_new(320, 320, PPM);
    Outline outline = { SHAPE_ROUND, { 160, 160 }, 300, 300, 0, 0.9, 1 };
    double confidence = 1, found = upright_find(none, &outline, 90, &confidence);
    cr_expect_float_eq(found, 90, 1e-6);
    cr_expect_leq(confidence, 0.5, "told as a guess: %g", confidence);
}
