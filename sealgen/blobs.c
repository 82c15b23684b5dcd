/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blobs.c: Leptonica's connected components and brick dilation on masks of a byte a pixel.
 */
#include "sealgen/blobs.h"

#include <leptonica/allheaders.h>
#include <string.h>

typedef struct Pix Pix;

static void
pix_free(Pix *pix)
{
    pixDestroy(&pix);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pix, pix_free)

static Pix *
pix_of(const guint8 *mask, guint width, guint height, gboolean on)
{
    Pix *pix = pixCreate((l_int32)width, (l_int32)height, 1);
    g_assert(pix != NULL); /* out of memory, as in g_malloc */
    l_uint32 *data = pixGetData(pix);
    gsize words = (gsize)pixGetWpl(pix);
    for (guint y = 0; y < height; y++) {
        const guint8 *in = mask + (gsize)y * width;
        l_uint32 *line = data + y * words;
        for (guint x = 0; x < width; x++)
            line[x >> 5] |= (l_uint32)((in[x] != 0) == on) << (31 - (x & 31));
    }
    return pix;
}

GArray *
blobs_find(const guint8 *mask, guint width, guint height, guint32 *labels)
{
    g_autoptr(Pix) pix = pix_of(mask, width, height, TRUE);
    g_autoptr(Pix) numbered = pixConnCompTransform(pix, 8, 32);
    GArray *blobs = g_array_new(FALSE, TRUE, sizeof(Blob));
    memset(labels, 0, (gsize)width * height * sizeof *labels);
    if (numbered == NULL) /* nothing is set */
        return blobs;
    const l_uint32 *number = pixGetData(numbered); /* 32 bits a pixel: no padding */
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            gsize i = (gsize)y * width + x;
            guint32 n = number[i];
            if (n == 0)
                continue;
            if (n > blobs->len)
                g_array_set_size(blobs, n);
            Blob *b = &g_array_index(blobs, Blob, n - 1);
            if (b->area++ == 0)
                *b = (Blob){ x, y, x, y, 1, n };
            b->x0 = MIN(b->x0, x);
            b->x1 = MAX(b->x1, x);
            b->y1 = MAX(b->y1, y);
            labels[i] = n;
        }
    return blobs;
}

/* Shrinking grows what is not set; beyond the picture's border neither is. */
void
mask_grow(guint8 *mask, guint width, guint height, int radius)
{
    gboolean on = radius > 0;
    int side = 2 * ABS(radius) + 1;
    if (radius == 0)
        return;
    g_autoptr(Pix) pix = pix_of(mask, width, height, on);
    g_autoptr(Pix) grown = pixDilateBrick(NULL, pix, side, side);
    g_assert(grown != NULL);
    const l_uint32 *data = pixGetData(grown);
    gsize words = (gsize)pixGetWpl(grown);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++)
            mask[(gsize)y * width + x] = ((data[y * words + (x >> 5)] >> (31 - (x & 31)) & 1) != 0) == on;
}
