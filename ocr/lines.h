/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.h: lines of text on a page, found from connected ink without reading any of it.
 *
 * Lines may be skewed up to about 15 degrees, each by its own angle. Where a page holds a label and a
 * value with more than about .8 em of paper between them, they come as two lines.
 */
#ifndef SB_OCR_LINES_H
#define SB_OCR_LINES_H

#include "core/geometry.h"

G_BEGIN_DECLS

enum { LINES_MAX = 2000 };

/* Ink that touches along the line: a character, or a part of one. Along the line from the left end, px. */
typedef struct {
    double from, to;
    double above, below; /* of the centre line, px, both positive where the ink reaches there */
} LineBlob;

typedef struct {
    Point left, right; /* ends of the centre line, px of the picture that was given */
    double height_px;  /* of the ink: nearly the em for hanzi, the capitals' height for digits */
    double slope;      /* dy / dx */
    GArray *blobs;     /* (element-type LineBlob) in order along the line */
} TextLine;

void text_line_free(TextLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextLine, text_line_free)

/**
 * lines_find:
 * @parts  (element-type InkPart) of a page's ink, in the order that ink_parts gives
 * Returns: (transfer full) (element-type TextLine), top to bottom.
 */
GPtrArray *lines_find(const GArray *parts);

double text_line_length(const TextLine *line);

/* The line's ink as a quad; @from and @to cut it along the line (0 and text_line_length for all of it). */
Quad text_line_quad(const TextLine *line, double from, double to);

G_END_DECLS

#endif
