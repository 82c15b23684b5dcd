/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uploads are made here with libjpeg, libpng and cairo, so that every form is tested without files. */
#include "core/page.h"
#include "core/png_write.h"

#include <cairo-pdf.h>
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

/* Left half dark, top right light, bottom right mid: tells every orientation. */
static Image *
picture(guint w, guint h, guint channels)
{
    Image *image = image_new(w, h, channels);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++)
            memset(image->data + (y * w + x) * channels, x < w / 2 ? 20 : y < h / 2 ? 240 : 130, channels);
    return image;
}

static GBytes *
jpeg_of(const Image *image, J_COLOR_SPACE space, guint orientation, guint dpi)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr err;
    unsigned char *out = NULL;
    unsigned long size = 0;
    cinfo.err = jpeg_std_error(&err);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &out, &size);
    cinfo.image_width = image->width;
    cinfo.image_height = image->height;
    cinfo.input_components = space == JCS_CMYK ? 4 : (int)image->channels;
    cinfo.in_color_space = space;
    jpeg_set_defaults(&cinfo);
    jpeg_set_quality(&cinfo, 95, TRUE);
    if (dpi && space != JCS_CMYK)
        cinfo.density_unit = 1, cinfo.X_density = (UINT16)dpi, cinfo.Y_density = (UINT16)dpi;
    jpeg_start_compress(&cinfo, TRUE);
    if (orientation) {
        guint8 exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0\0";
        exif[25] = (guint8)orientation;
        jpeg_write_marker(&cinfo, JPEG_APP0 + 1, exif, sizeof exif - 1);
    }
    g_autofree guint8 *cmyk = g_malloc(image->width * 4);
    while (cinfo.next_scanline < cinfo.image_height) {
        guint8 *row = image->data + cinfo.next_scanline * image->width * image->channels;
        JSAMPROW rows = row;
        if (space == JCS_CMYK) { /* Adobe's way: inverted, no black */
            for (guint x = 0; x < image->width; x++) {
                memset(cmyk + x * 4, row[x * image->channels], 3);
                cmyk[x * 4 + 3] = 255;
            }
            rows = cmyk;
        }
        jpeg_write_scanlines(&cinfo, &rows, 1);
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    GBytes *bytes = g_bytes_new(out, size);
    free(out);
    return bytes;
}

static guint8
pixel(const Image *image, guint x, guint y)
{
    return image->data[(y * image->width + x) * image->channels];
}

static Page *
load(GBytes *bytes, guint reduction)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, &error);
    cr_assert_not_null(file, "%s", error ? error->message : "");
    Page *page = page_file_load(file, 0, reduction, &error);
    cr_assert_not_null(page, "%s", error ? error->message : "");
    return page;
}

Test(page, exif_turns_are_applied_and_lead_back_to_stored_pixels)
{
    g_autoptr(Image) image = picture(64, 32, 3);
    for (guint o = 1; o <= 8; o++) {
        g_autoptr(GBytes) bytes = jpeg_of(image, JCS_RGB, o, 300);
        for (guint reduction = 1; reduction <= 4; reduction *= 2) {
            g_autoptr(Page) page = load(bytes, reduction);
            cr_assert_eq(page->exif_orientation, o);
            cr_assert_eq(page->stored_width, 64);
            cr_assert_eq(page->image->width, (o >= 5 ? 32 : 64) / reduction);
            for (guint y = 1; y < page->image->height; y += 5)
                for (guint x = 1; x < page->image->width; x += 5) {
                    Point p = homography_apply(&page->to_stored, (Point){ x, y });
                    int d = pixel(page->image, x, y) - pixel(image, (guint)(p.x + .5), (guint)(p.y + .5));
                    gboolean at_edge = fabs(p.x - 31.5) < 9 || fabs(p.y - 15.5) < 9;
                    cr_assert(at_edge || abs(d) < 12, "orientation %u reduction %u at %u,%u", o, reduction, x, y);
                }
        }
    }
}

