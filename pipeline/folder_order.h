/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folder_order.h: an order as a folder of the inbox holds it: order.json beside the uploads.
 */
#ifndef SB_PIPELINE_FOLDER_ORDER_H
#define SB_PIPELINE_FOLDER_ORDER_H

#include "core/order.h"

G_BEGIN_DECLS

#define FOLDER_ORDER_MAX_BYTES (1u << 20) /* of order.json */

/**
 * folder_order_load: read and parse FOLDER/order.json.
 * @json  (out) (optional) its bytes
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT, worded for the operator: what is wrong and what to do.
 */
Order *folder_order_load(const char *folder, GBytes **json, GError **error);

/* Returns: (transfer full) what to call a folder whose order cannot be read: its own last name. */
char *folder_order_name(const char *folder);

G_END_DECLS

#endif
