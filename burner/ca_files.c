/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ca_files.c: a CA behind an air gap: requests go out as files, certificates come back in a later run and are found by
 * their public key, whatever their files are called.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <string.h>

#include "burner/ca.h"
#include "burner/ca_util.h"
#include "core/error.h"

#define FILES_MAX 100000u /* in a folder of certificates */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)

typedef struct {
    BurnCa base;
    char *out, *in;
    GPtrArray *chain;
} Files;

static gboolean
fail(GError **error, const char *what, const char *path)
{
    g_set_error(error, SB_ERROR, SB_ERROR_CA, "%s %s", what, path);
    return FALSE;
}

static guint
take_matching(GPtrArray *all, GBytes *public_key, GBytes **certificate)
{
    guint different = 0;
    for (guint i = 0; all != NULL && i < all->len; i++) {
        g_autoptr(GBytes) key = burn_cert_public_key(all->pdata[i], NULL);
        if (key == NULL || !g_bytes_equal(key, public_key) ||
            (*certificate != NULL && g_bytes_equal(*certificate, all->pdata[i])))
            continue;
        different++;
        if (*certificate == NULL)
            *certificate = g_bytes_ref(all->pdata[i]);
    }
    return different;
}

guint
ca_folder_find(const char *folder, GBytes *public_key, GBytes **certificate)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint different = 0, files = 0;
    *certificate = NULL;
    while (dir != NULL && files++ < FILES_MAX && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
            continue;
        g_autoptr(GPtrArray) all = ca_file_certificates(path, NULL);
        different += take_matching(all, public_key, certificate);
    }
    return different;
}

static BurnCaAnswer
look(Files *f, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    guint n = ca_folder_find(f->in, request->public_key, certificate);
    if (n == 0)
        return BURN_CA_NONE;
    if (n == 1)
        return BURN_CA_GIVEN;
    g_clear_pointer(certificate, g_bytes_unref);
    fail(error, "several certificates for one key lie in", f->in);
    return BURN_CA_MANY;
}

static char *
request_path(Files *f, const BurnCaRequest *request)
{
    g_autofree char *name = g_strdup_printf("%s.csr", request->request_id);
    return g_build_filename(f->out, name, NULL);
}

static BurnCaAnswer
pending(Files *f, const char *request, GError **error)
{
    g_set_error(error, SB_ERROR, SB_ERROR_CA, "the request is %s: put its certificate into %s, then burn again", request, f->in);
    return BURN_CA_PENDING;
}

/* A request says nothing of the term: whoever signs it must know. */
static void
write_wishes(BIO *out, const BurnCaRequest *request)
{
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_utc(request->not_before);
    g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(request->not_after);
    g_autofree char *a = g_date_time_format(from, "%Y-%m-%dT%H:%M:%SZ"), *b = g_date_time_format(until, "%Y-%m-%dT%H:%M:%SZ");
    BIO_printf(out, "request: %s\nnot before: %s\nnot after: %s\n", request->request_id, a, b);
}

static BurnCaAnswer
files_find(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Files *f = (Files *)ca;
    g_autofree char *path = request_path(f, request);
    BurnCaAnswer answer = look(f, request, certificate, error);
    return answer == BURN_CA_NONE && g_file_test(path, G_FILE_TEST_EXISTS) ? pending(f, path, error) : answer;
}

static gboolean
write_durable(const char *path, BIO *content)
{
    char *data;
    long size = BIO_get_mem_data(content, &data);
    return size > 0 && g_file_set_contents_full(path, data, size,
                                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0640, NULL);
}

static BurnCaAnswer
files_issue(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Files *f = (Files *)ca;
    gsize size;
    const unsigned char *der = g_bytes_get_data(request->csr, &size);
    g_autofree char *path = request_path(f, request);
    BurnCaAnswer answer = look(f, request, certificate, error);
    if (answer != BURN_CA_NONE)
        return answer;
    g_autoptr(X509_REQ) req = d2i_X509_REQ(NULL, &der, (long)size);
    g_autoptr(BIO) out = BIO_new(BIO_s_mem());
    write_wishes(out, request);
    if (req != NULL && PEM_write_bio_X509_REQ(out, req) == 1 && write_durable(path, out))
        return pending(f, path, error);
    fail(error, "the request cannot be written to", path);
    return BURN_CA_NONE;
}

static BurnCaAnswer
files_revoke(BurnCa *ca, GBytes *certificate, guint reason, GError **error)
{
    Files *f = (Files *)ca;
    gsize size;
    const unsigned char *der = g_bytes_get_data(certificate, &size);
    g_autofree char *serial = NULL;
    if (!burn_cert_describe(certificate, NULL, NULL, &serial, NULL, NULL, error))
        return BURN_CA_REFUSED;
    g_autofree char *name = g_strdup_printf("%s.revoke", serial);
    g_autofree char *path = g_build_filename(f->out, name, NULL);
    g_autoptr(X509) x = d2i_X509(NULL, &der, (long)size);
    g_autoptr(BIO) out = BIO_new(BIO_s_mem());
    BIO_printf(out, "reason: %u\n", reason);
    if (x != NULL && PEM_write_bio_X509(out, x) == 1 && write_durable(path, out))
        return BURN_CA_PENDING;
    fail(error, "the revocation cannot be written to", path);
    return BURN_CA_UNCLEAR;
}

static GPtrArray *
files_chain(BurnCa *ca, GError **error)
{
    return g_ptr_array_ref(((Files *)ca)->chain);
}

static void
files_free(BurnCa *ca)
{
    Files *f = (Files *)ca;
    g_clear_pointer(&f->chain, g_ptr_array_unref);
    g_free(f->out);
    g_free(f->in);
    g_free(f);
}

BurnCa *
burn_ca_files_open(const char *out, const char *in, const char *ca_file, GError **error)
{
    Files *f = g_new0(Files, 1);
    f->base = (BurnCa){ "files", files_find, files_issue, files_revoke, files_chain, files_free };
    f->out = g_strdup(out);
    f->in = g_strdup(in);
    f->chain = ca_file_certificates(ca_file, error);
    if (f->chain != NULL && g_mkdir_with_parents(out, 0750) == 0 && g_mkdir_with_parents(in, 0750) == 0)
        return &f->base;
    if (f->chain != NULL)
        g_set_error(error, SB_ERROR, SB_ERROR_CA, "the folders %s and %s cannot be made: %s", out, in, g_strerror(errno));
    files_free(&f->base);
    return NULL;
}
