/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_pdf.c: the one home of poppler. Scanned PDFs hold one picture a page: it is taken out whole, so
 * that no pixel is resampled; how the page turns it is found by comparing it with a small rendering.
 */
#include "core/page_decode.h"

#include <math.h>
#include <poppler.h>
#include <string.h>

enum { THUMB = 48, RENDER_DPI = 300, RENDER_MAX_SIDE = 5000 };

struct PdfFile {
    PopplerDocument *document;
    guint pages;
};

PdfFile *
pdf_open(GBytes *bytes, const PageLimits *limits, GError **error)
{
    g_autoptr(GError) local = NULL;
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, &local);
    if (!document) {
        gboolean locked = g_error_matches(local, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "%s: ask for the upload again",
                    locked ? "the PDF is locked with a password" : "broken PDF");
        return NULL;
    }
    int pages = poppler_document_get_n_pages(document);
    if (pages < 1 || (guint)pages > limits->max_pages) {
        g_set_error(error, SB_ERROR, pages < 1 ? SB_ERROR_IMAGE : SB_ERROR_LIMIT,
                    "the PDF has %d pages; 1 to %u are accepted", pages, limits->max_pages);
        g_object_unref(document);
        return NULL;
    }
    PdfFile *pdf = g_new(PdfFile, 1);
    *pdf = (PdfFile){ document, (guint)pages };
    return pdf;
}

void
pdf_free(PdfFile *pdf)
{
    if (!pdf)
        return;
    g_object_unref(pdf->document);
    g_free(pdf);
}

guint
pdf_pages(const PdfFile *pdf)
{
    return pdf->pages;
}

static gboolean
is_grey(const Image *rgb)
{
    gsize n = (gsize)rgb->width * rgb->height * 3;
    for (gsize i = 0; i < n; i += 3)
        if (rgb->data[i] != rgb->data[i + 1] || rgb->data[i] != rgb->data[i + 2])
            return FALSE;
    return TRUE;
}

/* Cairo's RGB24/ARGB32 (premultiplied) or A8 as ours, on white; grey where every pixel is. */
static Image *
image_from_surface(cairo_surface_t *surface)
{
    cairo_format_t format = cairo_image_surface_get_format(surface);
    if (format != CAIRO_FORMAT_RGB24 && format != CAIRO_FORMAT_ARGB32)
        return NULL;
    cairo_surface_flush(surface);
    guint w = (guint)cairo_image_surface_get_width(surface), h = (guint)cairo_image_surface_get_height(surface);
    if (w < 1 || h < 1 || w > 65535 || h > 65535)
        return NULL;
    const guint8 *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    g_autoptr(Image) image = image_new(w, h, 3);
    for (guint y = 0; y < h; y++) {
        const guint8 *row = data + (gsize)y * (gsize)stride;
        guint8 *q = image->data + (gsize)y * w * 3;
        for (guint x = 0; x < w; x++, q += 3) {
            guint32 v;
            memcpy(&v, row + x * 4, 4);
            guint rest = format == CAIRO_FORMAT_ARGB32 ? 255 - (v >> 24) : 0;
            q[0] = (guint8)MIN((v >> 16 & 255) + rest, 255);
            q[1] = (guint8)MIN((v >> 8 & 255) + rest, 255);
            q[2] = (guint8)MIN((v & 255) + rest, 255);
        }
    }
    return is_grey(image) ? image_plane(image, IMAGE_GREEN) : g_steal_pointer(&image);
}

static Image *
render(PopplerPage *page, guint width, guint height)
{
    double w, h;
    poppler_page_get_size(page, &w, &h);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, width / w, height / h);
    poppler_page_render_for_printing(page, cr);
    cairo_destroy(cr);
    Image *image = image_from_surface(surface);
    cairo_surface_destroy(surface);
    return image;
}

/* A grey THUMB x THUMB picture. */
static Image *
thumbnail(const Image *image)
{
    g_autoptr(Image) grey = image_plane(image, IMAGE_LUMA);
    Image *thumb = image_new(THUMB, THUMB, 1);
    for (guint y = 0; y < THUMB; y++)
        for (guint x = 0; x < THUMB; x++) {
            guint x0 = x * grey->width / THUMB, x1 = MAX((x + 1) * grey->width / THUMB, x0 + 1);
            guint y0 = y * grey->height / THUMB, y1 = MAX((y + 1) * grey->height / THUMB, y0 + 1);
            guint64 sum = 0;
            for (guint yy = y0; yy < y1; yy++)
                for (guint xx = x0; xx < x1; xx++)
                    sum += grey->data[(gsize)yy * grey->width + xx];
            thumb->data[y * THUMB + x] = (guint8)(sum / ((guint64)(x1 - x0) * (y1 - y0)));
        }
    return thumb;
}

