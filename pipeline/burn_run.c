/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands between the workspace and burner's hub.
 */
#include "pipeline/burn_run.h"

#include <string.h>

#include "burner/step.h"
#include "burner/vendor.h"
#include "pipeline/burn_facts.h"
#include "pipeline/burn_life.h"
#include "pipeline/burn_plan.h"
#include "pipeline/burn_setup.h"
#include "pipeline/handover.h"
#include "pipeline/pin_letter.h"
#include "pipeline/pin_print.h"
#include "pipeline/revoked_list.h"
#include "pipeline/seal_maker.h"
#include "pipeline/seal_signer.h"
#include "pipeline/stored_order.h"

typedef struct {
    char *serial;
    gboolean may_erase;
} Assignment;

struct BurnRun {
    Workspace *ws;
    BurnRunCalls calls;
    BurnJournal journal;
    BurnCa *ca;
    BurnPinSource *pins;
    SealSigner *signer;
    GBytes *pin_recipient; /* NULL and not print_pins: random PINs have nowhere to go */
    gboolean print_pins;   /* letters in clear, printed in this house */
    guint skipped;
    BurnHub *hub;
    BurnHubCalls hub_calls;
    BurnHubConfig hub_config; /* its strings are the config's or the vendor's */
    BurnHubConfig vendor;
    GPtrArray *units;    /* (element-type BurnOrder) */
    GHashTable *assigned; /* order_id -> Assignment */
    GHashTable *typed;     /* unit -> BurnPin of a key in use, for this run */
    GHashTable *tallies;   /* order_id -> Tally, while it runs */
    BurnCounts counts;
    int lock_fd;           /* the workspace's: workers hold it too */
    GError *error;         /* of a callback that the hub cannot carry */
};

static void
assignment_free(Assignment *a)
{
    g_free(a->serial);
    g_free(a);
}

/* ---- what the hub asks ---------------------------------------------------------------------------- */

static GPtrArray *
make_seals(const BurnOrder *order, GBytes *certificate, gpointer data, GError **error)
{
    BurnRun *run = data;
    return seal_maker_make(run->ws, seal_signer_maker(run->signer), order, certificate, error);
}

static gboolean
seal_pin(const BurnOrder *order, const char *serial, const BurnPin *pin, gpointer data, GError **error)
{
    BurnRun *run = data;
    g_autofree char *unit = burn_unit_id(order);
    g_autofree char *folder = workspace_path(run->ws, "out/pin");
    if (order->pin_rule != BURN_PIN_RANDOM)
        return TRUE; /* the platform's manual says it, or the holder has it */
    if (!run->print_pins)
        return pin_letter_write(folder, unit, serial, pin, run->pin_recipient, error);
    g_autoptr(Order) letter_for = stored_order_load(run->ws, order->order_id, NULL, error);
    return letter_for && pin_print_write(folder, letter_for, unit, serial, pin, error);
}

/* They were asked for before the run: the hub waits for nobody. */
static BurnPin *
ask_pin(const BurnOrder *order, const char *serial, gpointer data)
{
    BurnRun *run = data;
    g_autofree char *unit = burn_unit_id(order);
    const BurnPin *pin = g_hash_table_lookup(run->typed, unit);
    return pin ? burn_pin_new(burn_pin_bytes(pin), burn_pin_length(pin)) : NULL;
}

static void
progress(const BurnOrder *order, const char *serial, BurnState state, guint step, guint steps, gpointer data)
{
    BurnRun *run = data;
    g_autofree char *unit = burn_unit_id(order);
    if (run->calls.progress)
        run->calls.progress(unit, serial, state, step, steps, run->calls.data);
}

static gboolean
archive_certificate(BurnRun *run, const BurnOrder *order, const BurnResult *result, GError **error)
{
    StoreCertificate c = { .unit = result->unit, .token_serial = result->token_serial };
    g_autofree char *serial = NULL, *digest = NULL;
    if (!burn_cert_describe(result->certificate, NULL, NULL, &serial, &c.not_before, &c.not_after, error) ||
        !(digest = evidence_put(run->ws->evidence, result->certificate, error)))
        return FALSE;
    c.digest = digest;
    c.serial = serial;
    return store_archive_certificate(run->ws->store, order->order_id, &c, error);
}

/* The seals of the certificates that this unit revoked, and those that its own replace on their certificate. */
static gboolean
revoke_seals(BurnRun *run, const BurnOrder *order, const BurnResult *result, GError **error)
{
    const char *reason = order->kind == BURN_REVOKE ? "ended" : order->kind == BURN_CHANGE ? "changed" : "replaced";
    for (guint i = 0; order->revoke && i < order->revoke->len; i++) {
        g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, order->revoke->pdata[i]);
        if (!store_revoke_seals_of(run->ws->store, result->unit, digest, reason, error))
            return FALSE;
    }
    return store_supersede_seals(run->ws->store, result->unit, error);
}

