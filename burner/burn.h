/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn.h: what a burn works from and what it ends in: plain structs that pipeline fills and reads.
 *
 * One BurnOrder is one certificate on one token. An order of several certificates is several units
 * (certificate_index 1..n), each with a journal record of its own. Personal data is in the subject
 * alone and never leaves it except into the certificate request.
 */
#ifndef SB_BURNER_BURN_H
#define SB_BURNER_BURN_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    BURN_NEW,      /* 新办: blank key, new key pair, certificate, seals */
    BURN_RENEW,    /* 续期: key pair and certificate beside the old, seals again, then the old removed */
    BURN_CHANGE,   /* 变更: as renew, under another name; the old certificate is revoked at the end */
    BURN_REPLACE,  /* 补办: as new on another key; the lost key's certificates are revoked first */
    BURN_UNLOCK,   /* 解锁: new user PIN by the SO PIN, nothing else is touched */
    BURN_REVOKE,   /* 注销: revoked at the CA; wiped when the key is plugged in */
    BURN_EXCHANGE, /* 更换: as new, once the holder has proved himself with another CA's key */
    BURN_SEALS     /* seals only, onto a key that already holds a certificate */
} BurnKind;

typedef enum { BURN_KEY_EC_P256, BURN_KEY_RSA_2048, BURN_KEY_SM2 } BurnKeyType;

/* How the user PIN of a fresh key comes about. */
typedef enum {
    BURN_PIN_FIXED,  /* the profile's, e.g. 12345678: the holder changes it */
    BURN_PIN_RANDOM, /* digits, different for every key and order; goes into the PIN letter */
    BURN_PIN_ASKED   /* the key is in use: the operator or holder gives it (BurnHubCalls.ask_pin) */
} BurnPinRule;

/* Subject of the certificate, UTF-8; NULL or "" leaves a part out. */
typedef struct {
    char *country;      /* C, two letters; NULL = CN */
    char *province;     /* ST */
    char *locality;     /* L */
    char *organisation; /* O */
    char *unit;         /* OU */
    char *name;         /* CN */
    char *code;         /* 统一社会信用代码 or other number */
    char *code_field;   /* where the code goes: an OpenSSL short name (serialNumber, OU,
                           organizationIdentifier) or a dotted OID; NULL = serialNumber */
} BurnSubject;

typedef struct {
    char *order_id;           /* 1..64 characters of A-Z a-z 0-9 . _ - */
    guint certificate_index;  /* 1.. */
    BurnKind kind;
    BurnKeyType key_type;
    BurnSubject subject;
    gint64 not_before;        /* Unix seconds; what is asked of the CA; pipeline applied the profile's rule */
    gint64 not_after;
    char *token_serial;       /* NULL: the next blank key */
    gboolean may_erase;       /* the operator named this serial for erasing, whatever it holds; BURN_REVOKE: the key
                                 is wiped when it is plugged in */
    BurnPinRule pin_rule;
    char *fixed_pin;          /* for BURN_PIN_FIXED */
    guint pin_length;         /* for BURN_PIN_RANDOM: 4..16 digits; 0 = 8 */
    guint seals;              /* how many data objects make_seals will give */
    gsize room_needed;        /* bytes the certificate and seals will take; 0 = not known */
    GPtrArray *replace_labels; /* labels (char *) of further seals that go from a key in use; a seal of the same
                                 label and application as a new one goes always */
    GPtrArray *replaces;      /* BURN_RENEW, BURN_CHANGE: DER (GBytes) of the certificates that leave the key with
                                 their key pairs; NULL: all those on a key that sealbatch initialised */
    GBytes *onto;             /* BURN_SEALS, keep_key: DER of the certificate on the key that the seals name;
                                 NULL: the only one there */
    GBytes *proof_certificate; /* BURN_EXCHANGE: the other CA's certificate (DER), what its key was given to sign, */
    GBytes *proof_challenge;   /* and the signature (SHA-256; DER for EC) */
    GBytes *proof_signature;
    GPtrArray *revoke;        /* BURN_REPLACE, BURN_REVOKE (first), BURN_RENEW, BURN_CHANGE (last): DER (GBytes) of
                                 the certificates that the CA shall revoke */
    guint revoke_reason;      /* RFC 5280 5.3.1: 0 unspecified 1 keyCompromise 3 affiliationChanged
                                 4 superseded 5 cessationOfOperation */
    gboolean keep_key;        /* BURN_CHANGE: seals only, certificate and key stay */
} BurnOrder;

