/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_cell.c: the few notations of cells. Nothing is guessed: what does not fit whole is left as it is.
 */
#include "core/order_cell.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

/* Blanks as Unicode has them: the wide one and the unbreakable one come with copied text. */
static char *
strip(const char *text, gsize length)
{
    const char *end = text + length;
    while (text < end && g_unichar_isspace(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    for (const char *last; end > text; end = last) {
        last = g_utf8_prev_char(end);
        if (!g_unichar_isspace(g_utf8_get_char(last)))
            break;
    }
    return g_strndup(text, (gsize)(end - text));
}

char *
order_cell_clean(const char *cell)
{
    g_autofree char *text = strip(cell, strlen(cell));
    gsize n = strlen(text);
    g_autofree char *inner = NULL;
    if (n >= 3 && g_str_has_prefix(text, "=\"") && text[n - 1] == '"')
        inner = strip(text + 2, n - 3);
    else if (*text == '\'')
        inner = strip(text + 1, n - 1);
    else
        inner = g_steal_pointer(&text);
    return *inner ? g_steal_pointer(&inner) : NULL;
}

GStrv
order_cell_split(const char *text, gboolean wide)
{
    GPtrArray *parts = g_ptr_array_new();
    const char *from = text ? text : "";
    for (const char *p = from;; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        gboolean ends = !c || c == ';' || c == 0xFF1B /* ； */ || c == '|' || c == '\n' || c == '\r' ||
                        (wide && (c == ',' || c == 0xFF0C /* ， */ || c == 0x3001 /* 、 */));
        if (!ends)
            continue;
        g_autofree char *part = strip(from, (gsize)(p - from));
        if (*part)
            g_ptr_array_add(parts, g_steal_pointer(&part));
        if (!c)
            break;
        from = g_utf8_next_char(p);
    }
    g_ptr_array_add(parts, NULL);
    return (GStrv)g_ptr_array_free(parts, FALSE);
}

gboolean
order_cell_is_rounded(const char *text)
{
    gsize n = strspn(text, "0123456789");
    if (!n)
        return FALSE;
    if (text[n] == '.')
        n += 1 + strspn(text + n + 1, "0123456789");
    /* A sign must stand there: 2E15 may be somebody's serial. */
    return (text[n] == 'E' || text[n] == 'e') && (text[n + 1] == '+' || text[n + 1] == '-') &&
           text[n + 2 + strspn(text + n + 2, "0123456789")] == 0;
}

char *
order_cell_time(const char *text)
{
    g_autoptr(GTimeZone) china = g_time_zone_new_offset(8 * 3600);
    g_autoptr(GDateTime) iso = g_date_time_new_from_iso8601(text, china);
    if (!iso) {
        /* 2025年11月20日 19时14分 -> 2025-11-20-19-14 */
        g_autoptr(GString) plain = g_string_new(NULL);
        for (const char *p = text; *p; p = g_utf8_next_char(p))
            if (g_ascii_isdigit(*p))
                g_string_append_c(plain, *p);
            else if (plain->len && plain->str[plain->len - 1] != '-')
                g_string_append_c(plain, '-');
        guint n[6] = { 0 };
        int length = 0, length_time = 0;
        if (sscanf(plain->str, "%4u-%2u-%2u%n", &n[0], &n[1], &n[2], &length) < 3 || !length)
            return NULL;
        int read = sscanf(plain->str + length, "-%2u-%2u%n-%2u%n", &n[3], &n[4], &length_time, &n[5], &length_time);
        const char *rest = plain->str + length + (read >= 2 ? length_time : 0);
        if (*rest && strcmp(rest, "-") != 0)
            return NULL;
        iso = g_date_time_new(china, (int)n[0], (int)n[1], (int)n[2], (int)n[3], (int)n[4], n[5]);
    }
    return iso ? g_date_time_format(iso, "%Y-%m-%dT%H:%M:%S%:z") : NULL;
}

/* One number and its unit; leaves *at behind them. */
static gboolean
take_mm(const char **at, double *mm)
{
    static const char *const units[] = { "mm", "毫米" };
    gsize n = strspn(*at, "0123456789.");
    g_autofree char *digits = g_strndup(*at, n); /* strtod would take the 0x of "0x30" for hexadecimal */
    char *end = NULL;
    *mm = g_ascii_strtod(digits, &end);
    if (!n || *end)
        return FALSE;
    *at += n;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_has_prefix(*at, units[i]))
            *at += strlen(units[i]);
    return TRUE;
}

json_t *
order_cell_size(const char *text)
{
    static const char *const before[] = { "直径", "φ", "ø" };
    static const char *const between[] = { "x", "*", "×" };
    g_autofree char *folded = text_fold(text), *lower = g_utf8_strdown(folded, -1);
    const char *p = lower;
    double width, height;
    if (!strcmp(p, "-"))
        return json_null();
    for (guint i = 0; i < G_N_ELEMENTS(before); i++)
        if (g_str_has_prefix(p, before[i]))
            p += strlen(before[i]);
    if (!take_mm(&p, &width))
        return json_string(text);
    if (!*p)
        return json_real(width);
    for (guint i = 0; i < G_N_ELEMENTS(between); i++)
        if (g_str_has_prefix(p, between[i])) {
            p += strlen(between[i]);
            return take_mm(&p, &height) && !*p ? json_pack("[f,f]", width, height) : json_string(text);
        }
    return json_string(text);
}

json_t *
order_cell_count(const char *text)
{
    char *end = NULL;
    gint64 n = g_ascii_isdigit(*text) ? g_ascii_strtoll(text, &end, 10) : -1;
    return n >= 0 && (!*end || !strcmp(end, "年")) ? json_integer(n) : json_string(text);
}
