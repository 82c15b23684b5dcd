/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sm2.c: SM2 keys, Z, digests and signatures on OpenSSL's EVP.
 *
 * Z is computed here, once a key, and EVP signs the finished digest: so the identity can never fall
 * back to OpenSSL's empty default, and a token that signs digests gets the very same 32 bytes.
 */
#include "sealgen/sm2.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core/error.h"

struct Sm2Key {
    EVP_PKEY *pkey;
    gboolean is_private;
    guint8 point[64]; /* x || y of the public key */
    guint8 z[SM2_DIGEST_BYTES];
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)

/* The recommended curve, GB/T 32918.5-2017 annex A: what goes into Z ahead of the public key. */
static const guint8 CURVE_A_B_G[128] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* a */
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7, /* b */
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94, /* xG */
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53, /* yG */
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0
};

/* n, the order of the group. */
static const guint8 CURVE_N[32] = { 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6,
                                    0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23 };

static void
sm3_parts(gconstpointer a, gsize a_length, gconstpointer b, gsize b_length, guint8 digest[SM2_DIGEST_BYTES])
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    /* Can only fail where OpenSSL was built without SM3: a broken installation, not an input. */
    g_assert(ctx && EVP_DigestInit_ex(ctx, EVP_sm3(), NULL) == 1);
    g_assert(EVP_DigestUpdate(ctx, a, a_length) == 1);
    g_assert(EVP_DigestUpdate(ctx, b, b_length) == 1);
    g_assert(EVP_DigestFinal_ex(ctx, digest, NULL) == 1);
}

void
sm3_digest(gconstpointer message, gsize length, guint8 digest[SM2_DIGEST_BYTES])
{
    sm3_parts(message, length, "", 0, digest);
}

void
sm2_digest(const Sm2Key *key, gconstpointer message, gsize length, guint8 digest[SM2_DIGEST_BYTES])
{
    sm3_parts(key->z, sizeof key->z, message, length, digest);
}

#define MAX_ID 64

/* Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA), GB/T 32918.2-2016 clause 5.5. */
static void
compute_z(const guint8 point[64], const char *id, guint8 z[SM2_DIGEST_BYTES])
{
    guint8 head[2 + MAX_ID + sizeof CURVE_A_B_G];
    gsize length = MIN(strlen(id), MAX_ID);
    head[0] = (guint8)(8 * length >> 8); /* in bits */
    head[1] = (guint8)(8 * length);
    memcpy(head + 2, id, length);
    memcpy(head + 2 + length, CURVE_A_B_G, sizeof CURVE_A_B_G);
    sm3_parts(head, 2 + length + sizeof CURVE_A_B_G, point, 64, z);
}

void
sm2_digest_with_id(const Sm2Key *key, const char *id, gconstpointer message, gsize length,
                   guint8 digest[SM2_DIGEST_BYTES])
{
    guint8 z[SM2_DIGEST_BYTES];
    compute_z(key->point, id, z);
    sm3_parts(z, sizeof z, message, length, digest);
}

static gboolean
read_coordinate(EVP_PKEY *pkey, const char *name, guint8 out[32])
{
    BIGNUM *bn = NULL;
    gboolean ok = EVP_PKEY_get_bn_param(pkey, name, &bn) == 1 && BN_bn2binpad(bn, out, 32) == 32;
    BN_free(bn);
    return ok;
}

/* Takes the EVP_PKEY over, also on failure. */
static Sm2Key *
key_from_native(EVP_PKEY *pkey, gboolean is_private, GError **error)
{
    g_autoptr(Sm2Key) key = g_new0(Sm2Key, 1);
    key->pkey = pkey;
    key->is_private = is_private;
    if (!pkey || !EVP_PKEY_is_a(pkey, "SM2") || !read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, key->point) ||
        !read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key->point + 32)) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the key is not on the SM2 curve");
        return NULL;
    }
    compute_z(key->point, SM2_ID, key->z);
    return g_steal_pointer(&key);
}

Sm2Key *
sm2_key_from_certificate(GBytes *der, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(der, &length);
    const guint8 *p = data;
    g_autoptr(X509) cert = d2i_X509(NULL, &p, (long)MIN(length, G_MAXINT));
    if (!cert || p != data + length) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "not an X.509 certificate in DER");
        return NULL;
    }
    return key_from_native(X509_get_pubkey(cert), FALSE, error);
}

Sm2Key *
sm2_key_from_native_public(EVP_PKEY *pkey, GError **error)
{
    if (pkey)
        EVP_PKEY_up_ref(pkey);
    return key_from_native(pkey, FALSE, error);
}

/* Never ask a terminal: an encrypted key is an error here. */
static int
no_passphrase(char *buffer, int size, int writing, void *data)
{
    return -1;
}

Sm2Key *
sm2_key_from_pem(const char *pem, gsize length, GError **error)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(pem, (int)MIN(length, 1u << 20));
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    ERR_clear_error();
    if (!pkey) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "no unencrypted private key in this PEM text");
        return NULL;
    }
    return key_from_native(pkey, TRUE, error);
}

