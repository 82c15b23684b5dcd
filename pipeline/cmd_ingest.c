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
    g_autofree char *inbox = cmd_inbox(&work, argc > 1 ? argv[1] : NULL);
    g_autoptr(RunLock) lock = run_lock_take(work.workspace->dir, "ingest", &error);
    if (!lock)
        return cmd_fail(error);
    IngestReport report = { .json = work.json };
    if (!ingest_inbox(work.workspace, inbox, ingest_report_saw, &report, &error))
        return cmd_fail(error);
    cmd_say(work.dry_run ? N_("%u would be taken in, %u are in already, %u would be refused")
                         : N_("%u taken in, %u were in already, %u refused"),
            report.counts[INGEST_TAKEN], report.counts[INGEST_SAME],
            ingest_report_refused(&report));
    return ingest_report_refused(&report) ? EXIT_FAILED : EXIT_DONE;
}
