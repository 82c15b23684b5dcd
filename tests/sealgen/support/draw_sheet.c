/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw_sheet.c: cairo pages for the tests.
 */
#include "draw_sheet.h"

#include <cairo.h>
#include <math.h>

#include "core/png_write.h"

static void
draw_star(cairo_t *cr, double radius)
{
    for (guint i = 0; i < 10; i++) {
        double r = i % 2 ? radius * 0.382 : radius, a = -G_PI / 2 + i * G_PI / 5;
        cairo_line_to(cr, r * cos(a), r * sin(a));
    }
    cairo_close_path(cr);
    cairo_fill(cr);
}

/* A letter of a few bars in a unit box about the origin. */
static void
draw_letter(cairo_t *cr, double size, double run, guint32 *random)
{
    cairo_set_line_width(cr, 0.11 * size + run);
    for (guint i = 0; i < 5; i++) {
        *random = *random * 1664525u + 1013904223u;
        double a = ((*random >> 10) % 100) / 100.0 - 0.5, b = ((*random >> 20) % 100) / 100.0 - 0.5;
        if (i % 2)
            cairo_move_to(cr, a * size, -0.45 * size), cairo_line_to(cr, a * size, (0.2 + 0.25 * fabs(b)) * size);
        else
            cairo_move_to(cr, -0.42 * size, b * size), cairo_line_to(cr, 0.42 * size, b * size);
    }
    cairo_stroke(cr);
}

static void
draw_ring(cairo_t *cr, const DrawnSeal *s)
{
    double radius = s->width_mm / 2, squash = s->height_mm / s->width_mm, line = 1.0 + s->run_mm;
    guint32 random = s->seed;
    cairo_save(cr);
    cairo_scale(cr, 1, squash);
    cairo_set_line_width(cr, line);
    double off = s->faded * G_PI;
    cairo_arc(cr, 0, 0, radius - line / 2, off, 2 * G_PI - off);
    cairo_stroke(cr);
    cairo_restore(cr);
    for (guint i = 0; i < 14; i++) {
        double a = (-220.0 + i * 20) * G_PI / 180;
        if (fabs(a - 2 * G_PI * round(a / (2 * G_PI))) < off)
            continue;
        cairo_save(cr);
        cairo_translate(cr, 0.76 * radius * cos(a), 0.76 * radius * squash * sin(a));
        cairo_rotate(cr, a + G_PI / 2);
        draw_letter(cr, 0.2 * radius, s->run_mm, &random);
        cairo_restore(cr);
    }
    if (squash > 0.95)
        draw_star(cr, 0.32 * radius + s->run_mm);
}

static void
draw_square(cairo_t *cr, const DrawnSeal *s)
{
    double w = s->width_mm, h = s->height_mm, line = 1.0;
    guint32 random = s->seed;
    cairo_set_line_width(cr, line);
    cairo_rectangle(cr, -w / 2 + line / 2, -h / 2 + line / 2, w - line, h - line);
    cairo_stroke(cr);
    for (guint i = 0; i < 4; i++) {
        cairo_save(cr);
        cairo_translate(cr, (i % 2 ? 0.22 : -0.22) * w, (i / 2 ? 0.22 : -0.22) * h);
        draw_letter(cr, 0.36 * w, s->run_mm, &random);
        cairo_restore(cr);
    }
}

Image *
draw_page(const DrawnSeal *seals, guint n, double dpi)
{
    guint width = (guint)lround(210 / 25.4 * dpi), height = (guint)lround(297 / 25.4 * dpi);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, dpi / 25.4, dpi / 25.4);
    guint32 random = 7;
    cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
    for (guint i = 0; i < 8; i++) {
        cairo_save(cr);
        cairo_translate(cr, 75 + 8 * i, 25);
        draw_letter(cr, 7, 0, &random);
        cairo_restore(cr);
    }
    cairo_set_operator(cr, CAIRO_OPERATOR_MULTIPLY);
    for (guint i = 0; i < n; i++) {
        cairo_save(cr);
        cairo_translate(cr, seals[i].x_mm, seals[i].y_mm);
        cairo_rotate(cr, seals[i].turn_deg * G_PI / 180);
        cairo_set_source_rgb(cr, seals[i].rgb[0], seals[i].rgb[1], seals[i].rgb[2]);
        (seals[i].square ? draw_square : draw_ring)(cr, &seals[i]);
        if (seals[i].crossed) {
            cairo_set_source_rgb(cr, 0.1, 0.1, 0.15);
            cairo_set_line_width(cr, 0.6);
            cairo_move_to(cr, -seals[i].width_mm, 3);
            cairo_line_to(cr, seals[i].width_mm, 1);
            cairo_stroke(cr);
        }
        cairo_restore(cr);
    }
    cairo_surface_flush(surface);
    Image *image = image_new(width, height, 3);
    const guint8 *from = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++)
            for (guint c = 0; c < 3; c++)
                image->data[((gsize)y * width + x) * 3 + c] = from[(gsize)y * (gsize)stride + 4 * x + 2 - c];
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return image;
}

PageFile *
draw_page_file(const DrawnSeal *seals, guint n, double dpi, double claimed_dpi)
{
    g_autoptr(Image) image = draw_page(seals, n, dpi);
    g_autoptr(GBytes) png = image_to_png(image, (guint)lround(claimed_dpi / 0.0254));
    return page_file_open(png, NULL, NULL);
}

Order *
draw_order(const SealType *types, const double *sizes_mm, guint n)
{
    Order *order = order_new();
    for (guint i = 0; i < n; i++) {
        OrderSeal *seal = order_seal_new();
        seal->type = types[i];
        seal->width_mm = seal->height_mm = sizes_mm[i];
        seal->square_or_round = TRUE;
        g_ptr_array_add(order->seals, seal);
    }
    return order;
}
