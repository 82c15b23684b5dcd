/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csr.c: PKCS#10 (RFC 2986) with the signature made elsewhere. */
#include "burner/csr.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "core/error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_ALGOR, X509_ALGOR_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

struct BurnCsr {
    BurnKeyType type;
    X509_REQ *req;
    EVP_PKEY *key;
};

static void
refuse(GError **error, const char *what)
{
    g_set_error_literal(error, SB_ERROR, SB_ERROR_TOKEN, what);
}

/* The signature algorithm stands inside what is signed, so it is set before. */
static gboolean
set_algorithm(X509_REQ *req, BurnKeyType type)
{
    gboolean rsa = type == BURN_KEY_RSA_2048;
    g_autoptr(X509_ALGOR) algorithm = X509_ALGOR_new();
    int nid = rsa ? NID_sha256WithRSAEncryption : NID_ecdsa_with_SHA256;
    return X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), rsa ? V_ASN1_NULL : V_ASN1_UNDEF, NULL) == 1 &&
           X509_REQ_set1_signature_algo(req, algorithm) == 1;
}

GBytes *
burn_signature_input(BurnKeyType type, GBytes *message)
{
    /* DigestInfo of SHA-256, RFC 8017 9.2 note 1 */
    static const guint8 info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
    guint8 out[sizeof info + 32];
    gsize size;
    const void *data = g_bytes_get_data(message, &size);
    memcpy(out, info, sizeof info);
    if (EVP_Digest(data, size, out + sizeof info, NULL, EVP_sha256(), NULL) != 1)
        return NULL;
    return type == BURN_KEY_RSA_2048 ? g_bytes_new(out, sizeof out) : g_bytes_new(out + sizeof info, 32);
}

static GBytes *
digest_to_sign(X509_REQ *req, BurnKeyType type)
{
    unsigned char *tbs = NULL;
    int size = i2d_re_X509_REQ_tbs(req, &tbs);
    g_autoptr(GBytes) message = size > 0 ? g_bytes_new(tbs, (gsize)size) : NULL;
    OPENSSL_free(tbs);
    return message != NULL ? burn_signature_input(type, message) : NULL;
}

BurnCsr *
burn_csr_new(BurnKeyType type, GBytes *subject, GBytes *public_key, GBytes **to_sign, GError **error)
{
    gsize name_size, key_size;
    const unsigned char *name_der = g_bytes_get_data(subject, &name_size);
    const unsigned char *key_der = g_bytes_get_data(public_key, &key_size);
    g_autoptr(X509_NAME) name = d2i_X509_NAME(NULL, &name_der, (long)name_size);
    g_autoptr(BurnCsr) csr = g_new0(BurnCsr, 1);
    csr->type = type;
    csr->req = X509_REQ_new();
    csr->key = d2i_PUBKEY(NULL, &key_der, (long)key_size);
    int wanted = type == BURN_KEY_RSA_2048 ? EVP_PKEY_RSA : EVP_PKEY_EC;
    if (csr->key == NULL || EVP_PKEY_get_base_id(csr->key) != wanted || type == BURN_KEY_SM2) {
        refuse(error, "the public key that the token gave cannot be used for a request");
        return NULL;
    }
    if (name == NULL || X509_REQ_set_version(csr->req, 0) != 1 || X509_REQ_set_subject_name(csr->req, name) != 1 ||
        X509_REQ_set_pubkey(csr->req, csr->key) != 1 || !set_algorithm(csr->req, type) ||
        (*to_sign = digest_to_sign(csr->req, type)) == NULL) {
        refuse(error, "the certificate request cannot be built");
        return NULL;
    }
    return g_steal_pointer(&csr);
}

/* ASN.1 SEQUENCE { r, s } around the token's two halves. */
static GBytes *
ecdsa_der(GBytes *raw)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(raw, &size);
    if (size < 2 || size % 2 != 0 || size > 144)
        return NULL;
    g_autoptr(ECDSA_SIG) sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, (int)(size / 2), NULL), *s = BN_bin2bn(bytes + size / 2, (int)(size / 2), NULL);
    if (ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return NULL;
    }
    unsigned char *der = NULL;
    int length = i2d_ECDSA_SIG(sig, &der);
    GBytes *out = length > 0 ? g_bytes_new(der, (gsize)length) : NULL;
    OPENSSL_free(der);
    return out;
}

GBytes *
burn_signature_der(BurnKeyType type, GBytes *raw)
{
    return type == BURN_KEY_RSA_2048 ? g_bytes_ref(raw) : ecdsa_der(raw);
}

GBytes *
burn_csr_finish(BurnCsr *csr, GBytes *raw, GError **error)
{
    g_autoptr(GBytes) der = burn_signature_der(csr->type, raw);
    gsize size = 0;
    const guint8 *bytes = der != NULL ? g_bytes_get_data(der, &size) : NULL;
    ASN1_BIT_STRING *signature = ASN1_BIT_STRING_new();
    unsigned char *out = NULL;
    int length = 0;
    if (bytes != NULL && ASN1_BIT_STRING_set(signature, (unsigned char *)bytes, (int)size) == 1) {
        signature->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 7);
        signature->flags |= ASN1_STRING_FLAG_BITS_LEFT; /* no unused bits: the last byte counts whole */
        X509_REQ_set0_signature(csr->req, g_steal_pointer(&signature));
        if (X509_REQ_verify(csr->req, csr->key) == 1)
            length = i2d_X509_REQ(csr->req, &out);
    }
    ASN1_BIT_STRING_free(signature);
    GBytes *request = length > 0 ? g_bytes_new(out, (gsize)length) : NULL;
    OPENSSL_free(out);
    if (request == NULL)
        refuse(error, "the token's signature on the certificate request does not verify");
    return request;
}

void
burn_csr_free(BurnCsr *csr)
{
    if (csr == NULL)
        return;
    X509_REQ_free(csr->req);
    EVP_PKEY_free(csr->key);
    g_free(csr);
}

gboolean
burn_signature_verifies(GBytes *certificate, GBytes *message, GBytes *signature)
{
    gsize size, message_size, signature_size;
    const unsigned char *der = g_bytes_get_data(certificate, &size);
    const unsigned char *data = g_bytes_get_data(message, &message_size);
    const unsigned char *sig = g_bytes_get_data(signature, &signature_size);
    g_autoptr(X509) x = d2i_X509(NULL, &der, (long)size);
    g_autoptr(EVP_MD_CTX) md = EVP_MD_CTX_new();
    return x != NULL && EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, X509_get0_pubkey(x)) == 1 &&
           EVP_DigestVerify(md, sig, signature_size, data, message_size) == 1;
}
