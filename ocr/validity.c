/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validity.c: an ID card's dates: parsing, term and age (居民身份证法, article 5). */
#include "ocr/validity.h"

#include <string.h>

#include "core/text.h"

enum { FIRST_CARDS_YEAR = 2004, SLACK_DAYS = 31 };

/* Eight digits at @p as a date that exists. */
static gboolean
parse_digits(const char *p, GDate *date)
{
    guint v[3] = { 0, 0, 0 };
    static const guint lengths[3] = { 4, 2, 2 };
    for (guint k = 0; k < 3; k++)
        for (guint i = 0; i < lengths[k]; i++, p++) {
            if (!g_ascii_isdigit(*p))
                return FALSE;
            v[k] = v[k] * 10 + (guint)g_ascii_digit_value(*p);
        }
    if (!g_date_valid_dmy((GDateDay)v[2], (GDateMonth)v[1], (GDateYear)v[0]) || v[0] < 1900)
        return FALSE;
    g_date_set_dmy(date, (GDateDay)v[2], (GDateMonth)v[1], (GDateYear)v[0]);
    return TRUE;
}

/* "YYYY.MM.DD" at @p. */
static gboolean
parse_dotted(const char *p, GDate *date)
{
    if (strlen(p) < 10 || p[4] != '.' || p[7] != '.')
        return FALSE;
    char digits[9] = { p[0], p[1], p[2], p[3], p[5], p[6], p[8], p[9], 0 };
    return parse_digits(digits, date);
}

gboolean
validity_parse(const char *text, Validity *validity)
{
    if (!text || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    g_autofree char *folded = text_fold(text);
    g_auto(GStrv) pieces = g_strsplit(folded, " ", -1);
    g_autofree char *t = g_strjoinv("", pieces);
    *validity = (Validity){ 0 };
    if (!parse_dotted(t, &validity->from) || t[10] != '-')
        return FALSE;
    const char *rest = t + 11;
    if (strcmp(rest, VALIDITY_FOREVER) == 0) {
        validity->forever = TRUE;
        return TRUE;
    }
    return strlen(rest) == 10 && parse_dotted(rest, &validity->until);
}

/* The same day @years later; 29 February becomes the last day of February. */
static GDate
years_later(const GDate *date, guint years)
{
    GDate later = *date;
    g_date_add_years(&later, years);
    return later;
}

guint
validity_years(const Validity *validity)
{
    static const guint terms[] = { 5, 10, 20 };
    if (validity->forever || !g_date_valid(&validity->from) || !g_date_valid(&validity->until))
        return 0;
    gboolean leap_day = g_date_get_month(&validity->from) == G_DATE_FEBRUARY && g_date_get_day(&validity->from) == 29;
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++) {
        GDate end = years_later(&validity->from, terms[i]);
        gint off = g_date_days_between(&end, &validity->until);
        if (off == 0 || off == -1 || (leap_day && off == 1))
            return terms[i];
    }
    return 0;
}

/* Was the holder, within the slack, @from..@to years old (both included) on @on? */
static gboolean
aged(const GDate *birth, const GDate *on, guint from, guint to)
{
    GDate oldest = years_later(birth, to + 1), youngest = years_later(birth, from);
    g_date_add_days(&oldest, SLACK_DAYS);
    g_date_subtract_days(&youngest, SLACK_DAYS);
    return g_date_compare(on, &youngest) >= 0 && g_date_compare(on, &oldest) <= 0;
}

static gboolean
term_fits_age(const Validity *v, guint years, const GDate *birth)
{
    if (v->forever)
        return aged(birth, &v->from, 46, 150);
    switch (years) {
    case 5:
        return aged(birth, &v->from, 0, 15);
    case 10:
        return aged(birth, &v->from, 16, 25);
    case 20:
        return aged(birth, &v->from, 26, 45);
    default:
        return FALSE;
    }
}

ValidityFlaws
validity_check(const Validity *validity, const GDate *birth)
{
    ValidityFlaws flaws = VALIDITY_OK;
    guint years = validity_years(validity);
    if (!validity->forever && years == 0)
        flaws |= VALIDITY_TERM_ODD;
    if (g_date_get_year(&validity->from) < FIRST_CARDS_YEAR)
        flaws |= VALIDITY_FROM_ODD;
    if (!birth || !g_date_valid(birth))
        return flaws;
    if (g_date_compare(&validity->from, birth) < 0)
        flaws |= VALIDITY_FROM_ODD;
    if (!(flaws & VALIDITY_TERM_ODD) && !term_fits_age(validity, years, birth))
        flaws |= VALIDITY_AGE_ODD;
    return flaws;
}

gboolean
validity_expired(const Validity *validity, const GDate *on)
{
    return !validity->forever && g_date_compare(&validity->until, on) < 0;
}

char *
validity_iso(const GDate *date)
{
    return g_strdup_printf("%04u-%02u-%02u", g_date_get_year(date), (guint)g_date_get_month(date),
                           g_date_get_day(date));
}

gboolean
validity_from_iso(const char *text, GDate *date)
{
    if (!text || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return FALSE;
    char digits[9] = { text[0], text[1], text[2], text[3], text[5], text[6], text[8], text[9], 0 };
    return parse_digits(digits, date);
}
