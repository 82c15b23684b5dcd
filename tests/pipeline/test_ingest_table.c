/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/ingest_table.h"
#include "pipeline/stored_order.h"
#include "support/bare_workspace.h"

static Workspace *ws;

static void
begin(void)
{
    ws = bare_workspace();
}

static void
end(void)
{
    bare_workspace_remove(ws);
}

TestSuite(ingest_table, .init = begin, .fini = end);

static void
put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(ws->dir, "inbox", name, NULL), *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0700);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
}

/* "A1:taken B1:no_order ..." with each reason behind it */
static void
saw(const char *name, IngestOutcome outcome, const char *why, gpointer data)
{
    g_string_append_printf(data, "[%s %s%s%s]", name, ingest_outcome_name(outcome), why ? " " : "", why ? why : "");
}

static char *
take_inbox(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) told = g_string_new(NULL);
    g_autofree char *inbox = g_build_filename(ws->dir, "inbox", NULL);
    cr_assert(ingest_inbox(ws, inbox, saw, told, &error), "%s", error ? error->message : "");
    return g_strdup(told->str);
}

#define HEAD "订单编号,业务类型,单位名称,统一社会信用代码,印章类型,印章规格,营业执照,印模采集表\r\n"

Test(ingest_table, a_table_brings_its_orders_in_with_the_uploads_of_their_folders)
{
    put("2025-11-20.csv", HEAD "A1,新办,甲,91,公章,40,a.jpg,s.jpg\r\nB1,解锁,乙,92,,,a.jpg,\r\n");
    put("A1/a.jpg", "x");
    put("A1/s.jpg", "y");
    put("B1/a.jpg", "z");
    put("C1/order.json", "{\"order_id\":\"C1\",\"kind\":\"unlock\",\"company\":{\"credit_code\":\"93\"},"
                         "\"uploads\":[{\"role\":\"licence\",\"file\":\"a.jpg\"}]}");
    put("C1/a.jpg", "x");
    g_autofree char *first = take_inbox(), *second = take_inbox();
    cr_expect_str_eq(first, "[A1 taken][B1 taken][C1 taken]");
    cr_expect_str_eq(second, "[A1 same][B1 same][C1 same]");
    g_autoptr(StoreOrder) record = NULL;
    g_autoptr(Order) order = stored_order_load(ws, "A1", &record, NULL);
    cr_assert_not_null(order);
    cr_expect_str_eq(order->company_name, "甲");
    cr_expect_str_eq(record->profile, "default");
    cr_expect_eq(record->uploads->len, 2);
}

Test(ingest_table, GB18030_is_read_and_a_wrong_row_stops_no_other)
{
    g_autofree char *text = NULL;
    gsize length;
    text = g_convert(HEAD "A1,新办,甲,91,公章,40,a.jpg,s.jpg\nB1,煮饭,乙,92,,,a.jpg,\nC1,新办,丙,9.1E+17,,,a.jpg,\n"
                          "D1,解锁,丁,95,,,missing.jpg,\n",
                     -1, "GB18030", "UTF-8", NULL, &length, NULL);
    g_autofree char *path = g_build_filename(ws->dir, "inbox", "t.csv", NULL);
    put("A1/a.jpg", "x");
    put("A1/s.jpg", "y");
    put("B1/a.jpg", "z");
    cr_assert(g_file_set_contents(path, text, (gssize)length, NULL));
    g_autofree char *told = take_inbox();
    cr_expect_not_null(strstr(told, "[A1 taken]"), "%s", told);
    cr_expect_not_null(strstr(told, "[B1 no_order t.csv: row 3, column B (业务类型): kind must be"), "%s", told);
    cr_expect_not_null(strstr(told, "[C1 no_order t.csv: row 4, column D (统一社会信用代码): a spreadsheet"), "%s", told);
    cr_expect_not_null(strstr(told, "[D1 refused missing.jpg: the order names this file"), "%s", told);
    cr_expect_null(strstr(told, "order.json"), "the folder of B1 is the table's: %s", told);
}

Test(ingest_table, the_file_s_name_chooses_the_platform_and_a_row_may_name_another)
{
    put("hunan-ca-share-1120.csv", "订单编号,业务类型,平台,社会信用代码,营业执照,扫描日期\nA1,注销,,91,,x\nB1,注销,guangdong-netca,92,,x\nC1,注销,nowhere,93,,x\n");
    put("hunan.csv", "订单编号,业务类型\nD1,注销\n");
    g_autofree char *told = take_inbox();
    cr_expect_not_null(strstr(told, "[hunan-ca-share-1120.csv note columns that are not known to profile hunan-ca-share: "
                                    "扫描日期]"), "%s", told);
    cr_expect_not_null(strstr(told, "[C1 no_order there is no profile"), "%s", told);
    static const char *const rows[][2] = { { "A1", "hunan-ca-share" }, { "B1", "guangdong-netca" }, { "D1", "default" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(StoreOrder) record = store_get_order(ws->store, rows[i][0], NULL);
        cr_assert_not_null(record, "%s: %s", rows[i][0], told);
        cr_expect_str_eq(record->profile, rows[i][1]);
    }
}

Test(ingest_table, a_platform_s_own_headers_stand_in_its_profile)
{
    g_autofree char *own = g_build_filename(ws->dir, "profiles", NULL), *conf = g_build_filename(own, "my.conf", NULL);
    g_mkdir_with_parents(own, 0700);
    /* 营业执照 means the licence's file everywhere else. */
    cr_assert(g_file_set_contents(conf, "[csv]\norder_id=流水\nkind=事项\ncompany.credit_code=营业执照\n", -1, NULL));
    put("my.csv", "流水,事项,营业执照\nA1,注销,91\n");
    g_autofree char *told = take_inbox();
    g_autoptr(Order) order = stored_order_load(ws, "A1", NULL, NULL);
    cr_assert_not_null(order, "%s", told);
    cr_expect_str_eq(order->credit_code, "91");
}

Test(ingest_table, what_is_no_table_is_refused_by_its_name)
{
    put("a.csv", "订单编号,业务类型\nA1,\"注销\n");
    put("b.csv", "一,二\n1,2\n");
    put("c.csv.part", "");
    g_autofree char *link = g_build_filename(ws->dir, "inbox", "d.csv", NULL);
    cr_assert_eq(symlink("/etc/passwd", link), 0);
    g_autofree char *told = take_inbox();
    cr_expect_not_null(strstr(told, "[a.csv no_order a.csv: row 2, column B: a quotation mark"), "%s", told);
    cr_expect_not_null(strstr(told, "[b.csv no_order b.csv: no column is the order's order_id"), "%s", told);
    cr_expect_not_null(strstr(told, "[d.csv no_order cannot be opened as a plain file"), "%s", told);
    cr_expect_null(strstr(told, "c.csv"), "%s", told);
}

Test(ingest_table, another_content_under_the_same_number_is_told)
{
    put("a.csv", "订单编号,业务类型,信用代码,营业执照\nA1,注销,91,a.jpg\n");
    put("b.csv", "订单编号,业务类型,信用代码,营业执照\nA1,注销,92,a.jpg\n");
    put("A1/a.jpg", "x");
    g_autofree char *told = take_inbox();
    cr_expect(g_str_has_prefix(told, "[A1 taken]") && strstr(told, "[A1 duplicate this order number"), "%s", told);
}
