/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job_ca.c: the CA's part of a burn, on a thread of its own, so that a slow CA holds up one order and no login. What a
 * CA gives is checked before it is journalled as ISSUED.
 */
#include <openssl/crypto.h>

#include <string.h>

#include "burner/job.h"
#include "core/error.h"

#define LOGIN_HOLD_MS 2000u /* how long a worker stays logged in while the CA thinks */

typedef enum { TASK_ISSUE, TASK_FIND, TASK_REVOKE } TaskKind;

/* What a CA thread may see: copies, and the CA. */
typedef struct {
    Job *job;
    TaskKind kind;
    char *request_id;
    GBytes *csr, *subject;
    BurnCaRequest request;
    GPtrArray *revoke; /* GBytes */
    guint reason;
    GBytes *certificate;
    BurnCaAnswer answer;
    GError *error;
} Task;

static void
task_free(Task *t)
{
    g_free(t->request_id);
    g_clear_pointer(&t->csr, g_bytes_unref);
    g_clear_pointer(&t->subject, g_bytes_unref);
    g_clear_pointer(&t->request.public_key, g_bytes_unref);
    g_clear_pointer(&t->revoke, g_ptr_array_unref);
    g_clear_pointer(&t->certificate, g_bytes_unref);
    g_clear_error(&t->error);
    g_free(t);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Task, task_free)

static const char *
task_text(const Task *t)
{
    return t->error != NULL ? t->error->message : "the CA gave no reason";
}

static const char *
pending_text(const Task *t)
{
    return t->error != NULL ? t->error->message : "the CA has not answered yet: its certificate comes in a later run";
}

static void
wrong_certificate(Job *job, GBytes *certificate, const char *why)
{
    g_autofree char *reason = g_strdup_printf("%s; ask the CA, then decide retry, or restart (it is revoked)", why);
    job->record->certificate = g_bytes_ref(certificate);
    job_hold(job, reason);
}

static void
take_certificate(Job *job, Task *t)
{
    g_autoptr(GError) error = NULL;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_clear_pointer(&job->record->certificate, g_bytes_unref);
    if (!burn_ca_check(t->certificate, &t->request, job->hub->chain, now, &error)) {
        wrong_certificate(job, t->certificate, error->message);
        return;
    }
    job->record->certificate = g_bytes_ref(t->certificate);
    if (job_enter(job, BURN_STATE_ISSUED))
        job_step(job);
}

static void
on_issued(Job *job, Task *t)
{
    switch (t->answer) {
    case BURN_CA_GIVEN:
        take_certificate(job, t);
        break;
    case BURN_CA_PENDING:
        job_finish(job, BURN_WAITING, pending_text(t));
        break;
    case BURN_CA_REFUSED: /* nothing is issued, so a retry may ask again */
        job->record->state = BURN_STATE_KEYED;
        job_hold(job, task_text(t));
        break;
    case BURN_CA_NONE: /* it was not even asked */
        if (job_enter(job, BURN_STATE_KEYED))
            job_finish(job, BURN_INTERRUPTED, task_text(t));
        break;
    default:
        if (++job->tries >= JOB_TRIES)
            job_hold(job, task_text(t));
        else
            job_ask_ca(job);
    }
}

/* Surely none was issued: as if it had not been sent. */
static void
ask_anew(Job *job)
{
    if (job_enter(job, BURN_STATE_KEYED))
        job_step(job);
}

static void
on_found(Job *job, Task *t)
{
    BurnAct act = burn_step_ca(t->answer);
    if (act == BURN_ACT_WRITE_CERT)
        take_certificate(job, t);
    else if (act == BURN_ACT_ISSUE)
        ask_anew(job);
    else if (act == BURN_ACT_WAIT)
        job_finish(job, BURN_WAITING, pending_text(t));
    else
        job_hold(job, task_text(t));
}

