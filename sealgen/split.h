/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split.h: impressions that touch or lie over each other, told apart.
 */
#ifndef SB_SEALGEN_SPLIT_H
#define SB_SEALGEN_SPLIT_H

#include "sealgen/outline.h"

G_BEGIN_DECLS

/**
 * split_touching: how a patch of ink is made of several impressions.
 *
 * @patch     alpha of the patch
 * @models    single impressions of the same page (same px/mm) and their outlines: copies of them are
 *            looked for first, then rings of any size
 * Returns: (transfer full) (element-type Outline) in pixels of @patch; empty where nothing was found.
 */
GArray *split_touching(const Plane *patch, const Plane *const *models, const Outline *outlines, guint n_models);

G_END_DECLS

#endif
