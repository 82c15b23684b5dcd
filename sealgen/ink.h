/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ink.h: how much ink of which kind lies on the paper.
 *
 * Light falls on paper that is not evenly lit; ink takes a share of it. The share's logarithm, the
 * optical density, adds up where inks overlap, so that the seal's ink and black print can be told
 * apart pixel by pixel (non-negative least squares of two inks).
 */
#ifndef SB_SEALGEN_INK_H
#define SB_SEALGEN_INK_H

#include "core/image.h"
#include "sealgen/plane.h"

G_BEGIN_DECLS

/* The bare paper's light, log of the three channels, over a flattened page at 2 px/mm. */
typedef struct {
    guint width, height;
    double ppm;
    float *log_white[3];
} PaperLight;

/* @flat  the flattened page, @ppm pixels a millimetre (grey or RGB). */
PaperLight *paper_light_new(const Image *flat, double ppm);
void paper_light_free(PaperLight *light);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaperLight, paper_light_free)

/* A rectangle of the page: pixel (x, y) lies at origin_mm + (x, y) / ppm of the page. */
typedef struct {
    Image *image; /* owned */
    double ppm;
    Point origin_mm;
} PageCrop;

/* One density of the three channels of every pixel. */
typedef struct {
    float c[3];
} Density;

/* Returns: (transfer full) width * height densities, noise below 0 kept. */
Density *ink_densities(const PageCrop *crop, const PaperLight *light);

/* The densities of full ink (alpha 1) of a seal. */
typedef struct {
    float full[3];
    gboolean coloured; /* FALSE: black or grey: print cannot be told from it by colour */
    guint8 rgb[3];     /* as it looks on white paper */
} SealInk;

/**
 * ink_estimate: the seal's own ink from its pixels.
 * @mask  where to look (not 0), or NULL for everywhere
 * Returns: FALSE where there is hardly any ink.
 */
gboolean ink_estimate(const Density *density, gsize n, const guint8 *mask, SealInk *ink);

/* Split into the seal's alpha (about 0..1.3) and the foreign ink's density. Both (out) (transfer full). */
void ink_unmix(const Density *density, guint width, guint height, double ppm, const SealInk *ink, Plane **alpha,
               Plane **foreign);

G_END_DECLS

#endif
