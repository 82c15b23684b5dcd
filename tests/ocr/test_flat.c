/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page laid flat: direction, perspective, light, coloured ink, and the way back to stored pixels. */
#include "ocr/flat.h"
#include "tests/ocr/drawn_page.h"

#include <criterion/criterion.h>

/* Rows of dark bars, like print; a large row on top, like a title. */
static Image *
rows_page(guint width, guint height)
{
    Image *image = image_new(width, height, 3);
    memset(image->data, 245, (gsize)width * height * 3);
    for (guint r = 0; r < 10; r++)
        for (guint i = 0; i < (r ? 24u : 6u); i++) {
            guint size = r ? 22 : 60, x0 = (r ? 150 : 400) + i * (r ? 27 : 75), y0 = (r ? 220 + r * 60 : 100);
            for (guint y = y0; y < MIN(y0 + size, height); y++)
                for (guint x = x0; x < MIN(x0 + size * 8 / 10, width); x++)
                    memset(image->data + ((gsize)y * width + x) * 3, 30, 3);
        }
    return image;
}

typedef struct {
    PageFile *file;
    Page *page;
    Flat *flat;
} Opened;

static Opened
opened(const Image *image)
{
    Opened o = { drawn_file(image), NULL, NULL };
    o.page = page_file_load(o.file, 0, 1, NULL);
    o.flat = flat_open(o.file, o.page);
    return o;
}

static void
closed(Opened *o)
{
    flat_free(o->flat);
    page_free(o->page);
    page_file_free(o->file);
}

static guint
long_lines(const Flat *flat)
{
    guint n = 0;
    for (guint i = 0; i < flat->lines->len; i++) {
        const TextLine *line = g_ptr_array_index(flat->lines, i);
        n += line->blobs->len >= 20 && fabs(line->slope) < 0.01;
    }
    return n;
}

Test(flat, every_quarter_turn_is_found_and_undone)
{
    g_autoptr(Image) upright = rows_page(1500, 1000);
    for (guint turn = 0; turn < 4; turn++) {
        g_autoptr(Image) image = image_turn(upright, turn);
        Opened o = opened(image);
        cr_assert_eq(long_lines(o.flat), 9, "turn %u: %u lines", turn, long_lines(o.flat));
        cr_assert_eq(o.flat->turned_deg, (4 - turn) % 4 * 90);
        cr_assert_eq(o.flat->width, FLAT_SIDE);
        closed(&o);
    }
}

Test(flat, perspective_is_taken_out_and_boxes_lead_back)
{
    g_autoptr(Image) page = rows_page(1500, 1000);
    Quad where = { { { 240, 260 }, { 1900, 120 }, { 1960, 1330 }, { 160, 1290 } } };
    g_autoptr(Image) photo = drawn_photo(page, 2100, 1500, &where);
    Opened o = opened(photo);
    cr_assert(o.flat->paper_found);
    cr_assert_eq(long_lines(o.flat), 9);
    Quad corners = quad_rect(0, 0, page->width - 1.0, page->height - 1.0);
    Homography to_photo;
    cr_assert(homography_from_quads(&corners, &where, &to_photo));
    Point printed = homography_apply(&to_photo, (Point){ 150, 291 }); /* where the first row begins */
    gboolean found = FALSE;
    for (guint i = 0; i < o.flat->lines->len; i++) {
        const TextLine *line = g_ptr_array_index(o.flat->lines, i);
        found |= point_distance(homography_apply(&o.flat->to_stored, line->left), printed) < 4;
    }
    cr_assert(found);
    closed(&o);
}

Test(flat, turning_over_is_its_own_inverse)
{
    g_autoptr(Image) image = rows_page(1500, 1000);
    Opened o = opened(image);
    Homography before = o.flat->to_stored;
    guint lines = o.flat->lines->len;
    flat_turn_over(o.flat);
    cr_assert_eq(o.flat->turned_deg, 180);
    flat_turn_over(o.flat);
    cr_assert_eq(o.flat->turned_deg, 0);
    cr_assert_eq(o.flat->lines->len, lines);
    Point p = homography_apply(&before, (Point){ 400, 300 }), q = homography_apply(&o.flat->to_stored, (Point){ 400, 300 });
    cr_assert_lt(point_distance(p, q), 1e-6);
    closed(&o);
}