Test(page, as_stored_it_is_not_turned_and_its_pixels_are_the_files_own)
{
    g_autoptr(Image) image = picture(64, 32, 3);
    for (guint o = 1; o <= 8; o++) {
        g_autoptr(GBytes) bytes = jpeg_of(image, JCS_RGB, o, 300);
        g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
        g_autoptr(Page) page = page_file_load_as_stored(file, 0, 1, NULL);
        Point p = homography_apply(&page->to_stored, (Point){ 50, 3 });
        cr_assert_eq(page->image->width, 64);
        cr_assert_float_eq(point_distance(p, (Point){ 50, 3 }), 0, 1e-9);
        cr_assert_lt(abs(pixel(page->image, 50, 3) - pixel(image, 50, 3)), 12);
    }
}

Test(page, a_png_can_be_loaded_again_at_any_detail)
{
    g_autoptr(Image) image = picture(64, 32, 3);
    g_autoptr(GBytes) bytes = image_to_png(image, 0);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    for (guint i = 0; i < 6; i++) {
        guint reduction = 1 + i % 2;
        g_autoptr(Page) page = page_file_load(file, 0, reduction, NULL);
        cr_assert_eq(page->image->width, 64 / reduction);
        cr_assert_eq(pixel(page->image, 2, 2), pixel(image, 2, 2));
    }
}

Test(page, densities_are_those_of_the_picture_as_shown)
{
    g_autoptr(Image) image = picture(32, 32, 3);
    g_autoptr(GBytes) jpeg = jpeg_of(image, JCS_RGB, 0, 200), png = image_to_png(image, 11811);
    g_autoptr(Page) a = load(jpeg, 1), b = load(png, 1);
    cr_assert_float_eq(a->dpi_x, 200, 0.01);
    cr_assert_float_eq(b->dpi_x, 300, 0.01);
}

Test(page, cmyk_and_grey_are_understood)
{
    g_autoptr(Image) image = picture(32, 32, 1);
    g_autoptr(GBytes) grey = jpeg_of(image, JCS_GRAYSCALE, 0, 0), cmyk = jpeg_of(image, JCS_CMYK, 0, 0);
    g_autoptr(Page) a = load(grey, 1), b = load(cmyk, 1);
    cr_assert_eq(a->image->channels, 1);
    cr_assert_eq(b->image->channels, 3);
    cr_assert_lt(abs(pixel(b->image, 28, 3) - 240), 12);
    cr_assert_lt(abs(pixel(b->image, 3, 3) - 20), 12);
}

Test(page, a_truncated_jpeg_gives_what_is_there_and_says_so)
{
    g_autoptr(Image) image = picture(256, 256, 3);
    for (gsize i = 0; i < 256 * 256 * 3; i++)
        image->data[i] = (guint8)(image->data[i] + i * 7919 % 13);
    g_autoptr(GBytes) whole = jpeg_of(image, JCS_RGB, 0, 0);
    g_autoptr(GBytes) half = g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) / 2);
    g_autoptr(Page) page = load(half, 1), complete = load(whole, 1);
    cr_assert(page->truncated);
    cr_assert_not(complete->truncated);
    cr_assert_lt(abs(pixel(page->image, 250, 3) - 245), 20);
}

Test(page, the_file_remembers_that_a_page_was_cut_short_and_what_decoding_cost)
{
    g_autoptr(Image) image = picture(256, 256, 3);
    g_autoptr(GBytes) whole = image_to_png(image, 0);
    g_autoptr(GBytes) half = g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) / 2);
    g_autoptr(PageFile) cut = page_file_open(half, NULL, NULL), fine = page_file_open(whole, NULL, NULL);
    cr_expect_not(page_file_truncated(cut), "nothing was decoded yet");
    cr_expect_float_eq(page_file_decode_ms(cut), 0, 0);
    g_autoptr(Page) a = page_file_load(cut, 0, 8, NULL), b = page_file_load(fine, 0, 8, NULL);
    cr_assert(a && b);
    cr_expect(page_file_truncated(cut));
    cr_expect_not(page_file_truncated(fine));
    cr_expect_gt(page_file_decode_ms(fine), 0);
}

