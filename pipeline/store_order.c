/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders and their uploads.
 */
#include <sqlite3.h>
#include <string.h>

#include "pipeline/store_inner.h"

#define ORDER_COLUMNS                                                                                                  \
    "no, order_id, content, order_json, profile, kind, holder, state, result, reason, received_at, changed_at"

static const char *const STATE_NAMES[STATES] = { "received", "refused", "review", "ready", "rejected",
                                                 "burning",  "held",    "failed", "done",  "purged" };

const char *
order_state_name(OrderState state)
{
    return state < STATES ? STATE_NAMES[state] : "unknown";
}

gboolean
order_state_from_name(const char *name, OrderState *state)
{
    for (guint i = 0; name && i < STATES; i++)
        if (!strcmp(name, STATE_NAMES[i])) {
            *state = (OrderState)i;
            return TRUE;
        }
    return FALSE;
}

static void
upload_free(StoreUpload *upload)
{
    g_free(upload->file);
    g_free(upload->digest);
    g_free(upload);
}

StoreOrder *
store_order_new(void)
{
    StoreOrder *order = g_new0(StoreOrder, 1);
    order->uploads = g_ptr_array_new_with_free_func((GDestroyNotify)upload_free);
    return order;
}

void
store_order_free(StoreOrder *order)
{
    if (!order)
        return;
    g_free(order->order_id);
    g_free(order->content);
    g_free(order->order_json);
    g_free(order->profile);
    g_free(order->holder);
    g_free(order->result);
    g_free(order->reason);
    g_ptr_array_unref(order->uploads);
    g_free(order);
}

void
store_order_add_upload(StoreOrder *order, Role role, const char *file, const char *digest, guint64 bytes)
{
    StoreUpload *upload = g_new0(StoreUpload, 1);
    upload->role = role;
    upload->file = g_strdup(file);
    upload->digest = g_strdup(digest);
    upload->bytes = bytes;
    g_ptr_array_add(order->uploads, upload);
}

