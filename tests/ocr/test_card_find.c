/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card_find.c, card_ink.c, card_rows.c, card_view.c: marks, lines of figures and rows on drawn pictures. */
#include "ocr/card_find.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "ocr/card_ink.h"
#include "ocr/card_rows.h"

static Image *
paper(guint width, guint height, guint8 level)
{
    Image *image = image_new(width, height, 1);
    memset(image->data, level, (gsize)width * height);
    return image;
}

static void
fill(Image *image, gint x0, gint y0, gint width, gint height, guint8 level)
{
    for (gint y = MAX(y0, 0); y < MIN(y0 + height, (gint)image->height); y++)
        for (gint x = MAX(x0, 0); x < MIN(x0 + width, (gint)image->width); x++)
            image->data[y * (gint)image->width + x] = level;
}

/* @n bars of 9 x 14 px every 14 px: as a number of OCR-B figures stands. */
static void
draw_number(Image *image, gint x, gint y, guint n, double slope)
{
    for (guint i = 0; i < n; i++)
        fill(image, x + (gint)(14 * i), y + (gint)lround(slope * 14 * i), 9, 14, 30);
}

static Image *
darkness_of(const Image *image)
{
    return ink_darkness(image, 24);
}

Test(ink_darkness, does_not_see_the_light)
{
    g_autoptr(Image) image = paper(400, 200, 0);
    for (guint y = 0; y < 200; y++)
        for (guint x = 0; x < 400; x++)
            image->data[y * 400 + x] = (guint8)(90 + x / 3);
    fill(image, 100, 90, 6, 14, 20);
    fill(image, 300, 90, 6, 14, 40);
    g_autoptr(Image) d = darkness_of(image);
    cr_expect_lt(d->data[50 * 400 + 200], 16);
    cr_expect_gt(d->data[95 * 400 + 103], 150);
    cr_expect_gt(d->data[95 * 400 + 303], 150);
}

Test(ink_colourless, fades_colour_and_keeps_black)
{
    g_autoptr(Image) image = image_new(3, 1, 3);
    static const guint8 pixels[9] = { 200, 40, 50, 40, 45, 42, 250, 250, 250 };
    memcpy(image->data, pixels, 9);
    g_autoptr(Image) grey = ink_colourless(image);
    cr_expect_eq(grey->data[0], 255);
    cr_expect_lt(grey->data[1], 60);
    cr_expect_eq(grey->data[2], 250);
    g_autoptr(Image) again = ink_colourless(grey);
    cr_expect_eq(memcmp(again->data, grey->data, 3), 0);
}

Test(ink_threshold, leaves_faint_marks_out)
{
    g_autoptr(Image) image = paper(200, 100, 0);
    fill(image, 50, 40, 10, 10, 200);
    fill(image, 120, 40, 10, 10, 20);
    g_autoptr(Image) b = ink_threshold(image, 24, 24, 0.45);
    cr_expect_eq(b->data[45 * 200 + 55], 255);
    cr_expect_eq(b->data[45 * 200 + 125], 0);
}

Test(ink_marks, join_what_touches_and_drop_specks)
{
    g_autoptr(Image) b = paper(60, 40, 0);
    fill(b, 5, 5, 3, 20, 255); /* a U: joined at its foot */
    fill(b, 15, 5, 3, 20, 255);
    fill(b, 5, 25, 13, 3, 255);
    fill(b, 30, 5, 2, 2, 255);   /* a speck */
    fill(b, 40, 10, 5, 5, 255);  /* two that touch at a corner */
    fill(b, 45, 15, 5, 5, 255);
    g_autoptr(GArray) marks = ink_marks(b, 6, 50);
    cr_assert_eq(marks->len, 2);
    const Mark *u = &g_array_index(marks, Mark, 0), *pair = &g_array_index(marks, Mark, 1);
    cr_expect(u->x0 == 5 && u->x1 == 17 && u->y0 == 5 && u->y1 == 27 && u->area == 159, "%u", u->area);
    cr_expect(pair->x0 == 40 && pair->x1 == 49 && pair->y0 == 10 && pair->y1 == 19 && pair->area == 50);
    g_autoptr(GArray) small = ink_marks(b, 6, 12);
    cr_expect_eq(small->len, 1, "the U is too large");
}

