/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cuts pieces. The answer is, for each spec in order, four bytes of length (native order) and a picture.
 */
#include "pipeline/crop.h"

#include <math.h>
#include <string.h>

#include "core/jpeg_write.h"
#include "core/page.h"
#include "core/png_write.h"
#include "pipeline/read_bytes.h"

enum { MIN_SIDE_PX = 8, JPEG_QUALITY = 85 };

/* ---- in the child --------------------------------------------------------------------------------- */

static GBytes *
encode(const Image *image, const CropSpec *spec)
{
    return spec->photo ? image_to_jpeg(image, JPEG_QUALITY) : image_to_png(image, 0);
}

static GBytes *
whole_page(const Page *page, const CropSpec *spec)
{
    guint longest = MAX(page->image->width, page->image->height);
    /* What EXIF says is applied already: the rest of the turn is left. */
    static const guint exif_deg[9] = { 0, 0, 0, 180, 180, 90, 90, 270, 270 };
    guint turned = (spec->turned_deg + 360 - exif_deg[MIN(page->exif_orientation, 8)]) % 360;
    double scale = MIN(1.0, (double)spec->max_px / longest);
    guint w = MAX(1, (guint)(page->image->width * scale)), h = MAX(1, (guint)(page->image->height * scale));
    Homography to_source = homography_scale((double)page->image->width / w, (double)page->image->height / h);
    g_autoptr(Image) small = image_warp(page->image, &to_source, w, h, 255);
    g_autoptr(Image) upright = image_turn(small, turned / 90);
    return encode(upright, spec);
}

static GBytes *
piece(const Page *page, const CropSpec *spec)
{
    double w = point_distance(spec->box.p[0], spec->box.p[1]), h = point_distance(spec->box.p[0], spec->box.p[3]);
    double margin = spec->margin * h, full_w = w + 2 * margin, full_h = h + 2 * margin;
    double scale = MIN(1.0, spec->max_px / MAX(full_w, full_h));
    Homography from_stored, to_stored, to_image;
    if (!(w >= MIN_SIDE_PX && h >= MIN_SIDE_PX) || !isfinite(full_w + full_h) || full_w > 1e5 || full_h > 1e5)
        return NULL;
    Quad target = quad_rect(margin * scale, margin * scale, w * scale, h * scale);
    if (!homography_from_quads(&target, &spec->box, &to_stored) || !homography_invert(&page->to_stored, &from_stored))
        return NULL;
    to_image = homography_then(&to_stored, &from_stored);
    g_autoptr(Image) cut = image_warp(page->image, &to_image, (guint)MAX(1, full_w * scale),
                                      (guint)MAX(1, full_h * scale), 255);
    return encode(cut, spec);
}

GBytes *
crop_work(const int *fds, guint n_fds, gpointer data, GError **error)
{
    const CropWork *work = data;
    g_autoptr(GBytes) bytes = read_bytes(fds[0], PAGE_LIMITS.max_bytes, error);
    g_autoptr(PageFile) file = bytes ? page_file_open(bytes, NULL, error) : NULL;
    if (!file)
        return NULL;
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(Page) page = NULL;
    for (guint i = 0; i < work->n; i++) {
        const CropSpec *spec = &work->specs[i];
        if (!page || page->index != spec->page) {
            g_clear_pointer(&page, page_free);
            page = spec->page < page_file_pages(file) ? page_file_load(file, spec->page, 1, NULL) : NULL;
        }
        g_autoptr(GBytes) picture = !page ? NULL : spec->whole ? whole_page(page, spec) : piece(page, spec);
        guint32 length = picture ? (guint32)g_bytes_get_size(picture) : 0;
        g_byte_array_append(answer, (const guint8 *)&length, sizeof length);
        if (picture)
            g_byte_array_append(answer, g_bytes_get_data(picture, NULL), length);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&answer));
}

/* ---- in the parent --------------------------------------------------------------------------------- */

gboolean
crop_is_jpeg(const guint8 *bytes, gsize length)
{
    static const guint8 head[3] = { 0xff, 0xd8, 0xff };
    return length > sizeof head && memcmp(bytes, head, sizeof head) == 0;
}

static gboolean
is_png(const guint8 *bytes, gsize length)
{
    static const guint8 head[8] = { 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a };
    return length > sizeof head && memcmp(bytes, head, sizeof head) == 0;
}

GPtrArray *
crop_answer_parse(GBytes *answer, guint n, GError **error)
{
    g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    gsize length, at = 0;
    const guint8 *bytes = g_bytes_get_data(answer, &length);
    for (guint i = 0; i < n; i++) {
        guint32 size = 0;
        gboolean fits = length - at >= sizeof size;
        if (fits) {
            memcpy(&size, bytes + at, sizeof size);
            at += sizeof size;
        }
        /* A browser decodes it, not we: only PNG and JPEG go into the page. */
        if (!fits || size > length - at || (size && !is_png(bytes + at, size) && !crop_is_jpeg(bytes + at, size))) {
            g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the cutting process gave an answer that cannot be used");
            return NULL;
        }
        g_ptr_array_add(pictures, g_bytes_new(bytes + at, size));
        at += size;
    }
    return g_steal_pointer(&pictures);
}
