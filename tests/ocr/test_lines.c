/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connected ink becomes parts, parts become lines, and a row of even narrow ones a place for a code. */
#include "ocr/code_spot.h"
#include "ocr/lines.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static Image *
paper(guint width, guint height)
{
    Image *image = image_new(width, height, 1);
    memset(image->data, 255, (gsize)width * height);
    return image;
}

static void
block(Image *image, int x, int y, int width, int height, guint8 grey)
{
    for (int v = MAX(y, 0); v < MIN(y + height, (int)image->height); v++)
        for (int u = MAX(x, 0); u < MIN(x + width, (int)image->width); u++)
            image->data[v * (int)image->width + u] = grey;
}

/* @n upright bars of @width x @height from @x on, @pitch apart, falling by @slope. */
static void
row(Image *image, int n, int x, int y, int width, int height, int pitch, double slope)
{
    for (int i = 0; i < n; i++)
        block(image, x + i * pitch, y + (int)lround(slope * i * pitch), width, height, 20);
}

Test(parts, that_blur_grew_together_are_cut_where_they_are_faintest)
{
    g_autoptr(Image) image = paper(400, 60);
    block(image, 20, 20, 300, 20, 160);
    row(image, 15, 22, 20, 14, 20, 20, 0); /* dark characters in a grey haze */
    g_autoptr(GArray) parts = ink_parts(image);
    cr_assert_eq(parts->len, 15);
    g_autoptr(Image) bar = paper(400, 60);
    block(bar, 20, 20, 100, 20, 20);
    g_autoptr(GArray) one = ink_parts(bar);
    cr_assert_eq(one->len, 1, "a bar is no text and stays whole");
}

Test(parts, of_dark_print_leave_out_words_across_it)
{
    g_autoptr(Image) image = paper(400, 100);
    row(image, 10, 20, 30, 14, 20, 20, 0);
    block(image, 60, 22, 40, 36, 170); /* part of a large grey character */
    row(image, 10, 20, 30, 14, 20, 20, 0);
    g_autoptr(GArray) any = ink_parts(image);
    g_autoptr(GArray) dark = ink_parts_of_dark_print(image);
    cr_assert_lt(any->len, 10);
    cr_assert_eq(dark->len, 10);
}

Test(lines, begin_after_dust_before_them)
{
    g_autoptr(Image) image = paper(400, 60);
    block(image, 20, 30, 3, 3, 20);
    row(image, 8, 30, 20, 18, 20, 22, 0);
    g_autoptr(GArray) parts = ink_parts(image);
    g_autoptr(GPtrArray) lines = lines_find(parts);
    cr_assert_eq(lines->len, 1);
    cr_assert_float_eq(((TextLine *)lines->pdata[0])->left.x, 30, 1);
}

/* @print characters of darkness 200 over @pattern pieces of darkness 35. */
static GArray *
print_over_pattern(int print, int pattern)
{
    g_autoptr(Image) image = paper(1200, 1200);
    for (int i = 0; i < print; i++)
        block(image, 20 + i % 40 * 28, 20 + i / 40 * 40, 14, 14, 55);
    for (int i = 0; i < pattern; i++)
        block(image, 20 + i % 60 * 18, 500 + i / 60 * 16, 12, 3, 220);
    GArray *parts = ink_parts(image);
    ink_parts_drop_pattern(parts);
    return parts;
}

Test(parts, of_a_pattern_that_outnumbers_the_print_are_dropped)
{
    g_autoptr(GArray) parts = print_over_pattern(120, 600);
    cr_assert_eq(parts->len, 120);
    for (guint i = 0; i < parts->len; i++)
        cr_assert_eq(g_array_index(parts, InkPart, i).darkest, 200);
}

Test(parts, that_are_faint_stay_where_they_are_few_or_all_there_is)
{
    g_autoptr(GArray) few = print_over_pattern(120, 60);
    cr_assert_eq(few->len, 180);
    g_autoptr(GArray) alone = print_over_pattern(0, 600);
    cr_assert_eq(alone->len, 600);
}

