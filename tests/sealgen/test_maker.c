/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The maker's files: made once, never replaced, and good for seals that the openssl command accepts.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "sealgen/maker.h"
#include "ses_fixture.h"

static const MakerSpec SPEC = { "测试有限公司", "Test Seal Root", "Test Seal Maker", T0 - DAY, 20, 10 };

static char *
file_in(const char *dir, const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static void
remove_dir(char *dir)
{
    static const char *const names[] = { MAKER_CA_CERT, MAKER_CA_KEY, MAKER_CERT, MAKER_KEY };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = file_in(dir, names[i]);
        g_unlink(path);
    }
    g_rmdir(dir);
    g_free(dir);
}

static gboolean
shell(const char *format, const char *dir)
{
    g_autofree char *command = g_strdup_printf("cd '%s' && %s >/dev/null 2>&1", dir, format);
    const char *argv[] = { "sh", "-c", command, NULL };
    int status = -1;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    return g_spawn_check_wait_status(status, NULL);
}

Test(maker, makes_files_that_make_seals)
{
    char *dir = g_dir_make_tmp("makerXXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    cr_assert(maker_files_create(dir, &SPEC, &error), "%s", error ? error->message : "");
    g_autoptr(SesMaker) maker = maker_files_load(dir, "TESTVID", &error);
    cr_assert(maker, "%s", error ? error->message : "");
    g_autoptr(Fixture) f = fixture_new();
    SesSpec spec = fixture_spec(f, SES_V4);
    g_autoptr(GBytes) der = ses_make(maker, &spec, &error);
    cr_assert(der, "%s", error ? error->message : "");

    g_autofree char *ca_path = file_in(dir, MAKER_CA_CERT);
    char *pem = NULL;
    gsize length;
    cr_assert(g_file_get_contents(ca_path, &pem, &length, NULL));
    g_autoptr(GBytes) ca = g_bytes_new_take(pem, length);
    g_autoptr(SesTrust) trust = ses_trust_new();
    cr_assert(ses_trust_add_certificates(trust, ca, NULL));
    g_autoptr(SesVerdict) verdict = ses_verify(der, trust, NOW);
    g_autofree char *why = fixture_failures(verdict);
    cr_assert_eq(verdict->result, SES_VALID, "%s", why);
    remove_dir(dir);
}

Test(maker, the_openssl_command_accepts_its_certificates_and_keys)
{
    char *dir = g_dir_make_tmp("makerXXXXXX", NULL);
    cr_assert(maker_files_create(dir, &SPEC, NULL));
    cr_expect(shell("openssl verify -no_check_time -x509_strict -vfyopt distid:" SM2_ID " -CAfile " MAKER_CA_CERT
                    " " MAKER_CERT,
                    dir));
    /* The root's own signature: `openssl verify` gives the identity to the leaf alone. */
    cr_expect(shell("mkdir w && openssl asn1parse -in " MAKER_CA_CERT
                    " -strparse 4 -noout -out w/tbs && openssl asn1parse -in " MAKER_CA_CERT
                    " -strparse $(openssl asn1parse -in " MAKER_CA_CERT " | tail -1 | cut -d: -f1)"
                    " -noout -out w/sig && openssl x509 -in " MAKER_CA_CERT
                    " -noout -pubkey -out w/pub && openssl dgst -sm3"
                    " -verify w/pub -sigopt distid:" SM2_ID " -signature w/sig w/tbs && rm -r w",
                    dir));
    cr_expect_not(shell("openssl verify -no_check_time -CAfile " MAKER_CA_CERT " " MAKER_CERT, dir),
                  "without the identity it must not fit");
    cr_expect(shell("test \"$(openssl pkey -in " MAKER_KEY " -pubout)\" = \"$(openssl x509 -in " MAKER_CERT
                    " -noout -pubkey)\"",
                    dir));
    cr_expect(shell(
        "openssl x509 -in " MAKER_CERT " -noout -ext keyUsage | grep -q 'Digital Signature, Non Repudiation'", dir));
    remove_dir(dir);
}

Test(maker, keys_are_for_their_owner_alone)
{
    char *dir = g_dir_make_tmp("makerXXXXXX", NULL);
    cr_assert(maker_files_create(dir, &SPEC, NULL));
    g_autofree char *key = file_in(dir, MAKER_KEY), *ca_key = file_in(dir, MAKER_CA_KEY);
    struct stat st;
    cr_expect(stat(key, &st) == 0 && (st.st_mode & 0777) == 0600);
    cr_expect(stat(ca_key, &st) == 0 && (st.st_mode & 0777) == 0600);
    g_autoptr(GError) error = NULL;
    g_chmod(key, 0644);
    cr_expect_null(maker_files_load(dir, "V", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    remove_dir(dir);
}

Test(maker, never_replaces_a_file_and_leaves_none_of_a_failed_set)
{
    char *dir = g_dir_make_tmp("makerXXXXXX", NULL);
    g_autofree char *cert = file_in(dir, MAKER_CERT), *ca_key = file_in(dir, MAKER_CA_KEY);
    cr_assert(g_file_set_contents(cert, "mine", -1, NULL));
    g_autoptr(GError) error = NULL;
    cr_expect_not(maker_files_create(dir, &SPEC, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    cr_expect_not(g_file_test(ca_key, G_FILE_TEST_EXISTS));
    g_autofree char *text = NULL;
    cr_expect(g_file_get_contents(cert, &text, NULL, NULL));
    cr_expect_str_eq(text, "mine");
    remove_dir(dir);
}

Test(maker, refuses_senseless_specs_and_absent_places)
{
    MakerSpec bad[] = { SPEC, SPEC, SPEC, SPEC };
    bad[0].ca_name = "";
    bad[1].organization = NULL;
    bad[2].maker_years = 21;
    bad[3].ca_years = 0;
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_not(maker_files_create("/nonexistent", &bad[i], &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT), "row %u", i);
    }
    g_autoptr(GError) error = NULL, error2 = NULL;
    cr_expect_not(maker_files_create("/nonexistent", &SPEC, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    cr_expect_null(maker_files_load("/nonexistent", "V", &error2));
    cr_expect(g_error_matches(error2, SB_ERROR, SB_ERROR_ENV));
}
