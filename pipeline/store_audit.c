/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit chain: line n's hash is SM3 over the hash before it and all of line n.
 *
 *     hash(n) = SM3( hash(n-1) | seq: 8 bytes big-endian | at 00 event 00 subject 00 detail 00 ),  hash(0) = 32 x 00
 *
 * Sequence numbers have no gap, so a line cannot be taken out either; and no personal data is in it: subjects
 * are order numbers, digests and serials.
 */
#include <openssl/evp.h>
#include <sqlite3.h>
#include <string.h>

#include "pipeline/store_inner.h"

enum { HASH_BYTES = 32 };

typedef struct {
    gint64 seq;
    guint8 hash[HASH_BYTES];
} Link;

static gboolean
link_hash(const Link *previous, gint64 seq, const char *const texts[4], guint8 hash[HASH_BYTES])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    guint64 number = GUINT64_TO_BE((guint64)seq);
    gboolean fine = md && EVP_DigestInit_ex(md, EVP_sm3(), NULL) == 1 &&
                    EVP_DigestUpdate(md, previous->hash, HASH_BYTES) == 1 &&
                    EVP_DigestUpdate(md, &number, sizeof number) == 1;
    for (guint i = 0; i < 4; i++)
        fine = fine && EVP_DigestUpdate(md, texts[i], strlen(texts[i]) + 1) == 1;
    fine = fine && EVP_DigestFinal_ex(md, hash, NULL) == 1;
    EVP_MD_CTX_free(md);
    return fine;
}

static char *
utc_now(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
}

static gboolean
last_link(Store *store, Link *link, GError **error)
{
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
    memset(link, 0, sizeof *link);
    if (store_step(store, ask, &cause)) {
        link->seq = store_int(ask, 0);
        if (sqlite3_column_bytes(ask, 1) == HASH_BYTES)
            memcpy(link->hash, sqlite3_column_blob(ask, 1), HASH_BYTES);
    }
    store_done(ask);
    if (cause)
        g_propagate_error(error, cause);
    return cause == NULL;
}

gboolean
store_audit_link(Store *store, const char *event, const char *subject, const char *detail, GError **error)
{
    Link last;
    guint8 hash[HASH_BYTES];
    g_autofree char *at = utc_now();
    const char *const texts[4] = { at, event, subject ? subject : "", detail ? detail : "" };
    if (!last_link(store, &last, error))
        return FALSE;
    if (!link_hash(&last, last.seq + 1, texts, hash)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "OpenSSL cannot compute SM3");
        return FALSE;
    }
    g_autoptr(GBytes) bytes = g_bytes_new(hash, HASH_BYTES);
    return store_run(store, error, "INSERT INTO audit(seq, at, event, subject, detail, hash) VALUES(?,?,?,?,?,?)",
                     "ittttb", last.seq + 1, texts[0], texts[1], texts[2], texts[3], bytes);
}

gboolean
store_audit(Store *store, const char *event, const char *subject, const char *detail, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, store_audit_link(store, event, subject, detail, error), error);
}

/* Checks the row under @ask against @last and moves @last on. */
static gboolean
check_link(sqlite3_stmt *ask, Link *last, GError **error)
{
    guint8 hash[HASH_BYTES];
    g_autofree char *at = store_text(ask, 1), *event = store_text(ask, 2), *subject = store_text(ask, 3),
                    *detail = store_text(ask, 4);
    const char *const texts[4] = { at, event, subject, detail };
    gint64 seq = store_int(ask, 0);
    if (seq != last->seq + 1) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY,
                    "audit: line %" G_GINT64_FORMAT " is missing; tell the security officer and restore a backup",
                    last->seq + 1);
        return FALSE;
    }
    if (!link_hash(last, seq, texts, hash) || sqlite3_column_bytes(ask, 5) != HASH_BYTES ||
        memcmp(hash, sqlite3_column_blob(ask, 5), HASH_BYTES) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY,
                    "audit: line %" G_GINT64_FORMAT " or the one before it was changed; tell the security officer",
                    seq);
        return FALSE;
    }
    last->seq = seq;
    memcpy(last->hash, hash, HASH_BYTES);
    return TRUE;
}

static char *
to_hex(const guint8 *bytes, gsize length)
{
    GString *text = g_string_sized_new(2 * length);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

gboolean
store_audit_verify(Store *store, gint64 *lines, char **head, GError **error)
{
    Link last = { 0 };
    GError *cause = NULL;
    sqlite3_stmt *ask =
        store_ask(store, &cause, "SELECT seq, at, event, subject, detail, hash FROM audit ORDER BY seq", "");
    while (!cause && store_step(store, ask, &cause))
        if (!check_link(ask, &last, &cause))
            break;
    store_done(ask);
    if (lines)
        *lines = last.seq;
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (head)
        *head = to_hex(last.hash, HASH_BYTES);
    return TRUE;
}

void
store_audit_free(StoreAudit *line)
{
    if (!line)
        return;
    g_free(line->at);
    g_free(line->event);
    g_free(line->subject);
    g_free(line->detail);
    g_free(line);
}

static gpointer
audit_from_row(sqlite3_stmt *ask)
{
    StoreAudit *line = g_new0(StoreAudit, 1);
    line->seq = store_int(ask, 0);
    line->at = store_text(ask, 1);
    line->event = store_text(ask, 2);
    line->subject = store_text(ask, 3);
    line->detail = store_text(ask, 4);
    return line;
}

GPtrArray *
store_audit_list(Store *store, gint64 from, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error,
                                  "SELECT seq, at, event, subject, detail FROM audit WHERE seq >= ? ORDER BY seq", "i",
                                  from);
    return store_rows(store, ask, audit_from_row, (GDestroyNotify)store_audit_free, error);
}

/* ---- checkpoints -------------------------------------------------------------------------------------- */

void
store_checkpoint_free(StoreCheckpoint *c)
{
    if (!c)
        return;
    g_free(c->hash);
    g_clear_pointer(&c->certificate, g_bytes_unref);
    g_clear_pointer(&c->signature, g_bytes_unref);
    g_free(c);
}

gboolean
store_put_checkpoint(Store *store, const StoreCheckpoint *c, GError **error)
{
    return store_run(store, error,
                     "INSERT OR REPLACE INTO checkpoints(seq, hash, certificate, signature) VALUES(?,?,?,?)", "itbb",
                     c->seq, c->hash, c->certificate, c->signature);
}

static gpointer
checkpoint_from_row(sqlite3_stmt *ask)
{
    StoreCheckpoint *c = g_new0(StoreCheckpoint, 1);
    c->seq = store_int(ask, 0);
    c->hash = store_text(ask, 1);
    c->certificate = store_blob(ask, 2);
    c->signature = store_blob(ask, 3);
    return c;
}

GPtrArray *
store_checkpoints(Store *store, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error, "SELECT seq, hash, certificate, signature FROM checkpoints ORDER BY seq", "");
    return store_rows(store, ask, checkpoint_from_row, (GDestroyNotify)store_checkpoint_free, error);
}

char *
store_audit_hash(Store *store, gint64 seq, GError **error)
{
    sqlite3_stmt *ask = store_ask(store, error, "SELECT lower(hex(hash)) FROM audit WHERE seq = ?", "i", seq);
    char *hash = ask && store_step(store, ask, error) ? store_text(ask, 0) : NULL;
    store_done(ask);
    return hash;
}