/* REVOKE_PENDING goes on in held_in: QUEUED (restart), FAILED (given up), or where the order's own revocation was due. */
static void
on_revoked(Job *job, Task *t)
{
    BurnRecord *r = job->record;
    if (t->answer != BURN_CA_GIVEN && t->answer != BURN_CA_PENDING && t->answer != BURN_CA_NONE) {
        job_finish(job, BURN_INTERRUPTED, task_text(t));
        return;
    }
    if (r->held_in == BURN_STATE_FAILED) {
        if (job_archive(job, BURN_FAILED) && job_enter(job, BURN_STATE_FAILED))
            job_finish(job, BURN_FAILED, r->reason);
        return;
    }
    if (r->held_in == BURN_STATE_QUEUED) {
        g_clear_pointer(&r->certificate, g_bytes_unref);
        g_clear_pointer(&r->public_key, g_bytes_unref);
        g_free(r->token_serial);
        r->token_serial = g_strdup("");
        r->attempt++;
        if (job_enter(job, BURN_STATE_QUEUED))
            job_finish(job, BURN_WAITING, "revoked; the order starts again with the next run");
        return;
    }
    r->revoked = TRUE;
    if (!job_enter(job, r->held_in))
        return;
    if (job->worker == NULL && r->state < BURN_STATE_VERIFIED)
        job_look(job); /* this run began with the CA, or it took long: what the key holds is to be seen */
    else
        job_step(job);
}

static gboolean
on_task(gpointer data)
{
    g_autoptr(Task) t = data;
    g_source_destroy(t->job->slow_ca);
    g_clear_pointer(&t->job->slow_ca, g_source_unref);
    if (t->kind == TASK_ISSUE)
        on_issued(t->job, t);
    else if (t->kind == TASK_FIND)
        on_found(t->job, t);
    else
        on_revoked(t->job, t);
    return G_SOURCE_REMOVE;
}

/* ---- on the CA thread ---- */

static void
revoke_all(BurnCa *ca, Task *t)
{
    t->answer = BURN_CA_GIVEN;
    if (t->revoke->len == 0 && t->request.public_key != NULL) { /* what may have been issued for our key */
        t->answer = ca->find(ca, &t->request, &t->certificate, &t->error);
        if (t->answer == BURN_CA_GIVEN)
            g_ptr_array_add(t->revoke, g_bytes_ref(t->certificate));
        else if (t->answer == BURN_CA_PENDING) { /* what is to be revoked may still come */
            t->answer = BURN_CA_UNCLEAR;
            g_clear_error(&t->error); /* says what brings it: this order wants it no more */
            g_set_error_literal(&t->error, SB_ERROR, SB_ERROR_CA,
                                "the CA has not answered yet: its certificate is revoked in the run that finds it");
            return;
        } else if (t->answer != BURN_CA_NONE)
            return;
    }
    for (guint i = 0; i < t->revoke->len; i++) {
        t->answer = ca->revoke(ca, t->revoke->pdata[i], t->reason, &t->error);
        if (t->answer != BURN_CA_GIVEN && t->answer != BURN_CA_PENDING)
            return;
    }
}

void hub_ca_thread(gpointer data, gpointer user_data);
void
hub_ca_thread(gpointer data, gpointer user_data)
{
    Task *t = data;
    BurnHub *hub = user_data;
    if (t->kind == TASK_ISSUE)
        t->answer = hub->ca->issue(hub->ca, &t->request, &t->certificate, &t->error);
    else if (t->kind == TASK_FIND)
        t->answer = hub->ca->find(hub->ca, &t->request, &t->certificate, &t->error);
    else
        revoke_all(hub->ca, t);
    if (t->answer == BURN_CA_GIVEN && t->kind != TASK_REVOKE && t->certificate == NULL)
        t->answer = BURN_CA_UNCLEAR;
    OPENSSL_thread_stop(); /* a pool's thread may outlive main(): its random generators would be lost */
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_task, t, NULL);
    g_source_attach(source, hub->context);
    g_source_unref(source);
}

