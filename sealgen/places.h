/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.h: the boxes of a form in which samples are to be stamped, full or empty.
 */
#ifndef SB_SEALGEN_PLACES_H
#define SB_SEALGEN_PLACES_H

#include "core/geometry.h"

G_BEGIN_DECLS

/* Upright in the page's frame, millimetres. */
typedef struct {
    double x0, y0, x1, y1;
} Place;

/**
 * places_find: closed boxes (solid or dashed lines) of a size to stamp in.
 * @print  mask of dark, uncoloured pixels, @ppm pixels a millimetre
 * Returns: (transfer full) (element-type Place)
 */
GArray *places_find(const guint8 *print, guint width, guint height, double ppm);

/* The place that holds @mm, or NULL. */
const Place *places_at(const GArray *places, Point mm);

G_END_DECLS

#endif