Test(parts, are_boxes_of_connected_ink)
{
    g_autoptr(Image) image = paper(200, 100);
    block(image, 10, 20, 5, 30, 0);
    block(image, 15, 49, 20, 4, 0);  /* touches the first by its corner: one part */
    block(image, 100, 20, 1, 1, 0);  /* a speck */
    block(image, 120, 20, 12, 12, 240); /* fainter than 11 % */
    g_autoptr(GArray) parts = ink_parts(image);
    cr_assert_eq(parts->len, 1);
    const InkPart *p = &g_array_index(parts, InkPart, 0);
    cr_assert(p->x0 == 10 && p->y0 == 20 && p->x1 == 34 && p->y1 == 52);
    cr_assert_eq(p->pixels, 5 * 30 + 20 * 4);
}

Test(parts, frames_and_empty_pages_give_none)
{
    g_autoptr(Image) image = paper(400, 300);
    g_autoptr(GArray) nothing = ink_parts(image);
    block(image, 10, 10, 380, 3, 0);
    g_autoptr(GArray) frame = ink_parts(image);
    cr_assert_eq(nothing->len, 0);
    cr_assert_eq(frame->len, 0, "wider than print can be");
}

Test(lines, one_line_for_each_row_with_its_slope_and_height)
{
    g_autoptr(Image) image = paper(800, 300);
    row(image, 20, 40, 40, 18, 20, 22, 0);
    row(image, 20, 40, 140, 18, 20, 22, 0.08);
    g_autoptr(GArray) parts = ink_parts(image);
    g_autoptr(GPtrArray) lines = lines_find(parts);
    cr_assert_eq(lines->len, 2);
    const TextLine *level = g_ptr_array_index(lines, 0), *sloped = g_ptr_array_index(lines, 1);
    cr_assert_float_eq(level->slope, 0, 0.003);
    cr_assert_float_eq(level->height_px, 20, 1);
    cr_assert_float_eq(level->left.x, 40, 1);
    cr_assert_float_eq(level->right.x, 40 + 19 * 22 + 18, 1);
    cr_assert_float_eq(level->left.y, 50, 1);
    cr_assert_eq(level->blobs->len, 20);
    cr_assert_float_eq(sloped->slope, 0.08, 0.01);
}

Test(lines, a_wide_gap_parts_label_and_value_and_a_narrow_one_does_not)
{
    g_autoptr(Image) image = paper(800, 100);
    row(image, 4, 40, 40, 18, 20, 22, 0);
    row(image, 6, 40 + 4 * 22 + 20, 40, 18, 20, 22, 0);
    g_autoptr(GArray) parts = ink_parts(image);
    g_autoptr(GPtrArray) two = lines_find(parts);
    cr_assert_eq(two->len, 2);
    g_autoptr(Image) near = paper(800, 100);
    row(near, 10, 40, 40, 18, 20, 28, 0);
    g_autoptr(GArray) other = ink_parts(near);
    g_autoptr(GPtrArray) one = lines_find(other);
    cr_assert_eq(one->len, 1);
}

Test(lines, neighbouring_lines_and_frames_stay_apart)
{
    g_autoptr(Image) image = paper(800, 200);
    block(image, 10, 20, 12, 130, 0); /* a frame's ornament */
    row(image, 10, 40, 40, 18, 20, 22, 0);
    row(image, 10, 40, 66, 18, 20, 22, 0);
    g_autoptr(GArray) parts = ink_parts(image);
    g_autoptr(GPtrArray) lines = lines_find(parts);
    guint rows = 0;
    for (guint i = 0; i < lines->len; i++)
        rows += ((TextLine *)g_ptr_array_index(lines, i))->blobs->len == 10;
    cr_assert_eq(rows, 2);
}

Test(lines, a_quad_lies_around_its_stretch)
{
    g_autoptr(Image) image = paper(800, 100);
    row(image, 20, 40, 40, 18, 20, 22, 0);
    g_autoptr(GArray) parts = ink_parts(image);
    g_autoptr(GPtrArray) lines = lines_find(parts);
    Quad q = text_line_quad(g_ptr_array_index(lines, 0), 10, 60);
    cr_assert_float_eq(q.p[0].x, 50, 1);
    cr_assert_float_eq(q.p[1].x, 100, 1);
    cr_assert_float_eq(q.p[0].y, 40, 1);
    cr_assert_float_eq(q.p[2].y, 60, 1);
}

