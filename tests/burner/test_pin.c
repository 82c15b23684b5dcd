/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/pin.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <openssl/cms.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/error.h"

static char *file;
static BurnPinSource *source;

static void
setup(void)
{
    file = g_strdup_printf("/dev/shm/sb-pin-%u", g_random_int());
    burn_pin_guard();
    cr_assert(burn_pin_source_create(file, NULL));
    source = burn_pin_source_open(file, NULL);
    cr_assert_not_null(source);
}

static void
teardown(void)
{
    burn_pin_source_free(source);
    g_remove(file);
    g_free(file);
}

TestSuite(pin, .init = setup, .fini = teardown);

Test(pin, so_pins_are_the_same_for_a_serial_and_differ_between_them)
{
    g_autoptr(BurnPin) a = burn_pin_so(source, "0011"), again = burn_pin_so(source, "0011"), b = burn_pin_so(source, "0012");
    cr_assert_str_eq(burn_pin_bytes(a), burn_pin_bytes(again));
    cr_assert_str_neq(burn_pin_bytes(a), burn_pin_bytes(b));
    cr_assert_eq(burn_pin_length(a), 12);
}

Test(pin, random_pins_survive_a_crash_and_differ_by_order_key_and_attempt)
{
    BurnOrder one = { .order_id = (char *)"SQ1", .certificate_index = 1, .pin_rule = BURN_PIN_RANDOM }, two = one;
    two.certificate_index = 2;
    g_autoptr(BurnPin) a = burn_pin_user(source, &one, "0011", 1), again = burn_pin_user(source, &one, "0011", 1);
    g_autoptr(BurnPin) b = burn_pin_user(source, &two, "0011", 1), c = burn_pin_user(source, &one, "0012", 1);
    g_autoptr(BurnPin) d = burn_pin_user(source, &one, "0011", 2);
    cr_assert_str_eq(burn_pin_bytes(a), burn_pin_bytes(again));
    cr_assert_eq(burn_pin_length(a), 8);
    cr_assert_eq(strspn(burn_pin_bytes(a), "0123456789"), 8);
    cr_assert_str_neq(burn_pin_bytes(a), burn_pin_bytes(b));
    cr_assert_str_neq(burn_pin_bytes(a), burn_pin_bytes(c));
    cr_assert_str_neq(burn_pin_bytes(a), burn_pin_bytes(d));
}

Test(pin, digits_of_random_pins_are_even)
{
    guint count[10] = { 0 };
    BurnOrder o = { .order_id = (char *)"SQ1", .certificate_index = 1, .pin_rule = BURN_PIN_RANDOM };
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *serial = g_strdup_printf("%u", i);
        g_autoptr(BurnPin) p = burn_pin_user(source, &o, serial, 1);
        for (gsize k = 0; k < 8; k++)
            count[burn_pin_bytes(p)[k] - '0']++;
    }
    for (guint i = 0; i < 10; i++)
        cr_assert(count[i] > 1400 && count[i] < 1800, "digit %u: %u of 16000", i, count[i]);
}

Test(pin, fixed_and_asked_follow_their_rule)
{
    BurnOrder o = { .order_id = (char *)"SQ1", .certificate_index = 1, .pin_rule = BURN_PIN_FIXED, .fixed_pin = (char *)"12345678" };
    g_autoptr(BurnPin) fixed = burn_pin_user(source, &o, "0011", 1);
    cr_assert_str_eq(burn_pin_bytes(fixed), "12345678");
    o.pin_rule = BURN_PIN_ASKED;
    cr_assert_null(burn_pin_user(source, &o, "0011", 1));
    cr_assert_null(burn_pin_new("123", 3));
    g_autofree char *longer = g_strnfill(BURN_PIN_MAX + 1, '1');
    cr_assert_null(burn_pin_new(longer, BURN_PIN_MAX + 1));
}

Test(pin, the_master_secret_is_guarded)
{
    g_autoptr(GError) error = NULL;
    cr_assert_not(burn_pin_source_create(file, &error), "never overwritten");
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    g_clear_error(&error);
    g_chmod(file, 0644);
    cr_assert_null(burn_pin_source_open(file, &error));
    cr_assert_not_null(strstr(error->message, "chmod 600"));
    g_clear_error(&error);
    g_file_set_contents_full(file, "short", 5, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
    g_chmod(file, 0600);
    cr_assert_null(burn_pin_source_open(file, &error));
    g_clear_error(&error);
    cr_assert_null(burn_pin_source_open("/nowhere", &error));
}

Test(pin, the_process_leaves_no_core_dump)
{
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    cr_assert_eq(limit.rlim_cur, 0);
    cr_assert_eq(prctl(PR_GET_DUMPABLE), 0);
}

Test(pin, a_letter_opens_with_the_recipients_key_alone)
{
    EVP_PKEY *key = EVP_RSA_gen(2048), *other = EVP_RSA_gen(2048);
    X509 *x = X509_new();
    unsigned char *der = NULL;
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    int n = i2d_X509(x, &der);
    g_autoptr(GBytes) recipient = g_bytes_new(der, (gsize)n);
    g_autoptr(BurnPin) p = burn_pin_new("55667788", 8);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) letter = burn_pin_seal_cms(p, "SQ1", "0011", recipient, &error);
    cr_assert_not_null(letter, "%s", error ? error->message : "");
    gsize size;
    const char *bytes = g_bytes_get_data(letter, &size);
    cr_assert_null(memmem(bytes, size, "55667788", 8));
    BIO *in = BIO_new_mem_buf(bytes, (int)size), *out = BIO_new(BIO_s_mem()), *none = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = d2i_CMS_bio(in, NULL);
    cr_assert_eq(CMS_decrypt(cms, key, x, NULL, out, 0), 1);
    char *text;
    long length = BIO_get_mem_data(out, &text);
    cr_assert(length == 18 && memcmp(text, "SQ1 0011 55667788\n", 18) == 0);
    cr_assert_neq(CMS_decrypt(cms, other, x, NULL, none, 0), 1);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
    BIO_free(none);
    OPENSSL_free(der);
    X509_free(x);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    g_autoptr(GBytes) nonsense = g_bytes_new("x", 1);
    cr_assert_null(burn_pin_seal_cms(p, "SQ1", "0011", nonsense, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_CA));
}
