/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_licence.c: one upload that is said to be the licence, against the form.
 */
#include "ocr/check_inner.h"

#include "core/text.h"
#include "ocr/licence.h"

#include <string.h>

/* Only what was read as a whole may agree; anything else is shown to a person, with what was read. */
static void
check_code(Check *check, const CheckUpload *upload, const Document *document)
{
    const char *form = check->order->credit_code;
    if (!form || !*form)
        return;
    g_autofree char *wanted = text_fold_code(form);
    const DocumentField *field = document_find_field(document, FIELD_CREDIT_CODE);
    g_autofree char *read = text_fold_code(field ? field->text : NULL);
    gboolean legible = field && (field->status == FIELD_READ || field->status == FIELD_WEAK);
    if (legible && g_str_equal(read, wanted))
        return;
    FindingCode code = FINDING_CODE_UNREADABLE;
    const char *detail = field ? field->evidence : "no line that could hold a code was found";
    if (legible)
        code = FINDING_CODE_MISMATCH;
    else if (field && field->status == FIELD_CHECK_FAILED)
        code = FINDING_CODE_CHECK_FAILED;
    Finding *finding = check_add(check, code, SEVERITY_REVIEW, upload, document, field, detail);
    finding->form = g_strdup(form);
    if (!field)
        finding->field = g_strdup(FIELD_CREDIT_CODE);
}

/* The QR code is a witness of its own: it may name the company by its code. */
static void
check_qr(Check *check, const CheckUpload *upload, const Document *document)
{
    const DocumentField *qr = document_find_field(document, FIELD_QR_CODE);
    const DocumentField *code = document_find_field(document, FIELD_CREDIT_CODE);
    if (!qr || !qr->text || !code || !code->text || code->status != FIELD_READ)
        return;
    g_autofree char *named = licence_code_of_qr(qr->text);
    if (named && strcmp(named, code->text) != 0)
        check_add(check, FINDING_QR_MISMATCH, SEVERITY_REVIEW, upload, document, qr,
                  "the QR code names another code than the print");
}

static void
check_term(Check *check, const CheckUpload *upload, const Document *document)
{
    const DocumentField *field = document_find_field(document, FIELD_VALID_UNTIL);
    GDate until;
    if (!field || field->status != FIELD_READ || !g_date_valid(&check->rules->on_date) ||
        !check_parse_date(field->text, &until))
        return;
    if (g_date_compare(&until, &check->rules->on_date) < 0)
        check_add(check, FINDING_LICENCE_EXPIRED, SEVERITY_REVIEW, upload, document, field, "its term has ended");
}

static void
check_no_licence(Check *check, const CheckUpload *upload)
{
    const Document *first = g_ptr_array_index(upload->documents, 0);
    if (check_count_seen(upload, SEEN_BLANK) == upload->documents->len) {
        check_add(check, FINDING_BLANK_PAGE, SEVERITY_REVIEW, upload, first, NULL, "a blank page");
        return;
    }
    for (guint i = 0; i < upload->documents->len; i++) {
        const Document *document = g_ptr_array_index(upload->documents, i);
        if (document->seen_as == SEEN_UNKNOWN || document->seen_as == SEEN_BLANK)
            continue;
        g_autofree char *detail = g_strdup_printf("a licence is asked for, this is: %s", seen_as_name(document->seen_as));
        check_add(check, FINDING_WRONG_DOCUMENT, SEVERITY_REVIEW, upload, document, NULL, detail);
        return;
    }
    Finding *finding = check_add(check, FINDING_CODE_UNREADABLE, SEVERITY_REVIEW, upload, first, NULL,
                                 "the page was not recognised as a licence");
    finding->field = g_strdup(FIELD_CREDIT_CODE);
    finding->form = g_strdup(check->order->credit_code);
}

/* Of several licences in one file (original and copy) those that are legible are judged, at least one. */
void
check_licence_upload(Check *check, const CheckUpload *upload)
{
    guint licences = check_count_seen(upload, SEEN_LICENCE), legible = 0, judged = 0;
    if (licences == 0) {
        check_no_licence(check, upload);
        return;
    }
    for (guint i = 0; i < upload->documents->len; i++) {
        const Document *document = g_ptr_array_index(upload->documents, i);
        const DocumentField *code = document_find_field(document, FIELD_CREDIT_CODE);
        legible += document->seen_as == SEEN_LICENCE && code && code->status == FIELD_READ;
    }
    for (guint i = 0; i < upload->documents->len; i++) {
        const Document *document = g_ptr_array_index(upload->documents, i);
        const DocumentField *code = document_find_field(document, FIELD_CREDIT_CODE);
        if (document->seen_as != SEEN_LICENCE || (legible && !(code && code->status == FIELD_READ)) ||
            (!legible && judged > 0))
            continue;
        judged++;
        NameRule company = { FINDING_NAME_MISMATCH, FINDING_NAME_UNREADABLE, FIELD_COMPANY_NAME,
                             check->order->company_name };
        NameRule rep = { FINDING_LEGAL_REP_MISMATCH, FINDING_LEGAL_REP_UNREADABLE, FIELD_LEGAL_REP,
                         check->order->legal_rep.name };
        check_code(check, upload, document);
        check_name(check, upload, document, &company);
        check_name(check, upload, document, &rep);
        check_qr(check, upload, document);
        check_term(check, upload, document);
        check_quality(check, upload, document);
        check_stamp(check, upload, document);
    }
}
