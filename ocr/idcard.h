/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idcard.h: second generation resident ID cards (居民身份证) on a page: found anywhere, read, boxed.
 *
 * A page may hold one side, both sides (beside or under each other, turned differently) or several
 * cards, as an original, a photograph or a copy on A4. One Document comes out for each side seen:
 *   SEEN_ID_FRONT  name sex nation birth address id_number   (portrait side)
 *   SEEN_ID_BACK   authority valid_from valid_until          (emblem side)
 * Dates are "YYYY-MM-DD" or "长期". The form's values are used for hanzi_verify's verdict and nowhere else.
 */
#ifndef SB_OCR_IDCARD_H
#define SB_OCR_IDCARD_H

#include "core/page.h"
#include "ocr/document.h"
#include "ocr/hanzi/hanzi.h"
#include "ocr/reader.h"

G_BEGIN_DECLS

typedef struct Tess Tess;
typedef struct Codeline Codeline;

/* The letters that the eng model of IdcardTools is opened with. */
#define IDCARD_FIGURES "0123456789X.-"

/* The models, loaded once by the reader and lent. */
typedef struct {
    Tess *figures;      /* eng, letters IDCARD_FIGURES: numbers and dates */
    Tess *number;       /* sbid: 0-9 and X, for a second glance; NULL where that model is missing */
    const Hanzi *hanzi; /* NULL: no names, sex, nation, address, authority, and no 长期 */
    Codeline *codeline; /* reads the number, with figures as its witness; NULL: figures alone, in several passes */
} IdcardTools;

/**
 * idcard_find_and_read: append a Document for every side of an ID card on the page.
 *
 * @file    where @page comes from: full detail is decoded again only where @page is too coarse
 * @page    the page at a layout scale: longer side 700..2600 px (or the whole picture where it is smaller)
 * @expect  person_name is verified on the name line; NULL fields are allowed
 * @documents (element-type Document) appended to, front before back, top to bottom
 *
 * "No card here" costs a few milliseconds on a blank page, some tens on a page full of text.
 *
 * Returns: TRUE where at least one side was found and appended. A page that cannot be decoded again is
 * read as it is. Deterministic; no files, no clock.
 */
gboolean idcard_find_and_read(const IdcardTools *tools, PageFile *file, const Page *page, const ReaderExpect *expect,
                              GPtrArray *documents);

G_END_DECLS

#endif
