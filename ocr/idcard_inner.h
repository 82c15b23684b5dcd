/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idcard_inner.h: what the files of ID card reading share; no part of the public face. */
#ifndef SB_OCR_IDCARD_INNER_H
#define SB_OCR_IDCARD_INNER_H

#include "ocr/card_view.h"
#include "ocr/idcard.h"
#include "ocr/validity.h"

G_BEGIN_DECLS

/* One page being searched. */
typedef struct {
    const IdcardTools *tools;
    const ReaderExpect *expect;
    CardView *view;
    const Image *darkness; /* of the layout picture's colourless plane */
} CardSearch;

/* What a quick look at a line of figures found. */
typedef enum { GLANCE_NOTHING, GLANCE_LIKE_NUMBER, GLANCE_LIKE_DATES, GLANCE_NUMBER, GLANCE_DATES } Glance;

/*
 * Two dates, or one and what must be 长期, out of what the figures model read ("2020.03.25-2030.03.25");
 * DATES_LOOSE: one date, and no dash after it.
 */
typedef enum { DATES_NONE, DATES_LOOSE, DATES_FROM_ONLY, DATES_BOTH } DatesFound;
DatesFound idcard_dates_parse(const char *figures, Validity *validity);

/*
 * @number  the 18 characters alone
 * @proven  a valid number was seen there; otherwise the rows around it must prove the card
 * Returns: (transfer full) (nullable) a Document of the front, or NULL where it is none.
 */
Document *idcard_front_read(const CardSearch *search, const Strip *number, gboolean proven);

/* The same for the back; @dates may still hold its label. */
Document *idcard_back_read(const CardSearch *search, const Strip *dates, gboolean proven);

/* @row: the value of 出生, or NULL where it was not found. */
void idcard_put_birth(const CardSearch *search, const Strip *row, Document *document);

/* A strip's text as figures: 0-9 X . - only. Returns: (transfer full) or NULL. */
char *idcard_read_figures(const CardSearch *search, const Strip *strip, ImagePlane plane, gboolean raw, double text_px);

/* Where a line of figures stands on its side of the card, mm. */
typedef struct {
    double x, y, length;
} LinePlace;

/* Turn, dpi and looks of @document from its number line or its dates. */
void idcard_place(const CardSearch *search, const Strip *line, const LinePlace *place, Document *document);

/* Box of @strip in stored pixels. */
void idcard_set_box(const CardSearch *search, const Strip *strip, DocumentField *field);

G_END_DECLS

#endif
