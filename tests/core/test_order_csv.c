/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "core/order_csv.h"

static OrderCsvMap *
platform(void)
{
    OrderCsvMap *map = order_csv_map_new();
    static const char *const words[][2] = {
        { "order_id", "订单号" },      { "kind", "业务类型" },
        { "company.name", "单位名称" }, { "company.credit_code", "统一社会信用代码" },
        { "seals.type", "印章类型" },   { "seals.declared_mm", "印章规格(mm)" },
        { "seals.name", "印章名称" },   { "uploads.licence", "营业执照" },
        { "uploads.seal_sheet", "印模采集表" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        cr_assert(order_csv_map_add(map, words[i][0], words[i][1], NULL));
    return map;
}

static GPtrArray *
parse(const char *text, GPtrArray *unknown, GError **error)
{
    g_autoptr(OrderCsvMap) map = platform();
    g_autoptr(GPtrArray) ignored = g_ptr_array_new_with_free_func(g_free);
    return order_csv_parse(text, strlen(text), "o.csv", map, unknown ? unknown : ignored, error);
}

#define HEAD "订单号,业务类型,* 单位名称 ,统一社会信用代码,印章类型,印章规格（mm）,营业执照,印模采集表\n"

Test(order_csv, one_row_is_an_order_with_its_seals_and_uploads)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) entries =
        parse(HEAD "SQ1,新办,\"甲\"\"乙\"\"有限公司\",=\"91440101MA5XX00X6H\",公章;发票专用章,40；40*30,a.jpg,\"s1.jpg|s2.jpg\"\n",
              NULL, &error);
    cr_assert(entries && entries->len == 1, "%s", error ? error->message : "");
    const OrderCsvEntry *entry = entries->pdata[0];
    const Order *order = entry->order;
    cr_assert_not_null(order, "%s", entry->why);
    cr_expect_eq(entry->row, 2);
    cr_expect_str_eq(order->order_id, "SQ1");
    cr_expect_eq(order->kind, ORDER_NEW);
    cr_expect_str_eq(order->company_name, "甲\"乙\"有限公司");
    cr_expect_str_eq(order->credit_code, "91440101MA5XX00X6H");
    cr_assert_eq(order->seals->len, 2);
    const OrderSeal *official = order->seals->pdata[0], *invoice = order->seals->pdata[1];
    cr_expect(official->type == SEAL_OFFICIAL && official->width_mm == 40 && official->square_or_round);
    cr_expect(invoice->type == SEAL_INVOICE && invoice->width_mm == 40 && invoice->height_mm == 30);
    cr_assert_eq(order->uploads->len, 3);
    const OrderUpload *last = order->uploads->pdata[2];
    cr_expect(last->role == ROLE_SEAL_SHEET && !strcmp(last->file, "s2.jpg"));
}

Test(order_csv, rows_of_one_number_are_one_order_wherever_they_stand)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) entries = parse(HEAD "A,new,x,,公章,40,a.jpg,s.jpg\n"
                                              "B,renew,y,,,,,\n"
                                              "A,new,,,财务专用章,38,a.jpg,s.jpg\n",
                                         NULL, &error);
    cr_assert(entries && entries->len == 2);
    const OrderCsvEntry *a = entries->pdata[0], *b = entries->pdata[1];
    cr_assert_not_null(a->order, "%s", a->why);
    cr_expect_eq(a->order->seals->len, 2);
    cr_expect_eq(a->order->uploads->len, 2, "the same file in the same role is one upload");
    cr_assert_not_null(b->order);
    cr_expect_eq(b->order->kind, ORDER_RENEW);
}

