/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/ca.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "burner/burn.h"
#include "core/error.h"
#include "support/bench_top.h"

static Desk *desk;
static BurnCaRequest request;

static GBytes *
der(int (*encode)(const void *, unsigned char **), const void *object)
{
    unsigned char *bytes = NULL;
    int n = encode(object, &bytes);
    GBytes *out = g_bytes_new(bytes, (gsize)n);
    OPENSSL_free(bytes);
    return out;
}
#define DER(type, object) der((int (*)(const void *, unsigned char **))i2d_##type, object)

static BurnCaRequest
request_new(const char *id)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GBytes) subject = burn_subject_der(&order->subject, NULL);
    const unsigned char *bytes = g_bytes_get_data(subject, NULL);
    X509_NAME *name = d2i_X509_NAME(NULL, &bytes, (long)g_bytes_get_size(subject));
    X509_REQ *req = X509_REQ_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_REQ_set_subject_name(req, name);
    X509_REQ_set_pubkey(req, key);
    X509_REQ_sign(req, key, EVP_sha256());
    BurnCaRequest r = { id, DER(X509_REQ, req), DER(PUBKEY, key), g_steal_pointer(&subject), order->not_before,
                        order->not_after };
    X509_NAME_free(name);
    X509_REQ_free(req);
    EVP_PKEY_free(key);
    return r;
}

static void
request_clear(BurnCaRequest *r)
{
    g_bytes_unref(r->csr);
    g_bytes_unref(r->public_key);
    g_bytes_unref(r->subject);
}

static BurnCaChain *
chain_of(BurnCa *ca)
{
    g_autoptr(GPtrArray) certificates = ca->chain(ca, NULL);
    BurnCaChain *chain = burn_ca_chain_new(certificates, NULL);
    cr_assert_not_null(chain);
    return chain;
}

static void
setup(void)
{
    desk = desk_new();
    request = request_new("SQ1.a1");
}

static void
teardown(void)
{
    request_clear(&request);
    desk_free(desk);
}

TestSuite(ca_local, .init = setup, .fini = teardown);
TestSuite(ca_check, .init = setup, .fini = teardown);
TestSuite(ca_files, .init = setup, .fini = teardown);

static GBytes *
issue(void)
{
    GBytes *certificate = NULL;
    g_autoptr(GError) error = NULL;
    cr_assert_eq(desk->ca->issue(desk->ca, &request, &certificate, &error), BURN_CA_GIVEN, "%s", error ? error->message : "");
    return certificate;
}

Test(ca_local, the_same_request_again_gives_the_same_certificate)
{
    g_autoptr(GBytes) first = issue();
    g_autoptr(GBytes) again = issue();
    cr_assert(g_bytes_equal(first, again));
    cr_assert_eq(desk_issued(desk), 1);
}

Test(ca_local, another_request_for_a_key_that_has_one_is_refused)
{
    g_autoptr(GBytes) first = issue();
    g_autoptr(GBytes) none = NULL;
    request.request_id = "SQ2.a1";
    cr_assert_eq(desk->ca->issue(desk->ca, &request, &none, NULL), BURN_CA_REFUSED);
    cr_assert_eq(desk_issued(desk), 1);
}

Test(ca_local, a_request_that_does_not_prove_its_key_is_refused)
{
    gsize size;
    g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(request.csr, &size), g_bytes_get_size(request.csr));
    bytes[size - 1] ^= 1;
    g_bytes_unref(request.csr);
    request.csr = g_bytes_new(bytes, size);
    g_autoptr(GBytes) none = NULL;
    cr_assert_eq(desk->ca->issue(desk->ca, &request, &none, NULL), BURN_CA_REFUSED);
}

Test(ca_local, finds_by_public_key_after_a_restart)
{
    g_autoptr(GBytes) none = NULL, again = NULL;
    cr_assert_eq(desk->ca->find(desk->ca, &request, &none, NULL), BURN_CA_NONE);
    g_autoptr(GBytes) first = issue();
    g_autofree char *folder = g_build_filename(desk->folder, "ca", NULL);
    BurnCa *other = burn_ca_local_open(folder, NULL);
    cr_assert_eq(other->find(other, &request, &again, NULL), BURN_CA_GIVEN);
    cr_assert(g_bytes_equal(first, again));
    burn_ca_free(other);
}

