/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_view.h: a page at layout scale for looking around, and the same page in full detail for the few
 * lines that are read. Coordinates are always pixels of the layout picture.
 */
#ifndef SB_OCR_CARD_VIEW_H
#define SB_OCR_CARD_VIEW_H

#include "core/page.h"

G_BEGIN_DECLS

typedef struct CardView CardView;

/* @file may be NULL: then there is no more detail. Both stay the caller's and must outlive the view. */
CardView *card_view_new(PageFile *file, const Page *page);
void card_view_free(CardView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CardView, card_view_free)

const Page *card_view_page(const CardView *view);

/* A strip of the page along a text line. */
typedef struct {
    Point left, right;     /* ends of the text at mid height, in reading direction */
    double height;         /* of the text across the line, layout px */
    double before, after;  /* margins along the line, in heights */
    double above, below;   /* margins across, in heights */
} Strip;

/**
 * card_view_strip: the strip, upright, with the text @text_px high; colour where the page has it.
 * Full detail is decoded once, at the first strip that needs it.
 * @to_layout  (out) (nullable) strip pixel -> layout pixel
 * Returns: (transfer full), or NULL for a strip without size.
 */
Image *card_view_strip(CardView *view, const Strip *strip, double text_px, Homography *to_layout);

/* The plane of the whole picture @to_layout describes, e.g. a flattened card. */
Image *card_view_warp(CardView *view, const Homography *to_layout, guint width, guint height);

/* Layout pixels of one layout quad -> stored pixels. */
Quad card_view_stored(const CardView *view, const Quad *layout);

G_END_DECLS

#endif
