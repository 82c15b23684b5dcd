/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ca.h: a certificate authority behind a table of functions: local (OpenSSL), cmp (RFC 4210), files (air gap).
 *
 * The answers are few and exact, because the step machine acts on them: "no" must mean that nothing was
 * issued. What may have been issued is UNCLEAR, and then find() is asked, and when that cannot tell
 * either, a person. Functions may block up to their deadline; the hub calls them on a thread of its own,
 * several at once, so a backend locks what it shares.
 */
#ifndef SB_BURNER_CA_H
#define SB_BURNER_CA_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    BURN_CA_GIVEN,       /* *certificate is set: issued now, or found */
    BURN_CA_NONE,        /* surely none is issued for this public key (find), or nothing was sent (issue) */
    BURN_CA_PENDING,     /* asked for, not back yet: come again in a later run; error may say what brings it */
    BURN_CA_REFUSED,     /* the CA said no; nothing is issued; error says why */
    BURN_CA_MANY,        /* more than one live certificate for this public key */
    BURN_CA_UNCLEAR      /* may have been issued (time-out, lost answer, cannot look up); error says what */
} BurnCaAnswer;

typedef struct {
    const char *request_id; /* the same for every try of one unit's attempt; A-Z a-z 0-9 . _ - */
    GBytes *csr;            /* PKCS#10 DER; find() may get NULL */
    GBytes *public_key;     /* SubjectPublicKeyInfo DER */
    GBytes *subject;        /* X501 Name DER */
    gint64 not_before;      /* Unix seconds */
    gint64 not_after;
} BurnCaRequest;

typedef struct BurnCa BurnCa;
struct BurnCa {
    const char *name;
    /* Find a certificate that was issued for this public key. */
    BurnCaAnswer (*find)(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error);
    /* Ask for a certificate. Answered errors are SB_ERROR_CA. */
    BurnCaAnswer (*issue)(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error);
    /* Revoke; a certificate that is revoked already is a success. @reason as in RFC 5280 5.3.1.
     * GIVEN = revoked, PENDING = asked for, REFUSED, UNCLEAR (asking again is harmless). */
    BurnCaAnswer (*revoke)(BurnCa *ca, GBytes *certificate, guint reason, GError **error);
    /* The issuing certificate (DER) that every certificate must chain to, then its issuers. (transfer full) */
    GPtrArray *(*chain)(BurnCa *ca, GError **error);
    void (*free)(BurnCa *ca);
};

void burn_ca_free(BurnCa *ca);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnCa, burn_ca_free)

/* ---- local: the embedded CA, a folder ---- */

typedef enum { BURN_CA_KEY_EC_P256, BURN_CA_KEY_RSA_3072, BURN_CA_KEY_SM2 } BurnCaKey;

/* Make a self-signed CA in @folder (ca.key 0600, ca.crt, issued/, revoked/, serials/). An existing CA is never
 * overwritten: SB_ERROR_CA. @organisation and @name are its subject, C=CN. */
gboolean burn_ca_local_create(const char *folder, BurnCaKey key, const char *organisation, const char *name,
                              gint64 not_before, gint64 not_after, GError **error);
/* issue() is idempotent by request id and public key: the same again gives the same certificate; another
 * request for a key that has one is REFUSED. Serials: 126 random bits, unique in the folder. */
BurnCa *burn_ca_local_open(const char *folder, GError **error);
/* DER CRL of what is revoked, for @days from @now; its number counts up. SB_ERROR_CA. */
GBytes *burn_ca_local_crl(BurnCa *ca, gint64 now, guint days, GError **error);

/* ---- cmp: RFC 4210 p10cr and rr by OpenSSL's client (ca_cmp.c) ---- */

typedef struct {
    char *server;          /* host or host:port */
    char *path;            /* HTTP path, e.g. "ejbca/publicweb/cmp/alias"; NULL = "" */
    char *reference;       /* reference value of the shared secret, or NULL with ra_cert */
    char *secret_file;     /* file with the shared secret, mode 0600; never in the config itself */
    char *ra_cert_file;    /* PEM: RA certificate and key that sign our messages, or NULL */
    char *ra_key_file;
    char *ca_file;         /* PEM: the issuing CA and its issuers, trust for answers and certificates */
    char *tls_ca_file;     /* PEM: https with this trust; NULL = plain http */
    char *found_folder;    /* certificates (PEM or DER) that a person put there after asking the CA: find() looks
                              here by public key; NULL = find() is always UNCLEAR */
    guint message_ms;      /* one request's deadline; 0 = 20000 */
    guint total_ms;        /* with polling; 0 = 60000 */
} BurnCaCmpConfig;
/* The recipient is the subject of ca_file's first certificate. A connection that is not made is NONE (nothing was
 * sent); anything lost after that is UNCLEAR; only a protected answer of the CA makes REFUSED. */
BurnCa *burn_ca_cmp_open(const BurnCaCmpConfig *config, GError **error);

/* ---- files: requests out, certificates in, for a CA behind an air gap (ca_files.c) ---- */

/* @out gets REQUEST_ID.csr (PEM, behind lines that say which validity is asked for) and SERIAL.revoke (reason and certificate); @in is searched for certificates (PEM or
 * DER, files of any name) by public key. @ca_file: PEM chain that they must verify under. Both folders are made. */
BurnCa *burn_ca_files_open(const char *out, const char *in, const char *ca_file, GError **error);

/* ---- every certificate that comes back is checked before a token sees it (ca_check.c) ---- */

/* What chain() gave, decoded once for all certificates of a run. NULL with SB_ERROR_CA: empty, or one of them cannot be
 * decoded. */
typedef struct BurnCaChain BurnCaChain;
BurnCaChain *burn_ca_chain_new(GPtrArray *certificates, GError **error);
void burn_ca_chain_free(BurnCaChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnCaChain, burn_ca_chain_free)

/* Public key, subject, signature and name of the issuer, validity (starts within a day of now or of what was
 * asked, does not end before what was asked less a day), basic constraints (no CA), version 3.
 * @now  Unix seconds. SB_ERROR_CA says which check failed. */
gboolean burn_ca_check(GBytes *certificate, const BurnCaRequest *request, const BurnCaChain *chain, gint64 now,
                       GError **error);

/* Subject, issuer and serial for people and for the burn protocol; hex, UTF-8. (out) may be NULL. */
gboolean burn_cert_describe(GBytes *certificate, char **subject, char **issuer, char **serial_hex,
                            gint64 *not_before, gint64 *not_after, GError **error);
/* SubjectPublicKeyInfo DER of a certificate. */
GBytes *burn_cert_public_key(GBytes *certificate, GError **error);
/* Its subject, X501 Name DER: what burn_subject_der makes. */
GBytes *burn_cert_subject(GBytes *certificate, GError **error);

G_END_DECLS

#endif
