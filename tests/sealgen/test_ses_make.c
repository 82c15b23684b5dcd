/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making seals: what we write is what others read, and nothing wrong ever comes out.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>

#include "ses_fixture.h"

static GBytes *
make(const Fixture *f, SesVersion version)
{
    g_autoptr(SesMaker) maker = fixture_maker(f);
    SesSpec spec = fixture_spec(f, version);
    GError *error = NULL;
    GBytes *der = ses_make(maker, &spec, &error);
    cr_assert(der, "%s", error ? error->message : "");
    return der;
}

/* Runs tests/sealgen/openssl_verify_seal.sh: the openssl command and nothing of ours. */
static gboolean
openssl_accepts(GBytes *seal, GBytes *ca_der)
{
    g_autofree char *dir = g_dir_make_tmp("sealXXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "seal.esl", NULL), *ca = g_build_filename(dir, "ca.der", NULL);
    g_autofree char *script = g_build_filename(SOURCE_DIR, "tests/sealgen/openssl_verify_seal.sh", NULL);
    cr_assert(g_file_set_contents(file, g_bytes_get_data(seal, NULL), (gssize)g_bytes_get_size(seal), NULL));
    cr_assert(g_file_set_contents(ca, g_bytes_get_data(ca_der, NULL), (gssize)g_bytes_get_size(ca_der), NULL));
    g_autofree char *command = g_strdup_printf(
        "cd '%s' && openssl x509 -inform DER -in ca.der -out ca.pem && '%s' seal.esl ca.pem . >out 2>&1;"
        " s=$?; cd / && rm -rf '%s'; exit $s",
        dir, script, dir);
    const char *argv[] = { "sh", "-c", command, NULL };
    int status = -1;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    return g_spawn_check_wait_status(status, NULL);
}

Test(ses_make, the_openssl_command_alone_accepts_every_version)
{
    g_autoptr(Fixture) f = fixture_new();
    static const SesVersion versions[] = { SES_V1, SES_V4, SES_V5 };
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(GBytes) der = make(f, versions[i]);
        cr_expect(openssl_accepts(der, f->ca->der), "version %d", versions[i]);
        g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
        cr_expect_eq(verdict->result, SES_VALID, "version %d", versions[i]);
    }
    g_autoptr(GBytes) wrong = fixture_build(f, (Build){ .shape = 4, .sign = SIGN_EMPTY_ID });
    cr_expect_not(openssl_accepts(wrong, f->ca->der), "the script itself must be able to refuse");
}

Test(ses_make, writes_byte_for_byte_what_is_composed_by_hand)
{
    g_autoptr(Fixture) f = fixture_new();
    static const SesVersion versions[] = { SES_V1, SES_V4, SES_V5 };
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(GBytes) der = make(f, versions[i]);
        g_autoptr(GBytes) by_hand = fixture_build(
            f,
            (Build){ .shape = versions[i] == SES_V1 ? 1 : 4, .header_version = versions[i], .name = "测试电子印章" });
        g_autoptr(Ses) a = ses_parse(der, NULL), b = ses_parse(by_hand, NULL);
        cr_assert(a && b);
        cr_expect(g_bytes_equal(a->tbs, b->tbs), "version %d", versions[i]);
    }
}

Test(ses_make, reads_back_what_was_asked_for)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) der = make(f, SES_V4);
    g_autoptr(Ses) ses = ses_parse(der, NULL);
    cr_assert(ses);
    cr_expect_eq(ses->version, SES_V4);
    cr_expect_str_eq(ses->vid, "TESTVID");
    cr_expect_str_eq(ses->es_id, "46010000000001");
    cr_expect_str_eq(ses->name, "测试电子印章");
    cr_expect_eq(ses->type, 1);
    cr_expect_eq(ses->created, T0);
    cr_expect_eq(ses->valid_until, T0 + 729 * DAY);
    cr_expect_str_eq(ses->picture_type, "PNG");
    cr_expect(g_bytes_equal(ses->picture, f->png));
    cr_expect_eq(ses->width_mm, 8);
    cr_expect_eq(ses->certs->len, 1);
    cr_expect(g_bytes_equal(ses->certs->pdata[0], f->holder->der));
    cr_expect_null(ses->extensions);
    cr_expect_null(ses->time_stamp);
    cr_expect_eq(ses->oddities->len, 0);
}

