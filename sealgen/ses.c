/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses.c: the seal in memory, empty and freed. Its bytes are in ses_codec.c.
 */
#include "sealgen/ses_codec.h"

static void
cert_digest_free(SesCertDigest *digest)
{
    g_free(digest->type);
    g_clear_pointer(&digest->value, g_bytes_unref);
    g_free(digest);
}

static void
extension_free(SesExtension *extension)
{
    g_free(extension->oid);
    g_clear_pointer(&extension->value, g_bytes_unref);
    g_free(extension);
}

GPtrArray *
ses_extensions_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)extension_free);
}

Ses *
ses_new(SesVersion version)
{
    Ses *ses = g_new0(Ses, 1);
    ses->version = version;
    ses->header_version = version;
    ses->cert_list_type = 1;
    ses->certs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    ses->digests = g_ptr_array_new_with_free_func((GDestroyNotify)cert_digest_free);
    ses->oddities = g_ptr_array_new_with_free_func(g_free);
    return ses;
}

void
ses_free(Ses *ses)
{
    if (!ses)
        return;
    g_free(ses->vid);
    g_free(ses->es_id);
    g_free(ses->name);
    g_free(ses->picture_type);
    g_free(ses->algorithm);
    g_ptr_array_unref(ses->certs);
    g_ptr_array_unref(ses->digests);
    g_ptr_array_unref(ses->oddities);
    g_clear_pointer(&ses->extensions, g_ptr_array_unref);
    g_clear_pointer(&ses->picture, g_bytes_unref);
    g_clear_pointer(&ses->maker_cert, g_bytes_unref);
    g_clear_pointer(&ses->signature, g_bytes_unref);
    g_clear_pointer(&ses->time_stamp, g_bytes_unref);
    g_clear_pointer(&ses->tbs, g_bytes_unref);
    g_free(ses);
}
