/* SPDX-License-Identifier: GPL-3.0-or-later */
/* png_write.c: PNG into memory. Errors of libpng here can only be bugs: the input is our own pixels. */
#include "core/png_write.h"

#include <png.h>

static void
append(png_structp png, png_bytep data, size_t length)
{
    g_byte_array_append(png_get_io_ptr(png), data, (guint)length);
}

static void
no_flush(png_structp png)
{
}

static void
fail(png_structp png, png_const_charp message)
{
    g_error("libpng: %s", message); /* aborts: cannot happen with valid pixels */
}

static png_structp
start(GByteArray *out, png_infop *info)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, NULL);
    g_assert(png);
    *info = png_create_info_struct(png);
    g_assert(*info);
    png_set_write_fn(png, out, append, no_flush);
    return png;
}

GBytes *
image_to_png(const Image *image, guint px_per_m)
{
    GByteArray *out = g_byte_array_new();
    png_infop info;
    png_structp png = start(out, &info);
    png_set_IHDR(png, info, image->width, image->height, 8,
                 image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (px_per_m)
        png_set_pHYs(png, info, px_per_m, px_per_m, PNG_RESOLUTION_METER);
    png_set_compression_level(png, 6);
    png_write_info(png, info);
    for (guint y = 0; y < image->height; y++)
        png_write_row(png, image->data + (gsize)y * image->width * image->channels);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return g_byte_array_free_to_bytes(out);
}

GBytes *
ink_to_png(const guint8 *alpha, guint width, guint height, const guint8 ink_rgb[3], guint levels, guint px_per_m)
{
    g_assert(levels >= 2 && levels <= 256 && width >= 1 && height >= 1);
    int depth = levels <= 2 ? 1 : levels <= 4 ? 2 : levels <= 16 ? 4 : 8;
    png_color palette[256];
    png_byte opacity[256];
    for (guint i = 0; i < levels; i++) {
        palette[i] = (png_color){ ink_rgb[0], ink_rgb[1], ink_rgb[2] };
        opacity[i] = (png_byte)((i * 255 + (levels - 1) / 2) / (levels - 1));
    }
    GByteArray *out = g_byte_array_new();
    png_infop info;
    png_structp png = start(out, &info);
    png_set_IHDR(png, info, width, height, depth, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_PLTE(png, info, palette, (int)levels);
    png_set_tRNS(png, info, opacity, (int)levels, NULL);
    if (px_per_m)
        png_set_pHYs(png, info, px_per_m, px_per_m, PNG_RESOLUTION_METER);
    png_set_filter(png, 0, PNG_FILTER_NONE); /* filters do not help palettes */
    png_set_compression_level(png, 9);
    png_write_info(png, info);
    png_set_packing(png);
    g_autofree guint8 *row = g_malloc(width);
    for (guint y = 0; y < height; y++) {
        for (guint x = 0; x < width; x++)
            row[x] = (guint8)((alpha[(gsize)y * width + x] * (levels - 1) + 127) / 255);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return g_byte_array_free_to_bytes(out);
}
