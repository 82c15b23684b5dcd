/* SPDX-License-Identifier: GPL-3.0-or-later */
/* refine.h: prototypes moved to where they decide best, and each class's ordinary distance to itself. */
#ifndef SB_OCR_HANZI_TRAIN_REFINE_H
#define SB_OCR_HANZI_TRAIN_REFINE_H

#include "ocr/hanzi/inner.h"

typedef struct {
    HzPoint point;
    guint32 class;
    guint style; /* its set */
} RefinePoint;

/* @prototypes HZ_SETS x n x HZ_DIMS in steps; the result goes to m->proto and m->own. */
void refine(Hanzi *m, float *prototypes, const RefinePoint *points, guint n, guint epochs, guint64 seed);

#endif
