/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readback.c: the only user of libp11. */
#include "burner/readback.h"

#include <libp11.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "burner/backend.h"

typedef struct {
    PKCS11_CTX *ctx;
    PKCS11_SLOT *slots;
    unsigned int n;
    gboolean loaded;
} Way;

static void
way_clear(Way *w)
{
    if (w->slots != NULL)
        PKCS11_release_all_slots(w->ctx, w->slots, w->n);
    if (w->loaded)
        PKCS11_CTX_unload(w->ctx);
    if (w->ctx != NULL)
        PKCS11_CTX_free(w->ctx);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Way, way_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

static gboolean
fault(GError **error, BurnFault code, const char *text)
{
    g_set_error_literal(error, BURN_FAULT_ERROR, (gint)code, text);
    return FALSE;
}

static PKCS11_SLOT *
find_slot(Way *w, const char *serial)
{
    for (unsigned int i = 0; i < w->n; i++)
        if (w->slots[i].token != NULL && w->slots[i].token->serialnr != NULL &&
            strcmp(w->slots[i].token->serialnr, serial) == 0)
            return &w->slots[i];
    return NULL;
}

static gboolean
has_id(const unsigned char *id, size_t size, GBytes *wanted)
{
    return size == g_bytes_get_size(wanted) && memcmp(id, g_bytes_get_data(wanted, NULL), size) == 0;
}

static PKCS11_CERT *
one_certificate(PKCS11_TOKEN *token, GBytes *id)
{
    PKCS11_CERT *all = NULL, *found = NULL;
    unsigned int n = 0, matches = 0;
    if (PKCS11_enumerate_certs(token, &all, &n) != 0)
        return NULL;
    for (unsigned int i = 0; i < n; i++)
        if (all[i].id != NULL && has_id(all[i].id, all[i].id_len, id)) {
            found = &all[i];
            matches++;
        }
    return matches == 1 ? found : NULL;
}

static PKCS11_KEY *
one_key(PKCS11_TOKEN *token, GBytes *id)
{
    PKCS11_KEY *all = NULL, *found = NULL;
    unsigned int n = 0, matches = 0;
    if (PKCS11_enumerate_keys(token, &all, &n) != 0)
        return NULL;
    for (unsigned int i = 0; i < n; i++)
        if (all[i].isPrivate && all[i].id != NULL && has_id(all[i].id, all[i].id_len, id)) {
            found = &all[i];
            matches++;
        }
    return matches == 1 ? found : NULL;
}

static GBytes *
sign(EVP_PKEY *key, GBytes *challenge)
{
    g_autoptr(EVP_MD_CTX) md = EVP_MD_CTX_new();
    unsigned char signature[1024];
    size_t size = sizeof signature, length;
    const unsigned char *data = g_bytes_get_data(challenge, &length);
    if (md == NULL || EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(md, signature, &size, data, length) != 1)
        return NULL;
    return g_bytes_new(signature, size);
}

static gboolean
by_libp11(PKCS11_SLOT *slot, const char *pin, GBytes *id, GBytes *challenge, BurnReadBack *out, GError **error)
{
    if (PKCS11_login(slot, 0, pin) != 0)
        return fault(error, slot->token->userPinLocked ? BURN_FAULT_LOCKED : BURN_FAULT_PIN,
                     "login for the read-back was refused");
    PKCS11_CERT *certificate = one_certificate(slot->token, id);
    unsigned char *der = NULL;
    int size = certificate != NULL && certificate->x509 != NULL ? i2d_X509(certificate->x509, &der) : 0;
    if (size <= 0)
        return fault(error, BURN_FAULT_READ_BACK, "read-back finds no single certificate of this order on the key");
    out->certificate = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    PKCS11_KEY *key = one_key(slot->token, id);
    g_autoptr(EVP_PKEY) pkey = key != NULL ? PKCS11_get_private_key(key) : NULL;
    if (pkey == NULL)
        return fault(error, BURN_FAULT_READ_BACK, "read-back finds no single private key of this order on the key");
    out->signature = sign(pkey, challenge);
    return out->signature != NULL || fault(error, BURN_FAULT_READ_BACK, "the key does not sign the challenge");
}

/* libp11 holds the module initialised and logged in; the raw sessions are fresh. */
static gboolean
by_raw_calls(const char *module, const char *serial, guint64 slot, BurnReadBack *out, GError **error)
{
    BurnBackend *raw = burn_backend_p11_attach(module, serial, slot, error);
    if (raw == NULL)
        return FALSE;
    BurnTokenInfo *info = slot == BURN_SLOT_UNKNOWN ? raw->open(raw, serial, "", slot, error) : NULL;
    if (slot != BURN_SLOT_UNKNOWN || info != NULL)
        out->inventory = raw->look(raw, TRUE, TRUE, error);
    burn_token_info_free(info);
    raw->close(raw);
    return out->inventory != NULL;
}

gboolean
burn_read_back(const char *module, const char *serial, guint64 slot_hint, const char *user_pin, GBytes *id,
               GBytes *challenge, BurnReadBack *out, GError **error)
{
    burn_p11_show_one_slot(module, serial, slot_hint);
    g_auto(Way) w = { .ctx = PKCS11_CTX_new() };
    *out = (BurnReadBack){ 0 };
    w.loaded = w.ctx != NULL && PKCS11_CTX_load(w.ctx, module) == 0;
    if (!w.loaded)
        return fault(error, BURN_FAULT_MODULE, "libp11 cannot load the PKCS#11 module");
    if (PKCS11_enumerate_slots(w.ctx, &w.slots, &w.n) != 0)
        return fault(error, BURN_FAULT_DEVICE, "libp11 cannot list the slots");
    PKCS11_SLOT *slot = find_slot(&w, serial);
    if (slot == NULL)
        return fault(error, BURN_FAULT_GONE, "the key is not plugged in at read-back");
    return by_libp11(slot, user_pin, id, challenge, out, error) &&
           by_raw_calls(module, serial, burn_p11_shown_slot(), out, error);
}

void
burn_read_back_clear(BurnReadBack *out)
{
    g_clear_pointer(&out->inventory, burn_inventory_free);
    g_clear_pointer(&out->certificate, g_bytes_unref);
    g_clear_pointer(&out->signature, g_bytes_unref);
}
