/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ses.h: the electronic seal as bytes: read it, make it.
 *
 * Three versions: 4 = GB/T 38540-2020 (the default), 5 = GM/T 0031-2025, 1 = GM/T 0031-2014.
 * The layout is drawn on top of ses_codec.c, where it is written and read. Whether a seal may be
 * trusted is asked of ses_verify.h.
 */
#ifndef SB_SEALGEN_SES_H
#define SB_SEALGEN_SES_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum { SES_V1 = 1, SES_V4 = 4, SES_V5 = 5 } SesVersion;

/* Limits on what is read from others. */
#define SES_MAX_BYTES (4u << 20) /* a whole seal; our own stay under 50 KB */
#define SES_MAX_CERTS 64         /* certificates or digests in certList */
#define SES_MAX_EXTENSIONS 64
#define SES_MAX_TEXT 1024 /* bytes of a name, esID or Vid */

/* certList of a seal that names its holders by digest. */
typedef struct {
    char *type; /* PrintableString, as it stands: "SM3", an OID, ... */
    GBytes *value;
} SesCertDigest;

typedef struct {
    char *oid; /* dotted */
    gboolean critical;
    gboolean critical_written; /* FALSE written out is not DER, yet some makers do and readers take it */
    GBytes *value;
} SesExtension;

/* A seal, as it stands in its file. Times are seconds since 1970, UTC. */
typedef struct {
    SesVersion version; /* by its shape */
    int header_version; /* as written; 1 seals with 2 and 3 are met in the wild */
    char *vid;          /* maker's short name */
    char *es_id;
    gint64 type;        /* property.type */
    char *name;         /* UTF-8 */
    int cert_list_type; /* 1 certificates, 2 digests; 1 in version 1, where it is not written */
    GPtrArray *certs;   /* of GBytes: holders' certificates, DER as they stand, not yet parsed */
    GPtrArray *digests; /* of SesCertDigest */
    gint64 created, valid_from, valid_until;
    char *picture_type; /* "PNG", ... as it stands */
    GBytes *picture;
    guint width_mm, height_mm;
    GPtrArray *extensions; /* of SesExtension; NULL where the field is absent */
    GBytes *maker_cert;    /* DER as it stands */
    char *algorithm;       /* dotted OID */
    GBytes *signature;     /* content of the BIT STRING */
    GBytes *time_stamp;    /* version 5, or NULL: the token, DER */
    GBytes *tbs;           /* exactly the bytes that the signature covers */
    GPtrArray *oddities;   /* of char*: what strict DER would not have, yet no reader refuses */
} Ses;

/**
 * ses_parse:
 * Read a seal of any of the three versions, made by anyone.
 *
 * Strict: no byte before or behind, DER only, and encoding what was read gives the same bytes
 * again. Nothing about trust: the signature is not checked, certificates and picture are not
 * decoded.
 *
 * Returns: (transfer full) the seal, or NULL with
 *   SB_ERROR_LIMIT  larger than SES_MAX_BYTES, more entries than the limits above
 *   SB_ERROR_SEAL   not a seal, or one that breaks its version's rules; the message says which
 */
Ses *ses_parse(GBytes *der, GError **error);
void ses_free(Ses *ses);

/**
 * ses_names_certificate:
 * Whether this certificate (DER) is one of the seal's holders, as it stands or by its digest (SM3
 * or SHA-256). A renewed certificate is another one: the seal must be made again.
 */
gboolean ses_names_certificate(const Ses *ses, GBytes *cert);

/* ---- making ---- */

/**
 * SesSignFunc:
 * The maker's private key, wherever it is kept (PEM file, PKCS#11 token, HSM).
 *
 * @tbs     the bytes to be signed, for a module that hashes by itself: it must do so with the
 *          identity SM2_ID
 * @digest  e = SM3(Z || tbs), 32 bytes, for one that signs digests
 *
 * Returns: (transfer full) the signature, either 64 raw bytes r || s or DER SEQUENCE { r, s };
 * or NULL with an error. A wrong signature does no harm: everything made is verified.
 */
typedef GBytes *(*SesSignFunc)(gconstpointer tbs, gsize tbs_length, const guint8 *digest, gpointer data,
                               GError **error);

