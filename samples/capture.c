/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c: what a copier, a flatbed and a phone do to a sheet of paper. */
#include "samples/capture.h"

#include "core/png_write.h"

#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

GBytes *
capture_jpeg(const Image *image, int quality, guint dpi, guint orientation)
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
    cinfo.input_components = (int)image->channels;
    cinfo.in_color_space = image->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&cinfo);
    jpeg_set_quality(&cinfo, quality, TRUE);
    if (dpi)
        cinfo.density_unit = 1, cinfo.X_density = (UINT16)dpi, cinfo.Y_density = (UINT16)dpi;
    jpeg_start_compress(&cinfo, TRUE);
    if (orientation > 1) {
        guint8 exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0\0";
        exif[25] = (guint8)orientation;
        jpeg_write_marker(&cinfo, JPEG_APP0 + 1, exif, sizeof exif - 1);
    }
    while (cinfo.next_scanline < cinfo.image_height) {
        JSAMPROW row = image->data + (gsize)cinfo.next_scanline * image->width * image->channels;
        jpeg_write_scanlines(&cinfo, &row, 1);
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    GBytes *bytes = g_bytes_new(out, size);
    free(out);
    return bytes;
}

Image *
capture_jpeg_decode(GBytes *bytes)
{
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr err;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    cinfo.err = jpeg_std_error(&err);
    jpeg_create_decompress(&cinfo);
    jpeg_mem_src(&cinfo, data, size);
    jpeg_read_header(&cinfo, TRUE);
    jpeg_start_decompress(&cinfo);
    Image *image = image_new(cinfo.output_width, cinfo.output_height, (guint)cinfo.output_components);
    while (cinfo.output_scanline < cinfo.output_height) {
        JSAMPROW row = image->data + (gsize)cinfo.output_scanline * image->width * image->channels;
        jpeg_read_scanlines(&cinfo, &row, 1);
    }
    jpeg_finish_decompress(&cinfo);
    jpeg_destroy_decompress(&cinfo);
    return image;
}

static cairo_status_t
collect(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

GBytes *
capture_pdf(GBytes *jpeg, guint width, guint height, double dpi)
{
    GByteArray *out = g_byte_array_new();
    double k = 72 / dpi;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, out, width * k, height * k);
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    gsize size;
    const guint8 *data = g_bytes_get_data(jpeg, &size);
    cairo_surface_set_mime_data(image, CAIRO_MIME_TYPE_JPEG, data, size, NULL, NULL);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, k, k);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    cairo_surface_destroy(image);
    return g_byte_array_free_to_bytes(out);
}

/* Gain and offset, a slow light gradient, and noise of @sigma levels. */
static void
expose(Image *image, double gain, double offset, double light, double sigma, Rng *rng)
{
    double angle = rng_range(rng, 0, 2 * G_PI), dx = cos(angle) / image->width, dy = sin(angle) / image->height;
    for (guint y = 0; y < image->height; y++)
        for (guint x = 0; x < image->width; x++) {
            double here = gain * (1 + light * ((x - image->width / 2.0) * dx + (y - image->height / 2.0) * dy));
            guint8 *p = image->data + ((gsize)y * image->width + x) * 3;
            double grain = sigma > 0 ? rng_normal(rng) * sigma : 0;
            for (int k = 0; k < 3; k++)
                p[k] = (guint8)CLAMP(p[k] * here + offset + grain + .5, 0, 255);
        }
}

/* The row above is blurred already when the next one is: soft enough, and no second picture. */
void
capture_blur(Image *image, guint times)
{
    gsize stride = (gsize)image->width * 3;
    g_autofree guint8 *line = g_malloc(stride);
    for (guint t = 0; t < times; t++) {
        for (guint y = 0; y < image->height; y++) {
            guint8 *p = image->data + y * stride;
            memcpy(line, p, stride);
            for (gsize i = 3; i + 3 < stride; i++)
                p[i] = (guint8)((line[i - 3] + 2 * line[i] + line[i + 3] + 2) / 4);
        }
        for (guint y = 1; y + 1 < image->height; y++) {
            guint8 *p = image->data + y * stride, *above = p - stride, *below = p + stride;
            for (gsize i = 0; i < stride; i++)
                p[i] = (guint8)((above[i] + 2 * p[i] + below[i] + 2) / 4);
        }
    }
}

static Homography
turn_about(double cx, double cy, double degrees)
{
    double a = degrees * G_PI / 180, c = cos(a), s = sin(a);
    return (Homography){ { c, -s, cx - c * cx + s * cy, s, c, cy - s * cx - c * cy, 0, 0, 1 } };
}

