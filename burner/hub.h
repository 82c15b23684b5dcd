/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hub.h: the parent's side of burning: finds tokens, gives each order its token by serial, runs one worker
 * process a token at once, and drives every order through the step table (step.h) with journal and CA.
 *
 * The hub loads no PKCS#11 module itself: every call to a module happens in a `sealbatch-worker` process,
 * so a module's crash, hang or garbage is that worker's end and nobody else's.
 */
#ifndef SB_BURNER_HUB_H
#define SB_BURNER_HUB_H

#include <glib.h>

#include "burner/burn.h"
#include "burner/ca.h"
#include "burner/journal.h"
#include "burner/pin.h"

G_BEGIN_DECLS

/* A vendor's profile: what its module needs to know. */
typedef struct {
    char *module;           /* path of the PKCS#11 module */
    char *slot_filter;      /* only slots whose description or token model holds this; NULL = all */
    char *factory_so_pin;   /* keys leave the factory initialised with these; NULL = blank keys only */
    char *factory_user_pin;
    guint max_procs;        /* workers at once; 0 = no limit, 1 for modules that allow one process */
    gboolean preload;       /* the module may be loaded, not initialised, before the fork of a worker: saves its
                               loading a token; only for modules that are known to bear it (SoftHSM2 does) */
    gsize capacity;         /* bytes a key takes when the token does not tell; 0 = not known */
    guint pin_min, pin_max; /* lengths of user PIN that the key takes; 0 = not known */
    char *faults;           /* what a vendor's own return values mean: "0x80000012=locked,0x30=gone"; words: pin locked
                               gone no-room device request; NULL = the standard's meanings */
    guint call_ms;          /* watchdog for one request without key generation; 0 = 30000 */
    guint keygen_ms;        /* with key generation; 0 = 120000 */
    int lock_fd;            /* a lock (flock) that each worker holds with the hub: a worker outlives a hub that was killed
                               by the one call it is in, and the next run may not come between; 0 = none */
} BurnHubConfig;

typedef struct {
    char *serial;      /* "" before a SoftHSM slot is initialised */
    char *label, *model, *manufacturer;
    gulong slot;       /* when it was listed; a hint, since slot ids move */
    gboolean initialised, user_pin_set, pin_locked, pin_final_try;
    gsize free_bytes;  /* 0 = not told */
} BurnToken;
void burn_token_free(BurnToken *token);

typedef struct {
    gpointer data;
    /* Between CERT_WRITTEN and SEAL_MADE: the order's seals, each naming this certificate.
     * Returns: (transfer full)(element-type BurnBlob, free func set), an empty array when it has none,
     * NULL with error. Called on the hub's thread; may be called again after a crash before SEAL_MADE. */
    GPtrArray *(*make_seals)(const BurnOrder *order, GBytes *certificate, gpointer data, GError **error);
    /* Make the PIN letter durable; idempotent. NULL: there are no letters. */
    gboolean (*seal_pin)(const BurnOrder *order, const char *serial, const BurnPin *pin, gpointer data,
                         GError **error);
    /* The user PIN of a key in use (BURN_PIN_ASKED). (transfer full) NULL: not to be had now, the order waits. */
    BurnPin *(*ask_pin)(const BurnOrder *order, const char *serial, gpointer data);
    /* What follows from a unit that ends as DONE, or (given up, revoked) as FAILED: archive, protocol, marks. Durable when
     * it returns TRUE and idempotent: the journal says DONE or FAILED only afterwards, and what was killed in between
     * calls it again. @result as BurnHubCalls.finished will see it. FALSE: the next run goes on from here. NULL: nothing
     * follows. */
    gboolean (*archive)(const BurnOrder *order, const BurnResult *result, gpointer data, GError **error);
    /* An order entered a state, or step @step of @steps of it is done. NULL: nobody looks. */
    void (*progress)(const BurnOrder *order, const char *serial, BurnState state, guint step, guint steps,
                     gpointer data);
    /* A unit is finished for this run: nothing may hang on it that archive must do. (transfer none) NULL: nobody looks. */
    void (*finished)(const BurnOrder *order, const BurnResult *result, gpointer data);
} BurnHubCalls;

