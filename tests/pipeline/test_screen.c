/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "pipeline/screen.h"

Test(screen, a_cell_has_its_columns_whatever_stands_in_it)
{
    static const struct {
        const char *text;
        guint width;
        gboolean keep_end;
        const char *expected;
    } rows[] = { { "ab", 4, FALSE, "ab  " },   { "abcdef", 4, FALSE, "abcd" }, { "abcdef", 4, TRUE, "cdef" },
                 { "公章", 6, FALSE, "公章  " }, { "公章", 3, FALSE, "公 " },   { "公章", 3, TRUE, "章 " },
                 { "", 2, TRUE, "  " },         { "x", 0, FALSE, "" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        screen_pad(out, rows[i].text, rows[i].width, rows[i].keep_end);
        cr_expect_str_eq(out->str, rows[i].expected, "row %u: '%s'", i, out->str);
    }
    cr_expect_eq(screen_width("UKey 序列号"), 11);
}

Test(screen, a_row_keeps_its_columns_under_hanzi)
{
    static const guint widths[] = { 6, 4, 0 };
    const char *en[] = { "S1", "yes", "a" }, *zh[] = { "序号", "是", NULL }, *long_one[] = { "ABCDEFGH", "no", "" };
    g_autofree char *a = screen_row(en, widths, 3), *b = screen_row(zh, widths, 3), *c = screen_row(long_one, widths, 3);
    cr_expect_str_eq(a, "S1     yes  a");
    cr_expect_str_eq(b, "序号   是   -");
    cr_expect_str_eq(c, "ABCDEFGH no", "nothing is cut from a row");
}

Test(screen, lines_break_between_words_and_hanzi)
{
    g_autofree char *words = screen_fold("one two three", 2, 9), *hanzi = screen_fold("请拔出已完成的 UKey", 0, 8),
                    *one = screen_fold("one two three", 0, 0), *tight = screen_fold("incomprehensible", 1, 4);
    cr_expect_str_eq(words, "  one two\n  three");
    cr_expect_str_eq(hanzi, "请拔出已\n完成的\nUKey");
    cr_expect_str_eq(one, "one two three");
    cr_expect_str_eq(tight, " incomprehensible", "a word is never cut");
}
