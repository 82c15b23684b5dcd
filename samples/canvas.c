/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canvas.c: cairo and pango in millimetres. */
#include "samples/canvas.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

static const double black[3] = { .1, .1, .1 };

static void
line_free(PrintedLine *line)
{
    g_free(line->field);
    g_free(line->text);
    g_free(line);
}

static void
stamped_free(Stamped *stamped)
{
    g_free(stamped->type);
    g_free(stamped);
}

Canvas *
canvas_new(double width_mm, double height_mm)
{
    Canvas *canvas = g_new0(Canvas, 1);
    canvas->width_mm = width_mm;
    canvas->height_mm = height_mm;
    canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(width_mm * CANVAS_PX_PER_MM),
                                                 (int)lround(height_mm * CANVAS_PX_PER_MM));
    canvas->cr = cairo_create(canvas->surface);
    canvas->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
    canvas->stamps = g_ptr_array_new_with_free_func((GDestroyNotify)stamped_free);
    cairo_set_source_rgb(canvas->cr, 1, 1, 1);
    cairo_paint(canvas->cr);
    return canvas;
}

void
canvas_free(Canvas *canvas)
{
    if (!canvas)
        return;
    cairo_destroy(canvas->cr);
    cairo_surface_destroy(canvas->surface);
    g_ptr_array_unref(canvas->lines);
    g_ptr_array_unref(canvas->stamps);
    g_free(canvas);
}

