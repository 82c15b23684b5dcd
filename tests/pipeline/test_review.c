/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/review_import.h"
#include "pipeline/review_out.h"

#define DIGEST "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define FILE_OF(decisions) "{\"type\":\"sealbatch-decisions\",\"version\":1,\"decisions\":[" decisions "]}"
#define ONE "{\"order_id\":\"A1\",\"result\":\"" DIGEST "\",\"verdict\":\"approve\"}"

Test(review_import, takes_what_the_page_exports)
{
    const char *json = FILE_OF(ONE ",{\"order_id\":\"A2\",\"result\":\"" DIGEST
                                   "\",\"verdict\":\"reject\",\"note\":\"名称不符\"}");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = review_import_parse(json, strlen(json), &error);
    cr_assert_not_null(list, "%s", error ? error->message : "");
    cr_assert_eq(list->len, 2);
    const StoreDecision *second = list->pdata[1];
    cr_expect_not(second->approve);
    cr_expect_str_eq(second->note, "名称不符");
    cr_expect(((StoreDecision *)list->pdata[0])->approve);
}

Test(review_import, everything_else_is_refused_as_a_whole)
{
    static const char *const rows[] = {
        "",
        "[]",
        "{}",
        "null",
        "{\"type\":\"sealbatch-decisions\",\"version\":2,\"decisions\":[]}",
        "{\"type\":\"other\",\"version\":1,\"decisions\":[]}",
        "{\"type\":\"sealbatch-decisions\",\"version\":1,\"decisions\":{}}",
        "{\"type\":\"sealbatch-decisions\",\"version\":1,\"decisions\":[],\"more\":1}",
        FILE_OF(ONE "," ONE),
        FILE_OF("\"A1\""),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"" DIGEST "\",\"verdict\":\"maybe\"}"),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"" DIGEST "\"}"),
        FILE_OF("{\"order_id\":\"\",\"result\":\"" DIGEST "\",\"verdict\":\"approve\"}"),
        FILE_OF("{\"order_id\":1,\"result\":\"" DIGEST "\",\"verdict\":\"approve\"}"),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"../../etc\",\"verdict\":\"approve\"}"),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"" DIGEST "\",\"verdict\":\"reject\"}"),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"" DIGEST "\",\"verdict\":\"reject\",\"note\":\"\"}"),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"" DIGEST "\",\"verdict\":\"approve\",\"note\":7}"),
        FILE_OF("{\"order_id\":\"A1\",\"result\":\"" DIGEST "\",\"verdict\":\"approve\",\"reviewer\":\"x\"}"),
        FILE_OF("{\"order_id\":\"A1\",\"order_id\":\"A2\",\"result\":\"" DIGEST "\",\"verdict\":\"approve\"}"),
        FILE_OF("{\"order_id\":\"A1\\u0000x\",\"result\":\"" DIGEST "\",\"verdict\":\"approve\"}"),
        FILE_OF(ONE) "x",
        "\xff\xfe",
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(review_import_parse(rows[i], strlen(rows[i]), &error), "%s", rows[i]);
        cr_assert_not_null(error, "%s", rows[i]);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    }
}

Test(review_import, a_file_over_the_limits_is_refused)
{
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new("{\"type\":\"sealbatch-decisions\",\"version\":1,\"decisions\":[");
    for (guint i = 0; i <= REVIEW_IMPORT_MAX_DECISIONS; i++)
        g_string_append_printf(text, "%s1", i ? "," : "");
    g_string_append(text, "]}");
    cr_expect_null(review_import_parse(text->str, text->len, &error));
    g_clear_error(&error);
    cr_expect_null(review_import_parse(text->str, REVIEW_IMPORT_MAX_BYTES + 1, &error));
    cr_expect_not_null(error);
    g_string_free(text, TRUE);
}

Test(review_page, loads_nothing_and_no_text_of_an_applicant_can_end_its_element)
{
    g_autofree char *page = review_page("{\"x\":\"</script><script>alert(1)</script><!--@SCRIPT@\"}");
    cr_expect_not_null(strstr(page, "default-src 'none'"));
    cr_expect_not_null(strstr(page, "script-src 'sha256-"));
    cr_expect_null(strstr(page, "unsafe-inline"));
    cr_expect_null(strstr(page, "alert(1)</script>"));
    cr_expect_not_null(strstr(page, "\\u003c/script>"));
    cr_expect_null(strstr(page, "http://"));
    cr_expect_null(strstr(page, "https://"));
    cr_expect_null(strstr(page, "@DATA@"));
}
