/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keylife.h: the life of a key as an object in the inventory, by serial: states and the transitions that are allowed.
 * pipeline stores the state; here is only what may follow what.
 */
#ifndef SB_BURNER_KEYLIFE_H
#define SB_BURNER_KEYLIFE_H

#include <glib.h>

#include "burner/burn.h"

G_BEGIN_DECLS

typedef enum {
    BURN_KEY_BLANK,      /* in stock, nothing of ours on it */
    BURN_KEY_BURNING,    /* claimed by an order */
    BURN_KEY_ACTIVE,     /* with its holder, certificate alive */
    BURN_KEY_LOCKED,     /* PIN locked: unlock */
    BURN_KEY_DAMAGED,    /* does not work any more, not lost */
    BURN_KEY_LOST,       /* lost by its holder: its certificates are revoked */
    BURN_KEY_TERMINATED, /* revoked; holds dead certificates until it is wiped */
    BURN_KEY_STATES
} BurnKeyState;

const char *burn_key_state_name(BurnKeyState state);
gboolean burn_key_state_from_name(const char *name, BurnKeyState *state);

gboolean burn_key_may(BurnKeyState from, BurnKeyState to);

/* The state of the order's own key after a unit of @kind left a run so; @wiped for a revocation with may_erase. */
BurnKeyState burn_key_after(BurnKeyState before, BurnKind kind, BurnOutcome outcome, gboolean wiped);

G_END_DECLS

#endif
