/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cut_paper.h: a sheet that does not lie whole in its photo: two or three edges, a corner here and
 * there, and what millimetres they prove.
 */
#ifndef SB_SEALGEN_CUT_PAPER_H
#define SB_SEALGEN_CUT_PAPER_H

#include "core/paper.h"
#include "sealgen/pose.h"

G_BEGIN_DECLS

#define CUT_FIXES_MOST 16

typedef struct {
    double width_mm, height_mm; /* of the paper as it lies in the picture */
    PoseFix fixes[CUT_FIXES_MOST];
    guint n_fixes;
    gboolean ruler; /* both ends of a side were seen: its length is a ruler */
    Pose pose;
    double reach_px;
} CutPaper;

/**
 * cut_paper_find: from what paper_find saw; for A4.
 * Returns: FALSE where no edge is seen or they do not fit a sheet of A4. Where both ways of laying
 * the sheet fit, or no side has two ends, ruler is FALSE and the scale a guess.
 */
gboolean cut_paper_find(const Image *image, const Paper *paper, CutPaper *cut);

/* No edge at all: the picture is taken for about one sheet, as it is. */
void cut_paper_guess(const Image *image, CutPaper *cut);

/*
 * Solve again with the circles and printed lines of @more; its fixes are not looked at. Lines that do
 * not lie as the others do are left out. Returns: FALSE (and leaves @cut alone) where it fits badly.
 */
gboolean cut_paper_refine(CutPaper *cut, const PoseEvidence *more);

G_END_DECLS

#endif
