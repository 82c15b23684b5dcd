/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch: one command, a subcommand for each thing that night, reviewer, operator and auditor do.
 */
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/cmd.h"

/*
 * OpenMP inside libtesseract reads its limit when it is loaded, so it must stand in the environment before
 * exec: 0.59 CPU-s a page with it, 3.40 without, and no clone() that the sandbox would have to allow.
 */
static void
limit_threads(char **argv)
{
    if (g_strcmp0(g_getenv("OMP_THREAD_LIMIT"), "1") == 0)
        return;
    g_setenv("OMP_THREAD_LIMIT", "1", TRUE);
    execv("/proc/self/exe", argv); /* comes back only where /proc is missing: slower, not wrong */
}

/* Names are Chinese whatever the language: cron's locale C, or one that is not installed, must not make them "?". */
static void
begin_locale(void)
{
    setlocale(LC_ALL, "");
    if (!g_get_charset(NULL) && g_strcmp0(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static int
print_help(void)
{
    const Language language = words_language();
    cmd_print("Usage: sealbatch COMMAND [OPTION...]\n\nCommands:\n");
    for (const Command *c = COMMANDS; c->name; c++)
        g_print("  %-9s %s\n", c->name, words_in(language, c->summary));
    cmd_print("\nExit codes:\n");
    for (const ExitCodeRow *row = EXIT_CODES; row->name; row++)
        g_print("  %-2d %s\n", row->code, words_in(language, row->meaning));
    cmd_print("\n`sealbatch COMMAND --help` tells more.\n");
    return EXIT_DONE;
}

int
main(int argc, char **argv)
{
    limit_threads(argv);
    begin_locale();
    if (argc < 2) {
        cmd_say("which command? Try: sealbatch --help");
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return print_help();
    for (const Command *c = COMMANDS; c->name; c++)
        if (!strcmp(argv[1], c->name))
            return c->run(argc - 1, argv + 1);
    cmd_say("there is no command \"%s\". Try: sealbatch --help", argv[1]);
    return EXIT_USAGE;
}
