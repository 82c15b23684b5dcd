/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_picture.h: is the picture inside a seal sound, and does it fit its millimetres.
 *
 * PNG is decoded, in memory and with limits; the pixels go nowhere. GIF, BMP, JPG and SVG of other
 * makers are named by their first bytes and measured by their headers, never decoded.
 */
#ifndef SB_SEALGEN_SES_PICTURE_H
#define SB_SEALGEN_SES_PICTURE_H

#include <glib.h>

G_BEGIN_DECLS

#define SES_PICTURE_MAX_SIDE_PX 10000
#define SES_PICTURE_MAX_PIXELS (40u << 20)

typedef struct {
    const char *format;              /* "PNG", "GIF", "BMP", "JPG", "SVG", by its first bytes; NULL: unknown */
    guint width_px, height_px;       /* 0 where the header does not tell (SVG) */
    double px_per_mm_x, px_per_mm_y; /* by the PNG's pHYs; 0 where it has none */
    gboolean decoded;                /* every pixel was read (PNG) */
} SesPictureInfo;

/**
 * ses_picture_probe:
 * Look at a picture's bytes.
 *
 * Returns: FALSE with
 *   SB_ERROR_IMAGE  a PNG that does not decode to its last row, or has bytes behind its end
 *   SB_ERROR_LIMIT  larger than the limits above, said by its header
 * TRUE with info->format NULL for bytes of no known format.
 */
gboolean ses_picture_probe(GBytes *picture, SesPictureInfo *info, GError **error);

/**
 * ses_picture_density:
 * Judge pixels against whole millimetres (which may be off by half of one, rounded).
 *
 * @text  (out) (transfer full): one line, also where all is well
 *
 * Returns: 0 fits; 1 worth a note (coarse, very fine, or pHYs says otherwise); 2 wrong: no sensible
 * density, or not the same across and down. Width and height given in pixels is 1 px/mm: wrong.
 */
int ses_picture_density(const SesPictureInfo *info, guint width_mm, guint height_mm, char **text);

G_END_DECLS

#endif
