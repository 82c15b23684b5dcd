/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job.c: a unit looks at its token, takes a step, and when an act fails looks again: the token decides what was
 * done, not the hub's memory.
 */
#include "burner/job.h"

#include <string.h>

#include "core/error.h"

#define CLOSE_MS 10000

Job *
job_new(BurnHub *hub, const BurnOrder *order)
{
    Job *job = g_new0(Job, 1);
    job->hub = hub;
    job->order = order;
    job->unit = burn_unit_id(order);
    job->view = BURN_VIEW_ABSENT;
    job->result = g_new0(BurnResult, 1);
    job->result->unit = g_strdup(job->unit);
    return job;
}

void
job_free(Job *job)
{
    if (job == NULL)
        return;
    if (job->worker != NULL)
        burn_worker_kill(job->worker);
    burn_record_free(job->record);
    burn_token_info_free(job->token);
    burn_inventory_free(job->seen);
    g_clear_pointer(&job->removals, g_ptr_array_unref);
    burn_csr_free(job->csr);
    burn_result_free(job->result);
    g_clear_pointer(&job->mark, g_bytes_unref);
    g_clear_pointer(&job->blobs, g_ptr_array_unref);
    g_clear_pointer(&job->objects, g_ptr_array_unref);
    g_clear_pointer(&job->challenge, g_bytes_unref);
    g_free(job->serial);
    g_free(job->unit);
    g_free(job);
}

guint
job_deadline(const Job *job, gboolean keygen)
{
    const BurnHubConfig *c = &job->hub->config;
    return keygen ? (c->keygen_ms > 0 ? c->keygen_ms : 120000) : (c->call_ms > 0 ? c->call_ms : 30000);
}

BurnExpect
job_expect(const Job *job)
{
    return (BurnExpect){ burn_family(job->order), job->order, job->record, job->blobs,
                         job->hub->config.factory_so_pin != NULL };
}

/* ---- ends ---- */

static void
finished(gpointer data)
{
    Job *job = data;
    job->finished = TRUE;
    hub_job_finished(job);
}

static void
fill_result(Job *job, BurnResult *r, BurnOutcome outcome, const char *reason)
{
    const BurnRecord *record = job->record;
    r->outcome = outcome;
    r->reason = g_strdup(reason);
    r->token_serial = record != NULL && *record->token_serial != '\0' ? g_strdup(record->token_serial) : NULL;
    r->certificate = record != NULL && record->certificate != NULL ? g_bytes_ref(record->certificate) : NULL;
    r->at_hand = job->token != NULL ? g_strdup(job->token->serial) : NULL;
    r->objects = job->objects != NULL ? g_ptr_array_ref(job->objects) : NULL;
    r->wiped = job->wiped;
}

void
job_finish(Job *job, BurnOutcome outcome, const char *reason)
{
    fill_result(job, job->result, outcome, reason);
    job_close_worker(job, finished);
}

gboolean
job_archive(Job *job, BurnOutcome outcome)
{
    const BurnHubCalls *calls = &job->hub->calls;
    g_autoptr(BurnResult) result = g_new0(BurnResult, 1);
    g_autoptr(GError) error = NULL;
    if (calls->archive == NULL)
        return TRUE;
    if (job->objects == NULL && outcome == BURN_DONE)
        job->objects = burn_journal_fetch_sums(job->hub->journal, job->unit, &error);
    result->unit = g_strdup(job->unit);
    fill_result(job, result, outcome, outcome == BURN_DONE ? NULL : job->record->reason);
    if (error == NULL && calls->archive(job->order, result, calls->data, &error))
        return TRUE;
    job_finish(job, BURN_INTERRUPTED, error->message);
    return FALSE;
}

gboolean
job_enter(Job *job, BurnState state)
{
    g_autoptr(GError) error = NULL;
    BurnRecord *r = job->record;
    if (r->state != state) {
        r->failures = 0;
        if (state != BURN_STATE_HELD && state != BURN_STATE_FAILED) {
            g_free(r->reason);
            r->reason = g_strdup("");
        }
    }
    r->state = state;
    if (!burn_journal_store(job->hub->journal, r, &error)) {
        job_finish(job, BURN_INTERRUPTED, error->message);
        return FALSE;
    }
    guint step = state <= BURN_STATE_DONE ? state : r->held_in <= BURN_STATE_DONE ? r->held_in : 0;
    if (job->hub->calls.progress != NULL)
        job->hub->calls.progress(job->order, r->token_serial, state, step, BURN_STATE_DONE, job->hub->calls.data);
    return TRUE;
}

