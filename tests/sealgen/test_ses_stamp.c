/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time stamps: against the openssl command as a service, against an SM2 service composed here, and
 * against everything that such a service may get wrong.
 */
#include <criterion/criterion.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include "sealgen/ses_stamp.h"
#include "ses_fixture.h"

#define TSA_USAGE "critical,timeStamping"

static GBytes *
der_of(int length, guint8 *der)
{
    cr_assert_gt(length, 0);
    GBytes *bytes = g_bytes_new(der, (gsize)length);
    OPENSSL_free(der);
    return bytes;
}

/* ---- an SM2 service of our own ---- */

enum {
    WRONG_NOTHING,
    WRONG_IMPRINT,
    WRONG_NONCE,
    WRONG_EMPTY_ID,
    WRONG_DIGEST,
    WRONG_TYPE,
    WRONG_KEY,
    WRONG_NO_CERT,
    WRONG_SHA256_IMPRINT
};

typedef struct {
    const Party *tsa;
    gint64 at;
    int wrong;
    gboolean gmt0010; /* signed data under GM/T 0010's name */
} Service;

static ASN1_OCTET_STRING *
make_tst(const Service *s, TS_REQ *request, GBytes **der)
{
    TS_TST_INFO *tst = TS_TST_INFO_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_dup(TS_REQ_get_msg_imprint(request));
    if (s->wrong == WRONG_IMPRINT)
        TS_MSG_IMPRINT_get_msg(imprint)->data[0] ^= 1;
    if (s->wrong == WRONG_SHA256_IMPRINT)
        X509_ALGOR_set0(TS_MSG_IMPRINT_get_algo(imprint), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_GENERALIZEDTIME *when = ASN1_GENERALIZEDTIME_set(NULL, s->at);
    ASN1_INTEGER_set(serial, 42);
    TS_TST_INFO_set_version(tst, 1);
    TS_TST_INFO_set_policy_id(tst, policy);
    TS_TST_INFO_set_msg_imprint(tst, imprint);
    TS_TST_INFO_set_serial(tst, serial);
    TS_TST_INFO_set_time(tst, when);
    ASN1_INTEGER *nonce = ASN1_INTEGER_dup(TS_REQ_get_nonce(request));
    if (s->wrong == WRONG_NONCE)
        ASN1_INTEGER_set(nonce, 1);
    TS_TST_INFO_set_nonce(tst, nonce);
    guint8 *out = NULL;
    int length = i2d_TS_TST_INFO(tst, &out);
    *der = der_of(length, out);
    ASN1_INTEGER_free(nonce);
    ASN1_INTEGER_free(serial);
    ASN1_OBJECT_free(policy);
    ASN1_GENERALIZEDTIME_free(when);
    TS_MSG_IMPRINT_free(imprint);
    TS_TST_INFO_free(tst);
    ASN1_OCTET_STRING *content = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(content, g_bytes_get_data(*der, NULL), (int)g_bytes_get_size(*der));
    return content;
}

static void
sign_info(const Service *s, PKCS7_SIGNER_INFO *info, GBytes *tst)
{
    guint8 digest[32];
    sm3_digest(g_bytes_get_data(tst, NULL), g_bytes_get_size(tst), digest);
    digest[0] ^= s->wrong == WRONG_DIGEST;
    PKCS7_add_attrib_content_type(info, OBJ_nid2obj(s->wrong == WRONG_TYPE ? NID_pkcs7_data : NID_id_smime_ct_TSTInfo));
    PKCS7_add1_attrib_digest(info, digest, sizeof digest);
    guint8 *attributes = NULL;
    int length = ASN1_item_i2d((ASN1_VALUE *)info->auth_attr, &attributes, ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
    g_autoptr(Sm2Key) other = sm2_key_generate(NULL);
    sm2_digest_with_id(s->tsa->key, s->wrong == WRONG_EMPTY_ID ? "" : SM2_ID, attributes, (gsize)length, digest);
    g_autoptr(GBytes) signature = sm2_sign_digest(s->wrong == WRONG_KEY ? other : s->tsa->key, digest, NULL);
    ASN1_OCTET_STRING_set(info->enc_digest, g_bytes_get_data(signature, NULL), (int)g_bytes_get_size(signature));
    OPENSSL_free(attributes);
}

static GBytes *
make_token(const Service *s, TS_REQ *request)
{
    g_autoptr(GBytes) tst = NULL;
    PKCS7 *cms = PKCS7_new();
    PKCS7_set_type(cms, NID_pkcs7_signed);
    PKCS7 *content = PKCS7_new();
    content->type = OBJ_nid2obj(NID_id_smime_ct_TSTInfo);
    content->d.other = ASN1_TYPE_new();
    ASN1_TYPE_set(content->d.other, V_ASN1_OCTET_STRING, make_tst(s, request, &tst));
    PKCS7_set_content(cms, content);
    if (s->wrong != WRONG_NO_CERT)
        PKCS7_add_certificate(cms, s->tsa->x509);
    PKCS7_SIGNER_INFO *info = PKCS7_SIGNER_INFO_new();
    ASN1_INTEGER_set(info->version, 1);
    X509_NAME_set(&info->issuer_and_serial->issuer, X509_get_issuer_name(s->tsa->x509));
    ASN1_INTEGER_free(info->issuer_and_serial->serial);
    info->issuer_and_serial->serial = ASN1_INTEGER_dup(X509_get0_serialNumber(s->tsa->x509));
    X509_ALGOR_set0(info->digest_alg, OBJ_nid2obj(NID_sm3), V_ASN1_UNDEF, NULL);
    X509_ALGOR_set0(info->digest_enc_alg, OBJ_nid2obj(NID_SM2_with_SM3), V_ASN1_UNDEF, NULL);
    sign_info(s, info, tst);
    sk_PKCS7_SIGNER_INFO_push(cms->d.sign->signer_info, info);
    guint8 *der = NULL;
    int length = i2d_PKCS7(cms, &der);
    PKCS7_free(cms);
    g_autoptr(GBytes) bytes = der_of(length, der);
    if (!s->gmt0010)
        return g_steal_pointer(&bytes);
    /* ContentInfo again, under another object identifier: 1.2.156.10197.6.1.4.2.2 */
    static const guint8 oid[] = { 0x06, 0x0a, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02 };
    const guint8 *p = g_bytes_get_data(bytes, NULL);
    gsize head = p[1] & 0x80 ? 2 + (p[1] & 0x7f) : 2, skip = head + 11; /* its OID: 06 09 ... */
    Der *name = g_byte_array_append(g_byte_array_new(), oid, sizeof oid);
    Der *rest = g_byte_array_append(g_byte_array_new(), p + skip, (guint)(g_bytes_get_size(bytes) - skip));
    return g_byte_array_free_to_bytes(der_join(0x30, name, rest, NULL));
}

/* SesStampFunc */
static GBytes *
serve(GBytes *request, gpointer data, GError **error)
{
    const guint8 *p = g_bytes_get_data(request, NULL);
    TS_REQ *parsed = d2i_TS_REQ(NULL, &p, (long)g_bytes_get_size(request));
    cr_assert(parsed);
    cr_assert_eq(TS_REQ_get_cert_req(parsed), 1);
    g_autoptr(GBytes) token = make_token(data, parsed);
    TS_REQ_free(parsed);
    Der *body = g_byte_array_append(g_byte_array_new(), g_bytes_get_data(token, NULL), (guint)g_bytes_get_size(token));
    return g_byte_array_free_to_bytes(der_join(0x30, der_join(0x30, der_int(0), NULL), body, NULL));
}

static GBytes *
serve_refusal(GBytes *request, gpointer data, GError **error)
{
    return g_byte_array_free_to_bytes(der_join(
        0x30, der_join(0x30, der_int(2), der_join(0x30, der_text(0x0c, "closed at night"), NULL), NULL), NULL));
}

static GBytes *
serve_junk(GBytes *request, gpointer data, GError **error)
{
    return g_bytes_new_static("<html>", 6);
}

static GBytes *
serve_error(GBytes *request, gpointer data, GError **error)
{
    g_set_error(error, SB_ERROR, SB_ERROR_CA, "no route to the service");
    return NULL;
}

static Party *
new_tsa(const Fixture *f)
{
    return fixture_issue(f->ca, (CertSpec){ .name = "Test TSA", .key_usage = SIGN_USAGE, .ext_key_usage = TSA_USAGE });
}

static GBytes *
make_stamped(const Fixture *f, SesStampFunc stamp, gpointer data, GError **error)
{
    g_autoptr(SesMaker) maker = fixture_maker(f);
    SesSpec spec = fixture_spec(f, SES_V5);
    ses_maker_set_stamp(maker, stamp, data);
    return ses_make(maker, &spec, error);
}

Test(ses_stamp, an_sm2_service_stamps_a_seal_of_version_5)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) tsa = new_tsa(f);
    for (int gmt0010 = 0; gmt0010 < 2; gmt0010++) {
        Service service = { tsa, T0 + 60, WRONG_NOTHING, gmt0010 };
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) der = make_stamped(f, serve, &service, &error);
        cr_assert(der, "%s", error ? error->message : "");
        g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, NOW);
        g_autofree char *why = fixture_failures(verdict);
        cr_assert_eq(verdict->result, SES_VALID, "%s", why);
        cr_assert(verdict->ses->time_stamp);
        const SesCheck *check = fixture_check(verdict, "time_stamp");
        cr_assert_eq(check->status, SES_CHECK_OK);
        cr_assert(strstr(check->text, "2026-01-01 00:01:00Z") && strstr(check->text, "Test TSA"), "%s", check->text);
    }
}