Test(page, png_palette_with_alpha_lies_on_white)
{
    guint8 alpha[4] = { 0, 255, 128, 255 };
    g_autoptr(GBytes) bytes = ink_to_png(alpha, 2, 2, (guint8[]){ 200, 0, 0 }, 16, 24000);
    g_autoptr(Page) page = load(bytes, 1);
    cr_assert_eq(page->image->channels, 3);
    cr_assert_eq(page->image->data[1], 255);
    cr_assert_eq(page->image->data[3], 200);
    cr_assert_eq(page->image->data[4], 0);
    cr_assert_float_eq(page->dpi_x, 609.6, 0.01);
}

static cairo_status_t
collect(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

/* One JPEG over a page of @w x @h pt, turned by @turn quarter turns clockwise where it is drawn. */
static GBytes *
pdf_of(GBytes *jpeg, guint px_w, guint px_h, double w, double h, guint turn, const char *text)
{
    GByteArray *out = g_byte_array_new();
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, out, w, h);
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)px_w, (int)px_h);
    gsize size;
    const guint8 *data = g_bytes_get_data(jpeg, &size);
    cairo_surface_set_mime_data(image, CAIRO_MIME_TYPE_JPEG, data, size, NULL, NULL);
    cairo_t *cr = cairo_create(surface);
    cairo_save(cr);
    if (turn == 1) {
        cairo_translate(cr, w, 0);
        cairo_rotate(cr, G_PI / 2);
        cairo_scale(cr, h / px_w, w / px_h);
    } else {
        cairo_scale(cr, w / px_w, h / px_h);
    }
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
    if (text) {
        cairo_move_to(cr, 20, 20);
        cairo_show_text(cr, text);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    cairo_surface_destroy(image);
    return g_byte_array_free_to_bytes(out);
}

Test(page, a_pdf_gives_its_picture_whole)
{
    g_autoptr(Image) image = picture(640, 320, 3);
    g_autoptr(GBytes) jpeg = jpeg_of(image, JCS_RGB, 0, 0), pdf = pdf_of(jpeg, 640, 320, 153.6, 76.8, 0, NULL);
    g_autoptr(Page) page = load(pdf, 1);
    cr_assert(page->embedded);
    cr_assert_eq(page->image->width, 640);
    cr_assert_float_eq(page->dpi_x, 300, 1);
    cr_assert_float_eq(page->page_width_mm, 153.6 * 25.4 / 72, 0.01);
    cr_assert_eq(page->exif_orientation, 1);
}

Test(page, a_picture_that_the_pdf_turns_is_turned)
{
    g_autoptr(Image) image = picture(640, 320, 3);
    g_autoptr(GBytes) jpeg = jpeg_of(image, JCS_RGB, 0, 0), pdf = pdf_of(jpeg, 640, 320, 76.8, 153.6, 1, NULL);
    g_autoptr(Page) page = load(pdf, 1);
    cr_assert(page->embedded);
    cr_assert_eq(page->image->width, 320);
    cr_assert_eq(page->exif_orientation, 6);
    cr_assert_lt(abs(pixel(page->image, 300, 10) - 20), 12); /* the dark left half is on top */
    Point p = homography_apply(&page->to_stored, (Point){ 0, 0 });
    cr_assert_float_eq(p.y, 319, 1e-6);
}

Test(page, a_pdf_with_print_over_the_picture_is_drawn)
{
    g_autoptr(Image) image = picture(640, 320, 3);
    g_autoptr(GBytes) jpeg = jpeg_of(image, JCS_RGB, 0, 0), pdf = pdf_of(jpeg, 640, 320, 153.6, 76.8, 0, "note");
    g_autoptr(Page) page = load(pdf, 2);
    cr_assert_not(page->embedded);
    cr_assert_eq(page->stored_width, 640);
    cr_assert_eq(page->image->width, 320);
}