void
job_hold(Job *job, const char *reason)
{
    BurnRecord *r = job->record;
    r->held_in = r->state;
    g_free(r->reason);
    r->reason = g_strdup(reason);
    if (job_enter(job, BURN_STATE_HELD))
        job_finish(job, BURN_HELD, reason);
}

/* An act whose effect is not known: look again, at most JOB_TRIES times a run; a person after JOB_FAILURES. */
static void
try_again(Job *job, const char *text)
{
    BurnRecord *r = job->record;
    g_autoptr(GError) error = NULL;
    r->failures++;
    job->resumed = TRUE; /* what took effect is not known any more */
    g_free(r->reason);
    r->reason = g_strdup(text);
    if (r->failures >= JOB_FAILURES) {
        g_autofree char *reason = g_strdup_printf("key %s failed %u times (%s): %s; decide retry or restart with another key",
                                                  r->token_serial, r->failures, burn_state_name(r->state), text);
        job_hold(job, reason);
        return;
    }
    if (!burn_journal_store(job->hub->journal, r, &error)) {
        job_finish(job, BURN_INTERRUPTED, error->message);
        return;
    }
    if (++job->tries >= JOB_TRIES || g_atomic_int_get(&job->hub->stop) != 0)
        job_finish(job, BURN_INTERRUPTED, text);
    else
        job_close_worker(job, (void (*)(gpointer))job_look);
}

/* For people: the journal's serial, or that of the key at hand. */
static const char *
key_name(const Job *job)
{
    const char *serial = *job->record->token_serial != '\0' ? job->record->token_serial
                         : job->token != NULL               ? job->token->serial
                                                            : job->serial;
    return serial != NULL && *serial != '\0' ? serial : "without serial";
}

static char *
fault_reason(Job *job, BurnFault fault, const char *text)
{
    const char *key = key_name(job);
    if (fault == BURN_FAULT_GONE)
        return g_strdup_printf("key %s was pulled out: plug it in again, nothing is lost (%s)", key, text);
    if (fault == BURN_FAULT_PIN && job->order->pin_rule == BURN_PIN_ASKED)
        return g_strdup_printf("key %s: the PIN that was typed is wrong; it was tried once. Get the right one, then decide "
                               "retry (%s)", key, text);
    if (fault == BURN_FAULT_PIN)
        return g_strdup_printf("key %s: it does not answer to our PIN: was it changed? Decide restart with another key (%s)",
                               key, text);
    if (fault == BURN_FAULT_LOCKED)
        return g_strdup_printf("key %s: its PIN is locked: unlock it, then decide retry, or restart with another key (%s)",
                               key, text);
    if (fault == BURN_FAULT_NO_ROOM)
        return g_strdup_printf("key %s: it has no room for all objects: decide restart with a larger key (%s)", key, text);
    return g_strdup_printf("key %s (%s): %s; decide retry, or restart with another key", key,
                           burn_state_name(job->record->state), text);
}

void
job_fault(Job *job, BurnFault fault, const char *text)
{
    g_autofree char *reason = fault_reason(job, fault, text);
    switch (fault) {
    case BURN_FAULT_GONE:
        job_finish(job, BURN_WAITING, reason);
        break;
    case BURN_FAULT_MODULE:
        job_finish(job, BURN_INTERRUPTED, text);
        break;
    case BURN_FAULT_PIN:
    case BURN_FAULT_LOCKED:
    case BURN_FAULT_NO_ROOM:
    case BURN_FAULT_REQUEST:
        job_hold(job, reason);
        break;
    default:
        try_again(job, text);
    }
}

gboolean
job_answered(Job *job, BurnFault fault, const char *text)
{
    if (fault == BURN_FAULT_NONE)
        return TRUE;
    job_fault(job, fault, text);
    return FALSE;
}

static void
worker_closed(gpointer data)
{
    Job *job = data;
    job->after_close(job);
}

void
job_close_worker(Job *job, void (*then)(gpointer job))
{
    BurnWorker *worker = g_steal_pointer(&job->worker);
    if (worker == NULL) {
        then(job);
        return;
    }
    job->after_close = then;
    burn_worker_close(worker, CLOSE_MS, worker_closed, job);
}

/* ---- PINs ---- */

static void
put_pin(BurnPins *pins, guint which, const char *bytes)
{
    pins->pin[which] = bytes;
    pins->length[which] = bytes != NULL ? (guint8)MIN(strlen(bytes), BURN_PIN_MAX) : 0;
}

static BurnPin *
so_of_mark(Job *job)
{
    gsize size;
    const guint8 *mark = g_bytes_get_data(job->mark, &size);
    g_autofree char *hex = g_strdup_printf("mark %02x%02x%02x%02x%02x%02x%02x%02x", mark[0], mark[1], mark[2], mark[3],
                                           mark[4], mark[5], mark[6], mark[7]);
    return burn_pin_so(job->hub->pins, hex);
}

