/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hub_prove.c: one key asked apart from any burn. It proves its holder: its certificate's private key signs a challenge,
 * for an exchange, where another CA's key stands for its holder. Or it is wiped, after its certificates were revoked.
 */
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "burner/job.h"
#include "core/error.h"

typedef struct {
    BurnHub *hub;
    const char *serial;
    GVariant *answer;
    BurnFault kind;
    char *fault;
    gboolean done, closed;
} Ask;

static void
on_answer(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Ask *a = data;
    a->answer = answer != NULL ? g_variant_ref(answer) : NULL;
    a->kind = fault;
    a->fault = g_strdup(text);
    a->done = TRUE;
}

static void
on_closed(gpointer data)
{
    ((Ask *)data)->closed = TRUE;
}

/* NULL with SB_ERROR_TOKEN, or SB_ERROR_PIN. */
static GVariant *
answer_of(Ask *a, GError **error)
{
    while (!a->done)
        g_main_context_iteration(a->hub->context, TRUE);
    a->done = FALSE;
    gboolean pin = a->kind == BURN_FAULT_PIN || a->kind == BURN_FAULT_LOCKED;
    if (a->answer == NULL)
        g_set_error(error, SB_ERROR, pin ? SB_ERROR_PIN : SB_ERROR_TOKEN, "key %s: %s", a->serial, a->fault);
    g_clear_pointer(&a->fault, g_free);
    return g_steal_pointer(&a->answer);
}

static GVariant *
ask(Ask *a, BurnWorker *w, BurnMessage type, GVariant *body, const char *answer_type, GError **error)
{
    guint deadline = a->hub->config.call_ms > 0 ? a->hub->config.call_ms : 30000;
    burn_worker_ask(w, type, body, answer_type, deadline, on_answer, a);
    return answer_of(a, error);
}

static gboolean
send_pin(Ask *a, BurnWorker *w, guint which, const BurnPin *pin, GError **error)
{
    BurnPins pins = { 0 };
    pins.pin[which] = burn_pin_bytes(pin);
    pins.length[which] = (guint8)burn_pin_length(pin);
    burn_worker_ask_pins(w, &pins, 30000, on_answer, a);
    g_autoptr(GVariant) answer = answer_of(a, error);
    return answer != NULL;
}

static GVariant *
bytes_variant(const void *data, gsize size)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);
}

static GBytes *
bytes_of(GVariant *answer)
{
    g_autoptr(GVariant) child = answer != NULL ? g_variant_get_child_value(answer, 0) : NULL;
    return child != NULL ? g_bytes_new(g_variant_get_data(child), g_variant_get_size(child)) : NULL;
}

/* The one certificate that has a private key beside it. */
static const BurnObject *
identity(const BurnInventory *all)
{
    const BurnObject *found = NULL;
    for (guint i = 0; i < all->objects->len; i++) {
        const BurnObject *c = all->objects->pdata[i];
        for (guint k = 0; c->kind == BURN_OBJECT_CERT && k < all->objects->len; k++) {
            const BurnObject *p = all->objects->pdata[k];
            if (p->kind != BURN_OBJECT_PRIVATE || c->id == NULL || p->id == NULL || !g_bytes_equal(c->id, p->id))
                continue;
            if (found != NULL)
                return NULL;
            found = c;
        }
    }
    return found;
}

static BurnKeyType
type_of(GBytes *certificate)
{
    const unsigned char *der = g_bytes_get_data(certificate, NULL);
    X509 *x = d2i_X509(NULL, &der, (long)g_bytes_get_size(certificate));
    gboolean rsa = x != NULL && EVP_PKEY_is_a(X509_get0_pubkey(x), "RSA");
    X509_free(x);
    return rsa ? BURN_KEY_RSA_2048 : BURN_KEY_EC_P256;
}

static GVariant *
open_key(Ask *a, BurnWorker *w, GError **error)
{
    const BurnHubConfig *c = &a->hub->config;
    return ask(a, w, BURN_MSG_OPEN,
               g_variant_new("(ssssst)", c->module, c->slot_filter ? c->slot_filter : "", a->serial, "",
                             c->faults ? c->faults : "", BURN_SLOT_UNKNOWN),
               BURN_TOKEN_TYPE, error);
}

