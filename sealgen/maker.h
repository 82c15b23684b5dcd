/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * maker.h: the seal maker's own key and certificates as files, made once by `init`.
 *
 * Four PEM files in one directory: a root of our own, and the maker's certificate under it. Both keys
 * are SM2 and lie unencrypted with mode 0600; a CA that keeps its maker's key in an HSM does not use
 * these but ses_maker_new() with a sign function of its own.
 */
#ifndef SB_SEALGEN_MAKER_H
#define SB_SEALGEN_MAKER_H

#include "sealgen/ses.h"

G_BEGIN_DECLS

#define MAKER_CA_CERT "seal-ca.pem"    /* the trust anchor to hand out */
#define MAKER_CA_KEY "seal-ca.key.pem" /* only for the next maker's certificate: keep it offline */
#define MAKER_CERT "seal-maker.pem"
#define MAKER_KEY "seal-maker.key.pem"

typedef struct {
    const char *organization; /* O of both subjects, UTF-8, 1..64 characters */
    const char *ca_name;      /* CN of the root, 1..64 characters */
    const char *maker_name;   /* CN of the maker, 1..64 characters */
    gint64 not_before;        /* seconds since 1970, UTC */
    guint ca_years;           /* 1..40 */
    guint maker_years;        /* 1..ca_years */
} MakerSpec;

/**
 * maker_files_create:
 * Make both keys and certificates (signed with the SM2 identity; key usage keyCertSign and cRLSign
 * for the root, digitalSignature and nonRepudiation for the maker) and write them into @directory,
 * which exists.
 *
 * Returns: FALSE with
 *   SB_ERROR_INPUT  the spec is not sensible, or one of the files is there already: none is replaced
 *   SB_ERROR_ENV    randomness or disk; files already written are removed again
 */
gboolean maker_files_create(const char *directory, const MakerSpec *spec, GError **error);

/**
 * maker_files_load:
 * The maker ready to make seals, with @vid as its short name.
 *
 * Returns: (transfer full), or NULL with
 *   SB_ERROR_ENV    a file cannot be read
 *   SB_ERROR_INPUT  the key file may be read by others than its owner
 *   SB_ERROR_SEAL   not a key or certificate, or they do not belong together
 */
SesMaker *maker_files_load(const char *directory, const char *vid, GError **error);

/* The first certificate of a PEM file, as DER. (transfer full) NULL with SB_ERROR_ENV or SB_ERROR_SEAL. */
GBytes *maker_certificate_load(const char *file, GError **error);

/* The same for files of other names and places. */
SesMaker *maker_load(const char *cert_file, const char *key_file, const char *vid, GError **error);

G_END_DECLS

#endif