Test(ses_stamp, versions_1_and_4_are_never_stamped)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(SesMaker) maker = fixture_maker(f);
    ses_maker_set_stamp(maker, serve_error, NULL);
    SesSpec v1 = fixture_spec(f, SES_V1), v4 = fixture_spec(f, SES_V4);
    g_autoptr(GBytes) a = ses_make(maker, &v1, NULL), b = ses_make(maker, &v4, NULL);
    cr_assert(a && b);
}

Test(ses_stamp, a_service_that_fails_stops_the_making_with_its_words)
{
    g_autoptr(Fixture) f = fixture_new();
    static const struct {
        SesStampFunc stamp;
        SbError code;
        const char *says;
    } rows[] = { { serve_refusal, SB_ERROR_SEAL, "closed at night" },
                 { serve_junk, SB_ERROR_SEAL, "not a TimeStampResp" },
                 { serve_error, SB_ERROR_CA, "no route" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(make_stamped(f, rows[i].stamp, NULL, &error));
        cr_expect(g_error_matches(error, SB_ERROR, (gint)rows[i].code) && strstr(error->message, rows[i].says),
                  "row %u: %s", i, error ? error->message : "");
    }
}

Test(ses_stamp, a_wrong_token_never_gets_into_a_seal)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) tsa = new_tsa(f);
    g_autoptr(Party) not_tsa = fixture_issue(f->ca, (CertSpec){ .name = "Not a TSA", .key_usage = SIGN_USAGE });
    g_autoptr(Party) also = fixture_issue(
        f->ca, (CertSpec){ .name = "Also", .key_usage = SIGN_USAGE, .ext_key_usage = "timeStamping,codeSigning" });
    const struct {
        Service service;
        const char *says;
    } rows[] = {
        { { tsa, T0 + 60, WRONG_IMPRINT, FALSE }, "something else" },
        { { tsa, T0 + 60, WRONG_SHA256_IMPRINT, FALSE }, "not SM3" },
        { { tsa, T0 + 60, WRONG_NONCE, FALSE }, "nonce" },
        { { tsa, T0 + 60, WRONG_EMPTY_ID, FALSE }, "does not fit" },
        { { tsa, T0 + 60, WRONG_KEY, FALSE }, "does not fit" },
        { { tsa, T0 + 60, WRONG_DIGEST, FALSE }, "digest" },
        { { tsa, T0 + 60, WRONG_TYPE, FALSE }, "do not name a TSTInfo" },
        { { tsa, T0 + 60, WRONG_NO_CERT, FALSE }, "does not carry" },
        { { not_tsa, T0 + 60, WRONG_NOTHING, FALSE }, "time stamping alone" },
        { { also, T0 + 60, WRONG_NOTHING, FALSE }, "time stamping alone" },
        { { tsa, T0 - DAY, WRONG_NOTHING, FALSE }, "before the seal was made" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) der = make_stamped(f, serve, (gpointer)&rows[i].service, &error);
        cr_expect_null(der, "row %u", i);
        cr_expect(error && strstr(error->message, rows[i].says), "row %u: %s", i, error ? error->message : "");
    }
}

