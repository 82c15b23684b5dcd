/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_canvas.h: a seal's picture laid in the middle of a larger canvas, for platforms whose seals all have one size
 * of picture. The seal itself keeps its size to the pixel.
 */
#ifndef SB_SEALGEN_SEAL_CANVAS_H
#define SB_SEALGEN_SEAL_CANVAS_H

#include "core/error.h"

G_BEGIN_DECLS

/**
 * seal_canvas_fit:
 * @png        one ink on transparent paper, as sealgen draws it
 * @px_per_mm  of it
 * @side_mm    of the square canvas; the picture must not be larger
 * Returns: (transfer full) a palette PNG of side_mm * px_per_mm pixels a side with the same ink, alpha levels and
 *   density, or NULL with
 *   SB_ERROR_SEAL   the picture is larger than the canvas
 *   SB_ERROR_IMAGE  not a PNG that can be decoded
 */
GBytes *seal_canvas_fit(GBytes *png, guint px_per_mm, guint side_mm, GError **error);

G_END_DECLS

#endif
