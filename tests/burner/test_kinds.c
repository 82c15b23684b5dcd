/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of order besides new: what stays on a key in use, what goes, and what the CA hears of it. */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/hub.h"
#include "burner/step.h"
#include "core/error.h"
#include "support/bench_top.h"

static Desk *desk;
static char *serial;       /* of a key that a new order went onto */
static GBytes *certificate;

static guint
occurrences(const char *text, const char *what)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

static void
expect(const BurnResult *r, BurnOutcome outcome)
{
    cr_assert_eq(r->outcome, outcome, "%s: %s: %s", r->unit, burn_outcome_name(r->outcome), r->reason ? r->reason : "");
}

static void
expect_objects(const char *pin, guint pairs, guint certificates, guint data)
{
    g_autofree char *options = g_strdup_printf("-O --login --pin %s", pin);
    g_autofree char *seen = desk_tool(desk, options);
    cr_assert_eq(occurrences(seen, "Private Key Object"), pairs, "%s", seen);
    cr_assert_eq(occurrences(seen, "Public Key Object"), pairs, "%s", seen);
    cr_assert_eq(occurrences(seen, "Certificate Object"), certificates, "%s", seen);
    cr_assert_eq(occurrences(seen, "Data object"), data, "%s", seen);
}

static void
setup(void)
{
    desk = desk_new();
    g_autoptr(BurnOrder) order = desk_order(desk, "OLD", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    BurnResult *r = results->pdata[0];
    expect(r, BURN_DONE);
    serial = g_strdup(r->token_serial);
    certificate = g_bytes_ref(r->certificate);
}

static void
teardown(void)
{
    g_free(serial);
    g_bytes_unref(certificate);
    desk_free(desk);
}

TestSuite(kinds, .init = setup, .fini = teardown, .timeout = 60);

static BurnOrder *
order_on_key(const char *id, BurnKind kind)
{
    BurnOrder *order = desk_order(desk, id, kind);
    order->token_serial = g_strdup(serial);
    return order;
}

static GPtrArray *
list_of(GBytes *bytes)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_ptr_array_add(list, g_bytes_ref(bytes));
    return list;
}

Test(kinds, renewing_leaves_one_new_key_certificate_and_seals)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_RENEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    BurnResult *r = results->pdata[0];
    expect(r, BURN_DONE);
    cr_assert_not(g_bytes_equal(r->certificate, certificate));
    expect_objects("12345678", 1, 1, 2);
    cr_assert_eq(desk_issued(desk), 2);
    cr_assert_eq(desk_revoked(desk), 0);
}

Test(kinds, a_change_of_name_revokes_the_old_certificate_last)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_CHANGE);
    g_free(order->subject.name);
    order->subject.name = g_strdup("海南某某工程集团有限公司");
    order->revoke = list_of(certificate);
    order->replaces = list_of(certificate);
    order->revoke_reason = 4;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    expect_objects("12345678", 1, 1, 2);
    cr_assert_eq(desk_revoked(desk), 1);
}

Test(kinds, renewing_touches_nothing_that_is_not_replaced)
{
    g_free(desk_tool(desk, "--login --pin 12345678 --keypairgen --key-type rsa:2048 --id 77 --label other"));
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_RENEW);
    order->replaces = list_of(certificate);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    expect_objects("12345678", 2, 1, 2);
}

Test(kinds, renewing_a_certificate_that_is_not_on_the_key_is_held)
{
    g_autoptr(GBytes) other = g_bytes_new_static("no such certificate", 19);
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_RENEW);
    order->replaces = list_of(other);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_HELD);
    cr_assert_eq(desk_issued(desk), 1);
}

Test(kinds, seals_alone_go_beside_a_certificate_and_name_it)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_SEALS);
    order->seals = 3; /* two of the same names as those on the key, and one more */
    desk->seal_bytes = 9000;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    expect_objects("12345678", 1, 1, 3);
    cr_assert_eq(desk_issued(desk), 1);
}

Test(kinds, a_single_seal_is_replaced_and_another_removed)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_CHANGE);
    order->keep_key = TRUE;
    order->seals = 1;
    order->onto = g_bytes_ref(certificate);
    order->replace_labels = g_ptr_array_new();
    g_ptr_array_add(order->replace_labels, (char *)"seal 2");
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    expect_objects("12345678", 1, 1, 1);
}