Sm2Key *
sm2_key_generate(GError **error)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (!pkey) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "OpenSSL could not make an SM2 key");
        return NULL;
    }
    return key_from_native(pkey, TRUE, error);
}

char *
sm2_key_to_pem(const Sm2Key *key, GError **error)
{
    g_autoptr(BIO) bio = BIO_new(BIO_s_secmem());
    char *text = NULL;
    long length;
    if (!key->is_private || PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1 ||
        (length = BIO_get_mem_data(bio, &text)) <= 0) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "the key has no private part");
        return NULL;
    }
    return g_strndup(text, (gsize)length);
}

void
sm2_secret_free(char *text)
{
    if (text)
        OPENSSL_cleanse(text, strlen(text));
    g_free(text);
}

void
sm2_key_free(Sm2Key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    g_free(key);
}

gboolean
sm2_key_is_private(const Sm2Key *key)
{
    return key->is_private;
}

gboolean
sm2_key_equal_public(const Sm2Key *a, const Sm2Key *b)
{
    return memcmp(a->point, b->point, sizeof a->point) == 0;
}

EVP_PKEY *
sm2_key_native(const Sm2Key *key)
{
    return key->pkey;
}

GBytes *
sm2_sign_digest(const Sm2Key *key, const guint8 digest[SM2_DIGEST_BYTES], GError **error)
{
    guint8 signature[80]; /* 72 at most */
    size_t length = sizeof signature;
    g_autoptr(EVP_PKEY_CTX) ctx = key->is_private ? EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL) : NULL;
    if (!ctx || EVP_PKEY_sign_init(ctx) != 1 || EVP_PKEY_sign(ctx, signature, &length, digest, SM2_DIGEST_BYTES) != 1) {
        ERR_clear_error();
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s",
                    key->is_private ? "OpenSSL could not sign with SM2" : "the key has no private part");
        return NULL;
    }
    return g_bytes_new(signature, length);
}

static gboolean
bad_signature(GError **error, const char *what)
{
    ERR_clear_error();
    g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%s", what);
    return FALSE;
}

/* 0 < v < n */
static gboolean
in_range(const BIGNUM *v)
{
    guint8 bytes[32];
    if (BN_is_negative(v) || BN_is_zero(v) || BN_bn2binpad(v, bytes, sizeof bytes) != sizeof bytes)
        return FALSE;
    return memcmp(bytes, CURVE_N, sizeof bytes) < 0;
}

gboolean
sm2_signature_check_der(gconstpointer signature, gsize length, GError **error)
{
    if (length == SM2_RAW_BYTES && *(const guint8 *)signature != 0x30)
        return bad_signature(error, "the signature is 64 raw bytes; GB/T 35276 wants DER SEQUENCE { r, s }");
    if (length < 8 || length > 80) /* 72 at most; some room for a better word below */
        return bad_signature(error, "the signature is not of the length of an SM2 signature");

    const guint8 *p = signature;
    g_autoptr(ECDSA_SIG) sig = d2i_ECDSA_SIG(NULL, &p, (long)length);
    if (!sig)
        return bad_signature(error, "the signature is not DER SEQUENCE { r, s }");
    guint8 again[80];
    guint8 *out = again;
    int again_length = i2d_ECDSA_SIG(sig, NULL);
    if (again_length != (int)length || i2d_ECDSA_SIG(sig, &out) != again_length ||
        memcmp(again, signature, length) != 0)
        return bad_signature(error, "the signature is not strict DER, or has bytes behind it");
    if (!in_range(ECDSA_SIG_get0_r(sig)) || !in_range(ECDSA_SIG_get0_s(sig)))
        return bad_signature(error, "r or s of the signature is out of range");
    return TRUE;
}

GBytes *
sm2_signature_from_raw(const guint8 raw[SM2_RAW_BYTES], GError **error)
{
    g_autoptr(ECDSA_SIG) sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
    gboolean fits = in_range(r) && in_range(s);
    ECDSA_SIG_set0(sig, r, s); /* takes both */
    if (!fits) {
        bad_signature(error, "r or s of the signature is out of range");
        return NULL;
    }
    guint8 *der = NULL;
    int length = i2d_ECDSA_SIG(sig, &der);
    g_assert(length > 0);
    GBytes *bytes = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return bytes;
}

gboolean
sm2_verify_digest(const Sm2Key *key, const guint8 digest[SM2_DIGEST_BYTES], gconstpointer signature, gsize length,
                  GError **error)
{
    if (!sm2_signature_check_der(signature, length, error))
        return FALSE;
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (!ctx || EVP_PKEY_verify_init(ctx) != 1 ||
        EVP_PKEY_verify(ctx, signature, length, digest, SM2_DIGEST_BYTES) != 1)
        return bad_signature(error, "the signature does not fit the bytes and the certificate");
    return TRUE;
}
