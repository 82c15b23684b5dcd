/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dark.h: impressions in black ink, or of any ink on a grey scan, where no colour gives them away.
 */
#ifndef SB_SEALGEN_DARK_H
#define SB_SEALGEN_DARK_H

#include "sealgen/impression.h"
#include "sealgen/places.h"

G_BEGIN_DECLS

/**
 * dark_find: what fills a place like a seal; without places, dark rings and squares anywhere.
 * @out  (element-type Impression) they are added here, without crops
 */
void dark_find(const Density *density, guint width, guint height, double ppm, const GArray *places, guint page,
               GPtrArray *out);

G_END_DECLS

#endif