Test(card_find, a_number_is_a_line_at_either_axis)
{
    g_autoptr(Image) image = paper(500, 300, 240);
    draw_number(image, 80, 120, 18, 0);
    for (guint turns = 0; turns < 4; turns++) {
        g_autoptr(Image) turned = image_turn(image, turns);
        g_autoptr(Image) d = darkness_of(turned);
        g_autoptr(GArray) lines = card_find_digit_lines(d, 24, 8);
        cr_assert_geq(lines->len, 1);
        const DigitLine *best = &g_array_index(lines, DigitLine, 0);
        cr_expect_eq(best->marks, 18);
        cr_expect_float_eq(best->height, 14, 1.5);
        cr_expect_float_eq(point_distance(best->from, best->to), 17 * 14 + 9, 4);
    }
}

Test(card_find, a_tilt_of_fifteen_degrees_is_no_matter)
{
    g_autoptr(Image) image = paper(500, 300, 240);
    draw_number(image, 80, 100, 18, 0.26);
    g_autoptr(Image) d = darkness_of(image);
    g_autoptr(GArray) lines = card_find_digit_lines(d, 24, 8);
    cr_assert_geq(lines->len, 1);
    cr_expect_eq(g_array_index(lines, DigitLine, 0).marks, 18);
}

Test(card_find, a_label_before_a_gap_is_also_left_out)
{
    g_autoptr(Image) image = paper(600, 300, 240);
    draw_number(image, 60, 120, 6, 0);
    draw_number(image, 60 + 6 * 14 + 26, 120, 18, 0);
    g_autoptr(Image) d = darkness_of(image);
    g_autoptr(GArray) lines = card_find_digit_lines(d, 24, 8);
    gboolean alone = FALSE;
    for (guint i = 0; i < lines->len; i++) {
        const DigitLine *l = &g_array_index(lines, DigitLine, i);
        alone = alone || (l->marks == 18 && fabs(l->from.x - (60 + 6 * 14 + 26)) < 3);
    }
    cr_expect(alone);
}

Test(card_find, a_missing_figure_does_not_cut_the_line)
{
    g_autoptr(Image) image = paper(500, 300, 240);
    draw_number(image, 80, 120, 18, 0);
    fill(image, 80 + 14 * 7 - 3, 115, 13, 26, 240);
    g_autoptr(Image) d = darkness_of(image);
    g_autoptr(GArray) lines = card_find_digit_lines(d, 24, 8);
    cr_assert_geq(lines->len, 1);
    cr_expect_eq(g_array_index(lines, DigitLine, 0).marks, 17);
}

Test(card_find, the_side_with_more_ink_is_the_body)
{
    g_autoptr(Image) image = paper(500, 400, 240);
    draw_number(image, 80, 300, 18, 0);
    for (gint y = 150; y < 260; y += 25)
        fill(image, 90, y, 180, 6, 40);
    g_autoptr(Image) d = darkness_of(image);
    g_autoptr(GArray) lines = card_find_digit_lines(d, 24, 1);
    cr_assert_eq(lines->len, 1, "no more than asked for");
    const DigitLine *l = &g_array_index(lines, DigitLine, 0);
    cr_expect_eq(l->body_is_left, l->to.x > l->from.x);
}

