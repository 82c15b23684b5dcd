/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handover.h: what goes out with a finished key: the courier list, and the burn protocol that proves what is on it.
 */
#ifndef SB_PIPELINE_HANDOVER_H
#define SB_PIPELINE_HANDOVER_H

#include "burner/burn.h"
#include "pipeline/workspace.h"

G_BEGIN_DECLS

/**
 * handover_protocol_line: (transfer full) one line of JSON: unit, kind, token, certificate number and validity, numbers of
 * the certificates that were revoked, SHA-256 of each object as it was read back. No personal data. NULL with SB_ERROR_CA
 * where a certificate cannot be described.
 */
char *handover_protocol_line(const BurnOrder *order, const BurnResult *result, GError **error);

/* Keeps it in the store, durable, in place of one that an interrupted run had kept for the unit. */
gboolean handover_protocol_keep(Workspace *workspace, const BurnOrder *order, const BurnResult *result, GError **error);
/* Rewrites WORKSPACE/out/burn-protocol.jsonl: one line a unit that is done. */
gboolean handover_protocol_write(Workspace *workspace, GError **error);

/* Rewrites WORKSPACE/out/courier.csv: order, key, recipient, kind and when, of every order that is done and not
 * purged; a revocation sends nothing out. The headers are in the language of the run. */
gboolean handover_courier_write(Workspace *workspace, GError **error);

G_END_DECLS

#endif
