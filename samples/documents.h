/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * documents.h: an invented licence, ID card and 印模采集表 on paper.
 */
#ifndef SB_SAMPLES_DOCUMENTS_H
#define SB_SAMPLES_DOCUMENTS_H

#include "samples/canvas.h"
#include "samples/seals.h"

G_BEGIN_DECLS

typedef enum { LICENCE_LANDSCAPE, LICENCE_PORTRAIT } LicenceForm;

/* A4: landscape since 2019, or portrait as 2014-2018. @stamp: the applicant's own seal on the copy. */
Canvas *licence_draw(const Company *company, LicenceForm form, gboolean stamp, Rng *rng);

typedef enum { CARD_FRONT = 1, CARD_BACK = 2, CARD_BOTH = 3 } CardSides;

/* On an A4 sheet as a copier gives it, somewhere in the upper half. */
Canvas *id_card_draw(const Person *person, CardSides sides, Rng *rng);

typedef struct {
    const SealArt *art;
    guint missing_sample;   /* 1..3, or 0 for none */
    const SealArt *foreign; /* stamped in place of sample @foreign_sample, or of all where that is 0; or NULL */
    guint foreign_sample;
} SheetSeal;

/* The stamped sheet: a row of three boxes for each seal. */
Canvas *sheet_draw(const Company *company, const SheetSeal *seals, guint n, Rng *rng);

/* ---- parts, for other forms ---- */

void draw_qr(Canvas *canvas, const char *text, double x_mm, double y_mm, double side_mm);
void draw_emblem(Canvas *canvas, double x_mm, double y_mm, double r_mm);
/* A round seal of @mm with @ring around its star, centred on (x, y). */
void stamp_round(Canvas *canvas, const char *type, char *ring, double mm, double x_mm, double y_mm, double poor,
                 Rng *rng);
/* (x, y): the card's top left corner. */
void draw_card_front(Canvas *canvas, const Person *p, double x, double y, const char *face);
void draw_card_back(Canvas *canvas, const Person *p, double x, double y, const char *face);

G_END_DECLS

#endif
