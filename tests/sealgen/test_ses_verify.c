/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verifier: the vectors of others, every trap laid by hand, trust, dates, hostile bytes.
 */
#include <criterion/criterion.h>

#include "ses_fixture.h"

static SesTrust *
vector_trust(void)
{
    SesTrust *trust = ses_trust_new();
    g_autoptr(GBytes) ca = fixture_file("ca.pem");
    cr_assert(ses_trust_add_certificates(trust, ca, NULL));
    return trust;
}

Test(ses_verify, gives_the_vectors_what_is_expected_of_them)
{
    static const struct {
        const char *file;
        SesResult result;
        const char *check; /* that fails */
    } rows[] = {
        { "v1.esl", SES_VALID, NULL },
        { "v4.esl", SES_VALID, NULL },
        { "v5.esl", SES_VALID, NULL },
        { "v4_emptyid.esl", SES_INVALID, "signature" },
        { "v4_rawsig.esl", SES_INVALID, "signature" },
        { "v4_trailing.esl", SES_INVALID, "structure" },
        { "v1_signed_like_v4.esl", SES_INVALID, "signature" },
        { "v4_tampered_picture.esl", SES_INVALID, "signature" },
    };
    g_autoptr(SesTrust) trust = vector_trust();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) der = fixture_file(rows[i].file);
        g_autoptr(SesVerdict) verdict = ses_verify(der, trust, NOW);
        g_autofree char *why = fixture_failures(verdict);
        cr_expect_eq(verdict->result, rows[i].result, "%s: %s: %s", rows[i].file, ses_result_name(verdict->result),
                     why);
        if (rows[i].check)
            cr_expect_eq(fixture_check(verdict, rows[i].check)->status, SES_CHECK_FAIL, "%s: %s", rows[i].file, why);
    }
}

Test(ses_verify, takes_what_a_right_maker_may_write)
{
    g_autoptr(Fixture) f = fixture_new();
    static const struct {
        const char *what;
        Build build;
        const char *note; /* the check that says something, or NULL */
    } rows[] = {
        { "v4", { .shape = 4 }, NULL },
        { "v1", { .shape = 1 }, NULL },
        { "v5 of four elements", { .shape = 4, .header_version = 5 }, "time_stamp" },
        { "v4 with an extension, critical", { .shape = 4, .ext = EXT_TRUE }, NULL },
        { "v1 with an extension, critical", { .shape = 1, .ext = EXT_TRUE }, NULL },
        { "critical left out", { .shape = 4, .ext = EXT_OMITTED }, "structure" },
        { "critical FALSE written out", { .shape = 4, .ext = EXT_FALSE }, "structure" },
        { "v1 with version 2", { .shape = 1, .header_version = 2 }, "structure" },
        { "v1 with version 3", { .shape = 1, .header_version = 3 }, "structure" },
        { "holders by digest", { .shape = 4, .list_type = 2, .list_digests = TRUE }, NULL },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) der = fixture_build(f, rows[i].build);
        g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
        g_autofree char *why = fixture_failures(verdict);
        cr_expect_eq(verdict->result, SES_VALID, "%s: %s", rows[i].what, why);
        if (rows[i].note)
            cr_expect_eq(fixture_check(verdict, rows[i].note)->status, SES_CHECK_NOTE, "%s: %s", rows[i].what, why);
    }
}

