/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The band of a ring's text: bars instead of letters, a few of which stand out towards the rim.
 */
#include "sealgen/lines.h"

#include <criterion/criterion.h>
#include <math.h>

enum { SIDE = 960, PPMM = 24 };

/* Ink at @depth mm inside the rim, @turn 0..1 clockwise from the top. */
static gboolean
is_inked(double depth, double turn)
{
    double bar = turn * 60;
    if (depth < 1.2)
        return TRUE;
    if ((turn > 0.38 && turn < 0.62) || bar - floor(bar) > 0.5 || depth > 7.4)
        return FALSE;
    return depth > 3.3 || (depth > 2.4 && (int)bar % 6 == 0);
}

static SheetSeal *
ring_of_bars(double rim)
{
    SheetSeal *seal = sheet_seal_new(0, SEAL_OFFICIAL);
    seal->found = TRUE;
    seal->shape = SHAPE_ROUND;
    seal->width = seal->height = SIDE;
    seal->px_per_mm = PPMM;
    seal->alpha = g_malloc0(SIDE * SIDE);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double u = x - (SIDE - 1) / 2.0, v = y - (SIDE - 1) / 2.0, depth = SIDE / 2.0 - hypot(u, v);
            double turn = atan2(u, -v) / (2 * G_PI);
            if (depth > rim && is_inked(depth / PPMM, turn < 0 ? turn + 1 : turn))
                seal->alpha[y * SIDE + x] = 255;
        }
    return seal;
}

static double
height_of_most_letters(const Image *line)
{
    guint most = 0, rows = 0;
    g_autofree guint *ink = g_new0(guint, line->height);
    for (guint y = 0; y < line->height; y++) {
        for (guint x = 0; x < line->width; x++)
            ink[y] += line->data[(gsize)y * line->width + x] < 128;
        most = MAX(most, ink[y]);
    }
    for (guint y = 0; y < line->height; y++)
        rows += ink[y] > most / 2;
    return rows;
}

static double
ring_height(double rim)
{
    SheetSeal *seal = ring_of_bars(rim);
    lines_unroll(seal, 12);
    cr_assert_gt(seal->lines->len, 0);
    const SealLine *line = seal->lines->pdata[0];
    cr_assert_eq(line->kind, LINE_RING);
    double high = height_of_most_letters(line->image);
    g_autoptr(SheetResult) owner = sheet_result_new();
    g_ptr_array_add(owner->seals, seal);
    return high;
}

Test(lines, the_tips_of_a_few_letters_belong_to_the_em)
{
    cr_expect_leq(ring_height(0), 40, "the letters' common part is 4.1 of 5 mm, not the whole em");
}

Test(lines, a_rim_whose_first_row_is_half_ink_is_a_border_all_the_same)
{
    cr_expect_leq(ring_height(-0.1), 40);
    cr_expect_leq(ring_height(0.1), 40);
}

Test(lines, a_seal_without_a_picture_has_no_lines)
{
    SheetSeal *seal = sheet_seal_new(0, SEAL_OFFICIAL);
    lines_unroll(seal, 12);
    cr_expect_eq(seal->lines->len, 0);
    g_autoptr(SheetResult) owner = sheet_result_new();
    g_ptr_array_add(owner->seals, seal);
}
