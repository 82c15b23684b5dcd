/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_rows.h: text rows near a line that is known: how far its ink reaches, and where the next row stands.
 *
 * All on the layout's darkness picture (card_ink.h), sampled along the line's own direction; cheap.
 */
#ifndef SB_OCR_CARD_ROWS_H
#define SB_OCR_CARD_ROWS_H

#include "core/image.h"
#include "ocr/card_view.h"

G_BEGIN_DECLS

/* What counts as ink: a column with this share of the darkness of the usual inked column. */
#define ROWS_FIGURES 0.25 /* figures: patterns and specks do not count */
#define ROWS_HANZI 0.15   /* hanzi: a 一 does */

/**
 * rows_extend: let the ends of @strip's text reach as far as its ink does.
 * @ink      ROWS_FIGURES or ROWS_HANZI
 * @gap      a blank of this many heights ends the text
 * @reach    look at most so many heights beyond either end (0: that end stays)
 * Returns: the strip with new ends.
 */
Strip rows_extend(const Image *darkness, const Strip *strip, double ink, double gap, double reach_left,
                  double reach_right);

/**
 * rows_after_gap: begin after the last blank of @gap heights that lies in the first half: the label is left out.
 */
Strip rows_after_gap(const Image *darkness, const Strip *strip, double gap); /* of figures */

/**
 * rows_pieces: cut the strip where a blank of @gap heights stands.
 * Returns: how many pieces were put into @pieces; more than @limit counts as none.
 */
guint rows_pieces(const Image *darkness, const Strip *strip, double gap, Strip *pieces, guint limit);

/**
 * rows_trim: pull the ends in to the first and last ink.
 * Returns: FALSE where the strip is blank.
 */
gboolean rows_trim(const Image *darkness, double ink, Strip *strip);

/**
 * rows_centre: move @strip across its direction by up to @reach heights, and turn it by up to @tilt_deg, to where
 * it holds most ink with least just above and below.
 * @contrast  (out) (nullable) mean darkness inside minus outside
 * Returns: the moved strip.
 */
Strip rows_centre(const Image *darkness, const Strip *strip, double reach, double tilt_deg, double *contrast);

/* The mean darkness of a strip without margins. */
double rows_ink(const Image *darkness, const Strip *strip);

G_END_DECLS

#endif