static void
spec_no_id(SesSpec *s)
{
    s->es_id = "";
}
static void
spec_space_id(SesSpec *s)
{
    s->es_id = "a b";
}
static void
spec_hanzi_id(SesSpec *s)
{
    s->es_id = "印";
}
static void
spec_no_name(SesSpec *s)
{
    s->name = NULL;
}
static void
spec_bad_name(SesSpec *s)
{
    s->name = "\xc3";
}
static void
spec_version(SesSpec *s)
{
    s->version = 3;
}
static void
spec_type(SesSpec *s)
{
    s->type = -1;
}
static void
spec_no_holder(SesSpec *s)
{
    s->n_certs = 0;
}
static void
spec_backwards(SesSpec *s)
{
    s->valid_until = s->valid_from;
}
static void
spec_late(SesSpec *s)
{
    s->created = s->valid_until + 1;
}
static void
spec_no_picture(SesSpec *s)
{
    s->png = NULL;
}
static void
spec_pixels(SesSpec *s)
{
    s->width_mm = s->height_mm = 96;
}
static void
spec_shape(SesSpec *s)
{
    s->height_mm = 5;
}
static void
spec_small(SesSpec *s)
{
    s->width_mm = s->height_mm = 4;
}

Test(ses_make, refuses_a_spec_that_makes_no_sense)
{
    static const struct {
        void (*spoil)(SesSpec *);
        const char *says;
    } rows[] = {
        { spec_no_id, "esID" },         { spec_space_id, "esID" },         { spec_hanzi_id, "esID" },
        { spec_no_name, "name" },       { spec_bad_name, "name" },         { spec_version, "version" },
        { spec_type, "type" },          { spec_no_holder, "certificate" }, { spec_backwards, "validEnd" },
        { spec_late, "end" },           { spec_no_picture, "picture" },    { spec_pixels, "pixels" },
        { spec_shape, "out of shape" }, { spec_small, "millimetres" },
    };
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = fixture_maker(f);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SesSpec spec = fixture_spec(f, SES_V4);
        g_autoptr(GError) error = NULL;
        rows[i].spoil(&spec);
        g_autoptr(GBytes) der = ses_make(maker, &spec, &error);
        cr_expect_null(der);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT) && strstr(error->message, rows[i].says),
                  "row %u: %s", i, error ? error->message : "");
    }
}

Test(ses_make, refuses_a_picture_that_does_not_decode)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = fixture_maker(f);
    gsize length = g_bytes_get_size(f->png);
    guint8 *broken = g_memdup2(g_bytes_get_data(f->png, NULL), length);
    broken[length / 2] ^= 0x10;
    g_autoptr(GBytes) changed = g_bytes_new_take(broken, length);
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(f->png, 0, length - 12);
    g_autoptr(GBytes) gif = g_bytes_new_static("GIF89a\x60\0\x60\0\0\0\0;", 14);
    GBytes *pictures[] = { changed, cut, gif };
    for (guint i = 0; i < G_N_ELEMENTS(pictures); i++) {
        SesSpec spec = fixture_spec(f, SES_V4);
        g_autoptr(GError) error = NULL;
        spec.png = pictures[i];
        g_autoptr(GBytes) der = ses_make(maker, &spec, &error);
        cr_expect_null(der);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE), "picture %u: %s", i, error ? error->message : "");
    }
}

Test(ses_make, version_1_cannot_write_a_date_beyond_2049)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = fixture_maker(f);
    SesSpec spec = fixture_spec(f, SES_V1);
    spec.valid_until = T0 + 25 * 366 * DAY;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) der = ses_make(maker, &spec, &error);
    cr_assert_null(der);
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}

Test(ses_make, over_the_tokens_room_it_says_what_would_fit_and_that_fits)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = fixture_maker(f);
    static const gsize rooms[] = { 1500, 1000, 700 };
    for (guint i = 0; i < G_N_ELEMENTS(rooms); i++) {
        SesSpec spec = fixture_spec(f, SES_V4);
        g_autoptr(GBytes) big = fixture_png(960, 960);
        g_autoptr(GError) error = NULL;
        spec.png = big;
        spec.width_mm = spec.height_mm = 40;
        spec.max_bytes = rooms[i];
        g_autoptr(GBytes) der = ses_make(maker, &spec, &error);
        cr_assert_null(der);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT), "%s", error->message);
        g_autofree char *fits = g_strdup_printf("at most %zu bytes", ses_picture_room(maker, &spec, rooms[i]));
        cr_expect(strstr(error->message, fits), "%s", error->message);
    }
    SesSpec spec = fixture_spec(f, SES_V4);
    spec.max_bytes = 4000;
    g_autoptr(GBytes) der = ses_make(maker, &spec, NULL);
    cr_assert(der && g_bytes_get_size(der) <= 4000);
    gsize without = g_bytes_get_size(der) - g_bytes_get_size(f->png);
    gsize room = ses_picture_room(maker, &spec, 4000);
    cr_expect(room + without <= 4000 + 4 && room + without >= 4000 - 8, "room %zu, rest %zu", room, without);
    cr_expect_eq(ses_picture_room(maker, &spec, 100), 0);
}

/* ---- signers ---- */