gboolean
store_order_no(Store *store, const char *order_id, gint64 *no, OrderState *state, GError **error)
{
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT no, state FROM orders WHERE order_id = ?", "t", order_id);
    *no = 0;
    if (store_step(store, ask, &cause)) {
        g_autofree char *name = store_text(ask, 1);
        *no = store_int(ask, 0);
        order_state_from_name(name, state);
    }
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

gboolean
store_set_state(Store *store, gint64 no, OrderState state, const char *reason, GError **error)
{
    return store_run(store, error, "UPDATE orders SET state = ?, reason = ?, changed_at = ? WHERE no = ?", "ttii",
                     order_state_name(state), reason, store_now(), no);
}

/* ---- taking one in -------------------------------------------------------------------------------- */

static gboolean
put_uploads(Store *store, gint64 no, const StoreOrder *order, GError **error)
{
    gboolean fine = store_run(store, error, "DELETE FROM uploads WHERE order_no = ?", "i", no);
    for (guint i = 0; fine && i < order->uploads->len; i++) {
        const StoreUpload *upload = order->uploads->pdata[i];
        fine = store_run(store, error,
                         "INSERT INTO uploads(order_no, place, role, file, digest, bytes) VALUES(?,?,?,?,?,?)",
                         "iittti", no, (gint64)i, role_name(upload->role), upload->file, upload->digest,
                         (gint64)upload->bytes);
    }
    return fine;
}

static gboolean
has_refusal(GPtrArray *findings, const char **detail)
{
    for (guint i = 0; findings && i < findings->len; i++) {
        const Finding *finding = findings->pdata[i];
        if (finding->severity == SEVERITY_REFUSE) {
            *detail = finding->detail;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
insert_or_replace(Store *store, const StoreOrder *order, gint64 no, GPtrArray *findings, GError **error)
{
    const char *reason = NULL;
    const char *state = order_state_name(has_refusal(findings, &reason) ? STATE_REFUSED : STATE_RECEIVED);
    gint64 now = store_now();
    gboolean fine;
    if (no)
        fine = store_run(store, error,
                         "UPDATE orders SET content=?, order_json=?, profile=?, kind=?, holder=?, state=?, result=NULL,"
                         " reason=?, changed_at=? WHERE no=?",
                         "tttttttii", order->content, order->order_json, order->profile, order_kind_name(order->kind),
                         order->holder, state, reason, now, no) &&
               store_run(store, error, "DELETE FROM findings WHERE order_no=?", "i", no) &&
               store_run(store, error, "DELETE FROM seals WHERE order_no=?", "i", no);
    else {
        fine = store_run(store, error,
                         "INSERT INTO orders(order_id, content, order_json, profile, kind, holder, state, reason,"
                         " received_at, changed_at) VALUES(?,?,?,?,?,?,?,?,?,?)",
                         "ttttttttii", order->order_id, order->content, order->order_json, order->profile,
                         order_kind_name(order->kind), order->holder, state, reason, now, now);
        no = sqlite3_last_insert_rowid(store->db);
    }
    return fine && put_uploads(store, no, order, error) && store_put_findings(store, no, "ingest", findings, error) &&
           store_audit_link(store, "order_taken", order->order_id, order->content, error);
}

/* The platform sent other content under a number that has gone on: never silently the one or the other. */
static gboolean
mark_duplicate(Store *store, const StoreOrder *order, gint64 no, OrderState state, GError **error)
{
    if (state == STATE_RECEIVED || state == STATE_REVIEW || state == STATE_READY) {
        gint64 place;
        g_autofree char *detail = g_strdup_printf("the platform sent this order again with other content (%.12s): "
                                                  "ask which one holds", order->content);
        gint64 known = 0;
        if (!store_ask_int(store, &place, 0, error, "SELECT count(*) FROM findings WHERE order_no=? AND stage='ingest'",
                           "i", no) ||
            !store_ask_int(store, &known, 0, error, "SELECT count(*) FROM findings WHERE order_no=? AND detail=?", "it",
                           no, detail))
            return FALSE;
        if (!known && !store_run(store, error,
                       "INSERT INTO findings(order_no, stage, place, code, severity, detail) VALUES(?,'ingest',?,?,?,?)",
                       "iittt", no, place, finding_code_name(FINDING_DUPLICATE_ORDER), severity_name(SEVERITY_REVIEW),
                       detail))
            return FALSE;
        if (state == STATE_READY && !store_set_state(store, no, STATE_REVIEW, NULL, error))
            return FALSE;
    }
    return store_audit_link(store, "duplicate_order", order->order_id, order->content, error);
}

static gboolean
same_content(Store *store, gint64 no, const StoreOrder *order, gboolean *same, GError **error)
{
    gint64 found;
    if (!store_ask_int(store, &found, 0, error, "SELECT count(*) FROM orders WHERE no = ? AND content = ?", "it", no,
                       order->content))
        return FALSE;
    *same = found > 0;
    return TRUE;
}

static gboolean
take(Store *store, const StoreOrder *order, GPtrArray *findings, Taken *taken, GError **error)
{
    gint64 no;
    OrderState state = STATE_RECEIVED;
    gboolean same = FALSE;
    if (!store_order_no(store, order->order_id, &no, &state, error))
        return FALSE;
    if (no && !same_content(store, no, order, &same, error))
        return FALSE;
    *taken = !no ? TAKEN_NEW
             : same ? TAKEN_SAME
             : state == STATE_REFUSED || state == STATE_REJECTED ? TAKEN_AGAIN
                                                                 : TAKEN_DUPLICATE;
    if (*taken == TAKEN_SAME)
        return TRUE;
    if (*taken == TAKEN_DUPLICATE)
        return mark_duplicate(store, order, no, state, error);
    return insert_or_replace(store, order, no, findings, error);
}

gboolean
store_take_order(Store *store, const StoreOrder *order, GPtrArray *findings, Taken *taken, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, take(store, order, findings, taken, error), error);
}

gboolean
store_note_refused_folder(Store *store, const char *name, const char *why, GError **error)
{
    return store_audit(store, "folder_refused", name, why, error);
}

char *
store_find_live_twin(Store *store, const char *holder, OrderKind kind, const char *order_id, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT order_id FROM orders WHERE holder = ? AND kind = ? AND order_id <> ?"
                                  " AND state IN ('received','review','ready','burning','held') ORDER BY no LIMIT 1",
                                  "ttt", holder, order_kind_name(kind), order_id);
    char *twin = ask && store_step(store, ask, error) ? store_text(ask, 0) : NULL;
    store_done(ask);
    return twin;
}

/* ---- looking -------------------------------------------------------------------------------------- */

static gpointer
order_from_row(sqlite3_stmt *ask)
{
    StoreOrder *order = store_order_new();
    g_autofree char *kind = store_text(ask, 5), *state = store_text(ask, 7);
    order->no = store_int(ask, 0);
    order->order_id = store_text(ask, 1);
    order->content = store_text(ask, 2);
    order->order_json = store_text(ask, 3);
    order->profile = store_text(ask, 4);
    order_kind_from_name(kind, &order->kind);
    order->holder = store_text(ask, 6);
    order_state_from_name(state, &order->state);
    order->result = store_text(ask, 8);
    order->reason = store_text(ask, 9);
    order->received_at = store_int(ask, 10);
    order->changed_at = store_int(ask, 11);
    return order;
}

static gboolean
add_uploads(Store *store, StoreOrder *order, GError **error)
{
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT role, file, digest, bytes FROM uploads WHERE order_no = ? ORDER BY place",
                                  "i", order->no);
    while (store_step(store, ask, &cause)) {
        g_autofree char *role = store_text(ask, 0), *file = store_text(ask, 1), *digest = store_text(ask, 2);
        Role number = ROLE_LICENCE;
        role_from_name(role, &number);
        store_order_add_upload(order, number, file, digest, (guint64)store_int(ask, 3));
    }
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

/* Takes @ask; one order with its uploads. */
static StoreOrder *
one_order(Store *store, sqlite3_stmt *ask, GError **error)
{
    g_autoptr(StoreOrder) order = ask && store_step(store, ask, error) ? order_from_row(ask) : NULL;
    store_done(ask);
    if (order && !add_uploads(store, order, error))
        return NULL;
    return g_steal_pointer(&order);
}

StoreOrder *
store_get_order(Store *store, const char *order_id, GError **error)
{
    return one_order(store, store_ask(store, error, "SELECT " ORDER_COLUMNS " FROM orders WHERE order_id = ?", "t",
                                      order_id), error);
}

StoreOrder *
store_next_order(Store *store, OrderState state, gint64 after, GError **error)
{
    return one_order(store,
                     store_ask(store, error,
                               "SELECT " ORDER_COLUMNS " FROM orders WHERE state = ? AND no > ? ORDER BY no LIMIT 1",
                               "ti", order_state_name(state), after), error);
}

/* Those where the two columns are what they shall be; NULL: anything. */
static GPtrArray *
list_orders(Store *store, const char *state, const char *holder, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT " ORDER_COLUMNS " FROM orders WHERE (?1 IS NULL OR state = ?1)"
                                  " AND (?2 IS NULL OR holder = ?2) ORDER BY no",
                                  "tt", state, holder);
    return store_rows(store, ask, order_from_row, (GDestroyNotify)store_order_free, error);
}

GPtrArray *
store_list_orders(Store *store, OrderState state, GError **error)
{
    return list_orders(store, state == STATES ? NULL : order_state_name(state), NULL, error);
}

GPtrArray *
store_list_orders_of(Store *store, const char *holder, GError **error)
{
    return list_orders(store, NULL, holder, error);
}

gboolean
store_count_states(Store *store, guint counts[STATES], GError **error)
{
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT state, count(*) FROM orders GROUP BY state", "");
    memset(counts, 0, STATES * sizeof *counts);
    while (store_step(store, ask, &cause)) {
        OrderState state;
        g_autofree char *name = store_text(ask, 0);
        if (order_state_from_name(name, &state))
            counts[state] = (guint)store_int(ask, 1);
    }
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

/* ---- retention -------------------------------------------------------------------------------------- */

GPtrArray *
store_expired(Store *store, gint64 before, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_order_free);
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT " ORDER_COLUMNS " FROM orders WHERE changed_at < ?"
                                  " AND state IN ('done','refused','rejected') ORDER BY no", "i", before);
    while (store_step(store, ask, &cause))
        g_ptr_array_add(list, order_from_row(ask));
    store_done(ask);
    for (guint i = 0; !cause && i < list->len; i++)
        add_uploads(store, list->pdata[i], &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return g_steal_pointer(&list);
}

static gpointer
digest_from_row(sqlite3_stmt *ask)
{
    return store_text(ask, 0);
}

gboolean
store_let_go(Store *store, sqlite3_stmt *ask, StoreGone gone, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) digests = store_rows(store, ask, digest_from_row, g_free, error);
    for (guint i = 0; digests && i < digests->len; i++)
        if (!gone(digests->pdata[i], data, error))
            return FALSE;
    return digests != NULL;
}

