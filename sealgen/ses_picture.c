/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_picture.c: probe a seal's picture; libpng for PNG, a few header bytes for the rest.
 */
#include "sealgen/ses_picture.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "core/error.h"

/* Densities of a seal: 4 px/mm is a screen picture of 100 dpi, 50 px/mm is 1270 dpi. Pixels written as
 * millimetres are 1 px/mm; tenths of a millimetre or points are caught by the size. */
#define MIN_PX_PER_MM 1.5
#define MAX_SIDE_MM 200
#define COARSE_PX_PER_MM 8.0
#define FINE_PX_PER_MM 48.5
#define MAX_PX_PER_MM 100.0

#define PNG_HEAD_BYTES 24 /* signature, IHDR's length and name, width, height */

typedef struct {
    const guint8 *data;
    gsize left;
    char message[96];
} Source;

static void
source_read(png_structp png, png_bytep out, size_t length)
{
    Source *source = png_get_io_ptr(png);
    if (length > source->left)
        png_error(png, "it ends early");
    memcpy(out, source->data, length);
    source->data += length;
    source->left -= length;
}

static void
source_error(png_structp png, png_const_charp message)
{
    Source *source = png_get_error_ptr(png);
    g_strlcpy(source->message, message, sizeof source->message);
    longjmp(png_jmpbuf(png), 1);
}

static void
source_warning(png_structp png, png_const_charp message)
{
    /* what libpng only warns of does not hide a pixel */
}

/* The header is read and within the limits: sizes, density, rows. Longjmps out on an error. */
static void
decode_rows(png_structp png, png_infop header, SesPictureInfo *info, guint8 **row)
{
    png_read_info(png, header);
    info->width_px = png_get_image_width(png, header);
    info->height_px = png_get_image_height(png, header);
    info->px_per_mm_x = png_get_x_pixels_per_meter(png, header) / 1000.0;
    info->px_per_mm_y = png_get_y_pixels_per_meter(png, header) / 1000.0;
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, header);
    *row = g_malloc(png_get_rowbytes(png, header));
    for (int pass = 0; pass < passes; pass++)
        for (guint y = 0; y < info->height_px; y++)
            png_read_row(png, *row, NULL);
    png_read_end(png, NULL);
    info->decoded = TRUE;
}

static gboolean
probe_png(const guint8 *data, gsize length, SesPictureInfo *info, GError **error)
{
    Source source = { data, length, "" };
    guint8 *volatile row = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, source_error, source_warning);
    png_infop header = png_create_info_struct(png);
    png_set_read_fn(png, &source, source_read);
    png_set_user_limits(png, SES_PICTURE_MAX_SIDE_PX, SES_PICTURE_MAX_SIDE_PX);
    png_set_chunk_cache_max(png, 16);
    png_set_chunk_malloc_max(png, 1u << 20);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);

    if (setjmp(png_jmpbuf(png)) == 0)
        decode_rows(png, header, info, (guint8 **)&row);
    png_destroy_read_struct(&png, &header, NULL);
    g_free(row);
    if (info->decoded && source.left == 0)
        return TRUE;
    if (info->decoded)
        g_snprintf(source.message, sizeof source.message, "%zu bytes behind its end", source.left);
    info->decoded = FALSE;
    g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "PNG: %s", source.message);
    return FALSE;
}

static guint32
be32(const guint8 *p)
{
    return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

static guint
le16(const guint8 *p)
{
    return p[0] | (guint)p[1] << 8;
}

static guint
be16(const guint8 *p)
{
    return p[1] | (guint)p[0] << 8;
}

/* The frame header of a JPEG (ITU-T T.81 B.2.2): SOF0..SOF15 without DHT, JPG and DAC. */
static void
measure_jpeg(const guint8 *data, gsize length, SesPictureInfo *info)
{
    for (gsize at = 2; at + 9 <= length && data[at] == 0xff;) {
        guint marker = data[at + 1];
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
            info->height_px = be16(data + at + 5);
            info->width_px = be16(data + at + 7);
            return;
        }
        at += marker == 0xff ? 1 : 2 + be16(data + at + 2);
    }
}

static gboolean
looks_like_svg(const guint8 *data, gsize length)
{
    g_autofree char *head = g_strndup((const char *)data, MIN(length, 256));
    return strstr(head, "<svg") != NULL || g_str_has_prefix(head, "<?xml");
}

