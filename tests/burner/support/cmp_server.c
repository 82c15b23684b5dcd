/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmp_server.c: see cmp_server.h. One thread, one request a connection. */
#include "cmp_server.h"

#include <arpa/inet.h>
#include <openssl/cmp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct CmpServer {
    BurnCa *issuer;
    X509 *ca_certificate;
    GPtrArray *given; /* GBytes: certificates issued */
    int listener, port;
    gint mode, issued, revoked, stop;
    GThread *thread;
};

static OSSL_CMP_PKISI *
status(int code, int bits)
{
    return OSSL_CMP_STATUSINFO_new(code, bits, NULL);
}

static GBytes *
spki_of(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    GBytes *bytes = g_bytes_new(der, (gsize)n);
    OPENSSL_free(der);
    return bytes;
}

static X509_REQ *
other_request(const X509_REQ *like)
{
    X509_REQ *req = X509_REQ_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_REQ_set_subject_name(req, X509_REQ_get_subject_name(like));
    X509_REQ_set_pubkey(req, key);
    X509_REQ_sign(req, key, EVP_sha256());
    EVP_PKEY_free(key);
    return req;
}

static X509 *
issue(CmpServer *s, X509_REQ *req)
{
    unsigned char *csr = NULL, *name = NULL;
    int csr_size = i2d_X509_REQ(req, &csr), name_size = i2d_X509_NAME(X509_REQ_get_subject_name(req), &name);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *id = g_strdup_printf("cmp%d", s->issued); /* a new one each time: no idempotency */
    BurnCaRequest request = { id, g_bytes_new(csr, (gsize)csr_size), spki_of(X509_REQ_get0_pubkey(req)),
                              g_bytes_new(name, (gsize)name_size), now, now + 365 * 86400LL };
    GBytes *der = NULL;
    X509 *x = NULL;
    if (s->issuer->issue(s->issuer, &request, &der, NULL) == BURN_CA_GIVEN) {
        const unsigned char *bytes = g_bytes_get_data(der, NULL);
        x = d2i_X509(NULL, &bytes, (long)g_bytes_get_size(der));
        g_ptr_array_add(s->given, der);
        g_atomic_int_inc(&s->issued);
    }
    g_bytes_unref(request.csr);
    g_bytes_unref(request.public_key);
    g_bytes_unref(request.subject);
    OPENSSL_free(csr);
    OPENSSL_free(name);
    return x;
}

static OSSL_CMP_PKISI *
on_request(OSSL_CMP_SRV_CTX *ctx, const OSSL_CMP_MSG *msg, int id, const OSSL_CRMF_MSG *crm, const X509_REQ *p10,
           X509 **out, STACK_OF(X509) **chain, STACK_OF(X509) **ca_pubs)
{
    CmpServer *s = OSSL_CMP_SRV_CTX_get0_custom_ctx(ctx);
    int mode = g_atomic_int_get(&s->mode);
    if (mode == CMP_REFUSE || p10 == NULL)
        return status(OSSL_CMP_PKISTATUS_rejection, OSSL_CMP_CTX_FAILINFO_badRequest);
    X509_REQ *req = mode == CMP_WRONG_KEY ? other_request(p10) : X509_REQ_dup(p10);
    *out = issue(s, req);
    X509_REQ_free(req);
    return *out != NULL ? status(OSSL_CMP_PKISTATUS_accepted, 0)
                        : status(OSSL_CMP_PKISTATUS_rejection, OSSL_CMP_CTX_FAILINFO_duplicateCertReq);
}

static OSSL_CMP_PKISI *
on_revocation(OSSL_CMP_SRV_CTX *ctx, const OSSL_CMP_MSG *msg, const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
    CmpServer *s = OSSL_CMP_SRV_CTX_get0_custom_ctx(ctx);
    for (guint i = 0; i < s->given->len; i++) {
        const unsigned char *bytes = g_bytes_get_data(s->given->pdata[i], NULL);
        X509 *x = d2i_X509(NULL, &bytes, (long)g_bytes_get_size(s->given->pdata[i]));
        gboolean same = ASN1_INTEGER_cmp(X509_get0_serialNumber(x), serial) == 0;
        X509_free(x);
        if (!same)
            continue;
        s->issuer->revoke(s->issuer, s->given->pdata[i], 1, NULL);
        g_atomic_int_inc(&s->revoked);
        return status(OSSL_CMP_PKISTATUS_accepted, 0);
    }
    return status(OSSL_CMP_PKISTATUS_rejection, OSSL_CMP_CTX_FAILINFO_badCertId);
}

static void
on_error(OSSL_CMP_SRV_CTX *ctx, const OSSL_CMP_MSG *req, const OSSL_CMP_PKISI *info, const ASN1_INTEGER *code,
         const OSSL_CMP_PKIFREETEXT *details)
{
}

static int
on_confirm(OSSL_CMP_SRV_CTX *ctx, const OSSL_CMP_MSG *req, int id, const ASN1_OCTET_STRING *hash, const OSSL_CMP_PKISI *si)
{
    return 1;
}

