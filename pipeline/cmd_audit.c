/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch audit: verifies the chain of everything that happened, and prints it.
 */
#include <jansson.h>

#include "pipeline/checkpoint.h"
#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

static gboolean
print_lines(Workspace *ws, gint64 from, gboolean json, GError **error)
{
    g_autoptr(GPtrArray) lines = store_audit_list(ws->store, from, error);
    for (guint i = 0; lines && i < lines->len; i++) {
        const StoreAudit *a = lines->pdata[i];
        if (json) {
            g_autofree char *line = json_line(json_pack(
                "{s:s, s:I, s:o, s:o, s:o, s:o}", "type", "audit", "seq", (json_int_t)a->seq, "at", json_text(a->at),
                "event", json_text(a->event), "subject", json_text(a->subject), "detail", json_text(a->detail)));
            cmd_json_line(line);
        } else
            g_print("%6" G_GINT64_FORMAT "  %s  %-15s %-24s %s\n", a->seq, a->at, a->event, a->subject, a->detail);
    }
    return lines != NULL;
}

int
cmd_audit(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *head = NULL;
    gboolean list = FALSE;
    gint64 from = 1, lines;
    guint signed_by_us;
    const GOptionEntry entries[] = {
        { "list", 0, 0, G_OPTION_ARG_NONE, &list, N_("Print the lines too"), NULL },
        { "from", 0, 0, G_OPTION_ARG_INT64, &from, N_("First line to print"), "N" },
        { NULL },
    };
    int code;
    if (!cmd_open(&argc, &argv, "", "Verifies the audit chain; 8 is the exit code where it is broken.", entries, &work,
                  &code))
        return code;
    if (list && !print_lines(work.workspace, from, work.json, &error))
        return cmd_fail(error);
    if (!store_audit_verify(work.workspace->store, &lines, &head, &error) ||
        !checkpoint_verify_all(work.workspace, &signed_by_us, &error))
        return cmd_fail(error);
    if (work.json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:I, s:s, s:i}", "type", "audit_head", "lines",
                                                    (json_int_t)lines, "sm3", head, "checkpoints", (int)signed_by_us));
        cmd_json_line(line);
    } else
        cmd_print("%u lines, the chain is whole; its last SM3 is %s; %u checkpoints signed by our maker fit\n",
                  (guint)lines, head, signed_by_us);
    return EXIT_DONE;
}