static void
close_worker(Ask *a, BurnWorker *w)
{
    burn_worker_close(w, 10000, on_closed, a);
    while (!a->closed)
        g_main_context_iteration(a->hub->context, TRUE);
}

static gboolean
prove(Ask *a, BurnWorker *w, const BurnPin *pin, GBytes *challenge, GBytes **certificate, GBytes **signature,
      GError **error)
{
    g_autoptr(GVariant) opened = open_key(a, w, error);
    if (opened == NULL || !send_pin(a, w, BURN_PIN_USER, pin, error))
        return FALSE;
    g_autoptr(GVariant) looked = ask(a, w, BURN_MSG_LOOK, g_variant_new("(bb)", TRUE, TRUE), BURN_INVENTORY_TYPE, error);
    g_autoptr(BurnInventory) all = looked != NULL ? burn_inventory_unpack(looked) : NULL;
    const BurnObject *o = all != NULL ? identity(all) : NULL;
    if (looked != NULL && o == NULL)
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "key %s holds none or several certificates with a private key", a->serial);
    if (o == NULL)
        return FALSE;
    g_autoptr(GVariant) read = ask(a, w, BURN_MSG_READ, g_variant_new("(u@ay)", BURN_OBJECT_CERT, bytes_variant(o->sha256, 32)),
                                   "(ay)", error);
    *certificate = bytes_of(read);
    if (*certificate == NULL)
        return FALSE;
    BurnKeyType type = type_of(*certificate);
    g_autoptr(GBytes) input = burn_signature_input(type, challenge);
    g_autoptr(GVariant) sent = ask(a, w, BURN_MSG_SIGN,
                                   g_variant_new("(u@ay@ay)", type,
                                                 bytes_variant(g_bytes_get_data(o->id, NULL), g_bytes_get_size(o->id)),
                                                 bytes_variant(g_bytes_get_data(input, NULL), g_bytes_get_size(input))),
                                   "(ay)", error);
    g_autoptr(GBytes) raw = bytes_of(sent);
    *signature = raw != NULL ? burn_signature_der(type, raw) : NULL;
    return *signature != NULL;
}

gboolean
burn_hub_prove(BurnHub *hub, const char *serial, const BurnPin *pin, GBytes *challenge, GBytes **certificate,
               GBytes **signature, GError **error)
{
    Ask a = { .hub = hub, .serial = serial };
    BurnWorker *w = burn_worker_start(hub->nursery, hub->context, error);
    if (w == NULL)
        return FALSE;
    *certificate = *signature = NULL;
    gboolean ok = prove(&a, w, pin, challenge, certificate, signature, error);
    close_worker(&a, w);
    if (ok && !burn_signature_verifies(*certificate, challenge, *signature)) {
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "the signature of key %s does not verify under its certificate", serial);
        ok = FALSE;
    }
    if (!ok) {
        g_clear_pointer(certificate, g_bytes_unref);
        g_clear_pointer(signature, g_bytes_unref);
    }
    return ok;
}

/* ---- wiping ---- */

/* Only a key of ours answers to our SO PIN. */
static gboolean
is_ours(Ask *a, GVariant *opened, GError **error)
{
    g_autoptr(BurnTokenInfo) info = burn_token_info_unpack(opened);
    if (info != NULL && g_str_has_prefix(info->label, "SB-"))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "key %s does not bear our label: it is not wiped", a->serial);
    return FALSE;
}

gboolean
burn_hub_wipe(BurnHub *hub, const char *serial, GError **error)
{
    Ask a = { .hub = hub, .serial = serial };
    BurnWorker *w = burn_worker_start(hub->nursery, hub->context, error);
    if (w == NULL)
        return FALSE;
    g_autoptr(BurnPin) so = burn_pin_so(hub->pins, serial);
    g_autoptr(GVariant) opened = open_key(&a, w, error);
    g_autoptr(GVariant) blank = opened != NULL && is_ours(&a, opened, error) && send_pin(&a, w, BURN_PIN_SO, so, error)
                                    ? ask(&a, w, BURN_MSG_INIT, g_variant_new("(s)", BURN_LABEL_WIPED), BURN_TOKEN_TYPE, error)
                                    : NULL;
    close_worker(&a, w);
    return blank != NULL;
}
