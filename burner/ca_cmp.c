/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ca_cmp.c: RFC 4210 by OpenSSL's client: p10cr and rr over HTTP or HTTPS. CMP has no idempotency: the same transaction
 * twice gives two certificates, so what was sent and not answered is UNCLEAR and never sent again by itself.
 */
#include <errno.h>
#include <openssl/cmp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burner/ca.h"
#include "burner/ca_util.h"
#include "core/error.h"

#define SECRET_MAX 1024
#define CONNECT_MS 5000

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_CMP_CTX, OSSL_CMP_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)

typedef struct {
    BurnCa base;
    char *host, *port, *path, *reference, *found_folder;
    unsigned char *secret; /* locked memory */
    gsize secret_size;
    X509 *ra_cert;
    EVP_PKEY *ra_key;
    SSL_CTX *tls;
    GPtrArray *chain;
    guint message_s, total_s;
} Cmp;

/* One exchange: whether the server was reached, so that "not sent" can be told from "no answer". */
typedef struct {
    Cmp *cmp;
    gboolean connected;
} Exchange;

static BurnCaAnswer
answer(BurnCaAnswer what, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static BurnCaAnswer
answer(BurnCaAnswer what, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, text);
    return what;
}

/* ---- connection ---- */

static gboolean
connects(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return FALSE;
    int error = 0;
    socklen_t size = sizeof error;
    gboolean ok = connect(fd, to->ai_addr, to->ai_addrlen) == 0;
    struct pollfd p = { fd, POLLOUT, 0 };
    if (!ok && errno == EINPROGRESS && poll(&p, 1, CONNECT_MS) == 1)
        ok = getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    close(fd);
    return ok;
}

/* OpenSSL 3.0 spends the whole message time-out on a refused connection: knock first. */
static gboolean
server_is_there(Cmp *c)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all = NULL;
    gboolean ok = FALSE;
    if (getaddrinfo(c->host, c->port, &hints, &all) != 0)
        return FALSE;
    for (struct addrinfo *a = all; a != NULL && !ok; a = a->ai_next)
        ok = connects(a);
    freeaddrinfo(all);
    return ok;
}

static BIO *
start_tls(Exchange *e, BIO *bio)
{
    BIO *ssl_bio = BIO_new_ssl(e->cmp->tls, 1);
    SSL *ssl = NULL;
    if (ssl_bio == NULL)
        return NULL;
    BIO_get_ssl(ssl_bio, &ssl);
    SSL_set_tlsext_host_name(ssl, e->cmp->host);
    SSL_set1_host(ssl, e->cmp->host);
    return BIO_push(ssl_bio, bio);
}

static BIO *
on_http(BIO *bio, void *data, int connect, int detail)
{
    Exchange *e = data;
    if (connect) {
        e->connected = TRUE;
        return e->cmp->tls != NULL ? start_tls(e, bio) : bio;
    }
    if (e->cmp->tls == NULL)
        return bio;
    BIO *inner = BIO_pop(bio); /* the TLS layer goes, the connection is the caller's */
    BIO_free(bio);
    return inner;
}

/* ---- one exchange ---- */

static int
no_log(const char *function, const char *file, int line, OSSL_CMP_severity level, const char *text)
{
    return 1; /* names are in there */
}

static X509 *
decode(GBytes *der)
{
    gsize size;
    const unsigned char *bytes = g_bytes_get_data(der, &size);
    return d2i_X509(NULL, &bytes, (long)size);
}

static gboolean
set_trust(OSSL_CMP_CTX *ctx, GPtrArray *chain)
{
    X509_STORE *store = X509_STORE_new();
    gboolean ok = store != NULL;
    for (guint i = 0; ok && i < chain->len; i++) {
        g_autoptr(X509) x = decode(chain->pdata[i]);
        ok = x != NULL && X509_STORE_add_cert(store, x) == 1;
        if (ok && i == 0)
            ok = OSSL_CMP_CTX_set1_recipient(ctx, X509_get_subject_name(x)) == 1;
    }
    if (ok && OSSL_CMP_CTX_set0_trustedStore(ctx, store) == 1)
        return TRUE;
    X509_STORE_free(store);
    return FALSE;
}

