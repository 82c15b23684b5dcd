/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts from the hub, and whose certificate proves an exchange.
 */
#include "pipeline/burn_facts.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <string.h>
#include <sys/random.h>

#include "core/text.h"
#include "pipeline/pin_letter.h"

static const char *const NAMES[] = { "proof-certificate", "proof-challenge", "proof-signature", "lost-key",
                                     "old-certificate" };

static gboolean
keep(const BurnJournal *journal, const char *order_id, guint name, GBytes *bytes, GError **error)
{
    return journal->keep(journal->self, order_id, NAMES[name], bytes, error);
}

gboolean
burn_facts_load(const BurnJournal *journal, const char *order_id, BurnFacts *facts, GError **error)
{
    GBytes *lost = NULL;
    GBytes **places[] = { &facts->proof_certificate, &facts->proof_challenge, &facts->proof_signature, &lost,
                          &facts->old_certificate };
    *facts = (BurnFacts){ 0 };
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        if (!journal->fetch(journal->self, order_id, NAMES[i], places[i], error)) {
            g_clear_pointer(&lost, g_bytes_unref);
            burn_facts_clear(facts);
            return FALSE;
        }
    facts->lost = lost ? g_strndup(g_bytes_get_data(lost, NULL), g_bytes_get_size(lost)) : NULL;
    g_clear_pointer(&lost, g_bytes_unref);
    return TRUE;
}

void
burn_facts_clear(BurnFacts *facts)
{
    g_clear_pointer(&facts->proof_certificate, g_bytes_unref);
    g_clear_pointer(&facts->proof_challenge, g_bytes_unref);
    g_clear_pointer(&facts->proof_signature, g_bytes_unref);
    g_clear_pointer(&facts->lost, g_free);
    g_clear_pointer(&facts->old_certificate, g_bytes_unref);
}

gboolean
burn_facts_keep_proof(const BurnJournal *journal, const char *order_id, GBytes *certificate, GBytes *challenge,
                      GBytes *signature, GError **error)
{
    return keep(journal, order_id, 0, certificate, error) && keep(journal, order_id, 1, challenge, error) &&
           keep(journal, order_id, 2, signature, error);
}

gboolean
burn_facts_keep_lost(const BurnJournal *journal, const char *order_id, const char *serial, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(serial, strlen(serial));
    return keep(journal, order_id, 3, bytes, error);
}

gboolean
burn_facts_keep_old(const BurnJournal *journal, const char *order_id, const char *file, GError **error)
{
    g_autoptr(GBytes) der = pin_letter_recipient(file, error);
    return der && keep(journal, order_id, 4, der, error);
}

GBytes *
burn_facts_challenge(const char *order_id)
{
    guint8 random[32];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return NULL;
    GString *text = g_string_new("sealbatch exchange ");
    g_string_append_printf(text, "%s ", order_id);
    for (guint i = 0; i < sizeof random; i++)
        g_string_append_printf(text, "%02x", random[i]);
    return g_string_free_to_bytes(text);
}

/* ---- whose certificate ---------------------------------------------------------------------------------- */

static gboolean
holds_code(GBytes *certificate, const char *code)
{
    g_autofree char *folded = code ? text_fold_code(code) : NULL;
    gsize length;
    const void *der = g_bytes_get_data(certificate, &length);
    return folded && strlen(folded) >= 8 && memmem(der, length, folded, strlen(folded)) != NULL;
}

static gboolean
subject_is_named(X509 *x, const char *name)
{
    const X509_NAME *subject = X509_get_subject_name(x);
    g_autofree char *wanted = name ? text_fold(name) : NULL;
    gboolean found = FALSE;
    for (int i = 0; wanted && *wanted && !found && i < X509_NAME_entry_count(subject); i++) {
        unsigned char *text = NULL;
        if (ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i))) < 0)
            continue;
        g_autofree char *folded = g_utf8_validate((char *)text, -1, NULL) ? text_fold((char *)text) : NULL;
        found = !g_strcmp0(folded, wanted);
        OPENSSL_free(text);
    }
    return found;
}

static gboolean
is_issued_under(X509 *x, const char *trust, gint64 now)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    gboolean fine = store && ctx && X509_STORE_load_file(store, trust) == 1 &&
                    X509_STORE_CTX_init(ctx, store, x, NULL) == 1;
    if (fine) {
        X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), (time_t)now);
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN); /* the issuing CA alone may be named */
        fine = X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
    return fine;
}

static const char *
what_is_wrong(GBytes *certificate, X509 *x, const Order *order, const char *trust, gint64 now)
{
    const OrderPerson *person = order->operator_.name && *order->operator_.name ? &order->operator_ : &order->legal_rep;
    gboolean enterprise = order->subject_type == SUBJECT_ENTERPRISE;
    time_t at = (time_t)now;
    if (!x)
        return "its certificate cannot be decoded";
    if (!holds_code(certificate, enterprise ? order->credit_code : person->id_number) &&
        !subject_is_named(x, enterprise ? order->company_name : person->name))
        return "its certificate names another holder than the order";
    if (X509_cmp_time(X509_get0_notAfter(x), &at) < 0 || X509_cmp_time(X509_get0_notBefore(x), &at) > 0)
        return "its certificate is not in force";
    if (!is_issued_under(x, trust, now))
        return "its certificate is not issued by a CA of [ca] exchange_trust";
    return NULL;
}

gboolean
burn_facts_check_proof(GBytes *certificate, const Order *order, const char *trust, gint64 now, GError **error)
{
    gsize length;
    const guchar *der = g_bytes_get_data(certificate, &length);
    X509 *x = d2i_X509(NULL, &der, (long)length);
    const char *wrong = what_is_wrong(certificate, x, order, trust, now);
    X509_free(x);
    if (wrong)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the key does not prove the holder of %s: %s", order->order_id, wrong);
    return wrong == NULL;
}
