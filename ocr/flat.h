/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flat.h: an upload's page as an upright, flat page: where everything lies, and cuts of it in detail.
 *
 * The page is looked at once at a reduced scale: paper, direction of the text, perspective, lines of
 * text. Nothing is warped but that small picture; what is read is cut out of the full detail by one
 * homography, flat px -> stored px.
 */
#ifndef SB_OCR_FLAT_H
#define SB_OCR_FLAT_H

#include "core/page.h"
#include "ocr/ink.h"
#include "ocr/lines.h"
#include "ocr/parts.h"

G_BEGIN_DECLS

enum { FLAT_SIDE = 1600 }; /* px: longer side of the flat page */

typedef struct FlatDetail FlatDetail;

typedef struct {
    guint page;          /* 0.. in its file */
    guint width, height; /* flat px */
    Image *ink;          /* 1 channel, flat, upright: 255 paper, 0 print (ink.h) */
    GArray *parts;       /* (element-type InkPart) of ink */
    GPtrArray *lines;    /* (element-type TextLine) in flat px, top to bottom */
    Homography to_stored; /* flat px -> stored px of the file */
    Homography to_layout; /* flat px -> px of the layout page */
    guint turned_deg;     /* 0 90 180 270: clockwise turn that makes the stored picture upright */
    gboolean paper_found; /* four edges of a sheet were seen inside the picture */
    gboolean paper_cut;   /* some of its edges were seen, others lie outside the picture */
    gboolean blank;       /* no print on it */
    InkColours colours;   /* of the layout picture */
    FlatDetail *detail;   /* where cuts come from */
} Flat;

/**
 * flat_open: lay the page flat, its text horizontal.
 *
 * Whether the text stands on its head is only guessed (large print is near the top): readers that cannot
 * read it call flat_turn_over and try again.
 *
 * @file    for detail; must outlive the Flat
 * @layout  the page at a reduced scale, longer side 1000..2600 px where the file has as many; must outlive the Flat
 * Returns: (transfer full), never NULL.
 */
Flat *flat_open(PageFile *file, const Page *layout);
void flat_free(Flat *flat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flat, flat_free)

/* Turn by 180 degrees: ink, lines and homographies. */
void flat_turn_over(Flat *flat);

/**
 * flat_cut: the picture of @quad (flat px) at @width x @height px, out of as much detail as the file has for it.
 * Returns: (transfer full) 3 channels, or 1 where the file is grey; white outside the page.
 */
Image *flat_cut(Flat *flat, const Quad *quad, guint width, guint height);

/* Stored pixels for one flat pixel at @at: how much detail there is. */
double flat_stored_scale(const Flat *flat, Point at);

/* Let go of the full detail (36 MB for 12 megapixels); a later cut decodes it again. */
void flat_drop_detail(Flat *flat);

/* The layout page that was given. */
const Page *flat_layout(const Flat *flat);

/* A quad in flat px as a box in stored px. */
Quad flat_quad_to_stored(const Flat *flat, const Quad *quad);

G_END_DECLS

#endif
