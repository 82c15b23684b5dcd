/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * review_out.h: what a run leaves for people and other systems in WORKSPACE/out: review.html, findings.csv,
 * findings.json.
 */
#ifndef SB_PIPELINE_REVIEW_OUT_H
#define SB_PIPELINE_REVIEW_OUT_H

#include "pipeline/workspace.h"

G_BEGIN_DECLS

/**
 * review_out_write: all three, each whole or not at all.
 * @orders  (out) (optional) how many orders the page shows
 */
gboolean review_out_write(Workspace *workspace, guint *orders, GError **error);

/* (transfer full) The page's data as JSON; (out) @orders as above. */
char *review_data(Workspace *workspace, guint *orders, GError **error);

/* (transfer full) The page around @data: inline script and style named by hash in a strict CSP, nothing loaded. */
char *review_page(const char *data);

/* (transfer full) Findings of all orders that are not done: CSV with a header (UTF-8 with BOM), or a JSON array. */
char *findings_csv(Workspace *workspace, GError **error);
char *findings_json(Workspace *workspace, GError **error);

G_END_DECLS

#endif