Test(ses_verify, refuses_every_trap_by_its_name)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) tail = g_bytes_new_static("not a token", 11);
    g_autoptr(GBytes) wide = fixture_png(96, 48), large = fixture_png(765, 765);
    g_autoptr(GBytes) gif = g_bytes_new_static("GIF89a\x60\0\x60\0\0\0\0;", 14);
    g_autoptr(GBytes) junk = g_bytes_new_static("\1\2\3", 3);
    const struct {
        const char *what;
        Build build;
        const char *check, *says;
    } rows[] = {
        { "empty ID", { .shape = 4, .sign = SIGN_EMPTY_ID }, "signature", "empty SM2 identity" },
        { "empty ID v1", { .shape = 1, .sign = SIGN_EMPTY_ID }, "signature", "empty SM2 identity" },
        { "raw signature", { .shape = 4, .sign = SIGN_RAW }, "signature", "64 raw bytes" },
        { "raw signature v1", { .shape = 1, .sign = SIGN_RAW }, "signature", "64 raw bytes" },
        { "BER signature", { .shape = 4, .sign = SIGN_BER }, "signature", "strict DER" },
        { "bytes behind the signature", { .shape = 4, .sign = SIGN_TAIL }, "signature", "behind" },
        { "signed by another key", { .shape = 4, .sign = SIGN_OTHER_KEY }, "signature", "does not fit" },
        { "unused bits", { .shape = 4, .unused_bits = 1 }, "structure", "" },
        { "v1 signed like v4", { .shape = 1, .sign = SIGN_INFO_ONLY }, "signature", "eSealInfo alone" },
        { "another algorithm", { .shape = 4, .oid = "ecdsa" }, "signature", "is not SM2-with-SM3" },
        { "[0] in v4", { .shape = 4, .ext = EXT_TRUE, .ext_tagged_wrong = TRUE }, "structure", "[0]" },
        { "no [0] in v1", { .shape = 1, .ext = EXT_TRUE, .ext_tagged_wrong = TRUE }, "structure", "[0]" },
        { "TRUE as 1", { .shape = 4, .ext = EXT_ONE }, "structure", "strict DER" },
        { "UTCTime in v4", { .shape = 4, .time_tag = 0x17 }, "structure", "UTCTime" },
        { "GeneralizedTime in v1", { .shape = 1, .time_tag = 0x18 }, "structure", "GeneralizedTime" },
        { "time without Z", { .shape = 4, .created = "260101000000" }, "structure", "createDate" },
        { "time with an offset", { .shape = 4, .from = "260101000000+0800" }, "structure", "validStart" },
        { "the 30th of February", { .shape = 4, .until = "270230000000Z" }, "structure", "validEnd" },
        { "certListType in v1", { .shape = 1, .list_type = 1 }, "structure", "certListType" },
        { "no certListType in v4", { .shape = 4, .list_type = -1 }, "structure", "certListType" },
        { "certListType 3", { .shape = 4, .list_type = 3 }, "structure", "certListType" },
        { "digests called certificates", { .shape = 4, .list_digests = TRUE }, "structure", "certList" },
        { "certificates called digests", { .shape = 4, .list_type = 2 }, "structure", "certList" },
        { "version 1 in v4's shape", { .shape = 4, .header_version = 1 }, "structure", "header.version" },
        { "version 4 in v1's shape", { .shape = 1, .header_version = 4 }, "structure", "header.version" },
        { "a time stamp in version 4", { .shape = 4, .stamp = tail }, "structure", "header.version" },
        { "another magic", { .shape = 4, .id = "ET" }, "structure", "header.ID" },
        { "a name that is not UTF-8", { .shape = 4, .name = "\xff\xfe" }, "structure", "UTF-8" },
        { "junk as a time stamp", { .shape = 5, .stamp = tail }, "time_stamp", "not signed data" },
        { "pixels for millimetres", { .shape = 4, .width = 96, .height = 96 }, "density", "pixels" },
        { "a circle drawn as an oval", { .shape = 4, .width = 8, .height = 4 }, "density", "out of shape" },
        { "a picture drawn out", { .shape = 4, .picture = wide }, "density", "out of shape" },
        { "tenths of a millimetre",
          { .shape = 4, .width = 255, .height = 255, .picture = large },
          "density",
          "that large" },
        { "a GIF called PNG", { .shape = 4, .picture = gif }, "picture", "is a GIF" },
        { "no picture at all", { .shape = 4, .picture = junk }, "picture", "no format" },
        { "ends before it starts",
          { .shape = 4, .from = "270101000000Z", .until = "260601000000Z" },
          "dates",
          "validEnd" },
        { "made in the future", { .shape = 4, .created = "270101000000Z" }, "dates", "made" },
        { "not yet valid", { .shape = 4, .from = "270101000000Z" }, "dates", "not valid yet" },
        { "no longer valid", { .shape = 4, .until = "260201000000Z" }, "dates", "no longer" },
        { "made before the maker was certified", { .shape = 4, .created = "200101000000Z" }, "dates", "maker" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) der = fixture_build(f, rows[i].build);
        g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
        g_autofree char *why = fixture_failures(verdict);
        cr_expect_eq(verdict->result, SES_INVALID, "%s: %s", rows[i].what, why);
        const SesCheck *check = fixture_check(verdict, rows[i].check);
        cr_expect(check && check->status == SES_CHECK_FAIL && strstr(check->text, rows[i].says), "%s: %s", rows[i].what,
                  why);
    }
}

