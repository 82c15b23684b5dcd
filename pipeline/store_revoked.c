/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seals that are no longer in force: those of a certificate that was revoked, and those that a later
 * order replaced on the same certificate.
 */
#include <sqlite3.h>

#include "pipeline/store_inner.h"

void
store_revoked_free(StoreRevoked *revoked)
{
    if (!revoked)
        return;
    g_free(revoked->es_id);
    g_free(revoked->reason);
    g_free(revoked);
}

/* One link of the chain for a certificate's or unit's seals together, and only where there were any. */
static gboolean
end_marking(Store *store, gboolean fine, const char *unit, const char *reason, GError **error)
{
    int marked = fine ? store_changed(store) : 0;
    if (marked > 0) {
        g_autofree char *detail = g_strdup_printf("%d %s", marked, reason);
        fine = store_audit_link(store, "seals_revoked", unit, detail, error);
    }
    return store_end(store, fine, error);
}

gboolean
store_revoke_seals_of(Store *store, const char *unit, const char *certificate, const char *reason, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_run(store, error,
                              "INSERT OR IGNORE INTO revoked_seals(es_id, unit, reason, at)"
                              " SELECT DISTINCT es_id, ?, ?, ? FROM made WHERE certificate = ? AND unit <> ?",
                              "ttitt", unit, reason, store_now(), certificate, unit);
    return end_marking(store, fine, unit, reason, error);
}

gboolean
store_supersede_seals(Store *store, const char *unit, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_run(store, error,
                              "INSERT OR IGNORE INTO revoked_seals(es_id, unit, reason, at)"
                              " SELECT DISTINCT old.es_id, new.unit, 'superseded', ? FROM made new JOIN made old"
                              " ON old.certificate = new.certificate AND old.type = new.type"
                              " AND old.order_no < new.order_no WHERE new.unit = ?",
                              "it", store_now(), unit);
    return end_marking(store, fine, unit, "superseded", error);
}

gboolean
store_withdraw_seals(Store *store, const char *unit, const char *certificate, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_run(store, error,
                              "INSERT OR IGNORE INTO revoked_seals(es_id, unit, reason, at)"
                              " SELECT DISTINCT es_id, unit, 'withdrawn', ?1 FROM made WHERE unit = ?2"
                              " AND (?3 IS NULL OR certificate <> ?3)", "itt", store_now(), unit, certificate);
    return end_marking(store, fine, unit, "withdrawn", error);
}

GPtrArray *
store_revoked_seals(Store *store, gint64 *number, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)store_revoked_free);
    GError *cause = NULL;
    sqlite3_stmt *ask = NULL;
    if (!store_ask_int(store, number, 0, error, "SELECT max(seq) FROM audit", "") ||
        !(ask = store_ask(store, error, "SELECT es_id, at, reason FROM revoked_seals ORDER BY es_id", "")))
        return NULL;
    while (store_step(store, ask, &cause)) {
        StoreRevoked *row = g_new0(StoreRevoked, 1);
        row->es_id = store_text(ask, 0);
        row->at = store_int(ask, 1);
        row->reason = store_text(ask, 2);
        g_ptr_array_add(rows, row);
    }
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return g_steal_pointer(&rows);
}
