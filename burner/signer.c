/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signer.c: open a token once, then sign with it.
 */
#include "burner/signer.h"

#include "burner/inventory.h"
#include "burner/one_worker.h"
#include "core/error.h"

#define DIGEST_BYTES 32

extern char **environ;

struct BurnSigner {
    BurnOneWorker *worker;
    GBytes *key_id;
    gboolean pin_refused;
};

BurnSigner *
burn_signer_open(const BurnSignerConfig *config, const BurnPin *pin, GError **error)
{
    if (!config->serial || !*config->serial || !config->mechanism) {
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "a signing token is named by its serial and its SM2 mechanism");
        return NULL;
    }
    g_autofree char *number = g_strdup_printf("0x%08x", config->mechanism);
    g_auto(GStrv) env = g_environ_setenv(g_strdupv(environ), BURN_SM2_MECHANISM_ENV, number, TRUE);
    g_autoptr(BurnSigner) signer = g_new0(BurnSigner, 1);
    signer->key_id = config->key_id ? g_bytes_ref(config->key_id) : g_bytes_new(NULL, 0);
    signer->worker = burn_one_worker_start(config->worker, env, config->call_ms, error);
    if (!signer->worker)
        return NULL;
    g_autoptr(GVariant) token = burn_one_worker_ask(
        signer->worker, BURN_MSG_OPEN, g_variant_new("(ssssst)", config->module, "", config->serial, "", "", BURN_SLOT_UNKNOWN),
        BURN_TOKEN_TYPE, error);
    if (!token || !burn_one_worker_give_pin(signer->worker, pin, error))
        return NULL;
    return g_steal_pointer(&signer);
}

static GVariant *
byte_array(gconstpointer data, gsize length)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, length, 1);
}

GBytes *
burn_signer_sign(BurnSigner *signer, const guint8 *digest, gsize length, GError **error)
{
    gsize id_length;
    gconstpointer id = g_bytes_get_data(signer->key_id, &id_length);
    GError *cause = NULL;
    if (length != DIGEST_BYTES || signer->pin_refused) {
        g_set_error(error, SB_ERROR, length == DIGEST_BYTES ? SB_ERROR_PIN : SB_ERROR_TOKEN, "token: %s",
                    length == DIGEST_BYTES ? "its PIN was refused and is not tried again" : "a digest is 32 bytes");
        return NULL;
    }
    g_autoptr(GVariant) reply = burn_one_worker_ask(
        signer->worker, BURN_MSG_SIGN,
        g_variant_new("(u@ay@ay)", BURN_KEY_SM2, byte_array(id, id_length), byte_array(digest, length)), "(ay)",
        &cause);
    if (!reply) {
        signer->pin_refused = g_error_matches(cause, SB_ERROR, SB_ERROR_PIN);
        g_propagate_error(error, cause);
        return NULL;
    }
    g_autoptr(GVariant) signature = g_variant_get_child_value(reply, 0);
    return g_variant_get_data_as_bytes(signature);
}

void
burn_signer_free(BurnSigner *signer)
{
    if (!signer)
        return;
    burn_one_worker_free(signer->worker);
    g_bytes_unref(signer->key_id);
    g_free(signer);
}
