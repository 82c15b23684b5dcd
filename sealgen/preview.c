/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preview.c: tiles from the picture and the map of which sample shows which pixel.
 */
#include "sealgen/preview.h"

#include <string.h>

#define FRAME 4 /* pixels of grey between tiles */

typedef struct {
    guint8 rgb[3];
} Colour;

static const Colour PAPER = { { 255, 255, 255 } }, ALL = { { 205, 205, 205 } }, ONE = { { 235, 130, 20 } },
                    LEFT_OUT = { { 60, 110, 220 } };

static Colour
mixed(const SheetSeal *seal, guint alpha)
{
    Colour c;
    for (guint k = 0; k < 3; k++)
        c.rgb[k] = (guint8)((255 * (255 - alpha) + seal->ink_rgb[k] * alpha) / 255);
    return c;
}

static guint
bits(guint v)
{
    guint n = 0;
    for (; v; v >>= 1)
        n += v & 1;
    return n;
}

/* Colour of picture pixel @i in tile @tile of @samples samples, the picture and the map. */
static Colour
pixel(const SheetSeal *seal, gsize i, guint tile, guint samples)
{
    guint seen = seal->agreement ? seal->agreement[i] : 0;
    if (tile < samples)
        return seen >> tile & 1 ? mixed(seal, 255) : PAPER;
    if (tile == samples)
        return mixed(seal, seal->alpha[i]);
    if (seal->alpha[i] > 127)
        return bits(seen) > 1 || samples < 2 ? ALL : ONE;
    return seen ? LEFT_OUT : PAPER;
}

Image *
preview_draw(const SheetSeal *seal, guint tile_px)
{
    if (!seal->found || !seal->alpha)
        return NULL;
    tile_px = CLAMP(tile_px, 64, 1024);
    guint samples = 0;
    for (guint i = 0; i < seal->samples->len; i++)
        samples += ((const SheetSample *)g_ptr_array_index(seal->samples, i))->used;
    samples = seal->agreement ? MIN(samples, 8) : 0;
    guint tiles = samples + (seal->agreement ? 2 : 1);
    Image *image = image_new(tiles * (tile_px + FRAME) + FRAME, tile_px + 2 * FRAME, 3);
    memset(image->data, 128, (gsize)image->width * image->height * 3);
    double scale = (double)MAX(seal->width, seal->height) / tile_px;
    for (guint tile = 0; tile < tiles; tile++)
        for (guint y = 0; y < tile_px; y++)
            for (guint x = 0; x < tile_px; x++) {
                guint sum[3] = { 0 };
                for (guint k = 0; k < 4; k++) { /* four places a pixel: thin lines stay whole */
                    double u =
                        (x + 0.25 + 0.5 * (k & 1)) * scale - (MAX(seal->width, seal->height) - seal->width) / 2.0;
                    double v =
                        (y + 0.25 + 0.5 * (k >> 1)) * scale - (MAX(seal->width, seal->height) - seal->height) / 2.0;
                    Colour c = PAPER;
                    if (u >= 0 && v >= 0 && u < seal->width && v < seal->height)
                        c = pixel(seal, (gsize)v * seal->width + (gsize)u, tile, samples);
                    for (guint m = 0; m < 3; m++)
                        sum[m] += c.rgb[m];
                }
                guint8 *to =
                    image->data + ((gsize)(y + FRAME) * image->width + FRAME + tile * (tile_px + FRAME) + x) * 3;
                for (guint m = 0; m < 3; m++)
                    to[m] = (guint8)(sum[m] / 4);
            }
    return image;
}
