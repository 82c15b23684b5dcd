/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ocr/hanzi/ink.c: black print taken out from under a coloured seal. */
#include "core/error.h"
#include "ocr/hanzi/hanzi.h"

#include <criterion/criterion.h>

Test(hanzi_print_of_rgb, a_red_ring_across_black_print_is_taken_off)
{
    enum { W = 120, H = 40 };
    static guint8 rgb[W * H * 3], grey[W * H], covered[W * H];
    for (guint y = 0; y < H; y++)
        for (guint x = 0; x < W; x++) {
            gboolean seal = x > 40 && x < 70, black = y > 15 && y < 20;
            guint8 *p = rgb + 3 * (y * W + x);
            p[0] = (guint8)((black ? 40 : 250) * (seal ? 205 : 255) / 255);
            p[1] = (guint8)((black ? 40 : 250) * (seal ? 60 : 255) / 255);
            p[2] = (guint8)((black ? 40 : 250) * (seal ? 70 : 255) / 255);
        }
    cr_assert(hanzi_print_of_rgb(rgb, W, H, 3 * W, grey, covered, NULL));
    cr_expect_gt(grey[5 * W + 55], 235, "seal alone is paper: %u", grey[5 * W + 55]);
    cr_expect_lt(grey[17 * W + 55], 70, "print under the seal stays: %u", grey[17 * W + 55]);
    cr_expect_lt(grey[17 * W + 20], 70);
    cr_expect_gt(grey[5 * W + 20], 235);
    cr_expect(covered[5 * W + 55] && !covered[5 * W + 20] && !covered[17 * W + 20]);
    g_autoptr(GError) error = NULL;
    cr_expect_not(hanzi_print_of_rgb(rgb, 0, H, 3 * W, grey, covered, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
}
