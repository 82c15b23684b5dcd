/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_front.h: where the rows of an ID card's front stand, once its number line is known.
 *
 * Positions are millimetres of the drawn card, 85.6 x 54; makes of cards and drawings differ by a millimetre or
 * two, the number's length by more, so the rows are searched by their ink and the scale comes out of it.
 */
#ifndef SB_OCR_CARD_FRONT_H
#define SB_OCR_CARD_FRONT_H

#include "ocr/card_view.h"

G_BEGIN_DECLS

typedef enum { FRONT_NAME, FRONT_SEX, FRONT_NATION, FRONT_BIRTH, FRONT_ADDRESS, FRONT_ADDRESS_2, FRONT_ADDRESS_3, FRONT_ROWS } FrontRow;

typedef struct {
    Strip rows[FRONT_ROWS];   /* the value alone, without its label; height is the em */
    gboolean seen[FRONT_ROWS];
    double fit;               /* mean darkness of the rows above that between them: above ~8 it is a front */
    double px_per_mm;         /* layout pixels */
} FrontRows;

/**
 * card_front_rows: find the rows above @number (its 18 characters alone, in reading direction).
 * @card  the card's border in layout pixels where it is known, or NULL
 */
void card_front_rows(const Image *darkness, const Strip *number, const Quad *card, FrontRows *rows);

G_END_DECLS

#endif
