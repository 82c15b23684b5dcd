/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crop.h: an impression cut from the full page: its ink alone, and its outline measured.
 */
#ifndef SB_SEALGEN_CROP_H
#define SB_SEALGEN_CROP_H

#include "sealgen/find.h"

G_BEGIN_DECLS

/**
 * crop_impression: fill the crop of @impression (alpha, foreign, outline, ink).
 * @page    the full picture, @scale its millimetres, @light its bare paper, @traits what is printed on it
 * @all     (element-type Impression) every impression of the page: what belongs to others is left out
 * Returns: FALSE where there is no ink to speak of after all.
 */
gboolean crop_impression(const Image *page, const SheetScale *scale, const PaperLight *light, const PageTraits *traits,
                         const GPtrArray *all, Impression *impression);

G_END_DECLS

#endif