/* ---- code spots --------------------------------------------------------------------------------- */

static GArray *
spots_of(const Image *image)
{
    g_autoptr(GArray) parts = ink_parts(image);
    return code_spots(parts);
}

Test(code_spot, eighteen_even_narrow_letters_are_the_likeliest)
{
    g_autoptr(Image) image = paper(900, 200);
    row(image, 18, 60, 40, 10, 18, 15, 0.01);
    row(image, 18, 60, 120, 19, 20, 22, 0); /* hanzi: as even, and wide */
    g_autoptr(GArray) spots = spots_of(image);
    cr_assert_gt(spots->len, 0);
    const CodeSpot *best = &g_array_index(spots, CodeSpot, 0);
    cr_assert_eq(best->letters, 18);
    cr_assert_float_eq(best->cap_px, 18, 1);
    cr_assert_float_eq(best->left.x, 60, 2);
    cr_assert_float_eq(best->left.y, 49, 2);
    cr_assert_gt(best->likeness, 0.8);
}

Test(code_spot, a_label_in_front_is_left_out)
{
    g_autoptr(Image) image = paper(900, 100);
    row(image, 8, 60, 38, 20, 20, 22, 0);
    row(image, 18, 60 + 8 * 22 + 12, 40, 10, 18, 15, 0);
    g_autoptr(GArray) spots = spots_of(image);
    gboolean found = FALSE;
    for (guint i = 0; i < MIN(spots->len, 3); i++)
        found |= fabs(g_array_index(spots, CodeSpot, i).left.x - 248) < 3;
    cr_assert(found);
}

Test(code_spot, a_hole_that_a_seal_tore_is_bridged)
{
    g_autoptr(Image) image = paper(900, 100);
    row(image, 18, 60, 40, 10, 18, 15, 0);
    block(image, 60 + 6 * 15 - 3, 30, 15 * 3, 40, 255);
    g_autoptr(GArray) spots = spots_of(image);
    cr_assert_gt(spots->len, 0);
    const CodeSpot *best = &g_array_index(spots, CodeSpot, 0);
    cr_assert_float_eq(best->left.x, 60, 2);
    cr_assert_float_eq(best->right.x, 60 + 17 * 15 + 10, 2);
}

Test(code_spot, a_piece_is_drawn_on_to_eighteen_letters_where_the_rest_is_hidden)
{
    g_autoptr(Image) image = paper(900, 100);
    row(image, 9, 60, 40, 10, 18, 15, 0);
    block(image, 60 + 9 * 15 + 2, 10, 130, 80, 20);
    g_autoptr(GArray) spots = spots_of(image);
    gboolean found = FALSE;
    for (guint i = 0; i < spots->len; i++) {
        const CodeSpot *s = &g_array_index(spots, CodeSpot, i);
        found |= s->hidden && fabs(s->left.x - 60) < 2 && fabs(s->right.x - (60 + 17 * 15 + 10)) < 12;
    }
    cr_assert(found);
}

Test(code_spot, short_rows_and_empty_pages_have_none)
{
    g_autoptr(Image) image = paper(900, 100);
    g_autoptr(GArray) none = spots_of(image);
    row(image, 5, 60, 40, 10, 18, 15, 0);
    g_autoptr(GArray) short_row = spots_of(image);
    cr_assert_eq(none->len, 0);
    cr_assert_eq(short_row->len, 0);
}

Test(code_spot, a_quad_keeps_the_margins_asked_for)
{
    CodeSpot spot = { .left = { 100, 50 }, .right = { 300, 50 }, .cap_px = 20, .letters = 18 };
    Quad q = code_spot_quad(&spot, 1.0, 0.5);
    cr_assert_float_eq(q.p[0].x, 80, 1e-6);
    cr_assert_float_eq(q.p[0].y, 30, 1e-6);
    cr_assert_float_eq(q.p[2].x, 320, 1e-6);
    cr_assert_float_eq(q.p[2].y, 70, 1e-6);
}
