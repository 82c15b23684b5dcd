/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_inside.h: what stands inside a seal: its purpose, a credit code, a person's name.
 */
#ifndef SB_PIPELINE_SEAL_INSIDE_H
#define SB_PIPELINE_SEAL_INSIDE_H

#include "core/order.h"
#include "ocr/document.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/* Was exactly @text read, every character surely and as it looked? For a name seal's few large characters. */
gboolean is_read_surely(const HanziReading *reading, const char *text);

/* Does a seal of this type bear the company's name around its rim? */
gboolean seal_bears_company(SealType type);

/* What must stand in a seal of this type: "财务专用章"; "公章" for an official seal, which has no such line; else NULL.
 */
const char *purpose_word(SealType type);

/**
 * purpose_verdict:
 * Does a line inside the ring (财务专用章, 合同专用章, 发票专用章) belong on a seal of the ordered type?
 * @line     laid straight; @reading what hanzi_read says of it
 * Returns: VERDICT_CONFIRMED, VERDICT_DENIED (another purpose stands there surely), VERDICT_NONE: it names no purpose.
 */
Verdict purpose_verdict(const Hanzi *hanzi, const HanziLine *line, const HanziReading *reading, SealType type);

/**
 * code_verdict:
 * Is a line inside the ring the company's credit code? An invoice seal has one.
 * @read  (out) (transfer full) what was read where it is another valid code, else NULL
 * Returns: VERDICT_CONFIRMED, VERDICT_DENIED (another valid code), VERDICT_UNDECIDED (it looks like a code),
 *          VERDICT_NONE: no code.
 */
Verdict code_verdict(const Hanzi *hanzi, const HanziLine *line, const HanziReading *reading, const char *credit_code,
                     char **read);

G_END_DECLS

#endif
