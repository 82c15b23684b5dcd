/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence.h: a business licence, or an institution's certificate of the same kind, on a flat page.
 */
#ifndef SB_OCR_LICENCE_H
#define SB_OCR_LICENCE_H

#include "ocr/document.h"
#include "ocr/licence_rows.h"
#include "ocr/reader.h"

G_BEGIN_DECLS

typedef struct Tess Tess;
typedef struct Codeline Codeline;

/* The models, loaded once by the reader and lent. */
typedef struct {
    Tess *probe;        /* one quick reading of a line that could be a code */
    Codeline *codeline; /* the vote on the line that is one; NULL: two readings of probe vote */
    const Hanzi *hanzi;
} LicenceTools;

/**
 * licence_read: is @flat a licence, and what does it say?
 *
 * Turns @flat over where its text stands on its head.
 * Fields: credit_code company_name legal_rep valid_until address registered_capital established qr_code, as far
 * as the form has them. company_name and legal_rep carry hanzi_verify's verdict on @expect's.
 *
 * Returns: (transfer full) (nullable) the document, or NULL where the page is no licence.
 */
Document *licence_read(const LicenceTools *tools, Flat *flat, const ReaderExpect *expect);

/* ---- its parts ---------------------------------------------------------------------------------- */

/*
 * licence_code.c: find and read the credit code into @field. @rows say where it rather is (its label) and is not
 * (values of other labels). @labelled: the page is known for a licence, so that an unlikely line is worth a vote.
 * Returns: FALSE where no line could hold one.
 */
gboolean licence_read_code(const LicenceTools *tools, Flat *flat, const GArray *rows, gboolean labelled,
                           DocumentField *field);

/*
 * licence_qr.c: what the QR code's code @qr (or NULL) says about the print's reading in @field.
 *
 * It never overrules a reading that is sure of itself, right or wrong: those are compared in check.h. A reading
 * that only lacked a second voice becomes FIELD_READ where the QR code is that voice.
 */
void licence_weigh_qr(DocumentField *field, const char *qr);

/* licence_names.c: the name, the representative and the other fields of @rows. */
void licence_read_names(const LicenceTools *tools, Flat *flat, const GArray *rows, const ReaderExpect *expect,
                        Document *document);

/*
 * licence_look.c: the QR code into @document, where one is found and can be decoded. @everywhere: also where no
 * finder pattern was seen, in the page's corners; dearer.
 */
void licence_read_qr(Flat *flat, gboolean everywhere, Document *document);

/* The credit code inside the text of a QR code ("...?uniscid=91..."), valid in all checks. Returns: (transfer full) or NULL. */
char *licence_code_of_qr(const char *text);

/* licence_seals.c: capture, stamp_present and quality of @document, from the page's colours. */
void licence_look(const Flat *flat, const Page *layout, const GArray *rows, Document *document);

/*
 * licence_dates.c: "2016年09月30日至长期", "自2016年09月30日至2036年09月29日" as read -> the first and the last date,
 * "YYYY-MM-DD" or "长期". Returns: FALSE, and NULL in both, where it is neither.
 */
gboolean licence_parse_term(const char *text, char **from, char **until);
char *licence_parse_date(const char *text);

G_END_DECLS

#endif
