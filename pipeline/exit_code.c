/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of exit codes, mildest first: its order is the severity.
 */
#include "pipeline/exit_code.h"

#include "pipeline/words.h"

const ExitCodeRow EXIT_CODES[] = {
    { EXIT_DONE, "done", N_("all done") },
    { EXIT_REVIEW, "review", N_("some orders wait for review") },
    { EXIT_FAILED, "failed", N_("some orders were refused or failed") },
    { EXIT_STOPPED, "stopped", N_("stopped in order, or keys or certificates are waited for; the next run resumes") },
    { EXIT_BUSY, "busy", N_("another run holds the lock") },
    { EXIT_USAGE, "usage", N_("command line or config is wrong") },
    { EXIT_ENVIRONMENT, "environment", N_("disk, model or module is missing or unfit") },
    { EXIT_INTEGRITY, "integrity", N_("audit chain broken, or journal and token disagree") },
    { EXIT_BUG, "bug", N_("a bug in sealbatch") },
    { 0, NULL, NULL },
};

static guint
rank(ExitCode code)
{
    for (guint i = 0; EXIT_CODES[i].name; i++)
        if (EXIT_CODES[i].code == code)
            return i;
    return G_MAXUINT; /* a code outside the table is worse than any of it */
}

ExitCode
exit_code_worst(ExitCode a, ExitCode b)
{
    return rank(a) >= rank(b) ? a : b;
}

const char *
exit_code_name(ExitCode code)
{
    guint i = rank(code);
    return i == G_MAXUINT ? "unknown" : EXIT_CODES[i].name;
}

ExitCode
exit_code_from_error(const GError *error)
{
    if (!error)
        return EXIT_BUG;
    if (error->domain == G_OPTION_ERROR || error->domain == G_KEY_FILE_ERROR)
        return EXIT_USAGE;
    if (error->domain != SB_ERROR)
        return EXIT_ENVIRONMENT; /* GLib's own: files, processes */
    switch ((SbError)error->code) {
    case SB_ERROR_INPUT: return EXIT_USAGE;
    case SB_ERROR_BUSY: return EXIT_BUSY;
    case SB_ERROR_STORE:
    case SB_ERROR_ENV: return EXIT_ENVIRONMENT;
    case SB_ERROR_INTEGRITY: return EXIT_INTEGRITY;
    case SB_ERROR_IMAGE:
    case SB_ERROR_LIMIT:
    case SB_ERROR_SEAL:
    case SB_ERROR_TOKEN:
    case SB_ERROR_PIN:
    case SB_ERROR_CA: return EXIT_FAILED;
    }
    return EXIT_BUG;
}
