/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decisions of the two reviewers. The rules stand in the schema's triggers; this file words them.
 */
#include <sqlite3.h>
#include <string.h>

#include "pipeline/store_inner.h"

enum { MAX_REVIEWER = 64 };

void
store_decision_free(StoreDecision *decision)
{
    if (!decision)
        return;
    g_free(decision->order_id);
    g_free(decision->result);
    g_free(decision->note);
    g_free(decision);
}

void
store_decided_free(StoreDecided *decided)
{
    if (!decided)
        return;
    g_free(decided->reviewer);
    g_free(decided->note);
    g_free(decided);
}

/* "Li Na", "li na" and "ＬＩ ＮＡ " are one person. */
static char *
reviewer_key(const char *reviewer)
{
    g_autofree char *wide = g_utf8_normalize(reviewer, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *folded = wide ? g_utf8_casefold(wide, -1) : NULL;
    GString *key = g_string_new(NULL);
    for (const char *p = folded; p && *p; p = g_utf8_next_char(p))
        if (!g_unichar_isspace(g_utf8_get_char(p)))
            g_string_append_unichar(key, g_utf8_get_char(p));
    return g_string_free(key, FALSE);
}

static gboolean
refuse(GError **error, const char *order_id, const char *why)
{
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s: %s; nothing was imported", order_id, why);
    return FALSE;
}

typedef struct {
    gint64 no;
    gint64 place; /* the one this decision takes */
} Slot;

static gboolean
find_slot(Store *store, const StoreDecision *decision, const char *key, Slot *slot, GError **error)
{
    OrderState state = STATE_RECEIVED;
    gint64 given, mine, current, refused;
    if (!store_order_no(store, decision->order_id, &slot->no, &state, error))
        return FALSE;
    if (!slot->no)
        return refuse(error, decision->order_id, "is not in this workspace");
    if (state != STATE_REVIEW)
        return refuse(error, decision->order_id, "does not wait for review");
    if (!store_ask_int(store, &current, 0, error, "SELECT count(*) FROM orders WHERE no = ? AND result = ?", "it",
                       slot->no, decision->result) ||
        !store_ask_int(store, &given, 0, error, "SELECT count(*) FROM decisions WHERE order_no = ? AND result = ?",
                       "it", slot->no, decision->result) ||
        !store_ask_int(store, &mine, 0, error,
                       "SELECT count(*) FROM decisions WHERE order_no = ? AND result = ? AND reviewer_key = ?", "itt",
                       slot->no, decision->result, key) ||
        !store_ask_int(store, &refused, 0, error,
                       "SELECT count(*) FROM findings WHERE order_no = ? AND severity = 'refuse'", "i", slot->no))
        return FALSE;
    if (!current)
        return refuse(error, decision->order_id, "was read again since this page was made: make a new review page");
    if (mine)
        return refuse(error, decision->order_id, "the second reviewer must be another person than the first");
    if (given >= 2)
        return refuse(error, decision->order_id, "has two decisions already");
    if (refused && decision->approve)
        return refuse(error, decision->order_id, "cannot be approved: something must be sent again");
    slot->place = given + 1;
    return TRUE;
}

static gboolean
decide_one(Store *store, const StoreDecision *decision, const char *reviewer, const char *key, GError **error)
{
    Slot slot;
    gboolean fine = TRUE;
    if (!find_slot(store, decision, key, &slot, error))
        return FALSE;
    if (!store_run(store, error,
                   "INSERT INTO decisions(order_no, result, place, reviewer, reviewer_key, verdict, note, at)"
                   " VALUES(?,?,?,?,?,?,?,?)", "ititttti", slot.no, decision->result, slot.place, reviewer, key,
                   decision->approve ? "approve" : "reject", decision->note, store_now()))
        return FALSE;
    if (!decision->approve)
        fine = store_set_state(store, slot.no, STATE_REJECTED, NULL, error);
    else if (slot.place == 2)
        fine = store_set_state(store, slot.no, STATE_READY, NULL, error);
    /* The reviewer is staff and answers for it: the name belongs into the chain. */
    g_autofree char *detail = g_strdup_printf("%s by reviewer %d: %s, result %.16s",
                                              decision->approve ? "approved" : "rejected", (int)slot.place, reviewer,
                                              decision->result);
    return fine && store_audit_link(store, "decision", decision->order_id, detail, error);
}

gboolean
store_decide(Store *store, GPtrArray *decisions, const char *reviewer, GError **error)
{
    g_autofree char *name = g_strstrip(g_strdup(reviewer));
    if (!*name || !g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) > MAX_REVIEWER) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "a reviewer's name has 1..%d characters", MAX_REVIEWER);
        return FALSE;
    }
    g_autofree char *key = reviewer_key(name);
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = TRUE;
    for (guint i = 0; fine && i < decisions->len; i++)
        fine = decide_one(store, decisions->pdata[i], name, key, error);
    return store_end(store, fine, error);
}

static gpointer
decided_from_row(sqlite3_stmt *ask)
{
    StoreDecided *decided = g_new0(StoreDecided, 1);
    decided->place = (guint)store_int(ask, 0);
    decided->reviewer = store_text(ask, 1);
    decided->approve = store_int(ask, 2) != 0;
    decided->at = store_int(ask, 3);
    decided->note = store_text(ask, 4);
    return decided;
}

GPtrArray *
store_decisions(Store *store, const char *order_id, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT d.place, d.reviewer, d.verdict = 'approve', d.at, d.note FROM decisions d"
                                  " JOIN orders o ON o.no = d.order_no AND o.result = d.result"
                                  " WHERE o.order_id = ? ORDER BY d.place", "t", order_id);
    return store_rows(store, ask, decided_from_row, (GDestroyNotify)store_decided_free, error);
}
