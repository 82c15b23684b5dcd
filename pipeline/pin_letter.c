/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes PIN letters.
 */
#include "pipeline/pin_letter.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum { MAX_CERTIFICATE = 64 * 1024 };

static X509 *
parse(const char *text, gsize length)
{
    const guchar *der = (const guchar *)text;
    X509 *certificate = d2i_X509(NULL, &der, (long)length);
    if (certificate)
        return certificate;
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

GBytes *
pin_letter_recipient(const char *file, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    guchar *der = NULL;
    g_autoptr(GError) cause = NULL;
    if (!g_file_get_contents(file, &text, &length, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s", cause->message);
        return NULL;
    }
    X509 *certificate = length <= MAX_CERTIFICATE ? parse(text, length) : NULL;
    int size = certificate ? i2d_X509(certificate, &der) : -1;
    X509_free(certificate);
    if (size <= 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s holds no certificate", file);
        return NULL;
    }
    GBytes *bytes = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    return bytes;
}

gboolean
pin_letter_write(const char *folder, const char *unit, const char *serial, const BurnPin *pin, GBytes *recipient,
                 GError **error)
{
    g_autoptr(GBytes) cms = burn_pin_seal_cms(pin, unit, serial, recipient, error);
    g_autofree char *name = g_strconcat(unit, ".cms", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) cause = NULL;
    if (!cms)
        return FALSE;
    gsize length;
    const char *bytes = g_bytes_get_data(cms, &length);
    if (g_mkdir_with_parents(folder, 0750) == 0 &&
        g_file_set_contents_full(path, bytes, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0640, &cause))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "cannot write %s: %s", path, cause ? cause->message : g_strerror(errno));
    return FALSE;
}
