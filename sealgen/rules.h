/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules.h: lines that are printed in colour: tables, boxes and letterheads are no part of a seal.
 */
#ifndef SB_SEALGEN_RULES_H
#define SB_SEALGEN_RULES_H

#include "core/geometry.h"

G_BEGIN_DECLS

/**
 * rules_erase: take long thin straight lines, nearly along x or y, out of @mask.
 *
 * A seal's own frame is thicker than a printed line or shorter than 30 mm, and where a stamp lies over
 * a line the stamp stays.
 * @taken  (nullable): width * height, set to 1 where a pixel was taken out
 * Returns: how many pixels were taken out.
 */
guint rules_erase(guint8 *mask, guint width, guint height, double ppm, guint8 *taken);

typedef struct {
    Point a, b;    /* millimetres: from left to right, or from top to bottom */
    gboolean down; /* it runs along y */
} RuleLine;

/**
 * rules_find: the same lines of @mask, each once, fitted through its ink. The longest first, 40 at most.
 * Returns: (transfer full) (element-type RuleLine)
 */
GArray *rules_find(const guint8 *mask, guint width, guint height, double ppm);

G_END_DECLS

#endif
