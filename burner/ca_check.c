/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ca_check.c: no token gets a certificate that was not looked at: it must be for the key, the subject and the time
 * that were asked for, from the CA that was asked. Also what the CA backends share about certificates.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "burner/ca.h"
#include "burner/ca_util.h"
#include "core/error.h"

#define DAY 86400
#define SM2_ID "1234567812345678" /* GB/T 32918: the default distinguishing identifier */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)

static X509 *
decode(GBytes *der)
{
    gsize size;
    const unsigned char *bytes = g_bytes_get_data(der, &size), *end = bytes + size;
    X509 *x = d2i_X509(NULL, &bytes, (long)size);
    if (x != NULL && bytes != end) { /* bytes behind it would be written to the token too */
        X509_free(x);
        x = NULL;
    }
    return x;
}

static GBytes *
take_der(unsigned char *der, int size)
{
    GBytes *bytes = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    return bytes;
}

char *
ca_key_name(GBytes *public_key)
{
    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, public_key);
}

GPtrArray *
ca_file_certificates(const char *file, GError **error)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(BIO) in = BIO_new_file(file, "rb");
    X509 *x;
    while (in != NULL && all->len < 32 && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
        unsigned char *der = NULL;
        int size = i2d_X509(x, &der);
        g_ptr_array_add(all, take_der(der, size));
        X509_free(x);
    }
    if (in != NULL && all->len == 0 && BIO_reset(in) == 0 && (x = d2i_X509_bio(in, NULL)) != NULL) {
        unsigned char *der = NULL;
        int size = i2d_X509(x, &der);
        g_ptr_array_add(all, take_der(der, size));
        X509_free(x);
    }
    ERR_clear_error();
    if (all->len > 0)
        return all;
    g_ptr_array_unref(all);
    g_set_error(error, SB_ERROR, SB_ERROR_CA, "no certificate can be read from %s", file);
    return NULL;
}

GBytes *
ca_file_certificate(const char *file)
{
    g_autoptr(GPtrArray) all = ca_file_certificates(file, NULL);
    return all != NULL ? g_bytes_ref(all->pdata[0]) : NULL;
}

static GBytes *
public_key_of(X509 *x)
{
    unsigned char *der = NULL;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    return take_der(der, size);
}

GBytes *
burn_cert_public_key(GBytes *certificate, GError **error)
{
    g_autoptr(X509) x = decode(certificate);
    GBytes *key = x != NULL ? public_key_of(x) : NULL;
    if (key == NULL)
        g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, "a certificate cannot be decoded");
    return key;
}

GBytes *
burn_cert_subject(GBytes *certificate, GError **error)
{
    g_autoptr(X509) x = decode(certificate);
    unsigned char *der = NULL;
    int size = x != NULL ? i2d_X509_NAME(X509_get_subject_name(x), &der) : -1;
    GBytes *subject = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    if (subject == NULL)
        g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, "a certificate cannot be decoded");
    return subject;
}

static gboolean
refuse(GError **error, const char *what)
{
    g_set_error(error, SB_ERROR, SB_ERROR_CA, "the certificate that came back %s", what);
    return FALSE;
}

static gint64
seconds(const ASN1_TIME *time)
{
    struct tm tm;
    return ASN1_TIME_to_tm(time, &tm) == 1 ? (gint64)timegm(&tm) : -1;
}

/* Multi-valued RDNs aside, the CA may encode a string otherwise than we did (UTF8String for PrintableString), so
 * the canonical comparison of RFC 5280 7.1 is used, not bytes. */
static gboolean
subject_is(X509 *x, GBytes *subject)
{
    gsize size;
    const unsigned char *der = g_bytes_get_data(subject, &size);
    X509_NAME *name = d2i_X509_NAME(NULL, &der, (long)size);
    gboolean same = name != NULL && X509_NAME_cmp(name, X509_get_subject_name(x)) == 0;
    X509_NAME_free(name);
    return same;
}

static gboolean
signed_by(X509 *x, X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    if (key == NULL || X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(issuer)) != 0)
        return FALSE;
    if (EVP_PKEY_is_a(key, "SM2")) {
        ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
        ASN1_OCTET_STRING_set(id, (const unsigned char *)SM2_ID, sizeof SM2_ID - 1);
        X509_set0_distinguishing_id(x, id);
    }
    return X509_verify(x, key) == 1;
}

struct BurnCaChain {
    GPtrArray *certificates; /* X509 */
};

