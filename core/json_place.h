/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_place.h: where in a JSON text a value stands, for error messages. (jansson knows places only
 * of syntax errors.)
 */
#ifndef SB_CORE_JSON_PLACE_H
#define SB_CORE_JSON_PLACE_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * Line and column (both from 1, columns in characters) of the value that the JSON Pointer (RFC 6901)
 * names in @json, which must have been parsed without error. Returns: FALSE where it names nothing.
 */
gboolean json_place(const char *json, const char *pointer, guint *line, guint *column);

G_END_DECLS

#endif
