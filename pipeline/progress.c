/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The progress line.
 */
#include "pipeline/progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR = 28, REDRAW_US = 100000, LINE_COLUMNS = 79 };

void
progress_begin(Progress *progress)
{
    const char *term = g_getenv("TERM");
    memset(progress, 0, sizeof *progress);
    progress->live = isatty(STDERR_FILENO) && g_strcmp0(term, "dumb") != 0;
    progress->begun_us = g_get_monotonic_time();
}

void
progress_show(Progress *progress, const char *what, guint done, guint total, const char *now)
{
    gint64 time = g_get_monotonic_time();
    if (!progress->live || (time - progress->drawn_us < REDRAW_US && done < total))
        return;
    progress->drawn_us = time;
    char bar[BAR + 1];
    guint filled = total ? MIN(BAR, done * BAR / total) : 0;
    memset(bar, '#', filled);
    memset(bar + filled, '.', BAR - filled);
    bar[BAR] = 0;
    double seconds = (double)(time - progress->begun_us) / G_USEC_PER_SEC;
    double rate = seconds > 0 ? done / seconds : 0;
    g_autofree char *left = NULL;
    if (done > 0 && total > done && rate > 0) {
        guint remaining = (guint)((total - done) / rate);
        left = g_strdup_printf("%u:%02u left", remaining / 60, remaining % 60);
    }
    g_autofree char *line = g_strdup_printf("%s  [%s]  %u/%u  %.1f/s  %s  %s", what, bar, done, total, rate,
                                            left ? left : "", now ? now : "");
    g_printerr("\r\033[K%.*s", LINE_COLUMNS, line); /* order numbers are ASCII: columns are bytes */
}

void
progress_end(Progress *progress)
{
    if (progress->live)
        g_printerr("\r\033[K");
    progress->live = FALSE;
}
