/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * one_worker.h: a worker process of one's own, asked and waited for; for what needs no hub: a signature,
 * a look at a token. Inside burner.
 */
#ifndef SB_BURNER_ONE_WORKER_H
#define SB_BURNER_ONE_WORKER_H

#include "burner/pin.h"
#include "burner/proto.h"

G_BEGIN_DECLS

typedef struct BurnOneWorker BurnOneWorker;

/* @program NULL: sealbatch-worker beside this one. @env NULL: ours. @call_ms: patience for one answer, 0: 30000.
 * SB_ERROR_ENV. */
BurnOneWorker *burn_one_worker_start(const char *program, char **env, guint call_ms, GError **error);

/* @body is sunk. Returns: (transfer full) the answer of @type, or NULL with SB_ERROR_PIN or SB_ERROR_TOKEN. */
GVariant *burn_one_worker_ask(BurnOneWorker *worker, BurnMessage message, GVariant *body, const char *type,
                              GError **error);
gboolean burn_one_worker_give_pin(BurnOneWorker *worker, const BurnPin *pin, GError **error);
void burn_one_worker_free(BurnOneWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnOneWorker, burn_one_worker_free)

G_END_DECLS

#endif
