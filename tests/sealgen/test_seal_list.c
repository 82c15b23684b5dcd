/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of revoked seals: others can read it, and nobody can change it.
 */
#include <criterion/criterion.h>

#include "sealgen/seal_list.h"
#include "ses_fixture.h"

static SealList *
two_seals(void)
{
    SealList *list = seal_list_new();
    list->number = 7;
    list->issued_at = T0 + 50 * DAY;
    list->next_at = T0 + 150 * DAY;
    seal_list_add(list, "46010000000002", T0 + 10 * DAY, "replaced");
    seal_list_add(list, "46010000000001", T0 + 20 * DAY, "lost");
    return list;
}

static GBytes *
make(const Fixture *f, const SealList *list)
{
    g_autoptr(SesMaker) maker = fixture_maker(f);
    g_autoptr(GError) error = NULL;
    GBytes *der = seal_list_make(maker, list, &error);
    cr_assert(der, "%s", error ? error->message : "");
    return der;
}

Test(seal_list, reads_back_what_was_written_in_order)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SealList) list = two_seals();
    g_autoptr(GBytes) der = make(f, list);
    g_autoptr(GError) error = NULL;
    g_autoptr(SealList) again = seal_list_read(der, f->trust, NOW, &error);
    cr_assert(again, "%s", error ? error->message : "");
    cr_expect_str_eq(again->vid, "TESTVID");
    cr_expect_eq(again->number, 7);
    cr_expect_eq(again->issued_at, T0 + 50 * DAY);
    cr_expect_eq(again->entries->len, 2);
    const SealListEntry *entry = seal_list_find(again, "46010000000001");
    cr_assert(entry);
    cr_expect_eq(entry->revoked_at, T0 + 20 * DAY);
    cr_expect_str_eq(entry->reason, "lost");
    cr_expect(seal_list_find(again, "46010000000002"));
    cr_expect_null(seal_list_find(again, "46010000000003"));
}

Test(seal_list, an_empty_list_is_a_list)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SealList) list = seal_list_new();
    list->issued_at = T0;
    list->next_at = T0 + DAY;
    g_autoptr(GBytes) der = make(f, list);
    g_autoptr(SealList) again = seal_list_read(der, f->trust, NOW, NULL);
    cr_assert(again);
    cr_assert_eq(again->entries->len, 0);
}

Test(seal_list, the_openssl_command_alone_reads_it_and_checks_its_signature)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SealList) list = two_seals();
    g_autoptr(GBytes) der = make(f, list);
    g_autofree char *dir = g_dir_make_tmp("listXXXXXX", NULL), *file = g_build_filename(dir, "list.p7", NULL);
    cr_assert(g_file_set_contents(file, g_bytes_get_data(der, NULL), (gssize)g_bytes_get_size(der), NULL));
    /* signature: the last OCTET STRING of the file; certificate: by the pkcs7 command */
    g_autofree char *command = g_strdup_printf(
        "cd '%s' && openssl cms -verify -nosigs -noverify -inform DER -in list.p7 -binary -out content 2>err &&"
        " openssl pkcs7 -inform DER -in list.p7 -print_certs -out cert.pem && openssl x509 -in cert.pem -noout -pubkey "
        "-out pub"
        " && openssl asn1parse -inform DER -in list.p7 -strparse $(openssl asn1parse -inform DER -in list.p7 | tail -1 "
        "|"
        " cut -d: -f1) -noout -out sig && openssl dgst -sm3 -verify pub -sigopt distid:" SM2_ID
        " -signature sig content"
        " && grep -q '\"46010000000001\",\"revoked_at\":\"2026-01-21T00:00:00Z\",\"reason\":\"lost\"' content;"
        " s=$?; cat err; cd /; rm -rf '%s'; exit $s",
        dir, dir);
    const char *argv[] = { "sh", "-c", command, NULL };
    int status = -1;
    g_autofree char *out = NULL;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, NULL));
    cr_assert(g_spawn_check_wait_status(status, NULL), "%s", out);
}

Test(seal_list, refuses_entries_that_make_no_sense)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = fixture_maker(f);
    static const struct {
        const char *es_id, *reason;
        gint64 when;
    } rows[] = {
        { "", "lost", T0 },  { "a b", "lost", T0 },   { "印", "lost", T0 }, { "1", "", T0 },
        { "1", "Lost", T0 }, { "1", "so\nlost", T0 }, { "1", "lost", -1 },  { "46010000000001", "lost", T0 }
    }; /* there already */
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SealList) list = two_seals();
        g_autoptr(GError) error = NULL;
        seal_list_add(list, rows[i].es_id, rows[i].when, rows[i].reason);
        cr_expect_null(seal_list_make(maker, list, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT), "row %u: %s", i, error ? error->message : "made");
    }
    g_autoptr(SealList) list = two_seals();
    list->next_at = list->issued_at;
    cr_expect_null(seal_list_make(maker, list, NULL));
}

Test(seal_list, no_changed_byte_and_no_cut_is_believed)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SealList) list = two_seals();
    g_autoptr(GBytes) der = make(f, list);
    gsize length;
    const guint8 *data = g_bytes_get_data(der, &length);
    for (gsize i = 0; i < length; i++) {
        g_autoptr(GBytes) cut = g_bytes_new(data, i);
        cr_assert_null(seal_list_read(cut, f->trust, NOW, NULL), "cut to %zu", i);
        guint8 *copy = g_memdup2(data, length);
        copy[i] ^= 0x01;
        g_autoptr(GBytes) bytes = g_bytes_new_take(copy, length);
        cr_assert_null(seal_list_read(bytes, f->trust, NOW, NULL), "byte %zu", i);
    }
}

Test(seal_list, is_not_believed_from_a_stranger_or_ahead_of_its_time)
{
    g_autoptr(Fixture) f = fixture_new(), other = fixture_new();
    g_autoptr(SealList) list = two_seals();
    g_autoptr(GBytes) der = make(f, list);
    g_autoptr(GError) error = NULL, error2 = NULL;
    cr_expect_null(seal_list_read(der, other->trust, NOW, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL));
    cr_expect_null(seal_list_read(der, f->trust, T0 + 40 * DAY, &error2));
    cr_expect(g_error_matches(error2, SB_ERROR, SB_ERROR_SEAL));
}

Test(seal_list, judges_a_verdict)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SealList) list = two_seals();
    g_autoptr(GBytes) der = make(f, list), seal = fixture_build(f, (Build){ .shape = 4 }); /* 46010000000001 */
    g_autoptr(SealList) read = seal_list_read(der, f->trust, NOW, NULL);
    static const struct {
        gint64 at;
        SesResult result;
        SesCheckStatus status;
    } rows[] = { { NOW, SES_INVALID, SES_CHECK_FAIL }, { T0 + 15 * DAY, SES_VALID, SES_CHECK_OK } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SesVerdict) verdict = ses_verify(seal, f->trust, rows[i].at);
        seal_list_judge(read, verdict, rows[i].at);
        cr_expect_eq(verdict->result, rows[i].result);
        cr_expect_eq(fixture_check(verdict, "seal_list")->status, rows[i].status);
    }
    g_ptr_array_set_size(read->entries, 0);
    g_autoptr(SesVerdict) late = ses_verify(seal, f->trust, T0 + 200 * DAY);
    seal_list_judge(read, late, T0 + 200 * DAY);
    cr_expect_eq(fixture_check(late, "seal_list")->status, SES_CHECK_NOTE);
}
