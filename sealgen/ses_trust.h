/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses_trust.h: certificates, chains and revocation behind SesTrust; inside sealgen only.
 * Others fill a SesTrust by ses_verify.h.
 */
#ifndef SB_SEALGEN_SES_TRUST_H
#define SB_SEALGEN_SES_TRUST_H

#include "sealgen/ses_verify.h"
#include "sealgen/sm2.h"

G_BEGIN_DECLS

/* OpenSSL's, whose headers stay out of ours. */
struct x509_st;
struct asn1_string_st;

/**
 * ses_x509_parse:
 * One certificate, DER, nothing behind it; with the SM2 identity set where SM2 signed it, without
 * which OpenSSL 3.0 refuses every Chinese certificate.
 *
 * Returns: (transfer full) or NULL with SB_ERROR_SEAL.
 */
struct x509_st *ses_x509_parse(GBytes *der, GError **error);

/* (transfer full) */
GBytes *ses_x509_to_der(struct x509_st *cert);

/* Seconds since 1970; FALSE for a time that is none. */
gboolean ses_asn1_time_to_unix(const struct asn1_string_st *time, gint64 *unix_seconds);

/* A certificate met in seals, parsed once; owned by the trust that gave it, until the next
 * ses_trust_begin() or certificate added. */
typedef struct {
    struct x509_st *x509;
    Sm2Key *key;                    /* NULL where its key is not SM2 */
    char *subject;                  /* RFC 2253, UTF-8 */
    gint64 valid_from, valid_until; /* its own validity */
} SesParty;

/* Ahead of each seal: forgets old parties where many have come together. */
void ses_trust_begin(SesTrust *trust);

/* NULL with SB_ERROR_SEAL: not a certificate. */
const SesParty *ses_trust_party(SesTrust *trust, GBytes *der, GError **error);

/* Whether a certificate leads to an anchor by good signatures, and when the whole chain is valid. */
typedef struct {
    gboolean trusted;
    char *problem;                  /* where not trusted */
    gint64 valid_from, valid_until; /* overlap of all its certificates */
    gpointer certs;                 /* STACK_OF(X509), leaf first */
} SesChain;

/**
 * ses_trust_chain:
 * The chain of a party, preferring one valid at @at; kept, so that the next seal of the same maker
 * costs nothing. Time and revocation are the caller's to judge.
 */
const SesChain *ses_trust_chain(SesTrust *trust, const SesParty *party, gint64 at);

/* The same for a certificate that came with others that may help (a time stamp's). Not kept. */
SesChain *ses_trust_chain_with(SesTrust *trust, struct x509_st *cert, gpointer others, gint64 at);
void ses_chain_free(SesChain *chain);

typedef enum {
    SES_REVOCATION_GOOD,
    SES_REVOCATION_UNKNOWN, /* no list, or none that can be used */
    SES_REVOCATION_REVOKED
} SesRevocation;

/**
 * ses_trust_revocation:
 * Look every certificate of a trusted chain but its anchor up in the lists.
 *
 * @revoked_at  (out) earliest revocation found, where REVOKED
 * @text        (out) (transfer full) one line
 */
SesRevocation ses_trust_revocation(const SesTrust *trust, const SesChain *chain, gint64 at, gint64 *revoked_at,
                                   char **text);

/* ses_verify() of a seal that we have just made from parts already checked: the holder's and the time
 * stamp's chains are not asked about, and the picture is not decoded once more. */
SesVerdict *ses_verify_own(GBytes *der, SesTrust *trust, gint64 at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SesChain, ses_chain_free)

G_END_DECLS

#endif
