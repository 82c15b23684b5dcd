/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of subcommands and the few lines that all of them share.
 */
#include "pipeline/cmd.h"

#include <stdio.h>
#include <string.h>

const Command COMMANDS[] = {
    { "init", cmd_init, "make a workspace" },
    { "ingest", cmd_ingest, "take order folders in" },
    { "run", cmd_run, "the night: take in, read, check, extract; goes on where it ended" },
    { "status", cmd_status, "who works, what waits, what to do next" },
    { "show", cmd_show, "one order: uploads, findings, seals, decisions, burn" },
    { "review", cmd_review, "make the review page; import decisions" },
    { "burn", cmd_burn, "certificates and seals onto the keys that are plugged in" },
    { "tokens", cmd_tokens, "the keys that are plugged in" },
    { "verify", cmd_verify, "check electronic seals of any maker" },
    { "revoked", cmd_revoked, "write the signed list of seals that are no longer in force" },
    { "sheet", cmd_sheet, "print the form that seals are stamped on (PDF)" },
    { "inspect", cmd_inspect, "read, check and extract order folders; no workspace needed" },
    { "audit", cmd_audit, "verify the chain of everything that happened" },
    { "check", cmd_check, "is this machine fit for tonight" },
    { "purge", cmd_purge, "retention: remove old uploads and texts" },
    { "config", cmd_config, "the config that holds" },
    { NULL, NULL, NULL },
};

gboolean
cmd_parse(int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries)
{
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    /* GOption names the program from g_get_prgname(): "sealbatch inspect". */
    g_autofree char *program = g_strdup_printf("sealbatch %s", (*argv)[0]);
    g_set_prgname(program);
    g_option_context_set_summary(context, summary);
    if (entries)
        g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        g_printerr("%s: %s\nTry: %s --help\n", program, error->message, program);
        return FALSE;
    }
    return TRUE;
}

void
cmd_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_printerr("sealbatch: %s\n", text);
}

int
cmd_fail(const GError *error)
{
    cmd_say("%s", error ? error->message : "an error without a message");
    return exit_code_from_error(error);
}

void
cmd_json_line(const char *json)
{
    fputs(json, stdout);
    fputc('\n', stdout);
    fflush(stdout);
}
