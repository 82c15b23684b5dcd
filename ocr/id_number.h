/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * id_number.h: a citizen's ID number read from one line by several passes that vote.
 *
 * Each pass is gated by the number's own checks (GB 11643: 18 long, date, check character). What passes it is
 * never repaired into: a text that only a substitution would make valid is a suggestion.
 */
#ifndef SB_OCR_ID_NUMBER_H
#define SB_OCR_ID_NUMBER_H

#include "ocr/card_view.h"
#include "ocr/document.h"
#include "ocr/idcard.h"

G_BEGIN_DECLS

typedef struct {
    char *text; /* 0-9 and X, or NULL */
    FieldStatus status;
    guint confidence; /* 0..100 */
    char *suggestion; /* or NULL */
    char *evidence;
} NumberReading;

void number_reading_clear(NumberReading *reading);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NumberReading, number_reading_clear)

/**
 * id_number_glance: one cheap pass with one model.
 * Returns: (transfer full) the letters 0-9 X seen, whatever they are; or NULL.
 */
char *id_number_glance(Tess *tess, CardView *view, const Strip *strip);

/**
 * id_number_read: as many passes as it takes.
 * @strip  the number alone, in reading direction
 */
void id_number_read(const IdcardTools *tools, CardView *view, const Strip *strip, NumberReading *reading);

/* A number that passes every check and whose birth year is 1900 or later. */
gboolean id_number_valid(const char *text);

G_END_DECLS

#endif