static void
scan(const Image *paper, double w_mm, double h_mm, Level level, Rng *rng, Captured *out)
{
    static const guint densities[] = { 200, 300, 300, 150 };
    out->dpi = level == LEVEL_HARD    ? 110 + rng_below(rng, 30)
               : level == LEVEL_SMALL ? 200
                                      : densities[rng_below(rng, G_N_ELEMENTS(densities))];
    double k = out->dpi / 25.4, shrink = out->dpi / CANVAS_DPI;
    guint w = (guint)lround(w_mm * k), h = (guint)lround(h_mm * k);
    Homography grow = homography_scale(k, k), skew = turn_about(w / 2.0, h / 2.0, rng_normal(rng) * .6);
    out->mm_to_px = homography_then(&grow, &skew);
    Homography px_to_mm, canvas = homography_scale(out->dpi / 25.4 / shrink, out->dpi / 25.4 / shrink), to_source;
    homography_invert(&out->mm_to_px, &px_to_mm);
    to_source = homography_then(&px_to_mm, &canvas);
    g_autoptr(Image) image = image_warp(paper, &to_source, w, h, 250);
    if (level == LEVEL_HARD)
        capture_blur(image, 1);
    expose(image, rng_range(rng, .93, 1), rng_range(rng, 0, 8), .02,
           level == LEVEL_HARD    ? 7
           : level == LEVEL_SMALL ? 0
                                  : 2.5,
           rng);
    out->width = w;
    out->height = h;
    static const guint claimed[] = { 0, 72, 96 };
    guint dpi = rng_chance(rng, .6) ? (guint)out->dpi : claimed[rng_below(rng, G_N_ELEMENTS(claimed))];
    int quality = level == LEVEL_HARD ? 55 : level == LEVEL_SMALL ? 60 : 72 + (int)rng_below(rng, 18);
    out->bytes = capture_jpeg(image, quality, dpi, 0);
    out->suffix = "jpg";
    if (rng_chance(rng, .3)) {
        g_autoptr(GBytes) jpeg = out->bytes;
        out->bytes = capture_pdf(jpeg, w, h, out->dpi);
        out->suffix = "pdf";
    }
}

/* A wooden table from above: the paper's four corners somewhere inside the picture. */
static void
photograph(const Image *paper, double w_mm, double h_mm, Level level, Rng *rng, Captured *out)
{
    gboolean lies = w_mm > h_mm;
    guint w = lies ? 3264 : 2448, h = lies ? 2448 : 3264;
    if (level == LEVEL_HARD)
        w = w * 5 / 8, h = h * 5 / 8;
    double fit = MIN(w / w_mm, h / h_mm) * rng_range(rng, .8, .9), cx = w / 2.0, cy = h / 2.0;
    Quad mm = quad_rect(0, 0, w_mm, h_mm),
         px = quad_rect(cx - w_mm * fit / 2, cy - h_mm * fit / 2, w_mm * fit, h_mm * fit);
    for (int i = 0; i < 4; i++) {
        px.p[i].x += rng_range(rng, -.022, .022) * w;
        px.p[i].y += rng_range(rng, -.022, .022) * h;
    }
    Homography flat, turn = turn_about(cx, cy, rng_normal(rng) * 2);
    homography_from_quads(&mm, &px, &flat);
    out->mm_to_px = homography_then(&flat, &turn);
    Homography px_to_mm, canvas = homography_scale(CANVAS_PX_PER_MM, CANVAS_PX_PER_MM), to_source;
    homography_invert(&out->mm_to_px, &px_to_mm);
    to_source = homography_then(&px_to_mm, &canvas);
    g_autoptr(Image) image = image_warp(paper, &to_source, w, h, 95);
    capture_blur(image, level == LEVEL_HARD ? 2 : 1);
    expose(image, rng_range(rng, .72, .95), rng_range(rng, 0, 10), rng_range(rng, .05, .35),
           level == LEVEL_HARD ? 8 : 4, rng);
    guint orientation = rng_chance(rng, .3) ? 6 : 1;
    out->dpi = 0;
    if (orientation == 6) { /* stored a quarter turn against the clock; the tag tells to turn it back */
        g_autoptr(Image) stored = image_turn(image, 3);
        Homography lie = image_orientation_to_stored(6, stored->width, stored->height);
        out->mm_to_px = homography_then(&out->mm_to_px, &lie);
        out->bytes = capture_jpeg(stored, 80, 72, 6);
        out->width = stored->width, out->height = stored->height;
    } else {
        out->bytes = capture_jpeg(image, 80, 72, 0);
        out->width = w, out->height = h;
    }
    out->suffix = "jpg";
}

void
capture(const Canvas *canvas, Level level, gboolean worst, Rng *rng, Captured *out)
{
    g_autoptr(Canvas) blank = canvas ? NULL : canvas_new(210, 297);
    if (!canvas)
        canvas = blank;
    g_autoptr(Image) paper = canvas_image(canvas);
    *out = (Captured){ 0 };
    if (level == LEVEL_CLEAN) {
        out->dpi = CANVAS_DPI;
        out->mm_to_px = homography_scale(CANVAS_PX_PER_MM, CANVAS_PX_PER_MM);
        out->width = paper->width, out->height = paper->height;
        out->bytes = image_to_png(paper, 11811);
        out->suffix = "png";
    } else if (level == LEVEL_HARD && worst) {
        capture_hard(paper, canvas->width_mm, canvas->height_mm, rng, out);
    } else if (level == LEVEL_SCAN || level == LEVEL_SMALL || (level == LEVEL_HARD && rng_chance(rng, .5))) {
        scan(paper, canvas->width_mm, canvas->height_mm, level, rng, out);
    } else {
        photograph(paper, canvas->width_mm, canvas->height_mm, level, rng, out);
    }
}
