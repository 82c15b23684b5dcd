/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_cell.h: what stands in one cell of a table of orders, as spreadsheets and platforms write it; private to core.
 */
#ifndef SB_CORE_ORDER_CELL_H
#define SB_CORE_ORDER_CELL_H

#include <glib.h>

G_BEGIN_DECLS

struct json_t; /* jansson's; its header stays in the .c files */

/* (transfer full) Without blanks around it, and without the wrapping that keeps a spreadsheet from calculating:
 * ="123", '123. NULL where nothing is left. */
char *order_cell_clean(const char *cell);

/* (transfer full) The parts of a list by ';', '|' or a line end, and by ',' and '、' too where @wide. NULL: none. */
GStrv order_cell_split(const char *text, gboolean wide);

/* "9.1441E+17": what a spreadsheet leaves of a long number. */
gboolean order_cell_is_rounded(const char *text);

/* (transfer full) ISO 8601 of "2025/11/20 19:14", "2025年11月20日", ...: Chinese time where no zone is named.
 * NULL where it is no such day or time. */
char *order_cell_time(const char *text);

/* (transfer full) Millimetres as in order.json: 40, "40mm", "φ40", "40x30", "40×30毫米"; "-" is null. What is no size
 * stays a string, so that the order is refused for it. */
struct json_t *order_cell_size(const char *text);

/* (transfer full) "2", "2年" as a number; anything else stays a string. */
struct json_t *order_cell_count(const char *text);

G_END_DECLS

#endif
