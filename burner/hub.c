/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hub.c: which order gets which token, and how many go at once. Tokens are known by serial; a slot id is forgotten
 * with the process that saw it.
 */
#include "burner/hub.h"

#include <string.h>
#include <unistd.h>

#include "burner/job.h"
#include "core/error.h"

#define WORKERS_MAX 64u
#define CA_THREADS 4 /* of our own: GLib's shared ones are gone in a process that was forked after their first use */

void hub_ca_thread(gpointer data, gpointer user_data);

void
burn_token_free(BurnToken *token)
{
    if (token == NULL)
        return;
    g_free(token->serial);
    g_free(token->label);
    g_free(token->model);
    g_free(token->manufacturer);
    g_free(token);
}

static char *
beside_us(const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : g_strdup(".");
    return g_build_filename(folder, name, NULL);
}

static gboolean
hub_check(BurnHub *hub, GError **error)
{
    if (access(hub->program, X_OK) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "the worker program %s is not there", hub->program);
        return FALSE;
    }
    if (hub->config.module == NULL || access(hub->config.module, R_OK) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "the PKCS#11 module %s is not there",
                    hub->config.module != NULL ? hub->config.module : "(none configured)");
        return FALSE;
    }
    return TRUE;
}

BurnHub *
burn_hub_new(const BurnHubConfig *config, const char *worker, const BurnJournal *journal, BurnCa *ca,
             const BurnPinSource *pins, const BurnHubCalls *calls, GError **error)
{
    g_autoptr(BurnHub) hub = g_new0(BurnHub, 1);
    hub->config = *config;
    hub->config.module = g_strdup(config->module);
    hub->config.slot_filter = g_strdup(config->slot_filter);
    hub->config.factory_so_pin = g_strdup(config->factory_so_pin);
    hub->config.factory_user_pin = g_strdup(config->factory_user_pin);
    hub->config.faults = g_strdup(config->faults);
    hub->program = worker != NULL ? g_strdup(worker) : beside_us("sealbatch-worker");
    hub->journal = journal;
    hub->ca = ca;
    hub->pins = pins;
    hub->calls = calls != NULL ? *calls : (BurnHubCalls){ 0 };
    hub->context = g_main_context_new();
    hub->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!hub_check(hub, error))
        return NULL;
    hub->nursery = burn_nursery_start(hub->program, config->preload ? config->module : NULL, config->lock_fd, error);
    if (hub->nursery == NULL)
        return NULL;
    return g_steal_pointer(&hub);
}

void
burn_hub_free(BurnHub *hub)
{
    if (hub == NULL)
        return;
    if (hub->ca_threads != NULL)
        g_thread_pool_free(hub->ca_threads, FALSE, TRUE);
    burn_nursery_stop(hub->nursery);
    g_clear_pointer(&hub->tokens, g_ptr_array_unref);
    g_clear_pointer(&hub->chain, burn_ca_chain_free);
    g_hash_table_unref(hub->taken);
    g_main_context_unref(hub->context);
    g_free(hub->config.module);
    g_free(hub->config.slot_filter);
    g_free(hub->config.factory_so_pin);
    g_free(hub->config.factory_user_pin);
    g_free(hub->config.faults);
    g_free(hub->program);
    g_free(hub);
}

void
burn_hub_stop(BurnHub *hub)
{
    g_atomic_int_set(&hub->stop, 1);
}

/* ---- what is plugged in ---- */

typedef struct {
    GPtrArray *tokens;
    char *fault;
    gboolean done, closed;
} Listing;

static BurnToken *
token_from(const BurnTokenInfo *info)
{
    BurnToken *t = g_new0(BurnToken, 1);
    t->serial = g_strdup(info->serial);
    t->label = g_strdup(info->label);
    t->model = g_strdup(info->model);
    t->manufacturer = g_strdup(info->manufacturer);
    t->slot = (gulong)info->slot;
    t->initialised = info->initialised;
    t->user_pin_set = info->user_pin_set;
    t->pin_locked = info->pin_locked;
    t->pin_final_try = info->pin_final_try;
    t->free_bytes = info->free_bytes;
    return t;
}

static void
on_list(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Listing *l = data;
    l->done = TRUE;
    if (fault != BURN_FAULT_NONE) {
        l->fault = g_strdup(text);
        return;
    }
    l->tokens = g_ptr_array_new_with_free_func((GDestroyNotify)burn_token_free);
    for (gsize i = 0; i < MIN(g_variant_n_children(answer), 256); i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(answer, i);
        g_autoptr(BurnTokenInfo) info = burn_token_info_unpack(child);
        if (info != NULL)
            g_ptr_array_add(l->tokens, token_from(info));
    }
}

