/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/burn.h"

#include <criterion/criterion.h>
#include <openssl/x509.h>
#include <string.h>

#include "core/error.h"

static BurnOrder *
good(void)
{
    BurnOrder *o = burn_order_new();
    o->order_id = g_strdup("SQ20251120000017");
    o->subject.name = g_strdup("某某公司");
    o->not_before = 1000;
    o->not_after = 2000;
    o->pin_rule = BURN_PIN_FIXED;
    o->fixed_pin = g_strdup("12345678");
    return o;
}

static void no_id(BurnOrder *o) { g_clear_pointer(&o->order_id, g_free); }
static void path_id(BurnOrder *o) { o->order_id[0] = '/'; }
static void no_index(BurnOrder *o) { o->certificate_index = 0; }
static void many_seals(BurnOrder *o) { o->seals = BURN_BLOBS_MAX + 1; }
static void short_pin(BurnOrder *o) { o->fixed_pin[3] = 0; }
static void no_name(BurnOrder *o) { g_clear_pointer(&o->subject.name, g_free); }
static void no_time(BurnOrder *o) { o->not_after = o->not_before; }
static void nameless_renewal(BurnOrder *o) { o->kind = BURN_RENEW; }
static void erase_unnamed(BurnOrder *o) { o->may_erase = TRUE; }
static void unproven_exchange(BurnOrder *o) { o->kind = BURN_EXCHANGE; }
static void empty_revocation(BurnOrder *o) { o->kind = BURN_REVOKE; }
static void bad_field(BurnOrder *o) { o->subject.code = g_strdup("1"); o->subject.code_field = g_strdup("no such field"); }
static void bad_kind(BurnOrder *o) { o->kind = 99; }

Test(burn_order_check, names_what_is_wrong)
{
    void (*const wrong[])(BurnOrder *) = { no_id, path_id, no_index, many_seals, short_pin, no_name, no_time, nameless_renewal,
                                           erase_unnamed, unproven_exchange, empty_revocation, bad_field, bad_kind };
    g_autoptr(BurnOrder) right = good();
    cr_assert(burn_order_check(right, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(BurnOrder) o = good();
        g_autoptr(GError) error = NULL;
        wrong[i](o);
        cr_assert_not(burn_order_check(o, &error), "case %u passed", i);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_assert_null(strstr(error->message, "某某"), "a name in a message: %s", error->message);
    }
}

Test(burn_mark, differs_by_unit_and_attempt_and_fits_a_label)
{
    guint8 a[BURN_MARK_SIZE], b[BURN_MARK_SIZE], c[BURN_MARK_SIZE];
    char label[33];
    burn_mark("SQ1", 1, a, label);
    burn_mark("SQ1", 2, b, NULL);
    burn_mark("SQ1.2", 1, c, NULL);
    cr_assert(memcmp(a, b, sizeof a) != 0 && memcmp(a, c, sizeof a) != 0);
    cr_assert_eq(strlen(label), 15);
    cr_assert(g_str_has_prefix(label, "SB-"));
}

Test(burn_unit_id, tells_an_orders_certificates_apart)
{
    g_autoptr(BurnOrder) o = good();
    g_autofree char *first = burn_unit_id(o);
    o->certificate_index = 2;
    g_autofree char *second = burn_unit_id(o);
    cr_assert_str_eq(first, "SQ20251120000017");
    cr_assert_str_eq(second, "SQ20251120000017+2");
    cr_assert(burn_unit_is_of(first, "SQ20251120000017") && burn_unit_is_of(second, "SQ20251120000017"));
    cr_assert_not(burn_unit_is_of(second, "SQ2025112000001") || burn_unit_is_of(NULL, "SQ20251120000017"));
}

Test(burn_subject, puts_the_code_where_the_profile_says)
{
    const char *fields[] = { NULL, "serialNumber", "OU", "organizationIdentifier", "1.2.156.112570.11.204" };
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        BurnSubject s = { .name = (char *)"某某公司", .organisation = (char *)"某某公司", .code = (char *)"91460000MA5T0000XX",
                          .code_field = (char *)fields[i] };
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) der = burn_subject_der(&s, &error);
        cr_assert_not_null(der, "%s", error ? error->message : "");
        const unsigned char *bytes = g_bytes_get_data(der, NULL);
        X509_NAME *name = d2i_X509_NAME(NULL, &bytes, (long)g_bytes_get_size(der));
        ASN1_OBJECT *object = OBJ_txt2obj(fields[i] != NULL ? fields[i] : "serialNumber", 0);
        cr_assert_geq(X509_NAME_get_index_by_OBJ(name, object, -1), 0, "field %u", i);
        cr_assert_eq(X509_NAME_entry_count(name), 4);
        ASN1_OBJECT_free(object);
        X509_NAME_free(name);
    }
}

Test(burn_subject, refuses_what_a_certificate_cannot_hold)
{
    g_autofree char *long_name = g_strnfill(300, 'x');
    BurnSubject cases[] = { { .name = long_name },
                            { .name = (char *)"\xff\xfe" },
                            { .name = (char *)"a", .code = (char *)"号" },
                            { .name = (char *)"a", .country = (char *)"CHN" } };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        cr_assert_null(burn_subject_der(&cases[i], &error), "case %u passed", i);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    }
}