/* A seal by hand whose token is put in afterwards: what a careless maker would let pass. */
Test(ses_stamp, the_verifier_refuses_a_token_of_another_seal_and_notes_a_strangers)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) tsa = new_tsa(f);
    g_autoptr(Party) strange_ca =
        fixture_issue(NULL, (CertSpec){ .name = "Strange CA", .is_ca = TRUE, .key_usage = "critical,keyCertSign" });
    g_autoptr(Party) stranger = fixture_issue(
        strange_ca, (CertSpec){ .name = "Stranger", .key_usage = SIGN_USAGE, .ext_key_usage = TSA_USAGE });
    Service ours = { tsa, T0 + 60, WRONG_NOTHING, FALSE }, strange = { stranger, T0 + 60, WRONG_NOTHING, FALSE };
    Service late = { tsa, NOW + DAY, WRONG_NOTHING, FALSE };

    g_autoptr(GBytes) good = make_stamped(f, serve, &ours, NULL);
    g_autoptr(Ses) ses = ses_parse(good, NULL);
    g_autoptr(GBytes) other = fixture_build(f, (Build){ .shape = 5, .stamp = ses->time_stamp });
    g_autoptr(SesVerdict) moved = ses_verify(other, f->trust, NOW);
    cr_expect_eq(moved->result, SES_INVALID);
    cr_expect(strstr(fixture_check(moved, "time_stamp")->text, "something else"));

    g_autoptr(GBytes) by_stranger = make_stamped(f, serve, &strange, NULL);
    cr_assert(by_stranger, "the maker does not know whom others trust");
    g_autoptr(SesVerdict) refused = ses_verify(by_stranger, f->trust, NOW);
    cr_expect_eq(refused->result, SES_VALID, "as without a time stamp");
    cr_expect_eq(fixture_check(refused, "time_stamp")->status, SES_CHECK_NOTE);

    g_autoptr(GBytes) from_tomorrow = make_stamped(f, serve, &late, NULL);
    g_autoptr(SesVerdict) future = ses_verify(from_tomorrow, f->trust, NOW);
    cr_expect_eq(future->result, SES_INVALID);
}

