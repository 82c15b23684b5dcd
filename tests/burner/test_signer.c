/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A seal maker's key on a token: signed through the worker process, checked with the openssl command.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/signer.h"
#include "core/error.h"

#define MECHANISM 0x80008001u

static char *dir;

static void
begin(void)
{
    dir = g_dir_make_tmp("signerXXXXXX", NULL);
    g_autofree char *key = g_build_filename(dir, "key.pem", NULL);
    g_autofree char *command =
        g_strdup_printf("cd '%s' && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out "
                        "key.pem && openssl pkey -in key.pem -pubout -out pub.pem",
                        dir);
    cr_assert_eq(system(command), 0);
    g_setenv("SM2_TOKEN_KEY", key, TRUE);
    g_unsetenv("SM2_TOKEN_FAULT");
}

static void
end(void)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", dir);
    cr_assert_eq(system(command), 0);
    g_free(dir);
}

TestSuite(signer, .init = begin, .fini = end);

static BurnSigner *
open_signer(const char *serial, guint32 mechanism, const char *pin, GError **error)
{
    static const guint8 id[] = { 1, 2 };
    g_autoptr(GBytes) key_id = g_bytes_new_static(id, sizeof id);
    BurnSignerConfig config = {
        BUILD_DIR "/sealbatch-worker", BUILD_DIR "/libsm2_token.so", serial, key_id, mechanism, 1000
    };
    g_autoptr(BurnPin) secret = burn_pin_new(pin, strlen(pin));
    return burn_signer_open(&config, secret, error);
}

static const guint8 DIGEST[32] = { 1, 2, 3 };

Test(signer, signs_what_the_openssl_command_accepts_again_and_again)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnSigner) signer = open_signer("HSM0000000000001", MECHANISM, "135790", &error);
    cr_assert(signer, "%s", error ? error->message : "");
    for (guint i = 0; i < 3; i++) {
        g_autoptr(GBytes) raw = burn_signer_sign(signer, DIGEST, sizeof DIGEST, &error);
        cr_assert(raw, "%s", error ? error->message : "");
        cr_assert_eq(g_bytes_get_size(raw), 64);
        g_autofree char *file = g_build_filename(dir, "raw", NULL), *digest = g_build_filename(dir, "digest", NULL);
        cr_assert(g_file_set_contents(file, g_bytes_get_data(raw, NULL), 64, NULL));
        cr_assert(g_file_set_contents(digest, (const char *)DIGEST, sizeof DIGEST, NULL));
        /* r || s to DER by asn1parse -genconf, then a digest verified as it is */
        g_autofree char *command =
            g_strdup_printf("cd '%s' && hex=$(od -An -v -tx1 raw | tr -d ' \\n') && printf "
                            "'asn1=SEQUENCE:s\\n[s]\\nr=INTEGER:0x%%s\\ns=INTEGER:0x%%s\\n'"
                            " $(echo $hex | cut -c1-64) $(echo $hex | cut -c65-128) >c && openssl asn1parse -genconf c "
                            "-noout -out sig &&"
                            " openssl pkeyutl -verify -pubin -inkey pub.pem -in digest -sigfile sig >/dev/null",
                            dir);
        cr_expect_eq(system(command), 0);
    }
}

Test(signer, a_wrong_pin_is_tried_once)
{
    g_autoptr(GError) error = NULL, again = NULL;
    g_autoptr(BurnSigner) signer = open_signer("HSM0000000000001", MECHANISM, "000000", &error);
    cr_assert(signer);
    cr_expect_null(burn_signer_sign(signer, DIGEST, sizeof DIGEST, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_PIN), "%s", error ? error->message : "");
    cr_expect_null(burn_signer_sign(signer, DIGEST, sizeof DIGEST, &again));
    cr_expect(g_error_matches(again, SB_ERROR, SB_ERROR_PIN) && strstr(again->message, "not tried again"));
}

Test(signer, another_serial_or_mechanism_or_length_is_refused)
{
    g_autoptr(GError) e1 = NULL, e2 = NULL, e3 = NULL, e4 = NULL;
    cr_expect_null(open_signer("HSM0000000000002", MECHANISM, "135790", &e1));
    cr_expect(g_error_matches(e1, SB_ERROR, SB_ERROR_TOKEN), "%s", e1 ? e1->message : "");
    cr_expect_null(open_signer("HSM0000000000001", 0, "135790", &e2));
    cr_expect(g_error_matches(e2, SB_ERROR, SB_ERROR_TOKEN));
    g_autoptr(BurnSigner) signer = open_signer("HSM0000000000001", MECHANISM + 1, "135790", NULL);
    cr_assert(signer);
    cr_expect_null(burn_signer_sign(signer, DIGEST, sizeof DIGEST, &e3));
    cr_expect(g_error_matches(e3, SB_ERROR, SB_ERROR_TOKEN) && strstr(e3->message, "MECHANISM"), "%s",
              e3 ? e3->message : "");
    cr_expect_null(burn_signer_sign(signer, DIGEST, 31, &e4));
    cr_expect(g_error_matches(e4, SB_ERROR, SB_ERROR_TOKEN));
}

Test(signer, a_module_that_hangs_or_is_not_there_is_an_error)
{
    g_setenv("SM2_TOKEN_FAULT", "hang", TRUE);
    g_autoptr(GError) error = NULL, after = NULL, none = NULL, program = NULL;
    g_autoptr(BurnSigner) signer = open_signer("HSM0000000000001", MECHANISM, "135790", NULL);
    cr_assert(signer);
    cr_expect_null(burn_signer_sign(signer, DIGEST, sizeof DIGEST, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_TOKEN) && strstr(error->message, "in time"));
    cr_expect_null(burn_signer_sign(signer, DIGEST, sizeof DIGEST, &after));
    cr_expect(g_error_matches(after, SB_ERROR, SB_ERROR_TOKEN));
    g_autoptr(BurnPin) pin = burn_pin_new("135790", 6);
    BurnSignerConfig config = { BUILD_DIR "/sealbatch-worker", "/nonexistent.so", "1", NULL, MECHANISM, 1000 };
    cr_expect_null(burn_signer_open(&config, pin, &none));
    cr_expect(g_error_matches(none, SB_ERROR, SB_ERROR_TOKEN));
    config.worker = "/nonexistent-worker";
    cr_expect_null(burn_signer_open(&config, pin, &program));
    cr_expect(g_error_matches(program, SB_ERROR, SB_ERROR_ENV));
}
