/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sm2.h: SM2-with-SM3 signatures with the identity that every Chinese verifier expects.
 *
 * OpenSSL 3.0 signs and verifies with an *empty* identity unless it is told; here there is no way
 * to forget it. GB/T 32918.2 (algorithm), GB/T 35276 (signature form, default identity).
 */
#ifndef SB_SEALGEN_SM2_H
#define SB_SEALGEN_SM2_H

#include <glib.h>

G_BEGIN_DECLS

#define SM2_ID "1234567812345678" /* GB/T 35276-2017 clause 10 */
#define SM2_WITH_SM3_OID "1.2.156.10197.1.501"
#define SM2_DIGEST_BYTES 32
#define SM2_RAW_BYTES 64 /* r || s, as tokens answer */

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* A key on the SM2 curve: public, or public and private. Immutable, so threads may share it. */
typedef struct Sm2Key Sm2Key;

/**
 * sm2_key_from_certificate:
 * The public key of an X.509 certificate (DER, no bytes behind it).
 *
 * Returns: (transfer full), or NULL with SB_ERROR_SEAL: not a certificate, or its key is not SM2.
 */
Sm2Key *sm2_key_from_certificate(GBytes *der, GError **error);

/**
 * sm2_key_from_pem:
 * A private key (PKCS#8 or SEC1, not encrypted) from PEM text.
 *
 * Returns: (transfer full), or NULL with SB_ERROR_SEAL: no private key in it, or not SM2.
 * The error never shows any of the text.
 */
Sm2Key *sm2_key_from_pem(const char *pem, gsize length, GError **error);

/**
 * sm2_key_generate:
 * A fresh key pair from the operating system's randomness. Returns NULL with SB_ERROR_ENV.
 */
Sm2Key *sm2_key_generate(GError **error);

/**
 * sm2_key_to_pem:
 * The private key as PKCS#8 PEM text, not encrypted. Free it with sm2_secret_free().
 * NULL with SB_ERROR_SEAL where the key has no private part.
 */
char *sm2_key_to_pem(const Sm2Key *key, GError **error);

/* Wipes the text, then frees it. NULL is fine. */
void sm2_secret_free(char *text);

void sm2_key_free(Sm2Key *key);
gboolean sm2_key_is_private(const Sm2Key *key);
gboolean sm2_key_equal_public(const Sm2Key *a, const Sm2Key *b);

/**
 * sm2_key_native:
 * The OpenSSL object behind the key, still owned by the key; for the files of this folder that
 * build and check certificates. The other way round, the EVP_PKEY gets a reference more; NULL with
 * SB_ERROR_SEAL where it is not SM2.
 */
struct evp_pkey_st *sm2_key_native(const Sm2Key *key);
Sm2Key *sm2_key_from_native_public(struct evp_pkey_st *pkey, GError **error);

/**
 * sm2_digest:
 * e = SM3(Z || message), with Z over SM2_ID and the public key (GB/T 32918.2 clauses 5.5, 6.1):
 * what a signature signs, and what a token that signs digests wants.
 */
void sm2_digest(const Sm2Key *key, gconstpointer message, gsize length, guint8 digest[SM2_DIGEST_BYTES]);

/* The same with another identity, "" for none: only to tell what a wrong maker did. */
void sm2_digest_with_id(const Sm2Key *key, const char *id, gconstpointer message, gsize length,
                        guint8 digest[SM2_DIGEST_BYTES]);

/* SM3(message) alone, without Z: time-stamp imprints, content addresses. */
void sm3_digest(gconstpointer message, gsize length, guint8 digest[SM2_DIGEST_BYTES]);

/**
 * sm2_sign_digest:
 * Returns: (transfer full) the signature as DER SEQUENCE { r, s }, or NULL with SB_ERROR_SEAL:
 * no private key, or OpenSSL refused.
 */
GBytes *sm2_sign_digest(const Sm2Key *key, const guint8 digest[SM2_DIGEST_BYTES], GError **error);

/**
 * sm2_signature_check_der:
 * Whether the bytes are exactly DER SEQUENCE { r INTEGER, s INTEGER }, minimal, 0 < r, s < n.
 * Names what is wrong (64 raw bytes, BER, bytes behind it, ...): SB_ERROR_SEAL.
 */
gboolean sm2_signature_check_der(gconstpointer signature, gsize length, GError **error);

/**
 * sm2_signature_from_raw:
 * 64 bytes r || s to DER SEQUENCE { r, s }. NULL with SB_ERROR_SEAL: r or s is 0 or not below n.
 */
GBytes *sm2_signature_from_raw(const guint8 raw[SM2_RAW_BYTES], GError **error);

/**
 * sm2_verify_digest:
 * TRUE where the DER signature is this key's over the digest; FALSE with SB_ERROR_SEAL, which
 * tells a wrong form from a wrong signature.
 */
gboolean sm2_verify_digest(const Sm2Key *key, const guint8 digest[SM2_DIGEST_BYTES], gconstpointer signature,
                           gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sm2Key, sm2_key_free)

G_END_DECLS

#endif
