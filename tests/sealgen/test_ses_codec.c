/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The codec: byte for byte the same again, and a walk of mutated seals (the ordinary, deterministic
 * cousin of tests/fuzz/fuzz_ses.c).
 */
#include <criterion/criterion.h>

#include "sealgen/ses_codec.h"
#include "ses_fixture.h"

Test(ses_codec, what_is_read_is_written_byte_for_byte)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) stamp = g_bytes_new_static("\x30\x00\x00", 3); /* zeros at the end must stay */
    static const char *const files[] = { "v1.esl", "v4.esl", "v5.esl", "v4_emptyid.esl", "v4_rawsig.esl" };
    g_autoptr(GPtrArray) seals = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        g_ptr_array_add(seals, fixture_file(files[i]));
    const Build builds[] = { { .shape = 1, .ext = EXT_FALSE },   { .shape = 4, .ext = EXT_TRUE },
                             { .shape = 4, .ext = EXT_OMITTED }, { .shape = 4, .ext = EXT_FALSE },
                             { .shape = 5, .stamp = stamp },     { .shape = 4, .list_type = 2, .list_digests = TRUE },
                             { .shape = 1, .header_version = 3 } };
    for (guint i = 0; i < G_N_ELEMENTS(builds); i++)
        g_ptr_array_add(seals, fixture_build(f, builds[i]));
    for (guint i = 0; i < seals->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Ses) ses = ses_parse(seals->pdata[i], &error);
        cr_assert(ses, "seal %u: %s", i, error ? error->message : "");
        g_autoptr(GBytes) again = ses_encode(ses, NULL), tbs = ses_encode_tbs(ses, NULL);
        cr_expect(g_bytes_equal(again, seals->pdata[i]), "seal %u", i);
        cr_expect(g_bytes_equal(tbs, ses->tbs), "seal %u", i);
    }
}

Test(ses_codec, limits_are_named)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) huge = g_bytes_new_take(g_malloc0(SES_MAX_BYTES + 1), SES_MAX_BYTES + 1);
    cr_expect_null(ses_parse(huge, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
    g_autoptr(Fixture) f = fixture_new();
    g_autofree char *long_name = g_strnfill(SES_MAX_TEXT + 1, 'x');
    g_autoptr(GBytes) seal = fixture_build(f, (Build){ .shape = 4, .name = long_name });
    cr_expect_null(ses_parse(seal, NULL));
}

static void
mutate(GByteArray *bytes, GRand *rand)
{
    guint changes = (guint)g_rand_int_range(rand, 1, 4);
    for (guint i = 0; i < changes && bytes->len > 2; i++) {
        guint at = (guint)g_rand_int_range(rand, 0, (gint32)bytes->len);
        guint8 value = (guint8)g_rand_int_range(rand, 0, 256);
        switch (g_rand_int_range(rand, 0, 5)) {
        case 0:
            bytes->data[at] = value;
            break;
        case 1:
            bytes->data[at] ^= (guint8)(1 << (value & 7));
            break;
        case 2:
            g_byte_array_remove_range(bytes, at, MIN(bytes->len - at, 1 + (value & 15u)));
            break;
        case 3:
            g_byte_array_append(bytes, bytes->data + at, MIN(bytes->len - at, 1 + (value & 63u)));
            break;
        default: { /* a length field, most likely */
            static const guint8 lengths[] = { 0x00, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff };
            bytes->data[at] = lengths[value % G_N_ELEMENTS(lengths)];
        }
        }
    }
}

Test(ses_codec, mutated_seals_never_crash_and_are_never_valid, .timeout = 60)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(38540);
    const Build builds[] = { { .shape = 1 },
                             { .shape = 4 },
                             { .shape = 4, .header_version = 5, .ext = EXT_TRUE },
                             { .shape = 4, .list_type = 2, .list_digests = TRUE } };
    GBytes *seals[G_N_ELEMENTS(builds)];
    for (guint i = 0; i < G_N_ELEMENTS(builds); i++)
        seals[i] = fixture_build(f, builds[i]);
    for (guint i = 0; i < 4000; i++) {
        GBytes *good = seals[i % G_N_ELEMENTS(builds)];
        gsize length;
        gconstpointer data = g_bytes_get_data(good, &length);
        GByteArray *bytes = g_byte_array_append(g_byte_array_new(), data, (guint)length);
        mutate(bytes, rand);
        g_autoptr(GBytes) bad = g_byte_array_free_to_bytes(bytes);
        g_autoptr(SesVerdict) verdict = ses_verify(bad, f->trust, NOW);
        cr_assert(verdict->result == SES_INVALID || g_bytes_equal(bad, good), "mutation %u", i);
    }
    for (guint i = 0; i < G_N_ELEMENTS(builds); i++)
        g_bytes_unref(seals[i]);
}
