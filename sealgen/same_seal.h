/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same_seal.h: which of the samples of one ordered seal are of one seal, and which are another's.
 */
#ifndef SB_SEALGEN_SAME_SEAL_H
#define SB_SEALGEN_SAME_SEAL_H

#include "sealgen/align.h"

G_BEGIN_DECLS

/* What was seen of one sample. */
typedef struct {
    gboolean foreign; /* its letters are not those of the largest party of samples */
    double likeness;  /* of its letters to the likest other sample's, 1 where that cannot be judged */
} SameSeal;

/**
 * same_seal_find: parties of samples whose letters are alike; all but the largest are foreign.
 *
 * @samples   @n of them, 1..SAME_SEAL_MOST; one that lies under another impression or is of free shape cannot be
 *            judged and is never foreign
 * @ref       the sample that the others were aligned to
 * @from_ref  for each sample the alignment @ref -> it (align_fine)
 * @voters    for each sample: does it count when parties are weighed? A stray elsewhere on the sheet does not
 * @seen      (out) for each sample
 * Of parties of one size the reference's is kept: which is right is for people.
 */
#define SAME_SEAL_MOST 16
void same_seal_find(const Impression *const *samples, guint n, guint ref, const Alignment *from_ref,
                    const gboolean *voters, SameSeal *seen);

G_END_DECLS

#endif
