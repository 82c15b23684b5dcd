/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_result.h: all that reading and sealing found on one order, and its JSON (DESIGN section 8).
 */
#ifndef SB_PIPELINE_ORDER_RESULT_H
#define SB_PIPELINE_ORDER_RESULT_H

#include "core/finding.h"
#include "core/order.h"
#include "ocr/document.h"
#include "sealgen/sheet.h"

G_BEGIN_DECLS

typedef enum {
    RESULT_CLEAN,    /* nothing but notes */
    RESULT_FINDINGS, /* people must look */
    RESULT_REFUSED,  /* cannot go on: something must be sent again */
    RESULTS
} ResultKind;

/* What was seen in one upload, in the order of order.json. */
typedef struct {
    Role role;
    char *file;
    GPtrArray *documents; /* (element-type Document), NULL where it could not be read */
} UploadSeen;

/* What was read on a seal's straightened text lines. */
typedef struct {
    guint seal, line; /* into sheet->seals and its lines as sheet_extract made them */
    SealLineKind kind;
    char *expected; /* what the order makes us expect, or NULL */
    char *read;     /* what stands there, or NULL */
    guint confidence; /* 0..100 of read */
    Verdict verdict;
} SealLineRead;

typedef struct {
    double decode_ms, read_ms, seals_ms;
    guint max_rss_mb; /* of the largest child */
} ResultCost;

typedef struct {
    char *order_id;
    GPtrArray *uploads;  /* (element-type UploadSeen) */
    SheetResult *sheet;  /* NULL where no seals are ordered or no sheet could be read */
    GPtrArray *lines;    /* (element-type SealLineRead) */
    GPtrArray *findings; /* (element-type Finding) */
    ResultCost cost;
} OrderResult;

OrderResult *order_result_new(const char *order_id);
void order_result_free(OrderResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderResult, order_result_free)

UploadSeen *upload_seen_new(Role role, const char *file, GPtrArray *documents); /* takes @documents */
void upload_seen_free(UploadSeen *seen);
void seal_line_read_free(SealLineRead *line);

/* Adds a finding and returns it (transfer none), for its role, file and field. */
Finding *order_result_add(OrderResult *result, FindingCode code, Severity severity, const char *detail);

ResultKind order_result_kind(const OrderResult *result);
const char *result_kind_name(ResultKind kind); /* "clean", "findings", "refused" */

/**
 * order_result_to_json: one line.
 * @pictures  path of the picture of each of sheet->seals, NULL where there is none; may be NULL as a whole
 */
char *order_result_to_json(const OrderResult *result, char *const *pictures);

/* The last line of `inspect`. */
typedef struct {
    guint orders, clean, findings, refused;
    ResultCost cost;
} ResultSummary;

void result_summary_add(ResultSummary *summary, const OrderResult *result);
char *result_summary_to_json(const ResultSummary *summary);

G_END_DECLS

#endif