static gboolean
set_credentials(OSSL_CMP_CTX *ctx, Cmp *c)
{
    if (c->ra_cert != NULL)
        return OSSL_CMP_CTX_set1_cert(ctx, c->ra_cert) == 1 && OSSL_CMP_CTX_set1_pkey(ctx, c->ra_key) == 1;
    return OSSL_CMP_CTX_set1_referenceValue(ctx, (unsigned char *)c->reference, (int)strlen(c->reference)) == 1 &&
           OSSL_CMP_CTX_set1_secretValue(ctx, c->secret, (int)c->secret_size) == 1;
}

static OSSL_CMP_CTX *
context_new(Cmp *c, Exchange *e)
{
    g_autoptr(OSSL_CMP_CTX) ctx = OSSL_CMP_CTX_new(NULL, NULL);
    if (ctx == NULL || OSSL_CMP_CTX_set_log_cb(ctx, no_log) != 1 || OSSL_CMP_CTX_set1_server(ctx, c->host) != 1 ||
        OSSL_CMP_CTX_set_serverPort(ctx, atoi(c->port)) != 1 || OSSL_CMP_CTX_set1_serverPath(ctx, c->path) != 1 ||
        OSSL_CMP_CTX_set1_no_proxy(ctx, c->host) != 1 ||
        OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_KEEP_ALIVE, 0) != 1 ||
        OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_MSG_TIMEOUT, (int)c->message_s) != 1 ||
        OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_TOTAL_TIMEOUT, (int)c->total_s) != 1 ||
        OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_IMPLICIT_CONFIRM, 1) != 1 ||
        OSSL_CMP_CTX_set_http_cb(ctx, on_http) != 1 || OSSL_CMP_CTX_set_http_cb_arg(ctx, e) != 1 ||
        !set_trust(ctx, c->chain) || !set_credentials(ctx, c))
        return NULL;
    return g_steal_pointer(&ctx);
}

/* Our request id is the transaction's, so that the CA's log can be searched for it. */
static gboolean
set_transaction(OSSL_CMP_CTX *ctx, const char *request_id)
{
    unsigned char digest[32];
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    gboolean ok = EVP_Digest(request_id, strlen(request_id), digest, NULL, EVP_sha256(), NULL) == 1 &&
                  ASN1_OCTET_STRING_set(id, digest, 16) == 1 && OSSL_CMP_CTX_set1_transactionID(ctx, id) == 1;
    ASN1_OCTET_STRING_free(id);
    return ok;
}

/* Names of PKIFailureInfo bits, RFC 4210 5.2.3; the CA's own text may hold names of people. */
static const char *
failure_name(int bits)
{
    static const char *const names[] = {
        "badAlg", "badMessageCheck", "badRequest", "badTime", "badCertId", "badDataFormat", "wrongAuthority",
        "incorrectData", "missingTimeStamp", "badPOP", "certRevoked", "certConfirmed", "wrongIntegrity",
        "badRecipientNonce", "timeNotAvailable", "unacceptedPolicy", "unacceptedExtension", "addInfoNotAvailable",
        "badSenderNonce", "badCertTemplate", "signerNotTrusted", "transactionIdInUse", "unsupportedVersion",
        "notAuthorized", "systemUnavail", "systemFailure", "duplicateCertReq",
    };
    for (guint i = 0; bits > 0 && i < G_N_ELEMENTS(names); i++)
        if ((bits & (1 << i)) != 0)
            return names[i];
    return "no reason given";
}

static BurnCaAnswer
failed(OSSL_CMP_CTX *ctx, const Exchange *e, const char *request_id, GError **error)
{
    int status = OSSL_CMP_CTX_get_status(ctx), bits = OSSL_CMP_CTX_get_failInfoCode(ctx);
    ERR_clear_error();
    if (!e->connected)
        return answer(BURN_CA_NONE, error, "the CA cannot be reached: nothing was sent");
    if (status == OSSL_CMP_PKISTATUS_rejection)
        return answer(BURN_CA_REFUSED, error, "the CA refused: %s", failure_name(bits));
    return answer(BURN_CA_UNCLEAR, error, "the CA did not answer request %s as it should: it may have issued", request_id);
}

static GBytes *
encode(const X509 *x)
{
    unsigned char *der = NULL;
    int size = i2d_X509(x, &der);
    GBytes *bytes = size > 0 ? g_bytes_new(der, (gsize)size) : NULL;
    OPENSSL_free(der);
    return bytes;
}

