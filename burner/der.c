/* SPDX-License-Identifier: GPL-3.0-or-later */
/* der.c: definite lengths, shortest form. */
#include "burner/der.h"

static guint
head(guint8 out[4], guint8 tag, gsize length)
{
    guint n = 0;
    g_assert(length <= G_MAXUINT16);
    out[n++] = tag;
    if (length >= 0x80)
        out[n++] = length < 0x100 ? 0x81 : 0x82;
    if (length >= 0x100)
        out[n++] = (guint8)(length >> 8);
    out[n++] = (guint8)length;
    return n;
}

void
burn_der_add(GByteArray *out, const void *bytes, gsize size)
{
    g_byte_array_append(out, bytes, (guint)size);
}

void
burn_der_add_bytes(GByteArray *out, GBytes *bytes)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    burn_der_add(out, data, size);
}

void
burn_der_wrap(GByteArray *inner, guint8 tag)
{
    guint8 bytes[4];
    guint n = head(bytes, tag, inner->len);
    g_byte_array_prepend(inner, bytes, n);
}

void
burn_der_wrap_bits(GByteArray *inner)
{
    g_byte_array_prepend(inner, (const guint8 *)"", 1);
    burn_der_wrap(inner, BURN_DER_BIT_STRING);
}

void
burn_der_add_integer(GByteArray *out, GBytes *number)
{
    gsize size;
    guint8 bytes[4];
    const guint8 *data = g_bytes_get_data(number, &size);
    while (size > 1 && *data == 0) {
        data++;
        size--;
    }
    gboolean pad = size == 0 || (*data & 0x80) != 0; /* the sign's bit; a zero has one byte */
    burn_der_add(out, bytes, head(bytes, BURN_DER_INTEGER, size + pad));
    if (pad)
        burn_der_add(out, "", 1);
    burn_der_add(out, data, size);
}
