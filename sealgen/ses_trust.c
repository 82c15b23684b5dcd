/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_trust.c: X.509 chains and revocation lists with the SM2 identity on every certificate.
 *
 * Chains are OpenSSL's; revocation lists are looked up here, because X509_CRL_verify of OpenSSL 3.0
 * has no place for the SM2 identity and refuses every list that an SM2 CA signed.
 */
#include "sealgen/ses_trust.h"

#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/error.h"

struct SesTrust {
    X509_STORE *store;
    STACK_OF(X509) *others; /* neither anchors nor trusted */
    STACK_OF(X509_CRL) *crls;
    gboolean self_signed_seen;
    GHashTable *parties; /* SM3 of the DER (GBytes) -> Entry */
};

typedef struct {
    SesParty party; /* first, so that a SesParty leads back here */
    SesChain *chain;
} Entry;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

static void
entry_free(Entry *entry)
{
    X509_free(entry->party.x509);
    sm2_key_free(entry->party.key);
    g_free(entry->party.subject);
    ses_chain_free(entry->chain);
    g_free(entry);
}

void
ses_chain_free(SesChain *chain)
{
    if (!chain)
        return;
    g_free(chain->problem);
    sk_X509_pop_free((STACK_OF(X509) *)chain->certs, X509_free);
    g_free(chain);
}

SesTrust *
ses_trust_new(void)
{
    SesTrust *trust = g_new0(SesTrust, 1);
    trust->store = X509_STORE_new();
    trust->others = sk_X509_new_null();
    trust->crls = sk_X509_CRL_new_null();
    trust->parties =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, (GDestroyNotify)entry_free);
    return trust;
}

void
ses_trust_free(SesTrust *trust)
{
    if (!trust)
        return;
    X509_STORE_free(trust->store);
    sk_X509_pop_free(trust->others, X509_free);
    sk_X509_CRL_pop_free(trust->crls, X509_CRL_free);
    g_hash_table_unref(trust->parties);
    g_free(trust);
}

/* ---- certificates ---- */

static X509 *
with_sm2_id(X509 *cert)
{
    if (cert && X509_get_signature_nid(cert) == NID_SM2_with_SM3) {
        ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
        ASN1_OCTET_STRING_set(id, (const guint8 *)SM2_ID, (int)strlen(SM2_ID));
        X509_set0_distinguishing_id(cert, id);
    }
    return cert;
}

X509 *
ses_x509_parse(GBytes *der, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(der, &length);
    const guint8 *p = data;
    g_autoptr(X509) cert = length ? d2i_X509(NULL, &p, (long)length) : NULL;
    if (!cert || p != data + length) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "not an X.509 certificate in DER");
        return NULL;
    }
    return with_sm2_id(g_steal_pointer(&cert));
}

GBytes *
ses_x509_to_der(X509 *cert)
{
    guint8 *der = NULL;
    int length = i2d_X509(cert, &der);
    GBytes *bytes = g_bytes_new(der, (gsize)MAX(length, 0));
    OPENSSL_free(der);
    return bytes;
}

gboolean
ses_asn1_time_to_unix(const ASN1_TIME *time, gint64 *unix_seconds)
{
    struct tm tm;
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1) {
        ERR_clear_error();
        return FALSE;
    }
    *unix_seconds = (gint64)timegm(&tm);
    return TRUE;
}

static gboolean
validity_of(const X509 *cert, gint64 *from, gint64 *until)
{
    return ses_asn1_time_to_unix(X509_get0_notBefore(cert), from) &&
           ses_asn1_time_to_unix(X509_get0_notAfter(cert), until);
}

static char *
subject_of(const X509 *cert)
{
    g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    long length = BIO_get_mem_data(bio, &text);
    return g_utf8_make_valid(text, length);
}

void
ses_trust_begin(SesTrust *trust)
{
    if (g_hash_table_size(trust->parties) >= 1024)
        g_hash_table_remove_all(trust->parties);
}

const SesParty *
ses_trust_party(SesTrust *trust, GBytes *der, GError **error)
{
    guint8 digest[SM2_DIGEST_BYTES];
    gsize length;
    const guint8 *data = g_bytes_get_data(der, &length);
    sm3_digest(data ? data : (const guint8 *)"", length, digest);
    g_autoptr(GBytes) key = g_bytes_new(digest, sizeof digest);
    Entry *entry = g_hash_table_lookup(trust->parties, key);
    if (entry)
        return &entry->party;

    X509 *x509 = ses_x509_parse(der, error);
    if (!x509)
        return NULL;
    entry = g_new0(Entry, 1);
    entry->party.x509 = x509;
    entry->party.key = sm2_key_from_native_public(X509_get0_pubkey(x509), NULL);
    entry->party.subject = subject_of(x509);
    if (!validity_of(x509, &entry->party.valid_from, &entry->party.valid_until)) {
        entry_free(entry);
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "a certificate's validity is not a date");
        return NULL;
    }
    g_hash_table_insert(trust->parties, g_steal_pointer(&key), entry);
    return &entry->party;
}

/* ---- filling ---- */

