/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts.h: connected pieces of ink on a page picture, small enough to be print.
 */
#ifndef SB_OCR_PARTS_H
#define SB_OCR_PARTS_H

#include "core/image.h"

G_BEGIN_DECLS

enum { PARTS_MAX = 20000, PARTS_MAX_SIDE = 160, PARTS_LEAST_PIXELS = 3 };

/* Bounding box, both ends inside, the number of its ink pixels and the darkness of its darkest, 0..255. */
typedef struct {
    gint32 x0, y0, x1, y1;
    guint32 pixels;
    guint8 darkest;
} InkPart;

/**
 * ink_parts: 8-connected ink of @ink (1 channel, dark on an even white).
 * Ink is what is darker than a third of the darkest nearby, at least 11 %: faint print beside none counts.
 * Long parts of a line's height, which blur has made of characters, are cut where they are faintest.
 * Returns: (transfer full) (element-type InkPart): at most PARTS_MAX, none larger than PARTS_MAX_SIDE a side.
 */
GArray *ink_parts(const Image *ink);

/* The same for dark print alone: what is lighter than half the darkest nearby is none. Words across a page fall away. */
GArray *ink_parts_of_dark_print(const Image *ink);

/*
 * Security paper's waves and rosettes, in pieces, outnumber the print and are far fainter: drop from @parts what is
 * fainter than a quarter of the print, where there is that much of it. A page of faint print alone stays as it is.
 */
void ink_parts_drop_pattern(GArray *parts);

G_END_DECLS

#endif
