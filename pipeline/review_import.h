/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * review_import.h: decisions.json as the review page exports it, checked as strictly as a stranger's file.
 */
#ifndef SB_PIPELINE_REVIEW_IMPORT_H
#define SB_PIPELINE_REVIEW_IMPORT_H

#include "pipeline/store.h"

G_BEGIN_DECLS

#define REVIEW_IMPORT_MAX_BYTES (8u << 20)
#define REVIEW_IMPORT_MAX_DECISIONS 20000u

/**
 * review_import_parse:
 *   { "type": "sealbatch-decisions", "version": 1,
 *     "decisions": [ { "order_id": "...", "result": "64 hex", "verdict": "approve" | "reject", "note": "..." } ] }
 * A rejection needs a note; an unknown member, a wrong type, an order named twice refuse the file.
 * Returns: (transfer full) (element-type StoreDecision) or NULL with SB_ERROR_INPUT.
 */
GPtrArray *review_import_parse(const char *json, gsize length, GError **error);

G_END_DECLS

#endif
