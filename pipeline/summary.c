/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts by state, worded for the operator.
 */
#include "pipeline/summary.h"

#include <jansson.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

static const struct {
    OrderState state;
    const char *text;
} ROWS[] = {
    { STATE_RECEIVED, N_("taken in, not read yet") },
    { STATE_REFUSED, N_("refused: ask the applicant again") },
    { STATE_REVIEW, N_("wait for review") },
    { STATE_REJECTED, N_("rejected by a reviewer") },
    { STATE_READY, N_("ready to be burned") },
    { STATE_BURNING, N_("burning, to be continued") },
    { STATE_HELD, N_("held: a person must decide") },
    { STATE_FAILED, N_("failed while burning") },
    { STATE_DONE, N_("done") },
    { STATE_PURGED, N_("done and purged") },
};

static void
choose_next(Workspace *ws, Summary *s)
{
    const guint *n = s->counts;
    const char *w = ws->dir;
    const Language l = words_language();
    s->next = "nothing";
    if (n[STATE_HELD]) {
        s->next = "held";
        s->next_line = g_strdup_printf(words_in(l, "%u held: `sealbatch status --held -w %s` says why and what to decide"),
                                       n[STATE_HELD], w);
    } else if (n[STATE_RECEIVED]) {
        s->next = "run";
        s->next_line = g_strdup_printf(words_in(l, "%u to read: sealbatch run -w %s"), n[STATE_RECEIVED], w);
    } else if (n[STATE_REVIEW]) {
        s->next = "review";
        s->next_line = g_strdup_printf(words_in(l, "%u wait for two reviewers: open %s/out/review.html, then"
                                       " sealbatch review import decisions.json --as NAME -w %s"),
                                       n[STATE_REVIEW], w, w);
        if (n[STATE_READY] + n[STATE_BURNING]) {
            g_autofree char *review = s->next_line;
            g_autofree char *burn = g_strdup_printf(words_in(l, "%u are ready meanwhile: sealbatch burn -w %s"),
                                                    n[STATE_READY] + n[STATE_BURNING], w);
            s->next_line = g_strdup_printf("%s; %s", review, burn);
        }
    } else if (n[STATE_READY] + n[STATE_BURNING]) {
        s->next = "burn";
        s->next_line = g_strdup_printf(words_in(l, "%u ready: plug keys in, then sealbatch burn -w %s"),
                                       n[STATE_READY] + n[STATE_BURNING], w);
    } else
        s->next_line = g_strdup(words_in(l, "nothing is left to do"));
}

gboolean
summary_make(Workspace *ws, Summary *summary, GError **error)
{
    *summary = (Summary){ 0 };
    if (!store_count_states(ws->store, summary->counts, error))
        return FALSE;
    choose_next(ws, summary);
    return TRUE;
}

void
summary_clear(Summary *summary)
{
    g_clear_pointer(&summary->next_line, g_free);
}

void
summary_print(const Summary *summary, gboolean json, ExitCode code)
{
    if (json) {
        json_t *o = json_pack("{s:s}", "type", "summary"), *counts = json_object();
        for (guint i = 0; i < STATES; i++)
            json_object_set_new(counts, order_state_name(i), json_integer(summary->counts[i]));
        json_object_set_new(o, "orders", counts);
        json_object_set_new(o, "next", json_string(summary->next));
        json_object_set_new(o, "exit", json_string(exit_code_name(code)));
        g_autofree char *line = json_line(o);
        cmd_json_line(line);
        return;
    }
    cmd_print("\nORDERS\n");
    gboolean any = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++)
        if (summary->counts[ROWS[i].state]) {
            g_print("%7u  %s\n", summary->counts[ROWS[i].state],
                    words_in(words_language(), ROWS[i].text));
            any = TRUE;
        }
    if (!any)
        cmd_print("      0  the workspace is empty\n");
    cmd_print("NEXT     %s\n", summary->next_line);
}

ExitCode
summary_exit_code(const Summary *summary)
{
    ExitCode code = summary->counts[STATE_REVIEW] ? EXIT_REVIEW : EXIT_DONE;
    return summary->counts[STATE_HELD] + summary->counts[STATE_FAILED] ? exit_code_worst(code, EXIT_FAILED) : code;
}
