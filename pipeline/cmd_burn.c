/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch burn: certificates and seals onto every key that is plugged in; run again, it goes on.
 * sealbatch burn --decide UNIT=retry|restart|give_up|issue_again is a person's answer to a held one.
 */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/burn_run.h"
#include "pipeline/burn_view.h"
#include "pipeline/checkpoint.h"
#include "pipeline/cmd.h"
#include "pipeline/handover.h"
#include "pipeline/json_text.h"
#include "pipeline/label_sheet.h"
#include "pipeline/summary.h"

enum { WATCH_SECONDS = 3 };

typedef struct {
    BurnView *view;
    RunLock *lock;
    guint units, ended;
} Desk;

/* ---- what people see --------------------------------------------------------------------------------- */

static void
saw_progress(const char *unit, const char *serial, BurnState state, guint step, guint steps, gpointer data)
{
    burn_view_progress(((Desk *)data)->view, unit, serial, state, step, steps);
}

static void
saw_finished(const char *unit, const BurnResult *result, gpointer data)
{
    Desk *desk = data;
    desk->ended++;
    g_autofree char *text = g_strdup_printf("%u of %u units ended", desk->ended, desk->units);
    run_lock_progress(desk->lock, text);
    burn_view_finished(desk->view, unit, result);
}

static void
saw_skipped(const char *order_id, const char *why, gpointer data)
{
    cmd_say("%s: %s", order_id, why);
}

/* From the terminal, not echoed; never from an argument or the environment. */
static BurnPin *
ask_pin(const char *unit, const char *serial, gpointer data)
{
    char line[BURN_PIN_MAX + 2] = { 0 };
    struct termios as_is, hidden;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &as_is) != 0)
        return NULL;
    hidden = as_is;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    g_printerr("\nPIN of the key %s for %s (empty: later): ", serial, unit);
    ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_is);
    g_printerr("\n");
    gsize length = n > 0 ? strcspn(line, "\r\n") : 0;
    BurnPin *pin = length ? burn_pin_new(line, length) : NULL;
    explicit_bzero(line, sizeof line);
    return pin;
}

/* ---- stopping ------------------------------------------------------------------------------------------ */

static void
fill_stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGUSR1); /* our own: the run is over */
}

typedef struct {
    BurnRun *run;
    gboolean stopped;
} Stopper;

/* The hub waits in a loop of its own: a thread waits for the signal. */
static gpointer
wait_for_signal(gpointer data)
{
    Stopper *stopper = data;
    sigset_t set;
    int which = 0;
    fill_stop_signals(&set);
    if (sigwait(&set, &which) == 0 && which != SIGUSR1) {
        stopper->stopped = TRUE;
        g_printerr("\nsealbatch: stopping in order; what is begun on a key is finished first\n");
        burn_run_stop(stopper->run);
    }
    return NULL;
}

static gboolean
go(BurnRun *run, BurnCounts *counts, gboolean *stopped, GError **error)
{
    Stopper stopper = { run, FALSE };
    GThread *thread = g_thread_new("stop", wait_for_signal, &stopper);
    gboolean fine = burn_run_go(run, counts, error);
    kill(getpid(), SIGUSR1);
    g_thread_join(thread);
    *stopped = stopper.stopped;
    return fine;
}

/* ---- options ------------------------------------------------------------------------------------------- */

/* Lines "ORDER SERIAL" or "ORDER SERIAL erase"; '#' begins a comment. */
static gboolean
read_assignments(BurnRun *run, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, &text, NULL, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s", cause->message);
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(lines[i]), " \t", -1);
        guint n = g_strv_length(words);
        if (!*lines[i] || *lines[i] == '#')
            continue;
        if (n < 2 || n > 3 || (n == 3 && strcmp(words[2], "erase") != 0)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s:%u: a line is ORDER SERIAL, or ORDER SERIAL erase", path,
                        i + 1);
            return FALSE;
        }
        burn_run_assign(run, words[0], words[1], n == 3);
    }
    return TRUE;
}

static gboolean
decide(Workspace *ws, const char *text, GError **error)
{
    const char *equals = strrchr(text, '=');
    g_autofree char *unit = equals ? g_strndup(text, (gsize)(equals - text)) : NULL;
    BurnJournal journal = store_journal(ws->store);
    BurnDecision decision;
    if (!equals || !burn_decision_from_name(equals + 1, &decision)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "--decide takes UNIT=retry, UNIT=restart, UNIT=give_up or UNIT=issue_again");
        return FALSE;
    }
    return burn_decide(&journal, unit, decision, error) &&
           store_audit(ws->store, "burn_decision", unit, equals + 1, error);
}

typedef struct {
    char **orders;
    char *assign;
    char **decisions;
    char **proofs; /* ORDER=SERIAL */
    gboolean watch;
} Wishes;

static gboolean
prepare(BurnRun *run, const Wishes *wishes, GError **error)
{
    if (wishes->assign && !read_assignments(run, wishes->assign, error))
        return FALSE;
    for (guint i = 0; wishes->proofs && wishes->proofs[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(wishes->proofs[i], "=", 2);
        if (g_strv_length(parts) != 2) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "--prove takes ORDER=SERIAL");
            return FALSE;
        }
        if (!burn_run_prove(run, parts[0], parts[1], error))
            return FALSE;
    }
    if (!wishes->orders || !wishes->orders[0])
        return burn_run_add_all(run, error);
    for (guint i = 0; wishes->orders[i]; i++)
        if (!burn_run_add(run, wishes->orders[i], error))
            return FALSE;
    return TRUE;
}

