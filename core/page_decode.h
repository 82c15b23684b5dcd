/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_decode.h: what page.c and its three decoders share. Not for other folders.
 */
#ifndef SB_CORE_PAGE_DECODE_H
#define SB_CORE_PAGE_DECODE_H

#include "core/page.h"

G_BEGIN_DECLS

/*
 * One decoded picture as it lies in the file: @image is the stored picture shrunk by @reduction, not
 * yet turned. @orientation says how a viewer turns it (EXIF 1..8).
 */
typedef struct {
    Image *image;
    guint width, height; /* of the stored picture at full size */
    guint reduction;
    guint orientation;
    double dpi_x, dpi_y;                  /* along the stored axes, or 0 */
    double page_width_mm, page_height_mm; /* as shown, or 0 */
    gboolean embedded, truncated;
} Decoded;

/* Refuses a picture whose header is over the limits, before a pixel is decoded. */
gboolean page_check_size(const PageLimits *limits, guint64 width, guint64 height, GError **error);

gboolean jpeg_decode(GBytes *bytes, const PageLimits *limits, guint reduction, Decoded *out, GError **error);
/* From the header alone. */
gboolean jpeg_size(GBytes *bytes, guint *width, guint *height, GError **error);
gboolean png_decode(GBytes *bytes, const PageLimits *limits, Decoded *out, GError **error);

typedef struct PdfFile PdfFile;
PdfFile *pdf_open(GBytes *bytes, const PageLimits *limits, GError **error);
void pdf_free(PdfFile *pdf);
guint pdf_pages(const PdfFile *pdf);
gboolean pdf_decode(PdfFile *pdf, guint index, const PageLimits *limits, Decoded *out, GError **error);

G_END_DECLS

#endif
