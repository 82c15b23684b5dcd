/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands between the workspace and burner's hub.
 */
#include "pipeline/burn_run.h"

#include <string.h>
#include <sys/random.h>

#include "burner/ca.h"
#include "burner/vendor.h"
#include "pipeline/burn_plan.h"
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
    gboolean list_is_old; /* of revoked seals */
    BurnHub *hub;
    BurnHubCalls hub_calls;
    BurnHubConfig hub_config; /* its strings are the config's or the vendor's */
    BurnHubConfig vendor;
    GPtrArray *units;    /* (element-type BurnOrder) */
    GHashTable *assigned; /* order_id -> Assignment */
    GError *error;       /* of a callback that the hub cannot carry */
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

static BurnPin *
ask_pin(const BurnOrder *order, const char *serial, gpointer data)
{
    BurnRun *run = data;
    g_autofree char *unit = burn_unit_id(order);
    return run->calls.ask_pin ? run->calls.ask_pin(unit, serial, run->calls.data) : NULL;
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
    run->list_is_old = TRUE;
    return store_supersede_seals(run->ws->store, result->unit, error);
}

static gboolean
write_revoked_list(BurnRun *run, GError **error)
{
    g_autofree char *path = workspace_path(run->ws, REVOKED_LIST_FILE);
    RevokedList list;
    return revoked_list_write(run->ws, seal_signer_maker(run->signer), path, &list, error);
}

static void
finished(const BurnOrder *order, const BurnResult *result, gpointer data)
{
    BurnRun *run = data;
    if (result->certificate && !run->error)
        archive_certificate(run, order, result, &run->error);
    if (result->outcome == BURN_DONE && !run->error)
        handover_protocol_add(run->ws, result, &run->error);
    if (result->outcome == BURN_DONE && !run->error)
        revoke_seals(run, order, result, &run->error);
    if (run->calls.finished)
        run->calls.finished(result->unit, result, run->calls.data);
}

/* ---- opening ----------------------------------------------------------------------------------------- */

static BurnCa *
open_ca(Workspace *ws, GError **error)
{
    const char *kind = config_text(ws->config, "ca", "kind");
    g_autofree char *folder = workspace_path(ws, config_text(ws->config, "ca", "folder"));
    g_autofree char *chain = workspace_path(ws, config_text(ws->config, "ca", "chain"));
    if (!strcmp(kind, "local"))
        return burn_ca_local_open(folder, error);
    if (!strcmp(kind, "files")) {
        g_autofree char *out = workspace_path(ws, config_text(ws->config, "ca", "out"));
        g_autofree char *in = workspace_path(ws, config_text(ws->config, "ca", "in"));
        return burn_ca_files_open(out, in, chain, error);
    }
    if (!strcmp(kind, "cmp")) {
        BurnCaCmpConfig cmp = { .server = (char *)config_text(ws->config, "ca", "server"),
                                .path = (char *)config_text(ws->config, "ca", "path"),
                                .reference = (char *)config_text(ws->config, "ca", "reference"),
                                .secret_file = (char *)config_text(ws->config, "ca", "secret_file"),
                                .ca_file = chain };
        const char *tls = config_text(ws->config, "ca", "tls_ca");
        const char *ra_cert = config_text(ws->config, "ca", "ra_cert"), *ra_key = config_text(ws->config, "ca", "ra_key");
        g_autofree char *found = workspace_path(ws, config_text(ws->config, "ca", "found"));
        cmp.tls_ca_file = *tls ? (char *)tls : NULL;
        cmp.ra_cert_file = *ra_cert ? (char *)ra_cert : NULL;
        cmp.ra_key_file = *ra_key ? (char *)ra_key : NULL;
        cmp.found_folder = found;
        return burn_ca_cmp_open(&cmp, error);
    }
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [ca] kind: \"%s\" is not one of local, cmp, files", kind);
    return NULL;
}

