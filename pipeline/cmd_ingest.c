/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch ingest INBOX: order folders into the workspace, without reading them.
 */
#include "pipeline/cmd.h"
#include "pipeline/ingest.h"
#include "pipeline/ingest_report.h"
#include "pipeline/run_lock.h"

int
cmd_ingest(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autoptr(GError) error = NULL;
    int code;
    if (!cmd_open(&argc, &argv, "[INBOX]",
                  "Takes order folders in: hashed, stored, held against the platform's required uploads.", NULL, &work,
                  &code))
        return code;
    g_autofree char *inbox = workspace_path(work.workspace, argc > 1 ? argv[1] : config_text(work.workspace->config,
                                                                                             "workspace", "inbox"));
    g_autoptr(RunLock) lock = run_lock_take(work.workspace->dir, "ingest", &error);
    if (!lock)
        return cmd_fail(error);
    IngestReport report = { .json = work.json };
    if (!ingest_inbox(work.workspace, inbox, ingest_report_saw, &report, &error))
        return cmd_fail(error);
    cmd_say("%u taken in, %u were in already, %u refused", report.counts[INGEST_TAKEN], report.counts[INGEST_SAME],
            ingest_report_refused(&report));
    return ingest_report_refused(&report) ? EXIT_FAILED : EXIT_DONE;
}
