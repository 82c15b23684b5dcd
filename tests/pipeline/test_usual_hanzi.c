/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table against the C library's GB 2312. */
#include "pipeline/usual_hanzi.h"

#include <criterion/criterion.h>

Test(usual_hanzi, the_table_is_gb_2312)
{
    guint wrong = 0, usual = 0;
    for (gunichar c = 0x3400; c < 0xa000; c++) {
        char text[8] = { 0 };
        g_unichar_to_utf8(c, text);
        g_autofree char *gb = g_convert(text, -1, "GB2312", "UTF-8", NULL, NULL, NULL);
        wrong += is_usual_hanzi(c) != (gb != NULL);
        usual += is_usual_hanzi(c);
    }
    cr_expect_eq(wrong, 0);
    cr_expect_eq(usual, 6763);
}

Test(usual_hanzi, other_characters_are_not_usual)
{
    cr_expect_not(is_usual_hanzi('A'));
    cr_expect_not(is_usual_hanzi(0x51ae), "a river's name that is not in it");
    cr_expect_not(is_usual_hanzi(0x10ffff));
    cr_expect_not(is_usual_hanzi(0));
}
