/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.h: what was seen against what the form says: findings. Pure: no pictures, no clock.
 */
#ifndef SB_OCR_CHECK_H
#define SB_OCR_CHECK_H

#include "core/finding.h"
#include "core/order.h"
#include "ocr/document.h"

G_BEGIN_DECLS

/* The documents seen in one upload of the order. */
typedef struct {
    const OrderUpload *upload;
    const GPtrArray *documents; /* (element-type Document) */
} CheckUpload;

typedef struct {
    gboolean stamp_on_copies; /* the profile wants the company's seal on copies */
    GDate on_date;            /* the day that validity is judged for (submitted_at); invalid: no date checks */
} CheckRules;

/**
 * check_order: compare and judge.
 * @uploads  (array of @n) in any order
 * Returns: (transfer full) (element-type Finding): perhaps empty. A right value read with confidence gives
 * no finding; a value that could not be read, or read two ways, gives one for a person.
 */
GPtrArray *check_order(const Order *order, const CheckUpload *uploads, guint n, const CheckRules *rules);

G_END_DECLS

#endif
