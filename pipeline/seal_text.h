/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_text.h: is the text around a seal the company's name?
 *
 * Letters of a ring are narrow, small, worn and bent, so that a single near twin (江 and 冮) says little;
 * another company's name differs in several. A line that is neither confirmed nor denied is undecided.
 */
#ifndef SB_PIPELINE_SEAL_TEXT_H
#define SB_PIPELINE_SEAL_TEXT_H

#include "core/image.h"
#include "core/order.h"
#include "ocr/document.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/**
 * ring_widened:
 * Letters of a ring may be half as wide as high: the widening at which it reads best, whatever it says.
 * @line  grey, em about 48 px
 * Returns: (transfer full) a picture as high as @line, or NULL where it is best as it is.
 */
Image *ring_widened(const Hanzi *hanzi, const HanziLine *line);

/**
 * ring_verdict:
 * @line     the ring laid straight
 * @name     UTF-8, the company's name on the form
 * @reading  what hanzi_read says of @line
 * Returns: VERDICT_CONFIRMED, VERDICT_DENIED (it is surely another text) or VERDICT_UNDECIDED.
 */
Verdict ring_verdict(const Hanzi *hanzi, const HanziLine *line, const char *name, const HanziReading *reading);

/* Was exactly @text read, every character surely and as it looked? For a name seal's few large characters. */
gboolean is_read_surely(const HanziReading *reading, const char *text);

/**
 * purpose_verdict:
 * Does a line inside the ring (财务专用章, 合同专用章, 发票专用章) belong on a seal of the ordered type?
 * @word  (out) (transfer none) what should have stood there: "财务专用章", or "公章" on an official seal
 * Returns: VERDICT_CONFIRMED, VERDICT_DENIED (another purpose was read surely), VERDICT_NONE: it names no purpose.
 */
Verdict purpose_verdict(const HanziReading *reading, SealType type, const char **word);

G_END_DECLS

#endif