/* Version 5 forgives an expired maker by createDate, which is only the maker's word; a stamp is not. */
Test(ses_stamp, a_seal_dated_back_by_an_expired_maker_is_found_out)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) tsa = new_tsa(f);
    fixture_party_free(f->maker);
    f->maker = fixture_issue(f->ca, (CertSpec){ .name = "Ended", .key_usage = SIGN_USAGE, .until = T0 + 10 * DAY });
    Service in_time = { tsa, T0 + 60, WRONG_NOTHING, FALSE }, too_late = { tsa, T0 + 20 * DAY, WRONG_NOTHING, FALSE };
    g_autoptr(GBytes) honest = make_stamped(f, serve, &in_time, NULL),
                      dated_back = make_stamped(f, serve, &too_late, NULL);
    cr_assert(honest && dated_back);
    g_autoptr(SesVerdict) good = ses_verify(honest, f->trust, NOW), bad = ses_verify(dated_back, f->trust, NOW);
    cr_expect_eq(good->result, SES_VALID);
    cr_expect_eq(bad->result, SES_INVALID);
    cr_expect(strstr(fixture_check(bad, "time_stamp")->text, "createDate is not true") ||
              fixture_check(bad, "time_stamp")->status == SES_CHECK_FAIL);
}

Test(ses_stamp, no_changed_byte_of_a_stamped_seal_is_believed, .timeout = 60)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(Party) tsa = new_tsa(f);
    Service service = { tsa, T0 + 60, WRONG_NOTHING, FALSE };
    g_autoptr(GBytes) der = make_stamped(f, serve, &service, NULL);
    g_autoptr(Ses) ses = ses_parse(der, NULL);
    gsize length, token_length = g_bytes_get_size(ses->time_stamp);
    const guint8 *data = g_bytes_get_data(der, &length);
    GString *believed = g_string_new(NULL);
    for (gsize i = length - token_length; i < length; i++) {
        guint8 *copy = g_memdup2(data, length);
        copy[i] ^= 0x01;
        g_autoptr(GBytes) changed = g_bytes_new_take(copy, length);
        g_autoptr(SesVerdict) verdict = ses_verify(changed, f->trust, NOW);
        const SesCheck *check = fixture_check(verdict, "time_stamp");
        if (verdict->result == SES_VALID && check->status == SES_CHECK_OK)
            g_string_append_printf(believed, " %zu", i - (length - token_length));
    }
    cr_expect_str_empty(believed->str, "bytes of the token: %s", believed->str);
    g_string_free(believed, TRUE);
}

