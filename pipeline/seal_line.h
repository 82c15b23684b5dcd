/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_line.h: a line of a seal's text, laid straight, as hanzi_verify and hanzi_read like it.
 *
 * Letters of a ring may be half as wide as high and stand close together; the classifier cuts at a pitch of an em.
 */
#ifndef SB_PIPELINE_SEAL_LINE_H
#define SB_PIPELINE_SEAL_LINE_H

#include "core/image.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/* A hanzi of GB 2312, or no hanzi: what names and words on seals are made of. */
gboolean is_name_hanzi(gunichar c);

/* A text as it is compared: no blanks, hanzi_fold. Returns: (transfer full) @n characters */
gunichar *seal_line_folded(const char *text, guint *n);

/**
 * seal_line_verify:
 * hanzi_verify_among is_name_hanzi, on the line made as wide as @text would need it.
 * @line  grey, em_px told, letters as narrow as they stand there
 * A text of another length than the line's is cut wrongly and reads as nothing.
 * Returns: FALSE where hanzi_verify does.
 */
gboolean seal_line_verify(const Hanzi *hanzi, const HanziLine *line, const char *text, HanziVerdict *verdict);

/**
 * seal_line_widened:
 * The widening at which a line reads best, whatever it says.
 * Returns: (transfer full) a picture as high as @line, or NULL where it is best as it is.
 */
Image *seal_line_widened(const Hanzi *hanzi, const HanziLine *line);

G_END_DECLS

#endif