static OSSL_CMP_MSG *
process(CmpServer *s, OSSL_CMP_MSG *request)
{
    OSSL_CMP_SRV_CTX *srv = OSSL_CMP_SRV_CTX_new(NULL, NULL);
    OSSL_CMP_CTX *ctx = OSSL_CMP_SRV_CTX_get0_cmp_ctx(srv);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, s->ca_certificate);
    OSSL_CMP_SRV_CTX_init(srv, s, on_request, on_revocation, NULL, on_error, on_confirm, NULL);
    OSSL_CMP_SRV_CTX_set_grant_implicit_confirm(srv, 1);
    OSSL_CMP_CTX_set0_trustedStore(ctx, store);
    OSSL_CMP_CTX_set1_referenceValue(ctx, (const unsigned char *)CMP_REFERENCE, sizeof CMP_REFERENCE - 1);
    OSSL_CMP_CTX_set1_secretValue(ctx, (const unsigned char *)CMP_SECRET, sizeof CMP_SECRET - 1);
    OSSL_CMP_MSG *response = OSSL_CMP_SRV_process_request(srv, request);
    OSSL_CMP_SRV_CTX_free(srv);
    return response;
}

/* Reads head and body of one POST; NULL at nonsense. */
static OSSL_CMP_MSG *
read_request(int fd)
{
    char buffer[16384];
    gsize got = 0, head = 0, length = 0;
    ssize_t n;
    while (got < sizeof buffer - 1 && (n = read(fd, buffer + got, sizeof buffer - 1 - got)) > 0) {
        got += (gsize)n;
        buffer[got] = 0;
        char *end = head == 0 ? strstr(buffer, "\r\n\r\n") : NULL;
        if (end != NULL) {
            head = (gsize)(end - buffer) + 4;
            char *field = strcasestr(buffer, "content-length:");
            length = field != NULL ? (gsize)g_ascii_strtoull(field + 15, NULL, 10) : 0;
        }
        if (head > 0 && got >= head + length)
            break;
    }
    BIO *in = BIO_new_mem_buf(buffer + head, (int)length);
    OSSL_CMP_MSG *request = head > 0 ? d2i_OSSL_CMP_MSG_bio(in, NULL) : NULL;
    BIO_free(in);
    return request;
}

static void
send_response(int fd, OSSL_CMP_MSG *response)
{
    unsigned char *der = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    i2d_OSSL_CMP_MSG_bio(out, response);
    long size = BIO_get_mem_data(out, &der);
    g_autofree char *head = g_strdup_printf("HTTP/1.0 200 OK\r\nContent-Type: application/pkixcmp\r\nContent-Length: %ld\r\n\r\n", size);
    (void)!write(fd, head, strlen(head));
    (void)!write(fd, der, (size_t)size);
    BIO_free(out);
}

static void
serve(CmpServer *s, int fd)
{
    OSSL_CMP_MSG *request = read_request(fd);
    int mode = g_atomic_int_get(&s->mode);
    if (request == NULL)
        return; /* somebody only knocked */
    if (mode == CMP_SILENT)
        while (g_atomic_int_get(&s->mode) == CMP_SILENT && !g_atomic_int_get(&s->stop))
            g_usleep(20000);
    OSSL_CMP_MSG *response = mode != CMP_SILENT ? process(s, request) : NULL;
    if (response != NULL && mode != CMP_LOST)
        send_response(fd, response);
    OSSL_CMP_MSG_free(response);
    OSSL_CMP_MSG_free(request);
}

static gpointer
run(gpointer data)
{
    CmpServer *s = data;
    while (!g_atomic_int_get(&s->stop)) {
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0)
            continue;
        struct timeval patient = { 10, 0 }; /* the listener's short one is inherited */
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patient, sizeof patient);
        serve(s, fd);
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
    return NULL;
}

CmpServer *
cmp_server_start(BurnCa *issuer, const char *ca_folder)
{
    CmpServer *s = g_new0(CmpServer, 1);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof a;
    g_autofree char *file = g_build_filename(ca_folder, "ca.crt", NULL);
    BIO *in = BIO_new_file(file, "r");
    s->ca_certificate = PEM_read_bio_X509(in, NULL, NULL, NULL);
    BIO_free(in);
    s->issuer = issuer;
    s->given = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval t = { 0, 100000 };
    setsockopt(s->listener, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t); /* so that it sees `stop` */
    if (bind(s->listener, (struct sockaddr *)&a, size) != 0 || listen(s->listener, 16) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &size) != 0)
        g_error("no port on loopback");
    s->port = ntohs(a.sin_port);
    s->thread = g_thread_new("cmp", run, s);
    return s;
}

void
cmp_server_mode(CmpServer *s, CmpMode mode)
{
    g_atomic_int_set(&s->mode, mode);
}

int
cmp_server_port(const CmpServer *s)
{
    return s->port;
}

guint
cmp_server_issued(const CmpServer *s)
{
    return (guint)g_atomic_int_get(&s->issued);
}

guint
cmp_server_revoked(const CmpServer *s)
{
    return (guint)g_atomic_int_get(&s->revoked);
}

void
cmp_server_stop(CmpServer *s)
{
    g_atomic_int_set(&s->stop, 1);
    g_thread_join(s->thread);
    close(s->listener);
    g_ptr_array_unref(s->given);
    X509_free(s->ca_certificate);
    g_free(s);
}
