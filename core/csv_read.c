/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv_read.c: one pass over the text, cell by cell.
 */
#include "core/csv_read.h"

#include <string.h>

#include "core/text.h"

typedef struct {
    const char *at;
    const char *place;
    CsvRow *row;
} Reader;

static void
row_free(CsvRow *row)
{
    g_ptr_array_unref(row->cells);
    g_free(row);
}

static CsvRow *
row_new(guint number)
{
    CsvRow *row = g_new0(CsvRow, 1);
    row->number = number;
    row->cells = g_ptr_array_new_with_free_func(g_free);
    return row;
}

char *
csv_column_name(guint index)
{
    GString *name = g_string_new(NULL);
    for (guint n = index + 1; n > 0; n = (n - 1) / 26)
        g_string_prepend_c(name, (char)('A' + (n - 1) % 26));
    return g_string_free(name, FALSE);
}

static gboolean
refuse(const Reader *r, SbError code, const char *what, GError **error)
{
    g_autofree char *column = csv_column_name(r->row->cells->len);
    g_set_error(error, SB_ERROR, (int)code, "%s: row %u, column %s: %s", r->place, r->row->number, column, what);
    return FALSE;
}

static gboolean
take_quoted(Reader *r, GString *cell, GError **error)
{
    const char *p = r->at + 1;
    for (;; p += 2) {
        gsize n = strcspn(p, "\"");
        g_string_append_len(cell, p, (gssize)n);
        p += n;
        if (!*p)
            return refuse(r, SB_ERROR_INPUT, "a quotation mark is never closed: the file may be cut off", error);
        if (p[1] != '"')
            break;
        g_string_append_c(cell, '"');
    }
    r->at = p + 1;
    return !*r->at || strchr(",\r\n", *r->at) ||
           refuse(r, SB_ERROR_INPUT, "there is text behind a closing quotation mark", error);
}

/* Leaves r->at on the comma, line end or NUL behind the cell. */
static gboolean
take_cell(Reader *r, GError **error)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    if (r->row->cells->len >= CSV_MAX_CELLS)
        return refuse(r, SB_ERROR_LIMIT, "the row has too many columns", error);
    if (*r->at != '"') {
        gsize n = strcspn(r->at, ",\r\n");
        g_string_append_len(cell, r->at, (gssize)n);
        r->at += n;
    } else if (!take_quoted(r, cell, error)) {
        return FALSE;
    }
    if (cell->len > CSV_MAX_CELL_BYTES)
        return refuse(r, SB_ERROR_LIMIT, "the cell is too long", error);
    g_ptr_array_add(r->row->cells, g_strdup(cell->str));
    return TRUE;
}

static gboolean
take_row(Reader *r, GError **error)
{
    for (;;) {
        if (!take_cell(r, error))
            return FALSE;
        if (*r->at != ',')
            break;
        r->at++;
    }
    if (*r->at == '\r')
        r->at++;
    if (*r->at == '\n')
        r->at++;
    return TRUE;
}

static gboolean
is_blank(const CsvRow *row)
{
    for (guint i = 0; i < row->cells->len; i++) {
        const char *cell = row->cells->pdata[i];
        if (cell[strspn(cell, " \t\r\n")])
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
csv_read(const char *bytes, gsize length, const char *place, GError **error)
{
    g_autofree char *text = length <= CSV_MAX_BYTES ? text_from_bytes(bytes, length) : NULL;
    if (!text) {
        g_set_error(error, SB_ERROR, length > CSV_MAX_BYTES ? SB_ERROR_LIMIT : SB_ERROR_INPUT, "%s: %s", place,
                    length > CSV_MAX_BYTES ? "is larger than 32 MiB"
                                           : "the text is neither UTF-8 nor GB18030: save it as CSV UTF-8");
        return NULL;
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
    Reader r = { .at = text, .place = place };
    for (guint number = 1; *r.at; number++) {
        r.row = row_new(number);
        g_ptr_array_add(rows, r.row);
        if (!take_row(&r, error))
            return NULL;
        if (is_blank(r.row))
            g_ptr_array_set_size(rows, (gint)rows->len - 1);
        if (number > CSV_MAX_ROWS) {
            g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "%s: has more than %d rows", place, CSV_MAX_ROWS);
            return NULL;
        }
    }
    return g_steal_pointer(&rows);
}
