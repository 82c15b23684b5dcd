/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/ca.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "support/bench_top.h"
#include "support/cmp_server.h"

static Desk *desk;
static CmpServer *server;
static BurnCa *cmp;
static EVP_PKEY *key;
static BurnCaRequest request;
static char *found;

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

static BurnCa *
client(int port, guint message_ms)
{
    g_autofree char *secret = g_build_filename(desk->folder, "cmp.secret", NULL);
    g_autofree char *ca = g_build_filename(desk->folder, "ca/ca.crt", NULL);
    g_autofree char *at = g_strdup_printf("127.0.0.1:%d", port);
    g_autoptr(GError) error = NULL;
    g_file_set_contents_full(secret, CMP_SECRET "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    BurnCaCmpConfig config = { .server = at, .path = (char *)"pkix/", .reference = (char *)CMP_REFERENCE, .secret_file = secret,
                               .ca_file = ca, .found_folder = found, .message_ms = message_ms, .total_ms = 3 * message_ms };
    BurnCa *c = burn_ca_cmp_open(&config, &error);
    cr_assert_not_null(c, "%s", error ? error->message : "");
    return c;
}

static void
make_request(void)
{
    X509_REQ *req = X509_REQ_new();
    X509_NAME *name = X509_NAME_new();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    key = EVP_EC_gen("P-256");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"某某公司", -1, -1, 0);
    X509_REQ_set_subject_name(req, name);
    X509_REQ_set_pubkey(req, key);
    X509_REQ_sign(req, key, EVP_sha256());
    request = (BurnCaRequest){ "SQ1.a1", DER(X509_REQ, req), DER(PUBKEY, key), DER(X509_NAME, name), now, now + 365 * 86400LL };
    X509_NAME_free(name);
    X509_REQ_free(req);
}

static void
setup(void)
{
    desk = desk_new();
    found = g_build_filename(desk->folder, "found", NULL);
    g_mkdir(found, 0700);
    g_autofree char *folder = g_build_filename(desk->folder, "ca", NULL);
    server = cmp_server_start(desk->ca, folder);
    make_request();
    cmp = client(cmp_server_port(server), 20000); /* nothing but silence takes as long, whatever else the machine does */
}

static void
shorten_patience(void)
{
    burn_ca_free(cmp);
    cmp = client(cmp_server_port(server), 1000);
}

static void
teardown(void)
{
    burn_ca_free(cmp);
    if (server != NULL)
        cmp_server_stop(server);
    g_bytes_unref(request.csr);
    g_bytes_unref(request.public_key);
    g_bytes_unref(request.subject);
    EVP_PKEY_free(key);
    g_free(found);
    desk_free(desk);
}

TestSuite(ca_cmp, .init = setup, .fini = teardown, .timeout = 60);

static gboolean
passes_check(GBytes *certificate, GError **error)
{
    g_autoptr(GPtrArray) certificates = cmp->chain(cmp, NULL);
    g_autoptr(BurnCaChain) chain = burn_ca_chain_new(certificates, NULL);
    return burn_ca_check(certificate, &request, chain, g_get_real_time() / G_USEC_PER_SEC, error);
}

Test(ca_cmp, issues_a_certificate_that_passes_the_check)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    cr_assert_eq(cmp->issue(cmp, &request, &certificate, &error), BURN_CA_GIVEN, "%s", error ? error->message : "");
    cr_assert(passes_check(certificate, &error), "%s", error ? error->message : "");
    cr_assert_eq(cmp_server_issued(server), 1);
}

Test(ca_cmp, revokes_what_it_issued)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    cr_assert_eq(cmp->issue(cmp, &request, &certificate, &error), BURN_CA_GIVEN, "%s", error ? error->message : "");
    cr_assert_eq(cmp->revoke(cmp, certificate, 1, &error), BURN_CA_GIVEN, "%s", error ? error->message : "");
    cr_assert_eq(cmp_server_revoked(server), 1);
}

