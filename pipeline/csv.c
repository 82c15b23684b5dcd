/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes CSV.
 */
#include "pipeline/csv.h"

#include <string.h>

static void
cell(GString *text, const char *value)
{
    g_string_append_c(text, '"');
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
