/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch revoked: writes the signed list of seals that are no longer in force. `burn` does so by itself
 * after a revocation; this one is for cron, so that the list never gets old.
 */
#include <jansson.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/revoked_list.h"
#include "pipeline/seal_signer.h"

int
cmd_revoked(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autofree char *out = NULL;
    const GOptionEntry entries[] = {
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Where to (default: " REVOKED_LIST_FILE " in the workspace)",
          "FILE" },
        { NULL },
    };
    int code;
    if (!cmd_open(&argc, &argv, "", "Writes the signed list of seals that are no longer in force.", entries, &work,
                  &code))
        return code;
    Workspace *ws = work.workspace;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = out ? g_canonicalize_filename(out, NULL) : workspace_path(ws, REVOKED_LIST_FILE);
    RevokedList list = { 0 };
    g_autoptr(SealSigner) signer = seal_signer_open(ws, &error);
    if (!signer)
        return cmd_fail(error);
    if (work.dry_run) {
        g_autoptr(GPtrArray) rows = store_revoked_seals(ws->store, &list.number, &error);
        if (!rows)
            return cmd_fail(error);
        list.seals = rows->len;
    } else if (!revoked_list_write(ws, seal_signer_maker(signer), path, &list, &error)) {
        return cmd_fail(error);
    }
    if (work.json) {
        g_autofree char *line =
            json_line(json_pack("{s:s, s:o, s:I, s:i, s:b}", "type", "revoked_seals", "file", json_text(path), "number",
                                (json_int_t)list.number, "seals", (int)list.seals, "written", !work.dry_run));
        cmd_json_line(line);
    } else
        g_print("%s: list %" G_GINT64_FORMAT ", %u seals%s\n", path, list.number, list.seals,
                work.dry_run ? ", not written" : "");
    return EXIT_DONE;
}
