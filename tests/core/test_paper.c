/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_paper.c: sheets drawn on a desk, with print, shadow and cut borders.
 */
#include "core/paper.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static gboolean
inside(const Quad *q, double x, double y)
{
    for (guint i = 0; i < 4; i++) {
        Point a = q->p[i], b = q->p[(i + 1) % 4];
        if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0)
            return FALSE;
    }
    return TRUE;
}

/* A sheet with a table and a shadow across it on a desk of the given grey, 4x4 supersampled. */
static Image *
draw(guint width, guint height, const Quad *sheet, guint desk)
{
    Image *image = image_new(width, height, 1);
    guint32 noise = 12345;
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            guint in = 0;
            for (guint k = 0; k < 16; k++)
                in += inside(sheet, x + (k % 4) / 4.0 - 0.375, y + (k / 4) / 4.0 - 0.375);
            double paper = x + 2 * y > width + height ? 235 : 190;
            if (x > width / 3 && x < 2 * width / 3 && y > height / 3 && y < 2 * height / 3 &&
                (x % 40 < 2 || y % 60 < 2))
                paper = 40;
            noise = noise * 1664525 + 1013904223;
            double value = (in * paper + (16 - in) * desk) / 16 + (int)(noise >> 29) - 4;
            image->data[(gsize)y * width + x] = (guint8)CLAMP(value, 0, 255);
        }
    return image;
}

Test(paper_find, corners_are_found_to_a_third_of_a_pixel)
{
    Quad sheet = { { { 140, 90 }, { 820, 130 }, { 870, 1105 }, { 95, 1060 } } };
    for (guint desk = 30; desk <= 150; desk += 60) {
        g_autoptr(Image) image = draw(1000, 1200, &sheet, desk);
        Paper paper;
        paper_find(image, &paper);
        cr_assert(paper.found && paper.seen == PAPER_ALL_SIDES, "desk %u", desk);
        cr_expect(!paper.fills);
        for (guint i = 0; i < 4; i++)
            cr_expect_lt(point_distance(paper.quad.p[i], sheet.p[i]), 0.34, "desk %u corner %u", desk, i);
    }
}

Test(paper_find, paper_that_fills_the_picture_has_no_edges)
{
    Quad sheet = { { { -50, -50 }, { 900, -50 }, { 900, 1250 }, { -50, 1250 } } };
    g_autoptr(Image) image = draw(800, 1130, &sheet, 30);
    Paper paper;
    paper_find(image, &paper);
    cr_expect(!paper.found);
    cr_expect(paper.fills);
    cr_expect_float_eq(paper.quad.p[2].x, 799, 1e-9);
}

Test(paper_find, a_sheet_cut_by_the_frame_tells_which_sides_are_real)
{
    Quad sheet = { { { 120, 100 }, { 700, 90 }, { 720, 1900 }, { 100, 1900 } } };
    g_autoptr(Image) image = draw(800, 1000, &sheet, 60);
    Paper paper;
    paper_find(image, &paper);
    cr_expect(!paper.found, "a cut sheet is no ruler");
    cr_expect_eq(paper.seen, PAPER_TOP | PAPER_RIGHT | PAPER_LEFT);
}

Test(paper_find, nothing_is_found_on_a_plain_desk_or_in_a_tiny_picture)
{
    g_autoptr(Image) desk = image_new(400, 300, 3);
    memset(desk->data, 70, 400 * 300 * 3);
    Paper paper;
    paper_find(desk, &paper);
    cr_expect(!paper.found);
    g_autoptr(Image) tiny = image_new(5, 5, 1);
    memset(tiny->data, 200, 25);
    paper_find(tiny, &paper);
    cr_expect(!paper.found && !paper.fills);
}