static BurnPin *
wrong_pin(const BurnOrder *order, const char *key, gpointer data)
{
    desk->made++;
    return burn_pin_new("99999999", 8);
}

Test(kinds, a_wrong_pin_is_tried_once_and_held)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_SEALS);
    order->pin_rule = BURN_PIN_ASKED;
    desk->calls.ask_pin = wrong_pin;
    desk->made = 0;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_HELD);
    g_autoptr(GPtrArray) again = desk_run(desk, &order, 1);
    expect(again->pdata[0], BURN_HELD);
    cr_assert_eq(desk->made, 1, "the PIN was asked for %u times", desk->made);
}

Test(kinds, without_its_pin_a_key_in_use_waits)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_RENEW);
    order->pin_rule = BURN_PIN_ASKED;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_WAITING);
}

Test(kinds, unlocking_sets_the_new_pin_and_leaves_the_objects)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_UNLOCK);
    g_free(order->fixed_pin);
    order->fixed_pin = g_strdup("87654321");
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    expect_objects("87654321", 1, 1, 2);
}

Test(kinds, replacing_a_lost_key_revokes_first_and_takes_a_blank_one)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ2", BURN_REPLACE);
    order->revoke = list_of(certificate);
    order->revoke_reason = 1;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    BurnResult *r = results->pdata[0];
    expect(r, BURN_DONE);
    cr_assert_str_neq(r->token_serial, serial);
    cr_assert_eq(desk_revoked(desk), 1);
    cr_assert_eq(desk_issued(desk), 2);
}

/* A CA that cannot be reached for its first revocation. */
typedef struct {
    BurnCa base;
    BurnCa *inner;
    guint asked;
} ShyCa;

static BurnCaAnswer
shy_find(BurnCa *ca, const BurnCaRequest *r, GBytes **out, GError **error)
{
    return ((ShyCa *)ca)->inner->find(((ShyCa *)ca)->inner, r, out, error);
}

static BurnCaAnswer
shy_issue(BurnCa *ca, const BurnCaRequest *r, GBytes **out, GError **error)
{
    return ((ShyCa *)ca)->inner->issue(((ShyCa *)ca)->inner, r, out, error);
}

static BurnCaAnswer
shy_revoke(BurnCa *ca, GBytes *which, guint reason, GError **error)
{
    ShyCa *s = (ShyCa *)ca;
    return s->asked++ == 0 ? BURN_CA_UNCLEAR : s->inner->revoke(s->inner, which, reason, error);
}

static GPtrArray *
shy_chain(BurnCa *ca, GError **error)
{
    return ((ShyCa *)ca)->inner->chain(((ShyCa *)ca)->inner, error);
}

/* One run is interrupted, the next one does all that is left. */
static void
burn_with_shy_ca(BurnOrder *order)
{
    ShyCa shy = { { "shy", shy_find, shy_issue, shy_revoke, shy_chain, NULL }, desk->ca, 0 };
    desk->ca = &shy.base;
    g_autoptr(GPtrArray) first = desk_run(desk, &order, 1);
    expect(first->pdata[0], BURN_INTERRUPTED);
    g_autoptr(GPtrArray) second = desk_run(desk, &order, 1);
    desk->ca = shy.inner;
    expect(second->pdata[0], BURN_DONE);
    cr_assert_eq(desk_revoked(desk), 1);
}

Test(kinds, a_replacement_whose_revocation_is_late_takes_a_blank_key_in_the_same_run)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ2", BURN_REPLACE);
    order->revoke = list_of(certificate);
    burn_with_shy_ca(order);
    cr_assert_eq(desk_issued(desk), 2);
}

Test(kinds, a_key_that_is_here_is_wiped_in_the_run_that_revokes_it_late)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_REVOKE);
    order->revoke = list_of(certificate);
    order->may_erase = TRUE;
    burn_with_shy_ca(order);
    g_autofree char *slots = desk_tool(desk, "-L");
    cr_assert_not_null(strstr(slots, "SB-BLANK"), "%s", slots);
}

