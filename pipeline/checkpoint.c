/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signs and verifies checkpoints. What is signed is one line of text: "sealbatch audit SEQ HASH".
 */
#include "pipeline/checkpoint.h"

#include <string.h>

#include "pipeline/pin_letter.h"
#include "sealgen/maker.h"
#include "sealgen/sm2.h"

static void
digest_of(const Sm2Key *key, gint64 seq, const char *hash, guint8 digest[SM2_DIGEST_BYTES])
{
    g_autofree char *text = g_strdup_printf("sealbatch audit %" G_GINT64_FORMAT " %s", seq, hash);
    sm2_digest(key, text, strlen(text), digest);
}

static char *
maker_file(Workspace *ws, const char *name)
{
    g_autofree char *folder = workspace_path(ws, config_text(ws->config, "seal", "maker"));
    return g_build_filename(folder, name, NULL);
}

static Sm2Key *
load_key(Workspace *ws, GError **error)
{
    g_autofree char *path = maker_file(ws, MAKER_KEY);
    char *pem = NULL;
    gsize length;
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(path, &pem, &length, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", cause->message);
        return NULL;
    }
    Sm2Key *key = sm2_key_from_pem(pem, length, error);
    sm2_secret_free(pem);
    return key;
}

gboolean
checkpoint_make(Workspace *ws, GError **error)
{
    g_autofree char *path = maker_file(ws, MAKER_KEY), *cert_path = maker_file(ws, MAKER_CERT);
    StoreCheckpoint c = { 0 };
    guint8 digest[SM2_DIGEST_BYTES];
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autoptr(Sm2Key) key = load_key(ws, error);
    g_autofree char *head = NULL;
    if (!key || !store_audit_verify(ws->store, &c.seq, &head, error))
        return FALSE;
    g_autoptr(GBytes) certificate = pin_letter_recipient(cert_path, error);
    if (!certificate)
        return FALSE;
    digest_of(key, c.seq, head, digest);
    g_autoptr(GBytes) signature = sm2_sign_digest(key, digest, error);
    if (!signature)
        return FALSE;
    c.hash = head;
    c.certificate = certificate;
    c.signature = signature;
    return store_put_checkpoint(ws->store, &c, error);
}

static gboolean
fits(Store *store, const StoreCheckpoint *c, GError **error)
{
    guint8 digest[SM2_DIGEST_BYTES];
    g_autofree char *hash = store_audit_hash(store, c->seq, NULL);
    g_autoptr(Sm2Key) key = sm2_key_from_certificate(c->certificate, NULL);
    gsize length;
    const void *signature = g_bytes_get_data(c->signature, &length);
    if (key)
        digest_of(key, c->seq, c->hash, digest);
    if (key && hash && !strcmp(hash, c->hash) && sm2_verify_digest(key, digest, signature, length, NULL))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY,
                "audit: the signed checkpoint at line %" G_GINT64_FORMAT " does not fit the chain; tell the security officer",
                c->seq);
    return FALSE;
}

gboolean
checkpoint_verify_all(Workspace *ws, guint *ours, GError **error)
{
    g_autofree char *path = maker_file(ws, MAKER_CERT);
    g_autoptr(GBytes) maker = pin_letter_recipient(path, NULL);
    g_autoptr(GPtrArray) list = store_checkpoints(ws->store, error);
    *ours = 0;
    for (guint i = 0; list && i < list->len; i++) {
        const StoreCheckpoint *c = list->pdata[i];
        if (!fits(ws->store, c, error))
            return FALSE;
        *ours += maker && g_bytes_equal(maker, c->certificate);
    }
    return list != NULL;
}
