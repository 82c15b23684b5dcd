/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch burn: certificates and seals onto every key that is plugged in; run again, it goes on.
 * sealbatch burn --decide UNIT=retry|restart|give_up|issue_again is a person's answer to a held one.
 */
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/ask_pin.h"
#include "pipeline/burn_advice.h"
#include "pipeline/burn_life.h"
#include "pipeline/burn_view.h"
#include "pipeline/checkpoint.h"
#include "pipeline/cmd.h"
#include "pipeline/handover.h"
#include "pipeline/json_text.h"
#include "pipeline/label_sheet.h"
#include "pipeline/summary.h"

enum { WATCH_SECONDS = 3, CA_SECONDS = 30 };

typedef struct {
    char **orders;
    char *assign;
    char **decisions;
    char **proofs; /* ORDER=SERIAL */
    char **lost;   /* ORDER=SERIAL */
    char **olds;   /* ORDER=FILE */
    gboolean watch;
} Wishes;

typedef struct {
    CmdWork *work;
    const Wishes *wishes;
    BurnView *view;
    RunLock *lock;
    BurnRun *run; /* of this pass */
    guint passes, units, ended;
    BurnCounts counts; /* of all passes */
    gint stopped;
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
    Desk *desk = data;
    if (desk->work->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:o, s:o}", "type", "burn_skipped", "order_id",
                                                    json_text(order_id), "reason", json_text(why)));
        cmd_json_line(line);
    } else if (desk->passes == 0) {
        g_autofree char *said = words_sentence(words_language(), why);
        cmd_say("%s: %s", order_id, said);
    }
}

static void
saw_wiped(const char *serial, const char *unit, const char *why, gpointer data)
{
    Desk *desk = data;
    if (desk->work->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:o, s:o, s:b, s:o}", "type", "wiped", "serial", json_text(serial),
                                                    "unit", json_text(unit), "blank", why == NULL, "reason", json_text(why)));
        cmd_json_line(line);
    } else if (why) {
        g_autofree char *said = words_sentence(words_language(), why);
        cmd_say("key %s was ended by %s and could not be wiped: %s", serial, unit ? unit : "-", said);
    } else
        cmd_say("key %s was ended by %s: it is wiped and blank now", serial, unit ? unit : "-");
}

static BurnPin *
wants_pin(const char *unit, const char *serial, gpointer data)
{
    return ask_pin(unit, serial, &((Desk *)data)->stopped);
}

/* ---- stopping ------------------------------------------------------------------------------------------ */

static void
fill_stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP); /* the terminal was closed */
    sigaddset(set, SIGUSR1); /* our own: the run is over */
}

/* The hub waits in a loop of its own: a thread waits for the signal. */
static gpointer
wait_for_signal(gpointer data)
{
    Desk *desk = data;
    sigset_t set;
    int which = 0;
    fill_stop_signals(&set);
    if (sigwait(&set, &which) == 0 && which != SIGUSR1) {
        g_atomic_int_set(&desk->stopped, 1);
        burn_run_stop(desk->run);
        burn_view_stopping(desk->view);
    }
    return NULL;
}

static gboolean
go(Desk *desk, BurnCounts *counts, GError **error)
{
    GThread *thread = g_thread_new("stop", wait_for_signal, desk);
    gboolean fine = burn_run_go(desk->run, counts, error);
    kill(getpid(), SIGUSR1);
    g_thread_join(thread);
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
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        gint n = 0;
        g_auto(GStrv) words = NULL;
        g_strstrip(lines[i]);
        if (!*lines[i] || *lines[i] == '#')
            continue;
        if (!g_shell_parse_argv(lines[i], &n, &words, NULL) || n < 2 || n > 3 || (n == 3 && strcmp(words[2], "erase") != 0)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s:%u: a line is ORDER SERIAL, or ORDER SERIAL erase", path,
                        i + 1);
            return FALSE;
        }
        if (!burn_run_assign(run, words[0], words[1], n == 3, error)) {
            g_prefix_error(error, "%s:%u: ", path, i + 1);
            return FALSE;
        }
    }
    return TRUE;
}

