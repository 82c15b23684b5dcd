/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keylife.c: one table; rows from, columns to. */
#include "burner/keylife.h"

#include <string.h>

static const char *const names[BURN_KEY_STATES] = { "blank",   "burning", "active",    "locked",
                                                    "damaged", "lost",    "terminated" };

/* clang-format off */
static const gboolean allowed[BURN_KEY_STATES][BURN_KEY_STATES] = {
    /*                        blank burning active locked damaged lost terminated */
    [BURN_KEY_BLANK]      = { 0,    1,      0,     0,     1,      1,   0 },
    [BURN_KEY_BURNING]    = { 1,    0,      1,     1,     1,      1,   1 },
    [BURN_KEY_ACTIVE]     = { 0,    1,      0,     1,     1,      1,   1 },
    [BURN_KEY_LOCKED]     = { 0,    1,      1,     0,     1,      1,   1 },
    [BURN_KEY_DAMAGED]    = { 0,    0,      0,     0,     0,      0,   1 },
    [BURN_KEY_LOST]       = { 0,    0,      0,     0,     0,      0,   1 }, /* found again: terminated first, then wiped */
    [BURN_KEY_TERMINATED] = { 1,    1,      0,     0,     1,      1,   0 },
};
/* clang-format on */

const char *
burn_key_state_name(BurnKeyState state)
{
    g_return_val_if_fail((guint)state < BURN_KEY_STATES, "?");
    return names[state];
}

gboolean
burn_key_state_from_name(const char *name, BurnKeyState *state)
{
    for (guint i = 0; i < BURN_KEY_STATES; i++)
        if (g_strcmp0(name, names[i]) == 0) {
            *state = i;
            return TRUE;
        }
    return FALSE;
}

gboolean
burn_key_may(BurnKeyState from, BurnKeyState to)
{
    g_return_val_if_fail((guint)from < BURN_KEY_STATES && (guint)to < BURN_KEY_STATES, FALSE);
    return allowed[from][to];
}

BurnKeyState
burn_key_after(BurnKeyState before, BurnKind kind, BurnOutcome outcome, gboolean wiped)
{
    if (outcome == BURN_INTERRUPTED || outcome == BURN_HELD)
        return BURN_KEY_BURNING;
    if (outcome == BURN_WAITING)
        return before;
    gboolean in_use = kind == BURN_RENEW || kind == BURN_CHANGE || kind == BURN_SEALS || kind == BURN_UNLOCK;
    if (outcome == BURN_FAILED && in_use)
        return before == BURN_KEY_BURNING ? BURN_KEY_ACTIVE : before; /* what it held before is its holder's */
    if (outcome == BURN_FAILED)
        return BURN_KEY_TERMINATED;
    if (kind == BURN_REVOKE)
        return wiped ? BURN_KEY_BLANK : BURN_KEY_TERMINATED;
    return BURN_KEY_ACTIVE;
}
