/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_advice.h: what the operator is told to do: which key to plug in, what to decide about a unit that is held.
 */
#ifndef SB_PIPELINE_BURN_ADVICE_H
#define SB_PIPELINE_BURN_ADVICE_H

#include "pipeline/burn_run.h"

G_BEGIN_DECLS

/* On stdout: every held unit with its key and why, then the commands that decide. Nothing where none is held.
 * @json: an object of type "held" each. SB_ERROR_STORE. */
gboolean burn_advice_held(Workspace *workspace, gboolean json, GError **error);

/* On stdout: which unit would get which key (--dry-run). @json: an object of type "burn_plan" each. */
void burn_advice_plan(GPtrArray *needs, gboolean json);

/* (transfer full) One sentence: which keys to pull (@done are finished) and to plug in; NULL where nothing waits for a key. */
char *burn_advice_watch(GPtrArray *needs, guint done);

G_END_DECLS

#endif
