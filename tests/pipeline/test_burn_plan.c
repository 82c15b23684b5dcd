/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include <string.h>

#include "burner/ca.h"
#include "pipeline/burn_plan.h"
#include "pipeline/pin_letter.h"

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

/* Certificates that the holder has, the last one first: rows of key and end; any bytes serve as DER. */
typedef struct {
    const char *key;
    gint64 not_after;
} Had;

static GPtrArray *
old_of(const Had *had, guint n)
{
    GPtrArray *old = g_ptr_array_new_with_free_func((GDestroyNotify)burn_plan_old_free);
    for (guint i = 0; i < n; i++) {
        BurnPlanOld *one = g_new0(BurnPlanOld, 1);
        one->der = g_bytes_new(&i, sizeof i);
        one->key = g_strdup(had[i].key);
        one->not_after = had[i].not_after;
        g_ptr_array_add(old, one);
    }
    return old;
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
    g_autoptr(GPtrArray) lasts = old_of(&(Had){ "S1", end }, 1), ended = old_of(&(Had){ "S1", NOW - DAY }, 1);
    g_autoptr(GPtrArray) alive = plan("default", order, (BurnPlan){ .old = lasts }, NULL);
    g_autoptr(GPtrArray) dead = plan("default", order, (BurnPlan){ .old = ended }, NULL);
    cr_expect_eq(((BurnOrder *)alive->pdata[0])->not_after, burn_plan_years_later(end, 1));
    cr_expect_eq(((BurnOrder *)dead->pdata[0])->not_after, burn_plan_years_later(NOW, 1));
    cr_expect_str_eq(((BurnOrder *)alive->pdata[0])->token_serial, "S1");
    cr_expect_eq(((BurnOrder *)alive->pdata[0])->pin_rule, BURN_PIN_ASKED);
    cr_assert_not_null(((BurnOrder *)alive->pdata[0])->replaces);
    cr_expect_null(((BurnOrder *)alive->pdata[0])->revoke, "its predecessor ends by itself");
}

