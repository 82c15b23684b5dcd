/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.h: draws one line of a code as a scanner or a phone would bring it: the face, the print, the
 * paper's pattern, seal ink across it, the camera, JPEG, and a crop that does not sit right.
 *
 * Everything follows from the arguments and the state of @rand.
 */
#ifndef SB_OCR_MODEL_LINE_H
#define SB_OCR_MODEL_LINE_H

#include "core/image.h"
#include "ocr/model/faces.h"

G_BEGIN_DECLS

/* Damage. What each level means is the table in line.c. */
typedef enum {
    LINE_EASY, /* nothing but print, well placed: what a net learns its letters from */
    LINE_CLEAN,
    LINE_LIGHT,
    LINE_MEDIUM,
    LINE_HARD,
    LINE_LEVELS,
    LINE_MIX = LINE_LEVELS /* for training: one of the four, the harder ones more often */
} LineLevel;

/* Height of the picture: what the net of ocr/model/train takes, so that nothing is scaled again. */
#define LINE_HEIGHT_PX 36

/**
 * line_draw:
 * @text   ASCII letters and digits
 * @face   how it is set
 * Returns: (transfer full) a grey picture LINE_HEIGHT_PX high, dark print on light paper.
 */
Image *line_draw(const char *text, const Face *face, LineLevel level, GRand *rand);

G_END_DECLS

#endif
