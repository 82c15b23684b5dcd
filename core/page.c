/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.c: which decoder, limits, and the turn from the stored picture to the one a viewer shows. */
#include "core/page.h"

#include "core/page_decode.h"

#include <string.h>
#include <time.h>

const PageLimits PAGE_LIMITS = {
    .max_bytes = 64u << 20,
    .max_pages = 20,
    .max_megapixels = 120,
    .max_side_px = 20000,
};

struct PageFile {
    GBytes *bytes;
    PageLimits limits;
    PageFormat format;
    PdfFile *pdf;
    /* PNG and PDF have no cheap small picture: the last one is kept at full size. */
    gboolean has_full;
    guint full_index;
    Decoded full;
    /* What has been decoded so far. */
    double decode_ms;
    gboolean truncated;
};

gboolean
page_check_size(const PageLimits *limits, guint64 width, guint64 height, GError **error)
{
    if (width == 0 || height == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the picture has no pixels");
        return FALSE;
    }
    if (width > limits->max_side_px || height > limits->max_side_px) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT,
                    "the picture is %" G_GUINT64_FORMAT "x%" G_GUINT64_FORMAT " px; a side may have %u at the most",
                    width, height, limits->max_side_px);
        return FALSE;
    }
    if ((double)width * (double)height > limits->max_megapixels * 1e6) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "the picture has %.0f megapixels; the limit is %.0f",
                    (double)width * (double)height / 1e6, limits->max_megapixels);
        return FALSE;
    }
    return TRUE;
}

static gboolean
sniff(GBytes *bytes, PageFormat *format, GError **error)
{
    gsize n;
    const guint8 *p = g_bytes_get_data(bytes, &n);
    if (n == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the file is empty: ask for the upload again");
        return FALSE;
    }
    if (n >= 3 && memcmp(p, "\xFF\xD8\xFF", 3) == 0) {
        *format = PAGE_JPEG;
        return TRUE;
    }
    if (n >= 8 && memcmp(p, "\x89PNG\r\n\x1A\n", 8) == 0) {
        *format = PAGE_PNG;
        return TRUE;
    }
    if (memmem(p, MIN(n, 1024), "%PDF-", 5)) { /* ISO 32000-1, annex H: anywhere in the first 1024 bytes */
        *format = PAGE_PDF;
        return TRUE;
    }
    g_set_error(error, SB_ERROR, SB_ERROR_IMAGE,
                "the content is not JPEG, PNG or PDF, whatever the name says: ask for the upload again");
    return FALSE;
}

PageFile *
page_file_open(GBytes *bytes, const PageLimits *limits, GError **error)
{
    PageFormat format;
    if (!limits)
        limits = &PAGE_LIMITS;
    if (g_bytes_get_size(bytes) > limits->max_bytes) {
        g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "the file has %.1f MiB; the limit is %.1f",
                    (double)g_bytes_get_size(bytes) / (1 << 20), (double)limits->max_bytes / (1 << 20));
        return NULL;
    }
    if (!sniff(bytes, &format, error))
        return NULL;
    g_autoptr(PageFile) file = g_new0(PageFile, 1);
    file->bytes = g_bytes_ref(bytes);
    file->limits = *limits;
    file->format = format;
    if (format == PAGE_PDF) {
        file->pdf = pdf_open(bytes, limits, error);
        if (!file->pdf)
            return NULL;
    }
    return g_steal_pointer(&file);
}

void
page_file_free(PageFile *file)
{
    if (!file)
        return;
    if (file->has_full)
        image_free(file->full.image);
    g_clear_pointer(&file->pdf, pdf_free);
    g_bytes_unref(file->bytes);
    g_free(file);
}

PageFormat
page_file_format(const PageFile *file)
{
    return file->format;
}

guint
page_file_pages(const PageFile *file)
{
    return file->pdf ? pdf_pages(file->pdf) : 1;
}

double
page_file_decode_ms(const PageFile *file)
{
    return file->decode_ms;
}

gboolean
page_file_truncated(const PageFile *file)
{
    return file->truncated;
}

