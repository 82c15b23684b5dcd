/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "sealgen/ses_time.h"

Test(ses_time, reads_the_one_form_of_each_version_and_writes_it_back)
{
    static const struct {
        const char *text;
        SesVersion version;
        gint64 unix_seconds;
    } rows[] = {
        { "260101000000Z", SES_V1, 1767225600 },   { "20260101000000Z", SES_V4, 1767225600 },
        { "20260101000000Z", SES_V5, 1767225600 }, { "491231235959Z", SES_V1, 2524607999 },
        { "500101000000Z", SES_V1, -631152000 },   { "20240229120000Z", SES_V4, 1709208000 },
        { "99991231235959Z", SES_V4, 253402300799 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 seconds = 0;
        cr_expect(ses_time_parse(rows[i].text, strlen(rows[i].text), rows[i].version, &seconds), "%s", rows[i].text);
        cr_expect_eq(seconds, rows[i].unix_seconds, "%s", rows[i].text);
        g_autofree char *again = ses_time_format(seconds, rows[i].version);
        cr_expect_str_eq(again, rows[i].text);
    }
}

Test(ses_time, any_other_text_is_no_date)
{
    static const struct {
        const char *text;
        SesVersion version;
    } rows[] = {
        { "", SES_V4 },
        { "260101000000Z", SES_V4 },
        { "20260101000000Z", SES_V1 },
        { "2601010000Z", SES_V1 },
        { "20260101000000", SES_V4 },
        { "20260101000000z", SES_V4 },
        { "20260101000000.0Z", SES_V4 },
        { "20260101000000+0800", SES_V4 },
        { "2026 101000000Z", SES_V4 },
        { "-0260101000000Z", SES_V4 },
        { "20261301000000Z", SES_V4 },
        { "20260230000000Z", SES_V4 },
        { "20260101240000Z", SES_V4 },
        { "20260101006000Z", SES_V4 },
        { "20260101000060Z", SES_V4 },
        { "00000101000000Z", SES_V4 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 seconds;
        cr_expect_not(ses_time_parse(rows[i].text, strlen(rows[i].text), rows[i].version, &seconds), "%s", rows[i].text);
    }
    cr_expect_null(ses_time_format(2524608000, SES_V1), "2050");
    cr_expect_null(ses_time_format(-631152001, SES_V1), "1949");
    cr_expect_null(ses_time_format(253402300800, SES_V4), "10000");
    cr_expect_null(ses_time_format(G_MAXINT64, SES_V4));
}