Test(flat, a_cut_shows_what_lies_there)
{
    g_autoptr(Image) image = rows_page(1500, 1000);
    Opened o = opened(image);
    const TextLine *line = NULL;
    for (guint i = 0; i < o.flat->lines->len && !line; i++) {
        const TextLine *l = g_ptr_array_index(o.flat->lines, i);
        line = l->blobs->len >= 20 ? l : NULL;
    }
    cr_assert_not_null(line);
    Quad quad = text_line_quad(line, 0, line->height_px * 0.7);
    g_autoptr(Image) cut = flat_cut(o.flat, &quad, 14, 20);
    cr_assert_eq(cut->channels, 3);
    cr_assert_lt(cut->data[(10 * 14 + 7) * 3], 90, "the first bar");
    flat_drop_detail(o.flat);
    g_autoptr(Image) again = flat_cut(o.flat, &quad, 14, 20);
    cr_assert_eq(memcmp(cut->data, again->data, 14 * 20 * 3), 0);
    Quad outside = quad_rect(-500, -500, 50, 20);
    g_autoptr(Image) white = flat_cut(o.flat, &outside, 14, 20);
    cr_assert_eq(white->data[0], 255);
    closed(&o);
}

Test(flat, a_blank_page_is_blank)
{
    g_autoptr(Image) image = image_new(800, 600, 3);
    memset(image->data, 250, 800 * 600 * 3);
    Opened o = opened(image);
    cr_assert(o.flat->blank);
    closed(&o);
}

Test(flat, pictures_of_any_shape_are_survived)
{
    static const guint sizes[][2] = { { 1, 1 }, { 2, 3 }, { 1, 900 }, { 5000, 2 }, { 17, 16 }, { 60, 2500 } };
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (guint noise = 0; noise < 2; noise++) {
            g_autoptr(Image) image = image_new(sizes[i][0], sizes[i][1], noise ? 3 : 1);
            for (gsize k = 0; k < (gsize)image->width * image->height * image->channels; k++)
                image->data[k] = noise ? (guint8)(k * 2654435761u >> 13) : 0;
            Opened o = opened(image);
            Quad quad = quad_rect(0, 0, o.flat->width, o.flat->height);
            g_autoptr(Image) cut = flat_cut(o.flat, &quad, 32, 8);
            cr_assert_eq(cut->width, 32);
            flat_turn_over(o.flat);
            closed(&o);
        }
}

/* ---- ink ---------------------------------------------------------------------------------------- */

static void
fill(Image *image, guint x0, guint y0, guint x1, guint y1, guint8 r, guint8 g, guint8 b)
{
    for (guint y = y0; y < y1; y++)
        for (guint x = x0; x < x1; x++) {
            guint8 *p = image->data + ((gsize)y * image->width + x) * 3;
            p[0] = r, p[1] = g, p[2] = b;
        }
}

Test(ink, seals_fade_light_evens_out_and_print_stays)
{
    g_autoptr(Image) image = image_new(320, 160, 3);
    fill(image, 0, 0, 160, 160, 240, 235, 220);
    fill(image, 160, 0, 320, 160, 140, 136, 128); /* in shadow */
    fill(image, 20, 20, 30, 60, 40, 40, 40);      /* print */
    fill(image, 200, 20, 210, 60, 24, 24, 24);    /* print in the shadow */
    fill(image, 60, 20, 70, 60, 215, 60, 60);     /* a red seal */
    fill(image, 100, 20, 110, 60, 60, 70, 200);   /* a blue one */
    g_autoptr(Image) ink = ink_of_page(image);
    cr_assert_lt(ink->data[40 * 320 + 25], 80);
    cr_assert_lt(ink->data[40 * 320 + 205], 80);
    cr_assert_gt(ink->data[40 * 320 + 65], 220);
    cr_assert_gt(ink->data[40 * 320 + 105], 200);
    cr_assert_gt(ink->data[100 * 320 + 40], 245);
    cr_assert_gt(ink->data[100 * 320 + 280], 240, "the shadow is paper too");
}

Test(ink, of_a_line_tells_what_lay_under_a_seal)
{
    g_autoptr(Image) image = image_new(200, 40, 3);
    fill(image, 0, 0, 200, 40, 240, 235, 225);
    fill(image, 20, 10, 26, 30, 30, 30, 30);
    fill(image, 100, 10, 106, 30, 220, 60, 60);
    g_autoptr(Image) covered = NULL;
    g_autoptr(Image) ink = ink_of_line(image, &covered);
    cr_assert_lt(ink->data[20 * 200 + 23], 60);
    cr_assert_gt(ink->data[20 * 200 + 103], 200);
    cr_assert_eq(covered->data[20 * 200 + 103], 255);
    cr_assert_eq(covered->data[20 * 200 + 23], 0);
}

Test(ink, grey_pictures_have_no_colours)
{
    g_autoptr(Image) grey = image_new(100, 100, 1), red = image_new(100, 100, 3);
    memset(grey->data, 90, 100 * 100);
    fill(red, 0, 0, 100, 100, 240, 240, 240);
    fill(red, 0, 0, 50, 50, 215, 60, 60);
    InkColours none = ink_colours(grey), some = ink_colours(red);
    cr_assert_not(none.colour);
    cr_assert_float_eq(none.red, 0, 1e-9);
    cr_assert_float_eq(some.red, 0.25, 0.01);
    cr_assert_float_eq(some.blue, 0, 1e-9);
}