Test(kinds, a_revoked_key_is_wiped_when_it_is_here_and_serves_again)
{
    g_autoptr(BurnOrder) order = order_on_key("SQ2", BURN_REVOKE);
    order->revoke = list_of(certificate);
    order->may_erase = TRUE;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    cr_assert_eq(desk_revoked(desk), 1);
    g_autoptr(BurnOrder) next = order_on_key("SQ3", BURN_NEW);
    g_autoptr(GPtrArray) burned = desk_run(desk, &next, 1);
    expect(burned->pdata[0], BURN_DONE);
    cr_assert_str_eq(((BurnResult *)burned->pdata[0])->token_serial, serial);
}

Test(kinds, a_key_of_ours_is_wiped_by_its_serial_and_no_other)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnHub) hub = burn_hub_new(&desk->config, BUILD_DIR "/sealbatch-worker", desk->journal, desk->ca, desk->pins, &desk->calls, &error);
    cr_assert_not(burn_hub_wipe(hub, "0000", &error), "it is not plugged in");
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_TOKEN));
    g_clear_error(&error);
    cr_assert(burn_hub_wipe(hub, serial, &error), "%s", error ? error->message : "");
    cr_assert(burn_hub_wipe(hub, serial, &error), "the same again does no harm");
    g_autoptr(GPtrArray) tokens = burn_hub_tokens(hub, &error);
    gboolean found = FALSE;
    for (guint i = 0; i < tokens->len; i++) {
        const BurnToken *t = tokens->pdata[i];
        if (strcmp(t->serial, serial) != 0)
            continue;
        found = TRUE;
        cr_assert_str_eq(t->label, BURN_LABEL_WIPED);
        cr_assert(burn_hub_may_take(hub, t));
    }
    cr_assert(found);
}

Test(kinds, a_revocation_needs_no_key)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ2", BURN_REVOKE);
    order->revoke = list_of(certificate);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect(results->pdata[0], BURN_DONE);
    cr_assert_eq(desk_revoked(desk), 1);
    expect_objects("12345678", 1, 1, 2);
}

Test(kinds, an_exchange_needs_the_other_keys_signature)
{
    BurnOrder *orders[3] = { desk_order(desk, "E1", BURN_EXCHANGE), desk_order(desk, "E2", BURN_EXCHANGE),
                             desk_order(desk, "E3", BURN_EXCHANGE) };
    desk_prove(orders[0], "a challenge of the CA", "a challenge of the CA");
    desk_prove(orders[1], "a challenge of the CA", "something else");
    g_autoptr(GPtrArray) results = desk_run(desk, orders, 3);
    expect(results->pdata[0], BURN_DONE);
    expect(results->pdata[1], BURN_FAILED);
    expect(results->pdata[2], BURN_FAILED);
    cr_assert_eq(desk_issued(desk), 2);
    for (guint i = 0; i < 3; i++)
        burn_order_free(orders[i]);
}

Test(kinds, a_held_order_restarts_on_another_key_and_what_was_issued_is_revoked)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ2", BURN_NEW);
    order->seals = 1;
    desk->calls.make_seals = NULL; /* no seal comes: held after the certificate was written */
    g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
    expect(held->pdata[0], BURN_HELD);
    order->seals = 0;
    cr_assert(burn_decide(desk->journal, "SQ2", BURN_DECIDE_RESTART, NULL));
    g_autoptr(GPtrArray) revoked = desk_run(desk, &order, 1);
    expect(revoked->pdata[0], BURN_WAITING);
    g_autoptr(GPtrArray) done = desk_run(desk, &order, 1);
    expect(done->pdata[0], BURN_DONE);
    cr_assert_eq(desk_revoked(desk), 1);
    cr_assert_eq(desk_issued(desk), 3);
    cr_assert_not(burn_decide(desk->journal, "SQ2", BURN_DECIDE_RETRY, NULL), "what is done is not decided again");
}

Test(kinds, a_held_order_that_is_given_up_is_revoked_and_fails)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ2", BURN_NEW);
    desk->calls.make_seals = NULL;
    g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
    expect(held->pdata[0], BURN_HELD);
    cr_assert(burn_decide(desk->journal, "SQ2", BURN_DECIDE_GIVE_UP, NULL));
    g_autoptr(GPtrArray) failed = desk_run(desk, &order, 1);
    expect(failed->pdata[0], BURN_FAILED);
    cr_assert_eq(desk_revoked(desk), 1);
}

