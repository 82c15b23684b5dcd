/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary.h: the table at the end of a command, and its NEXT line: one sentence on what to do now.
 */
#ifndef SB_PIPELINE_SUMMARY_H
#define SB_PIPELINE_SUMMARY_H

#include "pipeline/exit_code.h"
#include "pipeline/workspace.h"

G_BEGIN_DECLS

typedef struct {
    guint counts[STATES];
    const char *next; /* "review", "burn", "run", "held", "nothing": stable word for JSON */
    char *next_line;
} Summary;

gboolean summary_make(Workspace *workspace, Summary *summary, GError **error);
void summary_clear(Summary *summary);

/* The table, or one JSON object of type "summary", on stdout. @code is named in the JSON. */
void summary_print(const Summary *summary, gboolean json, ExitCode code);

/* Review where orders wait for it, failed where some are held or failed. */
ExitCode summary_exit_code(const Summary *summary);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Summary, summary_clear)

G_END_DECLS

#endif