/* Of attempts that were given up. */
static gboolean
withdraw_seals(BurnRun *run, const BurnResult *result, GError **error)
{
    gboolean holds = result->outcome == BURN_DONE && result->certificate;
    g_autofree char *digest = holds ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, result->certificate) : NULL;
    return store_withdraw_seals(run->ws->store, result->unit, digest, error);
}

/* Before the journal says that the unit has ended, so that nothing of this can be missing afterwards. */
static gboolean
archive(const BurnOrder *order, const BurnResult *result, gpointer data, GError **error)
{
    BurnRun *run = data;
    if (result->outcome == BURN_DONE &&
        ((result->certificate && !archive_certificate(run, order, result, error)) ||
         !handover_protocol_keep(run->ws, order, result, error) || !revoke_seals(run, order, result, error) ||
         !burn_life_note(run->ws->store, order, result, error)))
        return FALSE;
    return withdraw_seals(run, result, error);
}

static gboolean
refresh_revoked_list(BurnRun *run, GError **error)
{
    g_autofree char *path = workspace_path(run->ws, REVOKED_LIST_FILE);
    RevokedList list;
    gboolean old;
    return revoked_list_is_old(run->ws, path, &old, error) &&
           (!old || revoked_list_write(run->ws, seal_signer_maker(run->signer), path, &list, error));
}

/* ---- results ---------------------------------------------------------------------------------------- */

typedef struct {
    guint units, ended;
    guint by[BURN_FAILED + 1]; /* units by outcome */
    BurnOutcome worst;
    char *reason; /* of the worst */
} Tally;

static void
tally_free(Tally *t)
{
    g_free(t->reason);
    g_free(t);
}

static void
count_units(BurnRun *run)
{
    for (guint i = 0; i < run->units->len; i++) {
        const BurnOrder *unit = run->units->pdata[i];
        Tally *t = g_hash_table_lookup(run->tallies, unit->order_id);
        if (!t) {
            t = g_new0(Tally, 1);
            g_hash_table_insert(run->tallies, g_strdup(unit->order_id), t);
        }
        t->units++;
    }
}

static gboolean
settle(BurnRun *run, const char *order_id, const Tally *t, GError **error)
{
    g_autoptr(StoreOrder) record = store_get_order(run->ws->store, order_id, error);
    if (!record)
        return FALSE;
    OrderState end = t->by[BURN_DONE] == t->units                         ? STATE_DONE
                     : t->by[BURN_HELD]                                   ? STATE_HELD
                     : t->by[BURN_DONE] + t->by[BURN_FAILED] == t->units  ? STATE_FAILED
                                                                          : record->state;
    /* From ready to held without an act: the journal has begun all the same. */
    if (end != record->state && record->state == STATE_READY && !store_burn_begin(run->ws->store, order_id, error))
        return FALSE;
    return store_burn_end(run->ws->store, order_id, end, t->reason, error);
}

/* An order is settled as soon as its last unit has ended: a kill later in the run leaves it as it is. */
static void
finished(const BurnOrder *order, const BurnResult *result, gpointer data)
{
    BurnRun *run = data;
    BurnCounts *c = &run->counts;
    guint *count[] = { &c->done, &c->waiting, &c->interrupted, &c->held, &c->failed };
    Tally *t = g_hash_table_lookup(run->tallies, order->order_id);
    (*count[result->outcome])++;
    t->ended++;
    t->by[result->outcome]++;
    if (result->outcome > t->worst) {
        t->worst = result->outcome;
        g_free(t->reason);
        t->reason = g_strdup(result->reason);
    }
    if (result->outcome != BURN_DONE && !run->error)
        burn_life_note(run->ws->store, order, result, &run->error);
    if (t->ended == t->units && !run->error)
        settle(run, order->order_id, t, &run->error);
    if (run->calls.finished)
        run->calls.finished(result->unit, result, run->calls.data);
}

/* ---- opening ----------------------------------------------------------------------------------------- */

static gboolean
open_hub(BurnRun *run, GError **error)
{
    const char *worker = config_text(run->ws->config, "burn", "worker");
    if (!burn_setup_hub(run->ws, &run->vendor, &run->hub_config, error))
        return FALSE;
    run->hub_config.lock_fd = run->lock_fd;
    run->hub_calls = (BurnHubCalls){ .data = run, .make_seals = make_seals, .seal_pin = seal_pin, .ask_pin = ask_pin,
                                     .archive = archive, .progress = progress, .finished = finished };
    run->hub = burn_hub_new(&run->hub_config, *worker ? worker : NULL, &run->journal, run->ca, run->pins,
                            &run->hub_calls, error);
    return run->hub != NULL;
}