/* One object of bytes for the token: a signed electronic seal. */
typedef struct {
    char *label;          /* CKA_LABEL, unique in its order, 1..64 bytes of UTF-8 */
    char *application;    /* CKA_APPLICATION; NULL = "sealbatch" */
    char *object_id;      /* dotted OID for CKA_OBJECT_ID, or NULL */
    GBytes *bytes;        /* 1 .. BURN_BLOB_MAX */
    GBytes *names_cert;   /* SHA-256 of the certificate DER that the seal names (32 bytes); the burn is
                             held when it is not the order's; NULL = the blob names none */
} BurnBlob;

#define BURN_PIN_RANDOM_MAX 16u /* digits */
#define BURN_BLOB_MAX (1u << 20)
#define BURN_BLOBS_MAX 32u

/* How one unit left a run. */
typedef enum {
    BURN_DONE,
    BURN_WAITING,     /* nothing wrong: a key must be plugged in, or a certificate is not back yet */
    BURN_INTERRUPTED, /* an act failed: the next run goes on from the journal */
    BURN_HELD,        /* a person must decide: `reason` says what */
    BURN_FAILED       /* cannot be done as ordered */
} BurnOutcome;

typedef struct {
    char *unit;        /* burn_unit_id() */
    BurnOutcome outcome;
    char *token_serial; /* of the key that is the unit's, or NULL */
    char *at_hand;      /* serial of the key that was looked at last, or NULL */
    char *reason;       /* one line without personal data; NULL when done */
    GBytes *certificate; /* DER, or NULL */
    GPtrArray *objects; /* BurnObjectSum as read back, for the burn protocol; NULL unless done in this run */
    gboolean wiped;     /* BURN_REVOKE: the key was here and is blank again */
} BurnResult;

typedef struct {
    char *what;   /* "key", "certificate", "data" */
    char *label;
    gsize size;
    guint8 sha256[32];
} BurnObjectSum;

/* The journal's name of a unit: ORDER for the first certificate, ORDER+2 for the second: no order number holds a plus, so
 * no other order's unit has this name. (transfer full) */
char *burn_unit_id(const BurnOrder *order);

/* Whether @unit (or NULL) is one of the order's. */
gboolean burn_unit_is_of(const char *unit, const char *order_id);

/* The mark that this unit leaves on a token (CKA_ID of key and certificate): the first 16 bytes of
 * SHA-256 over unit and attempt. The token's label is "SB-" and the mark's first 12 hex digits, so
 * that both can be asked for after a crash. @label may be NULL. */
#define BURN_MARK_SIZE 16
void burn_mark(const char *unit, guint attempt, guint8 mark[BURN_MARK_SIZE], char label[33]);

/* SB_ERROR_INPUT names the first field that is missing or out of range. */
gboolean burn_order_check(const BurnOrder *order, GError **error);

/* Subject as DER (X501 Name): C, ST, L, O, OU, CN, code; UTF8String, country PrintableString.
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT. */
GBytes *burn_subject_der(const BurnSubject *subject, GError **error);

const char *burn_kind_name(BurnKind kind);       /* "new" ... */
const char *burn_outcome_name(BurnOutcome what); /* "done" ... */

BurnOrder *burn_order_new(void); /* zeroed, certificate_index 1 */
void burn_order_free(BurnOrder *order);
BurnBlob *burn_blob_new(const char *label, const char *application, const char *object_id, GBytes *bytes,
                        GBytes *names_cert);
void burn_blob_free(BurnBlob *blob);
void burn_result_free(BurnResult *result);
void burn_object_sum_free(BurnObjectSum *sum);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnOrder, burn_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnBlob, burn_blob_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnResult, burn_result_free)

G_END_DECLS

#endif