Test(ca_local, the_list_of_revoked_ones_names_what_was_revoked_and_counts_up)
{
    g_autoptr(GBytes) certificate = issue();
    g_autoptr(GBytes) gone = NULL;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    cr_assert_eq(desk->ca->revoke(desk->ca, certificate, 1, NULL), BURN_CA_GIVEN);
    cr_assert_eq(desk->ca->revoke(desk->ca, certificate, 1, NULL), BURN_CA_GIVEN, "twice is once");
    cr_assert_neq(desk->ca->find(desk->ca, &request, &gone, NULL), BURN_CA_GIVEN, "a revoked one is not given out");
    for (guint i = 1; i <= 2; i++) {
        g_autoptr(GBytes) list = burn_ca_local_crl(desk->ca, now, 7, NULL);
        const unsigned char *bytes = g_bytes_get_data(list, NULL);
        X509_CRL *crl = d2i_X509_CRL(NULL, &bytes, (long)g_bytes_get_size(list));
        ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
        cr_assert_eq(ASN1_INTEGER_get(number), i);
        cr_assert_eq(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 1);
        ASN1_INTEGER_free(number);
        X509_CRL_free(crl);
    }
}

Test(ca_local, a_foreign_certificate_is_not_revoked)
{
    g_autoptr(GBytes) nonsense = g_bytes_new_static("no certificate", 14);
    cr_assert_eq(desk->ca->revoke(desk->ca, nonsense, 1, NULL), BURN_CA_REFUSED);
}

Test(ca_local, an_existing_ca_is_never_overwritten)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_build_filename(desk->folder, "ca", NULL);
    cr_assert_not(burn_ca_local_create(folder, BURN_CA_KEY_EC_P256, "x", "y", 1, 2, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
    g_clear_error(&error);
    cr_assert_null(burn_ca_local_open("/nowhere", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
}

Test(ca_local, issues_under_rsa_and_sm2_keys_too)
{
    BurnCaKey keys[] = { BURN_CA_KEY_RSA_3072, BURN_CA_KEY_SM2 };
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) certificate = NULL;
        g_autofree char *folder = g_strdup_printf("%s/ca%u", desk->folder, i);
        cr_assert(burn_ca_local_create(folder, keys[i], "某某", "某某 CA", now - 60, now + 86400 * 3650LL, &error), "%s", error ? error->message : "");
        g_autoptr(BurnCa) ca = burn_ca_local_open(folder, &error);
        cr_assert_not_null(ca, "%s", error ? error->message : "");
        cr_assert_eq(ca->issue(ca, &request, &certificate, &error), BURN_CA_GIVEN, "%s", error ? error->message : "");
        g_autoptr(BurnCaChain) chain = chain_of(ca);
        cr_assert(burn_ca_check(certificate, &request, chain, now, &error), "%s", error ? error->message : "");
    }
}

Test(ca_local, the_subject_holds_name_organisation_and_credit_code)
{
    g_autoptr(GBytes) certificate = issue();
    g_autofree char *subject = NULL, *serial = NULL;
    cr_assert(burn_cert_describe(certificate, &subject, NULL, &serial, NULL, NULL, NULL));
    cr_assert_not_null(strstr(subject, "CN=海南某某工程有限公司"), "%s", subject);
    cr_assert_not_null(strstr(subject, "91460000MA5T0000XX"), "%s", subject);
    cr_assert_not_null(strstr(subject, "C=CN"), "%s", subject);
    cr_assert_eq(strlen(serial), 32);
}

/* ---- what comes back is checked ---- */

static void
expect_refused(GBytes *certificate, const BurnCaRequest *asked, BurnCa *ca, gint64 now, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnCaChain) chain = chain_of(ca);
    cr_assert_not(burn_ca_check(certificate, asked, chain, now, &error), "%s passed", why);
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
    cr_assert_not_null(strstr(error->message, why), "%s instead of %s", error->message, why);
}

Test(ca_check, refuses_what_was_not_asked_for)
{
    g_autoptr(GBytes) certificate = issue();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    BurnCaRequest other = request_new("SQ2.a1"), asked = request;
    g_autofree char *folder = g_build_filename(desk->folder, "other", NULL);
    cr_assert(burn_ca_local_create(folder, BURN_CA_KEY_EC_P256, "测试认证中心", "测试 CA", now - 3600, now + 3650 * 86400LL, NULL));
    g_autoptr(BurnCa) same_name = burn_ca_local_open(folder, NULL);
    expect_refused(certificate, &other, desk->ca, now, "another public key");
    expect_refused(certificate, &request, same_name, now, "not from the CA");
    asked.not_after += 30 * 86400;
    expect_refused(certificate, &asked, desk->ca, now, "asked to end on");
    expect_refused(certificate, &request, desk->ca, now - 30 * 86400, "asked to start on");
    asked = request;
    asked.subject = g_bytes_new_static("\x30\x00", 2);
    expect_refused(certificate, &asked, desk->ca, now, "another subject");
    g_bytes_unref(asked.subject);
    g_autoptr(GBytes) nonsense = g_bytes_new_static("nonsense", 8);
    expect_refused(nonsense, &request, desk->ca, now, "decoded");
    request_clear(&other);
}