Test(kinds, seals_that_are_given_up_or_begun_again_leave_the_holders_certificate_alive)
{
    static const BurnDecision decisions[] = { BURN_DECIDE_GIVE_UP, BURN_DECIDE_RESTART };
    static const BurnOutcome outcomes[] = { BURN_FAILED, BURN_WAITING };
    for (guint i = 0; i < G_N_ELEMENTS(decisions); i++) {
        g_autoptr(BurnOrder) order = order_on_key(i ? "SQ3" : "SQ2", BURN_SEALS);
        desk->calls.make_seals = NULL;
        g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
        expect(held->pdata[0], BURN_HELD);
        cr_assert(burn_decide(desk->journal, order->order_id, decisions[i], NULL));
        g_autoptr(GPtrArray) ended = desk_run(desk, &order, 1);
        expect(ended->pdata[0], outcomes[i]);
        cr_expect_eq(desk_revoked(desk), 0, "%s", order->order_id);
    }
}

Test(kinds, what_was_asked_of_a_ca_behind_an_air_gap_and_given_up_waits_to_be_revoked)
{
    g_autofree char *out = g_build_filename(desk->folder, "out", NULL), *in = g_build_filename(desk->folder, "in", NULL),
                    *chain = g_build_filename(desk->folder, "ca/ca.crt", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ2", BURN_NEW);
    BurnCa *local = desk->ca;
    desk->ca = burn_ca_files_open(out, in, chain, &error);
    cr_assert_not_null(desk->ca, "%s", error ? error->message : "");
    g_autoptr(GPtrArray) asked = desk_run(desk, &order, 1);
    expect(asked->pdata[0], BURN_WAITING);
    cr_assert(burn_decide(desk->journal, "SQ2", BURN_DECIDE_GIVE_UP, NULL));
    g_autoptr(GPtrArray) given_up = desk_run(desk, &order, 1);
    expect(given_up->pdata[0], BURN_INTERRUPTED);
    const char *reason = ((BurnResult *)given_up->pdata[0])->reason;
    cr_expect_not_null(strstr(reason, "revoked in the run that finds it"), "%s", reason);
    burn_ca_free(desk->ca);
    desk->ca = local;
}

Test(kinds, a_key_that_is_plugged_in_proves_its_holder_for_an_exchange)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnHub) hub = burn_hub_new(&desk->config, BUILD_DIR "/sealbatch-worker", desk->journal, desk->ca, desk->pins, &desk->calls, &error);
    g_autoptr(BurnPin) pin = burn_pin_new("12345678", 8), wrong = burn_pin_new("87654321", 8);
    g_autoptr(GBytes) challenge = g_bytes_new("sixteen bytes...", 16);
    g_autoptr(BurnOrder) order = desk_order(desk, "EX1", BURN_EXCHANGE);
    cr_assert(burn_hub_prove(hub, serial, pin, challenge, &order->proof_certificate, &order->proof_signature, &error), "%s", error ? error->message : "");
    cr_assert(g_bytes_equal(order->proof_certificate, certificate));
    order->proof_challenge = g_bytes_ref(challenge);
    cr_assert(burn_order_check(order, NULL));
    GBytes *none = NULL, *nothing = NULL;
    cr_assert_not(burn_hub_prove(hub, serial, wrong, challenge, &none, &nothing, &error));
    cr_assert(none == NULL && nothing == NULL);
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_PIN));
    g_clear_error(&error);
    cr_assert_not(burn_hub_prove(hub, "0000", pin, challenge, &none, &nothing, &error));
}

Test(kinds, decisions_have_stable_names)
{
    static const struct {
        const char *name;
        BurnDecision decision;
    } rows[] = { { "retry", BURN_DECIDE_RETRY },
                 { "restart", BURN_DECIDE_RESTART },
                 { "give_up", BURN_DECIDE_GIVE_UP },
                 { "issue_again", BURN_DECIDE_ISSUE_AGAIN } };
    BurnDecision decision;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        cr_assert(burn_decision_from_name(rows[i].name, &decision));
        cr_assert_eq(decision, rows[i].decision);
    }
    cr_assert_not(burn_decision_from_name("perhaps", &decision));
}
