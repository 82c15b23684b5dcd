/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop.h: SIGTERM and SIGINT as a question ("shall we stop?") instead of an interruption.
 *
 * Both are blocked and looked for, so a command finishes what it is at, commits, and ends with EXIT_STOPPED.
 * A second Ctrl-C kills: it is unblocked once the first was seen.
 */
#ifndef SB_PIPELINE_STOP_H
#define SB_PIPELINE_STOP_H

#include <glib.h>

G_BEGIN_DECLS

void stop_begin(void);
gboolean stop_wanted(gboolean *seen); /* @seen: the caller's memory of the first one */

G_END_DECLS

#endif
