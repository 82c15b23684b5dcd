/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One POST to the time-stamp service, with OpenSSL's small HTTP client.
 */
#include "pipeline/stamp_http.h"

#include <openssl/err.h>
#include <openssl/http.h>

#define MAX_ANSWER_BYTES (256u << 10)

typedef struct {
    int ssl;
    char *host, *port, *path;
} Url;

static void
url_clear(Url *url)
{
    OPENSSL_free(url->host);
    OPENSSL_free(url->port);
    OPENSSL_free(url->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Url, url_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

static gboolean
parse_url(const char *text, Url *url, GError **error)
{
    gboolean parsed =
        g_str_has_prefix(text, "http") &&
        OSSL_HTTP_parse_url(text, &url->ssl, NULL, &url->host, &url->port, NULL, &url->path, NULL, NULL) == 1 &&
        *url->host;
    ERR_clear_error();
    if (parsed && !url->ssl)
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "[seal] timestamp_url: %s",
                parsed ? "https is not spoken here; the answer is signed, so http is enough"
                       : "not a URL of the form http://host/path");
    return FALSE;
}

gboolean
stamp_http_check_url(const char *text, GError **error)
{
    g_auto(Url) url = { 0 };
    return parse_url(text, &url, error);
}

/* OpenSSL's word for the last thing that went wrong. */
static void
set_http_error(GError **error)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    g_set_error(error, SB_ERROR, SB_ERROR_CA, "the time-stamp service gave no answer: %s", reason ? reason : "unknown");
    ERR_clear_error();
}

GBytes *
stamp_http_fetch(GBytes *request, gpointer data, GError **error)
{
    const StampService *service = data;
    g_auto(Url) url = { 0 };
    if (!parse_url(service->url, &url, error))
        return NULL;
    gsize length;
    gconstpointer bytes = g_bytes_get_data(request, &length);
    g_autoptr(BIO) body = BIO_new_mem_buf(bytes, (int)length);
    ERR_clear_error();
    g_autoptr(BIO) answer =
        OSSL_HTTP_transfer(NULL, url.host, url.port, url.path, FALSE, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL,
                           "application/timestamp-query", body, "application/timestamp-reply", TRUE, MAX_ANSWER_BYTES,
                           (int)service->timeout_s, FALSE);
    if (!answer) {
        set_http_error(error);
        return NULL;
    }
    g_autoptr(GByteArray) got = g_byte_array_new();
    guint8 buffer[4096];
    for (int n; (n = BIO_read(answer, buffer, sizeof buffer)) > 0 && got->len <= MAX_ANSWER_BYTES;)
        g_byte_array_append(got, buffer, (guint)n);
    return g_byte_array_free_to_bytes(g_steal_pointer(&got));
}