static PangoLayout *
layout_new(cairo_t *cr, const char *face, gboolean bold, double em_px, double spacing_px, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string(face);
    pango_font_description_set_absolute_size(font, em_px * PANGO_SCALE);
    if (bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    if (spacing_px > 0) {
        PangoAttrList *list = pango_attr_list_new();
        pango_attr_list_insert(list, pango_attr_letter_spacing_new((int)(spacing_px * PANGO_SCALE)));
        pango_layout_set_attributes(layout, list);
        pango_attr_list_unref(list);
    }
    pango_layout_set_text(layout, text, -1);
    return layout;
}

void
canvas_text(Canvas *canvas, const char *field, const char *face, gboolean bold, double em_mm, double spacing_mm,
            double x_mm, double y_mm, const double rgb[3], const char *text)
{
    const double k = CANVAS_PX_PER_MM;
    PangoLayout *layout = layout_new(canvas->cr, face, bold, em_mm * k, spacing_mm * k, text);
    PangoRectangle ink;
    pango_layout_get_pixel_extents(layout, &ink, NULL);
    if (!rgb)
        rgb = black;
    cairo_set_source_rgb(canvas->cr, rgb[0], rgb[1], rgb[2]);
    cairo_move_to(canvas->cr, x_mm * k, y_mm * k);
    pango_cairo_show_layout(canvas->cr, layout);
    g_object_unref(layout);
    if (!field)
        return;
    PrintedLine *line = g_new(PrintedLine, 1);
    *line = (PrintedLine){ g_strdup(field),  g_strdup(text), x_mm + ink.x / k,
                           y_mm + ink.y / k, ink.width / k,  ink.height / k };
    g_ptr_array_add(canvas->lines, line);
}

guint
canvas_paragraph(Canvas *canvas, const char *field, const char *face, double em_mm, double leading_mm, double x_mm,
                 double y_mm, double width_mm, const char *text)
{
    glong per_line = MAX((glong)(width_mm / em_mm), 1), total = g_utf8_strlen(text, -1);
    guint lines = 0;
    for (glong at = 0; at < total; at += per_line, lines++) {
        g_autofree char *part = g_utf8_substring(text, at, MIN(at + per_line, total));
        canvas_text(canvas, field, face, FALSE, em_mm, 0, x_mm, y_mm + lines * leading_mm, NULL, part);
    }
    return lines;
}

void
canvas_box(Canvas *canvas, double x_mm, double y_mm, double width_mm, double height_mm, double line_mm, gboolean dashed)
{
    const double k = CANVAS_PX_PER_MM, dash[2] = { 1.5 * k, 1 * k };
    cairo_save(canvas->cr);
    cairo_set_source_rgb(canvas->cr, .15, .15, .15);
    cairo_set_line_width(canvas->cr, line_mm * k);
    cairo_set_dash(canvas->cr, dash, dashed ? 2 : 0, 0);
    cairo_rectangle(canvas->cr, x_mm * k, y_mm * k, width_mm * k, height_mm * k);
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
}

void
canvas_stamp(Canvas *canvas, const char *type, cairo_surface_t *alpha, double x_mm, double y_mm, double rotation_deg,
             const double rgb[3])
{
    const double k = CANVAS_PX_PER_MM;
    int w = cairo_image_surface_get_width(alpha), h = cairo_image_surface_get_height(alpha);
    cairo_save(canvas->cr);
    cairo_translate(canvas->cr, x_mm * k, y_mm * k);
    cairo_rotate(canvas->cr, rotation_deg * G_PI / 180);
    cairo_translate(canvas->cr, -w / 2.0, -h / 2.0);
    cairo_set_operator(canvas->cr, CAIRO_OPERATOR_MULTIPLY);
    cairo_set_source_rgb(canvas->cr, rgb[0], rgb[1], rgb[2]);
    cairo_mask_surface(canvas->cr, alpha, 0, 0);
    cairo_restore(canvas->cr);
    Stamped *stamped = g_new(Stamped, 1);
    *stamped = (Stamped){ g_strdup(type), x_mm, y_mm, rotation_deg };
    g_ptr_array_add(canvas->stamps, stamped);
}

void
canvas_place(Canvas *canvas, const Canvas *part, double x_mm, double y_mm, double scale, double degrees)
{
    const double k = CANVAS_PX_PER_MM, a = degrees * G_PI / 180, c = cos(a) * scale, s = sin(a) * scale;
    double cx = part->width_mm / 2, cy = part->height_mm / 2;
    cairo_surface_flush(part->surface);
    cairo_save(canvas->cr);
    cairo_translate(canvas->cr, x_mm * k, y_mm * k);
    cairo_rotate(canvas->cr, a);
    cairo_scale(canvas->cr, scale, scale);
    cairo_set_operator(canvas->cr, CAIRO_OPERATOR_MULTIPLY);
    cairo_set_source_surface(canvas->cr, part->surface, -cx * k, -cy * k);
    cairo_paint(canvas->cr);
    cairo_restore(canvas->cr);
    for (guint i = 0; i < part->lines->len; i++) { /* the box around the turned one's middle line */
        const PrintedLine *from = part->lines->pdata[i];
        double dx = from->x_mm + from->width_mm / 2 - cx, dy = from->y_mm + from->height_mm / 2 - cy;
        PrintedLine *line = g_new(PrintedLine, 1);
        *line = (PrintedLine){ g_strdup(from->field), g_strdup(from->text), 0, 0, from->width_mm * scale,
                               from->height_mm * scale };
        line->x_mm = x_mm + c * dx - s * dy - line->width_mm / 2;
        line->y_mm = y_mm + s * dx + c * dy - line->height_mm / 2;
        g_ptr_array_add(canvas->lines, line);
    }
    for (guint i = 0; i < part->stamps->len; i++) {
        const Stamped *from = part->stamps->pdata[i];
        double dx = from->x_mm - cx, dy = from->y_mm - cy;
        Stamped *stamped = g_new(Stamped, 1);
        *stamped = (Stamped){ g_strdup(from->type), x_mm + c * dx - s * dy, y_mm + s * dx + c * dy,
                              from->rotation_deg + degrees };
        g_ptr_array_add(canvas->stamps, stamped);
    }
}

void
canvas_photocopy(Canvas *canvas, Rng *rng)
{
    cairo_surface_flush(canvas->surface);
    guint w = (guint)cairo_image_surface_get_width(canvas->surface),
          h = (guint)cairo_image_surface_get_height(canvas->surface);
    guint8 *data = cairo_image_surface_get_data(canvas->surface), curve[256];
    gsize stride = (gsize)cairo_image_surface_get_stride(canvas->surface);
    double deep = rng_range(rng, 20, 80), white = rng_range(rng, 190, 245), toner = rng_range(rng, 10, 60);
    for (guint i = 0; i < 256; i++)
        curve[i] = (guint8)CLAMP(toner + (i - deep) / (white - deep) * (254 - toner), toner, 254);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            guint8 *p = data + y * stride + x * 4;
            p[0] = p[1] = p[2] = curve[(p[0] * 29 + p[1] * 150 + p[2] * 77) >> 8];
        }
    for (guint i = rng_below(rng, 250); i > 0; i--) { /* dust and dropped toner */
        guint x = 2 + rng_below(rng, w - 6), y = 2 + rng_below(rng, h - 6), size = 1 + rng_below(rng, 4);
        for (guint dy = 0; dy < size; dy++)
            memset(data + (y + dy) * stride + x * 4, rng_chance(rng, .7) ? 60 : 250, size * 4);
    }
    cairo_surface_mark_dirty(canvas->surface);
}

Image *
canvas_image(const Canvas *canvas)
{
    cairo_surface_flush(canvas->surface);
    guint w = (guint)cairo_image_surface_get_width(canvas->surface),
          h = (guint)cairo_image_surface_get_height(canvas->surface);
    const guint8 *data = cairo_image_surface_get_data(canvas->surface);
    int stride = cairo_image_surface_get_stride(canvas->surface);
    Image *image = image_new(w, h, 3);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            guint32 v;
            memcpy(&v, data + y * (gsize)stride + x * 4, 4);
            guint8 *q = image->data + ((gsize)y * w + x) * 3;
            q[0] = (guint8)(v >> 16), q[1] = (guint8)(v >> 8), q[2] = (guint8)v;
        }
    return image;
}