static double
cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Takes @decoded's image. @turn: upright as its EXIF tag says. */
static Page *
page_from_decoded(Decoded *decoded, guint index, gboolean turn)
{
    Page *page = g_new0(Page, 1);
    guint w = decoded->image->width, h = decoded->image->height, r = decoded->reduction;
    page->index = index;
    page->reduction = r;
    page->exif_orientation = decoded->orientation;
    page->stored_width = decoded->width;
    page->stored_height = decoded->height;
    page->page_width_mm = decoded->page_width_mm;
    page->page_height_mm = decoded->page_height_mm;
    page->embedded = decoded->embedded;
    page->truncated = decoded->truncated;
    gboolean swap = decoded->orientation >= 5;
    page->dpi_x = swap ? decoded->dpi_y : decoded->dpi_x;
    page->dpi_y = swap ? decoded->dpi_x : decoded->dpi_y;

    Homography unturn = turn ? image_orientation_to_stored(decoded->orientation, w, h) : homography_identity();
    double half = (r - 1) / 2.0; /* centre of a reduced pixel in full pixels: r x + (r - 1) / 2 */
    Homography grow = (Homography){ { r, 0, half, 0, r, half, 0, 0, 1 } };
    page->to_stored = homography_then(&unturn, &grow);

    if (turn && decoded->orientation > 1) {
        page->image = image_orient(decoded->image, decoded->orientation);
        image_free(decoded->image);
    } else {
        page->image = decoded->image;
    }
    decoded->image = NULL;
    return page;
}

static gboolean
decode_full(PageFile *file, guint index, GError **error)
{
    if (file->has_full && file->full_index == index)
        return TRUE;
    if (file->has_full)
        image_free(file->full.image);
    file->has_full = FALSE;
    file->full = (Decoded){ .reduction = 1, .orientation = 1 };
    gboolean ok = file->pdf ? pdf_decode(file->pdf, index, &file->limits, &file->full, error)
                            : png_decode(file->bytes, &file->limits, &file->full, error);
    file->has_full = ok;
    file->full_index = index;
    return ok;
}

gboolean
page_file_size(PageFile *file, guint index, guint *width, guint *height, GError **error)
{
    g_assert(index < page_file_pages(file));
    if (file->format == PAGE_JPEG)
        return jpeg_size(file->bytes, width, height, error) && page_check_size(&file->limits, *width, *height, error);
    double start = cpu_ms();
    gboolean decoded = decode_full(file, index, error);
    file->decode_ms += cpu_ms() - start;
    if (!decoded)
        return FALSE;
    *width = file->full.width;
    *height = file->full.height;
    return TRUE;
}

static Page *
load(PageFile *file, guint index, guint reduction, gboolean turn, GError **error)
{
    Decoded decoded = { .reduction = 1, .orientation = 1 };
    if (file->format == PAGE_JPEG) {
        if (!jpeg_decode(file->bytes, &file->limits, reduction, &decoded, error))
            return NULL;
    } else {
        if (!decode_full(file, index, error))
            return NULL;
        decoded = file->full;
        decoded.reduction = reduction;
        if (reduction == 1) /* handed on, not copied: whoever wants it once more decodes once more */
            file->has_full = FALSE;
        else
            decoded.image = image_shrink(file->full.image, reduction);
    }
    return page_from_decoded(&decoded, index, turn);
}

static Page *
load_in_time(PageFile *file, guint index, guint reduction, gboolean turn, GError **error)
{
    g_assert(reduction == 1 || reduction == 2 || reduction == 4 || reduction == 8);
    g_assert(index < page_file_pages(file));
    double start = cpu_ms();
    Page *page = load(file, index, reduction, turn, error);
    file->decode_ms += cpu_ms() - start;
    file->truncated |= page && page->truncated;
    return page;
}

Page *
page_file_load(PageFile *file, guint index, guint reduction, GError **error)
{
    return load_in_time(file, index, reduction, TRUE, error);
}

Page *
page_file_load_as_stored(PageFile *file, guint index, guint reduction, GError **error)
{
    return load_in_time(file, index, reduction, FALSE, error);
}

void
page_free(Page *page)
{
    if (!page)
        return;
    image_free(page->image);
    g_free(page);
}
