/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding.h: something about an order that a person should know, with what to look at.
 *
 * The code is stable and is what other systems key on; its texts in zh_CN and English live in
 * pipeline. What was read and what the form says stand side by side and are never mixed.
 */
#ifndef SB_CORE_FINDING_H
#define SB_CORE_FINDING_H

#include "core/geometry.h"

G_BEGIN_DECLS

typedef enum {
    SEVERITY_NOTE,   /* information: stops nothing */
    SEVERITY_REVIEW, /* two people must look before the order goes on */
    SEVERITY_REFUSE  /* the order cannot go on: something must be sent again */
} Severity;

typedef enum {
    FINDING_CODE_MISMATCH, /* printed code differs from the form's */
    FINDING_CODE_UNREADABLE,
    FINDING_CODE_CHECK_FAILED, /* read with confidence, check character wrong: forged or mistyped ("check_failed") */
    FINDING_FORM_CODE_INVALID,
    FINDING_NAME_MISMATCH,
    FINDING_NAME_UNREADABLE,
    FINDING_LEGAL_REP_MISMATCH,
    FINDING_LEGAL_REP_UNREADABLE,
    FINDING_ID_NUMBER_MISMATCH,
    FINDING_ID_NUMBER_UNREADABLE,
    FINDING_FORM_ID_INVALID,
    FINDING_ID_NAME_MISMATCH,
    FINDING_ID_NAME_UNREADABLE,
    FINDING_ID_EXPIRED,
    FINDING_ID_EXPIRY_UNREADABLE,
    FINDING_LICENCE_EXPIRED,
    FINDING_WRONG_DOCUMENT,
    FINDING_WRONG_SIDE,
    FINDING_BLANK_PAGE,
    FINDING_UNREADABLE_FILE,
    FINDING_STAMP_MISSING_ON_COPY,
    FINDING_SAMPLE_MISSING,
    FINDING_IMPRESSION_POOR,
    FINDING_SIZE_MISMATCH,
    FINDING_SIZE_UNPROVEN,
    FINDING_SEAL_TEXT_MISMATCH,
    FINDING_SEAL_TEXT_UNREADABLE,
    FINDING_SAMPLE_FOREIGN,  /* a sample among the others is of another seal */
    FINDING_SEAL_UNEXPECTED, /* an impression that no ordered seal asks for */
    FINDING_UPLOAD_MISSING,
    FINDING_OUTSIDE_RENEWAL_WINDOW,
    FINDING_DUPLICATE_ORDER,
    FINDING_QR_MISMATCH,   /* the QR code names another company than the print */
    FINDING_IMAGE_QUALITY, /* blur, glare, cut border, too few pixels */
    FINDING_UNKNOWN_FIELD, /* order.json holds a field we do not know */
    FINDING_READER_FAILED, /* the reading process crashed or ran out of time or memory */
    FINDING_CODES
} FindingCode;

typedef struct {
    FindingCode code;
    Severity severity;
    char *role;   /* of the upload ("licence"), or NULL */
    char *file;   /* name inside the order's folder, or NULL */
    char *field;  /* "credit_code", "company_name", ... as in DESIGN section 8, or NULL */
    char *seal;   /* seal type ("official"), or NULL */
    char *read;   /* what was read, or NULL. Personal data: never logged */
    char *form;   /* what the order form says, or NULL. Personal data: never logged */
    char *detail; /* one English line for people, no personal data, or NULL */
    int page;     /* 0.., or -1 */
    gboolean has_box;
    Quad box_px; /* in stored pixels of that page */
} Finding;

/* Returns: (transfer full) a finding without role, field or box; @detail may be NULL. */
Finding *finding_new(FindingCode code, Severity severity, const char *detail);
void finding_free(Finding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finding, finding_free)

/* "code_mismatch", ...: stable. */
const char *finding_code_name(FindingCode code);
/* Returns: FALSE where @name is none of ours. */
gboolean finding_code_from_name(const char *name, FindingCode *code);
const char *severity_name(Severity severity); /* "note", "review", "refuse" */
gboolean severity_from_name(const char *name, Severity *severity);

G_END_DECLS

#endif
