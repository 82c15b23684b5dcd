/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_text.h: is the text around a seal the company's name?
 *
 * Letters of a ring are narrow, small, worn and bent, so that a single near twin (江 and 冮) says little;
 * another company's name differs in several. A line that is neither confirmed nor denied is undecided.
 */
#ifndef SB_PIPELINE_SEAL_TEXT_H
#define SB_PIPELINE_SEAL_TEXT_H

#include "ocr/document.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/**
 * ring_verdict:
 * @line     the ring laid straight, em about 48 px, letters as narrow as they stand there
 * @name     UTF-8, the company's name on the form
 * @reading  what hanzi_read says of @line, or of seal_line_widened's picture of it
 * Returns: VERDICT_CONFIRMED, VERDICT_DENIED (it is surely another text) or VERDICT_UNDECIDED.
 */
Verdict ring_verdict(const Hanzi *hanzi, const HanziLine *line, const char *name, const HanziReading *reading);

G_END_DECLS

#endif
