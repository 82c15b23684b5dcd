/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codeline_strip.h: private to codeline.c: finds the row of letters in a line picture and cuts strips of
 * the height that the nets were trained on.
 */
#ifndef SB_OCR_CODELINE_STRIP_H
#define SB_OCR_CODELINE_STRIP_H

#include "core/image.h"

G_BEGIN_DECLS

/* Height of a strip: the first number of the nets' spec. */
#define STRIP_HEIGHT_PX 36

/* The row of letters, in px of plain and flat. */
typedef struct {
    Image *plain;   /* the picture as given, shrunk where it is larger than useful */
    Image *flat;    /* the same on even white paper */
    double shrunk;  /* px of the picture given for one px of plain */
    double x0, x1;  /* ends of the ink */
    double top, bottom; /* of the capitals, at the middle of the line */
    double slope;   /* dy/dx of the baseline */
} Strip;

Strip *strip_find(const Image *line);

/* Another picture of the same place (of any size): cut where @strip found the letters. */
Strip *strip_beside(const Strip *strip, const Image *other);

void strip_free(Strip *strip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Strip, strip_free)

typedef struct {
    gboolean flat;   /* even the paper */
    double cap_px;   /* height of the capitals in the strip */
    double stretch;  /* widen by this */
    double sharpen;  /* > 0: amount; < 0: blurred a little */
    double clip;     /* 0, or the share of the way from ink to paper from which all is paper */
    gboolean still;  /* take the grain out of the middle row */
} StripCut;

/* Returns: (transfer full) grey, STRIP_HEIGHT_PX high; beyond the picture its edge goes on. */
Image *strip_cut(const Strip *strip, const StripCut *cut);

G_END_DECLS

#endif