Test(ca_cmp, a_lost_answer_is_unclear_and_found_when_a_person_brings_it)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    cmp_server_mode(server, CMP_LOST);
    cr_assert_eq(cmp->issue(cmp, &request, &certificate, &error), BURN_CA_UNCLEAR);
    cr_assert_eq(cmp_server_issued(server), 1, "the CA did issue");
    g_clear_error(&error);
    cr_assert_eq(cmp->find(cmp, &request, &certificate, &error), BURN_CA_UNCLEAR);
    cr_assert_not_null(strstr(error->message, "SQ1.a1"), "%s", error->message);
    g_clear_error(&error);
    GBytes *issued = NULL;
    desk->ca->find(desk->ca, &request, &issued, NULL);
    g_autofree char *file = g_build_filename(found, "answer of the CA.cer", NULL);
    g_file_set_contents(file, g_bytes_get_data(issued, NULL), (gssize)g_bytes_get_size(issued), NULL);
    cr_assert_eq(cmp->find(cmp, &request, &certificate, &error), BURN_CA_GIVEN);
    cr_assert(g_bytes_equal(certificate, issued));
    g_bytes_unref(issued);
}

Test(ca_cmp, a_silent_server_is_unclear_within_its_deadline)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    shorten_patience();
    cmp_server_mode(server, CMP_SILENT);
    gint64 start = g_get_monotonic_time();
    cr_assert_eq(cmp->issue(cmp, &request, &certificate, &error), BURN_CA_UNCLEAR);
    cr_assert_lt(g_get_monotonic_time() - start, 15 * G_USEC_PER_SEC);
}

Test(ca_cmp, a_refusal_issues_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    cmp_server_mode(server, CMP_REFUSE);
    cr_assert_eq(cmp->issue(cmp, &request, &certificate, &error), BURN_CA_REFUSED);
    cr_assert_not_null(strstr(error->message, "badRequest"), "%s", error->message);
    cr_assert_eq(cmp_server_issued(server), 0);
}

Test(ca_cmp, a_certificate_for_another_key_does_not_pass_the_check)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    cmp_server_mode(server, CMP_WRONG_KEY);
    BurnCaAnswer answer = cmp->issue(cmp, &request, &certificate, &error);
    cr_assert_eq(cmp_server_issued(server), 1);
    cr_assert_eq(answer, BURN_CA_GIVEN, "%d %s", answer, error ? error->message : "");
    cr_assert_not(passes_check(certificate, &error));
    cr_assert_not_null(strstr(error->message, "another public key"), "%s", error->message);
}

Test(ca_cmp, a_ca_that_is_not_there_was_surely_not_asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL;
    cmp_server_stop(g_steal_pointer(&server));
    gint64 start = g_get_monotonic_time();
    cr_assert_eq(cmp->issue(cmp, &request, &certificate, &error), BURN_CA_NONE);
    cr_assert_lt(g_get_monotonic_time() - start, 10 * G_USEC_PER_SEC, "a refused connection is not waited for");
}

Test(ca_cmp, a_burn_with_a_lost_answer_is_held_and_goes_on_with_the_persons_answer)
{
    BurnCa *local = desk->ca;
    desk->ca = cmp;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    cmp_server_mode(server, CMP_LOST);
    g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)held->pdata[0])->outcome, BURN_HELD);
    cr_assert_eq(cmp_server_issued(server), 1, "asked once");
    cmp_server_mode(server, CMP_NORMAL);
    g_autoptr(GPtrArray) still = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)still->pdata[0])->outcome, BURN_HELD);
    cr_assert_eq(cmp_server_issued(server), 1, "never asked again by itself");

    g_autoptr(BurnRecord) record = burn_journal_load(desk->journal, "SQ1", NULL);
    BurnCaRequest by_key = { .request_id = "x", .public_key = record->public_key };
    g_autoptr(GBytes) issued = NULL;
    local->find(local, &by_key, &issued, NULL);
    g_autofree char *file = g_build_filename(found, "x.cer", NULL);
    g_file_set_contents(file, g_bytes_get_data(issued, NULL), (gssize)g_bytes_get_size(issued), NULL);
    cr_assert(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RETRY, NULL));
    g_autoptr(GPtrArray) done = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)done->pdata[0])->outcome, BURN_DONE, "%s", ((BurnResult *)done->pdata[0])->reason);
    cr_assert_eq(cmp_server_issued(server), 1);
    desk->ca = local;
}

