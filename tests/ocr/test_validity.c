/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validity.c: terms of ID cards. */
#include "ocr/validity.h"

#include <criterion/criterion.h>

static Validity
parsed(const char *text)
{
    Validity v;
    cr_assert(validity_parse(text, &v), "%s", text);
    return v;
}

static GDate
day(const char *iso)
{
    GDate d;
    cr_assert(validity_from_iso(iso, &d), "%s", iso);
    return d;
}

Test(validity_parse, takes_dates_with_any_dash_and_blanks)
{
    static const char *const texts[] = { "2015.03.09-2035.03.09", "2015.03.09 - 2035.03.09", "2015.03.09—2035.03.09",
                                         "２０１５.03.09－2035.03.09" };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        Validity v = parsed(texts[i]);
        cr_expect_not(v.forever);
        g_autofree char *from = validity_iso(&v.from), *until = validity_iso(&v.until);
        cr_expect_str_eq(from, "2015-03-09");
        cr_expect_str_eq(until, "2035-03-09");
    }
}

Test(validity_parse, takes_forever)
{
    Validity v = parsed("2016.05.21-长期");
    cr_expect(v.forever);
    cr_expect_eq(validity_years(&v), 0);
}

Test(validity_parse, refuses_what_is_not_exactly_two_dates)
{
    static const char *const texts[] = { "", "2015.03.09", "2015.03.09-", "2015.03.09-2035.02.30", "2015.13.09-2035.13.09",
                                         "2015.03.09-2035.03.091", "2015.03.09-长", "2015-03-09-2035-03-09",
                                         "20150309-20350309", "x2015.03.09-长期" };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        Validity v;
        cr_expect_not(validity_parse(texts[i], &v), "%s", texts[i]);
    }
    Validity v;
    cr_expect_not(validity_parse(NULL, &v));
}

Test(validity_years, are_counted_to_the_day)
{
    static const struct {
        const char *text;
        guint years;
    } rows[] = { { "2020.03.25-2030.03.25", 10 }, { "2020.03.25-2025.03.25", 5 },  { "2020.03.25-2040.03.25", 20 },
                 { "2020.03.25-2030.03.24", 10 }, { "2020.03.25-2030.03.26", 0 }, { "2020.03.25-2030.03.23", 0 }, { "2020.03.25-2035.03.25", 0 },  { "2020.02.29-2030.02.28", 10 },
                 { "2020.02.29-2030.03.01", 10 }, { "2020.02.29-2040.02.29", 20 }, { "2020.03.25-2030.08.25", 0 } };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Validity v = parsed(rows[i].text);
        cr_expect_eq(validity_years(&v), rows[i].years, "%s", rows[i].text);
    }
}

Test(validity_check, term_follows_the_age_at_issue)
{
    static const struct {
        const char *text, *birth;
        ValidityFlaws flaws;
    } rows[] = {
        { "2020.03.25-2030.03.25", "2000-07-29", VALIDITY_OK },       { "2020.03.25-2040.03.25", "2000-07-29", VALIDITY_AGE_ODD },
        { "2020.03.25-2040.03.25", "1985-07-29", VALIDITY_OK },       { "2020.03.25-2030.03.25", "1985-07-29", VALIDITY_AGE_ODD },
        { "2020.03.25-长期", "1960-01-01", VALIDITY_OK },             { "2020.03.25-长期", "1990-01-01", VALIDITY_AGE_ODD },
        { "2020.03.25-2025.03.25", "2010-01-01", VALIDITY_OK },       { "2020.03.25-2030.04.25", "2000-07-29", VALIDITY_TERM_ODD },
        { "2020.03.25-2030.03.25", "2021-07-29", VALIDITY_FROM_ODD | VALIDITY_AGE_ODD },
        /* a month of slack at a limit: 46 on 2020-04-10 */
        { "2020.03.25-长期", "1974-04-10", VALIDITY_OK },             { "2020.03.25-2040.03.25", "1974-04-10", VALIDITY_OK },
        { "2020.04.25-2040.04.25", "1974-04-10", VALIDITY_OK },       { "1999.03.25-2009.03.25", "1980-07-29", VALIDITY_FROM_ODD },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Validity v = parsed(rows[i].text);
        GDate birth = day(rows[i].birth);
        cr_expect_eq(validity_check(&v, &birth), rows[i].flaws, "%s %s: %d", rows[i].text, rows[i].birth,
                     validity_check(&v, &birth));
    }
    Validity v = parsed("2020.03.25-长期");
    cr_expect_eq(validity_check(&v, NULL), VALIDITY_OK);
}

Test(validity_expired, the_last_day_still_counts)
{
    Validity v = parsed("2020.03.25-2030.03.25"), ever = parsed("2020.03.25-长期");
    GDate last = day("2030-03-25"), next = day("2030-03-26");
    cr_expect_not(validity_expired(&v, &last));
    cr_expect(validity_expired(&v, &next));
    cr_expect_not(validity_expired(&ever, &next));
}

Test(validity_from_iso, refuses_other_shapes)
{
    GDate d;
    cr_expect_not(validity_from_iso("2020.03.25", &d));
    cr_expect_not(validity_from_iso("2020-02-30", &d));
    cr_expect_not(validity_from_iso("长期", &d));
    cr_expect_not(validity_from_iso(NULL, &d));
}
