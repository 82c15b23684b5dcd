/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_canvas.c: the picture is decoded to its alpha, moved, and written anew: no pixel of ink changes.
 */
#include "sealgen/seal_canvas.h"

#include <png.h>
#include <string.h>

#include "core/png_write.h"

enum { RGBA = 4, MAX_SIDE_PX = 8192 };

/* (transfer full) RGBA of @image, which is freed in any case. */
static guint8 *
decode(GBytes *png, png_image *image, GError **error)
{
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
    gsize length;
    const void *bytes = g_bytes_get_data(png, &length);
    g_autofree guint8 *pixels = NULL;
    gboolean fine = png_image_begin_read_from_memory(image, bytes, length) && image->width <= MAX_SIDE_PX &&
                    image->height <= MAX_SIDE_PX;
    if (fine) {
        image->format = PNG_FORMAT_RGBA;
        pixels = g_malloc((gsize)image->width * image->height * RGBA);
        fine = png_image_finish_read(image, NULL, pixels, 0, NULL);
    }
    png_image_free(image);
    if (!fine)
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the seal's picture cannot be decoded");
    return fine ? g_steal_pointer(&pixels) : NULL;
}

/* The fewest alpha levels that hold every one that is there: 2, 4, 8, 16 or all. */
static guint
levels_of(const guint8 *alpha, gsize n)
{
    gboolean used[256] = { FALSE };
    for (gsize i = 0; i < n; i++)
        used[alpha[i]] = TRUE;
    for (guint levels = 2; levels <= 16; levels *= 2) {
        guint found = 0, all = 0;
        for (guint i = 0; i < levels; i++)
            found += used[(i * 255 + (levels - 1) / 2) / (levels - 1)];
        for (guint i = 0; i < 256; i++)
            all += used[i];
        if (found == all)
            return levels;
    }
    return 256;
}

GBytes *
seal_canvas_fit(GBytes *png, guint px_per_mm, guint side_mm, GError **error)
{
    png_image image;
    g_autofree guint8 *pixels = decode(png, &image, error);
    guint side = px_per_mm * side_mm;
    if (!pixels)
        return NULL;
    if (image.width > side || image.height > side || side > MAX_SIDE_PX) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the seal's picture (%u x %u px) is larger than a canvas of %u mm",
                    image.width, image.height, side_mm);
        return NULL;
    }
    g_autofree guint8 *alpha = g_malloc0((gsize)side * side);
    guint left = (side - image.width) / 2, top = (side - image.height) / 2;
    guint8 ink[3] = { 0, 0, 0 };
    for (guint y = 0; y < image.height; y++)
        for (guint x = 0; x < image.width; x++) {
            const guint8 *p = pixels + ((gsize)y * image.width + x) * RGBA;
            alpha[(gsize)(top + y) * side + left + x] = p[3];
            if (p[3])
                memcpy(ink, p, sizeof ink);
        }
    return ink_to_png(alpha, side, side, ink, levels_of(alpha, (gsize)side * side), px_per_mm * 1000);
}
