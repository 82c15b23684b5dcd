/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_inner.h: what check.c and its two rooms, licences and ID cards, share.
 */
#ifndef SB_OCR_CHECK_INNER_H
#define SB_OCR_CHECK_INNER_H

#include "ocr/check.h"

G_BEGIN_DECLS

typedef struct {
    const Order *order;
    const CheckRules *rules;
    GPtrArray *findings; /* (element-type Finding) */
} Check;

/* A finding on @upload (or NULL), at @document's page (or NULL), about @field of it (or NULL). */
Finding *check_add(Check *check, FindingCode code, Severity severity, const CheckUpload *upload,
                   const Document *document, const DocumentField *field, const char *detail);

/* What a name of the form and its field on a document add up to. */
typedef struct {
    FindingCode mismatch, unreadable;
    const char *key;
    const char *form;
} NameRule;

void check_name(Check *check, const CheckUpload *upload, const Document *document, const NameRule *rule);

/* "YYYY-MM-DD". Returns: FALSE where it is no date (长期 is none). */
gboolean check_parse_date(const char *text, GDate *date);

/* Notes on what makes a picture hard to read. */
void check_quality(Check *check, const CheckUpload *upload, const Document *document);
/* A grey copy must carry the company's seal where the profile says so. */
void check_stamp(Check *check, const CheckUpload *upload, const Document *document);

guint check_count_seen(const CheckUpload *upload, SeenAs seen_as);

void check_licence_upload(Check *check, const CheckUpload *upload);

/* All uploads that show one person's card, both sides together. */
void check_person(Check *check, const CheckUpload *uploads, guint n, Role front, Role back, Role both,
                  const OrderPerson *person);

G_END_DECLS

#endif
