/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/order.h"

#include <criterion/criterion.h>
#include <string.h>

static const char whole[] =
    "{ \"order_id\": \"SQ1\", \"kind\": \"变更\", \"subject_type\": \"enterprise\", \"certificate_years\": 2,\n"
    "  \"company\": { \"name\": \" 甲乙有限公司 \", \"credit_code\": \"91110108MA00TE5T26\", \"address\": null },\n"
    "  \"legal_rep\": { \"name\": \"张三\", \"nick\": 1 },\n"
    "  \"seals\": [ { \"type\": \"企业公章\", \"declared_mm\": 40 }, { \"type\": \"invoice\", \"declared_mm\": [40, "
    "30] },\n"
    "             { \"type\": \"signature\", \"declared_mm\": null } ],\n"
    "  \"uploads\": [ { \"role\": \"营业执照\", \"file\": \"执照.jpg\" }, { \"role\": \"seal_sheet\", \"file\": "
    "\"c.pdf\" } ] }";

Test(order, is_read_in_english_and_chinese_terms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = order_parse(whole, strlen(whole), "order.json", &error);
    cr_assert_not_null(order, "%s", error ? error->message : "");
    cr_assert_eq(order->kind, ORDER_CHANGE);
    cr_assert_str_eq(order->company_name, "甲乙有限公司");
    cr_assert_null(order->company_address);
    cr_assert_eq(order->certificates, 1);
    cr_assert_eq(order->seals->len, 3);
    const OrderSeal *invoice = order->seals->pdata[1], *signature = order->seals->pdata[2];
    cr_assert_eq(invoice->type, SEAL_INVOICE);
    cr_assert_float_eq(invoice->height_mm, 30, 1e-9);
    cr_assert_float_eq(signature->width_mm, 0, 1e-9);
    cr_assert_eq(((const OrderUpload *)order->uploads->pdata[0])->role, ROLE_LICENCE);
    cr_assert_eq(order->unknown_fields->len, 1);
    cr_assert_str_eq(order->unknown_fields->pdata[0], "/legal_rep/nick");
}

Test(order, survives_writing_and_reading_again)
{
    g_autoptr(Order) order = order_parse(whole, strlen(whole), "order.json", NULL);
    g_autofree char *json = order_to_json(order);
    g_autoptr(Order) again = order_parse(json, strlen(json), "again", NULL);
    cr_assert_not_null(again);
    g_autofree char *twice = order_to_json(again);
    cr_assert_str_eq(json, twice);
}

Test(order, a_wrong_type_is_refused_with_line_and_column)
{
    static const struct {
        const char *json, *message;
    } rows[] = {
        { "{\"order_id\": \"A\", \"kind\": \"new\",\n \"company\": {\"name\": 5}}",
          "o.json:2:22: company.name must be a string" },
        { "{\"order_id\": \"A\", \"kind\": \"new\",\n\"company\": []}", "o.json:2:12: company must be an object" },
        { "{\"order_id\": \"A/B\", \"kind\": \"new\"}", "o.json:1:14: order_id must be" },
        { "{\"order_id\": \"A\", \"kind\": \"buy\"}", "o.json:1:27: kind must be" },
        { "{\"order_id\": \"A\"}", "o.json:1:1: kind must be" },
        { "{\"kind\": \"new\"}", "o.json:1:1: order_id must be" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"certificate_years\": 2.5}",
          "certificate_years must be a whole number" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"certificates\": 0}", "certificates must be a whole number" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"seals\": [{\"type\": \"official\", \"declared_mm\": \"40\"}]}",
          "seals.0.declared_mm must be a number" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"seals\": [{\"type\": \"official\", \"declared_mm\": 4000}]}",
          "seals.0.declared_mm must lie between" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"seals\": [{\"type\": \"stamp\"}]}",
          "seals.0.type is no seal type" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"uploads\": [{\"role\": \"licence\", \"file\": \"../x\"}]}",
          "uploads.0.file must be the plain name" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"uploads\": [{\"role\": \"poem\", \"file\": \"x\"}]}",
          "uploads.0.role is no role" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"uploads\": {}}", "uploads must be a list" },
        { "{\"order_id\": \"A\", \"kind\": \"new\", \"subject_type\": \"ghost\"}", "subject_type must be" },
        { "[1]", "o.json:1:1: the order must be an object" },
        { "{\"order_id\": \"A\",\n", "o.json:2:" },
        { "", "not valid JSON" },
        { "{\"kind\": \"new\",\n \"kind\": \"renew\"}", "o.json:2:7: a field stands there twice" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_assert_null(order_parse(rows[i].json, strlen(rows[i].json), "o.json", &error), "row %zu", i);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_assert(strstr(error->message, rows[i].message), "row %zu: %s", i, error->message);
    }
}

Test(order, a_syntax_error_never_quotes_the_text)
{
    const char *json = "{\"order_id\": \"A\", \"legal_rep\": {\"name\": \"王小明\" x}}";
    g_autoptr(GError) error = NULL;
    cr_assert_null(order_parse(json, strlen(json), "o.json", &error));
    cr_assert_null(strstr(error->message, "王"));
}

Test(order, too_much_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *big = g_strnfill(2 << 20, ' ');
    cr_assert_null(order_parse(big, 2 << 20, "o.json", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
}

Test(order, gb18030_is_understood)
{
    g_autofree char *gb = g_convert(whole, -1, "GB18030", "UTF-8", NULL, NULL, NULL);
    g_autoptr(Order) order = order_parse(gb, strlen(gb), "order.json", NULL);
    cr_assert_not_null(order);
    cr_assert_str_eq(order->legal_rep.name, "张三");
}

Test(order_names, lead_there_and_back)
{
    for (guint i = 0; i < ORDER_KINDS; i++) {
        OrderKind kind;
        cr_assert(order_kind_from_name(order_kind_name((OrderKind)i), &kind) && kind == (OrderKind)i);
    }
    for (guint i = 0; i < SEAL_TYPES; i++) {
        SealType type;
        cr_assert(seal_type_from_name(seal_type_name((SealType)i), &type) && type == (SealType)i);
        cr_assert(seal_type_from_name(seal_type_name_zh((SealType)i), &type) && type == (SealType)i);
    }
    for (guint i = 0; i < ROLES; i++) {
        Role role;
        cr_assert(role_from_name(role_name((Role)i), &role) && role == (Role)i);
    }
    OrderKind kind;
    SealType type;
    Role role;
    cr_assert_not(order_kind_from_name("", &kind));
    cr_assert_not(seal_type_from_name(NULL, &type));
    cr_assert_not(role_from_name("Licences", &role));
    cr_assert(role_is_id_card(ROLE_OPERATOR_ID_BACK));
    cr_assert_not(role_is_id_card(ROLE_SEAL_SHEET));
}