Test(card_find, uneven_marks_and_empty_paper_are_no_lines)
{
    g_autoptr(Image) image = paper(500, 300, 240);
    g_autoptr(Image) empty = darkness_of(image);
    g_autoptr(GArray) none = card_find_digit_lines(empty, 24, 8);
    cr_expect_eq(none->len, 0);
    for (gint i = 0; i < 18; i++)
        fill(image, 40 + 22 * i, 60 + (i * 37) % 150, 6 + (i * 5) % 13, 6 + (i * 7) % 23, 30);
    g_autoptr(Image) d = darkness_of(image);
    g_autoptr(GArray) lines = card_find_digit_lines(d, 24, 8);
    cr_expect_eq(lines->len, 0, "%u", lines->len);
}

/* A strip over drawn figures: 18 bars from x = 80, y = 120..133. */
static Strip
strip_over(double x0, double x1)
{
    return (Strip){ { x0, 126.5 }, { x1, 126.5 }, 14, 0, 0, 0, 0 };
}

Test(card_rows, the_ends_reach_as_far_as_the_ink)
{
    g_autoptr(Image) image = paper(600, 300, 240);
    draw_number(image, 80, 120, 18, 0);
    fill(image, 420, 120, 9, 14, 30); /* beyond a wide blank */
    g_autoptr(Image) d = darkness_of(image);
    Strip s = strip_over(150, 200);
    Strip e = rows_extend(d, &s, ROWS_FIGURES, 1.25, 10, 20);
    cr_expect_float_eq(e.left.x, 80, 2);
    cr_expect_float_eq(e.right.x, 80 + 17 * 14 + 9, 2);
    Strip kept = rows_extend(d, &s, ROWS_FIGURES, 1.25, 0, 0);
    cr_expect_float_eq(kept.left.x, 150, 0.1);
    cr_expect_float_eq(kept.right.x, 200, 0.1);
}

Test(card_rows, trimming_pulls_the_ends_in_and_fails_on_blank)
{
    g_autoptr(Image) image = paper(600, 300, 240);
    draw_number(image, 80, 120, 18, 0);
    g_autoptr(Image) d = darkness_of(image);
    Strip s = strip_over(40, 400), blank = { { 40, 250 }, { 400, 250 }, 14, 0, 0, 0, 0 };
    cr_expect(rows_trim(d, ROWS_HANZI, &s));
    cr_expect_float_eq(s.left.x, 80, 2);
    cr_expect_float_eq(s.right.x, 80 + 17 * 14 + 9, 2);
    cr_expect_not(rows_trim(d, ROWS_HANZI, &blank));
}

Test(card_rows, the_label_is_left_out)
{
    g_autoptr(Image) image = paper(600, 300, 240);
    draw_number(image, 80, 120, 6, 0);
    draw_number(image, 200, 120, 18, 0);
    g_autoptr(Image) d = darkness_of(image);
    Strip s = strip_over(80, 200 + 17 * 14 + 9);
    Strip v = rows_after_gap(d, &s, 1.25);
    cr_expect_float_eq(v.left.x, 200, 2);
    Strip same = rows_after_gap(d, &v, 1.25);
    cr_expect_float_eq(same.left.x, v.left.x, 0.1);
}

Test(card_rows, pieces_are_parted_by_blanks)
{
    g_autoptr(Image) image = paper(600, 300, 240);
    draw_number(image, 80, 120, 4, 0);
    draw_number(image, 180, 120, 1, 0);
    draw_number(image, 240, 120, 2, 0);
    g_autoptr(Image) d = darkness_of(image);
    Strip s = strip_over(70, 300), pieces[3], blank = { { 40, 250 }, { 400, 250 }, 14, 0, 0, 0, 0 };
    cr_assert_eq(rows_pieces(d, &s, 0.6, pieces, 3), 3);
    cr_expect_float_eq(pieces[0].left.x, 80, 2);
    cr_expect_float_eq(pieces[0].right.x, 80 + 3 * 14 + 9, 2);
    cr_expect_float_eq(pieces[2].left.x, 240, 2);
    cr_expect_eq(rows_pieces(d, &s, 0.6, pieces, 2), 0, "too many");
    cr_expect_eq(rows_pieces(d, &blank, 0.6, pieces, 3), 0);
}

