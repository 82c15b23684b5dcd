/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_view.h: the hub as the operator sees it: a table with a line a key that lives on a terminal, plain lines elsewhere,
 * JSON lines for programs.
 */
#ifndef SB_PIPELINE_BURN_VIEW_H
#define SB_PIPELINE_BURN_VIEW_H

#include "burner/burn.h"
#include "burner/journal.h"

G_BEGIN_DECLS

typedef struct BurnView BurnView;

/* @live: stderr is a terminal that understands ANSI; @json beats it. */
BurnView *burn_view_new(gboolean live, gboolean json);
void burn_view_free(BurnView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnView, burn_view_free)

/* How many units this pass has: for the line above the table. */
void burn_view_expect(BurnView *view, guint units);
void burn_view_progress(BurnView *view, const char *unit, const char *serial, BurnState state, guint step, guint steps);
void burn_view_finished(BurnView *view, const char *unit, const BurnResult *result);
/* From any thread: the run ends after what is begun. */
void burn_view_stopping(BurnView *view);

/* The end of a pass: what is not done says why, in full, below the table; the next pass begins a new one. */
void burn_view_settle(BurnView *view);

/**
 * burn_view_screen: the table for a screen of this size: at most @rows - 1 lines of at most @columns columns each.
 * One line a unit with order, key, bar and step; where they are too many, short ones side by side; where these are still
 * too many, what is done goes first and the last line counts what is not shown.
 * Returns: (transfer full) lines, each ended by '\n'.
 */
char *burn_view_screen(BurnView *view, guint columns, guint rows);

G_END_DECLS

#endif
