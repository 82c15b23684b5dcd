/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The burn queue and burner's journal over the same database.
 */
#include <sqlite3.h>
#include <string.h>

#include "pipeline/store_inner.h"

void
store_unit_free(StoreUnit *unit)
{
    if (!unit)
        return;
    g_free(unit->unit);
    g_free(unit->token_serial);
    g_free(unit);
}

static gboolean
burn_begin(Store *store, const char *order_id, GError **error)
{
    gint64 no;
    OrderState state = STATE_RECEIVED;
    if (!store_order_no(store, order_id, &no, &state, error))
        return FALSE;
    if (!no || (state != STATE_READY && state != STATE_BURNING && state != STATE_HELD)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "order %s is not ready to be burned (%s)", order_id,
                    no ? order_state_name(state) : "unknown");
        return FALSE;
    }
    if (state == STATE_BURNING)
        return TRUE;
    return store_set_state(store, no, STATE_BURNING, NULL, error) &&
           store_audit_link(store, "burn_begun", order_id, "", error);
}

gboolean
store_burn_begin(Store *store, const char *order_id, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, burn_begin(store, order_id, error), error);
}

static gboolean
burn_end(Store *store, const char *order_id, OrderState end, const char *reason, GError **error)
{
    gint64 no;
    OrderState state = STATE_RECEIVED;
    g_autofree char *detail = reason ? g_strdup_printf("%s: %s", order_state_name(end), reason)
                                     : g_strdup(order_state_name(end));
    if (!store_order_no(store, order_id, &no, &state, error))
        return FALSE;
    if (!no || (state != STATE_BURNING && state != STATE_READY && state != STATE_HELD)) {
        g_set_error(error, SB_ERROR, SB_ERROR_STORE, "order %s is not burning", order_id);
        return FALSE;
    }
    if (state == end) /* it waits, as it did before: maybe for something else */
        return store_run(store, error, "UPDATE orders SET reason = ? WHERE no = ?", "ti", reason, no);
    return store_set_state(store, no, end, reason, error) &&
           store_audit_link(store, "burn_ended", order_id, detail, error);
}

gboolean
store_burn_end(Store *store, const char *order_id, OrderState state, const char *reason, GError **error)
{
    g_assert(state == STATE_DONE || state == STATE_HELD || state == STATE_FAILED || state == STATE_BURNING ||
             state == STATE_READY);
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, burn_end(store, order_id, state, reason, error), error);
}

GPtrArray *
store_units(Store *store, const char *order_id, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_unit_free);
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT u.unit, u.token_serial, u.state, u.changed_at FROM units u"
                                  " JOIN orders o ON o.no = u.order_no WHERE ?1 IS NULL OR o.order_id = ?1"
                                  " ORDER BY o.no, u.unit", "t", order_id);
    while (store_step(store, ask, &cause)) {
        StoreUnit *unit = g_new0(StoreUnit, 1);
        g_autofree char *state = store_text(ask, 2);
        unit->unit = store_text(ask, 0);
        unit->token_serial = store_text(ask, 1);
        burn_state_from_name(state, &unit->state);
        unit->changed_at = store_int(ask, 3);
        g_ptr_array_add(list, unit);
    }
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return g_steal_pointer(&list);
}

GPtrArray *
store_protocol(Store *store, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT b.bytes FROM blobs b JOIN units u ON u.unit = b.unit WHERE b.name = ?"
                                  " AND u.state = ? ORDER BY u.changed_at, u.rowid", "tt", PROTOCOL_BLOB,
                                  burn_state_name(BURN_STATE_DONE));
    while (store_step(store, ask, &cause))
        g_ptr_array_add(lines, store_blob(ask, 0));
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return g_steal_pointer(&lines);
}

/* ---- BurnJournal ------------------------------------------------------------------------------------- */

static gboolean
order_of_unit(Store *store, const char *unit, gint64 *no, GError **error)
{
    if (!store_ask_int(store, no, 0, error,
                       "SELECT no FROM orders WHERE " STORE_OF_ORDER("?1", "order_id"), "t", unit))
        return FALSE;
    if (!*no)
        g_set_error(error, SB_ERROR, SB_ERROR_STORE, "unit %s belongs to no order", unit);
    return *no != 0;
}

StoreOrder *
store_order_of_unit(Store *store, const char *unit, GError **error)
{
    gint64 no;
    GError *cause = NULL;
    if (!order_of_unit(store, unit, &no, error))
        return NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT order_id FROM orders WHERE no = ?", "i", no);
    g_autofree char *id = store_step(store, ask, &cause) ? store_text(ask, 0) : NULL;
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return store_get_order(store, id, error);
}

static gboolean
journal_get(gpointer self, const char *unit, GBytes **record, GError **error)
{
    Store *store = self;
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT record FROM units WHERE unit = ?", "t", unit);
    *record = store_step(store, ask, &cause) ? store_blob(ask, 0) : NULL;
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

static gboolean
put(Store *store, const char *unit, BurnState state, const char *serial, GBytes *record, GError **error)
{
    gint64 no, now = store_now();
    g_autofree char *detail = g_strdup_printf("%s %s", burn_state_name(state), serial ? serial : "");
    if (!order_of_unit(store, unit, &no, error))
        return FALSE;
    /* The first act makes the order a burning one, in the same transaction. */
    if (state != BURN_STATE_QUEUED && state != BURN_STATE_HELD && state != BURN_STATE_FAILED &&
        !store_run(store, error,
                   "UPDATE orders SET state = 'burning', reason = NULL, changed_at = ? WHERE no = ? AND state IN"
                   " ('ready', 'held')", "ii", now, no))
        return FALSE;
    if (!store_run(store, error, "UPDATE units SET state=?, token_serial=?, record=?, changed_at=? WHERE unit=?",
                   "ttbit", burn_state_name(state), serial, record, now, unit))
        return FALSE;
    if (store_changed(store) == 0 &&
        !store_run(store, error,
                   "INSERT INTO units(unit, order_no, state, token_serial, record, changed_at) VALUES(?,?,?,?,?,?)",
                   "tittbi", unit, no, burn_state_name(state), serial, record, now))
        return FALSE;
    return store_audit_link(store, "burn", unit, detail, error);
}

static gboolean
journal_put(gpointer self, const char *unit, BurnState state, const char *serial, GBytes *record, GError **error)
{
    Store *store = self;
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, put(store, unit, state, serial, record, error), error);
}

static gboolean
journal_keep(gpointer self, const char *unit, const char *name, GBytes *bytes, GError **error)
{
    return store_run(self, error, "INSERT OR REPLACE INTO blobs(unit, name, bytes) VALUES(?,?,?)", "ttb", unit, name,
                     bytes);
}

static gboolean
journal_fetch(gpointer self, const char *unit, const char *name, GBytes **bytes, GError **error)
{
    Store *store = self;
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT bytes FROM blobs WHERE unit = ? AND name = ?", "tt", unit,
                                  name);
    *bytes = store_step(store, ask, &cause) ? store_blob(ask, 0) : NULL;
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

BurnJournal
store_journal(Store *store)
{
    return (BurnJournal){ store, journal_get, journal_put, journal_keep, journal_fetch };
}