Test(ca_check, a_chain_that_is_empty_or_cannot_be_decoded_is_an_error)
{
    g_autoptr(GPtrArray) certificates = desk->ca->chain(desk->ca, NULL), empty = g_ptr_array_new();
    g_autoptr(GBytes) nonsense = g_bytes_new_static("nonsense", 8);
    g_autoptr(GError) error = NULL;
    cr_expect_null(burn_ca_chain_new(empty, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
    g_ptr_array_add(certificates, g_bytes_ref(nonsense));
    cr_expect_null(burn_ca_chain_new(certificates, NULL));
}

Test(ca_check, a_trailing_byte_is_refused)
{
    g_autoptr(GBytes) certificate = issue();
    gsize size;
    const guint8 *bytes = g_bytes_get_data(certificate, &size);
    g_autofree guint8 *longer = g_malloc0(size + 1);
    memcpy(longer, bytes, size);
    g_autoptr(GBytes) more = g_bytes_new(longer, size + 1);
    expect_refused(more, &request, desk->ca, g_get_real_time() / G_USEC_PER_SEC, "decoded");
}

/* ---- air gap ---- */

Test(ca_files, a_request_goes_out_and_its_certificate_is_found_when_it_comes_in)
{
    g_autofree char *out = g_build_filename(desk->folder, "out", NULL), *in = g_build_filename(desk->folder, "in", NULL);
    g_autofree char *crt = g_build_filename(desk->folder, "ca/ca.crt", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnCa) files = burn_ca_files_open(out, in, crt, &error);
    g_autoptr(GBytes) certificate = NULL;
    cr_assert_not_null(files, "%s", error ? error->message : "");
    cr_assert_eq(files->find(files, &request, &certificate, &error), BURN_CA_NONE);
    cr_assert_eq(files->issue(files, &request, &certificate, NULL), BURN_CA_PENDING);
    cr_assert_eq(files->issue(files, &request, &certificate, NULL), BURN_CA_PENDING);
    cr_assert_eq(files->find(files, &request, &certificate, &error), BURN_CA_PENDING);
    cr_expect_not_null(strstr(error->message, in), "it says where the certificate goes: %s", error->message);
    g_clear_error(&error);
    g_autofree char *csr = g_build_filename(out, "SQ1.a1.csr", NULL), *text = NULL;
    cr_assert(g_file_get_contents(csr, &text, NULL, NULL));
    cr_expect_not_null(strstr(text, "not after: "), "whoever signs it must know the term");
    g_autoptr(GBytes) answer = issue();
    g_autofree char *file = g_build_filename(in, "whatever the CA calls it", NULL);
    g_file_set_contents(file, g_bytes_get_data(answer, NULL), (gssize)g_bytes_get_size(answer), NULL);
    cr_assert_eq(files->find(files, &request, &certificate, &error), BURN_CA_GIVEN);
    cr_assert(g_bytes_equal(certificate, answer));
    cr_assert_eq(files->revoke(files, certificate, 1, &error), BURN_CA_PENDING);
}

Test(ca_files, a_burn_waits_for_its_certificate_and_goes_on_with_it)
{
    g_autofree char *out = g_build_filename(desk->folder, "out", NULL), *in = g_build_filename(desk->folder, "in", NULL);
    g_autofree char *crt = g_build_filename(desk->folder, "ca/ca.crt", NULL), *csr = g_build_filename(out, "SQ9.a1.csr", NULL);
    BurnCa *local = desk->ca;
    desk->ca = burn_ca_files_open(out, in, crt, NULL);
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ9", BURN_NEW);
    g_autoptr(GPtrArray) waiting = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)waiting->pdata[0])->outcome, BURN_WAITING);
    BIO *bio = BIO_new_file(csr, "r");
    X509_REQ *req = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
    BurnCaRequest asked = { "at the CA", DER(X509_REQ, req), DER(X509_PUBKEY, X509_REQ_get_X509_PUBKEY(req)), NULL, order->not_before, order->not_after };
    g_autoptr(GBytes) certificate = NULL;
    cr_assert_eq(local->issue(local, &asked, &certificate, NULL), BURN_CA_GIVEN);
    g_autofree char *file = g_build_filename(in, "x", NULL);
    g_file_set_contents(file, g_bytes_get_data(certificate, NULL), (gssize)g_bytes_get_size(certificate), NULL);
    g_autoptr(GPtrArray) done = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)done->pdata[0])->outcome, BURN_DONE, "%s", ((BurnResult *)done->pdata[0])->reason);
    g_bytes_unref(asked.csr);
    g_bytes_unref(asked.public_key);
    X509_REQ_free(req);
    BIO_free(bio);
    burn_ca_free(desk->ca);
    desk->ca = local;
}
