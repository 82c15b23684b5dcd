/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence.c: which way up, is it a licence, and then its parts in turn.
 */
#include "ocr/licence.h"

#include "ocr/seen.h"

#include <math.h>

enum { LABELS_ENOUGH = 2 };

static const double A4_RATIO = 1.414, A4_INCHES = 297 / 25.4;

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

/* Duplicates and copies are A4; a page of another shape has been cropped, and its size is not known. */
static guint
dpi_of_a4(const Flat *flat)
{
    double ratio = (double)MAX(flat->width, flat->height) / MIN(flat->width, flat->height);
    if (fabs(ratio - A4_RATIO) > 0.06)
        return 0;
    Point middle = { flat->width / 2.0, flat->height / 2.0 };
    return (guint)lround(flat_stored_scale(flat, middle) * FLAT_SIDE / A4_INCHES);
}

/* Code, names and QR code of a page that lies the right way up. */
static Document *
read_fields(const LicenceTools *tools, Flat *flat, GArray *rows, gboolean labelled, const ReaderExpect *expect)
{
    g_autoptr(Document) document = document_new(SEEN_LICENCE, flat->page);
    DocumentField *code = document_field(document, FIELD_CREDIT_CODE);
    licence_read_code(tools, flat, rows, labelled, code);
    if (!labelled && code->status != FIELD_READ)
        return NULL;
    licence_rows_look_harder(flat, tools->hanzi, rows);
    licence_read_names(tools, flat, rows, expect, document);
    licence_read_qr(flat, code->status != FIELD_READ, document);
    const DocumentField *qr = document_find_field(document, FIELD_QR_CODE);
    g_autofree char *qr_code = qr ? licence_code_of_qr(qr->text) : NULL;
    licence_weigh_qr(document_field(document, FIELD_CREDIT_CODE), qr_code);
    licence_look(flat, flat_layout(flat), rows, document);
    document->turned_deg = flat->turned_deg;
    document->dpi = dpi_of_a4(flat);
    return g_steal_pointer(&document);
}

/* Is it a licence by its labels, or by its title the way it lies or turned over? Leaves it the right way up. */
static GArray *
known_rows(const LicenceTools *tools, Flat *flat, gboolean *known)
{
    guint labels;
    g_autoptr(GArray) rows = upright_rows(tools, flat, &labels);
    *known = labels >= LABELS_ENOUGH || seen_licence_title(flat, tools->hanzi);
    if (*known)
        return g_steal_pointer(&rows);
    flat_turn_over(flat);
    *known = seen_licence_title(flat, tools->hanzi);
    if (*known)
        return licence_rows(flat, tools->hanzi);
    flat_turn_over(flat);
    return g_steal_pointer(&rows);
}

Document *
licence_read(const LicenceTools *tools, Flat *flat, const ReaderExpect *expect)
{
    gboolean known;
    if (flat->blank)
        return NULL;
    g_autoptr(GArray) rows = known_rows(tools, flat, &known);
    Document *document = read_fields(tools, flat, rows, known, expect);
    if (document || known)
        return document;
    /* Perhaps only the code is legible, and the page lies upside down. */
    flat_turn_over(flat);
    g_autoptr(GArray) turned = licence_rows(flat, tools->hanzi);
    document = read_fields(tools, flat, turned, FALSE, expect);
    if (!document)
        flat_turn_over(flat);
    return document;
}