Test(ca_cmp, a_burn_whose_ca_issued_nothing_asks_again_when_told)
{
    BurnCa *local = desk->ca;
    shorten_patience();
    desk->ca = cmp;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    cmp_server_mode(server, CMP_SILENT);
    g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)held->pdata[0])->outcome, BURN_HELD);
    cmp_server_mode(server, CMP_NORMAL);
    burn_ca_free(cmp);
    desk->ca = cmp = client(cmp_server_port(server), 20000);
    cr_assert(burn_decide(desk->journal, "SQ1", BURN_DECIDE_ISSUE_AGAIN, NULL));
    g_autoptr(GPtrArray) done = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)done->pdata[0])->outcome, BURN_DONE, "%s", ((BurnResult *)done->pdata[0])->reason);
    cr_assert_eq(cmp_server_issued(server), 1);
    desk->ca = local;
}

Test(ca_cmp, an_order_that_the_ca_refused_restarts_without_asking_what_was_issued)
{
    BurnCa *local = desk->ca;
    desk->ca = cmp;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    cmp_server_mode(server, CMP_REFUSE);
    g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)held->pdata[0])->outcome, BURN_HELD);
    cmp_server_mode(server, CMP_NORMAL);
    cr_assert(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RESTART, NULL));
    g_autoptr(GPtrArray) queued = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)queued->pdata[0])->outcome, BURN_WAITING, "%s", ((BurnResult *)queued->pdata[0])->reason);
    g_autoptr(GPtrArray) done = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)done->pdata[0])->outcome, BURN_DONE, "%s", ((BurnResult *)done->pdata[0])->reason);
    cr_assert_eq(cmp_server_issued(server), 1);
    desk->ca = local;
}

/* Somebody else's server: `openssl cmp -port` answers every request with one fixed certificate. */
static pid_t
openssl_server(int port, const char *certificate)
{
    g_autofree char *ca = g_build_filename(desk->folder, "ca/ca.crt", NULL);
    g_autofree char *at = g_strdup_printf("%d", port);
    pid_t pid = fork();
    if (pid == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        (void)!freopen("/dev/null", "w", stdout);
        execlp("openssl", "openssl", "cmp", "-port", at, "-srv_ref", CMP_REFERENCE, "-srv_secret", "pass:" CMP_SECRET,
               "-rsp_cert", certificate, "-srv_trusted", ca, "-grant_implicitconf", NULL);
        _exit(127);
    }
    return pid;
}

Test(ca_cmp, openssl_cmp_port_issues_and_revokes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) certificate = NULL, ours = NULL;
    cr_assert_eq(desk->ca->issue(desk->ca, &request, &ours, &error), BURN_CA_GIVEN);
    g_autofree char *file = g_build_filename(desk->folder, "fixed.pem", NULL);
    const unsigned char *bytes = g_bytes_get_data(ours, NULL);
    X509 *x = d2i_X509(NULL, &bytes, (long)g_bytes_get_size(ours));
    BIO *out = BIO_new_file(file, "w");
    PEM_write_bio_X509(out, x);
    BIO_free(out);
    X509_free(x);
    int port = cmp_server_port(server); /* given back for the other server */
    cmp_server_stop(g_steal_pointer(&server));
    pid_t pid = openssl_server(port, file);
    burn_ca_free(cmp);
    cmp = client(port, 20000);
    BurnCaAnswer answer = BURN_CA_NONE;
    for (guint i = 0; i < 400 && answer == BURN_CA_NONE; i++) {
        g_clear_error(&error);
        g_usleep(50000); /* until it listens */
        answer = cmp->issue(cmp, &request, &certificate, &error);
    }
    BurnCaAnswer revoked = answer == BURN_CA_GIVEN ? cmp->revoke(cmp, certificate, 1, NULL) : BURN_CA_REFUSED;
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    cr_assert_eq(answer, BURN_CA_GIVEN, "%s", error ? error->message : "");
    cr_assert(passes_check(certificate, &error), "%s", error ? error->message : "");
    cr_assert_eq(revoked, BURN_CA_GIVEN);
}

Test(ca_cmp, a_secret_that_others_can_read_is_refused)
{
    g_autofree char *secret = g_build_filename(desk->folder, "open.secret", NULL);
    g_autofree char *ca = g_build_filename(desk->folder, "ca/ca.crt", NULL);
    g_autoptr(GError) error = NULL;
    g_file_set_contents_full(secret, "x", 1, G_FILE_SET_CONTENTS_NONE, 0644, NULL);
    BurnCaCmpConfig config = { .server = (char *)"127.0.0.1:1", .reference = (char *)"r", .secret_file = secret, .ca_file = ca };
    cr_assert_null(burn_ca_cmp_open(&config, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
}
