/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_time.c: UTCTime and GeneralizedTime as seals have them: whole seconds, Z, nothing else.
 */
#include "sealgen/ses_time.h"

/* The caller has made sure that they are digits. */
static int
two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

gboolean
ses_time_parse(const char *text, gsize length, SesVersion version, gint64 *unix_seconds)
{
    gsize year_digits = version == SES_V1 ? 2 : 4, digits = year_digits + 10;
    if (length != digits + 1 || text[digits] != 'Z')
        return FALSE;
    for (gsize i = 0; i < digits; i++)
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    int year = two_digits(text);
    if (version == SES_V1) /* X.509's window, RFC 5280 clause 4.1.2.5.1 */
        year += year < 50 ? 2000 : 1900;
    else
        year = year * 100 + two_digits(text + 2);
    const char *rest = text + year_digits;
    g_autoptr(GDateTime) when = g_date_time_new_utc(year, two_digits(rest), two_digits(rest + 2), two_digits(rest + 4),
                                                    two_digits(rest + 6), two_digits(rest + 8));
    if (when)
        *unix_seconds = g_date_time_to_unix(when);
    return when != NULL;
}

char *
ses_time_format(gint64 unix_seconds, SesVersion version)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(unix_seconds);
    int year = when ? g_date_time_get_year(when) : 0;
    if (version == SES_V1 ? year < 1950 || year > 2049 : year < 1 || year > 9999)
        return NULL;
    return g_strdup_printf("%0*d%02d%02d%02d%02d%02dZ", version == SES_V1 ? 2 : 4, version == SES_V1 ? year % 100 : year,
                           g_date_time_get_month(when), g_date_time_get_day_of_month(when), g_date_time_get_hour(when),
                           g_date_time_get_minute(when), g_date_time_get_second(when));
}
