/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * code_spot.h: where on a flat page a credit code could stand, by the shape of its line alone.
 *
 * Eighteen capitals and digits make a row of narrow ink of one even height; hanzi do not. No label is
 * needed and no layout is known, so a form that nobody has seen works too.
 */
#ifndef SB_OCR_CODE_SPOT_H
#define SB_OCR_CODE_SPOT_H

#include "ocr/flat.h"

G_BEGIN_DECLS

enum { CODE_SPOTS_MAX = 24 };

typedef struct {
    Point left, right; /* middle of the capitals' height at both ends, flat px, tight */
    double cap_px;     /* height of the capitals, flat px */
    guint letters;     /* how many there seem to be */
    gboolean hidden;   /* part of it lies under something: where it ends is a guess */
    double likeness;   /* 0..1: how much it looks like eighteen letters of one height */
} CodeSpot;

/* @parts (element-type InkPart). Returns: (transfer full) (element-type CodeSpot), the likeliest first, at most CODE_SPOTS_MAX. */
GArray *code_spots(const GArray *parts);

/* The spot with @around capitals' heights of paper left and right and @above above and below. */
Quad code_spot_quad(const CodeSpot *spot, double around, double above);

G_END_DECLS

#endif
