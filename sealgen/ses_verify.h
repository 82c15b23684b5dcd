/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_verify.h: may this seal be trusted, and if not, why.
 *
 * Order of checks (GB/T 38540-2020 clause 7.3, GM/T 0031): structure, signature, maker's
 * certificate (chain, validity, key usage, revocation), holder, dates, time stamp, picture.
 */
#ifndef SB_SEALGEN_SES_VERIFY_H
#define SB_SEALGEN_SES_VERIFY_H

#include "sealgen/ses.h"

G_BEGIN_DECLS

/* ---- whom to trust ---- */

/* Trust anchors, helping certificates, revocation lists, and chains already checked. Growing, so
 * not for two threads at once. */
typedef struct SesTrust SesTrust;

SesTrust *ses_trust_new(void);
void ses_trust_free(SesTrust *trust);

/**
 * ses_trust_add_certificates:
 * @data  PEM (one or many certificates) or one DER certificate
 *
 * Self-signed certificates become anchors, others help to build chains. Where no certificate given
 * so far is self-signed, all of them are anchors.
 *
 * Returns: FALSE with SB_ERROR_INPUT: nothing readable in it. Nothing is added then.
 */
gboolean ses_trust_add_certificates(SesTrust *trust, GBytes *data, GError **error);

/* The same for revocation lists (PEM or DER). Their signatures are checked when they are used. */
gboolean ses_trust_add_crls(SesTrust *trust, GBytes *data, GError **error);

gboolean ses_trust_has_anchors(const SesTrust *trust);

/* ---- verifying ---- */

typedef enum {
    SES_CHECK_OK,
    SES_CHECK_NOTE,    /* worth knowing, does not make the seal invalid */
    SES_CHECK_SKIPPED, /* could not be checked with what was given */
    SES_CHECK_FAIL
} SesCheckStatus;

typedef struct {
    const char *name; /* stable: structure signature chain validity key_usage revocation holder dates
                         time_stamp picture density seal_list */
    SesCheckStatus status;
    char *text; /* one line */
} SesCheck;

typedef enum {
    SES_VALID,
    SES_UNPROVEN, /* nothing wrong, but without trust anchors nobody knows who made it */
    SES_INVALID
} SesResult;

typedef struct {
    SesResult result;
    GPtrArray *checks;                         /* of SesCheck, in order; a name may come more than once */
    GBytes *der;                               /* what was verified */
    Ses *ses;                                  /* NULL where the structure failed */
    char *maker_subject;                       /* or NULL; RFC 2253, UTF-8 */
    guint picture_width_px, picture_height_px; /* 0 where not known */
} SesVerdict;

/**
 * ses_verify:
 * @der    the file, as it is
 * @trust  (nullable): without it, or without anchors in it, the chain is skipped and the best
 *         result is SES_UNPROVEN
 * @at     the moment asked about, seconds since 1970 UTC
 *
 * Versions 1 and 4: the maker's certificate must be good at @at. Version 5: where it expired or was
 * revoked since, but was good when the seal was made, that is a note.
 *
 * Returns: (transfer full), never NULL. Hostile input gives SES_INVALID with words.
 */
SesVerdict *ses_verify(GBytes *der, SesTrust *trust, gint64 at);
void ses_verdict_free(SesVerdict *verdict);

/* One more check from outside (a list of revoked seals, a token's read-back); the result follows.
 * @name is a literal. */
void ses_verdict_add(SesVerdict *verdict, const char *name, SesCheckStatus status, const char *text);

/* "ok", "note", "skipped", "fail"; "valid", "unproven", "invalid". */
const char *ses_check_status_name(SesCheckStatus status);
const char *ses_result_name(SesResult result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SesTrust, ses_trust_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SesVerdict, ses_verdict_free)

G_END_DECLS

#endif
