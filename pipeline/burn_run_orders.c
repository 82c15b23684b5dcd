/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which orders a run is about, with which keys and which old certificates.
 */
#include <string.h>

#include "burner/ca.h"
#include "pipeline/burn_facts.h"
#include "pipeline/burn_plan.h"
#include "pipeline/burn_run_inner.h"
#include "pipeline/stored_order.h"

static const char *
assigned_to(BurnRun *run, const char *serial)
{
    GHashTableIter iter;
    gpointer id, a;
    g_hash_table_iter_init(&iter, run->assigned);
    while (g_hash_table_iter_next(&iter, &id, &a))
        if (!strcmp(((BurnAssignment *)a)->serial, serial))
            return id;
    return NULL;
}

gboolean
burn_run_assign(BurnRun *run, const char *order_id, const char *serial, gboolean may_erase, GError **error)
{
    GError *cause = NULL;
    g_autoptr(StoreOrder) record = store_get_order(run->ws->store, order_id, &cause);
    const char *other = assigned_to(run, serial);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (!record || other || g_hash_table_contains(run->assigned, order_id)) {
        if (!record)
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not in this workspace", order_id);
        else if (other)
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "key %s is given to %s already", serial, other);
        else
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s has a key already", order_id);
        return FALSE;
    }
    BurnAssignment *a = g_new0(BurnAssignment, 1);
    a->serial = g_strdup(serial);
    a->may_erase = may_erase;
    g_hash_table_replace(run->assigned, g_strdup(order_id), a);
    return TRUE;
}

/* ---- what the operator adds ------------------------------------------------------------------------------ */

/* An order of this kind that can still be burned. (transfer full) */
static Order *
order_of_kind(BurnRun *run, const char *order_id, OrderKind kind, GError **error)
{
    g_autoptr(StoreOrder) record = NULL;
    g_autoptr(Order) order = stored_order_load(run->ws, order_id, &record, error);
    if (!order)
        return NULL;
    if (record->kind == kind && (record->state == STATE_READY || record->state == STATE_BURNING || record->state == STATE_HELD))
        return g_steal_pointer(&order);
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is %s and %s: this is for orders of kind %s that are ready to be "
                "burned", order_id, order_kind_name(record->kind), order_state_name(record->state), order_kind_name(kind));
    return NULL;
}

gboolean
burn_run_prove(BurnRun *run, const char *order_id, const char *serial, char **issuer, GError **error)
{
    const char *trust = config_text(run->ws->config, "ca", "exchange_trust");
    g_autofree char *file = *trust ? workspace_path(run->ws, trust) : NULL;
    g_autoptr(Order) order = order_of_kind(run, order_id, ORDER_EXCHANGE, error);
    g_autoptr(GBytes) challenge = burn_facts_challenge(order_id), certificate = NULL, signature = NULL;
    if (!order || !challenge)
        return FALSE;
    if (!file) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "whose keys are accepted for an exchange is not set: put the other CAs' certificates (PEM) into a file "
                    "and its name into [ca] exchange_trust");
        return FALSE;
    }
    g_autoptr(BurnPin) pin = run->calls.ask_pin ? run->calls.ask_pin(order_id, serial, run->calls.data) : NULL;
    if (!pin) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the PIN of key %s is needed: run this on a terminal and type it", serial);
        return FALSE;
    }
    return burn_hub_prove(run->hub, serial, pin, challenge, &certificate, &signature, error) &&
           burn_facts_check_proof(certificate, order, file, g_get_real_time() / G_USEC_PER_SEC, error) &&
           burn_cert_describe(certificate, NULL, issuer, NULL, NULL, NULL, error) &&
           burn_facts_keep_proof(&run->journal, order_id, certificate, challenge, signature, error) &&
           store_audit(run->ws->store, "exchange_proved", order_id, serial, error);
}

gboolean
burn_run_lost(BurnRun *run, const char *order_id, const char *serial, GError **error)
{
    g_autoptr(Order) order = order_of_kind(run, order_id, ORDER_REPLACE, error);
    return order && burn_facts_keep_lost(&run->journal, order_id, serial, error) &&
           store_audit(run->ws->store, "lost_key_named", order_id, serial, error);
}