static void
on_list_closed(gpointer data)
{
    ((Listing *)data)->closed = TRUE;
}

GPtrArray *
burn_hub_tokens(BurnHub *hub, GError **error)
{
    Listing l = { 0 };
    const BurnHubConfig *c = &hub->config;
    BurnWorker *worker = burn_worker_start(hub->nursery, hub->context, error);
    if (worker == NULL)
        return NULL;
    guint deadline = c->call_ms > 0 ? c->call_ms : 30000;
    burn_worker_ask(worker, BURN_MSG_LIST, g_variant_new("(ss)", c->module, c->slot_filter != NULL ? c->slot_filter : ""),
                    "a" BURN_TOKEN_TYPE, deadline, on_list, &l);
    while (!l.done)
        g_main_context_iteration(hub->context, TRUE);
    burn_worker_close(worker, deadline, on_list_closed, &l);
    while (!l.closed)
        g_main_context_iteration(hub->context, TRUE);
    if (l.tokens == NULL)
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "the tokens cannot be listed: %s", l.fault);
    g_free(l.fault);
    return l.tokens;
}

/* ---- giving tokens out ---- */

/* SoftHSM always shows one more blank slot, and each process may initialise its own. */
static gboolean
is_endless(const BurnToken *t)
{
    return !t->initialised && *t->serial == '\0' && strstr(t->manufacturer, "SoftHSM") != NULL;
}

gboolean
burn_hub_may_take(const BurnHub *hub, const BurnToken *t)
{
    return !t->initialised || strcmp(t->label, BURN_LABEL_WIPED) == 0 ||
           (hub->config.factory_so_pin != NULL && !g_str_has_prefix(t->label, "SB-"));
}

static gboolean
is_here(const BurnHub *hub, const char *serial)
{
    for (guint i = 0; i < hub->tokens->len; i++)
        if (strcmp(((BurnToken *)hub->tokens->pdata[i])->serial, serial) == 0)
            return TRUE;
    return FALSE;
}

/* Where a serial was listed; unknown too where several bear it. */
guint64
hub_slot_of(const BurnHub *hub, const char *serial)
{
    guint64 slot = BURN_SLOT_UNKNOWN;
    for (guint i = 0; i < hub->tokens->len; i++) {
        const BurnToken *t = hub->tokens->pdata[i];
        if (strcmp(t->serial, serial) != 0)
            continue;
        if (slot != BURN_SLOT_UNKNOWN)
            return BURN_SLOT_UNKNOWN;
        slot = t->slot;
    }
    return slot;
}

static char *
take_named(BurnHub *hub, const char *serial)
{
    if (!is_here(hub, serial) || g_hash_table_contains(hub->taken, serial))
        return NULL;
    g_hash_table_add(hub->taken, g_strdup(serial));
    return g_strdup(serial);
}

/* Claimed in the journal, or named, by an order of this run. */
static gboolean
is_reserved(const BurnHub *hub, const char *serial)
{
    for (guint i = 0; *serial != '\0' && i < hub->jobs->len; i++) {
        const Job *job = hub->jobs->pdata[i];
        if (job->record != NULL && (strcmp(job->record->token_serial, serial) == 0 ||
                                    g_strcmp0(job->order->token_serial, serial) == 0))
            return TRUE;
    }
    return FALSE;
}

static char *
take_blank(BurnHub *hub)
{
    for (guint i = 0; i < hub->tokens->len; i++) {
        const BurnToken *t = hub->tokens->pdata[i];
        if (!burn_hub_may_take(hub, t) || g_hash_table_contains(hub->taken, t->serial) || is_reserved(hub, t->serial))
            continue;
        if (!is_endless(t))
            g_hash_table_add(hub->taken, g_strdup(t->serial));
        return g_strdup(t->serial);
    }
    return NULL;
}

static gboolean
bears_label(const BurnHub *hub, const char *label)
{
    for (guint i = 0; i < hub->tokens->len; i++)
        if (strcmp(((BurnToken *)hub->tokens->pdata[i])->label, label) == 0)
            return TRUE;
    return FALSE;
}