static BurnPin *
user_pin(Job *job, const char *serial)
{
    if (job->order->pin_rule != BURN_PIN_ASKED)
        return burn_pin_user(job->hub->pins, job->order, serial, job->record->attempt);
    if (job->hub->calls.ask_pin == NULL)
        return NULL;
    return job->hub->calls.ask_pin(job->order, serial, job->hub->calls.data);
}

/* A key that does not bear our label yet answers to the factory's user PIN, if to any. */
void
job_send_pins(Job *job, BurnAnswerFunc done)
{
    const BurnHubConfig *c = &job->hub->config;
    BurnSoPin from = job->record->so_pin;
    const char *serial = job->token != NULL ? job->token->serial : job->record->token_serial;
    gboolean ours = job->token == NULL || burn_family(job->order) != BURN_FAMILY_FRESH || strcmp(job->token->label, job->label) == 0;
    g_autoptr(BurnPin) so = burn_pin_so(job->hub->pins, serial);
    g_autoptr(BurnPin) first = from == BURN_SO_MARK ? so_of_mark(job) : NULL;
    g_autoptr(BurnPin) user = ours ? user_pin(job, serial) : NULL;
    if (ours && user == NULL && burn_family(job->order) != BURN_FAMILY_REVOKE) {
        g_autofree char *reason = g_strdup_printf("the user PIN of key %s is needed", serial);
        job_finish(job, BURN_WAITING, reason);
        return;
    }
    BurnPins pins = { 0 };
    put_pin(&pins, BURN_PIN_SO, burn_pin_bytes(so));
    if (from == BURN_SO_MARK)
        put_pin(&pins, BURN_PIN_FACTORY_SO, burn_pin_bytes(first));
    if (from == BURN_SO_FACTORY)
        put_pin(&pins, BURN_PIN_FACTORY_SO, c->factory_so_pin);
    put_pin(&pins, BURN_PIN_USER, user != NULL ? burn_pin_bytes(user) : ours ? NULL : c->factory_user_pin);
    burn_worker_ask_pins(job->worker, &pins, job_deadline(job, FALSE), done, job);
}

/* ---- looking ---- */

static void
on_look(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    burn_inventory_free(job->seen);
    job->seen = burn_inventory_unpack(answer);
    if (job->seen == NULL) {
        job_fault(job, BURN_FAULT_DEVICE, "the worker's list of objects is malformed");
        return;
    }
    BurnExpect expect = job_expect(job);
    job->record->pin_tried = FALSE;
    job->view = burn_view(job->seen, &expect);
    job_step(job);
}

/* A key of ours, or in use, is looked into as its user; one from the factory with the factory's PIN. */
static gboolean
wants_login(const Job *job)
{
    const BurnTokenInfo *t = job->token;
    BurnFamily family = burn_family(job->order);
    if (!t->user_pin_set || t->pin_locked || family == BURN_FAMILY_UNLOCK || family == BURN_FAMILY_REVOKE)
        return FALSE;
    if (family != BURN_FAMILY_FRESH || strcmp(t->label, job->label) == 0)
        return TRUE;
    return job->hub->config.factory_user_pin != NULL && !job->order->may_erase;
}

static gboolean
wants_values(const Job *job)
{
    BurnFamily family = burn_family(job->order);
    return family == BURN_FAMILY_BESIDE || family == BURN_FAMILY_SEALS || strcmp(job->token->label, job->label) == 0;
}

static void
on_look_pins(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (!job_answered(job, fault, text))
        return;
    gboolean log_in = wants_login(job);
    gboolean foreign_pin = log_in && job->order->pin_rule == BURN_PIN_ASKED;
    if (foreign_pin && job->record->pin_tried) {
        job_hold(job, "a PIN was sent to this key and its answer was lost: check the PIN, then decide retry");
        return;
    }
    job->record->pin_tried = foreign_pin;
    if (foreign_pin && !job_enter(job, job->record->state)) /* a wrong PIN is tried once, whatever crashes */
        return;
    burn_worker_ask(worker, BURN_MSG_LOOK, g_variant_new("(bb)", log_in, wants_values(job)), BURN_INVENTORY_TYPE,
                    job_deadline(job, FALSE), on_look, job);
}

