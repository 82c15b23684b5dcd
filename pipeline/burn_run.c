/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands between the workspace and burner's hub.
 */
#include "pipeline/burn_run_inner.h"

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

static void
assignment_free(BurnAssignment *a)
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
    g_autoptr(StoreOrder) record = NULL;
    g_autoptr(Order) letter_for = stored_order_load(run->ws, order->order_id, &record, error);
    const Profile *profile = letter_for ? workspace_profile(run->ws, record->profile, error) : NULL;
    if (!profile)
        return FALSE;
    const PinPrintWords words = { config_text(run->ws->config, "workspace", "organisation"),
                                  strcmp(profile->name, "default") ? profile->title_zh : NULL, profile->letter_title,
                                  profile->letter_text };
    return pin_print_write(folder, letter_for, &words, unit, serial, pin, error);
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
         !handover_protocol_keep(run->ws, order, result, error) || !revoke_seals(run, order, result, error)))
        return FALSE;
    return burn_life_note(run->ws->store, order, result, error) && withdraw_seals(run, result, error);
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
    gboolean noted = result->outcome == BURN_DONE || result->outcome == BURN_FAILED; /* by archive, once: its key goes on */
    if (!noted && !run->error)
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
        gboolean stopped = g_atomic_int_get(&run->stop) != 0;
        if (stopped || unit->pin_rule != BURN_PIN_ASKED || record->state >= BURN_STATE_VERIFIED || !run->calls.ask_pin)
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
count_blanks(BurnRun *run, GPtrArray *tokens)
{
    guint n = 0;
    for (guint i = 0; i < tokens->len; i++)
        n += burn_hub_may_take(run->hub, tokens->pdata[i]);
    return n;
}

gboolean
burn_run_may_take(const BurnRun *run, const BurnToken *token)
{
    return burn_hub_may_take(run->hub, token);
}

GPtrArray *
burn_run_needs(BurnRun *run, GError **error)
{
    g_autoptr(GPtrArray) needs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_need_free);
    g_autoptr(GPtrArray) tokens = burn_hub_tokens(run->hub, error);
    guint blanks = tokens ? count_blanks(run, tokens) : 0;
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
        need->held = record->state == BURN_STATE_HELD;
        if (need->serial)
            need->here = token_of(tokens, serial) != NULL;
        else if (need->waits && blanks > 0) {
            need->here = TRUE;
            blanks--;
        }
    }
    return tokens ? g_steal_pointer(&needs) : NULL;
}

/* A unit is on its way onto this key, or held with it: the run that erased it for the unit was killed before the inventory
 * was told. */
static gboolean
is_at_work(GPtrArray *units, const char *serial)
{
    for (guint i = 0; i < units->len; i++) {
        const StoreUnit *u = units->pdata[i];
        gboolean begun = u->state >= BURN_STATE_CLAIMED && u->state < BURN_STATE_DONE;
        if ((begun || u->state == BURN_STATE_HELD) && !g_strcmp0(u->token_serial, serial))
            return TRUE;
    }
    return FALSE;
}

/* One that refuses our SO PIN is tried once: the next tries would lock it. */
static gboolean
wipe(BurnRun *run, const StoreKey *key, GError **error)
{
    g_autoptr(GError) cause = NULL;
    gboolean blank = burn_hub_wipe(run->hub, key->serial, &cause);
    if ((blank || g_error_matches(cause, SB_ERROR, SB_ERROR_PIN)) &&
        !store_key_becomes(run->ws->store, key->serial, blank ? BURN_KEY_BLANK : BURN_KEY_DAMAGED, key->unit, error))
        return FALSE;
    if (run->calls.wiped)
        run->calls.wiped(key->serial, key->unit, blank ? NULL : cause->message, run->calls.data);
    return TRUE;
}

/* Keys whose certificates are revoked, and that are plugged in. */
static gboolean
wipe_ended(BurnRun *run, GError **error)
{
    g_autoptr(GPtrArray) keys = store_keys(run->ws->store, error), tokens = NULL;
    g_autoptr(GPtrArray) units = keys ? store_units(run->ws->store, NULL, error) : NULL;
    for (guint i = 0; units && i < keys->len; i++) {
        const StoreKey *key = keys->pdata[i];
        if (key->state != BURN_KEY_TERMINATED || is_at_work(units, key->serial) || g_atomic_int_get(&run->stop))
            continue;
        if (!tokens && !(tokens = burn_hub_tokens(run->hub, error)))
            return FALSE;
        if (token_of(tokens, key->serial) && !wipe(run, key, error))
            return FALSE;
    }
    return units != NULL;
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
    g_atomic_int_set(&run->stop, 1);
    burn_hub_stop(run->hub);
}
