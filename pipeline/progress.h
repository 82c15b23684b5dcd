/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.h: one line on a terminal that says how far a long command is; silent where stderr is no terminal.
 */
#ifndef SB_PIPELINE_PROGRESS_H
#define SB_PIPELINE_PROGRESS_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    gboolean live; /* stderr is a terminal */
    gint64 begun_us, drawn_us;
} Progress;

void progress_begin(Progress *progress);
/* "reading  [#######.....]  12/34  1.8/s  0:12 left  SQ2050..." at most ten times a second. */
void progress_show(Progress *progress, const char *what, guint done, guint total, const char *now);
void progress_end(Progress *progress); /* wipes the line */

G_END_DECLS

#endif
