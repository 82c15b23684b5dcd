/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.h: what reading saw on one upload: documents, their fields, boxes and confidence.
 *
 * One Document for each document seen: a page with both sides of an ID card gives two. Everything
 * here is what was *seen*; what the order form says is compared in check.h and never written here.
 */
#ifndef SB_OCR_DOCUMENT_H
#define SB_OCR_DOCUMENT_H

#include "core/error.h"
#include "core/geometry.h"

G_BEGIN_DECLS

typedef enum {
    SEEN_UNKNOWN,
    SEEN_BLANK,
    SEEN_LICENCE,
    SEEN_ID_FRONT, /* the side with the portrait and the number */
    SEEN_ID_BACK,  /* the side with the emblem and the validity */
    SEEN_SEAL_SHEET,
    SEEN_KINDS
} SeenAs;

typedef enum {
    FIELD_READ,         /* passes its checks, readings agree */
    FIELD_WEAK,         /* one reading, or readings of low confidence */
    FIELD_SUGGESTED,    /* only a repair would fit: text is what was read, suggestion beside it */
    FIELD_CHECK_FAILED, /* read with confidence, check character wrong */
    FIELD_UNREADABLE,
    FIELD_STATUSES
} FieldStatus;

/* What looking for the expected text on the print gave (names only; DESIGN section 4). */
typedef enum {
    VERDICT_NONE,      /* nothing was expected */
    VERDICT_CONFIRMED, /* every character of the expected text stands there and nothing else */
    VERDICT_DENIED,    /* another character stands there: seen_at says which */
    VERDICT_UNDECIDED, /* cannot be judged: a person looks */
    VERDICTS
} Verdict;

/* Keys, as in DESIGN section 8. Licence: */
#define FIELD_CREDIT_CODE "credit_code"
#define FIELD_COMPANY_NAME "company_name"
#define FIELD_LEGAL_REP "legal_rep"
#define FIELD_VALID_UNTIL "valid_until" /* "YYYY-MM-DD" or "长期"; ID cards too */
#define FIELD_ADDRESS "address"
#define FIELD_CAPITAL "registered_capital"
#define FIELD_ESTABLISHED "established" /* "YYYY-MM-DD" */
#define FIELD_QR_CODE "qr_code"
/* ID card: */
#define FIELD_NAME "name"
#define FIELD_ID_NUMBER "id_number"
#define FIELD_SEX "sex"
#define FIELD_NATION "nation"
#define FIELD_BIRTH "birth"
#define FIELD_AUTHORITY "authority"
#define FIELD_VALID_FROM "valid_from"

typedef struct {
    char *key;
    char *text; /* what was read; NULL where nothing was */
    FieldStatus status;
    guint confidence; /* 0..100 */
    char *suggestion; /* a repair that would pass the checks, or NULL. Never used as the value */
    Verdict verdict;
    char *evidence; /* which evidence decided, in short English ("3 of 4 passes agree"), or NULL */
    int differs_at; /* VERDICT_DENIED: index of the first differing character of the expected text, else -1 */
    gboolean has_box;
    Quad box_px; /* in stored pixels, before EXIF or any turning */
} DocumentField;

typedef enum {
    QUALITY_BLUR = 1 << 0,
    QUALITY_GLARE = 1 << 1,
    QUALITY_CUT_BORDER = 1 << 2,
    QUALITY_FEW_PIXELS = 1 << 3,
    QUALITY_DARK = 1 << 4
} Quality;

typedef enum { CAPTURE_UNKNOWN, CAPTURE_SCAN, CAPTURE_PHOTO, CAPTURE_SCREEN, CAPTURE_GREY_COPY, CAPTURES } Capture;

typedef struct {
    SeenAs seen_as;
    guint page;       /* 0.. in its file */
    guint turned_deg; /* 0, 90, 180, 270: clockwise turn that makes the stored picture upright */
    guint dpi;        /* estimated from the document's own size, 0 when unknown */
    Quality quality;
    Capture capture;
    gboolean stamp_present; /* a seal's ink that is not the registry's own */
    GPtrArray *fields;      /* (element-type DocumentField) */
} Document;

Document *document_new(SeenAs seen_as, guint page);
void document_free(Document *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

/* Returns: (transfer none) the field @key, added as FIELD_UNREADABLE where it is not there yet. */
DocumentField *document_field(Document *document, const char *key);
/* Returns: (transfer none) (nullable) */
const DocumentField *document_find_field(const Document *document, const char *key);

const char *seen_as_name(SeenAs seen_as); /* "licence", "id_front", "id_back", "seal_sheet", "blank", "unknown" */
const char *field_status_name(FieldStatus status); /* "read", "weak", "suggested", "check_failed", "unreadable" */
const char *verdict_name(Verdict verdict);         /* "none", "confirmed", "denied", "undecided" */

/*
 * A reading child's answer: JSON with "documents": [...], bounded and checked on the way in as
 * hostile (lengths, counts, enums, UTF-8, finite boxes). from_json gives NULL with SB_ERROR_IMAGE.
 */
char *documents_to_json(const GPtrArray *documents);
GPtrArray *documents_from_json(const char *json, gsize length, GError **error);

G_END_DECLS

#endif