static gboolean
open_hub(BurnRun *run, GError **error)
{
    const Config *config = run->ws->config;
    const char *worker = config_text(config, "burn", "worker"), *filter = config_text(config, "burn", "slot_filter");
    const char *vendor = config_text(config, "burn", "vendor"), *module = config_text(config, "burn", "module");
    BurnHubConfig *hub = &run->hub_config;
    if (*vendor) {
        g_autofree char *file = workspace_path(run->ws, vendor);
        if (!burn_vendor_load(file, &run->vendor, error))
            return FALSE;
        *hub = run->vendor;
    }
    if (*module || !hub->module)
        hub->module = (char *)module;
    if (*filter)
        hub->slot_filter = (char *)filter;
    if (!*hub->module) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "no PKCS#11 module is set: put it into [burn] module of sealbatch.conf, or --burn-module=PATH");
        return FALSE;
    }
    guint max_procs, capacity, call_ms, keygen_ms;
    if (!config_number(config, "burn", "max_procs", 0, 256, &max_procs, error) ||
        !config_number(config, "burn", "capacity", 0, 1u << 30, &capacity, error) ||
        !config_number(config, "burn", "call_ms", 0, 3600000, &call_ms, error) ||
        !config_number(config, "burn", "keygen_ms", 0, 3600000, &keygen_ms, error))
        return FALSE;
    hub->max_procs = max_procs ? max_procs : hub->max_procs;
    hub->capacity = capacity ? capacity : hub->capacity;
    hub->call_ms = call_ms ? call_ms : hub->call_ms;
    hub->keygen_ms = keygen_ms ? keygen_ms : hub->keygen_ms;
    run->hub_calls = (BurnHubCalls){ .data = run, .make_seals = make_seals, .seal_pin = seal_pin,
                                     .ask_pin = ask_pin, .progress = progress, .finished = finished };
    run->hub = burn_hub_new(&run->hub_config, *worker ? worker : NULL, &run->journal, run->ca, run->pins,
                            &run->hub_calls, error);
    return run->hub != NULL;
}

BurnRun *
burn_run_open(Workspace *ws, const BurnRunCalls *calls, GError **error)
{
    g_autoptr(BurnRun) run = g_new0(BurnRun, 1);
    g_autofree char *secret = workspace_path(ws, config_text(ws->config, "burn", "master_secret"));
    const char *recipient = config_text(ws->config, "burn", "pin_recipient");
    const char *letters = config_text(ws->config, "burn", "pin_letters");
    run->ws = ws;
    run->calls = *calls;
    run->journal = store_journal(ws->store);
    run->units = g_ptr_array_new_with_free_func((GDestroyNotify)burn_order_free);
    run->assigned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)assignment_free);
    run->print_pins = !strcmp(letters, "print");
    if (!run->print_pins && strcmp(letters, "encrypt") != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [burn] pin_letters: \"%s\" is not encrypt or print", letters);
        return NULL;
    }
    if (*recipient) {
        g_autofree char *file = workspace_path(ws, recipient);
        if (!(run->pin_recipient = pin_letter_recipient(file, error)))
            return NULL;
    }
    if (!(run->pins = burn_pin_source_open(secret, error)) || !(run->ca = open_ca(ws, error)) ||
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
    g_clear_error(&run->error);
    g_free(run);
}

void
burn_run_assign(BurnRun *run, const char *order_id, const char *serial, gboolean may_erase)
{
    Assignment *a = g_new0(Assignment, 1);
    a->serial = g_strdup(serial);
    a->may_erase = may_erase;
    g_hash_table_replace(run->assigned, g_strdup(order_id), a);
}

/* ---- another CA's key ----------------------------------------------------------------------------------- */

static const char *const PROOF[] = { "proof-certificate", "proof-challenge", "proof-signature" };

static GBytes *
fresh_challenge(const char *order_id)
{
    guint8 random[32];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return NULL;
    GString *text = g_string_new("sealbatch exchange ");
    g_string_append_printf(text, "%s ", order_id);
    for (guint i = 0; i < sizeof random; i++)
        g_string_append_printf(text, "%02x", random[i]);
    return g_string_free_to_bytes(text);
}

static gboolean
is_exchange(BurnRun *run, const char *order_id, GError **error)
{
    GError *cause = NULL;
    g_autoptr(StoreOrder) record = store_get_order(run->ws->store, order_id, &cause);
    if (record && record->kind == ORDER_EXCHANGE && record->state == STATE_READY)
        return TRUE;
    if (cause)
        g_propagate_error(error, cause);
    else
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is no exchange that is ready to be burned", order_id);
    return FALSE;
}

gboolean
burn_run_prove(BurnRun *run, const char *order_id, const char *serial, GError **error)
{
    if (!is_exchange(run, order_id, error))
        return FALSE;
    g_autoptr(GBytes) challenge = fresh_challenge(order_id), certificate = NULL, signature = NULL;
    g_autoptr(BurnPin) pin = run->calls.ask_pin ? run->calls.ask_pin(order_id, serial, run->calls.data) : NULL;
    if (!challenge || !pin) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the old key's PIN is needed: run this on a terminal");
        return FALSE;
    }
    if (!burn_hub_prove(run->hub, serial, pin, challenge, &certificate, &signature, error))
        return FALSE;
    GBytes *const parts[] = { certificate, challenge, signature };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!run->journal.keep(run->journal.self, order_id, PROOF[i], parts[i], error))
            return FALSE;
    return store_audit(run->ws->store, "exchange_proved", order_id, serial, error);
}

static gboolean
load_proof(BurnRun *run, const char *order_id, BurnPlan *wanted, GError **error)
{
    GBytes **places[] = { &wanted->proof_certificate, &wanted->proof_challenge, &wanted->proof_signature };
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        if (!run->journal.fetch(run->journal.self, order_id, PROOF[i], places[i], error))
            return FALSE;
    return TRUE;
}