gboolean
burn_run_old_certificate(BurnRun *run, const char *order_id, const char *file, GError **error)
{
    g_autoptr(StoreOrder) record = NULL;
    g_autoptr(Order) order = stored_order_load(run->ws, order_id, &record, error);
    return order && burn_facts_keep_old(&run->journal, order_id, file, error) &&
           store_audit(run->ws->store, "old_certificate_named", order_id, "", error);
}

/* ---- orders in ------------------------------------------------------------------------------------------ */

/* By another order than this: one that goes on after a crash must find what it found at first. */
static gboolean
is_given_up(BurnRun *run, const char *serial, const char *order_id)
{
    g_autoptr(StoreKey) key = serial ? store_get_key(run->ws->store, serial, NULL) : NULL;
    return key && !burn_unit_is_of(key->unit, order_id) &&
           (key->state == BURN_KEY_LOST || key->state == BURN_KEY_TERMINATED || key->state == BURN_KEY_BLANK);
}

/* (element-type BurnPlanOld) The holder's certificates, this order's own excepted: a unit that goes on after a crash
 * must find what it found at first. Who ends a key finds what is alive on one that is given up, too. */
static GPtrArray *
old_certificates(BurnRun *run, const StoreOrder *record, const BurnFacts *facts, const char *key, GError **error)
{
    g_autoptr(GPtrArray) known = store_certificates(run->ws->store, record->holder, record->order_id, error);
    g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func((GDestroyNotify)burn_plan_old_free);
    gboolean ends = record->kind == ORDER_REPLACE || record->kind == ORDER_REVOKE;
    for (guint i = 0; known && i < known->len; i++) {
        const StoreCertificate *c = known->pdata[i];
        gboolean revocable = ends && c->not_after > record->received_at;
        if (!revocable && is_given_up(run, c->token_serial, record->order_id))
            continue;
        BurnPlanOld *one = g_new0(BurnPlanOld, 1);
        one->der = evidence_get(run->ws->evidence, c->digest, error);
        one->key = c->token_serial && *c->token_serial ? g_strdup(c->token_serial) : NULL;
        one->not_after = c->not_after;
        g_ptr_array_add(old, one);
        if (!one->der)
            return NULL;
    }
    if (known && facts->old_certificate) {
        BurnPlanOld *one = g_new0(BurnPlanOld, 1);
        one->der = g_bytes_ref(facts->old_certificate);
        one->key = g_strdup(key);
        g_ptr_array_insert(old, 0, one);
        if (!burn_cert_describe(one->der, NULL, NULL, NULL, NULL, &one->not_after, error))
            return NULL;
    }
    return known ? g_steal_pointer(&old) : NULL;
}

/* The operator's or the order's word about a key must not reach into another holder's. */
static gboolean
is_holders_key(BurnRun *run, const StoreOrder *record, const char *key, GError **error)
{
    GError *cause = NULL;
    g_autofree char *holder = key ? store_holder_of_key(run->ws->store, key, &cause) : NULL;
    if (cause)
        g_propagate_error(error, cause);
    else if (holder && strcmp(holder, record->holder) != 0)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "key %s holds the certificate of another holder: which key is this order "
                    "about? Name the right one in a file for --assign", key);
    else
        return TRUE;
    return FALSE;
}

/* A key that is lost or damaged in the inventory is no key to burn on. */
static gboolean
is_fit_key(BurnRun *run, const char *serial, GError **error)
{
    GError *cause = NULL;
    g_autoptr(StoreKey) key = serial ? store_get_key(run->ws->store, serial, &cause) : NULL;
    if (cause)
        g_propagate_error(error, cause);
    else if (key && (key->state == BURN_KEY_LOST || key->state == BURN_KEY_DAMAGED))
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "key %s is %s in the inventory: take another, or (it was found) sealbatch tokens --mark %s=terminated",
                    serial, burn_key_state_name(key->state), serial);
    else
        return TRUE;
    return FALSE;
}

static gboolean
has_letter_box(BurnRun *run, GPtrArray *units, GError **error)
{
    if (run->pin_recipient || run->print_pins || !units->len ||
        ((BurnOrder *)units->pdata[0])->pin_rule != BURN_PIN_RANDOM)
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                "this platform's PINs are random: set [burn] pin_recipient to the certificate they are encrypted to, or "
                "[burn] pin_letters=print");
    return FALSE;
}

