/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h: what the workspace knows: orders, findings, decisions, burns, audit. All SQL stands behind it.
 *
 * Every function that changes something is one transaction, durable when it returns TRUE, and writes its
 * line of the audit chain in that transaction. Errors: SB_ERROR_STORE (disk, lock, a rule of the
 * database itself), SB_ERROR_INTEGRITY (audit).
 */
#ifndef SB_PIPELINE_STORE_H
#define SB_PIPELINE_STORE_H

#include "burner/journal.h"
#include "burner/keylife.h"
#include "core/finding.h"
#include "core/order.h"

G_BEGIN_DECLS

typedef struct Store Store;

/* @path is made where it is not there. */
Store *store_open(const char *path, GError **error);
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* From here on every change is tried by all rules of the database and then rolled back: --dry-run. */
void store_set_dry(Store *store);

/* ---- orders ------------------------------------------------------------------------------------- */

typedef enum {
    STATE_RECEIVED, /* taken in, waits to be read */
    STATE_REFUSED,  /* something must be sent again */
    STATE_REVIEW,   /* waits for two people */
    STATE_READY,    /* clean or approved: waits for a key */
    STATE_REJECTED, /* a reviewer said no */
    STATE_BURNING,  /* begun, not finished */
    STATE_HELD,     /* the burn waits for a person */
    STATE_FAILED,   /* the burn cannot be done as ordered */
    STATE_DONE,
    STATE_PURGED, /* retention: uploads, texts and pictures are gone */
    STATES
} OrderState;

const char *order_state_name(OrderState state); /* "received", ... */
gboolean order_state_from_name(const char *name, OrderState *state);

typedef struct {
    Role role;
    char *file;
    char *digest; /* evidence */
    guint64 bytes;
} StoreUpload;

typedef struct {
    gint64 no; /* 0: not stored yet */
    char *order_id;
    char *content; /* SHA-256 over order.json and uploads */
    char *order_json; /* digest of the evidence */
    char *profile;
    OrderKind kind;
    char *holder; /* SHA-256 of whom it is for: finds another order without naming anybody (who tries all numbers can tell) */
    OrderState state;
    char *result; /* digest of the result's JSON, or NULL */
    char *reason; /* of refused, held, failed; no personal data; or NULL */
    gint64 received_at, changed_at; /* Unix seconds */
    GPtrArray *uploads; /* (element-type StoreUpload) */
} StoreOrder;

StoreOrder *store_order_new(void);
void store_order_free(StoreOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreOrder, store_order_free)
void store_order_add_upload(StoreOrder *order, Role role, const char *file, const char *digest, guint64 bytes);

typedef enum {
    TAKEN_NEW,       /* it is in */
    TAKEN_AGAIN,     /* was refused or rejected before; the new content takes its place */
    TAKEN_SAME,      /* the same content is in already: nothing changed */
    TAKEN_DUPLICATE  /* this order_id is in with other content and has gone on: the new one is not taken;
                        while the old one is not burned yet, it got a duplicate_order finding */
} Taken;

/* @findings (element-type Finding) of ingest, kept beside those of reading; refuse makes the state refused. */
gboolean store_take_order(Store *store, const StoreOrder *order, GPtrArray *findings, Taken *taken, GError **error);

/* A folder that could not be taken as an order at all: audit and `status` remember it. */
gboolean store_note_refused_folder(Store *store, const char *name, const char *why, GError **error);

/* order_id of another live order for the same holder and of the same kind, or NULL. (transfer full) */
char *store_find_live_twin(Store *store, const char *holder, OrderKind kind, const char *order_id, GError **error);

/* (transfer full) NULL without an error where there is none. */
StoreOrder *store_get_order(Store *store, const char *order_id, GError **error);
/* The first order in @state with no > @after. (transfer full) NULL without an error where there is none. */
StoreOrder *store_next_order(Store *store, OrderState state, gint64 after, GError **error);
/* (transfer full) (element-type StoreOrder) without uploads, by no; @state STATES for all. */
GPtrArray *store_list_orders(Store *store, OrderState state, GError **error);
/* The same for those of one holder. */
GPtrArray *store_list_orders_of(Store *store, const char *holder, GError **error);
gboolean store_count_states(Store *store, guint counts[STATES], GError **error);

/* ---- results of reading and sealing ---------------------------------------------------------------- */

typedef struct {
    SealType type;
    char *name;    /* as ordered, or NULL */
    char *picture; /* evidence digest, or NULL */
    double width_mm, height_mm, measured_mm[2];
    guint px_per_mm;
    char *preview; /* evidence digest of what the reviewer sees beside it, or NULL */
} StoreSeal;