static void
on_open(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    if (fault == BURN_FAULT_GONE) {
        job->view = BURN_VIEW_ABSENT;
        job_step(job);
        return;
    }
    if (!job_answered(job, fault, text))
        return;
    burn_token_info_free(job->token);
    job->token = burn_token_info_unpack(answer);
    if (*job->record->token_serial == '\0' && strcmp(job->token->label, job->label) == 0) {
        g_free(job->record->token_serial); /* found by its label: a crash before the serial was known */
        job->record->token_serial = g_strdup(job->token->serial);
    }
    if (strcmp(job->token->label, job->label) == 0 && strcmp(job->record->token_serial, job->token->serial) != 0) {
        g_autofree char *reason = g_strdup_printf("key %s bears this order's mark, but the journal says key %s: check the "
                                                  "serials, then decide restart", job->token->serial,
                                                  job->record->token_serial);
        job_hold(job, reason);
        return;
    }
    if (job->token->initialised) {
        job_send_pins(job, on_look_pins);
        return;
    }
    g_autoptr(BurnInventory) blank = burn_inventory_new();
    BurnExpect expect = job_expect(job);
    blank->token = g_steal_pointer(&job->token);
    job->view = burn_view(blank, &expect);
    job->token = g_steal_pointer(&blank->token);
    job_step(job);
}

void
job_look(Job *job)
{
    g_autoptr(GError) error = NULL;
    if (job->serial == NULL) {
        job->view = BURN_VIEW_ABSENT;
        job_step(job);
        return;
    }
    if (job->worker != NULL) {
        burn_worker_ask(job->worker, BURN_MSG_LOOK, g_variant_new("(bb)", wants_login(job), wants_values(job)),
                        BURN_INVENTORY_TYPE, job_deadline(job, FALSE), on_look, job);
        return;
    }
    job->worker = burn_worker_start(job->hub->nursery, job->hub->context, &error);
    if (job->worker == NULL) {
        job_finish(job, BURN_INTERRUPTED, error->message);
        return;
    }
    const BurnHubConfig *c = &job->hub->config;
    burn_worker_ask(job->worker, BURN_MSG_OPEN,
                    g_variant_new("(ssssst)", c->module, c->slot_filter != NULL ? c->slot_filter : "", job->serial, job->label,
                                  c->faults != NULL ? c->faults : "", hub_slot_of(job->hub, job->serial)),
                    BURN_TOKEN_TYPE, job_deadline(job, FALSE), on_open, job);
}

void
job_start(Job *job)
{
    g_autoptr(GError) error = NULL;
    if (job->record->state >= BURN_STATE_SEAL_MADE && job->record->state <= BURN_STATE_SEAL_WRITTEN && job->blobs == NULL) {
        job->blobs = burn_journal_fetch_blobs(job->hub->journal, job->unit, &error);
        if (job->blobs == NULL) {
            job_finish(job, BURN_INTERRUPTED, error->message);
            return;
        }
    }
    BurnAct act = burn_step(burn_family(job->order), job->record->state, BURN_VIEW_ALL);
    if (job->serial != NULL && !(job->record->state >= BURN_STATE_VERIFIED && !burn_act_needs_token(act)))
        job_look(job);
    else
        job_step(job);
}

/* ---- stepping ---- */

static void
wait_for_key(Job *job)
{
    const BurnRecord *r = job->record;
    gboolean begun = *r->token_serial != '\0' && r->state >= BURN_STATE_CLAIMED;
    const char *serial = begun ? r->token_serial : job->order->token_serial;
    g_autofree char *reason = serial == NULL ? g_strdup("plug in a blank key")
                              : !begun       ? g_strdup_printf("plug in key %s", serial)
                                             : g_strdup_printf("plug in key %s; lost or broken: decide restart", serial);
    job_finish(job, BURN_WAITING, reason);
}

void
job_step(Job *job)
{
    BurnRecord *r = job->record;
    BurnFamily family = burn_family(job->order);
    BurnAct act = burn_step(family, r->state, job->view);
    if (g_atomic_int_get(&job->hub->stop) != 0 && act != BURN_ACT_NONE) {
        job_finish(job, BURN_INTERRUPTED, "stopped; the next run goes on from here");
        return;
    }
    if (act == BURN_ACT_WAIT) {
        wait_for_key(job);
    } else if (act == BURN_ACT_HOLD || (act == BURN_ACT_NEXT_KEY && job->order->token_serial != NULL)) {
        g_autofree char *reason = burn_step_reason(family, r->state, job->view,
                                                   job->token != NULL ? job->token->serial : r->token_serial);
        job_hold(job, reason);
    } else if (act == BURN_ACT_NONE) {
        job_finish(job, r->state == BURN_STATE_DONE ? BURN_DONE : r->state == BURN_STATE_HELD ? BURN_HELD : BURN_FAILED,
                   r->state == BURN_STATE_DONE ? NULL : r->reason);
    } else {
        job_act(job, act);
    }
}
