/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/csr.h"

#include <criterion/criterion.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "core/error.h"

static GBytes *
subject(void)
{
    BurnSubject s = { .name = (char *)"某某公司" };
    return burn_subject_der(&s, NULL);
}

static GBytes *
spki(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    GBytes *bytes = g_bytes_new(der, (gsize)n);
    OPENSSL_free(der);
    return bytes;
}

/* As a token does: EC gives r and s side by side, RSA pads and signs what it is given. */
static GBytes *
token_signs(EVP_PKEY *key, GBytes *input)
{
    unsigned char out[512], raw[64];
    size_t size = sizeof out;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    EVP_PKEY_sign_init(ctx);
    if (EVP_PKEY_is_a(key, "RSA"))
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
    cr_assert_eq(EVP_PKEY_sign(ctx, out, &size, g_bytes_get_data(input, NULL), g_bytes_get_size(input)), 1);
    EVP_PKEY_CTX_free(ctx);
    if (EVP_PKEY_is_a(key, "RSA"))
        return g_bytes_new(out, size);
    const unsigned char *der = out;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)size);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
    ECDSA_SIG_free(sig);
    return g_bytes_new(raw, sizeof raw);
}

static void
expect_request(BurnKeyType type, EVP_PKEY *key)
{
    g_autoptr(GBytes) name = subject(), public_key = spki(key), to_sign = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnCsr) csr = burn_csr_new(type, name, public_key, &to_sign, &error);
    cr_assert_not_null(csr, "%s", error ? error->message : "");
    g_autoptr(GBytes) raw = token_signs(key, to_sign);
    g_autoptr(GBytes) der = burn_csr_finish(csr, raw, &error);
    cr_assert_not_null(der, "%s", error ? error->message : "");
    const unsigned char *bytes = g_bytes_get_data(der, NULL);
    X509_REQ *req = d2i_X509_REQ(NULL, &bytes, (long)g_bytes_get_size(der));
    cr_assert_eq(X509_REQ_verify(req, key), 1);
    cr_assert_eq(X509_REQ_get_version(req), 0);
    unsigned char *again = NULL;
    X509_REQ *encoded_anew = X509_REQ_new();
    X509_REQ_set_version(encoded_anew, 0);
    X509_REQ_set_subject_name(encoded_anew, X509_REQ_get_subject_name(req));
    X509_REQ_set_pubkey(encoded_anew, key);
    int n = i2d_re_X509_REQ_tbs(encoded_anew, &again); /* OpenSSL's own encoding of the same parts */
    g_autoptr(GBytes) theirs = g_bytes_new(again, (gsize)n), digest = burn_signature_input(type, theirs);
    cr_expect(g_bytes_equal(digest, to_sign));
    X509_REQ_free(encoded_anew);
    OPENSSL_free(again);
    again = NULL;
    n = i2d_X509_REQ(req, &again);
    cr_assert_eq((gsize)n, g_bytes_get_size(der));
    cr_assert_eq(memcmp(again, g_bytes_get_data(der, NULL), (gsize)n), 0);
    OPENSSL_free(again);
    X509_REQ_free(req);
    EVP_PKEY_free(key);
}

Test(csr, a_request_signed_by_a_token_verifies)
{
    for (guint i = 0; i < 8; i++) /* r or s may begin with zeros or a high bit */
        expect_request(BURN_KEY_EC_P256, EVP_EC_gen("P-256"));
    expect_request(BURN_KEY_RSA_2048, EVP_RSA_gen(2048));
}

Test(csr, a_signature_by_another_key_is_refused)
{
    EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
    g_autoptr(GBytes) name = subject(), public_key = spki(key), to_sign = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnCsr) csr = burn_csr_new(BURN_KEY_EC_P256, name, public_key, &to_sign, NULL);
    g_autoptr(GBytes) raw = token_signs(other, to_sign);
    cr_assert_null(burn_csr_finish(csr, raw, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_TOKEN));
    g_autoptr(GBytes) odd = g_bytes_new("abc", 3);
    cr_assert_null(burn_csr_finish(csr, odd, NULL));
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}

Test(csr, only_the_key_of_the_request_answers_a_challenge)
{
    EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
    g_autoptr(GBytes) name = subject(), public_key = spki(key), to_sign = NULL, challenge = g_bytes_new("challenge", 9);
    g_autoptr(BurnCsr) csr = burn_csr_new(BURN_KEY_EC_P256, name, public_key, &to_sign, NULL);
    g_autoptr(GBytes) digest = burn_signature_input(BURN_KEY_EC_P256, challenge);
    g_autoptr(GBytes) raw = token_signs(key, digest), theirs = token_signs(other, digest);
    g_autoptr(GBytes) good = burn_signature_der(BURN_KEY_EC_P256, raw), bad = burn_signature_der(BURN_KEY_EC_P256, theirs);
    cr_expect(burn_csr_key_signed(csr, challenge, good));
    cr_expect_not(burn_csr_key_signed(csr, challenge, bad));
    cr_expect_not(burn_csr_key_signed(csr, digest, good), "another message");
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}

Test(csr, a_subject_that_is_no_name_is_refused)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    g_autoptr(GBytes) good = subject(), public_key = spki(key), to_sign = NULL;
    g_autoptr(GByteArray) more = g_byte_array_new();
    g_byte_array_append(more, g_bytes_get_data(good, NULL), (guint)g_bytes_get_size(good));
    g_byte_array_append(more, (const guint8 *)"\x05", 2);
    g_autoptr(GBytes) with_more = g_bytes_new(more->data, more->len), nonsense = g_bytes_new("x", 1);
    cr_expect_null(burn_csr_new(BURN_KEY_EC_P256, nonsense, public_key, &to_sign, NULL));
    cr_expect_null(burn_csr_new(BURN_KEY_EC_P256, with_more, public_key, &to_sign, NULL));
    EVP_PKEY_free(key);
}

Test(csr, a_public_key_of_another_kind_is_refused)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    g_autoptr(GBytes) name = subject(), public_key = spki(key), to_sign = NULL, nonsense = g_bytes_new("x", 1);
    g_autoptr(GError) error = NULL;
    cr_assert_null(burn_csr_new(BURN_KEY_RSA_2048, name, public_key, &to_sign, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_TOKEN));
    cr_assert_null(burn_csr_new(BURN_KEY_EC_P256, name, nonsense, &to_sign, NULL));
    EVP_PKEY_free(key);
}
