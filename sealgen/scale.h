/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scale.h: the millimetres of a page, and what proves them.
 *
 * Order of trust: four edges of an A4 sheet; the picture as a whole being A4, or what a known glass
 * shows, at a density scanners know; two edges, or an edge from corner to corner; nothing. Declared seal
 * sizes and printed boxes play no part: boxes shrink with the print.
 */
#ifndef SB_SEALGEN_SCALE_H
#define SB_SEALGEN_SCALE_H

#include "core/page.h"
#include "core/paper.h"
#include "sealgen/cut_paper.h"
#include "sealgen/sheet.h"

G_BEGIN_DECLS

typedef struct {
    Homography mm_to_px;        /* page millimetres to pixels of the page's picture as decoded (reduction 1) */
    double width_mm, height_mm; /* the frame that is looked at: the paper, or the whole picture */
    double px_per_mm;           /* at the middle */
    ScaleSource source;
    gboolean photo; /* perspective: from paper edges, not from a density */
    double sigma;   /* of lengths, relative, one sigma: what the ruler leaves open; 1 where nothing is proven */
    double bend;    /* the same for what is not round: width against height as round seals have it, paper bends */
    Paper paper;
    gboolean partial; /* the sheet does not lie whole in the picture: circles can make the map better */
    CutPaper cut;     /* then: what is known of it */
} SheetScale;

/* Where nothing is proven, source is SCALE_UNPROVEN and the frame is the best guess. */
void sheet_scale_find(const Page *page, SheetScale *scale);

/* Better where the map was partial, with circles and printed lines of the picture. Returns: FALSE where nothing
 * changed. */
gboolean sheet_scale_refine(SheetScale *scale, const PoseEvidence *evidence);

/*
 * The sheet between four edges was taken for A4. @stretch: mean log of width over height of the round
 * seals on it, 0 where they are round. US Letter is told by it and taken instead; where the stretch
 * fits neither, the size becomes less sure. Returns: whether the map has changed.
 */
gboolean sheet_scale_proportions(SheetScale *scale, double stretch);

G_END_DECLS

#endif
