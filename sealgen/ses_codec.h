/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_codec.h: a Ses as DER bytes; inside sealgen only. Others take ses.h.
 */
#ifndef SB_SEALGEN_SES_CODEC_H
#define SB_SEALGEN_SES_CODEC_H

#include "sealgen/ses.h"

G_BEGIN_DECLS

/* An empty seal of this version, all arrays there, to be filled. */
Ses *ses_new(SesVersion version);

/* An empty list for Ses.extensions. */
GPtrArray *ses_extensions_new(void);

/**
 * ses_encode_tbs:
 * The bytes that the signature covers: eSealInfo (versions 4 and 5), or SEQUENCE { eSealInfo,
 * cert, signatureAlgorithm } (version 1). Uses every field except signature, time_stamp and tbs.
 *
 * Returns: (transfer full), or NULL with SB_ERROR_INPUT: a time or text that cannot be written.
 */
GBytes *ses_encode_tbs(const Ses *ses, GError **error);

/* The whole seal; needs the signature too. Errors as above. */
GBytes *ses_encode(const Ses *ses, GError **error);

G_END_DECLS

#endif