Test(page, what_is_no_upload_is_refused_with_what_to_do)
{
    static const struct {
        const char *bytes;
        gsize length;
        const char *message;
    } rows[] = {
        { "", 0, "empty" },
        { "hello, I am a text", 18, "not JPEG, PNG or PDF" },
        { "\xFF\xD8\xFF\xE0 broken", 11, "broken JPEG" },
        { "\x89PNG\r\n\x1A\nrest", 12, "broken PNG" },
        { "%PDF-1.4\nnothing", 16, "broken PDF" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = g_bytes_new(rows[i].bytes, rows[i].length);
        g_autoptr(PageFile) file = page_file_open(bytes, NULL, &error);
        g_autoptr(Page) page = file ? page_file_load(file, 0, 1, &error) : NULL;
        cr_assert_null(page);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
        cr_assert(strstr(error->message, rows[i].message), "%s", error->message);
    }
}

Test(page, limits_are_checked_from_the_header)
{
    g_autoptr(Image) image = picture(64, 32, 3);
    g_autoptr(GBytes) jpeg = jpeg_of(image, JCS_RGB, 0, 0), png = image_to_png(image, 0);
    GBytes *both[] = { jpeg, png };
    static const PageLimits small_side = { 1 << 20, 5, 120, 63 }, few_pixels = { 1 << 20, 5, 0.001, 1000 },
                            few_bytes = { 10, 5, 1, 1000 };
    const PageLimits *limits[] = { &small_side, &few_pixels, &few_bytes };
    for (gsize i = 0; i < 2; i++)
        for (gsize k = 0; k < 3; k++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(PageFile) file = page_file_open(both[i], limits[k], &error);
            g_autoptr(Page) page = file ? page_file_load(file, 0, 1, &error) : NULL;
            cr_assert_null(page);
            cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT), "%zu %zu", i, k);
        }
}

Test(page, the_size_is_known_before_decoding_and_under_the_same_limits)
{
    g_autoptr(Image) image = picture(64, 32, 3);
    g_autoptr(GBytes) jpeg = jpeg_of(image, JCS_RGB, 6, 0), png = image_to_png(image, 0);
    g_autoptr(GBytes) torn = g_bytes_new_from_bytes(jpeg, 0, 8);
    GBytes *both[] = { jpeg, png };
    static const PageLimits small_side = { 1 << 20, 5, 120, 63 };
    guint width = 0, height = 0;
    for (gsize i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PageFile) file = page_file_open(both[i], NULL, NULL);
        cr_assert(page_file_size(file, 0, &width, &height, &error));
        cr_assert(width == 64 && height == 32, "as stored, before EXIF: %u x %u", width, height);
        g_autoptr(PageFile) limited = page_file_open(both[i], &small_side, NULL);
        cr_assert_not(page_file_size(limited, 0, &width, &height, &error));
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(PageFile) broken = page_file_open(torn, NULL, NULL);
    cr_assert_not(page_file_size(broken, 0, &width, &height, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
}

Test(page, too_many_pages_are_refused)
{
    GByteArray *out = g_byte_array_new();
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, out, 100, 100);
    cairo_t *cr = cairo_create(surface);
    for (int i = 0; i < 3; i++)
        cairo_show_page(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    g_autoptr(GBytes) pdf = g_byte_array_free_to_bytes(out);
    PageLimits two = PAGE_LIMITS;
    two.max_pages = 2;
    g_autoptr(GError) error = NULL;
    cr_assert_null(page_file_open(pdf, &two, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
    g_autoptr(PageFile) file = page_file_open(pdf, NULL, NULL);
    cr_assert_eq(page_file_pages(file), 3);
    cr_assert_eq(page_file_format(file), PAGE_PDF);
}
