/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_facts.h: what the operator adds to an order at the hub, and that must still hold in a later run: an exchange's
 * proof, the key that a replacement gives up, a certificate that was not issued here. Kept in the journal under the
 * order's number.
 */
#ifndef SB_PIPELINE_BURN_FACTS_H
#define SB_PIPELINE_BURN_FACTS_H

#include "burner/journal.h"
#include "core/error.h"
#include "core/order.h"

G_BEGIN_DECLS

typedef struct {
    GBytes *proof_certificate, *proof_challenge, *proof_signature; /* all or none */
    char *lost;              /* serial, or NULL */
    GBytes *old_certificate; /* DER, or NULL */
} BurnFacts;

/* @facts is filled. SB_ERROR_STORE. */
gboolean burn_facts_load(const BurnJournal *journal, const char *order_id, BurnFacts *facts, GError **error);
void burn_facts_clear(BurnFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BurnFacts, burn_facts_clear)

gboolean burn_facts_keep_proof(const BurnJournal *journal, const char *order_id, GBytes *certificate, GBytes *challenge,
                               GBytes *signature, GError **error);
gboolean burn_facts_keep_lost(const BurnJournal *journal, const char *order_id, const char *serial, GError **error);
/* @file: PEM or DER. SB_ERROR_INPUT where it holds no certificate. */
gboolean burn_facts_keep_old(const BurnJournal *journal, const char *order_id, const char *file, GError **error);

/* A challenge of 32 random bytes that names the order. */
GBytes *burn_facts_challenge(const char *order_id);

/**
 * burn_facts_check_proof: does this certificate speak for the order's holder?
 * It must hold the order's credit code (or ID number) anywhere, or its company's (or person's) name in the subject;
 * be in force at @now; and be issued under @trust, a PEM file with the other CAs that are accepted.
 * SB_ERROR_INPUT says which of these fails.
 */
gboolean burn_facts_check_proof(GBytes *certificate, const Order *order, const char *trust, gint64 now, GError **error);

G_END_DECLS

#endif