/* ---- the openssl command as a service ---- */

static GBytes *
serve_openssl(GBytes *request, gpointer data, GError **error)
{
    const char *dir = data;
    g_autofree char *query = g_build_filename(dir, "query", NULL), *reply = g_build_filename(dir, "reply", NULL);
    cr_assert(g_file_set_contents(query, g_bytes_get_data(request, NULL), (gssize)g_bytes_get_size(request), NULL));
    g_autofree char *command =
        g_strdup_printf("cd '%s' && openssl ts -reply -config ts.conf -queryfile query -out reply", dir);
    const char *argv[] = { "sh", "-c", command, NULL };
    int status = -1;
    g_autofree char *err = NULL;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &err, &status, NULL));
    cr_assert(g_spawn_check_wait_status(status, NULL), "%s", err);
    char *bytes = NULL;
    gsize length = 0;
    cr_assert(g_file_get_contents(reply, &bytes, &length, NULL));
    return g_bytes_new_take(bytes, length);
}

static const char OPENSSL_SERVICE[] =
    "set -e; cd '%s'; openssl req -x509 -newkey %s -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=TSA-CA"
    " -addext 'keyUsage=critical,keyCertSign' 2>/dev/null;"
    " openssl req -newkey %s -nodes -keyout tsa.key -out tsa.csr -subj /CN=OpenSSL-TSA 2>/dev/null;"
    " printf 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n' >ext;"
    " openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out tsa.pem "
    "2>/dev/null;"
    " printf '[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\ncerts=ca.pem\nsigner_key=tsa.key\n"
    "signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sm3\nordering=no\ntsa_name=no\ness_cert_id_chain=%s\n"
    "ess_cert_id_alg=sha256\naccuracy=secs:1\n' >ts.conf; echo 01 >serial";

Test(ses_stamp, tokens_of_the_openssl_command_are_believed)
{
    static const struct {
        const char *key, *chain;
    } rows[] = { { "rsa:2048", "no" }, { "ec -pkeyopt ec_paramgen_curve:P-256", "yes" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Fixture) f = fixture_new();
        g_autofree char *dir = g_dir_make_tmp("tsaXXXXXX", NULL);
        g_autofree char *command = g_strdup_printf(OPENSSL_SERVICE, dir, rows[i].key, rows[i].key, rows[i].chain);
        const char *argv[] = { "sh", "-c", command, NULL };
        int status = -1;
        cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
        cr_assert(g_spawn_check_wait_status(status, NULL), "%s", command);

        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) der = make_stamped(f, serve_openssl, dir, &error);
        cr_assert(der, "%s: %s", rows[i].key, error ? error->message : "");
        g_autofree char *ca_path = g_build_filename(dir, "ca.pem", NULL);
        char *pem = NULL;
        gsize length = 0;
        cr_assert(g_file_get_contents(ca_path, &pem, &length, NULL));
        g_autoptr(GBytes) ca = g_bytes_new_take(pem, length);
        gint64 now = g_get_real_time() / G_USEC_PER_SEC;
        g_autoptr(SesVerdict) without = ses_verify(der, f->trust, now);
        cr_expect_eq(fixture_check(without, "time_stamp")->status, SES_CHECK_NOTE, "its CA is not trusted yet");
        cr_assert(ses_trust_add_certificates(f->trust, ca, NULL));
        g_autoptr(SesVerdict) verdict = ses_verify(der, f->trust, now);
        g_autofree char *why = fixture_failures(verdict);
        cr_expect_eq(verdict->result, SES_VALID, "%s: %s", rows[i].key, why);
        g_autofree char *remove = g_strdup_printf("rm -rf '%s'", dir);
        cr_assert_eq(system(remove), 0);
    }
}
