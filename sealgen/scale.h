/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scale.h: the millimetres of a page, and what proves them.
 *
 * Order of trust: four edges of an A4 sheet; the picture as a whole being A4 at a density scanners
 * know; nothing. Declared seal sizes and printed boxes play no part: boxes shrink with the print.
 */
#ifndef SB_SEALGEN_SCALE_H
#define SB_SEALGEN_SCALE_H

#include "core/page.h"
#include "core/paper.h"
#include "sealgen/sheet.h"

G_BEGIN_DECLS

typedef struct {
    Homography mm_to_px;        /* page millimetres to pixels of the page's picture as decoded (reduction 1) */
    double width_mm, height_mm; /* the frame that is looked at: the paper, or the whole picture */
    double px_per_mm;           /* at the middle */
    ScaleSource source;
    gboolean photo; /* perspective: from paper edges, not from a density */
    Paper paper;
} SheetScale;

/* Where nothing is proven, source is SCALE_UNPROVEN and the frame is the best guess. */
void sheet_scale_find(const Page *page, SheetScale *scale);

G_END_DECLS

#endif
