/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/der.h"

#include <criterion/criterion.h>
#include <openssl/asn1.h>
#include <string.h>

Test(der, lengths_take_the_shortest_form)
{
    static const struct {
        guint size, head;
        guint8 bytes[4];
    } rows[] = {
        { 0, 2, { 0x30, 0 } },
        { 0x7f, 2, { 0x30, 0x7f } },
        { 0x80, 3, { 0x30, 0x81, 0x80 } },
        { 0xff, 3, { 0x30, 0x81, 0xff } },
        { 0x100, 4, { 0x30, 0x82, 0x01, 0x00 } },
        { 0xffff, 4, { 0x30, 0x82, 0xff, 0xff } },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree guint8 *zeros = g_malloc0(rows[i].size + 1);
        g_autoptr(GByteArray) der = g_byte_array_new();
        burn_der_add(der, zeros, rows[i].size);
        burn_der_wrap(der, BURN_DER_SEQUENCE);
        cr_assert_eq(der->len, rows[i].size + rows[i].head, "row %u", i);
        cr_expect_eq(memcmp(der->data, rows[i].bytes, rows[i].head), 0, "row %u", i);
    }
}

/* A wrong length of a value would be a wrong public key: too long for the form is an end, not a guess. */
Test(der, what_the_form_cannot_hold_ends_the_process, .signal = SIGABRT)
{
    g_autoptr(GByteArray) der = g_byte_array_new();
    g_byte_array_set_size(der, 0x10000);
    burn_der_wrap(der, BURN_DER_SEQUENCE);
}

Test(der, integers_are_what_openssl_writes)
{
    static const struct {
        guint8 bytes[4];
        gsize size;
    } rows[] = {
        { { 0 }, 0 }, { { 0 }, 1 }, { { 0, 0 }, 2 }, { { 1 }, 1 }, { { 0x7f }, 1 }, { { 0x80 }, 1 },
        { { 0, 0x80, 1 }, 3 }, { { 1, 0, 1 }, 3 }, { { 0, 0, 0xff, 0xff }, 4 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) number = g_bytes_new(rows[i].bytes, rows[i].size);
        g_autoptr(GByteArray) der = g_byte_array_new();
        BIGNUM *bn = BN_bin2bn(rows[i].bytes, (int)rows[i].size, NULL);
        ASN1_INTEGER *integer = BN_to_ASN1_INTEGER(bn, NULL);
        unsigned char *theirs = NULL;
        int n = i2d_ASN1_INTEGER(integer, &theirs);
        burn_der_add_integer(der, number);
        cr_assert_eq((int)der->len, n, "row %u", i);
        cr_expect_eq(memcmp(der->data, theirs, der->len), 0, "row %u", i);
        OPENSSL_free(theirs);
        ASN1_INTEGER_free(integer);
        BN_free(bn);
    }
}

Test(der, bits_have_none_unused)
{
    static const guint8 want[] = { 0x03, 0x03, 0x00, 0xab, 0xcd };
    g_autoptr(GByteArray) der = g_byte_array_new();
    g_autoptr(GBytes) two = g_bytes_new_static("\xab\xcd", 2);
    burn_der_add_bytes(der, two);
    burn_der_wrap_bits(der);
    cr_assert_eq(der->len, sizeof want);
    cr_expect_eq(memcmp(der->data, want, sizeof want), 0);
}
