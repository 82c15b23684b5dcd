/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * der.h: the few DER values (X.690) that are put together from parts, without a decoder in between: a public key from a
 * token's attributes, a certificate request around it.
 */
#ifndef SB_BURNER_DER_H
#define SB_BURNER_DER_H

#include <glib.h>

G_BEGIN_DECLS

#define BURN_DER_INTEGER 0x02
#define BURN_DER_BIT_STRING 0x03
#define BURN_DER_SEQUENCE 0x30

void burn_der_add(GByteArray *out, const void *bytes, gsize size);
void burn_der_add_bytes(GByteArray *out, GBytes *bytes);
/* @number big endian, not negative, leading zeros allowed. */
void burn_der_add_integer(GByteArray *out, GBytes *number);
/* What is in @inner so far becomes the content of one value; below 64 KiB. */
void burn_der_wrap(GByteArray *inner, guint8 tag);
/* As wrap, with no unused bits. */
void burn_der_wrap_bits(GByteArray *inner);

G_END_DECLS

#endif
