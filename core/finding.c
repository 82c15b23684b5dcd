/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finding.c: names of findings. */
#include "core/finding.h"

static const char *const code_names[FINDING_CODES] = {
    [FINDING_CODE_MISMATCH] = "code_mismatch",
    [FINDING_CODE_UNREADABLE] = "code_unreadable",
    [FINDING_CODE_CHECK_FAILED] = "check_failed",
    [FINDING_FORM_CODE_INVALID] = "form_code_invalid",
    [FINDING_NAME_MISMATCH] = "name_mismatch",
    [FINDING_NAME_UNREADABLE] = "name_unreadable",
    [FINDING_LEGAL_REP_MISMATCH] = "legal_rep_mismatch",
    [FINDING_LEGAL_REP_UNREADABLE] = "legal_rep_unreadable",
    [FINDING_ID_NUMBER_MISMATCH] = "id_number_mismatch",
    [FINDING_ID_NUMBER_UNREADABLE] = "id_number_unreadable",
    [FINDING_FORM_ID_INVALID] = "form_id_invalid",
    [FINDING_ID_NAME_MISMATCH] = "id_name_mismatch",
    [FINDING_ID_NAME_UNREADABLE] = "id_name_unreadable",
    [FINDING_ID_EXPIRED] = "id_expired",
    [FINDING_ID_EXPIRY_UNREADABLE] = "id_expiry_unreadable",
    [FINDING_LICENCE_EXPIRED] = "licence_expired",
    [FINDING_WRONG_DOCUMENT] = "wrong_document",
    [FINDING_WRONG_SIDE] = "wrong_side",
    [FINDING_BLANK_PAGE] = "blank_page",
    [FINDING_UNREADABLE_FILE] = "unreadable_file",
    [FINDING_STAMP_MISSING_ON_COPY] = "stamp_missing_on_copy",
    [FINDING_SAMPLE_MISSING] = "sample_missing",
    [FINDING_IMPRESSION_POOR] = "impression_poor",
    [FINDING_SIZE_MISMATCH] = "size_mismatch",
    [FINDING_SIZE_UNPROVEN] = "size_unproven",
    [FINDING_SEAL_TEXT_MISMATCH] = "seal_text_mismatch",
    [FINDING_SEAL_TEXT_UNREADABLE] = "seal_text_unreadable",
    [FINDING_SAMPLE_FOREIGN] = "sample_foreign",
    [FINDING_SEAL_UNEXPECTED] = "seal_unexpected",
    [FINDING_UPLOAD_MISSING] = "upload_missing",
    [FINDING_OUTSIDE_RENEWAL_WINDOW] = "outside_renewal_window",
    [FINDING_DUPLICATE_ORDER] = "duplicate_order",
    [FINDING_QR_MISMATCH] = "qr_mismatch",
    [FINDING_IMAGE_QUALITY] = "image_quality",
    [FINDING_UNKNOWN_FIELD] = "unknown_field",
    [FINDING_READER_FAILED] = "reader_failed",
};

static const char *const severity_names[] = { "note", "review", "refuse" };

Finding *
finding_new(FindingCode code, Severity severity, const char *detail)
{
    g_assert(code < FINDING_CODES);
    Finding *finding = g_new0(Finding, 1);
    finding->code = code;
    finding->severity = severity;
    finding->detail = g_strdup(detail);
    finding->page = -1;
    return finding;
}

void
finding_free(Finding *finding)
{
    if (!finding)
        return;
    g_free(finding->role);
    g_free(finding->file);
    g_free(finding->field);
    g_free(finding->seal);
    g_free(finding->read);
    g_free(finding->form);
    g_free(finding->detail);
    g_free(finding);
}

const char *
finding_code_name(FindingCode code)
{
    g_assert(code < FINDING_CODES);
    return code_names[code];
}

gboolean
finding_code_from_name(const char *name, FindingCode *code)
{
    for (guint i = 0; i < FINDING_CODES; i++)
        if (g_strcmp0(name, code_names[i]) == 0) {
            *code = (FindingCode)i;
            return TRUE;
        }
    return FALSE;
}

const char *
severity_name(Severity severity)
{
    g_assert((guint)severity < G_N_ELEMENTS(severity_names));
    return severity_names[severity];
}

gboolean
severity_from_name(const char *name, Severity *severity)
{
    for (guint i = 0; i < G_N_ELEMENTS(severity_names); i++)
        if (g_strcmp0(name, severity_names[i]) == 0) {
            *severity = (Severity)i;
            return TRUE;
        }
    return FALSE;
}
