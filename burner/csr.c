/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csr.c: PKCS#10 (RFC 2986) with the signature made elsewhere. */
#include "burner/csr.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "burner/der.h"
#include "core/error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

struct BurnCsr {
    BurnKeyType type;
    EVP_PKEY *key;   /* decoded once: OpenSSL 3.0 takes longer for that than for a signature */
    GByteArray *tbs; /* CertificationRequestInfo, RFC 2986 4.1 */
};

static void
refuse(GError **error, const char *what)
{
    g_set_error_literal(error, SB_ERROR, SB_ERROR_TOKEN, what);
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

static gboolean
is_name(GBytes *der)
{
    gsize size;
    const unsigned char *bytes = g_bytes_get_data(der, &size), *end = bytes + size;
    g_autoptr(X509_NAME) name = d2i_X509_NAME(NULL, &bytes, (long)size);
    return name != NULL && bytes == end;
}

BurnCsr *
burn_csr_new(BurnKeyType type, GBytes *subject, GBytes *public_key, GBytes **to_sign, GError **error)
{
    static const guint8 version[] = { BURN_DER_INTEGER, 1, 0 }, no_attributes[] = { 0xa0, 0 };
    gsize size;
    const unsigned char *der = g_bytes_get_data(public_key, &size), *end = der + size;
    g_autoptr(BurnCsr) csr = g_new0(BurnCsr, 1);
    csr->type = type;
    csr->key = d2i_PUBKEY(NULL, &der, (long)size);
    int wanted = type == BURN_KEY_RSA_2048 ? EVP_PKEY_RSA : EVP_PKEY_EC;
    if (csr->key == NULL || der != end || EVP_PKEY_get_base_id(csr->key) != wanted || type == BURN_KEY_SM2) {
        refuse(error, "the public key that the token gave cannot be used for a request");
        return NULL;
    }
    csr->tbs = g_byte_array_new();
    burn_der_add(csr->tbs, version, sizeof version);
    burn_der_add_bytes(csr->tbs, subject);
    burn_der_add_bytes(csr->tbs, public_key);
    burn_der_add(csr->tbs, no_attributes, sizeof no_attributes);
    burn_der_wrap(csr->tbs, BURN_DER_SEQUENCE);
    g_autoptr(GBytes) message = g_bytes_new(csr->tbs->data, csr->tbs->len);
    if (!is_name(subject) || (*to_sign = burn_signature_input(type, message)) == NULL) {
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

static gboolean
verifies(EVP_PKEY *key, const guint8 *message, gsize size, GBytes *signature)
{
    gsize signature_size;
    const guint8 *sig = g_bytes_get_data(signature, &signature_size);
    g_autoptr(EVP_MD_CTX) md = EVP_MD_CTX_new();
    return EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(md, sig, signature_size, message, size) == 1;
}

GBytes *
burn_csr_finish(BurnCsr *csr, GBytes *raw, GError **error)
{
    static const guint8 rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00 };
    static const guint8 ecdsa[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
    g_autoptr(GBytes) der = burn_signature_der(csr->type, raw);
    if (der == NULL || !verifies(csr->key, csr->tbs->data, csr->tbs->len, der)) {
        ERR_clear_error();
        refuse(error, "the token's signature on the certificate request does not verify");
        return NULL;
    }
    GByteArray *out = g_byte_array_new();
    g_autoptr(GByteArray) bits = g_byte_array_new();
    burn_der_add_bytes(bits, der);
    burn_der_wrap_bits(bits);
    burn_der_add(out, csr->tbs->data, csr->tbs->len);
    burn_der_add(out, csr->type == BURN_KEY_RSA_2048 ? rsa : ecdsa, csr->type == BURN_KEY_RSA_2048 ? sizeof rsa : sizeof ecdsa);
    burn_der_add(out, bits->data, bits->len);
    burn_der_wrap(out, BURN_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(out);
}

gboolean
burn_csr_key_signed(const BurnCsr *csr, GBytes *message, GBytes *signature)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(message, &size);
    return verifies(csr->key, data, size, signature);
}

void
burn_csr_free(BurnCsr *csr)
{
    if (csr == NULL)
        return;
    EVP_PKEY_free(csr->key);
    g_clear_pointer(&csr->tbs, g_byte_array_unref);
    g_free(csr);
}

gboolean
burn_signature_verifies(GBytes *certificate, GBytes *message, GBytes *signature)
{
    gsize size, message_size;
    const unsigned char *der = g_bytes_get_data(certificate, &size);
    const guint8 *data = g_bytes_get_data(message, &message_size);
    g_autoptr(X509) x = d2i_X509(NULL, &der, (long)size);
    EVP_PKEY *key = x != NULL ? X509_get0_pubkey(x) : NULL;
    return key != NULL && verifies(key, data, message_size, signature);
}