StoreSeal *store_seal_new(SealType type);
void store_seal_free(StoreSeal *seal);

/**
 * store_put_result: what reading found; the order goes to refused, review or ready.
 * @result    evidence digest of the order's JSON line
 * @findings  (element-type Finding) replaces those of an earlier reading
 * @seals     (element-type StoreSeal)
 */
gboolean store_put_result(Store *store, const char *order_id, const char *result, GPtrArray *findings,
                          GPtrArray *seals, GError **error);

/* (transfer full) (element-type Finding) of all stages. */
GPtrArray *store_findings(Store *store, const char *order_id, GError **error);
GPtrArray *store_seals(Store *store, const char *order_id, GError **error);

/* Answers of reading children, by key (order_reader.h): the evidence digest, or NULL. (transfer full) */
char *store_recall(Store *store, const char *key);
gboolean store_keep(Store *store, const char *key, const char *digest, GError **error);

/* Takes evidence away that nobody names any more. It is called before the store's change is durable: killed in between,
 * the next purge does it again. FALSE ends the purge and changes nothing. */
typedef gboolean (*StoreGone)(const char *digest, gpointer data, GError **error);

/* They hold what was read on the uploads: those before @before go. */
gboolean store_forget_answers(Store *store, gint64 before, StoreGone gone, gpointer data, GError **error);

/* ---- review ------------------------------------------------------------------------------------------ */

typedef struct {
    char *order_id;
    char *result; /* digest the reviewer looked at: a decision about another reading is refused */
    gboolean approve;
    char *note; /* or NULL */
} StoreDecision;

void store_decision_free(StoreDecision *decision);

/**
 * store_decide: all of @decisions or none. The first person's approval leaves an order in review, the
 * second's, who must be another, makes it ready; one rejection rejects it.
 * Returns: FALSE with SB_ERROR_INPUT naming the order where one of them cannot be taken.
 */
gboolean store_decide(Store *store, GPtrArray *decisions, const char *reviewer, GError **error);

typedef struct {
    guint place; /* 1 受理员, 2 复核员 */
    char *reviewer;
    gboolean approve;
    char *note; /* the words to the applicant, or NULL. Personal data: never logged */
    gint64 at;
} StoreDecided;

/* (transfer full) (element-type StoreDecided) about the present result, by place. */
GPtrArray *store_decisions(Store *store, const char *order_id, GError **error);
void store_decided_free(StoreDecided *decided);

/* ---- burning ------------------------------------------------------------------------------------------- */

/**
 * store_burn_begin: the order's units enter the journal's list; the database refuses an order with findings
 * that two different people have not approved. Again for an order that is burning: nothing changes.
 */
gboolean store_burn_begin(Store *store, const char *order_id, GError **error);
/* The end of a run for an order: done, held, failed; or, for the next run, the state that it has, and why it waits. */
gboolean store_burn_end(Store *store, const char *order_id, OrderState state, const char *reason, GError **error);

typedef struct {
    char *unit, *token_serial;
    BurnState state;
    gint64 changed_at;
} StoreUnit;
void store_unit_free(StoreUnit *unit);
/* (transfer full) (element-type StoreUnit), of one order or (NULL) of all. */
GPtrArray *store_units(Store *store, const char *order_id, GError **error);

/* The order that a unit belongs to. (transfer full) NULL with SB_ERROR_STORE where it belongs to none. */
StoreOrder *store_order_of_unit(Store *store, const char *unit, GError **error);

/* ---- keys ---- */

typedef struct {
    char *serial, *unit; /* the unit that brought it there, or NULL */
    BurnKeyState state;
    gint64 changed_at; /* Unix seconds */
} StoreKey;
void store_key_free(StoreKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreKey, store_key_free)

/* NULL without an error where the key is not known here. (transfer full) */
StoreKey *store_get_key(Store *store, const char *serial, GError **error);
/* (transfer full) (element-type StoreKey) by serial */
GPtrArray *store_keys(Store *store, GError **error);
/* The key's next state of life. SB_ERROR_INPUT where burner/keylife.h does not allow it. */
gboolean store_key_becomes(Store *store, const char *serial, BurnKeyState state, const char *unit, GError **error);

/* The lines of the burn protocol, each kept in the journal as PROTOCOL_BLOB before its unit was done, in the order in which
 * the units ended. (transfer full) (element-type GBytes) */
#define PROTOCOL_BLOB "protocol"
GPtrArray *store_protocol(Store *store, GError **error);

/* The journal of burner over this store; valid as long as the store. */
BurnJournal store_journal(Store *store);

/* ---- archive ------------------------------------------------------------------------------------------ */

