/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_dates.c: dates as they are printed on licences, from text as it was read.
 */
#include "ocr/licence.h"

#include "core/text.h"

#include <string.h>

/* Digits of any width, and the letters that readers take for 0 and 1, up to @most of them. */
static const char *
take_number(const char *p, guint most, guint *value)
{
    guint n = 0;
    *value = 0;
    for (; *p && n < most; p = g_utf8_next_char(p), n++) {
        gunichar c = g_utf8_get_char(p);
        int digit = c == 'O' || c == 'o' ? 0 : c == 'l' || c == 'I' ? 1 : g_unichar_digit_value(c);
        if (digit < 0)
            break;
        *value = *value * 10 + (guint)digit;
    }
    return n ? p : NULL;
}

/* @hanzi, or one of . - / */
static const char *
take_mark(const char *p, const char *hanzi)
{
    if (g_str_has_prefix(p, hanzi))
        return p + strlen(hanzi);
    return *p && strchr(".-/", *p) ? p + 1 : NULL;
}

/* "2016年09月30日", "2016-09-30", "2016.9.30" at @p; NULL where there is none. */
static const char *
take_date(const char *p, char **iso)
{
    guint year, month, day;
    if (!(p = take_number(p, 4, &year)) || !(p = take_mark(p, "年")) || !(p = take_number(p, 2, &month)) ||
        !(p = take_mark(p, "月")) || !(p = take_number(p, 2, &day)))
        return NULL;
    if (year < 1900 || year > 2200 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return NULL;
    *iso = g_strdup_printf("%04u-%02u-%02u", year, month, day);
    return g_str_has_prefix(p, "日") ? p + strlen("日") : p;
}

char *
licence_parse_date(const char *text)
{
    g_autofree char *folded = text_fold(text);
    char *iso = NULL;
    const char *end = take_date(folded, &iso);
    if (end && *end)
        g_clear_pointer(&iso, g_free);
    return iso;
}

gboolean
licence_parse_term(const char *text, char **from, char **until)
{
    g_autofree char *folded = text_fold(text);
    const char *p = folded;
    *from = *until = NULL;
    if (g_str_has_prefix(p, "自"))
        p += strlen("自");
    const char *after = take_date(p, from);
    if (after)
        p = after;
    if (g_str_has_prefix(p, "至"))
        p += strlen("至");
    else if (after && (*p == '-' || *p == '~'))
        p++;
    if (g_str_equal(p, "长期") || g_str_equal(p, "永久") || g_str_equal(p, "不约定期限") || g_str_equal(p, "无固定期限"))
        *until = g_strdup("长期");
    else if (!(p = take_date(p, until)) || *p)
        g_clear_pointer(until, g_free);
    if (*until)
        return TRUE;
    g_clear_pointer(from, g_free);
    return FALSE;
}