/* Held no longer, once none of its units is. */
static gboolean
goes_on(Store *store, const char *order_id, GError **error)
{
    g_autoptr(GPtrArray) units = store_units(store, order_id, error);
    for (guint i = 0; units && i < units->len; i++)
        if (((const StoreUnit *)units->pdata[i])->state == BURN_STATE_HELD)
            return TRUE;
    return units && store_burn_begin(store, order_id, error);
}

static gboolean
decide(Workspace *ws, const char *text, GError **error)
{
    const char *equals = strrchr(text, '=');
    g_autofree char *unit = equals ? g_strndup(text, (gsize)(equals - text)) : NULL, *reason = NULL, *serial = NULL;
    BurnJournal journal = store_journal(ws->store);
    BurnDecision decision;
    guint choices;
    if (!equals || !burn_decision_from_name(equals + 1, &decision)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "--decide takes UNIT=retry, UNIT=restart, UNIT=give_up or UNIT=issue_again");
        return FALSE;
    }
    if (!burn_held(&journal, unit, &choices, &reason, &serial, error) || !burn_decide(&journal, unit, decision, error) ||
        !store_audit(ws->store, "burn_decision", unit, equals + 1, error))
        return FALSE;
    g_autoptr(StoreOrder) order = store_order_of_unit(ws->store, unit, error);
    gboolean abandons = decision == BURN_DECIDE_RESTART || decision == BURN_DECIDE_GIVE_UP;
    return order && (!abandons || burn_life_abandon(ws->store, order->kind, serial, unit, error)) &&
           goes_on(ws->store, order->order_id, error);
}

/* "ORDER=VALUE" (transfer full) */
static char **
pair(const char *option, const char *text, GError **error)
{
    char **parts = g_strsplit(text, "=", 2);
    if (g_strv_length(parts) == 2 && *parts[0] && *parts[1])
        return parts;
    g_strfreev(parts);
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "--%s takes ORDER=%s", option, strcmp(option, "old-certificate") ? "SERIAL" : "FILE");
    return NULL;
}

static gboolean
prove(Desk *desk, GError **error)
{
    for (guint i = 0; desk->wishes->proofs && desk->wishes->proofs[i]; i++) {
        g_auto(GStrv) parts = pair("prove", desk->wishes->proofs[i], error);
        g_autofree char *issuer = NULL;
        if (!parts || !burn_run_prove(desk->run, parts[0], parts[1], &issuer, error))
            return FALSE;
        cmd_say("%s: key %s proves its holder; its certificate was issued by %s", parts[0], parts[1], issuer);
    }
    return TRUE;
}

/* What the operator says about single orders, once. */
static gboolean
take_facts(Desk *desk, GError **error)
{
    for (guint i = 0; desk->wishes->lost && desk->wishes->lost[i]; i++) {
        g_auto(GStrv) parts = pair("lost", desk->wishes->lost[i], error);
        if (!parts || !burn_run_lost(desk->run, parts[0], parts[1], error))
            return FALSE;
    }
    for (guint i = 0; desk->wishes->olds && desk->wishes->olds[i]; i++) {
        g_auto(GStrv) parts = pair("old-certificate", desk->wishes->olds[i], error);
        if (!parts || !burn_run_old_certificate(desk->run, parts[0], parts[1], error))
            return FALSE;
    }
    return prove(desk, error);
}

