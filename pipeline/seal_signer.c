/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From config keys to a SesMaker.
 */
#include "pipeline/seal_signer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burner/signer.h"
#include "pipeline/stamp_http.h"
#include "sealgen/maker.h"

struct SealSigner {
    SesMaker *maker;
    BurnSigner *token; /* NULL: the key is in a file */
    StampService stamp;
};

/* One line of a file that nobody else may read. */
static BurnPin *
read_pin(const char *path, GError **error)
{
    char line[BURN_PIN_MAX + 2] = { 0 };
    struct stat st = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 && fstat(fd, &st) == 0 ? read(fd, line, sizeof line - 1) : -1;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    BurnPin *pin = NULL;
    if (n < 0)
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", path, g_strerror(saved));
    else if (st.st_mode & 077)
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: may be read by others: chmod 600", path);
    else if (!(pin = burn_pin_new(line, strcspn(line, "\r\n"))))
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: its first line is no PIN", path);
    explicit_bzero(line, sizeof line);
    return pin;
}

static gboolean
parse_hex(const char *text, GBytes **bytes)
{
    gsize length = strlen(text);
    g_autofree guint8 *out = g_malloc(length / 2 + 1);
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isxdigit(text[i]))
            return FALSE;
    for (gsize i = 0; i + 1 < length; i += 2)
        out[i / 2] = (guint8)(g_ascii_xdigit_value(text[i]) << 4 | g_ascii_xdigit_value(text[i + 1]));
    *bytes = length ? g_bytes_new(out, length / 2) : NULL;
    return length % 2 == 0;
}

static GBytes *
sign_by_token(gconstpointer tbs, gsize tbs_length, const guint8 *digest, gpointer token, GError **error)
{
    return burn_signer_sign(token, digest, 32, error);
}

static gboolean
open_token(SealSigner *signer, const Workspace *ws, GError **error)
{
    const Config *config = ws->config;
    const char *mechanism = config_text(config, "seal", "token_mechanism"),
               *worker = config_text(config, "burn", "worker");
    g_autofree char *pin_file = workspace_path(ws, config_text(config, "seal", "token_pin_file"));
    g_autoptr(GBytes) key_id = NULL;
    char *rest = NULL;
    guint64 number = g_ascii_strtoull(mechanism, &rest, 0);
    if (!*mechanism || *rest || number == 0 || number > G_MAXUINT32) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "config [seal] token_mechanism: the vendor's number for SM2 over a digest, like 0x80008001");
        return FALSE;
    }
    if (!parse_hex(config_text(config, "seal", "token_key_id"), &key_id)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [seal] token_key_id: not hex");
        return FALSE;
    }
    g_autoptr(BurnPin) pin = read_pin(pin_file, error);
    BurnSignerConfig how = { .worker = *worker ? worker : NULL,
                             .module = config_text(config, "seal", "token_module"),
                             .serial = config_text(config, "seal", "token_serial"),
                             .key_id = key_id,
                             .mechanism = (guint32)number };
    signer->token = pin ? burn_signer_open(&how, pin, error) : NULL;
    return signer->token != NULL;
}

static gboolean
open_maker(SealSigner *signer, const Workspace *ws, GError **error)
{
    const char *vid = config_text(ws->config, "seal", "vid");
    g_autofree char *folder = workspace_path(ws, config_text(ws->config, "seal", "maker"));
    if (!*config_text(ws->config, "seal", "token_module")) {
        signer->maker = maker_files_load(folder, vid, error);
        return signer->maker != NULL;
    }
    g_autofree char *file = g_build_filename(folder, MAKER_CERT, NULL);
    g_autoptr(GBytes) certificate = maker_certificate_load(file, error);
    if (!certificate || !open_token(signer, ws, error))
        return FALSE;
    signer->maker = ses_maker_new(certificate, vid, sign_by_token, signer->token, error);
    return signer->maker != NULL;
}

static gboolean
set_stamp(SealSigner *signer, const Workspace *ws, GError **error)
{
    const char *url = config_text(ws->config, "seal", "timestamp_url");
    if (!*url)
        return TRUE;
    signer->stamp.url = url;
    if (!stamp_http_check_url(url, error) ||
        !config_number(ws->config, "seal", "timestamp_s", 1, 60, &signer->stamp.timeout_s, error))
        return FALSE;
    ses_maker_set_stamp(signer->maker, stamp_http_fetch, &signer->stamp);
    return TRUE;
}

SealSigner *
seal_signer_open(Workspace *ws, GError **error)
{
    g_autoptr(SealSigner) signer = g_new0(SealSigner, 1);
    return open_maker(signer, ws, error) && set_stamp(signer, ws, error) ? g_steal_pointer(&signer) : NULL;
}

SesMaker *
seal_signer_maker(const SealSigner *signer)
{
    return signer->maker;
}

void
seal_signer_free(SealSigner *signer)
{
    if (!signer)
        return;
    ses_maker_free(signer->maker);
    burn_signer_free(signer->token);
    g_free(signer);
}