static GPtrArray *
plan(BurnRun *run, const StoreOrder *record, const Order *order, const Profile *profile, GError **error)
{
    const BurnAssignment *a = g_hash_table_lookup(run->assigned, record->order_id);
    g_auto(BurnFacts) facts = { 0 };
    if (!burn_facts_load(&run->journal, record->order_id, &facts, error))
        return NULL;
    const char *about = facts.lost ? facts.lost : order->kind == ORDER_REPLACE || !a ? order->token_serial : a->serial;
    gboolean in_use = order->kind != ORDER_NEW && order->kind != ORDER_EXCHANGE;
    g_autoptr(GPtrArray) old = old_certificates(run, record, &facts, about, error);
    if (!old || (in_use && !is_holders_key(run, record, about, error)))
        return NULL;
    BurnPlan wanted = { .order = order,
                        .profile = profile,
                        /* Not the clock: a unit that goes on after a crash must ask for the same certificate. */
                        .now = record->received_at,
                        .old = old,
                        .assigned = a ? a->serial : NULL,
                        .may_erase = a && a->may_erase,
                        .lost = facts.lost,
                        .proof_certificate = facts.proof_certificate,
                        .proof_challenge = facts.proof_challenge,
                        .proof_signature = facts.proof_signature };
    g_autoptr(GPtrArray) units = burn_plan_make(&wanted, error);
    if (!units || !has_letter_box(run, units, error))
        return NULL;
    for (guint i = 0; i < units->len; i++) {
        const BurnOrder *unit = units->pdata[i];
        if (unit->kind != BURN_REVOKE && !is_fit_key(run, unit->token_serial, error))
            return NULL;
    }
    return g_steal_pointer(&units);
}

static gboolean
add_record(BurnRun *run, const StoreOrder *record, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(Order) order = stored_order_parse(run->ws, record, &cause);
    const Profile *profile = order ? workspace_profile(run->ws, record->profile, &cause) : NULL;
    g_autoptr(GPtrArray) units = profile ? plan(run, record, order, profile, &cause) : NULL;
    while (units && units->len > 0)
        g_ptr_array_add(run->units, g_ptr_array_steal_index(units, 0));
    if (units)
        return TRUE;
    if (g_error_matches(cause, SB_ERROR, SB_ERROR_INPUT)) {
        run->skipped++;
        if (run->calls.skipped)
            run->calls.skipped(record->order_id, cause->message, run->calls.data);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

gboolean
burn_run_add(BurnRun *run, const char *order_id, GError **error)
{
    GError *cause = NULL;
    g_autoptr(StoreOrder) record = store_get_order(run->ws->store, order_id, &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    for (guint i = 0; i < run->units->len; i++)
        if (!strcmp(((const BurnOrder *)run->units->pdata[i])->order_id, order_id))
            return TRUE; /* named twice */
    if (!record || (record->state != STATE_READY && record->state != STATE_BURNING && record->state != STATE_HELD)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not ready to be burned (%s)", order_id,
                    record ? order_state_name(record->state) : "not in this workspace");
        return FALSE;
    }
    return add_record(run, record, error);
}

/* An order whose units were decided about is held in name only. */
static gboolean
has_held_unit(BurnRun *run, const char *order_id)
{
    g_autoptr(GPtrArray) units = store_units(run->ws->store, order_id, NULL);
    for (guint i = 0; units && i < units->len; i++)
        if (((const StoreUnit *)units->pdata[i])->state == BURN_STATE_HELD)
            return TRUE;
    return FALSE;
}

gboolean
burn_run_add_all(BurnRun *run, gboolean with_held, GError **error)
{
    /* What was begun first: its keys are marked already. */
    static const OrderState states[] = { STATE_BURNING, STATE_HELD, STATE_READY };
    for (guint s = 0; s < G_N_ELEMENTS(states); s++) {
        g_autoptr(GPtrArray) list = store_list_orders(run->ws->store, states[s], error);
        for (guint i = 0; list && i < list->len; i++) {
            const char *id = ((const StoreOrder *)list->pdata[i])->order_id;
            if (states[s] == STATE_HELD && !with_held && has_held_unit(run, id))
                continue;
            if (!burn_run_add(run, id, error))
                return FALSE;
        }
        if (!list)
            return FALSE;
    }
    return TRUE;
}

guint
burn_run_units(const BurnRun *run)
{
    return run->units->len;
}
