/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_jpeg.c: the one home of libjpeg: scaled decoding, CMYK, EXIF orientation, truncated files. */
#include "core/page_decode.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf jump;
    char message[JMSG_LENGTH_MAX];
} ErrorManager;

static void
error_exit(j_common_ptr cinfo)
{
    ErrorManager *manager = (ErrorManager *)cinfo->err;
    (*cinfo->err->format_message)(cinfo, manager->message);
    longjmp(manager->jump, 1);
}

static void
output_message(j_common_ptr cinfo)
{
}

/* --- EXIF: only orientation and resolution, with every offset checked --- */

typedef struct {
    const guint8 *p;
    guint n;
    gboolean big;
} Tiff;

static guint
u16(const Tiff *t, guint at)
{
    if (at + 2 > t->n || at + 2 < at)
        return 0;
    return t->big ? (guint)t->p[at] << 8 | t->p[at + 1] : (guint)t->p[at + 1] << 8 | t->p[at];
}

static guint32
u32(const Tiff *t, guint at)
{
    return t->big ? (guint32)u16(t, at) << 16 | u16(t, at + 2) : (guint32)u16(t, at + 2) << 16 | u16(t, at);
}

static double
rational(const Tiff *t, guint at)
{
    double bottom = at < t->n ? u32(t, at + 4) : 0;
    return bottom > 0 ? u32(t, at) / bottom : 0;
}

static void
read_exif(const guint8 *data, guint length, Decoded *out)
{
    if (length < 14 || memcmp(data, "Exif\0\0", 6) != 0)
        return;
    Tiff t = { data + 6, length - 6, data[6] == 'M' };
    guint at = u32(&t, 4), entries = at < t.n ? u16(&t, at) : 0;
    double x = 0, y = 0, unit = 1;
    for (guint i = 0; i < entries && i < 256; i++) {
        guint entry = at + 2 + i * 12;
        if (entry + 12 > t.n)
            break;
        guint tag = u16(&t, entry), value = u16(&t, entry + 8);
        if (tag == 0x0112 && value >= 1 && value <= 8)
            out->orientation = value;
        else if (tag == 0x011A)
            x = rational(&t, u32(&t, entry + 8));
        else if (tag == 0x011B)
            y = rational(&t, u32(&t, entry + 8));
        else if (tag == 0x0128)
            unit = value == 3 ? 2.54 : 1;
    }
    if (out->dpi_x == 0 && x > 0 && y > 0)
        out->dpi_x = x * unit, out->dpi_y = y * unit;
}

static void
read_markers(const struct jpeg_decompress_struct *cinfo, Decoded *out)
{
    if (cinfo->saw_JFIF_marker && cinfo->density_unit && cinfo->X_density > 1 && cinfo->Y_density > 1) {
        double unit = cinfo->density_unit == 2 ? 2.54 : 1;
        out->dpi_x = cinfo->X_density * unit;
        out->dpi_y = cinfo->Y_density * unit;
    }
    for (const struct jpeg_marker_struct *m = cinfo->marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1)
            read_exif(m->data, m->data_length, out);
}

/* Adobe writes CMYK inverted: 255 is no ink. */
static void
rgb_from_cmyk(const guint8 *cmyk, guint8 *rgb, guint n, gboolean inverted)
{
    for (guint i = 0; i < n; i++, cmyk += 4, rgb += 3)
        for (guint k = 0; k < 3; k++) {
            guint c = inverted ? cmyk[k] : 255u - cmyk[k], key = inverted ? cmyk[3] : 255u - cmyk[3];
            rgb[k] = (guint8)(c * key / 255);
        }
}

static void
read_rows(struct jpeg_decompress_struct *cinfo, Image *image, guint8 *cmyk)
{
    while (cinfo->output_scanline < cinfo->output_height) {
        guint8 *target = image->data + (gsize)cinfo->output_scanline * image->width * image->channels;
        JSAMPROW row = cmyk ? cmyk : target;
        jpeg_read_scanlines(cinfo, &row, 1);
        if (cmyk)
            rgb_from_cmyk(cmyk, target, image->width, cinfo->saw_Adobe_marker);
    }
}

gboolean
jpeg_size(GBytes *bytes, guint *width, guint *height, GError **error)
{
    struct jpeg_decompress_struct cinfo;
    ErrorManager manager;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    cinfo.err = jpeg_std_error(&manager.base);
    manager.base.error_exit = error_exit;
    manager.base.output_message = output_message;
    if (setjmp(manager.jump)) {
        jpeg_destroy_decompress(&cinfo);
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "broken JPEG (%s): ask for the upload again", manager.message);
        return FALSE;
    }
    jpeg_create_decompress(&cinfo);
    jpeg_mem_src(&cinfo, data, size);
    jpeg_read_header(&cinfo, TRUE);
    *width = cinfo.image_width;
    *height = cinfo.image_height;
    jpeg_destroy_decompress(&cinfo);
    return TRUE;
}

gboolean
jpeg_decode(GBytes *bytes, const PageLimits *limits, guint reduction, Decoded *out, GError **error)
{
    struct jpeg_decompress_struct cinfo;
    ErrorManager manager;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    Image *volatile image = NULL;
    guint8 *volatile cmyk = NULL;

    cinfo.err = jpeg_std_error(&manager.base);
    manager.base.error_exit = error_exit;
    manager.base.output_message = output_message;
    if (setjmp(manager.jump)) {
        jpeg_destroy_decompress(&cinfo);
        g_free(cmyk);
        image_free(image);
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "broken JPEG (%s): ask for the upload again", manager.message);
        return FALSE;
    }
    jpeg_create_decompress(&cinfo);
    jpeg_save_markers(&cinfo, JPEG_APP0 + 1, 0xFFFF);
    jpeg_mem_src(&cinfo, data, size);
    jpeg_read_header(&cinfo, TRUE);
    if (!page_check_size(limits, cinfo.image_width, cinfo.image_height, error)) {
        jpeg_destroy_decompress(&cinfo);
        return FALSE;
    }
    read_markers(&cinfo, out);

    gboolean is_cmyk = cinfo.jpeg_color_space == JCS_CMYK || cinfo.jpeg_color_space == JCS_YCCK;
    cinfo.out_color_space = is_cmyk ? JCS_CMYK : cinfo.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    cinfo.scale_num = 1;
    cinfo.scale_denom = reduction;
    if (reduction > 1) { /* layout needs no more */
        cinfo.dct_method = JDCT_IFAST;
        cinfo.do_fancy_upsampling = FALSE;
    }
    jpeg_start_decompress(&cinfo);
    image = image_new(cinfo.output_width, cinfo.output_height, cinfo.out_color_space == JCS_GRAYSCALE ? 1 : 3);
    if (is_cmyk)
        cmyk = g_malloc((gsize)cinfo.output_width * 4);
    read_rows(&cinfo, image, cmyk);
    /* A file cut short is no error to libjpeg: it warns and fills the rest with grey. */
    out->truncated = manager.base.num_warnings > 0 && (size < 2 || data[size - 2] != 0xFF || data[size - 1] != 0xD9);
    out->image = image;
    out->width = cinfo.image_width;
    out->height = cinfo.image_height;
    out->reduction = reduction;
    jpeg_finish_decompress(&cinfo);
    jpeg_destroy_decompress(&cinfo);
    g_free(cmyk);
    return TRUE;
}