static int
end(CmdWork *work, const BurnCounts *counts, gboolean stopped)
{
    g_auto(Summary) summary = { 0 };
    g_autoptr(GError) error = NULL;
    /* Always: a run that was killed at its very end left the lists of before. */
    if (!handover_courier_write(work->workspace, &error) || !label_sheet_write(work->workspace, &error) ||
        !summary_make(work->workspace, &summary, &error))
        return cmd_fail(error);
    ExitCode code = summary_exit_code(&summary);
    if (stopped || counts->interrupted)
        code = exit_code_worst(code, EXIT_STOPPED);
    if (counts->failed)
        code = exit_code_worst(code, EXIT_FAILED);
    if (!work->json)
        cmd_print("burned in this run: %u done, %u wait for a key or certificate, %u to go on, %u held, %u failed\n",
                counts->done, counts->waiting, counts->interrupted, counts->held, counts->failed);
    summary_print(&summary, work->json, code);
    return code;
}

/* One pass over everything that can be burned with the keys that are there. */
static gboolean
pass(CmdWork *work, const Wishes *wishes, Desk *desk, BurnCounts *counts, gboolean *stopped, GError **error)
{
    BurnRunCalls calls = { desk, saw_progress, saw_finished, saw_skipped, ask_pin };
    g_autoptr(BurnRun) run = burn_run_open(work->workspace, &calls, error);
    BurnCounts now = { 0 };
    if (!run || !prepare(run, wishes, error))
        return FALSE;
    desk->units = burn_run_units(run);
    desk->ended = 0;
    if (work->dry_run) {
        cmd_print("%u certificates would be burned\n", desk->units);
        return TRUE;
    }
    if (desk->units > 0 && (!store_audit(work->workspace->store, "burn_run_begun", "", "", error) ||
                            !go(run, &now, stopped, error)))
        return FALSE;
    counts->done += now.done;
    counts->waiting = now.waiting;
    counts->interrupted = now.interrupted;
    counts->held = now.held;
    counts->failed += now.failed;
    burn_view_settle(desk->view);
    return TRUE;
}

/* Returns: FALSE where a signal asks to stop. */
static gboolean
wait_for_keys(const BurnCounts *counts)
{
    const struct timespec pause = { WATCH_SECONDS, 0 };
    sigset_t set;
    fill_stop_signals(&set);
    cmd_say("%u wait for a key: pull the finished ones and plug in more (Ctrl-C ends)", counts->waiting);
    return sigtimedwait(&set, NULL, &pause) < 0;
}

static int
burn(CmdWork *work, const Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLock) lock = run_lock_take(work->workspace->dir, "burn", &error);
    if (!lock)
        return cmd_fail(error);
    for (guint i = 0; wishes->decisions && wishes->decisions[i]; i++)
        if (!decide(work->workspace, wishes->decisions[i], &error))
            return cmd_fail(error);
    g_autoptr(BurnView) view = burn_view_new(isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0, work->json);
    Desk desk = { .view = view, .lock = lock };
    BurnCounts counts = { 0 };
    gboolean stopped = FALSE;
    do {
        if (!pass(work, wishes, &desk, &counts, &stopped, &error))
            return cmd_fail(error);
    } while (wishes->watch && !work->dry_run && !stopped && counts.waiting > 0 && wait_for_keys(&counts));
    if (work->dry_run)
        return EXIT_DONE;
    if (!checkpoint_make(work->workspace, &error))
        return cmd_fail(error);
    return end(work, &counts, stopped);
}

int
cmd_burn(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_auto(GStrv) decisions = NULL, proofs = NULL;
    g_autofree char *assign = NULL;
    gboolean watch = FALSE;
    const GOptionEntry entries[] = {
        { "watch", 0, 0, G_OPTION_ARG_NONE, &watch, N_("Go on while orders wait for keys that are not plugged in yet"), NULL },
        { "assign", 0, 0, G_OPTION_ARG_FILENAME, &assign, N_("Lines ORDER SERIAL [erase]: which key an order gets"), "FILE" },
        { "prove", 0, 0, G_OPTION_ARG_STRING_ARRAY, &proofs, N_("Exchange: the holder's old key signs for the order"),
          "ORDER=SERIAL" },
        { "decide", 0, 0, G_OPTION_ARG_STRING_ARRAY, &decisions, N_("Answer to a held unit: UNIT=retry|restart|give_up|issue_again"),
          "UNIT=WHAT" },
        { NULL },
    };
    int code;
    sigset_t set;
    burn_pin_guard();
    fill_stop_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (!cmd_open(&argc, &argv, "[ORDER...]",
                  "Burns certificates and seals onto the keys that are plugged in: all orders that are ready, or those "
                  "named.", entries, &work, &code))
        return code;
    Wishes wishes = { argv + 1, assign, decisions, proofs, watch };
    return burn(&work, &wishes);
}
