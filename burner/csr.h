/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csr.h: a PKCS#10 request for a key that is on a token: the part to be signed is built here, its digest is signed
 * by the token, the signature is set here. One path for every backend, no engine.
 */
#ifndef SB_BURNER_CSR_H
#define SB_BURNER_CSR_H

#include <glib.h>

#include "burner/burn.h"

G_BEGIN_DECLS

typedef struct BurnCsr BurnCsr;

/* @subject X501 Name DER, @public_key SubjectPublicKeyInfo DER.
 * @to_sign (out)(transfer full): what the token signs: EC the SHA-256 digest, RSA the DigestInfo around it.
 * SB_ERROR_TOKEN when the public key cannot be used or is not of @type. */
BurnCsr *burn_csr_new(BurnKeyType type, GBytes *subject, GBytes *public_key, GBytes **to_sign, GError **error);
/* @raw is the token's answer: EC r and s side by side, RSA the signature. The request is verified before it is
 * given out. Returns DER, or NULL with SB_ERROR_TOKEN: the token signed with another key, or wrongly. */
GBytes *burn_csr_finish(BurnCsr *csr, GBytes *raw, GError **error);
/* TRUE when @signature (DER, with SHA-256) over @message is by the key of the request. */
gboolean burn_csr_key_signed(const BurnCsr *csr, GBytes *message, GBytes *signature);
void burn_csr_free(BurnCsr *csr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnCsr, burn_csr_free)

/* What a token signs for SHA-256 over @message, and its raw answer as DER (EC) or as it is (RSA); NULL: no signature. */
GBytes *burn_signature_input(BurnKeyType type, GBytes *message);
GBytes *burn_signature_der(BurnKeyType type, GBytes *raw);

/* TRUE when @signature (DER, with SHA-256) over @message verifies under the certificate. */
gboolean burn_signature_verifies(GBytes *certificate, GBytes *message, GBytes *signature);

G_END_DECLS

#endif
