/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuse.h: one clean impression from several imperfect ones, and what each was worth.
 *
 * Model: sample k shows gain_k(x) * ink(x); the gain changes slowly (pressure, faded sectors). Where a
 * sample's gain is low it has no say; where foreign ink lies over it, little. Two good samples without
 * ink outvote one with it: blots and second edges go. What no sample shows is never drawn.
 */
#ifndef SB_SEALGEN_FUSE_H
#define SB_SEALGEN_FUSE_H

#include "sealgen/impression.h"

G_BEGIN_DECLS

#define FUSE_MOST 8

typedef struct {
    const Impression *impression;
    Affine to_px; /* canonical pixels -> pixels of the impression's planes */
    /* out */
    double gain;      /* mean of the sectors: 1 = as much ink as the best */
    double covered;   /* share of sectors with a fair amount of ink */
    double excess;    /* ink where the others have none, per ink */
    double agreement; /* correlation with the fused ink */
} FuseSample;

/**
 * fuse_samples: @samples 1..FUSE_MOST in one canonical frame of @width x @height at @ppm.
 * @outline  of the seal in canonical pixels: sectors are counted inside
 * @votes    (out) (nullable): width * height, bit k set where sample k shows ink
 * Returns: (transfer full) ink, 1 = a full stroke, at most about 1.3.
 */
Plane *fuse_samples(FuseSample *samples, guint n, guint width, guint height, double ppm, const Outline *outline,
                    guint8 **votes);

/* Bring faint places to full strength: each stroke against the usual ink around it. */
void fuse_even_out(Plane *ink);

/* The picture's alpha: edges at half a stroke, soft over about a tenth of a millimetre. */
guint8 *fuse_tone(const Plane *ink);

G_END_DECLS

#endif
