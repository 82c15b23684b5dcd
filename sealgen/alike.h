/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alike.h: do two impressions that were laid on each other show the same seal?
 *
 * Rim and star are the same on many seals; what tells them apart is compared in windows about a letter wide.
 * Where one of the two shows no ink (faint, cut, half pressed) nothing can be said; where both show ink of
 * different shape, they are of different seals.
 */
#ifndef SB_SEALGEN_ALIKE_H
#define SB_SEALGEN_ALIKE_H

#include "sealgen/align.h"

G_BEGIN_DECLS

typedef struct {
    guint judged;    /* windows in which both show enough ink */
    double likeness; /* median of their correlations; 1 where nothing could be judged */
    double unlike;   /* share of them, 0..1, that look like different letters */
} Alikeness;

/* @alignment  a -> b, as align_fine leaves it. Impressions of free shape are not judged. */
Alikeness alike_compare(const Impression *a, const Impression *b, const Alignment *alignment);

G_END_DECLS

#endif