static gboolean
prepare(Desk *desk, GError **error)
{
    const Wishes *wishes = desk->wishes;
    gboolean first = desk->passes == 0;
    if (wishes->assign && !read_assignments(desk->run, wishes->assign, error))
        return FALSE;
    if (first && !desk->work->dry_run && !take_facts(desk, error))
        return FALSE;
    if (!wishes->orders || !wishes->orders[0])
        return burn_run_add_all(desk->run, first, error);
    for (guint i = 0; wishes->orders[i]; i++) {
        g_autoptr(GError) cause = NULL;
        if (burn_run_add(desk->run, wishes->orders[i], &cause) ||
            (!first && g_error_matches(cause, SB_ERROR, SB_ERROR_INPUT))) /* done by an earlier pass */
            continue;
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    return TRUE;
}

/* ---- a run ------------------------------------------------------------------------------------------------ */

static gboolean
show_plan(Desk *desk, GError **error)
{
    g_autoptr(GPtrArray) needs = burn_run_needs(desk->run, error);
    if (needs)
        burn_advice_plan(needs, desk->work->json);
    if (needs && !desk->work->json)
        cmd_print("%u certificates would be burned\n", desk->units);
    return needs != NULL;
}

/* One pass over everything that can be burned with the keys that are there. */
static gboolean
pass(Desk *desk, GError **error)
{
    BurnRunCalls calls = { desk, saw_progress, saw_finished, saw_skipped, wants_pin, saw_wiped };
    BurnCounts now = { 0 };
    g_clear_pointer(&desk->run, burn_run_close);
    desk->run = burn_run_open(desk->work->workspace, desk->lock, &calls, error);
    if (!desk->run || !prepare(desk, error))
        return FALSE;
    desk->units = burn_run_units(desk->run);
    desk->ended = 0;
    burn_view_expect(desk->view, desk->units);
    if (desk->work->dry_run)
        return show_plan(desk, error);
    if ((desk->units > 0 && !store_audit(desk->work->workspace->store, "burn_run_begun", "", "", error)) ||
        !go(desk, &now, error))
        return FALSE;
    desk->counts.done += now.done;
    desk->counts.failed += now.failed;
    desk->counts.held += now.held;
    desk->counts.waiting = now.waiting;
    desk->counts.interrupted = now.interrupted;
    desk->counts.skipped = now.skipped;
    desk->passes++;
    burn_view_settle(desk->view);
    return TRUE;
}

/* What is plugged in, as one text that changes with it. (transfer full) */
static char *
plugged_in(BurnRun *run)
{
    g_autoptr(GPtrArray) tokens = burn_run_tokens(run, NULL);
    GString *text = g_string_new(NULL);
    for (guint i = 0; tokens && i < tokens->len; i++) {
        const BurnToken *t = tokens->pdata[i];
        g_string_append_printf(text, "%s %s %lu\n", t->serial, t->label, *t->serial ? 0 : t->slot);
    }
    return g_string_free(text, FALSE);
}

static void
tell_watch(Desk *desk)
{
    g_autoptr(GPtrArray) needs = burn_run_needs(desk->run, NULL);
    g_autofree char *advice = needs ? burn_advice_watch(needs, desk->counts.done) : NULL;
    if (desk->work->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:i, s:i, s:o}", "type", "burn_wait", "done", (int)desk->counts.done,
                                                    "waiting", (int)desk->counts.waiting, "advice", json_text(advice)));
        cmd_json_line(line);
    } else
        cmd_say("%s (Ctrl-C ends)", advice ? advice : words_in(words_language(), "waiting for the CA's certificates"));
}

/* Until other keys are plugged in, or the CA may have answered. Returns: FALSE where a signal asks to stop. */
static gboolean
wait_for_keys(Desk *desk)
{
    const struct timespec pause = { WATCH_SECONDS, 0 };
    g_autofree char *before = plugged_in(desk->run);
    sigset_t set;
    fill_stop_signals(&set);
    tell_watch(desk);
    for (guint waited = 0; waited < CA_SECONDS; waited += WATCH_SECONDS) {
        if (sigtimedwait(&set, NULL, &pause) >= 0) {
            g_atomic_int_set(&desk->stopped, 1);
            return FALSE;
        }
        g_autofree char *now = plugged_in(desk->run);
        if (strcmp(before, now) != 0)
            return TRUE;
    }
    return TRUE;
}