Test(ses_verify, names_pictures_of_other_makers_without_drawing_them)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) gif = g_bytes_new_static("GIF89a\x60\0\x60\0\0\0\0;", 14);
    g_autoptr(GBytes) bmp = g_bytes_new_static("BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0\x60\0\0\0\xa0\xff\xff\xff", 26);
    g_autoptr(GBytes) jpg = g_bytes_new_static("\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08\0\x60\0\x60\1\1\x11\0", 21);
    g_autoptr(GBytes) svg = g_bytes_new_static("<svg xmlns='http://www.w3.org/2000/svg'/>", 41);
    const struct {
        const char *type;
        GBytes *picture;
        guint side_px;
    } rows[] = { { "GIF", gif, 96 }, { "BMP", bmp, 96 }, { "JPG", jpg, 96 }, { "JPEG", jpg, 96 }, { "SVG", svg, 0 } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) der =
            fixture_build(f, (Build){ .shape = 4, .picture_type = rows[i].type, .picture = rows[i].picture });
        g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
        g_autofree char *why = fixture_failures(verdict);
        cr_expect_eq(verdict->result, SES_VALID, "%s: %s", rows[i].type, why);
        cr_expect_eq(fixture_check(verdict, "picture")->status, SES_CHECK_NOTE, "%s: %s", rows[i].type, why);
        cr_expect_eq(verdict->picture_width_px, rows[i].side_px, "%s", rows[i].type);
        cr_expect_eq(verdict->picture_height_px, rows[i].side_px, "%s", rows[i].type);
    }
}

/* ---- trust ---- */

static SesVerdict *
verify_with_anchor(const Fixture *f, Build build, const Party *anchor, gint64 at)
{
    g_autoptr(SesTrust) trust = ses_trust_new();
    if (anchor)
        cr_assert(ses_trust_add_certificates(trust, anchor->der, NULL));
    g_autoptr(GBytes) der = fixture_build(f, build);
    return ses_verify(der, trust, at);
}

Test(ses_verify, without_an_anchor_a_good_seal_is_unproven)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesVerdict) verdict = verify_with_anchor(f, (Build){ .shape = 4 }, NULL, NOW);
    cr_assert_eq(verdict->result, SES_UNPROVEN);
    cr_assert_eq(fixture_check(verdict, "chain")->status, SES_CHECK_SKIPPED);
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4 });
    g_autoptr(SesVerdict) no_trust = ses_verify(der, NULL, NOW);
    cr_assert_eq(no_trust->result, SES_UNPROVEN);
}

Test(ses_verify, a_maker_of_another_ca_is_refused)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) other =
        fixture_issue(NULL, (CertSpec){ .name = "Test CA", .is_ca = TRUE, .key_usage = "critical,keyCertSign" });
    g_autoptr(SesVerdict) verdict = verify_with_anchor(f, (Build){ .shape = 4 }, other, NOW);
    cr_assert_eq(verdict->result, SES_INVALID);
    cr_assert_eq(fixture_check(verdict, "chain")->status, SES_CHECK_FAIL);
}

Test(ses_verify, a_chain_signed_with_the_empty_identity_is_refused)
{
    g_autoptr(Fixture) f = fixture_new();
    fixture_party_free(f->maker);
    f->maker = fixture_issue(f->ca, (CertSpec){ .name = "Empty ID", .key_usage = SIGN_USAGE, .empty_id = TRUE });
    g_autoptr(SesVerdict) verdict = verify_with_anchor(f, (Build){ .shape = 4 }, f->ca, NOW);
    cr_assert_eq(verdict->result, SES_INVALID);
    cr_assert_eq(fixture_check(verdict, "chain")->status, SES_CHECK_FAIL);
}

Test(ses_verify, a_trust_file_may_hold_a_middle_ca_and_only_that)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) middle =
        fixture_issue(f->ca, (CertSpec){ .name = "Middle", .is_ca = TRUE, .key_usage = "critical,keyCertSign" });
    fixture_party_free(f->maker);
    f->maker = fixture_issue(middle, (CertSpec){ .name = "Maker", .key_usage = SIGN_USAGE });
    g_autoptr(SesVerdict) root_only = verify_with_anchor(f, (Build){ .shape = 4 }, f->ca, NOW);
    cr_expect_eq(root_only->result, SES_INVALID, "the middle CA is missing");
    g_autoptr(SesVerdict) middle_only = verify_with_anchor(f, (Build){ .shape = 4 }, middle, NOW);
    cr_expect_eq(middle_only->result, SES_VALID);
    cr_assert(ses_trust_add_certificates(f->trust, middle->der, NULL));
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4 });
    g_autoptr(SesVerdict) both = ses_verify(der, f->trust, NOW);
    cr_expect_eq(both->result, SES_VALID);
}