static gboolean
is_self_signed(X509 *cert)
{
    return X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0 &&
           (X509_get_extension_flags(cert) & EXFLAG_SS);
}

/* PEM holding any number of certificates and lists. */
static STACK_OF(X509_INFO) *read_pem(GBytes *data)
{
    gsize length;
    gconstpointer bytes = g_bytes_get_data(data, &length);
    g_autoptr(BIO) bio = BIO_new_mem_buf(length ? bytes : "", (int)MIN(length, G_MAXINT));
    STACK_OF(X509_INFO) *infos = PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
    ERR_clear_error();
    return infos;
}

static void
add_certificate(SesTrust *trust, X509 *cert)
{
    if (is_self_signed(cert)) {
        X509_STORE_add_cert(trust->store, cert);
        trust->self_signed_seen = TRUE;
    } else {
        X509_up_ref(cert);
        sk_X509_push(trust->others, cert);
    }
}

gboolean
ses_trust_add_certificates(SesTrust *trust, GBytes *data, GError **error)
{
    int added = 0;
    STACK_OF(X509_INFO) *infos = read_pem(data);
    for (int i = 0; infos && i < sk_X509_INFO_num(infos); i++) {
        X509 *cert = sk_X509_INFO_value(infos, i)->x509;
        if (cert) {
            add_certificate(trust, with_sm2_id(cert));
            added++;
        }
    }
    sk_X509_INFO_pop_free(infos, X509_INFO_free);
    if (added == 0) {
        g_autoptr(X509) cert = ses_x509_parse(data, NULL);
        if (!cert) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "no certificate in it, neither PEM nor DER");
            return FALSE;
        }
        add_certificate(trust, cert);
    }
    ERR_clear_error(); /* a certificate given twice */
    g_hash_table_remove_all(trust->parties);
    return TRUE;
}

gboolean
ses_trust_add_crls(SesTrust *trust, GBytes *data, GError **error)
{
    int added = 0;
    STACK_OF(X509_INFO) *infos = read_pem(data);
    for (int i = 0; infos && i < sk_X509_INFO_num(infos); i++) {
        X509_CRL *crl = sk_X509_INFO_value(infos, i)->crl;
        if (crl && X509_CRL_up_ref(crl) && ++added)
            sk_X509_CRL_push(trust->crls, crl);
    }
    sk_X509_INFO_pop_free(infos, X509_INFO_free);
    if (added == 0) {
        gsize length;
        const guint8 *bytes = g_bytes_get_data(data, &length), *p = bytes;
        X509_CRL *crl = length ? d2i_X509_CRL(NULL, &p, (long)length) : NULL;
        ERR_clear_error();
        if (!crl || p != bytes + length) {
            X509_CRL_free(crl);
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "no revocation list in it, neither PEM nor DER");
            return FALSE;
        }
        sk_X509_CRL_push(trust->crls, crl);
    }
    return TRUE;
}

gboolean
ses_trust_has_anchors(const SesTrust *trust)
{
    return trust->self_signed_seen || sk_X509_num(trust->others) > 0;
}

/* ---- chains ---- */

/* @at NULL: whatever the time. Returns the X509_V_ERR code and, where good, the chain. */
static int
build_chain(const SesTrust *trust, X509 *cert, STACK_OF(X509) *others, const gint64 *at, STACK_OF(X509) **chain)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    gboolean only_given = !trust->self_signed_seen;
    STACK_OF(X509) *untrusted = sk_X509_dup(others);
    for (int i = 0; i < sk_X509_num(untrusted); i++)
        with_sm2_id(sk_X509_value(untrusted, i)); /* those of a time stamp come bare */
    for (int i = 0; i < sk_X509_num(trust->others); i++)
        sk_X509_push(untrusted, sk_X509_value(trust->others, i));
    X509_STORE_CTX_init(ctx, trust->store, cert, untrusted);
    if (only_given) /* nothing self-signed was given: what was given is what is trusted */
        X509_STORE_CTX_set0_trusted_stack(ctx, trust->others);

    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_depth(param, 8);
    unsigned long flags = only_given ? X509_V_FLAG_PARTIAL_CHAIN : 0;
    if (at)
        X509_VERIFY_PARAM_set_time(param, (time_t)*at);
    else
        flags |= X509_V_FLAG_NO_CHECK_TIME;
    X509_VERIFY_PARAM_set_flags(param, flags);

    gboolean good = X509_verify_cert(ctx) == 1;
    int code = X509_STORE_CTX_get_error(ctx);
    *chain = good ? X509_STORE_CTX_get1_chain(ctx) : NULL;
    X509_STORE_CTX_free(ctx);
    sk_X509_free(untrusted);
    ERR_clear_error();
    return good ? X509_V_OK : code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code;
}

