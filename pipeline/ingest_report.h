/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ingest_report.h: tells people and programs what became of each folder of an inbox.
 */
#ifndef SB_PIPELINE_INGEST_REPORT_H
#define SB_PIPELINE_INGEST_REPORT_H

#include "pipeline/ingest.h"

G_BEGIN_DECLS

typedef struct {
    gboolean json;
    guint counts[INGEST_OUTCOMES];
} IngestReport;

/* IngestSaw; data is an IngestReport. Refused ones get a line on stderr; --json a line each on stdout. */
void ingest_report_saw(const char *name, IngestOutcome outcome, const char *why, gpointer data);

guint ingest_report_refused(const IngestReport *report);

G_END_DECLS

#endif
