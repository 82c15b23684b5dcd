/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_rules.c: printed lines go, stamps stay.
 */
#include "sealgen/rules.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { W = 480, H = 400 }; /* 120 x 100 mm at 4 px/mm */

static guint8 *
paper(void)
{
    return g_malloc0(W * H);
}

/* A line @thick px thick from (x, y), @length px along x (or y), rising by @slope. */
static void
line(guint8 *mask, guint x, guint y, guint length, guint thick, double slope, gboolean down, guint dash)
{
    for (guint i = 0; i < length; i++)
        for (guint t = 0; t < thick; t++) {
            guint off = (guint)lround(slope * i) + t;
            guint u = down ? x + off : x + i, v = down ? y + i : y + off;
            if ((dash == 0 || i / dash % 2 == 0) && u < W && v < H)
                mask[v * W + u] = 1;
        }
}

static void
ring(guint8 *mask, double cx, double cy, double outer, double thick)
{
    for (guint v = 0; v < H; v++)
        for (guint u = 0; u < W; u++) {
            double r = hypot(u - cx, v - cy);
            if (r < outer && r > outer - thick)
                mask[v * W + u] = 1;
        }
}

static guint
count(const guint8 *mask)
{
    guint n = 0;
    for (guint i = 0; i < W * H; i++)
        n += mask[i] != 0;
    return n;
}

Test(rules_erase, a_thin_box_goes_whatever_its_skew)
{
    for (double slope = -0.04; slope < 0.05; slope += 0.02) {
        g_autofree guint8 *mask = paper();
        line(mask, 60, 100, 300, 2, slope, FALSE, 0);
        line(mask, 60, 260, 300, 1, slope, FALSE, 0);
        line(mask, 60, 100, 200, 2, fabs(slope), TRUE, 0);
        guint before = count(mask), gone = rules_erase(mask, W, H, 4, NULL);
        cr_expect_eq(before - count(mask), gone);
        cr_expect_lt(count(mask), before / 20, "slope %g: %u of %u are left", slope, count(mask), before);
    }
}

Test(rules_erase, dots_and_dashes_are_a_line_too)
{
    g_autofree guint8 *mask = paper();
    line(mask, 40, 100, 400, 2, 0, FALSE, 4);
    rules_erase(mask, W, H, 4, NULL);
    cr_expect_lt(count(mask), 40);
}

Test(rules_erase, a_stamp_on_the_line_stays)
{
    g_autofree guint8 *mask = paper(), *alone = paper();
    ring(mask, 240, 200, 80, 5);
    memcpy(alone, mask, W * H);
    line(mask, 20, 240, 440, 2, 0, FALSE, 0);
    rules_erase(mask, W, H, 4, NULL);
    guint lost = 0, left = 0;
    for (guint i = 0; i < W * H; i++) {
        lost += alone[i] && !mask[i];
        left += !alone[i] && mask[i];
    }
    cr_expect_lt(lost, count(alone) / 50, "%u of %u pixels of the ring are lost", lost, count(alone));
    cr_expect_lt(left, 100, "%u pixels of the line are left", left);
}

Test(rules_erase, the_frame_of_a_seal_stays)
{
    g_autofree guint8 *mask = paper();
    /* a name seal of 28 x 12 mm with a thin frame, and a seal of 50 x 30 mm with a frame of 1 mm */
    line(mask, 30, 30, 112, 2, 0, FALSE, 0);
    line(mask, 30, 78, 112, 2, 0, FALSE, 0);
    line(mask, 200, 150, 200, 4, 0.01, FALSE, 0);
    line(mask, 200, 270, 200, 4, 0.01, FALSE, 0);
    guint before = count(mask);
    cr_expect_eq(rules_erase(mask, W, H, 4, NULL), 0);
    cr_expect_eq(count(mask), before);
}

Test(rules_erase, what_went_is_marked)
{
    g_autofree guint8 *mask = paper(), *taken = paper();
    line(mask, 20, 240, 440, 2, 0.01, FALSE, 0);
    guint before = count(mask), gone = rules_erase(mask, W, H, 4, taken);
    cr_expect_gt(gone, 0);
    cr_expect_eq(count(taken), gone);
    cr_expect_eq(count(mask), before - gone);
}

Test(rules_find, each_line_is_told_once_and_where_it_runs)
{
    g_autofree guint8 *mask = paper();
    line(mask, 40, 100, 400, 2, 0.02, FALSE, 0);
    line(mask, 60, 260, 300, 1, 0.02, FALSE, 0);
    line(mask, 100, 40, 320, 2, -0.01, TRUE, 0);
    line(mask, 300, 300, 100, 2, 0, FALSE, 0); /* 25 mm: no line */
    g_autoptr(GArray) lines = rules_find(mask, W, H, 4);
    cr_assert_eq(lines->len, 3);
    const RuleLine *first = &g_array_index(lines, RuleLine, 0), *last = &g_array_index(lines, RuleLine, 2);
    cr_expect_not(first->down);
    cr_expect_float_eq((first->b.y - first->a.y) / (first->b.x - first->a.x), 0.02, 0.002);
    cr_expect_float_eq(first->a.x, 10, 0.6);
    cr_expect_float_eq(first->b.x, 110, 0.6);
    cr_expect_float_eq(first->a.y, 25.1, 0.4);
    cr_expect(last->down);
    cr_expect_float_eq((last->b.x - last->a.x) / (last->b.y - last->a.y), -0.01, 0.002);
    cr_expect_float_eq(last->a.x, 25.1, 0.4);
}