BurnCaChain *
burn_ca_chain_new(GPtrArray *certificates, GError **error)
{
    g_autoptr(BurnCaChain) chain = g_new0(BurnCaChain, 1);
    chain->certificates = g_ptr_array_new_with_free_func((GDestroyNotify)X509_free);
    for (guint i = 0; i < certificates->len; i++) {
        X509 *x = decode(certificates->pdata[i]);
        if (x != NULL)
            g_ptr_array_add(chain->certificates, x);
    }
    ERR_clear_error();
    if (certificates->len > 0 && chain->certificates->len == certificates->len)
        return g_steal_pointer(&chain);
    g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, "the CA's own certificates cannot be decoded");
    return NULL;
}

void
burn_ca_chain_free(BurnCaChain *chain)
{
    if (chain == NULL)
        return;
    g_ptr_array_unref(chain->certificates);
    g_free(chain);
}

/* Each certificate of the chain is signed by the next; the last is what the profile trusts. */
static gboolean
chains(X509 *x, const BurnCaChain *chain, gint64 now)
{
    X509 *below = x;
    for (guint i = 0; i < chain->certificates->len; i++) {
        X509 *issuer = chain->certificates->pdata[i];
        if (X509_check_ca(issuer) == 0 || seconds(X509_get0_notBefore(issuer)) > now + DAY ||
            seconds(X509_get0_notAfter(issuer)) < now || !signed_by(below, issuer))
            return FALSE;
        below = issuer;
    }
    return TRUE;
}

/* (transfer full) */
static char *
day_text(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return time != NULL ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("?");
}

static gboolean
refuse_term(GError **error, gboolean start, gint64 is, gint64 wanted)
{
    g_autofree char *a = day_text(is), *b = day_text(wanted);
    if (start)
        g_set_error(error, SB_ERROR, SB_ERROR_CA, "the certificate that came back starts on %s, it was asked to start on %s", a, b);
    else
        g_set_error(error, SB_ERROR, SB_ERROR_CA, "the certificate that came back ends on %s, it was asked to end on %s", a, b);
    return FALSE;
}

gboolean
burn_ca_check(GBytes *certificate, const BurnCaRequest *request, const BurnCaChain *chain, gint64 now, GError **error)
{
    g_autoptr(X509) x = decode(certificate);
    if (x == NULL)
        return refuse(error, "cannot be decoded");
    g_autoptr(GBytes) key = public_key_of(x);
    if (key == NULL || !g_bytes_equal(key, request->public_key))
        return refuse(error, "is for another public key");
    if (!subject_is(x, request->subject))
        return refuse(error, "has another subject than was asked for");
    if (X509_get_version(x) != 2 || X509_check_ca(x) != 0)
        return refuse(error, "is not a version 3 end entity certificate");
    gint64 from = seconds(X509_get0_notBefore(x)), until = seconds(X509_get0_notAfter(x));
    if (from < 0 || until <= from || from > now + DAY || from < MIN(now, request->not_before) - DAY)
        return refuse_term(error, TRUE, from, request->not_before);
    if (until < request->not_after - DAY || until > request->not_after + DAY)
        return refuse_term(error, FALSE, until, request->not_after);
    if (!chains(x, chain, now))
        return refuse(error, "is not from the CA that was asked: issuer or signature does not fit");
    return TRUE;
}

static char *
name_text(const X509_NAME *name)
{
    g_autoptr(BIO) out = BIO_new(BIO_s_mem());
    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    char *data;
    long size = BIO_get_mem_data(out, &data);
    return g_utf8_make_valid(data, size);
}

static char *
serial_text(X509 *x)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = number != NULL ? BN_bn2hex(number) : NULL;
    char *text = g_strdup(hex != NULL ? hex : "");
    OPENSSL_free(hex);
    BN_free(number);
    return text;
}

gboolean
burn_cert_describe(GBytes *certificate, char **subject, char **issuer, char **serial_hex, gint64 *not_before,
                   gint64 *not_after, GError **error)
{
    g_autoptr(X509) x = decode(certificate);
    if (x == NULL) {
        g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, "a certificate cannot be decoded");
        return FALSE;
    }
    if (subject != NULL)
        *subject = name_text(X509_get_subject_name(x));
    if (issuer != NULL)
        *issuer = name_text(X509_get_issuer_name(x));
    if (serial_hex != NULL)
        *serial_hex = serial_text(x);
    if (not_before != NULL)
        *not_before = seconds(X509_get0_notBefore(x));
    if (not_after != NULL)
        *not_after = seconds(X509_get0_notAfter(x));
    return TRUE;
}

void
burn_ca_free(BurnCa *ca)
{
    if (ca != NULL)
        ca->free(ca);
}
