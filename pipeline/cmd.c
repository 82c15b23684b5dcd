/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of subcommands and the few lines that all of them share.
 */
#include "pipeline/cmd.h"

#include <stdio.h>
#include <string.h>

const Command COMMANDS[] = {
    { "init", cmd_init, N_("make a workspace") },
    { "ingest", cmd_ingest, N_("take order folders in") },
    { "run", cmd_run, N_("the night: take in, read, check, extract; goes on where it ended") },
    { "status", cmd_status, N_("who works, what waits, what to do next") },
    { "show", cmd_show, N_("one order: uploads, findings, seals, decisions, burn") },
    { "review", cmd_review, N_("make the review page; import decisions") },
    { "burn", cmd_burn, N_("certificates and seals onto the keys that are plugged in") },
    { "tokens", cmd_tokens, N_("the keys that are plugged in") },
    { "verify", cmd_verify, N_("check electronic seals of any maker") },
    { "revoked", cmd_revoked, N_("write the signed list of seals that are no longer in force") },
    { "sheet", cmd_sheet, N_("print the form that seals are stamped on (PDF)") },
    { "inspect", cmd_inspect, N_("read, check and extract order folders; no workspace needed") },
    { "audit", cmd_audit, N_("verify the chain of everything that happened") },
    { "check", cmd_check, N_("is this machine fit for tonight") },
    { "purge", cmd_purge, N_("retention: remove old uploads and texts") },
    { "config", cmd_config, N_("the config that holds") },
    { NULL, NULL, NULL },
};

gboolean
cmd_parse(int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries)
{
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    const Language language = words_language();
    /* GOption names the program from g_get_prgname(): "sealbatch inspect". */
    g_autofree char *program = g_strdup_printf("sealbatch %s", (*argv)[0]);
    g_set_prgname(program);
    g_option_context_set_summary(context, words_in(language, summary));
    g_autoptr(GArray) shown = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    for (const GOptionEntry *e = entries; e && e->long_name; e++) {
        GOptionEntry entry = *e;
        entry.description = words_in(language, e->description);
        g_array_append_val(shown, entry);
    }
    g_option_context_add_main_entries(context, (const GOptionEntry *)(gpointer)shown->data, NULL);
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
    g_autofree char *text = g_strdup_vprintf(words_in(words_language(), format), args);
    va_end(args);
    g_printerr("sealbatch: %s\n", text);
}

void
cmd_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(words_in(words_language(), format), args);
    va_end(args);
    g_print("%s", text);
}

int
cmd_fail(const GError *error)
{
    g_autofree char *text = words_sentence(words_language(), error ? error->message : "an error without a message");
    cmd_say("%s", text);
    return exit_code_from_error(error);
}

void
cmd_json_line(const char *json)
{
    fputs(json, stdout);
    fputc('\n', stdout);
    fflush(stdout);
}
