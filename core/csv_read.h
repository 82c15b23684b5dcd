/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv_read.h: a table of comma-separated values (RFC 4180) as rows of text, numbered as a spreadsheet numbers them.
 *
 * Strict where a mistake could shift values into other columns: quotation marks must close and be followed by a comma
 * or the end of the row. (Not libcsv: it does not tell blank rows, so that its rows are not the spreadsheet's, and
 * either refuses ="123", with which platforms keep numbers from being rounded, or lets misplaced marks pass.)
 */
#ifndef SB_CORE_CSV_READ_H
#define SB_CORE_CSV_READ_H

#include "core/error.h"

G_BEGIN_DECLS

enum { CSV_MAX_BYTES = 32 << 20, CSV_MAX_ROWS = 100000, CSV_MAX_CELLS = 256, CSV_MAX_CELL_BYTES = 32768 };

typedef struct {
    guint number;     /* from 1, blank rows and rows inside quotation marks counted as a spreadsheet does */
    GPtrArray *cells; /* (element-type char*) UTF-8 as written, quotation marks resolved */
} CsvRow;

/**
 * csv_read: @bytes in UTF-8 (a BOM is skipped) or GB18030, with LF, CRLF or CR.
 * @place  named in messages ("orders.csv")
 * Returns: (transfer full) (element-type CsvRow): the rows that are not blank, or NULL with
 *   SB_ERROR_INPUT  another encoding, a quotation mark that is misplaced or never closed; with row and column
 *   SB_ERROR_LIMIT  over one of the limits above
 */
GPtrArray *csv_read(const char *bytes, gsize length, const char *place, GError **error);

/* (transfer full) What a spreadsheet calls the column at @index: "A", "Z", "AA". */
char *csv_column_name(guint index);

G_END_DECLS

#endif