static ExitCode
code_of(const Desk *desk, const Summary *summary)
{
    const BurnCounts *n = &desk->counts;
    ExitCode code = summary_exit_code(summary);
    if (n->failed + n->skipped)
        code = exit_code_worst(code, EXIT_FAILED);
    /* Nothing is wrong and not all is done: a later run goes on. */
    return n->waiting + n->interrupted || desk->stopped ? exit_code_worst(code, EXIT_STOPPED) : code;
}

static void
print_counts(const BurnCounts *n, gboolean json)
{
    if (!json) {
        cmd_print("burned in this run: %u done, %u wait for a key or certificate, %u to go on, %u held, %u failed, %u "
                  "could not begin\n", n->done, n->waiting, n->interrupted, n->held, n->failed, n->skipped);
        return;
    }
    g_autofree char *line = json_line(json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "type", "burned", "done",
                                                (int)n->done, "waiting", (int)n->waiting, "interrupted",
                                                (int)n->interrupted, "held", (int)n->held, "failed", (int)n->failed,
                                                "skipped", (int)n->skipped));
    cmd_json_line(line);
}

static int
end(Desk *desk)
{
    Workspace *ws = desk->work->workspace;
    const BurnCounts *n = &desk->counts;
    g_auto(Summary) summary = { 0 };
    g_autoptr(GError) error = NULL;
    /* Always: a run that was killed at its very end left the lists of before. */
    if (!handover_courier_write(ws, &error) || !handover_protocol_write(ws, &error) || !label_sheet_write(ws, &error) || !summary_make(ws, &summary, &error) ||
        !burn_advice_held(ws, desk->work->json, &error))
        return cmd_fail(error);
    ExitCode code = code_of(desk, &summary);
    print_counts(n, desk->work->json);
    summary_print(&summary, desk->work->json, code);
    return code;
}

static int
burn(CmdWork *work, const Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLock) lock = run_lock_take(work->workspace->dir, "burn", &error);
    if (!lock)
        return cmd_fail(error);
    for (guint i = 0; wishes->decisions && wishes->decisions[i] && !work->dry_run; i++)
        if (!decide(work->workspace, wishes->decisions[i], &error))
            return cmd_fail(error);
    g_autoptr(BurnView) view = burn_view_new(isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0, work->json);
    Desk desk = { .work = work, .wishes = wishes, .view = view, .lock = lock };
    gboolean fine;
    do
        fine = pass(&desk, &error);
    while (fine && wishes->watch && !work->dry_run && !desk.stopped && desk.counts.waiting > 0 && wait_for_keys(&desk));
    g_clear_pointer(&desk.run, burn_run_close);
    if (!fine || (!work->dry_run && !checkpoint_make(work->workspace, &error)))
        return cmd_fail(error);
    return work->dry_run ? EXIT_DONE : end(&desk);
}

int
cmd_burn(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_auto(GStrv) decisions = NULL, proofs = NULL, lost = NULL, olds = NULL;
    g_autofree char *assign = NULL;
    gboolean watch = FALSE;
    const GOptionEntry entries[] = {
        { "watch", 0, 0, G_OPTION_ARG_NONE, &watch, N_("Go on while orders wait for keys that are not plugged in yet"), NULL },
        { "assign", 0, 0, G_OPTION_ARG_FILENAME, &assign, N_("Lines ORDER SERIAL [erase]: which key an order gets"), "FILE" },
        { "prove", 0, 0, G_OPTION_ARG_STRING_ARRAY, &proofs, N_("Exchange: the holder's old key signs for the order"),
          "ORDER=SERIAL" },
        { "lost", 0, 0, G_OPTION_ARG_STRING_ARRAY, &lost, N_("Replacement: the holder gives this key up"), "ORDER=SERIAL" },
        { "old-certificate", 0, 0, G_OPTION_ARG_STRING_ARRAY, &olds, N_("The holder's certificate, where this workspace did not issue it"), "ORDER=FILE" },
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
    Wishes wishes = { argv + 1, assign, decisions, proofs, lost, olds, watch };
    return burn(&work, &wishes);
}
