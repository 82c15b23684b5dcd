/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "core/error.h"
#include "sealgen/der.h"

Test(der, only_one_definite_minimal_element_passes)
{
    static const struct {
        const char *what;
        const guint8 bytes[12];
        gsize length;
        gboolean good;
    } rows[] = {
        { "empty sequence", { 0x30, 0 }, 2, TRUE },
        { "nested", { 0x30, 5, 0x30, 3, 2, 1, 7 }, 7, TRUE },
        { "a string that looks like BER inside", { 4, 2, 0x30, 0x80 }, 4, TRUE },
        { "nothing", { 0 }, 0, FALSE },
        { "a header alone", { 0x30 }, 1, FALSE },
        { "longer than the file", { 0x30, 5, 2, 1 }, 4, FALSE },
        { "behind it", { 0x30, 0, 0 }, 3, FALSE },
        { "two elements", { 0x30, 0, 0x30, 0 }, 4, FALSE },
        { "indefinite", { 0x30, 0x80, 0, 0 }, 4, FALSE },
        { "indefinite inside", { 0x30, 4, 0x30, 0x80, 0, 0 }, 6, FALSE },
        { "long length", { 0x30, 0x81, 0 }, 3, FALSE },
        { "child beyond its parent", { 0x30, 2, 2, 1, 7 }, 5, FALSE },
        { "long tag for a small number", { 0x1f, 0x02, 0 }, 3, FALSE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_eq(der_check(rows[i].bytes, rows[i].length, &error), rows[i].good, "%s", rows[i].what);
        cr_expect(rows[i].good || g_error_matches(error, SB_ERROR, SB_ERROR_SEAL), "%s", rows[i].what);
    }
}

Test(der, depth_and_number_have_limits)
{
    guint8 deep[2 * 40];
    for (guint i = 0; i < 40; i++) {
        deep[2 * i] = 0x30;
        deep[2 * i + 1] = (guint8)(2 * (39 - i));
    }
    g_autoptr(GError) error = NULL, error2 = NULL;
    cr_expect_not(der_check(deep, sizeof deep, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
    gsize length = 4 + 2 * 6000;
    g_autofree guint8 *many = g_malloc0(length);
    many[0] = 0x30, many[1] = 0x82, many[2] = (guint8)((length - 4) >> 8), many[3] = (guint8)(length - 4);
    for (gsize i = 4; i < length; i += 2)
        many[i] = 4;
    cr_expect_eq(der_count(many + 4, length - 4), 6000);
    cr_expect_not(der_check(many, length, &error2));
    cr_expect(g_error_matches(error2, SB_ERROR, SB_ERROR_LIMIT));
}
