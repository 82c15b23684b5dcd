/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ink.h: print without light, paper colour and coloured ink.
 *
 * Each channel is divided by the paper around it; what is dark in *all* three is print. A red, blue or
 * purple seal is light in one of them and fades, print under it stays.
 */
#ifndef SB_OCR_INK_H
#define SB_OCR_INK_H

#include "core/image.h"

G_BEGIN_DECLS

/*
 * Of a whole page, for finding things: what is left of coloured ink is lightened further by its tint,
 * which eats a little of print under it. Cuts for reading (below) are not treated so.
 * Returns: (transfer full) 1 channel of the same size, 255 paper, 0 black print.
 */
Image *ink_of_page(const Image *page);

/**
 * ink_of_line: the same for a cut-out of one line, whose paper changes along x only.
 * @covered  (out) (optional) 255 where coloured ink lay, else 0
 */
Image *ink_of_line(const Image *cut, Image **covered);

/* Take away from @ink what is fainter than print, and as much from the print: words and patterns across a line. */
void ink_drop_faint(Image *ink);

/* Shares of the page's pixels that are clearly red, and clearly blue or purple, ink. */
typedef struct {
    double red, blue;
    gboolean colour; /* not a grey or black-and-white picture */
} InkColours;

InkColours ink_colours(const Image *page);

G_END_DECLS

#endif
