/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paper.h: where the sheet of paper lies in a photographed or scanned page.
 *
 * Both stages need it: reading to flatten the page, seals to know its millimetres.
 */
#ifndef SB_CORE_PAPER_H
#define SB_CORE_PAPER_H

#include "core/image.h"

G_BEGIN_DECLS

/* Sides of the quad: top is p[0]-p[1], right p[1]-p[2], bottom p[2]-p[3], left p[3]-p[0]. */
typedef enum { PAPER_TOP = 1 << 0, PAPER_RIGHT = 1 << 1, PAPER_BOTTOM = 1 << 2, PAPER_LEFT = 1 << 3 } PaperSides;
#define PAPER_ALL_SIDES (PAPER_TOP | PAPER_RIGHT | PAPER_BOTTOM | PAPER_LEFT)

typedef struct {
    Quad quad; /* corners of the paper in pixels of the picture, starting at the one nearest the picture's top left */
    PaperSides seen;    /* which sides are real edges; the others are the picture's frame, where the paper is cut */
    gboolean found;     /* four edges were seen; otherwise quad is the picture's own frame */
    gboolean fills;     /* the paper fills the picture (a flatbed scan): no edge is inside */
    double confidence;  /* 0..1: the weakest edge's share of supporting pixels */
    double edge_rms_px; /* how straight the edges are: residual of the line fits */
} Paper;

/**
 * paper_find: the brightest large convex quadrilateral of paper, its four edges fitted to
 * sub-pixel accuracy by robust lines. @image grey or colour, any size (a reduced page is enough for
 * reading; seals use the full one).
 */
void paper_find(const Image *image, Paper *paper);

G_END_DECLS

#endif
