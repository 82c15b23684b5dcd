/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flaws.h: what a hand with a seal does wrong: pale, smeared, blotted, twice, half on the paper.
 */
#ifndef SB_SAMPLES_FLAWS_H
#define SB_SAMPLES_FLAWS_H

#include "samples/seals.h"

G_BEGIN_DECLS

typedef enum {
    FLAW_NONE,
    FLAW_PALE,    /* a dry pad: a third of the ink */
    FLAW_UNEVEN,  /* pressed on one side */
    FLAW_BLOTTED, /* too much ink: strokes run into each other */
    FLAW_DOUBLED, /* struck twice, half a millimetre to a millimetre apart */
    FLAW_SMEARED, /* the seal slid while it was lifted */
    FLAWS
} Flaw;

extern const char *const flaw_names[FLAWS];

/* A stamping as seal_stamp gives it, with @flaw. */
cairo_surface_t *seal_stamp_flawed(const SealArt *art, double dpi, Flaw flaw, Rng *rng);

G_END_DECLS

#endif