/* The journal's serial, else the order's, else (begun on a slot without one) the token with our label, else a blank. */
static char *
take_for(Job *job)
{
    const BurnRecord *r = job->record;
    if (*r->token_serial != '\0' && (is_here(job->hub, r->token_serial) || !bears_label(job->hub, job->label)))
        return take_named(job->hub, r->token_serial);
    if (*r->token_serial != '\0')
        return g_strdup(""); /* another serial bears our mark: job.c holds it */
    if (job->order->token_serial != NULL && *job->order->token_serial != '\0')
        return take_named(job->hub, job->order->token_serial);
    if (bears_label(job->hub, job->label))
        return g_strdup("");
    BurnState state = r->state == BURN_STATE_REVOKE_PENDING ? r->held_in : r->state;
    return state <= BURN_STATE_INIT_BEGUN && burn_family(job->order) == BURN_FAMILY_FRESH ? take_blank(job->hub) : NULL;
}

void
hub_next_key(Job *job)
{
    BurnRecord *r = job->record;
    g_clear_pointer(&job->token, burn_token_info_free);
    g_clear_pointer(&job->serial, g_free); /* stays in taken: it is not blank */
    g_free(r->token_serial);
    r->token_serial = g_strdup("");
    if (r->state != BURN_STATE_QUEUED && !job_enter(job, BURN_STATE_QUEUED))
        return;
    job->serial = take_blank(job->hub);
    job_look(job);
}

/* ---- running ---- */

static void
finish_in_place(Job *job, BurnOutcome outcome, const char *reason)
{
    job->result->outcome = outcome;
    job->result->reason = g_strdup(reason);
    job->finished = TRUE;
    hub_job_finished(job);
}

static gboolean
prepare(Job *job, GError **error)
{
    guint8 mark[BURN_MARK_SIZE];
    if (!burn_order_check(job->order, error))
        return FALSE;
    job->record = burn_journal_load(job->hub->journal, job->unit, error);
    if (job->record == NULL)
        return FALSE;
    burn_mark(job->unit, job->record->attempt, mark, job->label);
    job->mark = g_bytes_new(mark, sizeof mark);
    job->resumed = job->record->state != BURN_STATE_QUEUED;
    return TRUE;
}

static void
begin(Job *job)
{
    job->started = TRUE;
    job->hub->running++;
    if (g_atomic_int_get(&job->hub->stop) != 0) {
        job_finish(job, BURN_INTERRUPTED, "stopped before it began");
        return;
    }
    job->serial = take_for(job);
    job_start(job);
}

static void
start_more(BurnHub *hub)
{
    guint limit = hub->config.max_procs > 0 ? hub->config.max_procs : WORKERS_MAX;
    for (guint i = 0; i < hub->jobs->len && hub->running < limit; i++) {
        Job *job = hub->jobs->pdata[i];
        if (!job->started && !job->finished)
            begin(job);
    }
}

void
hub_job_finished(Job *job)
{
    BurnHub *hub = job->hub;
    hub->unfinished--;
    if (job->started)
        hub->running--;
    if (hub->calls.finished != NULL)
        hub->calls.finished(job->order, job->result, hub->calls.data);
}

static void
make_jobs(BurnHub *hub, GPtrArray *orders)
{
    g_autoptr(GHashTable) units = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < orders->len; i++) {
        Job *job = job_new(hub, orders->pdata[i]);
        g_ptr_array_add(hub->jobs, job);
        hub->unfinished++;
    }
    for (guint i = 0; i < hub->jobs->len; i++) {
        Job *job = hub->jobs->pdata[i];
        g_autoptr(GError) error = NULL;
        if (!g_hash_table_add(units, job->unit))
            finish_in_place(job, BURN_FAILED, "the same order stands twice in this run");
        else if (!prepare(job, &error))
            finish_in_place(job, g_error_matches(error, SB_ERROR, SB_ERROR_INPUT) ? BURN_FAILED : BURN_INTERRUPTED,
                            error->message);
    }
}

static gboolean
read_chain(BurnHub *hub, GError **error)
{
    g_autoptr(GPtrArray) certificates = hub->ca->chain(hub->ca, error);
    if (certificates != NULL)
        hub->chain = burn_ca_chain_new(certificates, error);
    return hub->chain != NULL;
}

