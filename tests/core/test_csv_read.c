/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "core/csv_read.h"

static GPtrArray *
read_text(const char *text, GError **error)
{
    return csv_read(text, strlen(text), "t.csv", error);
}

/* "1:a|b 3:c" */
static char *
told(GPtrArray *rows)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const CsvRow *row = rows->pdata[i];
        g_string_append_printf(text, "%s%u:", i ? " " : "", row->number);
        for (guint c = 0; c < row->cells->len; c++)
            g_string_append_printf(text, "%s%s", c ? "|" : "", (char *)row->cells->pdata[c]);
    }
    return g_string_free(text, FALSE);
}

Test(csv_read, gives_rows_as_a_spreadsheet_numbers_them)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        { "a,b\nc,d\n", "1:a|b 2:c|d" },
        { "a,b\r\nc,d", "1:a|b 2:c|d" },
        { "a\rb\r", "1:a 2:b" },
        { "\xef\xbb\xbf" "a,b", "1:a|b" },
        { "a\n\n\r\nb\n,,\nc", "1:a 4:b 6:c" },
        { "\"x\ny\",b\nc,d", "1:x\ny|b 2:c|d" },
        { "\"say \"\"so\"\"\",\"\"\n", "1:say \"so\"|" },
        { "a,,c,", NULL },
        { "=\"123\",d", "1:=\"123\"|d" },
        { "5\" disk,x", "1:5\" disk|x" },
        { "\xd6\xd0\xce\xc4,\xb9\xab\xd5\xc2\n", "1:中文|公章" }, /* GB18030 */
        { "\x95\x32\x82\x36,x\n", "1:𠀀|x" },              /* four bytes of it, two of them digits */
        { "", "" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) table = read_text(rows[i].text, &error);
        cr_assert_not_null(table, "%u: %s", i, error ? error->message : "");
        g_autofree char *seen = told(table);
        cr_expect_str_eq(seen, rows[i].expected ? rows[i].expected : "1:a||c|");
    }
}

Test(csv_read, names_the_place_of_a_misplaced_quotation_mark)
{
    static const struct {
        const char *text, *place;
    } rows[] = {
        { "a,b\nc,\"d\n e,f\n", "t.csv: row 2, column B: a quotation mark is never closed" },
        { "a,b\n\"c\"d,e\n", "t.csv: row 2, column A: there is text behind" },
        { "a,b\n\n\"c\" ,e\n", "t.csv: row 3, column A" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(read_text(rows[i].text, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_expect(g_str_has_prefix(error->message, rows[i].place), "%s", error->message);
    }
}

Test(csv_read, refuses_other_encodings_and_what_is_over_a_limit)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(csv_read("\xff\xfe" "a\0,\0", 6, "t.csv", &error), "UTF-16");
    cr_expect_not_null(strstr(error->message, "CSV UTF-8"));
    g_clear_error(&error);
    g_autofree char *cell = g_strnfill(CSV_MAX_CELL_BYTES + 1, 'x'), *commas = g_strnfill(CSV_MAX_CELLS, ',');
    g_autofree char *rows = g_strnfill(CSV_MAX_ROWS + 1, '\n');
    const char *const texts[] = { cell, commas, rows };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        cr_expect_null(read_text(texts[i], &error), "%u", i);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
        g_clear_error(&error);
    }
    cr_expect_null(csv_read(cell, (gsize)CSV_MAX_BYTES + 1, "t.csv", &error), "it is not looked at");
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
}

Test(csv_read, columns_have_the_names_of_a_spreadsheet)
{
    static const struct {
        guint index;
        const char *name;
    } rows[] = { { 0, "A" }, { 25, "Z" }, { 26, "AA" }, { 51, "AZ" }, { 52, "BA" }, { 255, "IV" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = csv_column_name(rows[i].index);
        cr_expect_str_eq(name, rows[i].name);
    }
}
