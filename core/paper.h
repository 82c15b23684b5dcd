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

typedef struct {
    Quad quad; /* corners of the paper in pixels of the picture, starting at the one nearest the picture's top left */
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
