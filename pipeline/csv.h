/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.h: rows that a spreadsheet opens as text, whatever an applicant wrote into them.
 */
#ifndef SB_PIPELINE_CSV_H
#define SB_PIPELINE_CSV_H

#include <glib.h>

G_BEGIN_DECLS

#define CSV_BOM "\xef\xbb\xbf"

/* Every cell quoted; one that a spreadsheet would take for a formula gets an apostrophe; CRLF at the end. */
void csv_row(GString *text, const char *const *cells, guint n);

G_END_DECLS

#endif
