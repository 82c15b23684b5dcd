/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drawn_page.h: pages drawn with cairo for the tests of page geometry and licences. Text needs a face with
 * hanzi on the machine; drawn_can_write says whether there is one.
 */
#ifndef SB_TESTS_DRAWN_PAGE_H
#define SB_TESTS_DRAWN_PAGE_H

#include "core/page.h"
#include "core/png_write.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

typedef struct {
    cairo_surface_t *surface;
    cairo_t *cr;
    double px_per_mm;
} Drawn;

typedef struct {
    double x_mm, y_mm, size_mm;
    const char *text;
} DrawnText;

#define DRAWN_FACE "Noto Sans CJK SC"

static inline Drawn
drawn_new(double width_mm, double height_mm, double px_per_mm)
{
    Drawn d = { .px_per_mm = px_per_mm };
    d.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width_mm * px_per_mm), (int)(height_mm * px_per_mm));
    d.cr = cairo_create(d.surface);
    cairo_scale(d.cr, px_per_mm, px_per_mm);
    cairo_set_source_rgb(d.cr, 0.99, 0.98, 0.94);
    cairo_paint(d.cr);
    cairo_set_source_rgb(d.cr, 0.1, 0.1, 0.1);
    cairo_select_font_face(d.cr, DRAWN_FACE, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    return d;
}

/* Two different hanzi have different pictures only where a face has them. */
static inline gboolean
drawn_can_write(void)
{
    guint32 sums[2] = { 0, 0 };
    const char *const letters[2] = { "一", "龘" };
    for (int i = 0; i < 2; i++) {
        Drawn d = drawn_new(10, 10, 5);
        cairo_set_font_size(d.cr, 8);
        cairo_move_to(d.cr, 1, 8);
        cairo_show_text(d.cr, letters[i]);
        cairo_surface_flush(d.surface);
        const guint8 *p = cairo_image_surface_get_data(d.surface);
        for (int k = 0; k < cairo_image_surface_get_stride(d.surface) * 50; k += 4)
            sums[i] += p[k] < 128;
        cairo_destroy(d.cr);
        cairo_surface_destroy(d.surface);
    }
    return sums[1] > 2 * sums[0] && sums[0] > 0;
}

static inline void
drawn_write(Drawn *d, const DrawnText *texts, guint n)
{
    for (guint i = 0; i < n; i++) {
        cairo_set_font_size(d->cr, texts[i].size_mm);
        cairo_move_to(d->cr, texts[i].x_mm, texts[i].y_mm);
        cairo_show_text(d->cr, texts[i].text);
    }
}

/* Ends the drawing. Returns: (transfer full) */
static inline Image *
drawn_image(Drawn *d)
{
    cairo_surface_flush(d->surface);
    guint w = (guint)cairo_image_surface_get_width(d->surface), h = (guint)cairo_image_surface_get_height(d->surface);
    const guint8 *data = cairo_image_surface_get_data(d->surface);
    gsize stride = (gsize)cairo_image_surface_get_stride(d->surface);
    Image *image = image_new(w, h, 3);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            const guint32 *p = (const guint32 *)(const void *)(data + y * stride) + x;
            guint8 *q = image->data + ((gsize)y * w + x) * 3;
            q[0] = (guint8)(*p >> 16), q[1] = (guint8)(*p >> 8), q[2] = (guint8)*p;
        }
    cairo_destroy(d->cr);
    cairo_surface_destroy(d->surface);
    return image;
}

static inline PageFile *
drawn_file(const Image *image)
{
    g_autoptr(GBytes) png = image_to_png(image, 0);
    return page_file_open(png, NULL, NULL);
}

/* Lay the picture on a dark table, turned and in perspective. */
static inline Image *
drawn_photo(const Image *page, guint width, guint height, const Quad *where)
{
    Quad corners = quad_rect(0, 0, page->width - 1.0, page->height - 1.0);
    Homography to_page;
    g_assert(homography_from_quads(where, &corners, &to_page));
    return image_warp(page, &to_page, width, height, 60);
}

#endif
