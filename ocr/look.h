/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look.h: what a document looks like besides its text: original or grey copy, the company's seal on it, glare.
 */
#ifndef SB_OCR_LOOK_H
#define SB_OCR_LOOK_H

#include "core/image.h"
#include "ocr/document.h"

G_BEGIN_DECLS

/* The document as it lies in a picture. */
typedef struct {
    Quad quad;        /* its corners, px of the picture; may reach beyond it */
    double px_per_mm; /* of the picture, at the document */
} LookPlace;

/**
 * look_at_document: fill capture, quality (added to what is there) and stamp_present of @document.
 *
 * @page   the layout picture with the document in it
 *
 * capture: GREY_COPY where nothing in the document is coloured, PHOTO where the light is uneven, else SCAN.
 * stamp_present: coloured ink in the shape of a seal, 26..62 mm large, anywhere on the page: on a copy of a card
 * it may lie beside the card. A national emblem (14 mm) and coloured clothes are none. A seal that was itself
 * copied in grey is not seen.
 * quality: GLARE (a burnt-out spot in the document), CUT_BORDER (it reaches beyond the picture), DARK.
 */
void look_at_document(const Image *page, const LookPlace *place, Document *document);

G_END_DECLS

#endif
