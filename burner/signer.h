/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signer.h: one private key on one token (an HSM, a UKey) that signs digests, for as long as a run lasts.
 *
 * The module lives in a worker process of its own, like every module; here is the other end of its
 * socket. PKCS#11 has no SM2 of its own: each vendor numbers the mechanism, so the config names it.
 */
#ifndef SB_BURNER_SIGNER_H
#define SB_BURNER_SIGNER_H

#include "burner/pin.h"

G_BEGIN_DECLS

typedef struct {
    const char *worker;  /* the worker program; NULL: sealbatch-worker beside this one */
    const char *module;  /* path of the PKCS#11 module */
    const char *serial;  /* of the token */
    GBytes *key_id;      /* CKA_ID of the private key; NULL: the only one there */
    guint32 mechanism;   /* the vendor's CKM_ number that signs a 32-byte digest with SM2 */
    guint call_ms;       /* patience for one answer; 0: 30000 */
} BurnSignerConfig;

typedef struct BurnSigner BurnSigner;

/**
 * burn_signer_open: starts the worker, opens the token, gives it the PIN. Nothing is signed yet; the login comes
 * with the first signature.
 * Returns: (transfer full) or NULL with SB_ERROR_ENV (worker), SB_ERROR_TOKEN (module, token), SB_ERROR_PIN.
 */
BurnSigner *burn_signer_open(const BurnSignerConfig *config, const BurnPin *pin, GError **error);

/**
 * burn_signer_sign: @digest 32 bytes, e = SM3(Z || M).
 * Returns: (transfer full) what C_Sign answered (64 bytes r || s); NULL with SB_ERROR_TOKEN, or SB_ERROR_PIN: the PIN
 * was refused, and this signer never tries it again.
 */
GBytes *burn_signer_sign(BurnSigner *signer, const guint8 *digest, gsize length, GError **error);

void burn_signer_free(BurnSigner *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnSigner, burn_signer_free)

G_END_DECLS

#endif
