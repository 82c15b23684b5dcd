/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SM2: our digests and signatures against the openssl command and the example of the standard.
 */
#include <criterion/criterion.h>
#include <openssl/params.h>

#include "ses_fixture.h"

static char *
hex(const guint8 *data, gsize length)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(text, "%02x", data[i]);
    return g_string_free(text, FALSE);
}

Test(sm2, sm3_gives_the_examples_of_the_standard)
{
    guint8 digest[32];
    sm3_digest("abc", 3, digest); /* GB/T 32905-2016 annex A.1 */
    g_autofree char *abc = hex(digest, 32);
    cr_expect_str_eq(abc, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    sm3_digest("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", 64, digest);
    g_autofree char *abcd = hex(digest, 32);
    cr_expect_str_eq(abcd, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

static void
unhex(const char *text, guint8 *out)
{
    for (gsize i = 0; text[2 * i]; i++)
        out[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) << 4 | g_ascii_xdigit_value(text[2 * i + 1]));
}

/* GB/T 32918.5-2017 annex A.2: public key, e of "message digest", signature. */
Test(sm2, the_standards_own_signature_fits)
{
    guint8 point[65] = { 4 }, raw[64], digest[32];
    unhex("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
          "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
          point + 1);
    unhex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
          "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
          raw);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    char group[] = "SM2";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string("group", group, 0),
                            OSSL_PARAM_construct_octet_string("pub", point, sizeof point), OSSL_PARAM_construct_end() };
    EVP_PKEY *pkey = NULL;
    cr_assert_eq(EVP_PKEY_fromdata_init(ctx), 1);
    cr_assert_eq(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    g_autoptr(Sm2Key) key = sm2_key_from_native_public(pkey, NULL);
    EVP_PKEY_free(pkey);
    cr_assert(key);
    sm2_digest(key, "message digest", 14, digest);
    g_autofree char *e = hex(digest, 32);
    cr_expect_str_eq(e, "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    g_autoptr(GBytes) der = sm2_signature_from_raw(raw, NULL);
    cr_assert(der);
    cr_expect(sm2_verify_digest(key, digest, g_bytes_get_data(der, NULL), g_bytes_get_size(der), NULL));
}

Test(sm2, a_pem_cut_short_is_refused_in_words_that_show_nothing_of_it)
{
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgOUUgjyF7FErD8BTF\n"
                              "-----END PRIVATE KEY-----\n";
    g_autoptr(GError) error = NULL;
    cr_expect_null(sm2_key_from_pem(pem, strlen(pem), &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL) && !strstr(error->message, "MIG"));
}

Test(sm2, openssl_accepts_what_we_sign_and_we_what_it_signs)
{
    g_autoptr(Sm2Key) key = sm2_key_generate(NULL);
    char *pem = sm2_key_to_pem(key, NULL);
    g_autofree char *dir = g_dir_make_tmp("sm2XXXXXX", NULL), *key_file = g_build_filename(dir, "key.pem", NULL);
    g_autofree char *sig_file = g_build_filename(dir, "sig", NULL), *theirs = g_build_filename(dir, "theirs", NULL);
    cr_assert(g_file_set_contents(key_file, pem, -1, NULL));
    sm2_secret_free(pem);
    guint8 digest[32];
    sm2_digest(key, "a message", 9, digest);
    g_autoptr(GBytes) signature = sm2_sign_digest(key, digest, NULL);
    cr_assert(
        g_file_set_contents(sig_file, g_bytes_get_data(signature, NULL), (gssize)g_bytes_get_size(signature), NULL));
    g_autofree char *command = g_strdup_printf(
        "cd '%s' && printf 'a message' >m && openssl pkey -in key.pem -pubout -out pub && openssl dgst -sm3 -verify pub"
        " -sigopt distid:" SM2_ID
        " -signature sig m >/dev/null && openssl dgst -sm3 -sign key.pem -sigopt distid:" SM2_ID " -out theirs m",
        dir);
    cr_assert_eq(system(command), 0);
    char *data = NULL;
    gsize length = 0;
    cr_assert(g_file_get_contents(theirs, &data, &length, NULL));
    cr_expect(sm2_verify_digest(key, digest, data, length, NULL));
    g_free(data);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", dir);
    cr_assert_eq(system(remove), 0);
}

Test(sm2, a_signature_fits_one_digest_one_key_and_one_identity)
{
    g_autoptr(Sm2Key) key = sm2_key_generate(NULL), other = sm2_key_generate(NULL);
    guint8 digest[32], empty[32];
    gsize length;
    sm2_digest(key, "x", 1, digest);
    sm2_digest_with_id(key, "", "x", 1, empty);
    g_autoptr(GBytes) signature = sm2_sign_digest(key, digest, NULL);
    const guint8 *data = g_bytes_get_data(signature, &length);
    cr_expect(sm2_verify_digest(key, digest, data, length, NULL));
    cr_expect_not(sm2_verify_digest(other, digest, data, length, NULL));
    cr_expect_not(sm2_verify_digest(key, empty, data, length, NULL));
    digest[31] ^= 1;
    cr_expect_not(sm2_verify_digest(key, digest, data, length, NULL));
    cr_expect(sm2_key_equal_public(key, key));
    cr_expect_not(sm2_key_equal_public(key, other));
}

Test(sm2, only_minimal_der_in_range_is_a_signature)
{
    static const guint8 n[] = { 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                0xff, 0xff, 0xff, 0xff, 0xff, 0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6,
                                0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23 };
    static const struct {
        const char *what;
        guint8 bytes[16];
        gsize length;
        gboolean good;
    } rows[] = {
        { "r = 1, s = 2", { 0x30, 6, 2, 1, 1, 2, 1, 2 }, 8, TRUE },
        { "r = 0", { 0x30, 6, 2, 1, 0, 2, 1, 2 }, 8, FALSE },
        { "s = 0", { 0x30, 6, 2, 1, 1, 2, 1, 0 }, 8, FALSE },
        { "r negative", { 0x30, 6, 2, 1, 0xff, 2, 1, 2 }, 8, FALSE },
        { "padded", { 0x30, 7, 2, 2, 0, 1, 2, 1, 2 }, 9, FALSE },
        { "a byte behind", { 0x30, 6, 2, 1, 1, 2, 1, 2, 0 }, 9, FALSE },
        { "three numbers", { 0x30, 9, 2, 1, 1, 2, 1, 2, 2, 1, 3 }, 11, FALSE },
        { "long length", { 0x30, 0x81, 6, 2, 1, 1, 2, 1, 2 }, 9, FALSE },
        { "no sequence", { 0x31, 6, 2, 1, 1, 2, 1, 2 }, 8, FALSE },
        { "short", { 0x30, 3, 2, 1, 1 }, 5, FALSE },
        { "nothing", { 0 }, 0, FALSE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        cr_expect_eq(sm2_signature_check_der(rows[i].bytes, rows[i].length, NULL), rows[i].good, "%s", rows[i].what);
    guint8 raw[64] = { 0 };
    raw[31] = 1;
    cr_expect_null(sm2_signature_from_raw(raw, NULL), "s = 0");
    memcpy(raw + 32, n, 32);
    cr_expect_null(sm2_signature_from_raw(raw, NULL), "s = n");
    raw[63]--;
    g_autoptr(GBytes) der = sm2_signature_from_raw(raw, NULL);
    cr_assert(der);
    cr_expect(sm2_signature_check_der(g_bytes_get_data(der, NULL), g_bytes_get_size(der), NULL), "s = n - 1");
    g_autoptr(GError) error = NULL;
    cr_expect_not(sm2_signature_check_der(raw, 64, &error));
    cr_expect(strstr(error->message, "64 raw bytes"));
}

Test(sm2, keys_of_other_curves_and_kinds_are_refused)
{
    static const char *const kinds[] = {
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "openssl genpkey -algorithm ED25519",
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -aes-128-cbc -pass pass:x"
    };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *pem = NULL;
        g_autoptr(GError) error = NULL;
        cr_assert(g_spawn_command_line_sync(kinds[i], &pem, NULL, NULL, NULL));
        cr_expect_null(sm2_key_from_pem(pem, strlen(pem), &error), "%s", kinds[i]);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL));
    }
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Sm2Key) public_key = sm2_key_from_certificate(f->maker->der, NULL);
    cr_assert(public_key);
    cr_expect(sm2_key_equal_public(public_key, f->maker->key));
    cr_expect_not(sm2_key_is_private(public_key));
    guint8 digest[32] = { 1 };
    cr_expect_null(sm2_sign_digest(public_key, digest, NULL));
    cr_expect_null(sm2_key_to_pem(public_key, NULL));
    g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
    cr_expect_null(sm2_key_from_certificate(junk, NULL));
}

Test(sm2, a_key_survives_its_pem)
{
    g_autoptr(Sm2Key) key = sm2_key_generate(NULL);
    cr_assert(sm2_key_is_private(key));
    char *pem = sm2_key_to_pem(key, NULL);
    g_autoptr(Sm2Key) again = sm2_key_from_pem(pem, strlen(pem), NULL);
    cr_assert(again && sm2_key_is_private(again) && sm2_key_equal_public(key, again));
    sm2_secret_free(pem);
    sm2_secret_free(NULL);
}
