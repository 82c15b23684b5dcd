/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal.h: the durable record of one unit's burn, and the table of functions that stores it.
 *
 * The step machine writes the record *before* every act on a token or at a CA; put must not return
 * before the bytes would survive a power cut (SQLite: synchronous=FULL; file: fsync of file and folder).
 * pipeline stores it in its database; journal_file.h is the same in a folder.
 */
#ifndef SB_BURNER_JOURNAL_H
#define SB_BURNER_JOURNAL_H

#include <glib.h>

#include "burner/burn.h"

G_BEGIN_DECLS

typedef enum {
    BURN_STATE_QUEUED,
    BURN_STATE_CLAIMED,        /* a token's serial (or a blank slot) belongs to this unit */
    BURN_STATE_INIT_BEGUN,
    BURN_STATE_INITED,         /* label, SO PIN and user PIN are ours */
    BURN_STATE_KEY_BEGUN,
    BURN_STATE_KEYED,          /* exactly one pair with our mark; its public key is in the record */
    BURN_STATE_ISSUE_SENT,     /* the CA may have issued */
    BURN_STATE_ISSUED,         /* the checked certificate is in the record */
    BURN_STATE_CERT_WRITTEN,
    BURN_STATE_SEAL_MADE,      /* the seals' bytes are in the journal */
    BURN_STATE_SEAL_WRITTEN,   /* and on the token; old objects are removed */
    BURN_STATE_VERIFIED,       /* read back in a fresh process */
    BURN_STATE_PIN_SEALED,     /* the PIN letter is durable, or there is none */
    BURN_STATE_DONE,
    BURN_STATE_HELD,           /* held_in says where; reason says what a person must do */
    BURN_STATE_FAILED,
    BURN_STATE_REVOKE_PENDING, /* certificates of the order are to be revoked at the CA, then it goes on */
    BURN_STATES
} BurnState;

const char *burn_state_name(BurnState state);                 /* "QUEUED" ... */
gboolean burn_state_from_name(const char *name, BurnState *state);

typedef enum {
    BURN_SO_OURS,    /* derived from the serial */
    BURN_SO_MARK,    /* derived from the mark: the key had no serial when it was initialised */
    BURN_SO_FACTORY  /* the factory's */
} BurnSoPin;

/* One unit's record. Small: seals are kept beside it as blobs. No PIN, no subject. */
typedef struct {
    char *unit;
    BurnState state;
    BurnState held_in;      /* the state that a HELD record would go on from, or that follows REVOKE_PENDING */
    guint attempt;          /* 1..; a restart on another key counts up and so changes the mark */
    guint failures;         /* acts failed in this state, over all runs */
    char *token_serial;     /* "" until known: a SoftHSM slot has none before it is initialised */
    char *reason;           /* of HELD, FAILED, or the last failure; "" = none */
    GBytes *public_key;     /* SubjectPublicKeyInfo DER from KEYED on, or NULL */
    GBytes *certificate;    /* DER from ISSUED on, or NULL */
    GPtrArray *before;      /* GBytes: CKA_ID of the key pairs and certificates that the token held when it was
                               claimed and that go when the new ones are there (renew, change) */
    BurnSoPin so_pin;       /* which SO PIN the key was initialised with; ours from INITED on */
    GBytes *untouched;      /* SHA-256 over what else the key holds: it must be the same at the end; or NULL */
    gboolean revoked;       /* the order's revocations are done */
    gboolean pin_tried;     /* a PIN that is not ours was sent and no answer is known yet */
} BurnRecord;

BurnRecord *burn_record_new(const char *unit);
void burn_record_free(BurnRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnRecord, burn_record_free)

/* One self-checking byte string (version, fields, SHA-256). decode: SB_ERROR_INTEGRITY. */
GBytes *burn_record_encode(const BurnRecord *record);
BurnRecord *burn_record_decode(GBytes *bytes, GError **error);

/**
 * BurnJournal: implemented by the caller. Called from the hub's thread only.
 * get    the record last put, NULL without error when the unit is unknown
 * put    durable when it returns TRUE; state and serial stand beside the encoded record so that a
 *        database can list them
 * keep   durable bytes beside the record (a seal), replacing those of the same name
 * fetch  NULL without error when there are none
 * Errors: SB_ERROR_STORE. A failed put stops the unit before its act.
 */
typedef struct {
    gpointer self;
    gboolean (*get)(gpointer self, const char *unit, GBytes **record, GError **error);
    gboolean (*put)(gpointer self, const char *unit, BurnState state, const char *token_serial, GBytes *record,
                    GError **error);
    gboolean (*keep)(gpointer self, const char *unit, const char *name, GBytes *bytes, GError **error);
    gboolean (*fetch)(gpointer self, const char *unit, const char *name, GBytes **bytes, GError **error);
} BurnJournal;

/* get and decode; a unit that is not known gives a fresh QUEUED record. */
BurnRecord *burn_journal_load(const BurnJournal *journal, const char *unit, GError **error);
gboolean burn_journal_store(const BurnJournal *journal, const BurnRecord *record, GError **error);

/* All blobs of a unit under one name, in order. (element-type BurnBlob) */
gboolean burn_journal_keep_blobs(const BurnJournal *journal, const char *unit, GPtrArray *blobs, GError **error);
GPtrArray *burn_journal_fetch_blobs(const BurnJournal *journal, const char *unit, GError **error);

/* What read-back found (element-type BurnObjectSum), for a run that ended between VERIFIED and its report. fetch: NULL
 * without error when there is nothing. */
gboolean burn_journal_keep_sums(const BurnJournal *journal, const char *unit, GPtrArray *sums, GError **error);
GPtrArray *burn_journal_fetch_sums(const BurnJournal *journal, const char *unit, GError **error);

G_END_DECLS

#endif