static BurnCaAnswer
cmp_issue(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Cmp *c = (Cmp *)ca;
    Exchange e = { c, FALSE };
    gsize size;
    const unsigned char *der = g_bytes_get_data(request->csr, &size);
    g_autoptr(X509_REQ) req = d2i_X509_REQ(NULL, &der, (long)size);
    if (!server_is_there(c))
        return answer(BURN_CA_NONE, error, "the CA at %s:%s cannot be reached: nothing was sent", c->host, c->port);
    g_autoptr(OSSL_CMP_CTX) ctx = context_new(c, &e);
    if (ctx == NULL || req == NULL || OSSL_CMP_CTX_set1_p10CSR(ctx, req) != 1 ||
        !set_transaction(ctx, request->request_id))
        return answer(BURN_CA_NONE, error, "the CMP request cannot be built");
    const X509 *x = OSSL_CMP_exec_certreq(ctx, OSSL_CMP_P10CR, NULL);
    if (x == NULL)
        x = OSSL_CMP_CTX_get0_newCert(ctx); /* OpenSSL's client refused what the CA did issue: burn_ca_check says why */
    if (x == NULL)
        return failed(ctx, &e, request->request_id, error);
    ERR_clear_error();
    *certificate = encode(x);
    return BURN_CA_GIVEN;
}

/* CMP has no question for this: a person asks the CA and puts its answer into the folder. */
static BurnCaAnswer
cmp_find(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Cmp *c = (Cmp *)ca;
    g_autofree char *key = ca_key_name(request->public_key);
    guint n = c->found_folder != NULL ? ca_folder_find(c->found_folder, request->public_key, certificate) : 0;
    if (n == 1)
        return BURN_CA_GIVEN;
    if (n > 1) {
        g_clear_pointer(certificate, g_bytes_unref);
        return answer(BURN_CA_MANY, error, "several certificates for one key lie in %s", c->found_folder);
    }
    return answer(BURN_CA_UNCLEAR, error,
                  "it is not known whether the CA issued: ask it for request %s, public key SHA-256 %.16s..; put its "
                  "certificate into %s and decide retry, or decide issue_again when there is none",
                  request->request_id, key, c->found_folder != NULL ? c->found_folder : "the CA's found folder");
}

static BurnCaAnswer
cmp_revoke(BurnCa *ca, GBytes *certificate, guint reason, GError **error)
{
    Cmp *c = (Cmp *)ca;
    Exchange e = { c, FALSE };
    g_autoptr(X509) x = decode(certificate);
    if (!server_is_there(c))
        return answer(BURN_CA_UNCLEAR, error, "the CA at %s:%s cannot be reached", c->host, c->port);
    g_autoptr(OSSL_CMP_CTX) ctx = context_new(c, &e);
    if (ctx == NULL || x == NULL || OSSL_CMP_CTX_set1_oldCert(ctx, x) != 1 ||
        OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_REVOCATION_REASON, (int)reason) != 1)
        return answer(BURN_CA_REFUSED, error, "the CMP revocation cannot be built");
    if (OSSL_CMP_exec_RR_ses(ctx) == 1)
        return BURN_CA_GIVEN;
    int bits = OSSL_CMP_CTX_get_failInfoCode(ctx);
    if (bits > 0 && (bits & OSSL_CMP_CTX_FAILINFO_certRevoked) != 0) {
        ERR_clear_error();
        return BURN_CA_GIVEN;
    }
    BurnCaAnswer what = failed(ctx, &e, "of revocation", error);
    return what == BURN_CA_NONE ? BURN_CA_UNCLEAR : what;
}

static GPtrArray *
cmp_chain(BurnCa *ca, GError **error)
{
    return g_ptr_array_ref(((Cmp *)ca)->chain);
}

static void
cmp_free(BurnCa *ca)
{
    Cmp *c = (Cmp *)ca;
    OPENSSL_secure_clear_free(c->secret, SECRET_MAX);
    X509_free(c->ra_cert);
    EVP_PKEY_free(c->ra_key);
    SSL_CTX_free(c->tls);
    g_clear_pointer(&c->chain, g_ptr_array_unref);
    g_free(c->host);
    g_free(c->port);
    g_free(c->path);
    g_free(c->reference);
    g_free(c->found_folder);
    g_free(c);
}

/* ---- opening ---- */