Test(card_rows, a_row_is_found_a_little_off_and_tilted)
{
    g_autoptr(Image) image = paper(600, 300, 240);
    draw_number(image, 80, 120, 18, 0.02);
    g_autoptr(Image) d = darkness_of(image);
    Strip s = { { 80, 120 }, { 327, 120 }, 14, 0, 0, 0, 0 };
    double contrast;
    Strip c = rows_centre(d, &s, 1, 1.5, &contrast);
    cr_expect_gt(contrast, 30);
    cr_expect_float_eq((c.left.y + c.right.y) / 2, 129, 2);
    cr_expect_gt(c.right.y - c.left.y, 2);
    cr_expect_gt(rows_ink(d, &c), rows_ink(d, &s));
    Strip away = { { 80, 250 }, { 327, 250 }, 14, 0, 0, 0, 0 };
    rows_centre(d, &away, 1, 1.5, &contrast);
    cr_expect_lt(contrast, 4);
}

static Page
page_with(Image *image)
{
    return (Page){ .image = image, .reduction = 1, .stored_width = image->width, .stored_height = image->height,
                   .to_stored = homography_scale(2, 2) };
}

Test(card_view, a_strip_is_upright_whatever_way_it_lies)
{
    g_autoptr(Image) image = paper(300, 300, 240);
    fill(image, 100, 100, 14, 80, 30); /* a bar that runs down: the reading direction */
    fill(image, 114, 100, 3, 10, 30);  /* a mark beside its start, on the left of that direction */
    Page page = page_with(image);
    g_autoptr(CardView) view = card_view_new(NULL, &page);
    cr_expect_eq(card_view_page(view), &page);
    Strip s = { { 106.5, 100 }, { 106.5, 180 }, 14, 1, 1, 0.5, 0.5 };
    Homography to_layout;
    g_autoptr(Image) strip = card_view_strip(view, &s, 28, &to_layout);
    cr_assert_not_null(strip);
    cr_expect_eq(strip->height, 56);
    cr_expect_float_eq(strip->width, 2 * (80 + 28), 2);
    cr_expect_lt(strip->data[28 * strip->width + 60], 60);
    cr_expect_lt(strip->data[9 * strip->width + 40], 120, "above the bar's start");
    cr_expect_gt(strip->data[9 * strip->width + 120], 200);
    Point back = homography_apply(&to_layout, (Point){ 28, 27.5 });
    cr_expect_float_eq(back.x, 106.5, 1);
    cr_expect_float_eq(back.y, 100, 1);
}

Test(card_view, strips_without_size_are_none)
{
    g_autoptr(Image) image = paper(50, 50, 240);
    Page page = page_with(image);
    g_autoptr(CardView) view = card_view_new(NULL, &page);
    Strip point = { { 10, 10 }, { 10, 10 }, 14, 0, 0, 0, 0 }, flat = { { 10, 10 }, { 40, 10 }, 0, 0, 0, 0, 0 };
    Strip endless = { { 0, 0 }, { 1e7, 0 }, 1, 0, 0, 0, 0 };
    cr_expect_null(card_view_strip(view, &point, 28, NULL));
    cr_expect_null(card_view_strip(view, &flat, 28, NULL));
    cr_expect_null(card_view_strip(view, &endless, 28, NULL));
}

Test(card_view, boxes_go_back_to_stored_pixels)
{
    g_autoptr(Image) image = paper(50, 50, 240);
    Page page = page_with(image);
    g_autoptr(CardView) view = card_view_new(NULL, &page);
    Quad q = quad_rect(10, 5, 4, 3), stored = card_view_stored(view, &q);
    cr_expect_float_eq(stored.p[0].x, 20, 1e-9);
    cr_expect_float_eq(stored.p[2].y, 16, 1e-9);
}