static void
clear_proof(BurnPlan *wanted)
{
    g_clear_pointer(&wanted->proof_certificate, g_bytes_unref);
    g_clear_pointer(&wanted->proof_challenge, g_bytes_unref);
    g_clear_pointer(&wanted->proof_signature, g_bytes_unref);
}

/* ---- orders in ------------------------------------------------------------------------------------------ */

static GPtrArray *
plan(BurnRun *run, const StoreOrder *record, const Order *order, const Profile *profile, GError **error)
{
    GError *cause = NULL;
    const Assignment *a = g_hash_table_lookup(run->assigned, record->order_id);
    g_autoptr(StoreCertificate) old = store_latest_certificate(run->ws->store, record->holder, &cause);
    g_autoptr(GBytes) der = old ? evidence_get(run->ws->evidence, old->digest, &cause) : NULL;
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    BurnPlan wanted = { .order = order,
                        .profile = profile,
                        /* Not the clock: a unit that goes on after a crash must ask for the same certificate. */
                        .now = record->received_at,
                        .old_not_after = old ? old->not_after : 0,
                        .old_certificate = der,
                        .old_serial = old ? old->token_serial : NULL,
                        .assigned = a ? a->serial : NULL,
                        .may_erase = a && a->may_erase };
    g_autoptr(GPtrArray) units =
        load_proof(run, record->order_id, &wanted, error) ? burn_plan_make(&wanted, error) : NULL;
    clear_proof(&wanted);
    if (units && units->len && !run->pin_recipient && !run->print_pins &&
        ((BurnOrder *)units->pdata[0])->pin_rule == BURN_PIN_RANDOM) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "this platform's PINs are random: set [burn] pin_recipient to the certificate they are encrypted to, or "
                    "[burn] pin_letters=print");
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
    if (!record || (record->state != STATE_READY && record->state != STATE_BURNING && record->state != STATE_HELD)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not ready to be burned (%s)", order_id,
                    record ? order_state_name(record->state) : "not in this workspace");
        return FALSE;
    }
    return add_record(run, record, error);
}

gboolean
burn_run_add_all(BurnRun *run, GError **error)
{
    /* What was begun first: its keys are marked already. */
    static const OrderState states[] = { STATE_BURNING, STATE_HELD, STATE_READY };
    for (guint s = 0; s < G_N_ELEMENTS(states); s++) {
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

/* ---- results out ------------------------------------------------------------------------------------------ */

typedef struct {
    guint units, done;
    BurnOutcome worst; /* of those that are not done */
    const char *reason;
} Tally;

static void
tally(GHashTable *tallies, const BurnOrder *order, const BurnResult *result, BurnCounts *counts)
{
    Tally *t = g_hash_table_lookup(tallies, order->order_id);
    if (!t) {
        t = g_new0(Tally, 1);
        g_hash_table_insert(tallies, order->order_id, t);
    }
    t->units++;
    t->done += result->outcome == BURN_DONE;
    if (result->outcome > t->worst) {
        t->worst = result->outcome;
        t->reason = result->reason;
    }
    guint *count[] = { &counts->done, &counts->waiting, &counts->interrupted, &counts->held, &counts->failed };
    (*count[result->outcome])++;
}

static gboolean
settle(BurnRun *run, const char *order_id, const Tally *t, GError **error)
{
    g_autoptr(StoreOrder) record = store_get_order(run->ws->store, order_id, error);
    if (!record)
        return FALSE;
    OrderState end = t->done == t->units            ? STATE_DONE
                     : t->worst == BURN_HELD        ? STATE_HELD
                     : t->worst == BURN_FAILED      ? STATE_FAILED
                                                    : record->state;
    /* From ready to held without an act: the journal has begun all the same. */
    if (end != record->state && record->state == STATE_READY && !store_burn_begin(run->ws->store, order_id, error))
        return FALSE;
    return end == record->state || store_burn_end(run->ws->store, order_id, end, t->reason, error);
}

gboolean
burn_run_go(BurnRun *run, BurnCounts *counts, GError **error)
{
    memset(counts, 0, sizeof *counts);
    g_autoptr(GPtrArray) results = burn_hub_run(run->hub, run->units, error);
    if (!results)
        return FALSE;
    g_autoptr(GHashTable) tallies = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (guint i = 0; i < results->len; i++)
        tally(tallies, run->units->pdata[i], results->pdata[i], counts);
    GHashTableIter iter;
    gpointer id, t;
    g_hash_table_iter_init(&iter, tallies);
    while (g_hash_table_iter_next(&iter, &id, &t))
        if (!settle(run, id, t, error))
            return FALSE;
    if (run->error) {
        g_propagate_error(error, g_steal_pointer(&run->error));
        return FALSE;
    }
    return !run->list_is_old || write_revoked_list(run, error);
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
