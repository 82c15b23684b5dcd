/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_find.h: where the number lines of ID cards may lie on a page, at any quarter turn and a tilt of
 * up to 20 degrees.
 *
 * A number line is the surest mark of a card: evenly spaced marks of one height in a row. Nothing is read
 * here; the reader tries the candidates, and a number that passes GB 11643 (front) or a pair of dates (back)
 * proves card, side, place, scale and turn at once.
 */
#ifndef SB_OCR_CARD_FIND_H
#define SB_OCR_CARD_FIND_H

#include "core/image.h"

G_BEGIN_DECLS

typedef struct {
    Point from, to;  /* outer ends of the first and last mark, at mid height; which is left is not known yet */
    double height;   /* px of the marks, across the line */
    guint marks;     /* how many make the line up */
    gboolean body_is_left; /* more ink lies on the left of from -> to (up, when that is the reading direction) */
    double score;    /* larger: more like a line of digits */
} DigitLine;

/**
 * card_find_digit_lines: chains of at least 6 even marks.
 * @darkness   ink_darkness of the layout picture
 * @floor      lighter marks (0..255) are no ink: 24 for print, less for faint print
 * @limit      at most so many, best first
 * Returns: (transfer full) (element-type DigitLine) a GArray in pixels of @darkness.
 */
GArray *card_find_digit_lines(const Image *darkness, guint floor, guint limit);

G_END_DECLS

#endif