Test(burn_plan, of_several_keys_the_order_names_one_or_takes_them_all)
{
    static const Had had[] = { { "S2", NOW + 90 * DAY }, { "S1", NOW + 30 * DAY }, { "S1", NOW + 9 * DAY } };
    g_autoptr(GPtrArray) old = old_of(had, 3);
    g_autoptr(Order) order = order_of(ORDER_RENEW);
    g_autoptr(GError) error = NULL;
    cr_expect_null(plan("default", order, (BurnPlan){ .old = old }, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    cr_expect_not_null(strstr(error->message, "S1, S2"), "%s", error->message);
    order->certificates = 2;
    g_autoptr(GPtrArray) both = plan("default", order, (BurnPlan){ .old = old }, NULL);
    cr_assert_eq(both->len, 2);
    cr_expect_str_eq(((BurnOrder *)both->pdata[0])->token_serial, "S1");
    cr_expect_str_eq(((BurnOrder *)both->pdata[1])->token_serial, "S2");
    order->certificates = 1;
    order->token_serial = g_strdup("S1");
    g_autoptr(GPtrArray) one = plan("default", order, (BurnPlan){ .old = old }, NULL);
    const BurnOrder *unit = one->pdata[0];
    cr_expect_eq(unit->not_after, burn_plan_years_later(NOW + 30 * DAY, 1), "of its own key's last certificate");
    cr_assert_eq(unit->replaces->len, 1);
    cr_expect_eq(unit->replaces->pdata[0], ((BurnPlanOld *)old->pdata[1])->der);
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

Test(burn_plan, a_replacement_revokes_what_is_on_the_lost_key_and_takes_another)
{
    static const Had had[] = { { "S2", NOW + 90 * DAY }, { "LOST", NOW + 30 * DAY }, { "LOST", NOW + 9 * DAY }, { "LOST", NOW } };
    g_autoptr(GPtrArray) old = old_of(had, 4);
    g_autoptr(Order) order = order_of(ORDER_REPLACE);
    g_autoptr(GError) error = NULL;
    order->token_serial = g_strdup("LOST");
    g_autoptr(GPtrArray) units = plan("default", order, (BurnPlan){ .old = old }, &error);
    cr_assert_not_null(units, "%s", error ? error->message : "");
    const BurnOrder *unit = units->pdata[0];
    cr_expect_null(unit->token_serial);
    cr_assert_not_null(unit->revoke);
    cr_expect_eq(unit->revoke->len, 2, "the one that has ended is left alone, the other key's too");
}

Test(burn_plan, nothing_is_given_up_where_it_is_not_known_what)
{
    static const Had had[] = { { "S2", NOW + 90 * DAY }, { "S1", NOW + 30 * DAY } };
    static const OrderKind kinds[] = { ORDER_REPLACE, ORDER_REVOKE };
    g_autoptr(GPtrArray) old = old_of(had, 2);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(Order) order = order_of(kinds[i]);
        g_autoptr(GError) several = NULL, none = NULL, strange = NULL;
        g_ptr_array_set_size(order->seals, 0);
        cr_expect_null(plan("default", order, (BurnPlan){ .old = old }, &several));
        cr_expect(g_error_matches(several, SB_ERROR, SB_ERROR_INPUT));
        cr_expect_null(plan("default", order, (BurnPlan){ 0 }, &none), "there is nothing to revoke");
        cr_expect(g_error_matches(none, SB_ERROR, SB_ERROR_INPUT));
        order->token_serial = g_strdup("S3");
        cr_expect_null(plan("default", order, (BurnPlan){ .old = old }, &strange));
        cr_expect(g_error_matches(strange, SB_ERROR, SB_ERROR_INPUT));
    }
    g_autoptr(Order) order = order_of(ORDER_REPLACE);
    g_autoptr(GPtrArray) units = plan("default", order, (BurnPlan){ .old = old, .lost = "S1" }, NULL);
    cr_assert_not_null(units, "the operator's word counts");
    cr_expect_eq(((BurnOrder *)units->pdata[0])->revoke->len, 1);
}

/* A certificate of @name, from an embedded CA. */
static GBytes *
certificate_of(const Order *order, gint64 until)
{
    g_autofree char *dir = g_dir_make_tmp("sealbatch-plan-XXXXXX", NULL), *ca = g_build_filename(dir, "ca", NULL),
                    *remove = g_strdup_printf("rm -rf %s", dir), *file = g_build_filename(ca, "ca.crt", NULL);
    cr_assert(burn_ca_local_create(ca, BURN_CA_KEY_EC_P256, order->company_name, order->company_name, 0, until, NULL));
    GBytes *der = pin_letter_recipient(file, NULL);
    g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL);
    return der;
}

Test(burn_plan, a_change_that_leaves_the_subject_alone_changes_seals_alone)
{
    g_autoptr(Order) order = order_of(ORDER_CHANGE);
    g_autoptr(GPtrArray) old = old_of(&(Had){ "S1", NOW + 30 * DAY }, 1);
    g_autoptr(Profile) profile = profile_load("default", NULL, NULL);
    BurnPlanOld *had = old->pdata[0];
    g_bytes_unref(had->der);
    had->der = certificate_of(order, 4000000000);
    g_free(profile->subject_enterprise);
    profile->subject_enterprise = g_strdup("C=CN;O={company};CN={company}");
    BurnPlan wanted = { .order = order, .profile = profile, .now = NOW, .old = old };
    g_autoptr(GPtrArray) same = burn_plan_make(&wanted, NULL);
    cr_assert_not_null(same);
    const BurnOrder *unit = same->pdata[0];
    cr_expect(unit->keep_key);
    cr_expect_eq(unit->onto, had->der);
    cr_expect_null(unit->revoke);
    cr_expect_null(unit->replaces);
    g_free(order->company_name);
    order->company_name = g_strdup("丙丁有限公司");
    g_autoptr(GPtrArray) renamed = burn_plan_make(&wanted, NULL);
    unit = renamed->pdata[0];
    cr_expect_not(unit->keep_key);
    cr_expect_eq(unit->revoke->len, 1);
    cr_expect_eq(unit->not_after, had->not_after, "the term was paid for once");
    g_ptr_array_set_size(order->seals, 0);
    g_free(order->company_name);
    order->company_name = g_strdup("甲乙有限公司");
    g_autoptr(GError) error = NULL;
    cr_expect_null(burn_plan_make(&wanted, &error), "nothing would change");
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
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
