/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What burning produced: certificates and signed seals, by content, with what they were made from.
 */
#include <sqlite3.h>
#include <string.h>

#include "pipeline/store_inner.h"

void
store_certificate_free(StoreCertificate *certificate)
{
    if (!certificate)
        return;
    g_free(certificate->digest);
    g_free(certificate->unit);
    g_free(certificate->token_serial);
    g_free(certificate->serial);
    g_free(certificate);
}

static gboolean
archive(Store *store, gboolean fine, const char *event, const char *unit, const char *digest, GError **error)
{
    if (fine && store_changed(store) > 0)
        fine = store_audit_link(store, event, unit, digest, error);
    return store_end(store, fine, error);
}

gboolean
store_archive_certificate(Store *store, const char *order_id, const StoreCertificate *c, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_run(store, error,
                              "INSERT OR IGNORE INTO certificates(digest, unit, order_no, holder, token_serial, serial,"
                              " not_before, not_after) SELECT ?, ?, no, holder, ?, ?, ?, ? FROM orders WHERE order_id = ?",
                              "ttttiit", c->digest, c->unit, c->token_serial, c->serial, c->not_before, c->not_after,
                              order_id);
    return archive(store, fine, "certificate_made", c->unit, c->digest, error);
}

gboolean
store_archive_seal(Store *store, const char *order_id, const char *unit, const char *es_id, SealType type,
                   const char *picture, const char *seal, const char *certificate, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_run(store, error,
                              "INSERT OR IGNORE INTO made(seal, es_id, unit, order_no, type, picture, certificate, at)"
                              " SELECT ?, ?, ?, no, ?, ?, ?, ? FROM orders WHERE order_id = ?",
                              "ttttttit", seal, es_id, unit, seal_type_name(type), picture, certificate, store_now(),
                              order_id);
    return archive(store, fine, "seal_made", unit, seal, error);
}

GPtrArray *
store_certificates(Store *store, const char *holder, const char *but_order, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_certificate_free);
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT c.digest, c.unit, c.token_serial, c.serial, c.not_before, c.not_after"
                                  " FROM certificates c JOIN orders o ON o.no = c.order_no WHERE c.holder = ?1"
                                  " AND (c.revoked_at IS NULL OR " STORE_OF_ORDER("c.revoked_by", "?2") ")"
                                  " AND (?2 IS NULL OR o.order_id <> ?2)"
                                  " ORDER BY c.rowid DESC", "tt", holder, but_order);
    while (store_step(store, ask, &cause)) {
        StoreCertificate *c = g_new0(StoreCertificate, 1);
        c->digest = store_text(ask, 0);
        c->unit = store_text(ask, 1);
        c->token_serial = store_text(ask, 2);
        c->serial = store_text(ask, 3);
        c->not_before = store_int(ask, 4);
        c->not_after = store_int(ask, 5);
        g_ptr_array_add(list, c);
    }
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return g_steal_pointer(&list);
}

char *
store_holder_of_key(Store *store, const char *token_serial, GError **error)
{
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT holder FROM certificates WHERE token_serial = ? AND revoked_at IS NULL"
                                  " ORDER BY rowid DESC LIMIT 1", "t", token_serial);
    char *holder = store_step(store, ask, &cause) ? store_text(ask, 0) : NULL;
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return holder;
}

gboolean
store_certificate_revoked(Store *store, const char *unit, const char *digest, char **key, GError **error)
{
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT token_serial FROM certificates WHERE digest = ?", "t", digest);
    *key = store_step(store, ask, &cause) ? store_text(ask, 0) : NULL;
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (!store_begin(store, error))
        return FALSE;
    gboolean fine = store_run(store, error,
                              "UPDATE certificates SET revoked_at = ?, revoked_by = ? WHERE digest = ? AND revoked_at IS NULL",
                              "itt", store_now(), unit, digest);
    return archive(store, fine, "certificate_revoked", unit, digest, error);
}

static StoreSeal *
archived_seal(sqlite3_stmt *row, SealType type)
{
    StoreSeal *seal = store_seal_new(type);
    seal->name = store_text(row, 1);
    seal->picture = store_text(row, 2);
    seal->width_mm = store_real(row, 3);
    seal->height_mm = store_real(row, 4);
    seal->px_per_mm = (guint)store_int(row, 5);
    return seal;
}

/* The only one of the last order that had one. @by_name: that bears this name. */
static StoreSeal *
last_seal(Store *store, const char *holder, SealType type, const char *by_name, GError **error)
{
    GError *cause = NULL;
    StoreSeal *seal = NULL;
    gint64 order = 0;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT o.no, s.name, s.picture, s.width_mm, s.height_mm, s.px_per_mm FROM seals s"
                                  " JOIN orders o ON o.no = s.order_no WHERE o.holder = ?1 AND s.type = ?2 AND"
                                  " (?3 IS NULL OR s.name = ?3) AND s.picture IS NOT NULL AND o.state IN"
                                  " ('done', 'purged') ORDER BY o.no DESC", "ttt", holder, seal_type_name(type), by_name);
    while (store_step(store, ask, &cause)) {
        if (order && store_int(ask, 0) != order)
            break;
        if (order) { /* several: which one is not known */
            g_clear_pointer(&seal, store_seal_free);
            break;
        }
        order = store_int(ask, 0);
        seal = archived_seal(ask, type);
    }
    store_done(ask);
    if (cause)
        g_clear_pointer(&seal, store_seal_free);
    if (cause)
        g_propagate_error(error, cause);
    return seal;
}

StoreSeal *
store_archived_seal(Store *store, const char *holder, SealType type, const char *name, GError **error)
{
    GError *cause = NULL;
    StoreSeal *seal = name ? last_seal(store, holder, type, name, &cause) : NULL;
    if (!seal && !cause)
        seal = last_seal(store, holder, type, NULL, &cause);
    if (seal && name && seal->name && strcmp(seal->name, name) != 0 && !seal_type_is_single(type))
        g_clear_pointer(&seal, store_seal_free);
    if (cause)
        g_propagate_error(error, cause);
    return seal;
}
