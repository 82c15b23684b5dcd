/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page.h: one upload (JPEG, PNG, PDF) opened as pages of pixels.
 *
 * Every limit is named and on by default. The upload is hostile: callers open it in a child process.
 * A JPEG can be decoded at 1/2, 1/4 or 1/8 for layout (libjpeg-turbo, nearly free) and again at full
 * scale for what is read. EXIF turns are *applied*: pixels come as a viewer would show them, and
 * `to_stored` leads back to the pixels as they lie in the file.
 */
#ifndef SB_CORE_PAGE_H
#define SB_CORE_PAGE_H

#include "core/error.h"
#include "core/image.h"

G_BEGIN_DECLS

typedef struct {
    gsize max_bytes;       /* of the file: 64 MiB */
    guint max_pages;       /* 20 */
    double max_megapixels; /* of one page as decoded: 120 */
    guint max_side_px;     /* 20000 */
} PageLimits;

extern const PageLimits PAGE_LIMITS;

typedef enum { PAGE_JPEG, PAGE_PNG, PAGE_PDF } PageFormat;

typedef struct PageFile PageFile;

/**
 * page_file_open: look at the bytes (never at the file's name) and prepare to decode.
 *
 * @bytes   kept referenced
 * @limits  NULL for PAGE_LIMITS
 *
 * Returns: (transfer full) or NULL with SB_ERROR_IMAGE (not JPEG, PNG or PDF; empty; broken;
 * encrypted PDF) or SB_ERROR_LIMIT (too many bytes, pages, pixels). The message names no file.
 */
PageFile *page_file_open(GBytes *bytes, const PageLimits *limits, GError **error);
void page_file_free(PageFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageFile, page_file_free)

PageFormat page_file_format(const PageFile *file);
guint page_file_pages(const PageFile *file);

typedef struct {
    guint index;                          /* 0.. */
    Image *image;                         /* owned; grey files give 1 channel, everything else 3 */
    guint reduction;                      /* 1, 2, 4 or 8: image is this much smaller than the full picture */
    guint stored_width, stored_height;    /* pixels in the file (PDF: of the embedded image, or as rendered) */
    Homography to_stored;                 /* image pixel -> stored pixel, before EXIF or any turning */
    guint exif_orientation;               /* 1..8; 1 when there is none */
    double dpi_x, dpi_y;                  /* what the file claims for the full picture as shown, or 0 */
    double page_width_mm, page_height_mm; /* PDF page box as shown, or 0 */
    gboolean embedded;                    /* PDF: one picture covers the page and was taken out whole */
    gboolean truncated;                   /* the decoder ran out of data; the rest is grey or white */
} Page;

/**
 * page_file_size: pixels of page @index as it is stored, to choose a reduction by.
 * A JPEG's header is read; PNG and PDF pages are decoded, and kept for page_file_load.
 * Returns: FALSE with SB_ERROR_IMAGE or SB_ERROR_LIMIT.
 */
gboolean page_file_size(PageFile *file, guint index, guint *width, guint *height, GError **error);

/**
 * page_file_load: decode page @index with at most 1/@reduction of the detail.
 *
 * @reduction  1, 2, 4 or 8. JPEG: the decoder's own scaling; PNG and PDF: shrunk after decoding.
 *
 * CMYK and YCCK become RGB; 16-bit becomes 8; palettes are expanded; alpha is laid on white.
 * PDF pages that hold exactly one picture over the whole page give that picture at its own
 * resolution; others are rendered at 300 dpi.
 *
 * Returns: (transfer full) or NULL with SB_ERROR_IMAGE or SB_ERROR_LIMIT.
 */
Page *page_file_load(PageFile *file, guint index, guint reduction, GError **error);

/* The same, for whoever cuts pieces out by to_stored: the picture lies as it is stored, which saves a turned copy. */
Page *page_file_load_as_stored(PageFile *file, guint index, guint reduction, GError **error);
void page_free(Page *page);

/* Did a page that was loaded so far run out of data? */
gboolean page_file_truncated(const PageFile *file);
/* What decoding has cost so far, CPU ms of the thread that did it. A measure for reports; decides nothing. */
double page_file_decode_ms(const PageFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

G_END_DECLS

#endif
