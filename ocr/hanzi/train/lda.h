/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lda.h: linear discriminant analysis over a stream of labelled feature vectors. */
#ifndef SB_OCR_HANZI_TRAIN_LDA_H
#define SB_OCR_HANZI_TRAIN_LDA_H

#include "ocr/hanzi/inner.h"

/* Scatter of the samples about their class's mean, and every class's mean by set. */
typedef struct {
    guint n;                     /* classes */
    float *mean[HZ_SETS];        /* n rows of HZ_FEATURES; by style set, 0 = all */
    guint *count[HZ_SETS];
    double *within;              /* HZ_FEATURES square */
    double total;                /* samples in within */
} Statistics;

Statistics *statistics_new(guint n);
/* All samples of class c at once: rows of HZ_FEATURES and the style's set of each. */
void statistics_add_class(Statistics *s, guint c, float *rows, const guint8 *sets, guint count);
/* projection (HZ_DIMS rows of HZ_FEATURES) whose space has the within-class scatter of unit variance. */
void lda_solve(const Statistics *s, double ridge, float *projection);

#endif
