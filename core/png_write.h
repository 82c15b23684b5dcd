/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * png_write.h: PNG files into memory (libpng), with exact pHYs where a density is known.
 */
#ifndef SB_CORE_PNG_WRITE_H
#define SB_CORE_PNG_WRITE_H

#include "core/error.h"
#include "core/image.h"

G_BEGIN_DECLS

/* @image grey or RGB. @px_per_m 0 leaves pHYs out. Returns: (transfer full), never NULL. */
GBytes *image_to_png(const Image *image, guint px_per_m);

/**
 * ink_to_png: one ink on transparent paper, as a palette PNG.
 * @alpha   width * height bytes, 0 = paper, 255 = full ink
 * @levels  2..256 alpha levels (16: 4 bits a pixel)
 * Palette entry i has the ink's colour and alpha i * 255 / (levels - 1) in tRNS.
 * Returns: (transfer full), never NULL.
 */
GBytes *ink_to_png(const guint8 *alpha, guint width, guint height, const guint8 ink_rgb[3], guint levels,
                   guint px_per_m);

G_END_DECLS

#endif
