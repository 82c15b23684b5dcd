/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What burning produced: certificates and signed seals, by content, with what they were made from.
 */
#include <sqlite3.h>

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

StoreCertificate *
store_latest_certificate(Store *store, const char *holder, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT digest, unit, token_serial, serial, not_before, not_after FROM certificates"
                                  " WHERE holder = ? ORDER BY not_after DESC LIMIT 1", "t", holder);
    StoreCertificate *c = NULL;
    if (ask && store_step(store, ask, error)) {
        c = g_new0(StoreCertificate, 1);
        c->digest = store_text(ask, 0);
        c->unit = store_text(ask, 1);
        c->token_serial = store_text(ask, 2);
        c->serial = store_text(ask, 3);
        c->not_before = store_int(ask, 4);
        c->not_after = store_int(ask, 5);
    }
    store_done(ask);
    return c;
}

StoreSeal *
store_archived_seal(Store *store, const char *holder, SealType type, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT s.name, s.picture, s.width_mm, s.height_mm, s.px_per_mm FROM seals s"
                                  " JOIN orders o ON o.no = s.order_no WHERE o.holder = ? AND s.type = ?"
                                  " AND s.picture IS NOT NULL AND o.state IN ('done', 'purged')"
                                  " ORDER BY o.no DESC LIMIT 1", "tt", holder, seal_type_name(type));
    StoreSeal *seal = NULL;
    if (ask && store_step(store, ask, error)) {
        seal = store_seal_new(type);
        seal->name = store_text(ask, 0);
        seal->picture = store_text(ask, 1);
        seal->width_mm = store_real(ask, 2);
        seal->height_mm = store_real(ask, 3);
        seal->px_per_mm = (guint)store_int(ask, 4);
    }
    store_done(ask);
    return seal;
}
