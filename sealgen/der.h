/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * der.h: walk the elements of a DER encoding without decoding it.
 *
 * Used ahead of OpenSSL's decoder, which takes some BER and allocates as it goes: here a hostile
 * file is refused with the place named before anything is allocated.
 */
#ifndef SB_SEALGEN_DER_H
#define SB_SEALGEN_DER_H

#include <glib.h>

G_BEGIN_DECLS

#define DER_MAX_DEPTH 16
#define DER_MAX_NODES 4096

/* One element, pointing into the bytes walked. */
typedef struct {
    int tag;       /* number; 16 = SEQUENCE */
    int tag_class; /* 0 universal, 0x80 context */
    gboolean constructed;
    const guint8 *start; /* of the header */
    gsize total;         /* header and content */
    const guint8 *content;
    gsize length; /* of the content */
} DerItem;

/**
 * der_check:
 * One element and nothing behind it; every header definite and of minimal length, every content
 * inside its parent; at most DER_MAX_DEPTH deep and DER_MAX_NODES elements.
 * Strings are not looked into.
 *
 * Returns: FALSE with SB_ERROR_SEAL naming the byte, or SB_ERROR_LIMIT.
 */
gboolean der_check(const guint8 *data, gsize length, GError **error);

/* The element at *@p, before @end; *@p moves behind it. FALSE at the end or where it is no DER. */
gboolean der_next(const guint8 **p, const guint8 *end, DerItem *item);

/* How many elements stand in this content. */
guint der_count(const guint8 *content, gsize length);

G_END_DECLS

#endif
