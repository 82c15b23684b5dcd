/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_inner.h: what the two ways to write an order down share: the strict reading of its JSON value.
 */
#ifndef SB_CORE_ORDER_INNER_H
#define SB_CORE_ORDER_INNER_H

#include "core/order.h"

struct json_t; /* jansson's; its header stays in the .c files */

/* (transfer full) Where the value stands that a JSON Pointer names ("/seals/0/type"; "" is the whole order), for a
 * message: "order.json:12:7". What is absent is told where it would have to stand. */
typedef char *(*OrderWhere)(const char *pointer, gpointer data);

/* Returns: (transfer full) or NULL with SB_ERROR_INPUT "WHERE: company.name must be a string". */
Order *order_from_value(const struct json_t *root, OrderWhere where, gpointer data, GError **error);

/* 1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot: may be the name of a folder. */
gboolean order_id_is_plain(const char *id);

#endif
