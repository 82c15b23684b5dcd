/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_places.c: boxes to stamp in, among lines and letters.
 */
#include "sealgen/places.h"

#include <criterion/criterion.h>
#include <math.h>

enum { PPM = 4, W = 210 * PPM, H = 150 * PPM };

static void
bar(guint8 *print, double x0, double y0, double x1, double y1)
{
    for (int y = (int)(y0 * PPM); y <= (int)(y1 * PPM) && y < H; y++)
        for (int x = (int)(x0 * PPM); x <= (int)(x1 * PPM) && x < W; x++)
            if (x >= 0 && y >= 0)
                print[y * W + x] = 1;
}

/* Lines of 0.3 mm; @dash_mm of ink and of gap, 0 for none; @sides: bits top, right, bottom, left. */
static void
box(guint8 *print, double x, double y, double w, double h, double dash, guint sides)
{
    for (guint side = 0; side < 4; side++) {
        double length = side % 2 ? h : w;
        for (double s = 0; s < length && sides >> side & 1; s += dash > 0 ? 2 * dash : length) {
            double e = dash > 0 ? MIN(length, s + dash) : length;
            double at = side == 1 ? x + w : x, level = side == 2 ? y + h : y;
            if (side % 2)
                bar(print, at, y + s, at + 0.3, y + e);
            else
                bar(print, x + s, level, x + e, level + 0.3);
        }
    }
}

static GArray *
find(const guint8 *print)
{
    return places_find(print, W, H, PPM);
}

Test(places_find, boxes_of_a_table_are_places_where_they_stand)
{
    g_autofree guint8 *print = g_malloc0(W * H);
    for (guint i = 0; i < 3; i++)
        box(print, 20 + 52 * i, 40, 52, 50, 0, 15);
    g_autoptr(GArray) places = find(print);
    cr_assert_eq(places->len, 3);
    for (guint i = 0; i < 3; i++) {
        const Place *p = places_at(places, (Point){ 46 + 52 * i, 65 });
        cr_assert_not_null(p, "box %u", i);
        cr_expect_float_eq(p->x0, 20 + 52 * i, 0.8);
        cr_expect_float_eq(p->x1, 72 + 52 * i, 0.8);
        cr_expect_float_eq(p->y0, 40, 0.8);
        cr_expect_float_eq(p->y1, 90, 0.8);
    }
    cr_expect_null(places_at(places, (Point){ 10, 65 }), "beside the table");
    cr_expect_null(places_at(places, (Point){ 46, 100 }), "below it");
}

Test(places_find, dashes_close_a_box)
{
    g_autofree guint8 *print = g_malloc0(W * H);
    box(print, 30, 30, 50, 50, 1.2, 15);
    g_autoptr(GArray) places = find(print);
    cr_assert_eq(places->len, 1);
}

Test(places_find, three_sides_are_no_box_nor_are_boxes_to_write_in)
{
    g_autofree guint8 *print = g_malloc0(W * H);
    box(print, 30, 30, 50, 50, 0, 1 | 2 | 8);
    box(print, 100, 30, 90, 9, 0, 15);
    box(print, 100, 60, 10, 10, 0, 15);
    g_autoptr(GArray) places = find(print);
    cr_expect_eq(places->len, 0);
}

Test(places_find, what_is_printed_or_stamped_inside_makes_no_second_place)
{
    g_autofree guint8 *print = g_malloc0(W * H);
    box(print, 30, 30, 55, 55, 0, 15);
    for (guint i = 0; i < 720; i++) { /* a black ring */
        double a = i * G_PI / 360, x = 57.5 + 19 * cos(a), y = 57.5 + 19 * sin(a);
        bar(print, x, y, x + 0.6, y + 0.6);
    }
    bar(print, 33, 32.5, 60, 35); /* a caption */
    g_autoptr(GArray) places = find(print);
    cr_expect_eq(places->len, 1);
    cr_expect_not_null(places_at(places, (Point){ 57, 57 }));
}
