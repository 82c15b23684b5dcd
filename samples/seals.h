/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seals.h: invented seals as artwork, and as a stamping of it with more or less ink.
 */
#ifndef SB_SAMPLES_SEALS_H
#define SB_SAMPLES_SEALS_H

#include "samples/invent.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef struct {
    SealType type;
    double width_mm, height_mm;
    char *ring;   /* the company's name, or a person's for name seals */
    char *bottom; /* 财务专用章, or NULL */
    char *number; /* 13 digits, or NULL */
} SealArt;

SealArt *seal_art_new(SealType type, const Company *company, double width_mm, double height_mm);
void seal_art_free(SealArt *art);

/* A8 picture of the artwork at @dpi with @pad_mm of margin around width x height. */
cairo_surface_t *seal_art_draw(const SealArt *art, double dpi, double pad_mm);

/* The artwork as an imperfect stamping at @dpi: uneven ink by @poor (0 good .. 1 faint). */
cairo_surface_t *seal_stamp(const SealArt *art, double dpi, double poor, Rng *rng);

G_END_DECLS

#endif
