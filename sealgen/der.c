/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * der.c: element by element through DER (X.690 clause 10), with limits.
 */
#include "sealgen/der.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "core/error.h"

gboolean
der_next(const guint8 **p, const guint8 *end, DerItem *item)
{
    if (*p >= end)
        return FALSE;
    const guint8 *q = *p;
    long length = 0;
    int flags = ASN1_get_object(&q, &length, &item->tag, &item->tag_class, (long)(end - *p));
    if ((flags & 0x80) || (flags & 1)) { /* not an element, or of indefinite length */
        ERR_clear_error();
        return FALSE;
    }
    item->constructed = (flags & V_ASN1_CONSTRUCTED) != 0;
    item->start = *p;
    item->content = q;
    item->length = (gsize)length;
    item->total = (gsize)(q - *p) + (gsize)length;
    /* Minimal header: the one that OpenSSL itself would write. */
    if (item->total != (gsize)ASN1_object_size(item->constructed, (int)length, item->tag))
        return FALSE;
    *p = item->start + item->total;
    return TRUE;
}

guint
der_count(const guint8 *content, gsize length)
{
    DerItem item;
    guint n = 0;
    for (const guint8 *p = content; der_next(&p, content + length, &item);)
        n++;
    return n;
}

static gboolean
check_level(const guint8 *data, gsize length, const guint8 *base, guint depth, guint *nodes, GError **error)
{
    const guint8 *p = data, *end = data + length;
    while (p < end) {
        DerItem item;
        if (!der_next(&p, end, &item)) {
            g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "no DER element at byte %zu", (gsize)(p - base));
            return FALSE;
        }
        if (++*nodes > DER_MAX_NODES || depth > DER_MAX_DEPTH) {
            g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "more than %d elements or %d levels", DER_MAX_NODES,
                        DER_MAX_DEPTH);
            return FALSE;
        }
        if (item.constructed && !check_level(item.content, item.length, base, depth + 1, nodes, error))
            return FALSE;
        if (depth == 0 && p != end) {
            g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "%zu bytes behind the structure", (gsize)(end - p));
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
der_check(const guint8 *data, gsize length, GError **error)
{
    guint nodes = 0;
    if (length == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_SEAL, "empty file");
        return FALSE;
    }
    return check_level(data, length, data, 0, &nodes, error);
}
