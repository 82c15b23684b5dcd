/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.h: the last step of an order's reading: what was seen in all uploads against the form.
 * Pure: no pictures, no clock.
 */
#ifndef SB_PIPELINE_JUDGE_H
#define SB_PIPELINE_JUDGE_H

#include "pipeline/order_reader.h"

G_BEGIN_DECLS

/* Adds to result->findings what ocr's check_order says of the documents, and what the seals' texts say. */
void judge_order(const OrderInput *input, OrderResult *result);

/* The day of order->submitted_at, or @otherwise. */
GDate judge_date(const Order *order, const GDate *otherwise);

G_END_DECLS

#endif
