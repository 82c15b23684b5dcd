/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>

#include "core/order_cell.h"

Test(order_cell, cleaning_takes_blanks_and_a_spreadsheet_s_wrapping_away)
{
    static const char *const rows[][2] = {
        { "  a b ", "a b" }, { "\t9144", "9144" }, { "　公章\xc2\xa0", "公章" }, { "=\"0123\"", "0123" },
        { "'0123", "0123" }, { "=\"\"", NULL },    { " ", NULL },               { "=A1", "=A1" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = order_cell_clean(rows[i][0]);
        cr_expect_eq(g_strcmp0(seen, rows[i][1]), 0, "%s: %s", rows[i][0], seen);
    }
}

Test(order_cell, lists_are_split_where_the_eye_splits_them)
{
    g_auto(GStrv) wide = order_cell_split("公章； 财务章,发票章、|合同章\n", TRUE);
    g_auto(GStrv) files = order_cell_split("a,1.jpg;b、2.png", FALSE), none = order_cell_split(NULL, TRUE);
    g_autofree char *all = g_strjoinv("/", wide), *names = g_strjoinv("/", files);
    cr_expect_str_eq(all, "公章/财务章/发票章/合同章");
    cr_expect_str_eq(names, "a,1.jpg/b、2.png");
    cr_expect_null(none[0]);
}

Test(order_cell, a_rounded_number_is_told_from_a_serial)
{
    static const char *const yes[] = { "9.14401E+17", "4.4E+17", "1E-5", "12e+3" };
    static const char *const no[] = { "91440101MA5XX00X6H", "2E15", "9.14", "E+17", "9E+17A", "" };
    for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
        cr_expect(order_cell_is_rounded(yes[i]), "%s", yes[i]);
    for (guint i = 0; i < G_N_ELEMENTS(no); i++)
        cr_expect_not(order_cell_is_rounded(no[i]), "%s", no[i]);
}

Test(order_cell, days_and_times_come_out_as_ISO_8601)
{
    static const char *const rows[][2] = {
        { "2025/1/5 9:05", "2025-01-05T09:05:00+08:00" },
        { "2025-11-20 19:14:48", "2025-11-20T19:14:48+08:00" },
        { "2025年11月20日", "2025-11-20T00:00:00+08:00" },
        { "2025年11月20日 19时14分", "2025-11-20T19:14:00+08:00" },
        { "2025-11-20T19:14:48Z", "2025-11-20T19:14:48+00:00" },
        { "2025-11-20", "2025-11-20T00:00:00+08:00" },
        { "20/11/2025", NULL },
        { "2025-13-20", NULL },
        { "2025/1/5 9:05:01:7", NULL },
        { "yesterday", NULL },
        { "45981.8", NULL },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = order_cell_time(rows[i][0]);
        cr_expect_eq(g_strcmp0(seen, rows[i][1]), 0, "%s: %s", rows[i][0], seen);
    }
}

static char *
dumped(json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(4));
    char *copy = g_strdup(text);
    free(text);
    json_decref(value);
    return copy;
}

Test(order_cell, sizes_are_numbers_and_what_is_none_stays_a_string)
{
    static const char *const rows[][2] = {
        { "40", "40.0" },           { "40.5mm", "40.5" },      { "φ40", "40.0" },      { "直径 42 毫米", "42.0" },
        { "40*30", "[40.0,30.0]" }, { "40×30mm", "[40.0,30.0]" }, { "45mm x 30mm", "[45.0,30.0]" },
        { "４０ｘ３０", "[40.0,30.0]" }, { "-", "null" },        { "0x30", "[0.0,30.0]" },
        { "big", "\"big\"" },       { "40x", "\"40x\"" },      { "1.2.3", "\"1.2.3\"" }, { "40cm", "\"40cm\"" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = dumped(order_cell_size(rows[i][0]));
        cr_expect_str_eq(seen, rows[i][1], "%s: %s", rows[i][0], seen);
    }
}

Test(order_cell, counts_may_name_their_years)
{
    static const char *const rows[][2] = { { "2", "2" }, { "2年", "2" }, { "two", "\"two\"" }, { "-1", "\"-1\"" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = dumped(order_cell_count(rows[i][0]));
        cr_expect_str_eq(seen, rows[i][1]);
    }
}
