/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_csv_inner.h: the fields of a table of orders, shared by its map and its reading; private to core.
 */
#ifndef SB_CORE_ORDER_CSV_INNER_H
#define SB_CORE_ORDER_CSV_INNER_H

#include "core/order_csv.h"

G_BEGIN_DECLS

/* CELL_NUMBER: a long number, which spreadsheets round. */
typedef enum { CELL_TEXT, CELL_NUMBER, CELL_COUNT, CELL_TIME, CELL_SEAL, CELL_UPLOAD } OrderCsvKind;

typedef struct {
    const char *name; /* "company.name" */
    OrderCsvKind kind;
} OrderCsvField;

extern const OrderCsvField ORDER_CSV_FIELDS[];
extern const guint ORDER_CSV_N_FIELDS;
enum { ORDER_CSV_MAX_FIELDS = 64 };

/* Index of the field of that name, or -1. */
int order_csv_field(const char *name);

/* FALSE where @header means nothing. */
gboolean order_csv_map_find(const OrderCsvMap *map, const char *header, guint *field);

G_END_DECLS

#endif
