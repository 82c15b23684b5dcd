/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hub_worker.h: one worker process as the hub sees it: started, asked, watched, buried. Nothing here blocks: a
 * worker that hangs is killed, one that answers garbage is left to end its call, and the question is answered with a fault.
 */
#ifndef SB_BURNER_HUB_WORKER_H
#define SB_BURNER_HUB_WORKER_H

#include <glib.h>

#include "burner/proto.h"

G_BEGIN_DECLS

typedef struct BurnWorker BurnWorker;

/* @answer of the type asked for, or NULL with @fault and @text. The worker may be asked again from inside, or closed. */
typedef void (*BurnAnswerFunc)(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data);
typedef void (*BurnClosedFunc)(gpointer data);

/* The clean process that workers are forked from (worker.c): started with fork and exec, loads no module unless
 * @preload names one. @lock_fd (0: none) stays open in every worker as long as it lives. SB_ERROR_ENV. */
typedef struct BurnNursery BurnNursery;
BurnNursery *burn_nursery_start(const char *program, const char *preload, int lock_fd, GError **error);
void burn_nursery_stop(BurnNursery *nursery);

/* A worker of its own process; its events run on @context. A nursery that died is started again. SB_ERROR_ENV. */
BurnWorker *burn_worker_start(BurnNursery *nursery, GMainContext *context, GError **error);

/* One question at a time. @body is sunk. No answer within @deadline_ms: the process is killed. */
void burn_worker_ask(BurnWorker *worker, BurnMessage type, GVariant *body, const char *answer_type, guint deadline_ms,
                     BurnAnswerFunc done, gpointer data);
void burn_worker_ask_pins(BurnWorker *worker, const BurnPins *pins, guint deadline_ms, BurnAnswerFunc done, gpointer data);

/* FALSE once it was killed or went away by itself: only close is of use then. */
gboolean burn_worker_alive(const BurnWorker *worker);

/* Lets it end by itself (killed after @deadline_ms), then calls @closed and frees the worker. No question may be open. */
void burn_worker_close(BurnWorker *worker, guint deadline_ms, BurnClosedFunc closed, gpointer data);
/* At once and without a word; an open question is not answered. */
void burn_worker_kill(BurnWorker *worker);

G_END_DECLS

#endif