static gboolean
fail(GError **error, const char *format, const char *what)
{
    g_autofree char *text = g_strdup_printf("%s %s", format, what);
    g_set_error_literal(error, SB_ERROR, SB_ERROR_CA, text);
    ERR_clear_error();
    return FALSE;
}

static gboolean
read_secret(Cmp *c, const char *file, GError **error)
{
    struct stat st;
    g_autoptr(BIO) in = BIO_new_file(file, "rb");
    c->secret = OPENSSL_secure_zalloc(SECRET_MAX);
    if (in == NULL || c->secret == NULL || stat(file, &st) != 0 || (st.st_mode & 077) != 0)
        return fail(error, "CMP: missing, or readable by others (chmod 600):", file);
    int n = BIO_read(in, c->secret, SECRET_MAX - 1);
    while (n > 0 && (c->secret[n - 1] == '\n' || c->secret[n - 1] == '\r'))
        n--;
    c->secret_size = n > 0 ? (gsize)n : 0;
    return c->secret_size > 0 || fail(error, "CMP: no secret in", file);
}

static gboolean
read_ra(Cmp *c, const BurnCaCmpConfig *config, GError **error)
{
    g_autoptr(BIO) crt = BIO_new_file(config->ra_cert_file, "r");
    g_autoptr(BIO) key = config->ra_key_file != NULL ? BIO_new_file(config->ra_key_file, "r") : NULL;
    c->ra_cert = crt != NULL ? PEM_read_bio_X509(crt, NULL, NULL, NULL) : NULL;
    c->ra_key = key != NULL ? PEM_read_bio_PrivateKey(key, NULL, NULL, (void *)"") : NULL;
    return (c->ra_cert != NULL && c->ra_key != NULL && X509_check_private_key(c->ra_cert, c->ra_key) == 1) ||
           fail(error, "CMP: RA certificate and key do not fit:", config->ra_cert_file);
}

static gboolean
set_tls(Cmp *c, const char *ca_file, GError **error)
{
    c->tls = SSL_CTX_new(TLS_client_method());
    if (c->tls == NULL || SSL_CTX_load_verify_locations(c->tls, ca_file, NULL) != 1)
        return fail(error, "CMP: no trust for TLS in", ca_file);
    SSL_CTX_set_verify(c->tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(c->tls, TLS1_2_VERSION);
    return TRUE;
}

static gboolean
read_config(Cmp *c, const BurnCaCmpConfig *config, GError **error)
{
    const char *colon = config->server != NULL ? strrchr(config->server, ':') : NULL;
    if (config->server == NULL || *config->server == '\0' || config->ca_file == NULL)
        return fail(error, "CMP: no server or no CA file is", "configured");
    c->host = colon != NULL ? g_strndup(config->server, (gsize)(colon - config->server)) : g_strdup(config->server);
    c->port = g_strdup(colon != NULL ? colon + 1 : config->tls_ca_file != NULL ? "443" : "80");
    c->path = g_strdup(config->path != NULL ? config->path : "");
    c->found_folder = g_strdup(config->found_folder);
    /* OpenSSL counts in whole seconds of the clock: a deadline of one second may be over in a millisecond. */
    c->message_s = 1 + (config->message_ms > 0 ? (config->message_ms + 999) / 1000 : 20);
    c->total_s = config->total_ms > 0 ? 1 + (config->total_ms + 999) / 1000 : MAX(60, c->message_s);
    c->chain = ca_file_certificates(config->ca_file, error);
    if (c->chain == NULL || (config->tls_ca_file != NULL && !set_tls(c, config->tls_ca_file, error)))
        return FALSE;
    if (config->ra_cert_file != NULL)
        return read_ra(c, config, error);
    c->reference = g_strdup(config->reference);
    if (config->reference == NULL || config->secret_file == NULL)
        return fail(error, "CMP: neither an RA certificate nor reference and secret are", "configured");
    return read_secret(c, config->secret_file, error);
}

BurnCa *
burn_ca_cmp_open(const BurnCaCmpConfig *config, GError **error)
{
    Cmp *c = g_new0(Cmp, 1);
    c->base = (BurnCa){ "cmp", cmp_find, cmp_issue, cmp_revoke, cmp_chain, cmp_free };
    if (read_config(c, config, error))
        return &c->base;
    cmp_free(&c->base);
    return NULL;
}
