/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes CSV.
 */
#include "pipeline/csv.h"

#include <string.h>

/* A spreadsheet shows 12e4567890123456 as infinity, 18 digits rounded, and 007 as 7. Behind a tab it is text. */
static gboolean
is_taken_for_a_number(const char *value)
{
    gsize digits = strspn(value, "0123456789");
    const char *rest = value + digits;
    if (digits == 0)
        return FALSE;
    if (!*rest)
        return digits > 11 || (digits > 1 && *value == '0');
    gsize exponent = strspn(rest + 1, "0123456789");
    return (*rest == 'e' || *rest == 'E') && exponent > 0 && !rest[1 + exponent];
}

static void
cell(GString *text, const char *value)
{
    g_string_append_c(text, '"');
    if (is_taken_for_a_number(value))
        g_string_append_c(text, '\t');
    if (*value && strchr("=+-@\t\r", *value))
        g_string_append_c(text, '\'');
    for (const char *p = value; *p; p++) {
        if (*p == '"')
            g_string_append_c(text, '"');
        g_string_append_c(text, *p == '\n' || *p == '\r' ? ' ' : *p);
    }
    g_string_append_c(text, '"');
}

void
csv_row(GString *text, const char *const *cells, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (i)
            g_string_append_c(text, ',');
        cell(text, cells[i] ? cells[i] : "");
    }
    g_string_append(text, "\r\n");
}