Test(ses_verify, a_maker_without_the_right_to_sign_is_refused)
{
    g_autoptr(Fixture) f = fixture_new();
    fixture_party_free(f->maker);
    f->maker = fixture_issue(f->ca, (CertSpec){ .name = "Encrypts", .key_usage = "critical,keyEncipherment" });
    g_autoptr(SesVerdict) verdict = verify_with_anchor(f, (Build){ .shape = 4 }, f->ca, NOW);
    cr_assert_eq(verdict->result, SES_INVALID);
    cr_assert_eq(fixture_check(verdict, "key_usage")->status, SES_CHECK_FAIL);
}

Test(ses_verify, an_expired_maker_is_an_error_in_version_4_and_a_note_in_version_5)
{
    g_autoptr(Fixture) f = fixture_new();
    fixture_party_free(f->maker);
    f->maker = fixture_issue(f->ca, (CertSpec){ .name = "Short", .key_usage = SIGN_USAGE, .until = T0 + 30 * DAY });
    static const struct {
        Build build;
        SesResult result;
        SesCheckStatus status;
    } rows[] = { { { .shape = 1 }, SES_INVALID, SES_CHECK_FAIL },
                 { { .shape = 4 }, SES_INVALID, SES_CHECK_FAIL },
                 { { .shape = 4, .header_version = 5 }, SES_VALID, SES_CHECK_NOTE } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SesVerdict) now = verify_with_anchor(f, rows[i].build, f->ca, NOW);
        cr_expect_eq(now->result, rows[i].result, "row %u", i);
        cr_expect_eq(fixture_check(now, "validity")->status, rows[i].status, "row %u", i);
        g_autoptr(SesVerdict) then = verify_with_anchor(f, rows[i].build, f->ca, T0 + 10 * DAY);
        cr_expect_eq(then->result, SES_VALID, "row %u", i);
    }
}

Test(ses_verify, an_expired_holder_is_a_note)
{
    g_autoptr(Fixture) f = fixture_new();
    fixture_party_free(f->holder);
    f->holder = fixture_issue(f->ca, (CertSpec){ .name = "Short", .key_usage = SIGN_USAGE, .until = T0 + 30 * DAY });
    g_autoptr(SesVerdict) verdict = verify_with_anchor(f, (Build){ .shape = 4 }, f->ca, NOW);
    cr_assert_eq(verdict->result, SES_VALID);
    cr_assert_eq(fixture_check(verdict, "holder")->status, SES_CHECK_NOTE);
}

/* ---- revocation ---- */

static GBytes *
make_crl(const Party *ca, const Party *revoked, gint64 when, gint64 next)
{
    X509_CRL *crl = X509_CRL_new();
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->x509));
    ASN1_TIME *t = ASN1_TIME_set(NULL, T0);
    X509_CRL_set1_lastUpdate(crl, t);
    ASN1_TIME_set(t, next);
    X509_CRL_set1_nextUpdate(crl, t);
    if (revoked) {
        X509_REVOKED *entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->x509));
        ASN1_TIME_set(t, when);
        X509_REVOKED_set_revocationDate(entry, t);
        X509_CRL_add0_revoked(crl, entry);
    }
    ASN1_TIME_free(t);
    X509_CRL_sort(crl);
    EVP_MD_CTX *ctx = fixture_sign_ctx(ca->key, FALSE);
    cr_assert_gt(X509_CRL_sign_ctx(crl, ctx), 0);
    EVP_MD_CTX_free(ctx);
    guint8 *der = NULL;
    int length = i2d_X509_CRL(crl, &der);
    GBytes *bytes = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    X509_CRL_free(crl);
    return bytes;
}

