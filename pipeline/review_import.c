/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parses decisions, all or nothing.
 */
#include "pipeline/review_import.h"

#include <jansson.h>
#include <string.h>

#include "pipeline/evidence.h"
#include "pipeline/json_text.h"

enum { MAX_ID = 64, MAX_NOTE = 2000 };

static gboolean
bad(GError **error, const char *what, guint index)
{
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "decisions.json: decision %u: %s; nothing was imported", index + 1,
                what);
    return FALSE;
}

static gboolean
only_members(const json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
        if (!g_strv_contains(known, key))
            return FALSE;
    return TRUE;
}

static gboolean
parse_one(const json_t *o, guint index, GHashTable *seen, StoreDecision *decision, GError **error)
{
    static const char *const known[] = { "order_id", "result", "verdict", "note", NULL };
    if (!json_is_object(o) || !only_members(o, known))
        return bad(error, "is not an object of order_id, result, verdict and note", index);
    const char *id = json_member_text(o, "order_id", MAX_ID), *result = json_member_text(o, "result", 64);
    const char *verdict = json_member_text(o, "verdict", 16), *note = json_member_text(o, "note", MAX_NOTE);
    if (!id || !*id)
        return bad(error, "has no order_id", index);
    if (!evidence_is_digest(result))
        return bad(error, "does not name the result it is about", index);
    if (!verdict || (strcmp(verdict, "approve") != 0 && strcmp(verdict, "reject") != 0))
        return bad(error, "verdict is neither approve nor reject", index);
    if (json_object_get(o, "note") && !json_is_null(json_object_get(o, "note")) && !note)
        return bad(error, "note is no text, or too long", index);
    if (!strcmp(verdict, "reject") && (!note || !*note))
        return bad(error, "a rejection needs a note", index);
    if (!g_hash_table_add(seen, g_strdup(id)))
        return bad(error, "its order is named twice", index);
    decision->order_id = g_strdup(id);
    decision->result = g_strdup(result);
    decision->approve = !strcmp(verdict, "approve");
    decision->note = note && *note ? g_strdup(note) : NULL;
    return TRUE;
}

static GPtrArray *
parse_all(const json_t *root, GError **error)
{
    static const char *const known[] = { "type", "version", "decisions", NULL };
    const json_t *list = json_object_get(root, "decisions");
    g_autoptr(GPtrArray) decisions = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!json_is_object(root) || !only_members(root, known) ||
        g_strcmp0(json_member_text(root, "type", 64), "sealbatch-decisions") != 0 ||
        json_member_int(root, "version", 1, 1, 0) != 1 || !json_is_array(list)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "this is no decisions.json of the review page: export it there with the key e");
        return NULL;
    }
    if (json_array_size(list) > REVIEW_IMPORT_MAX_DECISIONS) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "decisions.json holds more than %u decisions",
                    REVIEW_IMPORT_MAX_DECISIONS);
        return NULL;
    }
    for (guint i = 0; i < json_array_size(list); i++) {
        StoreDecision *decision = g_new0(StoreDecision, 1);
        g_ptr_array_add(decisions, decision);
        if (!parse_one(json_array_get(list, i), i, seen, decision, error))
            return NULL;
    }
    return g_steal_pointer(&decisions);
}

GPtrArray *
review_import_parse(const char *json, gsize length, GError **error)
{
    json_error_t where;
    if (length > REVIEW_IMPORT_MAX_BYTES) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "decisions.json is larger than %u MB", REVIEW_IMPORT_MAX_BYTES >> 20);
        return NULL;
    }
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &where);
    if (!root) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "decisions.json:%d:%d: %s", where.line, where.column, where.text);
        return NULL;
    }
    GPtrArray *decisions = parse_all(root, error);
    json_decref(root);
    return decisions;
}
