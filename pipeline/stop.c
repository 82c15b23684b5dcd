/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals by sigtimedwait: no handler, no global flag.
 */
#include "pipeline/stop.h"

#include <signal.h>
#include <time.h>

static void
fill(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

void
stop_begin(void)
{
    sigset_t set;
    fill(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

gboolean
stop_wanted(gboolean *seen)
{
    const struct timespec now = { 0, 0 };
    sigset_t set;
    fill(&set);
    if (*seen || sigtimedwait(&set, NULL, &now) <= 0)
        return *seen;
    *seen = TRUE;
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    g_printerr("\nsealbatch: stopping in order; what is begun is finished first (Ctrl-C again: at once)\n");
    return TRUE;
}