GPtrArray *
burn_hub_run(BurnHub *hub, GPtrArray *orders, GError **error)
{
    g_clear_pointer(&hub->tokens, g_ptr_array_unref);
    hub->tokens = burn_hub_tokens(hub, error);
    if (hub->tokens == NULL)
        return NULL;
    if (hub->chain == NULL && !read_chain(hub, error))
        return NULL;
    if (hub->ca_threads == NULL)
        hub->ca_threads = g_thread_pool_new(hub_ca_thread, hub, CA_THREADS, TRUE, NULL);
    g_hash_table_remove_all(hub->taken);
    hub->jobs = g_ptr_array_new_with_free_func((GDestroyNotify)job_free);
    hub->running = hub->unfinished = 0;
    make_jobs(hub, orders);
    while (hub->unfinished > 0) {
        start_more(hub);
        if (hub->unfinished > 0)
            g_main_context_iteration(hub->context, TRUE);
    }
    GPtrArray *results = g_ptr_array_new_with_free_func((GDestroyNotify)burn_result_free);
    for (guint i = 0; i < hub->jobs->len; i++)
        g_ptr_array_add(results, g_steal_pointer(&((Job *)hub->jobs->pdata[i])->result));
    g_clear_pointer(&hub->jobs, g_ptr_array_unref);
    return results;
}

/* ---- a person decides ---- */

static const char *const decision_names[] = { [BURN_DECIDE_RETRY] = "retry",
                                              [BURN_DECIDE_RESTART] = "restart",
                                              [BURN_DECIDE_GIVE_UP] = "give_up",
                                              [BURN_DECIDE_ISSUE_AGAIN] = "issue_again" };

const char *
burn_decision_name(BurnDecision decision)
{
    g_return_val_if_fail((guint)decision < G_N_ELEMENTS(decision_names), "?");
    return decision_names[decision];
}

gboolean
burn_decision_from_name(const char *name, BurnDecision *decision)
{
    for (guint i = 0; i < G_N_ELEMENTS(decision_names); i++)
        if (g_strcmp0(name, decision_names[i]) == 0) {
            *decision = i;
            return TRUE;
        }
    return FALSE;
}

/* The CA says that it issued nothing: only where it may have and nothing came back. */
static gboolean
may_issue_again(const BurnRecord *r)
{
    return r->held_in == BURN_STATE_ISSUE_SENT && r->certificate == NULL;
}

gboolean
burn_held(const BurnJournal *journal, const char *unit, guint *decisions, char **reason, char **token_serial,
          GError **error)
{
    g_autoptr(BurnRecord) r = burn_journal_load(journal, unit, error);
    if (r == NULL)
        return FALSE;
    *decisions = 0;
    *reason = g_strdup(r->reason);
    *token_serial = g_strdup(r->token_serial);
    if (r->state == BURN_STATE_HELD)
        *decisions = 1u << BURN_DECIDE_RETRY | 1u << BURN_DECIDE_RESTART | 1u << BURN_DECIDE_GIVE_UP |
                     (may_issue_again(r) ? 1u << BURN_DECIDE_ISSUE_AGAIN : 0);
    return TRUE;
}

gboolean
burn_decide(const BurnJournal *journal, const char *unit, BurnDecision decision, GError **error)
{
    g_autoptr(BurnRecord) r = burn_journal_load(journal, unit, error);
    if (r == NULL)
        return FALSE;
    gboolean ends = decision == BURN_DECIDE_RESTART || decision == BURN_DECIDE_GIVE_UP;
    gboolean begun = r->state >= BURN_STATE_CLAIMED && r->state < BURN_STATE_VERIFIED;
    if (r->state != BURN_STATE_HELD && !(ends && begun)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not held: nothing is to be decided", unit);
        return FALSE;
    }
    if (r->state != BURN_STATE_HELD)
        r->held_in = r->state; /* its key is lost or broken: it would wait for ever */
    if (decision == BURN_DECIDE_RETRY) {
        r->state = r->held_in;
    } else if (decision == BURN_DECIDE_ISSUE_AGAIN) {
        if (!may_issue_again(r)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not held over an unclear answer of the CA", unit);
            return FALSE;
        }
        r->state = BURN_STATE_KEYED;
    } else {
        if (r->held_in < BURN_STATE_ISSUE_SENT) /* the CA never heard of it: there is nothing to ask it for */
            g_clear_pointer(&r->public_key, g_bytes_unref);
        r->state = BURN_STATE_REVOKE_PENDING;
        r->held_in = decision == BURN_DECIDE_RESTART ? BURN_STATE_QUEUED : BURN_STATE_FAILED;
    }
    r->failures = 0;
    r->pin_tried = FALSE;
    return burn_journal_store(journal, r, error);
}
