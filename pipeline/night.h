/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * night.h: the unattended run: ingest, read, seal, decide; every order's result is committed as it comes, so
 * the next run goes on wherever this one ended.
 */
#ifndef SB_PIPELINE_NIGHT_H
#define SB_PIPELINE_NIGHT_H

#include "pipeline/ingest_report.h"
#include "pipeline/order_result.h"
#include "pipeline/progress.h"
#include "pipeline/run_lock.h"
#include "pipeline/workspace.h"

G_BEGIN_DECLS

typedef struct {
    Workspace *workspace;
    RunLock *lock;
    gboolean json; /* print each order's result as it comes */
    IngestReport ingest;
    guint read[RESULTS]; /* orders of this run by result */
    gboolean stopped;    /* by a signal */
    /* inside */
    Progress progress;
    guint total;
    gint64 after;
    GError *error;
} Night;

/* Reads all orders that are received. Returns: FALSE with an error of the machine or the workspace. */
gboolean night_read(Night *night, GError **error);

G_END_DECLS

#endif