static GBytes *
sign_raw(gconstpointer tbs, gsize length, const guint8 *digest, gpointer key, GError **error)
{
    g_autoptr(GBytes) der = sm2_sign_digest(key, digest, error);
    const guint8 *p = g_bytes_get_data(der, NULL);
    guint8 raw[64] = { 0 };
    guint r = p[3], s = p[5 + r];
    memcpy(raw + 32 - MIN(r, 32), p + 4 + (r > 32), MIN(r, 32));
    memcpy(raw + 64 - MIN(s, 32), p + 6 + r + (s > 32), MIN(s, 32));
    return g_bytes_new(raw, sizeof raw);
}

static GBytes *
sign_nonsense(gconstpointer tbs, gsize length, const guint8 *digest, gpointer data, GError **error)
{
    static const guint8 nonsense[64] = { 1, 2, 3, [63] = 4 };
    return g_bytes_new_static(nonsense, sizeof nonsense);
}

static GBytes *
sign_refuses(gconstpointer tbs, gsize length, const guint8 *digest, gpointer data, GError **error)
{
    g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "the module is gone");
    return NULL;
}

Test(ses_make, a_token_may_answer_with_64_raw_bytes)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = ses_maker_new(f->maker->der, "V", sign_raw, f->maker->key, NULL);
    SesSpec spec = fixture_spec(f, SES_V4);
    g_autoptr(GBytes) der = ses_make(maker, &spec, NULL);
    cr_assert(der);
    g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
    cr_assert_eq(verdict->result, SES_VALID);
}

Test(ses_make, a_wrong_signature_never_leaves)
{
    g_autoptr(Fixture) f = fixture_new();
    SesSpec spec = fixture_spec(f, SES_V4);
    g_autoptr(GError) error = NULL, error2 = NULL, error3 = NULL;
    g_autoptr(SesMaker) nonsense = ses_maker_new(f->maker->der, "V", sign_nonsense, NULL, NULL);
    cr_expect_null(ses_make(nonsense, &spec, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL), "%s", error ? error->message : "");
    g_autoptr(SesMaker) other = ses_maker_new(f->maker->der, "V", fixture_sign, f->holder->key, NULL);
    cr_expect_null(ses_make(other, &spec, &error2));
    cr_expect(g_error_matches(error2, SB_ERROR, SB_ERROR_SEAL), "%s", error2 ? error2->message : "");
    g_autoptr(SesMaker) gone = ses_maker_new(f->maker->der, "V", sign_refuses, NULL, NULL);
    cr_expect_null(ses_make(gone, &spec, &error3));
    cr_expect(g_error_matches(error3, SB_ERROR, SB_ERROR_TOKEN), "%s", error3 ? error3->message : "");
}

Test(ses_make, an_expired_maker_makes_nothing)
{
    g_autoptr(Fixture) f = fixture_new();
    fixture_party_free(f->maker);
    f->maker = fixture_issue(f->ca, (CertSpec){ .name = "Old", .key_usage = SIGN_USAGE, .until = T0 - DAY });
    g_autoptr(SesMaker) maker = fixture_maker(f);
    static const SesVersion versions[] = { SES_V1, SES_V4, SES_V5 };
    for (guint i = 0; i < 3; i++) {
        SesSpec spec = fixture_spec(f, versions[i]);
        g_autoptr(GError) error = NULL;
        cr_expect_null(ses_make(maker, &spec, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL), "%s", error ? error->message : "");
    }
}

Test(ses_maker, refuses_what_cannot_make_seals)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GError) e1 = NULL, e2 = NULL, e3 = NULL, e4 = NULL, e5 = NULL;
    g_autoptr(Party) mute = fixture_issue(f->ca, (CertSpec){ .name = "Mute", .key_usage = "critical,keyAgreement" });
    g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
    cr_expect_null(ses_maker_new(f->maker->der, "两字", fixture_sign, NULL, &e1));
    cr_expect(g_error_matches(e1, SB_ERROR, SB_ERROR_INPUT));
    cr_expect_null(ses_maker_new(junk, "V", fixture_sign, NULL, &e2));
    cr_expect_null(ses_maker_new(mute->der, "V", fixture_sign, NULL, &e3));
    cr_expect(g_error_matches(e3, SB_ERROR, SB_ERROR_SEAL));
    char *pem = sm2_key_to_pem(f->holder->key, NULL);
    cr_expect_null(ses_maker_new_from_key(f->maker->der, "V", pem, strlen(pem), &e4));
    cr_expect(g_error_matches(e4, SB_ERROR, SB_ERROR_SEAL) && strstr(e4->message, "belong together"), "%s",
              e4->message);
    sm2_secret_free(pem);
    cr_expect_null(ses_maker_new_from_key(f->maker->der, "V", "junk", 4, &e5));
}
