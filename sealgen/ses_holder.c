/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_holder.c: a seal and its holder's certificate: is it named, and how long does the seal last.
 */
#include "sealgen/ses.h"

#include <string.h>

#include <openssl/evp.h>

#include "core/error.h"
#include "sealgen/ses_trust.h"
#include "sealgen/sm2.h"

#define MAX_MONTHS 1200

/* CertDigestObj.type is met as a name and as an object identifier. */
static const EVP_MD *
digest_of_type(const char *type)
{
    if (g_ascii_strcasecmp(type, "SM3") == 0 || strcmp(type, "1.2.156.10197.1.401") == 0)
        return EVP_sm3();
    if (g_ascii_strcasecmp(type, "SHA256") == 0 || g_ascii_strcasecmp(type, "SHA-256") == 0 ||
        strcmp(type, "2.16.840.1.101.3.4.2.1") == 0)
        return EVP_sha256();
    return NULL;
}

static gboolean
digest_fits(const SesCertDigest *digest, GBytes *cert)
{
    const EVP_MD *md = digest_of_type(digest->type);
    guint8 computed[EVP_MAX_MD_SIZE];
    guint length = 0;
    gsize size;
    gconstpointer data = g_bytes_get_data(cert, &size);
    return md && EVP_Digest(data, size, computed, &length, md, NULL) == 1 &&
           g_bytes_get_size(digest->value) == length &&
           memcmp(g_bytes_get_data(digest->value, NULL), computed, length) == 0;
}

gboolean
ses_names_certificate(const Ses *ses, GBytes *cert)
{
    for (guint i = 0; i < ses->certs->len; i++)
        if (g_bytes_equal(ses->certs->pdata[i], cert))
            return TRUE;
    for (guint i = 0; i < ses->digests->len; i++)
        if (digest_fits(ses->digests->pdata[i], cert))
            return TRUE;
    return FALSE;
}

gboolean
ses_valid_until(GBytes *holder_cert, gint64 valid_from, guint months, gint64 *valid_until, GError **error)
{
    g_autoptr(SesTrust) reader = ses_trust_new();
    const SesParty *holder = ses_trust_party(reader, holder_cert, error);
    if (!holder) {
        g_prefix_error(error, "the seal's holder: ");
        return FALSE;
    }
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_utc(valid_from);
    g_autoptr(GDateTime) end = from && months <= MAX_MONTHS ? g_date_time_add_months(from, (int)months) : NULL;
    if (!end || holder->valid_from > valid_from || holder->valid_until <= valid_from) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s",
                    end ? "the holder's certificate is not valid when the seal shall begin"
                        : "the seal's beginning or its months make no date");
        return FALSE;
    }
    *valid_until = months ? MIN(holder->valid_until, g_date_time_to_unix(end) - 1) : holder->valid_until;
    return TRUE;
}
