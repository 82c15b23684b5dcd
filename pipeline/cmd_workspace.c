/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How commands that work in a workspace begin and end.
 */
#include <string.h>
#include <sys/stat.h>

#include "pipeline/cmd.h"

/* The workspace must be known before GOption runs, because its config decides what is left of the flags. */
static char *
named_workspace(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "--workspace="))
            return g_strdup(strchr(argv[i], '=') + 1);
        if ((!strcmp(argv[i], "--workspace") || !strcmp(argv[i], "-w")) && i + 1 < argc)
            return g_strdup(argv[i + 1]);
    }
    return NULL;
}

static gboolean
wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h") || !strcmp(argv[i], "-?"))
            return TRUE;
    return FALSE;
}

static gboolean
parse(int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries, CmdWork *work)
{
    g_autofree char *dir = NULL;
    const GOptionEntry common[] = {
        { "workspace", 'w', 0, G_OPTION_ARG_FILENAME, &dir, N_("Workspace (default: SEALBATCH_WORKSPACE, or here)"), "DIR" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &work->json, N_("One JSON object a line on standard output"), NULL },
        { "dry-run", 0, 0, G_OPTION_ARG_NONE, &work->dry_run, N_("Say what would be done, change nothing"), NULL },
        { NULL },
    };
    g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    for (const GOptionEntry *e = entries; e && e->long_name; e++)
        g_array_append_val(all, *e);
    g_array_append_vals(all, common, G_N_ELEMENTS(common) - 1);
    return cmd_parse(argc, argv, usage, summary, (const GOptionEntry *)(gpointer)all->data);
}

/* From here on the environment says it: before threads, and for every process that is made. */
static gboolean
take_language(const Config *config, GError **error)
{
    const char *language = config_text(config, "workspace", "language");
    if (*language && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [workspace] language must be zh, en or empty");
        return FALSE;
    }
    if (*language)
        g_setenv(WORDS_LANGUAGE_ENV, language, TRUE);
    return TRUE;
}

gboolean
cmd_open(int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries, CmdWork *work,
         int *code)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *named = named_workspace(*argc, *argv);
    g_autofree char *dir = workspace_find(named);
    g_autofree char *conf = g_build_filename(dir, WORKSPACE_CONF, NULL);
    memset(work, 0, sizeof *work);
    umask(0027); /* what is written here holds personal data */
    *code = EXIT_USAGE;
    g_autoptr(Config) config = wants_help(*argc, *argv) ? config_load(NULL, &error) : config_load(conf, &error);
    if (!config || !config_take_flags(config, argc, *argv, &error)) {
        *code = cmd_fail(error);
        return FALSE;
    }
    if (!take_language(config, &error)) {
        *code = cmd_fail(error);
        return FALSE;
    }
    if (!parse(argc, argv, usage, summary, entries, work))
        return FALSE;
    work->workspace = workspace_open(dir, g_steal_pointer(&config), &error);
    if (!work->workspace)
        *code = cmd_fail(error);
    if (work->workspace && work->dry_run) {
        store_set_dry(work->workspace->store);
        evidence_set_dry(work->workspace->evidence);
    }
    return work->workspace != NULL;
}

char *
cmd_inbox(const CmdWork *work, const char *named)
{
    return named ? g_canonicalize_filename(named, NULL)
                 : workspace_path(work->workspace, config_text(work->workspace->config, "workspace", "inbox"));
}

void
cmd_close(CmdWork *work)
{
    g_clear_pointer(&work->workspace, workspace_close);
}
