/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step.h: the step machine: journal state x what the token says -> act, one table a family of orders, and
 * what the CA says -> act where a certificate may have been issued. Pure: no token, no CA, no journal
 * is touched here. README.md draws the tables; a test compares them with these.
 */
#ifndef SB_BURNER_STEP_H
#define SB_BURNER_STEP_H

#include <glib.h>

#include "burner/burn.h"
#include "burner/ca.h"
#include "burner/inventory.h"
#include "burner/journal.h"

G_BEGIN_DECLS

typedef enum {
    BURN_FAMILY_FRESH,  /* new, replace, exchange: a blank key becomes the order's */
    BURN_FAMILY_BESIDE, /* renew, change: beside what the key holds */
    BURN_FAMILY_SEALS,  /* seals, change that keeps the key */
    BURN_FAMILY_UNLOCK,
    BURN_FAMILY_REVOKE,
    BURN_FAMILIES
} BurnFamily;
BurnFamily burn_family(const BurnOrder *order);
/* Whether the certificate in the record was issued for the order, or is the holder's, on which the order works. */
gboolean burn_family_issues(BurnFamily family);

/* What the token says, seen from one order. */
typedef enum {
    BURN_VIEW_ABSENT, /* the key of this serial is not plugged in */
    BURN_VIEW_FREE,   /* may be initialised: blank, or empty as from the factory, or named for erasing */
    BURN_VIEW_OTHER,  /* holds, or may hold, something that is not this order's */
    BURN_VIEW_NOPIN,  /* bears our label, no user PIN yet */
    BURN_VIEW_EMPTY,  /* ready, nothing with our mark */
    BURN_VIEW_HALF,   /* with our mark, none journalled: half a key pair, several, or one without its protections */
    BURN_VIEW_KEY,    /* one good pair with our mark (and of the record's public key), not the certificate */
    BURN_VIEW_CERT,   /* and the order's certificate, no seal */
    BURN_VIEW_PART,   /* and some of the seals, or wrong ones */
    BURN_VIEW_OLD,    /* all of it, and what is to be removed as well */
    BURN_VIEW_ALL,    /* exactly what it should hold */
    BURN_VIEW_CLASH,  /* contradicts the journal: another public key, an extractable key, strange objects */
    BURN_VIEW_LOCKED, /* user PIN locked */
    BURN_VIEWS
} BurnView;
const char *burn_view_name(BurnView view); /* "absent" ... */

typedef enum {
    BURN_ACT_HOLD,       /* a person must look: burn_step_reason() words it */
    BURN_ACT_WAIT,       /* for the key */
    BURN_ACT_CLAIM,
    BURN_ACT_NEXT_KEY,   /* this key is not for the taking: give it back, take another */
    BURN_ACT_INIT,
    BURN_ACT_SET_PIN,
    BURN_ACT_KEYGEN,
    BURN_ACT_SCRAP_KEY,  /* remove what key generation left behind; no certificate was asked for yet */
    BURN_ACT_ADOPT_KEY,  /* made, but the answer was lost: take it */
    BURN_ACT_ISSUE,
    BURN_ACT_ASK_CA,     /* may have been issued: reconcile by public key */
    BURN_ACT_TAKE_CERT,  /* seals only: the certificate that the key holds */
    BURN_ACT_WRITE_CERT,
    BURN_ACT_NOTE_CERT,  /* it is there already */
    BURN_ACT_MAKE_SEALS,
    BURN_ACT_WRITE_SEALS,
    BURN_ACT_REMOVE_OLD,
    BURN_ACT_NOTE_SEALS,
    BURN_ACT_VERIFY,
    BURN_ACT_SEAL_PIN,
    BURN_ACT_REVOKE,
    BURN_ACT_WIPE,       /* revoked: take our key, certificate and seals off the key */
    BURN_ACT_FINISH,
    BURN_ACT_NONE,       /* done, held or failed */
    BURN_ACTS
} BurnAct;
const char *burn_act_name(BurnAct act); /* "hold" ... */

BurnAct burn_step(BurnFamily family, BurnState state, BurnView view);

/* In ISSUE_SENT, after ASK_CA: ISSUE (none was), WRITE_CERT (given: check it, then ISSUED), WAIT or HOLD. */
BurnAct burn_step_ca(BurnCaAnswer answer);

/* Why burn_step said HOLD, and what a person can do: one line. (transfer full) */
char *burn_step_reason(BurnFamily family, BurnState state, BurnView view, const char *token_serial);

/* Whether an act needs the token's worker, and whether journal state @state needs the token at all. */
gboolean burn_act_needs_token(BurnAct act);

/* The table of one family as Markdown, as README.md has it. (transfer full) */
char *burn_step_markdown(BurnFamily family);

/* What to compare a token with. */
typedef struct {
    BurnFamily family;
    const BurnOrder *order;
    const BurnRecord *record;
    GPtrArray *blobs;          /* BurnBlob, NULL before SEAL_MADE */
    gboolean factory;          /* keys come initialised, and an empty one may be initialised again */
} BurnExpect;

/* What goes from the key when the new is there: key pairs and certificates of record->before, and seals of
 * order->replace_labels. */
gboolean burn_view_is_old(const BurnObject *object, const BurnExpect *expect);
/* SHA-256 over the objects that are neither the order's nor old. (transfer full) */
GBytes *burn_view_untouched(const BurnInventory *inventory, const BurnExpect *expect);

#define BURN_LABEL_WIPED "SB-BLANK" /* a key that was revoked and wiped; its SO PIN is ours */

/* @inventory NULL: the token is absent. Needs digests when the record holds more than INITED. */
BurnView burn_view(const BurnInventory *inventory, const BurnExpect *expect);

G_END_DECLS

#endif
