/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads stored orders.
 */
#include "pipeline/stored_order.h"

Order *
stored_order_parse(Workspace *ws, const StoreOrder *record, GError **error)
{
    g_autoptr(GBytes) json = evidence_get(ws->evidence, record->order_json, error);
    gsize length;
    if (!json)
        return NULL;
    const char *text = g_bytes_get_data(json, &length);
    g_autoptr(Order) order = order_parse(text, length, "order.json", error);
    if (order && record->state != STATE_PURGED && order->uploads->len != record->uploads->len) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY, "the uploads stored are not those of order.json");
        return NULL;
    }
    return g_steal_pointer(&order);
}

Order *
stored_order_load(Workspace *ws, const char *order_id, StoreOrder **record, GError **error)
{
    GError *cause = NULL;
    g_autoptr(StoreOrder) found = store_get_order(ws->store, order_id, &cause);
    if (!found) {
        if (cause)
            g_propagate_error(error, cause);
        else
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not in this workspace", order_id);
        return NULL;
    }
    Order *order = stored_order_parse(ws, found, error);
    if (order && record)
        *record = g_steal_pointer(&found);
    return order;
}
