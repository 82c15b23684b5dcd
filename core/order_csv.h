/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_csv.h: orders as the table that a platform exports (CSV), one row an order or several.
 *
 * A column is found by its header. Our own names hold always ("company.credit_code"); a platform's headers are added
 * from its profile. Rows with the same order number are one order: seals and uploads add up, whatever else they say
 * must be the same. A cell may list several seals or files, by ';', '|' or a line end (seals also by ',' and '、').
 */
#ifndef SB_CORE_ORDER_CSV_H
#define SB_CORE_ORDER_CSV_H

#include "core/order.h"

G_BEGIN_DECLS

typedef struct OrderCsvMap OrderCsvMap;

OrderCsvMap *order_csv_map_new(void); /* with our own names */
void order_csv_map_free(OrderCsvMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderCsvMap, order_csv_map_free)

/**
 * order_csv_map_add: what a platform calls a field.
 * @field    "order_id", "company.name", ... as in order.json; "seals.type", "seals.declared_mm" ("40", "40x30");
 *           "uploads.licence" (each role: names of files), or "uploads.role" beside "uploads.file"
 * @headers  by ';'. Width, blanks and an asterisk make no difference
 * Returns: FALSE with SB_ERROR_INPUT where there is no such field, or a header means another one already.
 */
gboolean order_csv_map_add(OrderCsvMap *map, const char *field, const char *headers, GError **error);

typedef struct {
    guint row;      /* the first of the order, as a spreadsheet counts */
    char *order_id; /* NULL where the row has none that may be one */
    Order *order;   /* or NULL: then */
    char *why;      /* "orders.csv: row 12, column G (单位名称): ..."; no value of an applicant in it */
} OrderCsvEntry;

/**
 * order_csv_parse: all orders of a table, in its order. An order that is wrong is refused alone.
 * @place    named in messages ("orders.csv")
 * @unknown  (element-type char*) gets the headers that mean no field
 * Returns: (transfer full) (element-type OrderCsvEntry) or NULL with SB_ERROR_INPUT, SB_ERROR_LIMIT where the table
 *   cannot be read as a whole (csv_read.h), a column is there twice, or the order number or kind has none.
 */
GPtrArray *order_csv_parse(const char *bytes, gsize length, const char *place, const OrderCsvMap *map,
                           GPtrArray *unknown, GError **error);

G_END_DECLS

#endif
