/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upright.h: which way is up in an impression: its star, the gap in its ring text, its sides.
 */
#ifndef SB_SEALGEN_UPRIGHT_H
#define SB_SEALGEN_UPRIGHT_H

#include "sealgen/outline.h"

G_BEGIN_DECLS

/**
 * upright_find: the clockwise turn of the impression against upright.
 * @hint_deg  the turn of an upright impression on this page (0 where the page is upright); sides and
 *            axes alone cannot tell top from bottom
 * @confidence (out): 0..1; above 0.5 it came from the impression itself, not from the hint
 */
double upright_find(const Plane *ink, const Outline *outline, double hint_deg, double *confidence);

G_END_DECLS

#endif
