/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "pipeline/burn_plan.h"

enum { DAY = 86400 };
#define NOW ((gint64)1767225600) /* 2026-01-01 */

static Order *
order_of(OrderKind kind)
{
    Order *order = order_new();
    order->order_id = g_strdup("A1");
    order->kind = kind;
    order->certificates = 1;
    order->company_name = g_strdup("甲乙有限公司");
    order->credit_code = g_strdup("9111 0108MA00TE5T26");
    order->legal_rep.name = g_strdup("王五");
    g_ptr_array_add(order->seals, order_seal_new());
    return order;
}

static GPtrArray *
plan(const char *profile_name, Order *order, BurnPlan more, GError **error)
{
    g_autoptr(Profile) profile = profile_load(profile_name, NULL, NULL);
    more.order = order;
    more.profile = profile;
    more.now = NOW;
    return burn_plan_make(&more, error);
}

Test(burn_plan, a_new_order_gets_a_blank_key_and_the_profiles_years)
{
    g_autoptr(Order) order = order_of(ORDER_NEW);
    g_autoptr(GError) error = NULL;
    order->certificate_years = 2;
    g_autoptr(GPtrArray) units = plan("default", order, (BurnPlan){ 0 }, &error);
    cr_assert_not_null(units, "%s", error ? error->message : "");
    cr_assert_eq(units->len, 1);
    const BurnOrder *unit = units->pdata[0];
    cr_expect_eq(unit->kind, BURN_NEW);
    cr_expect_null(unit->token_serial);
    cr_expect_eq(unit->not_after, burn_plan_years_later(NOW, 2));
    cr_expect_eq(unit->pin_rule, BURN_PIN_FIXED);
    cr_expect_str_eq(unit->subject.organisation, "甲乙有限公司");
    cr_expect_str_eq(unit->subject.code, "91110108MA00TE5T26");
    cr_expect_str_eq(unit->subject.code_field, "serialNumber");
    cr_expect_eq(unit->seals, 1);
}

Test(burn_plan, several_certificates_are_several_units)
{
    g_autoptr(Order) order = order_of(ORDER_NEW);
    order->certificates = 3;
    g_autoptr(GPtrArray) units = plan("guangdong-netca", order, (BurnPlan){ 0 }, NULL);
    cr_assert_eq(units->len, 3);
    cr_expect_eq(((BurnOrder *)units->pdata[2])->certificate_index, 3);
    cr_expect_eq(((BurnOrder *)units->pdata[0])->pin_rule, BURN_PIN_RANDOM);
}

Test(burn_plan, a_renewal_adds_to_the_old_end_while_it_lasts)
{
    g_autoptr(Order) order = order_of(ORDER_RENEW);
    gint64 end = NOW + 30 * DAY;
    g_autoptr(GPtrArray) alive = plan("default", order, (BurnPlan){ .old_not_after = end, .old_serial = "S1" }, NULL);
    g_autoptr(GPtrArray) dead = plan("default", order, (BurnPlan){ .old_not_after = NOW - DAY, .old_serial = "S1" }, NULL);
    cr_expect_eq(((BurnOrder *)alive->pdata[0])->not_after, burn_plan_years_later(end, 1));
    cr_expect_eq(((BurnOrder *)dead->pdata[0])->not_after, burn_plan_years_later(NOW, 1));
    cr_expect_str_eq(((BurnOrder *)alive->pdata[0])->token_serial, "S1");
    cr_expect_eq(((BurnOrder *)alive->pdata[0])->pin_rule, BURN_PIN_ASKED);
}

Test(burn_plan, a_kind_that_needs_the_old_key_says_so_when_it_is_not_known)
{
    static const OrderKind kinds[] = { ORDER_RENEW, ORDER_CHANGE, ORDER_UNLOCK };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(Order) order = order_of(kinds[i]);
        g_autoptr(GError) error = NULL;
        cr_expect_null(plan("default", order, (BurnPlan){ 0 }, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    }
}

Test(burn_plan, a_replacement_revokes_the_lost_keys_certificate_and_takes_another_key)
{
    g_autoptr(Order) order = order_of(ORDER_REPLACE);
    g_autoptr(GBytes) old = g_bytes_new_static("der", 3);
    g_autoptr(GError) error = NULL;
    order->token_serial = g_strdup("LOST");
    g_autoptr(GPtrArray) units = plan("default", order, (BurnPlan){ .old_certificate = old, .old_serial = "LOST" }, &error);
    cr_assert_not_null(units, "%s", error ? error->message : "");
    const BurnOrder *unit = units->pdata[0];
    cr_expect_null(unit->token_serial);
    cr_assert_not_null(unit->revoke);
    cr_expect_eq(unit->revoke->len, 1);
}

Test(burn_plan, seals_only_platforms_burn_seals_only)
{
    g_autoptr(Order) order = order_of(ORDER_NEW);
    order->token_serial = g_strdup("S9");
    g_autoptr(GPtrArray) units = plan("beijing-jinge", order, (BurnPlan){ 0 }, NULL);
    cr_expect_eq(((BurnOrder *)units->pdata[0])->kind, BURN_SEALS);
}

Test(burn_plan, only_a_key_named_by_the_operator_may_be_erased)
{
    g_autoptr(Order) order = order_of(ORDER_NEW);
    g_autoptr(GPtrArray) named = plan("default", order, (BurnPlan){ .assigned = "S1", .may_erase = TRUE }, NULL);
    g_autoptr(GPtrArray) unnamed = plan("default", order, (BurnPlan){ .may_erase = TRUE }, NULL);
    cr_expect(((BurnOrder *)named->pdata[0])->may_erase);
    cr_expect_not(((BurnOrder *)unnamed->pdata[0])->may_erase);
}

Test(burn_plan, a_wrong_subject_template_is_refused)
{
    static const char *const templates[] = { "CN", "CN={nobody}", "CN={company};O" };
    for (guint i = 0; i < G_N_ELEMENTS(templates); i++) {
        g_autoptr(Order) order = order_of(ORDER_NEW);
        g_autoptr(BurnOrder) unit = burn_order_new();
        g_autoptr(GError) error = NULL;
        cr_expect_not(burn_plan_subject(templates[i], order, &unit->subject, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    }
}

Test(burn_plan, years_keep_the_day)
{
    gint64 leap = 1709164800; /* 2024-02-29 */
    cr_expect_eq(burn_plan_years_later(leap, 1), 1740700800); /* 2025-02-28 */
    cr_expect_eq(burn_plan_years_later(NOW, 1), NOW + 365 * DAY);
}

Test(burn_plan, an_exchange_waits_for_the_old_keys_proof)
{
    g_autoptr(Order) order = order_of(ORDER_EXCHANGE);
    g_autoptr(GBytes) part = g_bytes_new_static("x", 1);
    g_autoptr(GError) error = NULL;
    cr_expect_null(plan("zhaoqing-zhengqianyun", order, (BurnPlan){ .proof_challenge = part }, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}
