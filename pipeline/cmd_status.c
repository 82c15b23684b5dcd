/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch status: who works, what waits, and what to do next; with --all or a state, the orders themselves.
 */
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "pipeline/burn_advice.h"
#include "pipeline/cmd.h"
#include "pipeline/ingest.h"
#include "pipeline/json_text.h"
#include "pipeline/run_lock.h"
#include "pipeline/screen.h"
#include "pipeline/summary.h"

static void
print_order(const StoreOrder *order, gboolean json)
{
    if (json) {
        g_autofree char *line = json_line(json_pack(
            "{s:s, s:o, s:s, s:s, s:o, s:o, s:I}", "type", "order", "order_id", json_text(order->order_id), "state",
            order_state_name(order->state), "kind", order_kind_name(order->kind), "profile", json_text(order->profile),
            "reason", json_text(order->reason), "changed_at", (json_int_t)order->changed_at));
        cmd_json_line(line);
        return;
    }
    g_autofree char *why = words_sentence(words_language(), order->reason ? order->reason : "");
    static const guint widths[] = { 24, 9, 8, 22, 0 };
    const Language l = words_language();
    const char *cells[] = { order->order_id, words_in(l, order_state_name(order->state)),
                            words_in(l, order_kind_name(order->kind)), order->profile, why };
    g_autofree char *row = screen_row(cells, widths, G_N_ELEMENTS(cells));
    g_print("%s\n", row);
}

/* The number is read and not an argument: other users of the machine see those. */
static char *
ask_holder(void)
{
    char line[128] = "";
    if (isatty(STDIN_FILENO))
        g_printerr("%s", words_in(words_language(), "credit code or ID number: "));
    return fgets(line, sizeof line, stdin) && *g_strstrip(line) ? ingest_holder(line) : NULL;
}

static gboolean
print_orders(Workspace *ws, OrderState state, const char *holder, gboolean json, GError **error)
{
    g_autoptr(GPtrArray) orders = holder ? store_list_orders_of(ws->store, holder, error)
                                         : store_list_orders(ws->store, state, error);
    for (guint i = 0; orders && i < orders->len; i++)
        print_order(orders->pdata[i], json);
    return orders != NULL;
}

int
cmd_status(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_auto(Summary) summary = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *only = NULL;
    gboolean all = FALSE, held = FALSE, of_holder = FALSE;
    const GOptionEntry entries[] = {
        { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_("List every order"), NULL },
        { "held", 0, 0, G_OPTION_ARG_NONE, &held, N_("List held orders and why"), NULL },
        { "state", 0, 0, G_OPTION_ARG_STRING, &only, N_("List orders in this state (received, review, ready, ...)"), "STATE" },
        { "holder", 0, 0, G_OPTION_ARG_NONE, &of_holder,
          N_("List the orders of one holder: the credit code or ID number is read from standard input"), NULL },
        { NULL },
    };
    int code;
    OrderState state = STATES;
    if (!cmd_open(&argc, &argv, "", "Says who works in the workspace, what waits, and what to do next.", entries, &work,
                  &code))
        return code;
    if (only && !order_state_from_name(only, &state)) {
        cmd_say("there is no state \"%s\"", only);
        return EXIT_USAGE;
    }
    g_autofree char *holder = of_holder ? ask_holder() : NULL;
    if (of_holder && !holder) {
        cmd_say("no number was given");
        return EXIT_USAGE;
    }
    if ((all || only || of_holder) && !print_orders(work.workspace, state, holder, work.json, &error))
        return cmd_fail(error);
    if ((held || state == STATE_HELD) && !burn_advice_held(work.workspace, work.json, &error))
        return cmd_fail(error);
    if (!summary_make(work.workspace, &summary, &error))
        return cmd_fail(error);
    g_autofree char *who = run_lock_holder(work.workspace->dir);
    if (who)
        cmd_say("at work now: %s", who);
    code = summary_exit_code(&summary);
    summary_print(&summary, work.json, (ExitCode)code);
    return code;
}