/* Digests that only this order names. */
static gboolean
let_go(Store *store, gint64 no, StoreGone gone, gpointer data, GError **error)
{
    sqlite3_stmt *ask = store_ask(
        store, error,
        "SELECT digest FROM (SELECT digest FROM uploads WHERE order_no = ?1 UNION SELECT preview FROM seals WHERE"
        " order_no = ?1 UNION SELECT order_json FROM orders WHERE no = ?1 UNION SELECT result FROM orders WHERE no = ?1)"
        " WHERE digest IS NOT NULL AND digest NOT IN (SELECT digest FROM uploads WHERE order_no <> ?1)"
        " AND digest NOT IN (SELECT order_json FROM orders WHERE no <> ?1)"
        " AND digest NOT IN (SELECT result FROM orders WHERE no <> ?1 AND result IS NOT NULL)"
        " AND digest NOT IN (SELECT preview FROM seals WHERE order_no <> ?1 AND preview IS NOT NULL)",
        "i", no);
    return store_let_go(store, ask, gone, data, error);
}

static gboolean
purge(Store *store, const char *order_id, StoreGone gone, gpointer data, GError **error)
{
    gint64 no;
    OrderState state = STATE_RECEIVED;
    if (!store_order_no(store, order_id, &no, &state, error))
        return FALSE;
    if (!no || (state != STATE_DONE && state != STATE_REFUSED && state != STATE_REJECTED)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s has not ended: it cannot be purged", order_id);
        return FALSE;
    }
    return let_go(store, no, gone, data, error) &&
           store_run(store, error, "DELETE FROM uploads WHERE order_no = ?", "i", no) &&
           store_run(store, error, "UPDATE findings SET read = NULL, form = NULL, file = NULL WHERE order_no = ?", "i",
                     no) &&
           store_set_state(store, no, STATE_PURGED, NULL, error) &&
           store_run(store, error, "UPDATE decisions SET note = NULL WHERE order_no = ? AND note IS NOT NULL", "i", no) &&
           store_audit_link(store, "purged", order_id, "", error);
}

gboolean
store_purge(Store *store, const char *order_id, StoreGone gone, gpointer data, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, purge(store, order_id, gone, data, error), error);
}
