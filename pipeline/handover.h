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
 * handover_protocol_line: (transfer full) one line of JSON: unit, token, certificate number and validity, SHA-256 of
 * each object as it was read back. No personal data. NULL with SB_ERROR_CA where the certificate cannot be described.
 */
char *handover_protocol_line(const BurnResult *result, GError **error);

/* Appends it to WORKSPACE/out/burn-protocol.jsonl, durable. */
gboolean handover_protocol_add(Workspace *workspace, const BurnResult *result, GError **error);

/* Rewrites WORKSPACE/out/courier.csv: order, key, recipient, of every order that is done and not purged. */
gboolean handover_courier_write(Workspace *workspace, GError **error);

G_END_DECLS

#endif
