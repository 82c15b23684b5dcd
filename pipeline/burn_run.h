/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_run.h: one run of the hub over the workspace's orders: what is ready or begun goes in, what came of
 * it goes back into the store.
 */
#ifndef SB_PIPELINE_BURN_RUN_H
#define SB_PIPELINE_BURN_RUN_H

#include "burner/hub.h"
#include "pipeline/run_lock.h"
#include "pipeline/workspace.h"
#include "sealgen/ses.h"

G_BEGIN_DECLS

typedef struct BurnRun BurnRun;

/* What is told as it happens; all may be NULL. */
typedef struct {
    gpointer data;
    void (*progress)(const char *unit, const char *serial, BurnState state, guint step, guint steps, gpointer data);
    void (*finished)(const char *unit, const BurnResult *result, gpointer data);
    /* An order that cannot even begin: why is one line for the operator. */
    void (*skipped)(const char *order_id, const char *why, gpointer data);
    /* The PIN of a key in use, before the run; NULL: not now. */
    BurnPin *(*ask_pin)(const char *unit, const char *serial, gpointer data);
    /* A key whose certificates @unit revoked was plugged in: it is blank again, or @why it is not. One that refuses our SO
     * PIN is damaged from here on and not tried again. */
    void (*wiped)(const char *serial, const char *unit, const char *why, gpointer data);
} BurnRunCalls;

/**
 * burn_run_open: module, CA, secret of PINs and seal maker of the workspace's config.
 * @lock  held by the workers too as long as they live: burning; NULL: only looking
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT or SB_ERROR_ENV saying what is missing.
 */
BurnRun *burn_run_open(Workspace *workspace, const RunLock *lock, const BurnRunCalls *calls, GError **error);
void burn_run_close(BurnRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnRun, burn_run_close)

/* @order_id gets the key @serial; @may_erase: whatever it holds. SB_ERROR_INPUT: no such order, or the key or the order is
 * assigned already. */
gboolean burn_run_assign(BurnRun *run, const char *order_id, const char *serial, gboolean may_erase, GError **error);

/**
 * burn_run_prove: the holder's key of another CA signs a fresh challenge that names the order; certificate, challenge
 * and signature are kept for the exchange. The PIN comes from ask_pin and is tried once. The certificate must speak for
 * the order's holder (burn_facts_check_proof).
 * @issuer (out) (transfer full) who issued it, for people
 * SB_ERROR_INPUT (no such order, not an exchange, another holder), SB_ERROR_PIN, SB_ERROR_TOKEN, SB_ERROR_STORE.
 */
gboolean burn_run_prove(BurnRun *run, const char *order_id, const char *serial, char **issuer, GError **error);

/* A replacement gives this key up, whatever the order says; a certificate (file, PEM or DER) that was not issued here is
 * the holder's old one. Both are kept with the order. SB_ERROR_INPUT, SB_ERROR_STORE. */
gboolean burn_run_lost(BurnRun *run, const char *order_id, const char *serial, GError **error);
gboolean burn_run_old_certificate(BurnRun *run, const char *order_id, const char *file, GError **error);

/* Only these orders, or all that are ready, begun or (with_held) held. SB_ERROR_STORE, SB_ERROR_INPUT. */
gboolean burn_run_add(BurnRun *run, const char *order_id, GError **error);
gboolean burn_run_add_all(BurnRun *run, gboolean with_held, GError **error);
guint burn_run_units(const BurnRun *run);

/* What a unit needs before it can go on. */
typedef struct {
    char *unit;
    const char *kind; /* "new", ... */
    char *serial;     /* of the key it must have; NULL: any blank one */
    gboolean here;    /* that key, or a blank one, is plugged in */
    gboolean waits;   /* for that key: it is neither verified nor held */
    gboolean held;
} BurnNeed;
void burn_need_free(BurnNeed *need);
/* (transfer full) (element-type BurnNeed) of what was added; changes nothing. SB_ERROR_TOKEN, SB_ERROR_ENV, SB_ERROR_STORE. */
GPtrArray *burn_run_needs(BurnRun *run, GError **error);

typedef struct {
    guint done, waiting, interrupted, held, failed; /* units */
    guint skipped; /* orders that could not begin */
} BurnCounts;

/* Everything that was added. SB_ERROR_ENV where no worker can run, SB_ERROR_STORE. */
gboolean burn_run_go(BurnRun *run, BurnCounts *counts, GError **error);

/* (transfer full) (element-type BurnToken) */
GPtrArray *burn_run_tokens(BurnRun *run, GError **error);

gboolean burn_run_may_take(const BurnRun *run, const BurnToken *token); /* hub.h */

/* From any thread: finish what runs, begin nothing. */
void burn_run_stop(BurnRun *run);

G_END_DECLS

#endif
