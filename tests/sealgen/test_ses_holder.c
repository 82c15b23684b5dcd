/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "ses_fixture.h"

Test(ses_holder, a_seal_names_its_certificate_and_no_other)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4 });
    g_autoptr(Ses) ses = ses_parse(der, NULL);
    cr_expect(ses_names_certificate(ses, f->holder->der));
    cr_expect_not(ses_names_certificate(ses, f->maker->der));
}

Test(ses_holder, a_digest_names_a_certificate_too)
{
    g_autoptr(Fixture) f = fixture_new();
    g_autoptr(GBytes) der = fixture_build(f, (Build){ .shape = 4, .list_type = 2, .list_digests = TRUE });
    g_autoptr(Ses) ses = ses_parse(der, NULL);
    SesCertDigest *digest = ses->digests->pdata[0];
    cr_expect_not(ses_names_certificate(ses, f->holder->der), "its digest is invented");
    guint8 sm3[32];
    sm3_digest(g_bytes_get_data(f->holder->der, NULL), g_bytes_get_size(f->holder->der), sm3);
    g_bytes_unref(digest->value);
    digest->value = g_bytes_new(sm3, sizeof sm3);
    cr_expect(ses_names_certificate(ses, f->holder->der));
    cr_expect_not(ses_names_certificate(ses, f->maker->der));
    g_free(digest->type);
    digest->type = g_strdup("MD5");
    cr_expect_not(ses_names_certificate(ses, f->holder->der));
}

Test(ses_holder, a_seal_ends_with_its_certificate_or_its_months)
{
    g_autoptr(Party) ca =
        fixture_issue(NULL, (CertSpec){ .name = "CA", .is_ca = TRUE, .key_usage = "critical,keyCertSign" });
    g_autoptr(Party) year =
        fixture_issue(ca, (CertSpec){ .name = "Holder", .key_usage = SIGN_USAGE, .from = T0, .until = T0 + 365 * DAY });
    gint64 until = 0;
    cr_expect(ses_valid_until(year->der, T0, 0, &until, NULL));
    cr_expect_eq(until, T0 + 365 * DAY);
    cr_expect(ses_valid_until(year->der, T0, 1, &until, NULL));
    cr_expect_eq(until, T0 + 31 * DAY - 1, "January");
    cr_expect(ses_valid_until(year->der, T0 + 30 * DAY, 1, &until, NULL));
    cr_expect_eq(until, T0 + (31 + 27) * DAY - 1, "31 January and a month: 28 February");
    cr_expect(ses_valid_until(year->der, T0, 24, &until, NULL));
    cr_expect_eq(until, T0 + 365 * DAY);
}

Test(ses_holder, a_certificate_that_is_not_valid_carries_no_seal)
{
    g_autoptr(Party) ca =
        fixture_issue(NULL, (CertSpec){ .name = "CA", .is_ca = TRUE, .key_usage = "critical,keyCertSign" });
    g_autoptr(Party) year =
        fixture_issue(ca, (CertSpec){ .name = "Holder", .key_usage = SIGN_USAGE, .from = T0, .until = T0 + 365 * DAY });
    g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
    gint64 until;
    const struct {
        GBytes *cert;
        gint64 from;
        guint months;
        SbError code;
    } rows[] = { { year->der, T0 - 1, 0, SB_ERROR_INPUT },
                 { year->der, T0 + 365 * DAY, 0, SB_ERROR_INPUT },
                 { year->der, T0, 100000, SB_ERROR_INPUT },
                 { junk, T0, 0, SB_ERROR_SEAL } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_not(ses_valid_until(rows[i].cert, rows[i].from, rows[i].months, &until, &error), "row %u", i);
        cr_expect(g_error_matches(error, SB_ERROR, (gint)rows[i].code), "row %u", i);
    }
}
