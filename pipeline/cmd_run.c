/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch run [INBOX]: what cron calls at night. Ingest, read, seal, decide; then the exports and the
 * review page. Run again, it goes on where it ended, and says when nothing is left to do.
 */
#include "pipeline/checkpoint.h"
#include "pipeline/cmd.h"
#include "pipeline/night.h"
#include "pipeline/review_out.h"
#include "pipeline/stop.h"
#include "pipeline/summary.h"

static gboolean
take_in(Night *night, const char *inbox, gboolean named, GError **error)
{
    /* A workspace that is filled by `ingest` has no inbox of its own. */
    if (!named && !g_file_test(inbox, G_FILE_TEST_IS_DIR))
        return TRUE;
    run_lock_progress(night->lock, "taking orders in");
    return ingest_inbox(night->workspace, inbox, ingest_report_saw, &night->ingest, error);
}

static gboolean
whole_run(Night *night, const char *inbox, gboolean named, GError **error)
{
    Store *store = night->workspace->store;
    if (!store_audit(store, "run_begun", "", "", error) || !take_in(night, inbox, named, error) ||
        !night_read(night, error))
        return FALSE;
    if (!night->stopped && !review_out_write(night->workspace, NULL, error))
        return FALSE;
    return store_audit(store, "run_ended", "", night->stopped ? "stopped" : "finished", error) &&
           checkpoint_make(night->workspace, error);
}

static int
dry_run(Night *night, const char *inbox, gboolean named)
{
    guint counts[STATES];
    g_autoptr(GError) error = NULL;
    if (!take_in(night, inbox, named, &error) || !store_count_states(night->workspace->store, counts, &error))
        return cmd_fail(error);
    cmd_say("would take %u orders in, refuse %u, and read %u", night->ingest.counts[INGEST_TAKEN],
            ingest_report_refused(&night->ingest), counts[STATE_RECEIVED] + night->ingest.counts[INGEST_TAKEN]);
    return ingest_report_refused(&night->ingest) ? EXIT_FAILED : EXIT_DONE;
}

int
cmd_run(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_auto(Summary) summary = { 0 };
    g_autoptr(GError) error = NULL;
    int code;
    if (!cmd_open(&argc, &argv, "[INBOX]",
                  "Takes orders in, reads, checks and extracts them, and makes the review page and the exports.", NULL,
                  &work, &code))
        return code;
    g_autofree char *inbox = cmd_inbox(&work, argc > 1 ? argv[1] : NULL);
    stop_begin();
    g_autoptr(RunLock) lock = run_lock_take(work.workspace->dir, "run", &error);
    if (!lock)
        return cmd_fail(error);
    Night night = { .workspace = work.workspace, .lock = lock, .json = work.json, .ingest.json = work.json };
    if (work.dry_run)
        return dry_run(&night, inbox, argc > 1);
    code = EXIT_DONE;
    if (!whole_run(&night, inbox, argc > 1, &error))
        code = cmd_fail(error);
    if (!summary_make(work.workspace, &summary, error ? NULL : &error))
        return cmd_fail(error);
    if (night.stopped)
        code = exit_code_worst(code, EXIT_STOPPED);
    if (ingest_report_refused(&night.ingest) + night.read[RESULT_REFUSED] > 0)
        code = exit_code_worst(code, EXIT_FAILED);
    code = exit_code_worst(code, summary_exit_code(&summary));
    if (!work.json)
        cmd_print("read in this run: %u clean, %u with findings, %u refused\n", night.read[RESULT_CLEAN],
                night.read[RESULT_FINDINGS], night.read[RESULT_REFUSED]);
    summary_print(&summary, work.json, (ExitCode)code);
    return code;
}