static gboolean
within_limits(const SesPictureInfo *info, GError **error)
{
    if (info->width_px <= SES_PICTURE_MAX_SIDE_PX && info->height_px <= SES_PICTURE_MAX_SIDE_PX &&
        (guint64)info->width_px * info->height_px <= SES_PICTURE_MAX_PIXELS)
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "%s of %ux%u pixels: more than %d a side or %u in all", info->format,
                info->width_px, info->height_px, SES_PICTURE_MAX_SIDE_PX, SES_PICTURE_MAX_PIXELS);
    return FALSE;
}

gboolean
ses_picture_probe(GBytes *picture, SesPictureInfo *info, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(picture, &length);
    memset(info, 0, sizeof *info);
    if (length >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0) {
        info->format = "PNG";
        if (length >= PNG_HEAD_BYTES) { /* ahead of libpng, whose word for it would be "invalid" */
            info->width_px = be32(data + 16);
            info->height_px = be32(data + 20);
        }
        return within_limits(info, error) && probe_png(data, length, info, error);
    }
    if (length >= 10 && memcmp(data, "GIF8", 4) == 0) {
        info->format = "GIF";
        info->width_px = le16(data + 6);
        info->height_px = le16(data + 8);
    } else if (length >= 26 && memcmp(data, "BM", 2) == 0) {
        info->format = "BMP";
        info->width_px = le16(data + 18) | le16(data + 20) << 16;
        guint32 height = le16(data + 22) | le16(data + 24) << 16;
        info->height_px = height & 0x80000000u ? 0u - height : height; /* negative: top row first */
    } else if (length >= 4 && memcmp(data, "\xff\xd8\xff", 3) == 0) {
        info->format = "JPG";
        measure_jpeg(data, length, info);
    } else if (length && looks_like_svg(data, length)) {
        info->format = "SVG";
    }
    return within_limits(info, error);
}

/* x, y in px/mm. */
static const char *
density_fault(double x, double y, guint width_mm, guint height_mm)
{
    if (x < MIN_PX_PER_MM || y < MIN_PX_PER_MM)
        return ": far too coarse; are width and height pixels?";
    if (width_mm > MAX_SIDE_MM || height_mm > MAX_SIDE_MM)
        return ": no seal is that large; are width and height millimetres?";
    if (x > MAX_PX_PER_MM || y > MAX_PX_PER_MM)
        return ": impossibly fine; are width and height in another unit?";
    /* Each side was rounded by up to half a millimetre. */
    if (fabs(x - y) / MIN(x, y) > 0.5 / width_mm + 0.5 / height_mm + 0.005)
        return ": not the same across and down, the seal would be drawn out of shape";
    return NULL;
}

static const char *
density_complaint(const SesPictureInfo *info, guint width_mm, guint height_mm, int *grade)
{
    double x = (double)info->width_px / width_mm, y = (double)info->height_px / height_mm;
    const char *fault = density_fault(x, y, width_mm, height_mm);
    *grade = fault ? 2 : 1;
    if (fault)
        return fault;
    if (x < COARSE_PX_PER_MM)
        return ": coarse, about a screen's";
    if (x > FINE_PX_PER_MM)
        return ": finer than any printer needs";
    if (info->px_per_mm_x > 0 && (fabs(info->px_per_mm_x / x - 1) > 0.03 || fabs(info->px_per_mm_y / y - 1) > 0.03))
        return ": the PNG's own pHYs says otherwise";
    *grade = 0;
    return "";
}

int
ses_picture_density(const SesPictureInfo *info, guint width_mm, guint height_mm, char **text)
{
    if (width_mm == 0 || height_mm == 0 || info->width_px == 0 || info->height_px == 0) {
        gboolean no_mm = width_mm == 0 || height_mm == 0;
        *text = g_strdup(no_mm ? "width or height is 0 mm" : "the picture does not tell its pixels");
        return no_mm ? 2 : 1;
    }
    double x = (double)info->width_px / width_mm, y = (double)info->height_px / height_mm;
    int grade = 0;
    const char *complaint = density_complaint(info, width_mm, height_mm, &grade);
    *text = g_strdup_printf("%ux%u px on %ux%u mm = %.4g x %.4g px/mm%s", info->width_px, info->height_px, width_mm,
                            height_mm, x, y, complaint);
    return grade;
}
