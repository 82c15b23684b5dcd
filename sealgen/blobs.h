/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blobs.h: connected patches of a mask.
 */
#ifndef SB_SEALGEN_BLOBS_H
#define SB_SEALGEN_BLOBS_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    guint x0, y0, x1, y1; /* inclusive box */
    guint area;           /* pixels */
    guint32 label;
} Blob;

/**
 * blobs_find: 8-connected patches of @mask (not 0).
 * @labels  (out): width * height, 0 = nothing, else index + 1 into the result
 * Returns: (transfer full) (element-type Blob)
 */
GArray *blobs_find(const guint8 *mask, guint width, guint height, guint32 *labels);

/* Grow (radius > 0) or shrink (radius < 0) @mask by a square. */
void mask_grow(guint8 *mask, guint width, guint height, int radius);

G_END_DECLS

#endif
