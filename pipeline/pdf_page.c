/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only file of this folder that speaks cairo, pango and libqrencode.
 */
#include "pipeline/pdf_page.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <string.h>

#define PT (72 / 25.4) /* points a millimetre */
#define FACE "Noto Sans CJK SC, WenQuanYi Zen Hei, AR PL UMing CN, sans-serif"

enum { FIRST_BYTES = 256 * 1024 };

struct PdfPaper {
    GByteArray *bytes;
    gsize room; /* of bytes */
    cairo_surface_t *surface;
    cairo_t *cr;
};

static void
wipe(GByteArray *bytes)
{
    explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

/* Grows by hand: bytes that move leave no copy behind (a PIN letter). */
static cairo_status_t
append(void *closure, const unsigned char *data, unsigned int length)
{
    PdfPaper *paper = closure;
    GByteArray *old = paper->bytes;
    if (old->len + (gsize)length > paper->room) {
        paper->room = 2 * (old->len + (gsize)length);
        paper->bytes = g_byte_array_sized_new((guint)paper->room);
        g_byte_array_append(paper->bytes, old->data, old->len);
        wipe(old);
    }
    g_byte_array_append(paper->bytes, data, length);
    return CAIRO_STATUS_SUCCESS;
}

PdfPaper *
pdf_paper_new(const char *title)
{
    PdfPaper *paper = g_new0(PdfPaper, 1);
    paper->room = FIRST_BYTES;
    paper->bytes = g_byte_array_sized_new(FIRST_BYTES);
    paper->surface = cairo_pdf_surface_create_for_stream(append, paper, PDF_WIDTH_MM * PT, PDF_HEIGHT_MM * PT);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, ""); /* else: the clock's */
    paper->cr = cairo_create(paper->surface);
    cairo_scale(paper->cr, PT, PT);
    return paper;
}

void
pdf_paper_free(PdfPaper *paper)
{
    if (!paper)
        return;
    g_clear_pointer(&paper->cr, cairo_destroy);
    g_clear_pointer(&paper->surface, cairo_surface_destroy);
    g_clear_pointer(&paper->bytes, wipe);
    g_free(paper);
}

void
pdf_paper_next(PdfPaper *paper)
{
    cairo_show_page(paper->cr);
}

void
pdf_text(PdfPaper *paper, double x_mm, double y_mm, double size_mm, double wide_mm, guint lines,
         const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(paper->cr);
    PangoFontDescription *font = pango_font_description_from_string(FACE);
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    pango_font_description_set_absolute_size(font, fabs(size_mm) * PANGO_SCALE);
    pango_font_description_set_weight(font, size_mm < 0 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    /* A unit is a millimetre here: rounded to units, letters stand anywhere. */
    pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
    pango_layout_set_font_description(layout, font);
    if (wide_mm > 0) {
        pango_layout_set_width(layout, (int)(wide_mm * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_height(layout, -(int)lines); /* negative: lines a paragraph */
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    pango_layout_set_text(layout, valid, -1);
    PangoAttrList *marks = pango_attr_list_new();
    pango_attr_list_insert(marks, pango_attr_font_features_new("liga=0, clig=0")); /* "ff" of a serial stays two letters */
    pango_layout_set_attributes(layout, marks);
    pango_attr_list_unref(marks);
    cairo_move_to(paper->cr, x_mm, y_mm);
    pango_cairo_show_layout(paper->cr, layout);
    explicit_bzero(valid, strlen(valid));
    pango_font_description_free(font);
    g_object_unref(layout);
}

void
pdf_frame(PdfPaper *paper, double x_mm, double y_mm, double wide_mm, double high_mm)
{
    cairo_set_line_width(paper->cr, 0.25);
    cairo_rectangle(paper->cr, x_mm, y_mm, wide_mm, high_mm);
    cairo_stroke(paper->cr);
}

gboolean
pdf_qr(PdfPaper *paper, double x_mm, double y_mm, double side_mm, const char *text, GError **error)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "a QR code cannot hold %zu bytes", strlen(text));
        return FALSE;
    }
    double step = side_mm / code->width;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                cairo_rectangle(paper->cr, x_mm + x * step, y_mm + y * step, step, step);
    cairo_fill(paper->cr);
    QRcode_free(code);
    return TRUE;
}

GByteArray *
pdf_paper_end(PdfPaper *paper, GError **error)
{
    cairo_status_t status = cairo_status(paper->cr);
    g_clear_pointer(&paper->cr, cairo_destroy);
    cairo_surface_finish(paper->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(paper->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return g_steal_pointer(&paper->bytes);
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "a PDF could not be drawn: %s", cairo_status_to_string(status));
    return NULL;
}
