/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compose.h: from the impressions of one ordered seal to its picture.
 */
#ifndef SB_SEALGEN_COMPOSE_H
#define SB_SEALGEN_COMPOSE_H

#include "sealgen/assign.h"
#include "sealgen/view.h"

G_BEGIN_DECLS

/**
 * compose_seal: judge, align, fuse, measure and draw; @seal gets its picture and samples.
 * @views     (array of PageView*) by page number
 * @ordered   the order's seal: which canvas is meant once the size is measured
 * @findings  (element-type Finding) what a person should know is added
 */
void compose_seal(const SealGroup *group, PageView *const *views, const OrderSeal *ordered, const SheetOptions *options,
                  SheetSeal *seal, GPtrArray *findings, SheetTimes *times);

/* Canvas for a measured size: declared where it is near, else the nearest usual size of the type, else
 * as measured to 0.1 mm. Returns: by how many mm the measured size misses the declared one, 0 without one. */
double compose_canvas(const OrderSeal *ordered, SealShape shape, double measured_w, double measured_h, double *width_mm,
                      double *height_mm);

/* Is the measured size one that seals of the type have, within a millimetre? TRUE where the type has no usual size. */
gboolean compose_size_usual(SealType type, SealShape shape, const double measured_mm[2]);

G_END_DECLS

#endif
