/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_plan.h: what is to be burned for an order: one BurnOrder a certificate, by the profile's rules.
 * Pure but for what it is handed: no clock, no store.
 */
#ifndef SB_PIPELINE_BURN_PLAN_H
#define SB_PIPELINE_BURN_PLAN_H

#include "burner/burn.h"
#include "core/order.h"
#include "pipeline/profile.h"

G_BEGIN_DECLS

/* A certificate that the holder has already. */
typedef struct {
    GBytes *der;
    char *key; /* serial of the token it was put on, or NULL */
    gint64 not_after;
} BurnPlanOld;
void burn_plan_old_free(BurnPlanOld *old);

typedef struct {
    const Order *order;
    const Profile *profile;
    gint64 now;            /* Unix seconds */
    GPtrArray *old;        /* (element-type BurnPlanOld) not revoked, the last issued first; NULL: none */
    const char *assigned;  /* serial that the operator gave this order, or NULL */
    gboolean may_erase;    /* the operator named that serial for erasing */
    const char *lost;      /* ORDER_REPLACE: the key that the operator says is given up, or NULL */
    /* ORDER_EXCHANGE: another CA's key proved its holder (burn_run_prove); NULL while it has not */
    GBytes *proof_certificate, *proof_challenge, *proof_signature;
} BurnPlan;

/**
 * burn_plan_make: Returns: (transfer full) (element-type BurnOrder), or NULL with SB_ERROR_INPUT naming what the
 * order lacks ("which key the holder has is not known: name it in a file for --assign").
 *
 * Kinds for a key in use take the key that is assigned, that the order names, or the only one that the holder has; an
 * order of as many certificates as the holder has keys takes them all. replace and revoke end every certificate on the
 * key that is given up, and nothing where that key is not known. A change that leaves the certificate's subject as it is
 * changes seals alone.
 */
GPtrArray *burn_plan_make(const BurnPlan *plan, GError **error);

/* The subject by a template "C=CN;O={company};CN={company};serialNumber={credit_code}". Fields: company,
 * department, credit_code, person, id_number. SB_ERROR_INPUT where the template is wrong. */
gboolean burn_plan_subject(const char *template, const Order *order, BurnSubject *subject, GError **error);

/* @from (Unix seconds) plus years, same month and day (the 29th of February becomes the 28th). */
gint64 burn_plan_years_later(gint64 from, guint years);

G_END_DECLS

#endif