SesChain *
ses_trust_chain_with(SesTrust *trust, X509 *cert, gpointer others, gint64 at)
{
    STACK_OF(X509) *certs = NULL, *given = others ? others : sk_X509_new_null();
    int code = build_chain(trust, cert, given, &at, &certs);
    if (code != X509_V_OK)
        code = build_chain(trust, cert, given, NULL, &certs);
    if (!others)
        sk_X509_free(given);

    SesChain *chain = g_new0(SesChain, 1);
    chain->certs = certs;
    chain->trusted = code == X509_V_OK;
    chain->valid_from = G_MININT64;
    chain->valid_until = G_MAXINT64;
    if (!chain->trusted)
        chain->problem = g_strdup(X509_verify_cert_error_string(code));
    for (int i = 0; i < sk_X509_num(certs); i++) {
        gint64 from, until;
        if (!validity_of(sk_X509_value(certs, i), &from, &until)) {
            from = G_MAXINT64; /* never valid */
            until = G_MININT64;
        }
        chain->valid_from = MAX(chain->valid_from, from);
        chain->valid_until = MIN(chain->valid_until, until);
    }
    return chain;
}

const SesChain *
ses_trust_chain(SesTrust *trust, const SesParty *party, gint64 at)
{
    Entry *entry = (Entry *)party;
    if (entry->chain && entry->chain->trusted && entry->chain->valid_from <= at && at <= entry->chain->valid_until)
        return entry->chain;
    ses_chain_free(entry->chain);
    entry->chain = ses_trust_chain_with(trust, party->x509, NULL, at);
    return entry->chain;
}

/* ---- revocation ---- */

/* SM2 by our own check with the identity; other algorithms by OpenSSL. */
static gboolean
crl_signed_by(X509_CRL *crl, X509 *issuer)
{
    EVP_PKEY *pkey = X509_get0_pubkey(issuer);
    gboolean good = FALSE;
    if (!(X509_get_key_usage(issuer) & KU_CRL_SIGN)) /* all bits where there is no such extension */
        return FALSE;
    if (X509_CRL_get_signature_nid(crl) != NID_SM2_with_SM3) {
        good = X509_CRL_verify(crl, pkey) == 1;
        ERR_clear_error();
        return good;
    }
    g_autoptr(Sm2Key) key = sm2_key_from_native_public(pkey, NULL);
    guint8 *tbs = NULL, digest[SM2_DIGEST_BYTES];
    int length = i2d_re_X509_CRL_tbs(crl, &tbs); /* the cached bytes: it was not changed */
    const ASN1_BIT_STRING *signature = NULL;
    X509_CRL_get0_signature(crl, &signature, NULL);
    if (key && length > 0) {
        sm2_digest(key, tbs, (gsize)length, digest);
        good = sm2_verify_digest(key, digest, ASN1_STRING_get0_data(signature), (gsize)ASN1_STRING_length(signature),
                                 NULL);
    }
    OPENSSL_free(tbs);
    return good;
}

/* The newest usable list of this issuer, or NULL. Lists that cover only a part are not used. */
static X509_CRL *
find_crl(const SesTrust *trust, X509 *issuer)
{
    X509_CRL *best = NULL;
    for (int i = 0; i < sk_X509_CRL_num(trust->crls); i++) {
        X509_CRL *crl = sk_X509_CRL_value(trust->crls, i);
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0 ||
            X509_CRL_get_ext_by_critical(crl, 1, -1) >= 0 || !crl_signed_by(crl, issuer))
            continue;
        if (!best || ASN1_TIME_compare(X509_CRL_get0_lastUpdate(crl), X509_CRL_get0_lastUpdate(best)) > 0)
            best = crl;
    }
    return best;
}

SesRevocation
ses_trust_revocation(const SesTrust *trust, const SesChain *chain, gint64 at, gint64 *revoked_at, char **text)
{
    STACK_OF(X509) *certs = chain->certs;
    gboolean missing = FALSE, stale = FALSE, revoked = FALSE;
    for (int i = 0; i + 1 < sk_X509_num(certs); i++) {
        X509_CRL *crl = find_crl(trust, sk_X509_value(certs, i + 1));
        X509_REVOKED *entry = NULL;
        gint64 when, next;
        if (!crl) {
            missing = TRUE;
            continue;
        }
        if (X509_CRL_get0_by_cert(crl, &entry, sk_X509_value(certs, i)) == 1) {
            if (!ses_asn1_time_to_unix(X509_REVOKED_get0_revocationDate(entry), &when))
                when = G_MININT64;
            *revoked_at = revoked ? MIN(*revoked_at, when) : when;
            revoked = TRUE;
        }
        stale = stale || (ses_asn1_time_to_unix(X509_CRL_get0_nextUpdate(crl), &next) && next < at);
    }
    if (revoked) {
        g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(*revoked_at);
        g_autofree char *date = when ? g_date_time_format(when, "%F") : g_strdup("an unreadable date");
        *text = g_strdup_printf("revoked on %s", date);
        return SES_REVOCATION_REVOKED;
    }
    if (missing) {
        *text = g_strdup(sk_X509_CRL_num(trust->crls) ? "no list given is of the maker's CA and usable"
                                                      : "no revocation list given");
        return SES_REVOCATION_UNKNOWN;
    }
    *text = g_strdup(stale ? "not revoked, by a list that is out of date" : "not revoked");
    return SES_REVOCATION_GOOD;
}