/* Made, run and freed on one thread: the workers end when that thread does. */
typedef struct BurnHub BurnHub;

/* All but @config stay the caller's and must outlive the hub. @worker NULL: sealbatch-worker beside the running
 * program. @now gives Unix seconds (NULL: the clock). SB_ERROR_ENV when there is no worker or no module. */
BurnHub *burn_hub_new(const BurnHubConfig *config, const char *worker, const BurnJournal *journal, BurnCa *ca,
                      const BurnPinSource *pins, const BurnHubCalls *calls, GError **error);
void burn_hub_free(BurnHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnHub, burn_hub_free)

/* What is plugged in, by serial. (element-type BurnToken) SB_ERROR_TOKEN, SB_ERROR_ENV. */
GPtrArray *burn_hub_tokens(BurnHub *hub, GError **error);

/* May a new order take this key: blank, wiped, or as it came from the factory? What it holds is looked at when it is taken. */
gboolean burn_hub_may_take(const BurnHub *hub, const BurnToken *token);

/* The key of @serial signs @challenge with the private key of its one certificate: another CA's key proves its holder
 * (BurnOrder.proof_*). The PIN is tried once. (transfer full) SB_ERROR_PIN, SB_ERROR_TOKEN, SB_ERROR_ENV. */
gboolean burn_hub_prove(BurnHub *hub, const char *serial, const BurnPin *pin, GBytes *challenge, GBytes **certificate,
                        GBytes **signature, GError **error);

/* A key whose certificates were revoked is made blank again: initialised with our SO PIN under a label that says so, and
 * everything on it is gone. Only a key that bears our label. The same again does no harm, but after SB_ERROR_PIN (it does
 * not answer to our SO PIN) it locks the key in the end. SB_ERROR_TOKEN, SB_ERROR_ENV. */
gboolean burn_hub_wipe(BurnHub *hub, const char *serial, GError **error);

/* Burn all @orders (element-type BurnOrder), as many at once as there are tokens and max_procs allows.
 * Orders named by serial get theirs; the others get blank keys in order. Each order ends in one BurnResult, in
 * the order of @orders. Runs a GMainContext of its own until all are finished; burn_hub_stop() from a
 * signal handler's source ends it after the running acts.
 * Returns: (transfer full)(element-type BurnResult); NULL with SB_ERROR_ENV when no worker can run at all. */
GPtrArray *burn_hub_run(BurnHub *hub, GPtrArray *orders, GError **error);

/* Async-signal-safe: finish the acts that run, start no new ones. */
void burn_hub_stop(BurnHub *hub);

/* A person's decision on a HELD unit; restart and give up also on one that waits for a key that will not come back. */
typedef enum {
    BURN_DECIDE_RETRY,   /* the cause is gone: go on from where it was held */
    BURN_DECIDE_RESTART, /* another key: what was issued is revoked, then from QUEUED with a new mark */
    BURN_DECIDE_GIVE_UP, /* what was issued is revoked, then FAILED */
    BURN_DECIDE_ISSUE_AGAIN /* held in ISSUE_SENT: the CA says that it issued nothing, so it may be asked again */
} BurnDecision;
/* "retry" "restart" "give_up" "issue_again"; FALSE: no such decision. */
gboolean burn_decision_from_name(const char *name, BurnDecision *decision);
/* How a HELD unit stands: which decisions make sense (bit 1 << BurnDecision), why it is held, which key. 0: not held.
 * @reason, @token_serial (out) (transfer full). SB_ERROR_STORE, SB_ERROR_INTEGRITY. */
gboolean burn_held(const BurnJournal *journal, const char *unit, guint *decisions, char **reason, char **token_serial,
                   GError **error);
const char *burn_decision_name(BurnDecision decision);
/* Writes the journal only; the next burn_hub_run acts on it. SB_ERROR_INPUT when the unit is not held (restart, give up:
 * nor begun and unverified). No run may be going on. */
gboolean burn_decide(const BurnJournal *journal, const char *unit, BurnDecision decision, GError **error);

G_END_DECLS

#endif