/* The orientation 1..8 in which @stored looks like @shown. */
static guint
orientation_of(const Image *stored, const Image *shown)
{
    g_autoptr(Image) target = thumbnail(shown), own = thumbnail(stored);
    guint best = 1;
    guint64 best_difference = G_MAXUINT64;
    gboolean lies = (stored->width > stored->height) != (shown->width > shown->height);
    for (guint o = 1; o <= 8; o++) {
        if ((o >= 5) != lies)
            continue;
        g_autoptr(Image) turned = image_orient(own, o);
        guint64 difference = 0;
        for (guint i = 0; i < THUMB * THUMB; i++) {
            int d = (int)turned->data[i] - target->data[i];
            difference += (guint64)(d * d);
        }
        if (difference < best_difference)
            best = o, best_difference = difference;
    }
    return best;
}

/* The id of the only picture of the page, if it covers the page; -1 otherwise. */
static int
covering_image(PopplerPage *page, double *area_width_pt, double *area_height_pt)
{
    double w, h;
    poppler_page_get_size(page, &w, &h);
    GList *list = poppler_page_get_image_mapping(page);
    int id = -1;
    if (list && !list->next) {
        const PopplerImageMapping *map = list->data;
        *area_width_pt = map->area.x2 - map->area.x1;
        *area_height_pt = fabs(map->area.y2 - map->area.y1);
        if (*area_width_pt * *area_height_pt > 0.9 * w * h)
            id = map->image_id;
    }
    poppler_page_free_image_mapping(list);
    return id;
}

static gboolean
take_image(PopplerPage *page, const PageLimits *limits, Decoded *out)
{
    double area_w = 0, area_h = 0;
    int id = covering_image(page, &area_w, &area_h);
    cairo_surface_t *surface = id >= 0 ? poppler_page_get_image(page, id) : NULL;
    if (!surface)
        return FALSE;
    g_autoptr(Image) stored = image_from_surface(surface);
    cairo_surface_destroy(surface);
    if (!stored || !page_check_size(limits, stored->width, stored->height, NULL))
        return FALSE;
    g_autofree char *text = poppler_page_get_text(page);
    if (text && *g_strstrip(text)) /* print over the picture: what counts is the whole page */
        return FALSE;
    double w, h;
    poppler_page_get_size(page, &w, &h);
    guint side = 240;
    g_autoptr(Image) shown =
        w >= h ? render(page, side, (guint)MAX(side * h / w, 1)) : render(page, (guint)MAX(side * w / h, 1), side);
    if (!shown)
        return FALSE;
    out->orientation = orientation_of(stored, shown);
    gboolean lies = out->orientation >= 5;
    out->dpi_x = stored->width * 72.0 / (lies ? area_h : area_w);
    out->dpi_y = stored->height * 72.0 / (lies ? area_w : area_h);
    out->width = stored->width;
    out->height = stored->height;
    out->image = g_steal_pointer(&stored);
    out->embedded = TRUE;
    return TRUE;
}

gboolean
pdf_decode(PdfFile *pdf, guint index, const PageLimits *limits, Decoded *out, GError **error)
{
    g_autoptr(GObject) held = (GObject *)poppler_document_get_page(pdf->document, (int)index);
    PopplerPage *page = (PopplerPage *)held;
    double w = 0, h = 0;
    if (page)
        poppler_page_get_size(page, &w, &h);
    if (!(w >= 1 && h >= 1 && w < 1e6 && h < 1e6)) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "page %u of the PDF is broken: ask for the upload again",
                    index + 1);
        return FALSE;
    }
    out->page_width_mm = w * 25.4 / 72;
    out->page_height_mm = h * 25.4 / 72;
    if (take_image(page, limits, out))
        return TRUE;

    double dpi = MIN(RENDER_DPI, RENDER_MAX_SIDE * 72.0 / MAX(w, h));
    guint width = (guint)MAX(lround(w * dpi / 72), 1), height = (guint)MAX(lround(h * dpi / 72), 1);
    if (!page_check_size(limits, width, height, error))
        return FALSE;
    out->image = render(page, width, height);
    if (!out->image) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "page %u of the PDF cannot be drawn", index + 1);
        return FALSE;
    }
    out->dpi_x = out->dpi_y = dpi;
    out->width = out->image->width;
    out->height = out->image->height;
    out->orientation = 1;
    return TRUE;
}
