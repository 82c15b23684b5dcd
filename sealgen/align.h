/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * align.h: how one impression of a seal lies on another: turn and shift to a tenth of a millimetre.
 */
#ifndef SB_SEALGEN_ALIGN_H
#define SB_SEALGEN_ALIGN_H

#include "sealgen/impression.h"

G_BEGIN_DECLS

typedef struct {
    Affine to_b;     /* pixels of a's alpha to pixels of b's */
    double likeness; /* correlation of the two inks, -1..1 */
    double turn_deg; /* clockwise, a to b */
} Alignment;

/**
 * align_coarse: best of all turns, at 4 px/mm. Good enough to compare; align_fine to fuse.
 * align_fine: polish @alignment at 8 px/mm; @loose lets each axis stretch a little (photos).
 */
void align_coarse(const Impression *a, const Impression *b, Alignment *alignment);
void align_fine(const Impression *a, const Impression *b, gboolean loose, Alignment *alignment);

G_END_DECLS

#endif
