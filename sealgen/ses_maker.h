/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_maker.h: what else of this folder signs with the maker's key may ask of a SesMaker; inside
 * sealgen only. Others take ses.h.
 */
#ifndef SB_SEALGEN_SES_MAKER_H
#define SB_SEALGEN_SES_MAKER_H

#include "sealgen/ses_trust.h"

G_BEGIN_DECLS

/* The signature as DER, not yet verified. Errors are the sign function's, or SB_ERROR_SEAL. */
GBytes *ses_maker_sign(SesMaker *maker, gconstpointer tbs, gsize length, GError **error);

/* Owned by the maker. */
GBytes *ses_maker_cert(const SesMaker *maker);
const char *ses_maker_vid(const SesMaker *maker);
SesTrust *ses_maker_trust(const SesMaker *maker); /* trusts this maker's certificate alone */

G_END_DECLS

#endif
