/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_text.h: small helpers for building and reading JSON with jansson; private to pipeline's .c files.
 */
#ifndef SB_PIPELINE_JSON_TEXT_H
#define SB_PIPELINE_JSON_TEXT_H

#include <glib.h>

struct json_t; /* jansson's; its header stays in the .c files */

/* (transfer full) A string, or null for NULL; invalid UTF-8 is mended first. */
struct json_t *json_text(const char *text);

/* (transfer full) Rounded to @decimals, so that lines stay short and stable. */
struct json_t *json_number(double value, guint decimals);

/* (transfer full) one line; frees @value. Free with g_free. */
char *json_line(struct json_t *value);

/* Hostile objects: the member, or NULL/otherwise where it is absent or of another type. */
const char *json_member_text(const struct json_t *object, const char *key, gsize longest);
gint64 json_member_int(const struct json_t *object, const char *key, gint64 least, gint64 most, gint64 otherwise);

#endif
