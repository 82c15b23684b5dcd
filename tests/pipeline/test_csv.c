/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "pipeline/csv.h"

Test(csv, no_cell_is_a_formula_and_none_breaks_its_row)
{
    static const struct {
        const char *cell, *expected;
    } rows[] = { { "plain", "\"plain\"\r\n" },
                 { "a \"b\"", "\"a \"\"b\"\"\"\r\n" },
                 { "=HYPERLINK(1)", "\"'=HYPERLINK(1)\"\r\n" },
                 { "@x", "\"'@x\"\r\n" },
                 { "two\nlines", "\"two lines\"\r\n" },
                 { "431234199001011234", "\"\t431234199001011234\"\r\n" },
                 { "12e4567890123456", "\"\t12e4567890123456\"\r\n" },
                 { "0012", "\"\t0012\"\r\n" },
                 { "13800138000", "\"13800138000\"\r\n" },
                 { "3a80c1f2e5d40012", "\"3a80c1f2e5d40012\"\r\n" },
                 { "", "\"\"\r\n" },
                 { NULL, "\"\"\r\n" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        csv_row(text, &rows[i].cell, 1);
        cr_expect_str_eq(text->str, rows[i].expected);
    }
}
