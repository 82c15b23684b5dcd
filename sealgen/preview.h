/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preview.h: one picture for a person: the samples used, the fused picture, and where they disagree.
 */
#ifndef SB_SEALGEN_PREVIEW_H
#define SB_SEALGEN_PREVIEW_H

#include "sealgen/sheet.h"

G_BEGIN_DECLS

/**
 * preview_draw: tiles from left to right: a tile for each sample that was used, the picture, and a map:
 * light grey where every sample shows the ink, orange where only one does, blue where ink of a sample was
 * left out of the picture.
 * @tile_px  side of a tile, 64..1024
 * Returns: (transfer full) RGB, or NULL where the seal was not found.
 */
Image *preview_draw(const SheetSeal *seal, guint tile_px);

G_END_DECLS

#endif
