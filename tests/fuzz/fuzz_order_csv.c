/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A table of orders from anywhere: every order that comes out can be written down and read again, every refusal has
 * its words.
 */
#include <stdint.h>
#include <string.h>

#include "core/order_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(OrderCsvMap) map = order_csv_map_new();
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_assert(order_csv_map_add(map, "seals.type", "t", NULL) && order_csv_map_add(map, "seals.declared_mm", "m", NULL) &&
             order_csv_map_add(map, "uploads.licence", "u", NULL) && order_csv_map_add(map, "order_id", "i", NULL) &&
             order_csv_map_add(map, "kind", "k", NULL) && order_csv_map_add(map, "submitted_at", "s", NULL));
    g_autoptr(GPtrArray) entries = order_csv_parse((const char *)data, size, "t.csv", map, unknown, &error);
    g_assert((entries == NULL) == (error != NULL));
    for (guint i = 0; entries && i < entries->len; i++) {
        const OrderCsvEntry *entry = entries->pdata[i];
        g_assert((entry->order == NULL) == (entry->why != NULL));
        g_autofree char *json = entry->order ? order_to_json(entry->order) : NULL;
        g_autoptr(Order) again = json ? order_parse(json, strlen(json), "o.json", NULL) : NULL;
        g_assert(!json || again);
    }
    return 0;
}
