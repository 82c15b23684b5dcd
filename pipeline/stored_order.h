/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stored_order.h: an order out of the workspace: its record and its order.json, parsed again from evidence.
 */
#ifndef SB_PIPELINE_STORED_ORDER_H
#define SB_PIPELINE_STORED_ORDER_H

#include "pipeline/workspace.h"

G_BEGIN_DECLS

/* @record (out) (optional). SB_ERROR_INPUT where there is no such order; SB_ERROR_ENV, SB_ERROR_INTEGRITY. */
Order *stored_order_load(Workspace *workspace, const char *order_id, StoreOrder **record, GError **error);
Order *stored_order_parse(Workspace *workspace, const StoreOrder *record, GError **error);

G_END_DECLS

#endif
