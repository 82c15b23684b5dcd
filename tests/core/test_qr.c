/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/qr.h"

#include <criterion/criterion.h>
#include <math.h>
#include <qrencode.h>
#include <string.h>

static Image *
drawn(const char *text, guint module_px)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    guint side = ((guint)code->width + 8) * module_px;
    Image *image = image_new(side, side, 1);
    for (guint y = 0; y < side; y++)
        for (guint x = 0; x < side; x++) {
            int mx = (int)(x / module_px) - 4, my = (int)(y / module_px) - 4;
            gboolean inside = mx >= 0 && my >= 0 && mx < code->width && my < code->width;
            image->data[y * side + x] = inside && (code->data[my * code->width + mx] & 1) ? 0 : 255;
        }
    QRcode_free(code);
    return image;
}

Test(qr, a_code_is_found_with_its_place)
{
    g_autoptr(Image) image = drawn("统一社会信用代码：91110108MA00TE5T26", 4);
    g_autoptr(GPtrArray) codes = qr_find(image);
    cr_assert_eq(codes->len, 1);
    const QrCode *code = codes->pdata[0];
    cr_assert_str_eq(code->text, "统一社会信用代码：91110108MA00TE5T26");
    cr_assert_lt(code->box_px.p[0].x, code->box_px.p[2].x);
    cr_assert_lt(fabs(code->box_px.p[0].x - 16), 8);
    cr_assert_gt(quad_area(&code->box_px), 0);
}

Test(qr, a_blank_page_has_none)
{
    g_autoptr(Image) image = image_new(200, 200, 1);
    memset(image->data, 255, 200 * 200);
    g_autoptr(GPtrArray) codes = qr_find(image);
    cr_assert_eq(codes->len, 0);
}
