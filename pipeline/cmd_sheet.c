/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch sheet: our own 印模采集表 as a PDF, for an order or blank.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/cmd.h"
#include "pipeline/folder_order.h"
#include "pipeline/stored_order.h"
#include "sealgen/sheet_print.h"

/* @text is an order's folder, or the number of an order in the workspace. */
static Order *
find_order(const char *text, const char *workspace, GError **error)
{
    if (g_file_test(text, G_FILE_TEST_IS_DIR))
        return folder_order_load(text, NULL, error);
    g_autoptr(Workspace) ws = workspace_open(workspace, NULL, error);
    return ws ? stored_order_load(ws, text, NULL, error) : NULL;
}

static gboolean
write_out(GBytes *pdf, const char *out, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data(pdf, &length);
    g_autoptr(GError) cause = NULL;
    if (out && g_file_set_contents_full(out, data, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &cause))
        return TRUE;
    if (!out && fwrite(data, 1, length, stdout) == length && fflush(stdout) == 0)
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "cannot write the sheet: %s", cause ? cause->message : "standard output");
    return FALSE;
}

int
cmd_sheet(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = NULL, *id = NULL, *out = NULL;
    gboolean blank = FALSE;
    const GOptionEntry entries[] = {
        { "order", 0, 0, G_OPTION_ARG_FILENAME, &id, N_("An order's folder, or an order of the workspace"), "ORDER" },
        { "blank", 0, 0, G_OPTION_ARG_NONE, &blank, N_("A form without an order"), NULL },
        { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Where to (default: standard output)"), "FILE" },
        { "workspace", 'w', 0, G_OPTION_ARG_FILENAME, &dir, N_("Workspace (default: SEALBATCH_WORKSPACE, or here)"), "DIR" },
        { NULL },
    };
    if (!cmd_parse(&argc, &argv, "--order ORDER | --blank",
                   "Prints the sheet that a company stamps its seals on, as a PDF: print it at its real size.", entries))
        return EXIT_USAGE;
    if (argc != 1 || blank == (id != NULL) || (!out && isatty(STDOUT_FILENO))) {
        cmd_say(argc == 1 && blank != (id != NULL) ? "a PDF is nothing for a terminal: name a file with --out"
                                                   : "sheet needs either --order ORDER or --blank");
        return EXIT_USAGE;
    }
    g_autoptr(Order) order = id ? find_order(id, dir, &error) : NULL;
    if (id && !order)
        return cmd_fail(error);
    g_autoptr(GBytes) pdf = sheet_print_pdf(order, &error);
    return pdf && write_out(pdf, out, &error) ? EXIT_DONE : cmd_fail(error);
}