/**
 * SesStampFunc:
 * Carry a time-stamp request (RFC 3161 TimeStampReq, DER) to the service and bring back its
 * answer (TimeStampResp, DER). Content types: application/timestamp-query, timestamp-reply.
 */
typedef GBytes *(*SesStampFunc)(GBytes *request, gpointer data, GError **error);

/* Who makes seals: certificate, key, and the parsed forms of both. Not for two threads at once. */
typedef struct SesMaker SesMaker;

/**
 * ses_maker_new:
 * @cert     the maker's certificate, DER; SM2 key, key usage digitalSignature or nonRepudiation
 * @vid      the maker's short name, 1..64 printable ASCII characters
 * @sign     called once a seal; must outlive the maker, with @data
 *
 * Returns: (transfer full), or NULL with SB_ERROR_INPUT (vid) or SB_ERROR_SEAL (certificate).
 */
SesMaker *ses_maker_new(GBytes *cert, const char *vid, SesSignFunc sign, gpointer data, GError **error);

/**
 * ses_maker_new_from_key:
 * The same with the private key from PEM text in memory (see maker.h for the files of `init`).
 * Also SB_ERROR_SEAL where key and certificate do not belong together.
 */
SesMaker *ses_maker_new_from_key(GBytes *cert, const char *vid, const char *key_pem, gsize key_pem_length,
                                 GError **error);

/* Seals of version 5 get a time stamp from now on. NULL: none (the default). */
void ses_maker_set_stamp(SesMaker *maker, SesStampFunc stamp, gpointer data);
void ses_maker_free(SesMaker *maker);

/**
 * ses_valid_until:
 * When a seal ends: with its holder's certificate, or after the authorised months, whichever is sooner.
 *
 * @months  0: not limited; else counted from @valid_from by the calendar, less one second
 *
 * Returns: FALSE with SB_ERROR_SEAL (not a certificate) or SB_ERROR_INPUT: the certificate does not
 * outlast @valid_from, or is not valid yet then.
 */
gboolean ses_valid_until(GBytes *holder_cert, gint64 valid_from, guint months, gint64 *valid_until, GError **error);

/* What one seal shall say. Everything is borrowed for the call. */
typedef struct {
    SesVersion version;
    const char *es_id;    /* unique, 1..64 printable ASCII characters */
    const char *name;     /* UTF-8, 1..1024 bytes */
    gint64 type;          /* property.type: see seal_types.h; 0..9999 */
    GBytes *const *certs; /* holders' signing certificates, DER */
    gsize n_certs;        /* 1..SES_MAX_CERTS */
    gint64 created;       /* seconds since 1970, UTC; version 1 knows 1950..2049 only */
    gint64 valid_from;
    gint64 valid_until;
    GBytes *png;
    guint width_mm, height_mm; /* whole millimetres, never pixels: 5..200 */
    gsize max_bytes;           /* room on the token for the whole seal; 0: no limit */
} SesSpec;

/**
 * ses_make:
 * Build, sign and verify one seal: structure, byte-for-byte re-encoding, signature over the raw
 * bytes, picture against millimetres, dates against the maker's certificate, and that every field
 * reads back as it was asked for. No seal leaves unverified.
 *
 * Returns: (transfer full) the seal, DER, or NULL with
 *   SB_ERROR_INPUT  the spec is not sensible (the message names the field)
 *   SB_ERROR_LIMIT  larger than @max_bytes; the message says how large a picture would fit
 *   SB_ERROR_IMAGE  the picture is not a sound PNG
 *   SB_ERROR_SEAL   the signature that came back is wrong, or the maker's certificate not valid
 *   whatever the sign or stamp function said
 * No clock, no randomness but the signature's own.
 */
GBytes *ses_make(SesMaker *maker, const SesSpec *spec, GError **error);

/**
 * ses_picture_room:
 * How large a PNG may be so that the seal of this spec (its png is not looked at) stays within
 * @room bytes, whatever the signature turns out like; 0 where not even an empty one fits.
 * A time stamp counts as 4096 bytes.
 */
gsize ses_picture_room(const SesMaker *maker, const SesSpec *spec, gsize room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ses, ses_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SesMaker, ses_maker_free)

G_END_DECLS

#endif
