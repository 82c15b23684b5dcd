/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "sealgen/ses_picture.h"
#include "ses_fixture.h"

Test(ses_picture, a_sound_png_is_decoded_and_measured)
{
    g_autoptr(GBytes) png = fixture_png(96, 48);
    SesPictureInfo info;
    cr_assert(ses_picture_probe(png, &info, NULL));
    cr_expect_str_eq(info.format, "PNG");
    cr_expect(info.decoded);
    cr_expect_eq(info.width_px, 96);
    cr_expect_eq(info.height_px, 48);
}

Test(ses_picture, no_cut_png_passes)
{
    g_autoptr(GBytes) png = fixture_png(64, 64);
    gsize length = g_bytes_get_size(png);
    for (gsize i = 8; i < length; i++) {
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(png, 0, i);
        g_autoptr(GError) error = NULL;
        SesPictureInfo info;
        cr_assert_not(ses_picture_probe(cut, &info, &error), "%zu of %zu", i, length);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
    }
    GByteArray *longer = g_byte_array_append(g_byte_array_new(), g_bytes_get_data(png, NULL), (guint)length);
    g_byte_array_append(longer, (const guint8 *)"x", 1);
    g_autoptr(GBytes) behind = g_byte_array_free_to_bytes(longer);
    SesPictureInfo info;
    cr_expect_not(ses_picture_probe(behind, &info, NULL));
}

/* 1x1 that claims to be 30000x30000: refused from its header. */
Test(ses_picture, huge_claims_are_refused_by_their_header)
{
    g_autoptr(GBytes) png = fixture_png(8, 8);
    gsize length;
    const guint8 *data = g_bytes_get_data(png, &length);
    guint8 *copy = g_memdup2(data, length);
    copy[18] = copy[22] = 0x75, copy[19] = copy[23] = 0x30;
    /* the header's checksum, so that the size is what is refused */
    guint32 crc = 0xffffffff;
    for (guint i = 12; i < 29; i++) {
        crc ^= copy[i];
        for (guint k = 0; k < 8; k++)
            crc = crc & 1 ? 0xedb88320u ^ crc >> 1 : crc >> 1;
    }
    crc = GUINT32_TO_BE(~crc);
    memcpy(copy + 29, &crc, 4);
    g_autoptr(GBytes) huge = g_bytes_new_take(copy, length);
    g_autoptr(GError) error = NULL;
    SesPictureInfo info;
    cr_assert_not(ses_picture_probe(huge, &info, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT), "%s", error->message);
    g_autoptr(GBytes) gif = g_bytes_new_static("GIF89a\x30\x75\x30\x75\0\0\0;", 14);
    cr_assert_not(ses_picture_probe(gif, &info, NULL));
}

Test(ses_picture, unknown_bytes_have_no_format)
{
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0), junk = g_bytes_new_static("\0\1\2\3", 4);
    SesPictureInfo info;
    cr_assert(ses_picture_probe(empty, &info, NULL));
    cr_expect_null(info.format);
    cr_assert(ses_picture_probe(junk, &info, NULL));
    cr_expect_null(info.format);
}

Test(ses_picture, density_tells_millimetres_from_pixels)
{
    static const struct {
        guint w_px, h_px, w_mm, h_mm;
        double phys;
        int grade;
    } rows[] = {
        { 960, 960, 40, 40, 0, 0 },   { 960, 960, 40, 40, 24, 0 },  { 960, 960, 40, 40, 12, 1 },
        { 960, 720, 40, 30, 24, 0 },  { 1010, 1010, 42, 42, 0, 0 }, { 150, 150, 40, 40, 0, 1 },
        { 2400, 2400, 40, 40, 0, 1 }, { 960, 960, 960, 960, 0, 2 }, { 960, 720, 40, 40, 0, 2 },
        { 960, 960, 40, 30, 0, 2 },   { 960, 960, 4, 4, 0, 2 },     { 960, 960, 0, 40, 0, 2 },
        { 960, 960, 400, 400, 0, 2 }, { 64, 64, 40, 40, 0, 1 },     { 0, 0, 40, 40, 0, 1 },
        { 980, 970, 41, 40, 0, 0 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SesPictureInfo info = { "PNG", rows[i].w_px, rows[i].h_px, rows[i].phys, rows[i].phys, TRUE };
        g_autofree char *text = NULL;
        cr_expect_eq(ses_picture_density(&info, rows[i].w_mm, rows[i].h_mm, &text), rows[i].grade, "row %u: %s", i,
                     text);
    }
}