/* ---- on the hub's thread ---- */

static Task *
task_new(Job *job, TaskKind kind)
{
    Task *t = g_new0(Task, 1);
    t->job = job;
    t->kind = kind;
    t->request_id = g_strdup_printf("%s.a%u", job->unit, job->record->attempt);
    t->subject = job->order->subject.name != NULL ? burn_subject_der(&job->order->subject, NULL) : NULL;
    t->request = (BurnCaRequest){ t->request_id, NULL,
                                  job->record->public_key != NULL ? g_bytes_ref(job->record->public_key) : NULL,
                                  t->subject, job->order->not_before, job->order->not_after };
    return t;
}

/* The certificate will be written by a worker of its own. */
static gboolean
on_slow_ca(gpointer data)
{
    Job *job = data;
    if (job->worker != NULL)
        burn_worker_kill(g_steal_pointer(&job->worker));
    return G_SOURCE_REMOVE;
}

static void
push(Job *job, Task *t)
{
    job->slow_ca = g_timeout_source_new(LOGIN_HOLD_MS);
    g_source_set_callback(job->slow_ca, on_slow_ca, job, NULL);
    g_source_attach(job->slow_ca, job->hub->context);
    g_thread_pool_push(job->hub->ca_threads, t, NULL);
}

void
job_ask_ca(Job *job)
{
    push(job, task_new(job, TASK_FIND));
}

void
job_revoke(Job *job)
{
    Task *t = task_new(job, TASK_REVOKE);
    gboolean own = job->record->held_in == BURN_STATE_QUEUED || job->record->held_in == BURN_STATE_FAILED;
    gboolean issued = job->record->certificate != NULL && burn_family_issues(burn_family(job->order));
    t->reason = own ? 5 : job->order->revoke_reason; /* cessationOfOperation: never handed over */
    t->revoke = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    if (own && issued)
        g_ptr_array_add(t->revoke, g_bytes_ref(job->record->certificate));
    for (guint i = 0; !own && job->order->revoke != NULL && i < job->order->revoke->len; i++)
        g_ptr_array_add(t->revoke, g_bytes_ref(job->order->revoke->pdata[i]));
    if (!own)
        g_clear_pointer(&t->request.public_key, g_bytes_unref);
    push(job, t);
}

static void
on_signed(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Job *job = data;
    g_autoptr(GError) error = NULL;
    if (!job_answered(job, fault, text))
        return;
    g_autoptr(GVariant) child = g_variant_get_child_value(answer, 0);
    g_autoptr(GBytes) raw = g_variant_get_data_as_bytes(child);
    g_autoptr(GBytes) csr = burn_csr_finish(job->csr, raw, &error);
    if (csr == NULL) {
        job_fault(job, BURN_FAULT_READ_BACK, error->message);
        return;
    }
    if (!job_enter(job, BURN_STATE_ISSUE_SENT)) /* durable before the CA hears of it */
        return;
    Task *t = task_new(job, TASK_ISSUE);
    t->csr = g_bytes_ref(csr);
    t->request.csr = t->csr;
    push(job, t);
}

void
job_issue(Job *job)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) subject = burn_subject_der(&job->order->subject, &error);
    g_autoptr(GBytes) to_sign = NULL;
    g_clear_pointer(&job->csr, burn_csr_free); /* one whose signature never came */
    if (subject != NULL)
        job->csr = burn_csr_new(job->order->key_type, subject, job->record->public_key, &to_sign, &error);
    if (job->csr == NULL) {
        job_hold(job, error->message);
        return;
    }
    burn_worker_ask(job->worker, BURN_MSG_SIGN,
                    g_variant_new("(u@ay@ay)", job->order->key_type,
                                  g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, job->mark, TRUE),
                                  g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, to_sign, TRUE)),
                    "(ay)", job_deadline(job, FALSE), on_signed, job);
}