Test(order_csv, an_order_that_is_wrong_is_refused_alone_with_row_and_column)
{
    static const struct {
        const char *row, *why;
    } rows[] = {
        { "SQ1,cook,x,,,,,\n", "o.csv: row 2, column B (业务类型): kind must be" },
        { "SQ1,,x,,,,,\n", "o.csv: row 2: kind must be" },
        { ",new,x,,,,,\n", "o.csv: row 2: order_id must be" },
        { "../x,new,x,,,,,\n", "o.csv: row 2, column A (订单号): order_id must be" },
        { "SQ1,new,x,,水印章,,,\n", "o.csv: row 2, column E (印章类型): seals.0.type is no seal type" },
        { "SQ1,new,x,,公章;财务章,40,,\n", "o.csv: row 2, column F (印章规格（mm）): does not list as many" },
        { "SQ1,new,x,,公章;财务章,40;big,,\n", "o.csv: row 2, column F (印章规格（mm）): seals.1.declared_mm must be" },
        { "SQ1,new,x,,公章,400,,\n", "o.csv: row 2, column F (印章规格（mm）): seals.0.declared_mm must lie" },
        { "SQ1,new,x,,公章;公章,40;40,,\n", "o.csv: row 2, column E (印章类型): the order has this very seal" },
        { "SQ1,new,x,,,,../a.jpg,\n", "o.csv: row 2, column G (营业执照): uploads.0.file must be the plain name" },
        { "SQ1,new,x,9.14401E+17,,,,\n", "o.csv: row 2, column D (统一社会信用代码): a spreadsheet has rounded" },
        { "SQ1,new,\"x\ny\",,,,,\n", "o.csv: row 2, column C (* 单位名称): company.name holds a control character" },
        { "SQ1,new,x,\n", "o.csv: row 2: has another number of cells" },
        { "SQ1,new,x,,,,,,9\n", "o.csv: row 2: has another number of cells" },
        { "\nSQ1,new,x,,,,,\nSQ1,new,y,,,,,\n", "o.csv: row 4, column C (* 单位名称): is not what an earlier row" },
        { "SQ1,new,x,,公章,40,,\nSQ1,new,x,,公章,40,,\n", "o.csv: row 3, column E (印章类型): the order has this very seal" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strconcat(HEAD, rows[i].row, "SQ9,new,z,,,,,\n", NULL);
        g_autoptr(GPtrArray) entries = parse(text, NULL, &error);
        cr_assert(entries && entries->len == 2, "%s: %s", rows[i].row, error ? error->message : "");
        const OrderCsvEntry *bad = entries->pdata[0], *good = entries->pdata[1];
        cr_expect_null(bad->order, "%s", rows[i].row);
        cr_expect(bad->why && g_str_has_prefix(bad->why, rows[i].why), "%s: %s", rows[i].row, bad->why);
        cr_expect_not_null(good->order, "%s", good->why);
    }
}

Test(order_csv, a_long_text_is_refused_only_where_it_means_something)
{
    g_autofree char *name = g_strnfill(600, 'x'), *remark = g_strnfill(20000, 'y');
    g_autofree char *text = g_strdup_printf("订单号,业务类型,单位名称,备注\nA,new,%s,\nB,new,x,\"%s\"\n", name, remark);
    g_autoptr(GPtrArray) entries = parse(text, NULL, NULL);
    cr_assert(entries && entries->len == 2);
    const OrderCsvEntry *a = entries->pdata[0], *b = entries->pdata[1];
    cr_expect(a->why && strstr(a->why, "row 2, column C (单位名称): company.name is longer"), "%s", a->why);
    cr_expect_not_null(b->order);
}

Test(order_csv, many_rows_of_one_order_end_at_a_limit)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    for (guint i = 0; i < 2000; i++)
        g_string_append_printf(text, "A,new,x,,公章,%u.%u,,\n", 20 + i % 50, i);
    g_autoptr(GPtrArray) entries = parse(text->str, NULL, NULL);
    cr_assert(entries && entries->len == 1);
    const OrderCsvEntry *a = entries->pdata[0];
    cr_expect(a->why && strstr(a->why, "too many"), "%s", a->why);
}

Test(order_csv, a_table_without_its_columns_is_refused_whole)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "o.csv: the table is empty" },
        { "订单号,单位名称\nA,x\n", "o.csv: no column is the order's kind" },
        { "kind,单位名称\nnew,x\n", "o.csv: no column is the order's order_id" },
        { "订单号,kind,业务类型\nA,new,new\n", "o.csv: the columns B and C are both kind" },
        { "订单号,kind\nA,\"new\n", "o.csv: row 2, column B: a quotation mark" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(parse(rows[i].text, NULL, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_expect(g_str_has_prefix(error->message, rows[i].why), "%s", error->message);
    }
}

Test(order_csv, headers_that_mean_nothing_are_told)
{
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) entries = parse("订单号,kind,备注,,ORDER_ID2\nA,new,1,2,3\n", unknown, NULL);
    cr_assert(entries && entries->len == 1);
    cr_assert_eq(unknown->len, 2);
    cr_expect_str_eq(unknown->pdata[0], "备注");
}

Test(order_csv, uploads_may_have_a_row_each)
{
    g_autoptr(GPtrArray) entries = parse("order_id,kind,uploads.role,uploads.file\nA,new,营业执照,a.jpg\n"
                                         "A,new,seal_sheet,b.pdf\nA,new,猫,c.pdf\nB,new,licence,a.jpg\n", NULL, NULL);
    cr_assert(entries && entries->len == 2);
    const OrderCsvEntry *a = entries->pdata[0], *b = entries->pdata[1];
    cr_expect(a->why && strstr(a->why, "row 4, column D (uploads.file): uploads.2.role is no role"), "%s", a->why);
    cr_assert_not_null(b->order, "%s", b->why);
    cr_expect_eq(((OrderUpload *)b->order->uploads->pdata[0])->role, ROLE_LICENCE);
}

Test(order_csv, a_header_means_one_field)
{
    g_autoptr(OrderCsvMap) map = platform();
    g_autoptr(GError) error = NULL;
    cr_expect_not(order_csv_map_add(map, "company.colour", "颜色", &error));
    cr_expect_not_null(strstr(error->message, "no such field"));
    g_clear_error(&error);
    cr_expect_not(order_csv_map_add(map, "recipient.name", "收件人;单位名称", &error));
    cr_expect_not_null(strstr(error->message, "means company.name already"), "%s", error->message);
    cr_expect(order_csv_map_add(map, "company.name", "单位名称;Company", NULL), "the same again is no mistake");
}

Test(order_csv, every_role_of_an_upload_has_a_column)
{
    for (guint role = 0; role < ROLES; role++) {
        g_autoptr(OrderCsvMap) map = order_csv_map_new();
        g_autofree char *field = g_strdup_printf("uploads.%s", role_name(role));
        cr_expect(order_csv_map_add(map, field, "x", NULL), "%s", field);
    }
}
