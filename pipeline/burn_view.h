/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_view.h: the hub as the operator sees it: a line a key that lives on a terminal, plain lines elsewhere, JSON
 * lines for programs.
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

void burn_view_progress(BurnView *view, const char *unit, const char *serial, BurnState state, guint step, guint steps);
void burn_view_finished(BurnView *view, const char *unit, const BurnResult *result);

/* A line of its own above what is said next: the table stays where it is. */
void burn_view_settle(BurnView *view);

/* (transfer full) One row as it is shown: "SQ1   S1   [######....]  KEYED". */
char *burn_view_row(const char *unit, const char *serial, const char *word, guint step, guint steps);

G_END_DECLS

#endif
