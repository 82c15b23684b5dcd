/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_stamp.h: the time stamp of a version 5 seal (RFC 3161), over SM3 of its signedValue.
 *
 * Transport is not here: the request goes out as bytes and the answer comes in as bytes.
 */
#ifndef SB_SEALGEN_SES_STAMP_H
#define SB_SEALGEN_SES_STAMP_H

#include "sealgen/ses_trust.h"

G_BEGIN_DECLS

#define SES_STAMP_MAX_BYTES (256u << 10)

/* TimeStampReq for this signature: SM3 imprint, certificate wanted, a nonce that follows from the
 * signature (which no two seals share). (transfer full) */
GBytes *ses_stamp_request(GBytes *signature);

/**
 * ses_stamp_token_from_response:
 * TimeStampResp to the token inside, where the service granted it and the token answers
 * ses_stamp_request() of this signature: imprint and nonce. Its signature is not checked here.
 *
 * Returns: (transfer full) the token, DER, or NULL with SB_ERROR_SEAL; the service's own words
 * where it refused.
 */
GBytes *ses_stamp_token_from_response(GBytes *response, GBytes *signature, GError **error);

typedef struct {
    gint64 gen_time; /* when it says the signature existed */
    char *authority; /* subject of the signer's certificate, RFC 2253 */
    SesChain *chain; /* of that certificate at gen_time */
} SesStampInfo;

/**
 * ses_stamp_check:
 * A token over this signature: CMS signed data (of RFC 5652's types or GM/T 0010's) over a TSTInfo,
 * imprint SM3, signed attributes that name the TSTInfo, signature by the certificate inside (SM2
 * with the identity, else RSA or ECDSA), extended key usage timeStamping alone.
 * Whether to trust the chain is the caller's to judge.
 *
 * Returns: FALSE with SB_ERROR_SEAL. @info is filled on TRUE; free its inside with
 * ses_stamp_info_clear().
 */
gboolean ses_stamp_check(GBytes *token, GBytes *signature, SesTrust *trust, SesStampInfo *info, GError **error);
void ses_stamp_info_clear(SesStampInfo *info);

G_END_DECLS

#endif
