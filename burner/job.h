/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job.h: one unit on its way through the hub. Shared by hub.c (who gets which token, when), job.c (looking,
 * stepping, failing, finishing) and job_acts.c (the acts themselves). Not for others.
 */
#ifndef SB_BURNER_JOB_H
#define SB_BURNER_JOB_H

#include "burner/csr.h"
#include "burner/hub.h"
#include "burner/hub_worker.h"
#include "burner/step.h"

G_BEGIN_DECLS

#define JOB_TRIES 2u     /* failed acts in one run before it is left for the next */
#define JOB_FAILURES 4u  /* failed acts in one state, over all runs, before a person is asked */

struct BurnHub {
    BurnHubConfig config;
    char *program;
    BurnNursery *nursery;
    const BurnJournal *journal;
    BurnCa *ca;
    BurnCaChain *chain;     /* the CA's, read once */
    const BurnPinSource *pins;
    BurnHubCalls calls;
    GMainContext *context;
    GThreadPool *ca_threads;
    GPtrArray *tokens;      /* BurnToken */
    GHashTable *taken;      /* serials given out or found not blank */
    GPtrArray *jobs;
    guint running, unfinished;
    gint stop;
};

typedef struct {
    BurnHub *hub;
    const BurnOrder *order;
    BurnRecord *record;
    char *unit;
    GBytes *mark;
    char label[33];
    char *serial;           /* of the token this run works on; "" = a blank slot without one; NULL = none */
    BurnWorker *worker;
    BurnTokenInfo *token;
    BurnInventory *seen;    /* the last look */
    GPtrArray *removals;    /* GVariant, what REMOVE_OLD has still to do */
    gboolean resumed;       /* the record was not fresh when this run began */
    BurnView view;
    GPtrArray *blobs;
    guint next_blob;
    BurnCsr *csr;           /* made in this run; its key is the certificate's */
    GBytes *challenge;
    GPtrArray *objects;
    GSource *slow_ca;       /* ends the worker's login when the CA takes long */
    guint tries;
    gboolean started, finished, wiped;
    BurnResult *result;
    void (*after_close)(gpointer job);
} Job;

/* job.c */
Job *job_new(BurnHub *hub, const BurnOrder *order);
void job_free(Job *job);
void job_start(Job *job);                      /* hub gave it job->serial, or NULL */
void job_look(Job *job);                       /* (start a worker and) ask the token what is there, then step */
void job_step(Job *job);                       /* from record->state and view */
gboolean job_enter(Job *job, BurnState state); /* journalled; FALSE: the job is finished */
gboolean job_archive(Job *job, BurnOutcome outcome); /* before DONE and FAILED; FALSE: the job is finished */
void job_send_pins(Job *job, BurnAnswerFunc done);
gboolean job_answered(Job *job, BurnFault fault, const char *text); /* FALSE: the fault is dealt with */
void job_fault(Job *job, BurnFault fault, const char *text);
void job_acted(Job *job, BurnState state, BurnView view); /* an act's end: durable, then the next step */
GVariant *job_bytes(GBytes *bytes);                       /* as "ay" */
void job_ask(Job *job, BurnMessage type, GVariant *body, const char *answer_type, BurnAnswerFunc done);
gboolean job_revocation_due(const Job *job, BurnState state);
void job_hold(Job *job, const char *reason);
void job_finish(Job *job, BurnOutcome outcome, const char *reason);
void job_close_worker(Job *job, void (*then)(gpointer job));
BurnExpect job_expect(const Job *job);
guint job_deadline(const Job *job, gboolean keygen);

/* job_acts.c */
void job_act(Job *job, BurnAct act);
/* job_in_use.c: acts on keys that are in use already */
void job_claim_in_use(Job *job);
void job_take_cert(Job *job);
void job_remove_old(Job *job);
void job_prove_pin(Job *job);
void job_wipe(Job *job);
/* job_ca.c */
void job_issue(Job *job);
void job_ask_ca(Job *job);
void job_revoke(Job *job);

/* hub.c */
void hub_job_finished(Job *job);
void hub_next_key(Job *job); /* job's token is not blank: take another */
guint64 hub_slot_of(const BurnHub *hub, const char *serial); /* where it was listed, or BURN_SLOT_UNKNOWN */

G_END_DECLS

#endif
