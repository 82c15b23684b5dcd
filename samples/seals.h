/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seals.h: invented seals as artwork, and as a stamping of it with more or less ink.
 */
#ifndef SB_SAMPLES_SEALS_H
#define SB_SAMPLES_SEALS_H

#include "samples/invent.h"

#include <cairo.h>

G_BEGIN_DECLS

/* How an engraver cuts a ring seal. */
typedef struct {
    const char *face;
    double bold_mm;      /* strokes thicker by this */
    double height;       /* of a letter, share of the short half axis */
    double narrow;       /* a letter's width, share of the room it has */
    double degrees;      /* the ring's angle for each letter */
    double rim_mm;       /* the border's line */
    double thin_ring_mm; /* a second, thin line so far inside it; 0: none */
    double star;         /* its radius, share of the half axis */
    gboolean latin;      /* a ring of Latin letters outside the name */
} SealStyle;

typedef struct {
    SealType type;
    double width_mm, height_mm;
    char *ring;   /* the company's name, or a person's for name seals */
    char *bottom; /* 财务专用章, or NULL */
    char *number; /* 13 digits, or NULL */
    SealStyle style;
} SealArt;

SealArt *seal_art_new(SealType type, const Company *company, double width_mm, double height_mm);

/* The style of an @art that seal_art_new did not make; and another face, weight, width of letters and border than
 * usual, by @rng. */
void seal_art_usual(SealArt *art);
void seal_art_vary(SealArt *art, Rng *rng);
void seal_art_free(SealArt *art);

/* A8 picture of the artwork at @dpi with @pad_mm of margin around width x height. */
cairo_surface_t *seal_art_draw(const SealArt *art, double dpi, double pad_mm);

/* The artwork as an imperfect stamping at @dpi: uneven ink by @poor (0 good .. 1 faint). */
cairo_surface_t *seal_stamp(const SealArt *art, double dpi, double poor, Rng *rng);

G_END_DECLS

#endif