Test(ses_verify, a_revoked_maker_is_an_error_in_version_4_and_a_note_in_version_5_when_it_came_later)
{
    g_autoptr(Fixture) f = fixture_new();
    static const struct {
        const char *what;
        Build build;
        gint64 revoked_at; /* 0: not revoked */
        SesCheckStatus status;
    } rows[] = {
        { "not revoked", { .shape = 4 }, 0, SES_CHECK_OK },
        { "v4 revoked", { .shape = 4 }, T0 + DAY, SES_CHECK_FAIL },
        { "v1 revoked", { .shape = 1 }, T0 + DAY, SES_CHECK_FAIL },
        { "v5 revoked after it was made", { .shape = 4, .header_version = 5 }, T0 + DAY, SES_CHECK_NOTE },
        { "v5 revoked before it was made", { .shape = 4, .header_version = 5 }, T0 - DAY, SES_CHECK_FAIL },
        { "v4 revoked after the moment asked about", { .shape = 4 }, NOW + DAY, SES_CHECK_NOTE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SesTrust) trust = ses_trust_new();
        g_autoptr(GBytes) crl =
            make_crl(f->ca, rows[i].revoked_at ? f->maker : NULL, rows[i].revoked_at, NOW + 30 * DAY);
        cr_assert(ses_trust_add_certificates(trust, f->ca->der, NULL));
        cr_assert(ses_trust_add_crls(trust, crl, NULL));
        g_autoptr(GBytes) der = fixture_build(f, rows[i].build);
        g_autoptr(SesVerdict) verdict = ses_verify(der, trust, NOW);
        const SesCheck *check = fixture_check(verdict, "revocation");
        cr_expect(check && check->status == rows[i].status, "%s: %s", rows[i].what, check ? check->text : "");
        cr_expect_eq(verdict->result, rows[i].status == SES_CHECK_FAIL ? SES_INVALID : SES_VALID, "%s", rows[i].what);
    }
}

Test(ses_verify, a_list_that_another_ca_signed_is_not_believed)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) impostor =
        fixture_issue(NULL, (CertSpec){ .name = "Test CA", .is_ca = TRUE, .key_usage = "critical,cRLSign" });
    g_autoptr(GBytes) crl = make_crl(impostor, f->maker, T0, NOW + DAY);
    cr_assert(ses_trust_add_crls(f->trust, crl, NULL));
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4 });
    g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
    cr_assert_eq(verdict->result, SES_VALID);
    cr_assert_eq(fixture_check(verdict, "revocation")->status, SES_CHECK_SKIPPED);
}

Test(ses_verify, trust_files_that_hold_nothing_are_refused)
{
    g_autoptr(SesTrust) trust = ses_trust_new();
    g_autoptr(GBytes) junk = g_bytes_new_static("-----BEGIN NOTHING-----", 23);
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    cr_expect_not(ses_trust_add_certificates(trust, junk, NULL));
    cr_expect_not(ses_trust_add_certificates(trust, empty, NULL));
    cr_expect_not(ses_trust_add_crls(trust, junk, NULL));
    cr_expect_not(ses_trust_add_crls(trust, empty, NULL));
    cr_expect_not(ses_trust_has_anchors(trust));
}

/* ---- hostile bytes ---- */

/* Every byte, three ways, and every length; on small seals so that it stays quick. */
static void
torture(const Fixture *f, GBytes *good)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(good, &length);
    g_autoptr(SesVerdict) whole = ses_verify(good, f->trust, NOW);
    cr_assert_eq(whole->result, SES_VALID);
    for (gsize i = 0; i < length; i++) {
        static const guint8 flips[] = { 0x01, 0x80, 0xff };
        g_autoptr(GBytes) cut = g_bytes_new(data, i);
        g_autoptr(SesVerdict) short_one = ses_verify(cut, f->trust, NOW);
        cr_assert_eq(short_one->result, SES_INVALID, "cut to %zu bytes", i);
        for (guint k = 0; k < G_N_ELEMENTS(flips); k++) {
            guint8 *copy = g_memdup2(data, length);
            copy[i] ^= flips[k];
            g_autoptr(GBytes) bytes = g_bytes_new_take(copy, length);
            g_autoptr(SesVerdict) verdict = ses_verify(bytes, f->trust, NOW);
            cr_assert_eq(verdict->result, SES_INVALID, "byte %zu of %zu ^ %02x", i, length, flips[k]);
        }
    }
}

Test(ses_verify, no_changed_byte_and_no_cut_is_ever_valid, .timeout = 240)
{
    g_autoptr(Fixture) f = fixture_new();
    static const Build builds[] = { { .shape = 1 }, { .shape = 4 }, { .shape = 4, .header_version = 5 } };
    for (guint i = 0; i < G_N_ELEMENTS(builds); i++) {
        g_autoptr(GBytes) der = fixture_build(f, builds[i]);
        torture(f, der);
    }
}