BurnRun *
burn_run_open(Workspace *ws, const RunLock *lock, const BurnRunCalls *calls, GError **error)
{
    g_autoptr(BurnRun) run = g_new0(BurnRun, 1);
    g_autofree char *secret = workspace_path(ws, config_text(ws->config, "burn", "master_secret"));
    const char *recipient = config_text(ws->config, "burn", "pin_recipient");
    const char *letters = config_text(ws->config, "burn", "pin_letters");
    run->ws = ws;
    run->calls = *calls;
    run->lock_fd = lock ? run_lock_fd(lock) : 0;
    run->journal = store_journal(ws->store);
    run->units = g_ptr_array_new_with_free_func((GDestroyNotify)burn_order_free);
    run->assigned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)assignment_free);
    run->typed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)burn_pin_free);
    run->print_pins = !strcmp(letters, "print");
    if (!run->print_pins && strcmp(letters, "encrypt") != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [burn] pin_letters: \"%s\" is not encrypt or print", letters);
        return NULL;
    }
    if (*recipient) {
        g_autofree char *file = workspace_path(ws, recipient);
        if (!(run->pin_recipient = pin_letter_recipient(file, error))) {
            g_prefix_error(error, "[burn] pin_recipient: ");
            return NULL;
        }
    }
    if (!(run->pins = burn_pin_source_open(secret, error)) || !(run->ca = burn_setup_ca(ws, error)) ||
        !(run->signer = seal_signer_open(ws, error)) || !open_hub(run, error))
        return NULL;
    return g_steal_pointer(&run);
}

void
burn_run_close(BurnRun *run)
{
    if (!run)
        return;
    g_clear_pointer(&run->hub, burn_hub_free);
    burn_vendor_clear(&run->vendor);
    g_clear_pointer(&run->ca, burn_ca_free);
    g_clear_pointer(&run->pins, burn_pin_source_free);
    g_clear_pointer(&run->signer, seal_signer_free);
    g_clear_pointer(&run->pin_recipient, g_bytes_unref);
    g_ptr_array_unref(run->units);
    g_hash_table_unref(run->assigned);
    g_hash_table_unref(run->typed);
    g_clear_error(&run->error);
    g_free(run);
}

