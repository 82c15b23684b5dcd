/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print.h: ink on the canvas: the code itself, what else stands near it, the paper's pattern and seals.
 *
 * All lengths are in pixels of the canvas; cap_px is the height of a capital letter.
 */
#ifndef SB_OCR_MODEL_PRINT_H
#define SB_OCR_MODEL_PRINT_H

#include "ocr/model/canvas.h"
#include "ocr/model/faces.h"

G_BEGIN_DECLS

typedef struct {
    const Face *face;
    double cap_px;
    double stretch;       /* width of the letters, 1 = as the face has them */
    double spacing;       /* added after each letter, in caps */
    const guint8 *groups; /* letters a group, 0 ends; or NULL */
    double group_gap;     /* in caps */
    double bold;          /* stroke added (or taken away where negative), in caps */
    double slant;         /* shear */
    double jitter;        /* each letter up or down, in caps */
} PrintStyle;

/* How wide @text will be. */
double print_width(const char *text, const PrintStyle *style);

/* @text with the baseline's left end at (x, y), turned by @tilt (radians, clockwise), thinned in a band
   where @fade > 0. */
void print_text(Canvas *canvas, const char *text, const PrintStyle *style, double x, double y, double tilt, Ink ink,
                double fade, GRand *rand);

/* Fine coloured waves, as on licences and ID cards. */
void print_pattern(Canvas *canvas, double cap_px, double strength, GRand *rand);

/* A part of a seal: ring, letters, star. */
void print_seal(Canvas *canvas, double cap_px, double strength, GRand *rand);

/* A straight line, as of a form or a fold. */
void print_rule(Canvas *canvas, double x0, double y0, double x1, double y1, double width, Ink ink, double strength);

/* Dirt. */
void print_specks(Canvas *canvas, guint count, double size, GRand *rand);

G_END_DECLS

#endif
