/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_reader.h: many orders read at once, each upload in a child of its own. `inspect` and `run` both
 * stand on it; it knows neither workspace nor store.
 */
#ifndef SB_PIPELINE_ORDER_READER_H
#define SB_PIPELINE_ORDER_READER_H

#include "pipeline/child.h"
#include "pipeline/order_result.h"
#include "pipeline/profile.h"
#include "pipeline/read_unit.h"

G_BEGIN_DECLS

typedef struct {
    Order *order;
    const Profile *profile; /* borrowed */
    GPtrArray *paths;       /* (element-type char*) where each of order->uploads lies */
    GPtrArray *digests;     /* (element-type char*) SHA-256 of each, or NULL: no answer is recalled or kept */
    GDate on_date;          /* the day validity is judged for where the order names none */
    gpointer user;          /* the caller's */
} OrderInput;

OrderInput *order_input_new(Order *order, const Profile *profile); /* takes @order; paths are empty */
void order_input_free(OrderInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderInput, order_input_free)

typedef struct {
    gpointer data;
    /* Returns: (transfer full) the next order, or NULL: there are no more. */
    OrderInput *(*next)(gpointer data);
    /* Both are the callee's now. @result is NULL where the run was stopped before the order was done. */
    void (*done)(OrderInput *input, OrderResult *result, gpointer data);
    /* Answers of earlier runs, by a key that covers content, role and what was expected; or both NULL. */
    GBytes *(*recall)(const char *key, gpointer data);
    void (*keep)(const char *key, GBytes *answer, gpointer data);
    gboolean (*stop)(gpointer data); /* asked several times a second; NULL: never */
} OrderReaderCalls;

/**
 * order_reader_run: until next() has no more and all children are in.
 * @limits  NULL for CHILD_LIMITS
 * Whatever an upload does, it becomes a finding of its order. done() is called in the order in which
 * orders become ready.
 * Returns: FALSE with SB_ERROR_ENV where no child can be made or locked down at all.
 */
gboolean order_reader_run(const Models *models, guint jobs, const ChildLimits *limits, const OrderReaderCalls *calls,
                          GError **error);

G_END_DECLS

#endif
