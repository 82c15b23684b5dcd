/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.h: what a page is by its title, where nothing else tells.
 */
#ifndef SB_OCR_SEEN_H
#define SB_OCR_SEEN_H

#include "ocr/document.h"
#include "ocr/flat.h"
#include "ocr/hanzi/hanzi.h"

G_BEGIN_DECLS

/* Does a title name a licence (营业执照, 事业单位法人证书 ...)? As the page lies; upside down there is none. */
gboolean seen_licence_title(Flat *flat, const Hanzi *hanzi);

/* SEEN_BLANK, SEEN_SEAL_SHEET (印模采集表 and the like) or SEEN_UNKNOWN. The page's text must be level. */
SeenAs seen_by_title(Flat *flat, const Hanzi *hanzi);

G_END_DECLS

#endif
