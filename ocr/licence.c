/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence.c: which way up, is it a licence, and then its parts in turn.
 */
#include "ocr/licence.h"

#include <math.h>

enum { LABELS_ENOUGH = 2, LABELS_SURE = 4 };

static guint
labels_in(const GArray *rows)
{
    gboolean seen[LABELS] = { FALSE };
    guint n = 0;
    for (guint i = 0; i < rows->len; i++) {
        const LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row->label != LABEL_NONE && row->label != LABEL_UNREAD && row->certainty > 0.5)
            seen[row->label] = TRUE;
    }
    for (guint i = 0; i < LABELS; i++)
        n += seen[i];
    return n;
}

/* The rows of the page the way up on which more labels can be read. */
static GArray *
upright_rows(const LicenceTools *tools, Flat *flat, guint *labels)
{
    GArray *rows = licence_rows(flat, tools->hanzi);
    *labels = labels_in(rows);
    if (*labels >= LABELS_ENOUGH)
        return rows;
    flat_turn_over(flat);
    g_autoptr(GArray) first = rows;
    g_autoptr(GArray) other = licence_rows(flat, tools->hanzi);
    guint others = labels_in(other);
    if (others > *labels) {
        *labels = others;
        return g_steal_pointer(&other);
    }
    flat_turn_over(flat);
    return g_steal_pointer(&first);
}

/* Perhaps only the code is legible, and the page lies upside down. */
static Document *
read_turned(const LicenceTools *tools, Flat *flat, const ReaderExpect *expect)
{
    flat_turn_over(flat);
    g_autoptr(GArray) rows = licence_rows(flat, tools->hanzi);
    g_autoptr(Document) document = document_new(SEEN_LICENCE, flat->page);
    DocumentField *code = document_field(document, FIELD_CREDIT_CODE);
    licence_read_code(tools, flat, rows, code);
    if (code->status != FIELD_READ) {
        flat_turn_over(flat);
        return NULL;
    }
    licence_read_names(tools, flat, rows, expect, document);
    document->turned_deg = flat->turned_deg;
    return g_steal_pointer(&document);
}

Document *
licence_read(const LicenceTools *tools, Flat *flat, const ReaderExpect *expect)
{
    guint labels;
    if (flat->blank)
        return NULL;
    g_autoptr(GArray) rows = upright_rows(tools, flat, &labels);
    g_autoptr(Document) document = document_new(SEEN_LICENCE, flat->page);
    DocumentField *code = document_field(document, FIELD_CREDIT_CODE);
    licence_read_code(tools, flat, rows, code);
    if (labels < LABELS_ENOUGH && code->status != FIELD_READ)
        return read_turned(tools, flat, expect);
    licence_read_names(tools, flat, rows, expect, document);
    document->turned_deg = flat->turned_deg;
    return g_steal_pointer(&document);
}
