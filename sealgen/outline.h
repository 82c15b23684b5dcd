/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outline.h: circle, ellipse or rectangle on the outer edge of an impression.
 */
#ifndef SB_SEALGEN_OUTLINE_H
#define SB_SEALGEN_OUTLINE_H

#include "sealgen/plane.h"
#include "sealgen/sheet.h"

G_BEGIN_DECLS

typedef struct {
    SealShape shape;
    Point centre;         /* pixels of the plane */
    double width, height; /* pixels, outer edge to outer edge along the own axes; width >= height for ovals */
    double turn_deg; /* clockwise: of the axis called width against the plane's x; -45..45 for rectangles, -90..90 */
    double support;  /* 0..1: share of directions whose outermost ink lies on the outline */
    double rms;      /* pixels, of those */
} Outline;

/**
 * outline_fit: from the outermost ink seen from @centre.
 * @ink     alpha; what belongs to something else should be 0
 * @reach   pixels: how far from the centre to look
 * @expect  SHAPES for any, else only this shape is tried
 * Returns: FALSE where there is too little ink; SHAPE_FREE (with its bounding box) where no shape fits.
 */
gboolean outline_fit(const Plane *ink, Point centre, double reach, SealShape expect, Outline *outline);

/* An outline grown by a margin, ready to be asked about many pixels. */
typedef struct {
    double x, y, cos_turn, sin_turn, width, height; /* halves of the sides */
    gboolean ellipse;
} OutlineMask;

OutlineMask outline_mask(const Outline *outline, double margin);

static inline gboolean
outline_mask_has(const OutlineMask *mask, double x, double y)
{
    double dx = x - mask->x, dy = y - mask->y;
    double u = (dx * mask->cos_turn + dy * mask->sin_turn) / mask->width;
    double v = (-dx * mask->sin_turn + dy * mask->cos_turn) / mask->height;
    return mask->ellipse ? u * u + v * v <= 1 : u <= 1 && u >= -1 && v <= 1 && v >= -1;
}

/* Is @p inside the outline grown by @margin pixels? */
gboolean outline_contains(const Outline *outline, Point p, double margin);

G_END_DECLS

#endif
