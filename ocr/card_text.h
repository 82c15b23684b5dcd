/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_text.h: hanzi on one row of a card: a strip of the page as hanzi.h wants it, and what came of it as a
 * document's field.
 */
#ifndef SB_OCR_CARD_TEXT_H
#define SB_OCR_CARD_TEXT_H

#include "ocr/card_view.h"
#include "ocr/document.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/* A strip ready for hanzi; the pixels are owned. */
typedef struct {
    Image *grey;
    guint8 *covered; /* NULL on grey pages */
    HanziLine line;
} CardLine;

void card_line_clear(CardLine *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CardLine, card_line_clear)

/**
 * card_line_cut: the strip at an em of 48 px, from the plane in which coloured ink fades.
 * @strip  height is the em; margins are set here
 * Returns: FALSE for a strip without size.
 */
gboolean card_line_cut(CardView *view, const Strip *strip, CardLine *line);

/* The same, but labels printed in blue keep their grey. */
gboolean card_line_cut_with_labels(CardView *view, const Strip *strip, CardLine *line);

/* Does the line say exactly @expected? */
HanziAnswer card_line_says(const Hanzi *hanzi, const CardLine *line, const char *expected);

/*
 * Does it say @expected, as far as the last @last characters go? (Thin figures before them are judged by a model
 * of their own.) Nothing may follow them.
 */
gboolean card_line_ends_with(const Hanzi *hanzi, const CardLine *line, const char *expected, guint last);

/**
 * card_field_read: the free reading as @field's text, status and confidence.
 * READ wants confidence of .9 for the whole line, WEAK is any other text, UNREADABLE none.
 */
void card_field_read(const Hanzi *hanzi, const CardLine *line, HanziReadAs as, DocumentField *field);

/* The verdict on @expected beside what was read. The text is not touched. */
void card_field_verify(const Hanzi *hanzi, const CardLine *line, const char *expected, DocumentField *field);

G_END_DECLS

#endif
