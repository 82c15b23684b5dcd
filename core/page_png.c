/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_png.c: PNG of 1 to 16 bits, palette and alpha, onto white. */
#include "core/page_decode.h"

#include <png.h>
#include <string.h>

typedef struct {
    const guint8 *data;
    gsize size, at;
    char message[128];
} Source;

static void
read_data(png_structp png, png_bytep out, size_t length)
{
    Source *source = png_get_io_ptr(png);
    if (length > source->size - source->at)
        png_error(png, "the file ends in the middle");
    memcpy(out, source->data + source->at, length);
    source->at += length;
}

static void
fail(png_structp png, png_const_charp message)
{
    Source *source = png_get_error_ptr(png);
    g_strlcpy(source->message, message, sizeof source->message);
    png_longjmp(png, 1);
}

static void
warn(png_structp png, png_const_charp message)
{
}

/* Lays @pixels (grey and alpha, or RGB and alpha) on white. */
static void
flatten(const guint8 *pixels, Image *image)
{
    guint c = image->channels;
    gsize n = (gsize)image->width * image->height;
    for (gsize i = 0; i < n; i++, pixels += c + 1)
        for (guint k = 0; k < c; k++)
            image->data[i * c + k] = (guint8)((pixels[k] * pixels[c] + 255u * (255u - pixels[c]) + 127u) / 255u);
}

gboolean
png_decode(GBytes *bytes, const PageLimits *limits, Decoded *out, GError **error)
{
    Source source = { 0 };
    source.data = g_bytes_get_data(bytes, &source.size);
    png_infop info = NULL;
    guint8 *volatile pixels = NULL;
    png_bytepp volatile rows = NULL;
    volatile guint width = 0, height = 0, channels = 0;

    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fail, warn);
    g_assert(png);
    info = png_create_info_struct(png);
    g_assert(info);
    if (setjmp(png_jmpbuf(png))) {
        /* What was decoded before the break is kept, if it is a picture at all. */
        if (!pixels) {
            png_destroy_read_struct(&png, &info, NULL);
            g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "broken PNG (%s): ask for the upload again", source.message);
            return FALSE;
        }
        out->truncated = TRUE;
        goto decoded;
    }
    png_set_read_fn(png, &source, read_data);
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF); /* ours are checked below and say more */
    png_set_chunk_malloc_max(png, 8u << 20);
    png_read_info(png, info);
    width = png_get_image_width(png, info);
    height = png_get_image_height(png, info);
    if (!page_check_size(limits, width, height, error)) {
        png_destroy_read_struct(&png, &info, NULL);
        return FALSE;
    }
    png_uint_32 ppm_x = png_get_x_pixels_per_meter(png, info), ppm_y = png_get_y_pixels_per_meter(png, info);
    if (ppm_x && ppm_y)
        out->dpi_x = ppm_x * 0.0254, out->dpi_y = ppm_y * 0.0254;
    gboolean colour = png_get_color_type(png, info) & (PNG_COLOR_MASK_COLOR | PNG_COLOR_MASK_PALETTE);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_packing(png);
    if (colour)
        png_set_palette_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    channels = colour ? 3 : 1;
    gsize stride = (gsize)width * (channels + 1);
    if (png_get_rowbytes(png, info) != stride)
        png_error(png, "unexpected layout of a row");
    pixels = g_malloc0(stride * height); /* alpha 0: white where nothing came */
    rows = g_new(png_bytep, height);
    for (guint y = 0; y < height; y++)
        rows[y] = pixels + y * stride;
    png_read_image(png, rows);
decoded:
    png_destroy_read_struct(&png, &info, NULL);
    out->image = image_new(width, height, channels);
    flatten(pixels, out->image);
    out->width = width;
    out->height = height;
    g_free(rows);
    g_free(pixels);
    return TRUE;
}