typedef struct {
    char *digest; /* evidence: the certificate's DER */
    char *unit, *token_serial, *serial; /* serial: the certificate's number */
    gint64 not_before, not_after;
} StoreCertificate;
void store_certificate_free(StoreCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreCertificate, store_certificate_free)

/* What a burn produced; the same again changes nothing. */
gboolean store_archive_certificate(Store *store, const char *order_id, const StoreCertificate *certificate,
                                   GError **error);
gboolean store_archive_seal(Store *store, const char *order_id, const char *unit, const char *es_id, SealType type,
                            const char *picture, const char *seal, const char *certificate, GError **error);

/**
 * store_certificates: what was issued to @holder and is not revoked, the last issued first.
 * @but_order  this order's own are left out: they are what it makes, not what it finds; NULL: none are
 * (transfer full) (element-type StoreCertificate)
 */
GPtrArray *store_certificates(Store *store, const char *holder, const char *but_order, GError **error);
/* The holder of the last certificate on this key that is not revoked, or NULL. (transfer full) */
char *store_holder_of_key(Store *store, const char *token_serial, GError **error);
/* The CA revoked it, for @unit. The same again changes nothing; one that is not known here changes nothing.
 * @key (out) (transfer full) the serial of the key it was put on, or NULL */
gboolean store_certificate_revoked(Store *store, const char *unit, const char *digest, char **key, GError **error);
/* The holder's seal of this type as last burned (renewal without a sheet). @name (may be NULL) as ordered: of several
 * of a type the one that bears it. (transfer full) NULL without an error where there is none, or several and no name
 * tells which. */
StoreSeal *store_archived_seal(Store *store, const char *holder, SealType type, const char *name, GError **error);

typedef struct {
    char *es_id, *reason;
    gint64 at; /* Unix seconds */
} StoreRevoked;
void store_revoked_free(StoreRevoked *revoked);

/**
 * store_revoke_seals_of: marks every archived seal that names this certificate (digest of its DER), those of
 * @unit itself excepted.
 * @unit    who ended them
 * @reason  a word of a-z and '-'
 * The same again changes nothing. SB_ERROR_STORE.
 */
gboolean store_revoke_seals_of(Store *store, const char *unit, const char *certificate, const char *reason,
                               GError **error);
/* Marks ("superseded") the older orders' seals that this unit's replace: same certificate, same type. */
gboolean store_supersede_seals(Store *store, const char *unit, GError **error);
/* Marks ("withdrawn") the seals that this unit made for another certificate than this (NULL: any): an attempt that was
 * given up. */
gboolean store_withdraw_seals(Store *store, const char *unit, const char *certificate, GError **error);
/* (transfer full) (element-type StoreRevoked), by es_id. @number grows with every change of the list. */
GPtrArray *store_revoked_seals(Store *store, gint64 *number, GError **error);

/* ---- audit ------------------------------------------------------------------------------------------- */

typedef struct {
    gint64 seq;
    char *at, *event, *subject, *detail;
} StoreAudit;
void store_audit_free(StoreAudit *line);

/* Something worth remembering that changes nothing else ("run begun"). No personal data. */
gboolean store_audit(Store *store, const char *event, const char *subject, const char *detail, GError **error);

/**
 * store_audit_verify: recompute the whole chain.
 * @lines, @head  (out) (optional) how many, and the last hash in hex (transfer full)
 * Returns: FALSE with SB_ERROR_INTEGRITY naming the first line that does not fit.
 */
gboolean store_audit_verify(Store *store, gint64 *lines, char **head, GError **error);
/* (transfer full) (element-type StoreAudit) from @seq on. */
GPtrArray *store_audit_list(Store *store, gint64 from, GError **error);

/* A signature over the chain as it stood at line @seq (checkpoint.h). */
typedef struct {
    gint64 seq;
    char *hash; /* hex */
    GBytes *certificate, *signature; /* DER */
} StoreCheckpoint;
void store_checkpoint_free(StoreCheckpoint *checkpoint);
gboolean store_put_checkpoint(Store *store, const StoreCheckpoint *checkpoint, GError **error);
/* (transfer full) (element-type StoreCheckpoint) by seq */
GPtrArray *store_checkpoints(Store *store, GError **error);
/* (transfer full) the hash of line @seq in hex, or NULL */
char *store_audit_hash(Store *store, gint64 seq, GError **error);

/* ---- retention ------------------------------------------------------------------------------------------ */

/* Orders that ended (done, refused, rejected) before @before. (transfer full) (element-type StoreOrder) with uploads. */
GPtrArray *store_expired(Store *store, gint64 before, GError **error);
/* Removes texts, uploads and findings of the order. */
gboolean store_purge(Store *store, const char *order_id, StoreGone gone, gpointer data, GError **error);

G_END_DECLS

#endif