static const char *
assigned_to(BurnRun *run, const char *serial)
{
    GHashTableIter iter;
    gpointer id, a;
    g_hash_table_iter_init(&iter, run->assigned);
    while (g_hash_table_iter_next(&iter, &id, &a))
        if (!strcmp(((Assignment *)a)->serial, serial))
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
    Assignment *a = g_new0(Assignment, 1);
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

static gboolean
is_given_up(BurnRun *run, const char *serial)
{
    g_autoptr(StoreKey) key = serial ? store_get_key(run->ws->store, serial, NULL) : NULL;
    return key && (key->state == BURN_KEY_LOST || key->state == BURN_KEY_TERMINATED || key->state == BURN_KEY_BLANK);
}

/* (element-type BurnPlanOld) The holder's certificates, this order's own excepted: a unit that goes on after a crash
 * must find what it found at first. */
static GPtrArray *
old_certificates(BurnRun *run, const StoreOrder *record, const BurnFacts *facts, const char *key, GError **error)
{
    g_autoptr(GPtrArray) known = store_certificates(run->ws->store, record->holder, record->order_id, error);
    g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func((GDestroyNotify)burn_plan_old_free);
    for (guint i = 0; known && i < known->len; i++) {
        const StoreCertificate *c = known->pdata[i];
        if (is_given_up(run, c->token_serial))
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
    const Assignment *a = g_hash_table_lookup(run->assigned, record->order_id);
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

gboolean
burn_run_add_all(BurnRun *run, gboolean with_held, GError **error)
{
    /* What was begun first: its keys are marked already. */
    static const OrderState states[] = { STATE_BURNING, STATE_HELD, STATE_READY };
    for (guint s = 0; s < G_N_ELEMENTS(states); s++) {
        if (states[s] == STATE_HELD && !with_held)
            continue;
        g_autoptr(GPtrArray) list = store_list_orders(run->ws->store, states[s], error);
        for (guint i = 0; list && i < list->len; i++)
            if (!burn_run_add(run, ((const StoreOrder *)list->pdata[i])->order_id, error))
                return FALSE;
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

/* ---- before and after ------------------------------------------------------------------------------------- */

static const BurnToken *
token_of(GPtrArray *tokens, const char *serial)
{
    for (guint i = 0; serial && *serial && i < tokens->len; i++)
        if (!strcmp(((BurnToken *)tokens->pdata[i])->serial, serial))
            return tokens->pdata[i];
    return NULL;
}

/* The journal's serial goes before the order's. */
static const char *
serial_for(const BurnRecord *record, const BurnOrder *unit)
{
    return *record->token_serial ? record->token_serial : unit->token_serial;
}

/* The PINs of keys in use that are plugged in and have work to do, each once. */
static gboolean
ask_pins(BurnRun *run, GError **error)
{
    g_autoptr(GPtrArray) tokens = NULL;
    for (guint i = 0; i < run->units->len; i++) {
        const BurnOrder *unit = run->units->pdata[i];
        g_autofree char *id = burn_unit_id(unit);
        g_autoptr(BurnRecord) record = burn_journal_load(&run->journal, id, error);
        if (!record)
            return FALSE;
        if (unit->pin_rule != BURN_PIN_ASKED || record->state >= BURN_STATE_VERIFIED || !run->calls.ask_pin)
            continue;
        if (!tokens && !(tokens = burn_hub_tokens(run->hub, error)))
            return FALSE;
        const char *serial = serial_for(record, unit);
        BurnPin *pin = token_of(tokens, serial) ? run->calls.ask_pin(id, serial, run->calls.data) : NULL;
        if (pin)
            g_hash_table_replace(run->typed, g_steal_pointer(&id), pin);
    }
    return TRUE;
}

void
burn_need_free(BurnNeed *need)
{
    if (!need)
        return;
    g_free(need->unit);
    g_free(need->serial);
    g_free(need);
}

static guint
count_blanks(GPtrArray *tokens)
{
    guint n = 0;
    for (guint i = 0; i < tokens->len; i++) {
        const BurnToken *t = tokens->pdata[i];
        n += !t->initialised || !g_strcmp0(t->label, BURN_LABEL_WIPED);
    }
    return n;
}

GPtrArray *
burn_run_needs(BurnRun *run, GError **error)
{
    g_autoptr(GPtrArray) needs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_need_free);
    g_autoptr(GPtrArray) tokens = burn_hub_tokens(run->hub, error);
    guint blanks = tokens ? count_blanks(tokens) : 0;
    for (guint i = 0; tokens && i < run->units->len; i++) {
        const BurnOrder *unit = run->units->pdata[i];
        BurnNeed *need = g_new0(BurnNeed, 1);
        g_ptr_array_add(needs, need);
        need->unit = burn_unit_id(unit);
        g_autoptr(BurnRecord) record = burn_journal_load(&run->journal, need->unit, error);
        if (!record)
            return NULL;
        const char *serial = serial_for(record, unit);
        need->kind = burn_kind_name(unit->kind);
        need->serial = serial && *serial ? g_strdup(serial) : NULL;
        need->waits = record->state < BURN_STATE_VERIFIED;
        if (need->serial)
            need->here = token_of(tokens, serial) != NULL;
        else if (need->waits && blanks > 0) {
            need->here = TRUE;
            blanks--;
        }
    }
    return tokens ? g_steal_pointer(&needs) : NULL;
}

/* Keys whose certificates are revoked, and that are plugged in. */
static gboolean
wipe_ended(BurnRun *run, GError **error)
{
    g_autoptr(GPtrArray) keys = store_keys(run->ws->store, error), tokens = NULL;
    for (guint i = 0; keys && i < keys->len; i++) {
        const StoreKey *key = keys->pdata[i];
        g_autoptr(GError) cause = NULL;
        if (key->state != BURN_KEY_TERMINATED)
            continue;
        if (!tokens && !(tokens = burn_hub_tokens(run->hub, error)))
            return FALSE;
        if (!token_of(tokens, key->serial))
            continue;
        if (burn_hub_wipe(run->hub, key->serial, &cause) &&
            !store_key_becomes(run->ws->store, key->serial, BURN_KEY_BLANK, key->unit, error))
            return FALSE;
        if (run->calls.wiped)
            run->calls.wiped(key->serial, key->unit, cause ? cause->message : NULL, run->calls.data);
    }
    return keys != NULL;
}

gboolean
burn_run_go(BurnRun *run, BurnCounts *counts, GError **error)
{
    run->counts = (BurnCounts){ .skipped = run->skipped };
    run->tallies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)tally_free);
    count_units(run);
    g_autoptr(GPtrArray) results = ask_pins(run, error) ? burn_hub_run(run->hub, run->units, error) : NULL;
    g_hash_table_remove_all(run->typed);
    g_clear_pointer(&run->tallies, g_hash_table_unref);
    *counts = run->counts;
    if (!results)
        return FALSE;
    if (run->error) {
        g_propagate_error(error, g_steal_pointer(&run->error));
        return FALSE;
    }
    return refresh_revoked_list(run, error) && wipe_ended(run, error);
}

GPtrArray *
burn_run_tokens(BurnRun *run, GError **error)
{
    return burn_hub_tokens(run->hub, error);
}

void
burn_run_stop(BurnRun *run)
{
    burn_hub_stop(run->hub);
}
