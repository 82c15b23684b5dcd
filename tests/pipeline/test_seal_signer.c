/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The workspace's seal maker: key file, token, and every way to configure them wrongly.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "pipeline/seal_signer.h"
#include "sealgen/maker.h"
#include "sealgen/seal_list.h"

static Workspace ws;

static char *
in_ws(const char *name)
{
    return g_build_filename(ws.dir, name, NULL);
}

static void
begin(void)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    MakerSpec spec = { "Test", "Test root", "Test maker", now - 60, 2, 1 };
    ws.dir = g_dir_make_tmp("signerXXXXXX", NULL);
    ws.config = config_load(NULL, NULL);
    g_autofree char *maker = in_ws("keys/maker"), *pin = in_ws("keys/maker.pin");
    cr_assert_eq(g_mkdir_with_parents(maker, 0700), 0);
    cr_assert(maker_files_create(maker, &spec, NULL));
    cr_assert(g_file_set_contents_full(pin, "135790\n", -1, 0, 0600, NULL));
}

static void
end(void)
{
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", ws.dir);
    cr_assert_eq(system(remove), 0);
    config_free(ws.config);
    g_free(ws.dir);
}

TestSuite(seal_signer, .init = begin, .fini = end);

static void
set(const char *name, const char *value)
{
    g_autoptr(GError) error = NULL;
    cr_assert(config_set(ws.config, name, value, &error), "%s", error ? error->message : "");
}

static void
use_token(void)
{
    g_autofree char *key = in_ws("keys/maker/" MAKER_KEY);
    g_setenv("SM2_TOKEN_KEY", key, TRUE); /* the token's own business */
    set("burn.worker", BUILD_DIR "/sealbatch-worker");
    set("seal.token_module", BUILD_DIR "/libsm2_token.so");
    set("seal.token_serial", "HSM0000000000001");
    set("seal.token_key_id", "0102");
    set("seal.token_mechanism", "0x80008001");
}

/* An empty list of revoked seals is the smallest thing that a maker signs and verifies. */
static gboolean
can_sign(SealSigner *signer, GError **error)
{
    g_autoptr(SealList) list = seal_list_new();
    list->issued_at = g_get_real_time() / G_USEC_PER_SEC;
    list->next_at = list->issued_at + 60;
    g_autoptr(GBytes) der = seal_list_make(seal_signer_maker(signer), list, error);
    return der != NULL;
}

Test(seal_signer, the_key_file_is_the_default)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SealSigner) signer = seal_signer_open(&ws, &error);
    cr_assert(signer, "%s", error ? error->message : "");
    cr_expect(can_sign(signer, &error), "%s", error ? error->message : "");
}

Test(seal_signer, a_token_signs_what_verifies_under_the_makers_certificate)
{
    g_autoptr(GError) error = NULL;
    use_token();
    g_autoptr(SealSigner) signer = seal_signer_open(&ws, &error);
    cr_assert(signer, "%s", error ? error->message : "");
    cr_expect(can_sign(signer, &error), "%s", error ? error->message : "");
    cr_expect(can_sign(signer, &error), "%s", error ? error->message : "");
}

Test(seal_signer, a_token_that_answers_nonsense_makes_nothing)
{
    g_autoptr(GError) error = NULL;
    use_token();
    g_setenv("SM2_TOKEN_FAULT", "zero", TRUE);
    g_autoptr(SealSigner) signer = seal_signer_open(&ws, NULL);
    cr_assert(signer);
    cr_expect_not(can_sign(signer, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL), "%s", error ? error->message : "");
}

Test(seal_signer, wrong_config_is_named)
{
    static const struct {
        const char *key, *value;
        SbError code;
    } rows[] = {
        { "seal.token_mechanism", "", SB_ERROR_INPUT },
        { "seal.token_mechanism", "sm2", SB_ERROR_INPUT },
        { "seal.token_key_id", "0x1", SB_ERROR_INPUT },
        { "seal.token_key_id", "123", SB_ERROR_INPUT },
        { "seal.token_serial", "HSM0000000000002", SB_ERROR_TOKEN },
        { "seal.token_module", "/nonexistent.so", SB_ERROR_TOKEN },
        { "seal.token_pin_file", "keys/nothing", SB_ERROR_ENV },
        { "seal.maker", "nowhere", SB_ERROR_ENV },
        { "seal.timestamp_url", "https://tsa/", SB_ERROR_INPUT },
        { "seal.timestamp_url", "tsa", SB_ERROR_INPUT },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        use_token();
        g_autofree char *before = g_strdup(config_text(ws.config, "seal", strchr(rows[i].key, '.') + 1));
        set(rows[i].key, rows[i].value);
        cr_expect_null(seal_signer_open(&ws, &error), "%s = %s", rows[i].key, rows[i].value);
        cr_expect(g_error_matches(error, SB_ERROR, (gint)rows[i].code), "%s = %s: %s", rows[i].key, rows[i].value,
                  error ? error->message : "");
        set(rows[i].key, before);
    }
}

Test(seal_signer, a_pin_file_that_others_may_read_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *pin = in_ws("keys/maker.pin");
    use_token();
    g_chmod(pin, 0640);
    cr_expect_null(seal_signer_open(&ws, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}
