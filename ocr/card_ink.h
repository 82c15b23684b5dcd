/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_ink.h: dark marks on an unevenly lit page: darkness against the local background, and the
 * connected marks in it.
 */
#ifndef SB_OCR_CARD_INK_H
#define SB_OCR_CARD_INK_H

#include "core/image.h"

G_BEGIN_DECLS

/**
 * ink_colourless: a grey picture in which coloured ink (seals, blue labels and patterns) fades to paper: the
 * lightest of the three channels plus most of their spread. Black print under a seal stays dark.
 * Returns: (transfer full) 1 channel; a plain copy of a grey picture.
 */
Image *ink_colourless(const Image *image);

/* One connected mark: its box in pixels (both ends inside) and its number of pixels. */
typedef struct {
    gint x0, y0, x1, y1;
    guint area;
} Mark;

enum { MARKS_MAX = 30000 };

/**
 * ink_darkness: 0 = the local background, 255 = black there, whatever the light.
 * @grey   1 channel
 * @block  px: background is the light level of blocks of this side (8..64); choose it larger than a character
 * Returns: (transfer full) 1 channel of the same size.
 */
Image *ink_darkness(const Image *grey, guint block);

/**
 * ink_threshold: the marks in a darkness picture, as a 0/255 picture: darker than @floor (1..255) and than
 * @share (0..1) of the darkest ink nearby.
 */
Image *ink_threshold(const Image *darkness, guint block, guint floor, double share);

/**
 * ink_marks: connected marks (8 neighbours) of a 0/255 picture with at least @min_area pixels and sides of at
 * most @max_side.
 * Returns: (transfer full) (element-type Mark) a GArray in the order of their first pixels; at most MARKS_MAX.
 */
GArray *ink_marks(const Image *binary, guint min_area, guint max_side);

G_END_DECLS

#endif
