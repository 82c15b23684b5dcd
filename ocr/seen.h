/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.h: what a page is that is neither a licence nor an ID card, by its title.
 */
#ifndef SB_OCR_SEEN_H
#define SB_OCR_SEEN_H

#include "ocr/document.h"
#include "ocr/flat.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/* SEEN_BLANK, SEEN_SEAL_SHEET (印模采集表 and the like) or SEEN_UNKNOWN. The page's text must be level. */
SeenAs seen_by_title(Flat *flat, const Hanzi *hanzi);

G_END_DECLS

#endif
