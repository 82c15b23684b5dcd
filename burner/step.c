/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step.c: the tables. Rows are journal states, columns what the token says; see README.md for the drawing. */
#include "burner/step.h"

/* clang-format off */
#define hold     BURN_ACT_HOLD
#define wait     BURN_ACT_WAIT
#define claim    BURN_ACT_CLAIM
#define next_key BURN_ACT_NEXT_KEY
#define init     BURN_ACT_INIT
#define set_pin  BURN_ACT_SET_PIN
#define keygen   BURN_ACT_KEYGEN
#define scrap    BURN_ACT_SCRAP_KEY
#define adopt    BURN_ACT_ADOPT_KEY
#define issue    BURN_ACT_ISSUE
#define ask_ca   BURN_ACT_ASK_CA
#define take     BURN_ACT_TAKE_CERT
#define w_cert   BURN_ACT_WRITE_CERT
#define n_cert   BURN_ACT_NOTE_CERT
#define make     BURN_ACT_MAKE_SEALS
#define w_seals  BURN_ACT_WRITE_SEALS
#define old      BURN_ACT_REMOVE_OLD
#define n_seals  BURN_ACT_NOTE_SEALS
#define verify   BURN_ACT_VERIFY
#define pin      BURN_ACT_SEAL_PIN
#define revoke   BURN_ACT_REVOKE
#define wipe     BURN_ACT_WIPE
#define finish   BURN_ACT_FINISH
#define none     BURN_ACT_NONE
#define ALL(act) { act, act, act, act, act, act, act, act, act, act, act, act, act }
#define LAST_ROWS \
    [BURN_STATE_VERIFIED]       = ALL(pin),    \
    [BURN_STATE_PIN_SEALED]     = ALL(finish), \
    [BURN_STATE_DONE]           = ALL(none),   \
    [BURN_STATE_HELD]           = ALL(none),   \
    [BURN_STATE_FAILED]         = ALL(none),   \
    [BURN_STATE_REVOKE_PENDING] = ALL(revoke)
/* From KEY_BEGUN on a key pair of ours is being made or has been: nothing but our own steps may follow. */
#define KEY_ROWS \
    [BURN_STATE_KEY_BEGUN]    = { wait, hold, hold, hold, keygen, scrap, adopt,  hold,   hold,    hold, hold,    hold, hold }, \
    [BURN_STATE_KEYED]        = { wait, hold, hold, hold, hold,   hold,  issue,  hold,   hold,    hold, hold,    hold, hold }, \
    [BURN_STATE_ISSUE_SENT]   = { wait, hold, hold, hold, hold,   hold,  ask_ca, hold,   hold,    hold, hold,    hold, hold }, \
    [BURN_STATE_ISSUED]       = { wait, hold, hold, hold, hold,   hold,  w_cert, n_cert, hold,    hold, n_cert,  hold, hold }, \
    [BURN_STATE_CERT_WRITTEN] = { wait, hold, hold, hold, hold,   hold,  w_cert, make,   hold,    make, make,    hold, hold }, \
    [BURN_STATE_SEAL_MADE]    = { wait, hold, hold, hold, hold,   hold,  w_cert, w_seals, w_seals, old, n_seals, hold, hold }, \
    [BURN_STATE_SEAL_WRITTEN] = { wait, hold, hold, hold, hold,   hold,  w_cert, w_seals, w_seals, old, verify,  hold, hold }

static const guint8 tables[BURN_FAMILIES][BURN_STATES][BURN_VIEWS] = {
    [BURN_FAMILY_FRESH] = {
        /*                        absent free  other     nopin    empty    half   key   cert  part  old   all   clash locked */
        [BURN_STATE_QUEUED]     = { wait, claim, next_key, hold,    hold,    hold, hold, hold, hold, hold, hold, hold, hold },
        [BURN_STATE_CLAIMED]    = { wait, init,  next_key, hold,    hold,    hold, hold, hold, hold, hold, hold, hold, hold },
        [BURN_STATE_INIT_BEGUN] = { wait, init,  hold,     set_pin, set_pin, hold, hold, hold, hold, hold, hold, hold, hold },
        [BURN_STATE_INITED]     = { wait, init,  hold,     set_pin, keygen,  hold, hold, hold, hold, hold, hold, hold, hold },
        KEY_ROWS,
        LAST_ROWS,
    },
    [BURN_FAMILY_BESIDE] = {
        /*                        absent free  other nopin empty   half  key   cert  part  old   all   clash locked */
        [BURN_STATE_QUEUED]     = { wait, hold, hold, hold, claim,  hold, hold, hold, hold, hold, hold, hold, hold },
        [BURN_STATE_CLAIMED]    = { wait, hold, hold, hold, keygen, hold, hold, hold, hold, hold, hold, hold, hold },
        [BURN_STATE_INIT_BEGUN] = ALL(hold),
        [BURN_STATE_INITED]     = ALL(hold),
        KEY_ROWS,
        LAST_ROWS,
    },
    [BURN_FAMILY_SEALS] = {
        /*                          absent free  other nopin empty half  key   cert     part     old   all      clash locked */
        [BURN_STATE_QUEUED]       = { wait, hold, hold, hold, claim, hold, hold, hold,    hold,    hold, hold,    hold, hold },
        [BURN_STATE_CLAIMED]      = { wait, hold, hold, hold, take,  hold, hold, hold,    hold,    hold, hold,    hold, hold },
        [BURN_STATE_INIT_BEGUN]   = ALL(hold),
        [BURN_STATE_INITED]       = ALL(hold),
        [BURN_STATE_KEY_BEGUN]    = ALL(hold),
        [BURN_STATE_KEYED]        = ALL(hold),
        [BURN_STATE_ISSUE_SENT]   = ALL(hold),
        [BURN_STATE_ISSUED]       = ALL(hold),
        [BURN_STATE_CERT_WRITTEN] = { wait, hold, hold, hold, hold,  hold, hold, make,    hold,    make, make,    hold, hold },
        [BURN_STATE_SEAL_MADE]    = { wait, hold, hold, hold, hold,  hold, hold, w_seals, w_seals, old,  n_seals, hold, hold },
        [BURN_STATE_SEAL_WRITTEN] = { wait, hold, hold, hold, hold,  hold, hold, w_seals, w_seals, old,  verify,  hold, hold },
        LAST_ROWS,
    },
    [BURN_FAMILY_UNLOCK] = {
        /*                        absent free  other nopin empty    half  key   cert  part  old   all   clash locked */
        [BURN_STATE_QUEUED]     = { wait, hold, hold, hold, claim,   hold, hold, hold, hold, hold, hold, hold, claim },
        [BURN_STATE_CLAIMED]    = { wait, hold, hold, hold, set_pin, hold, hold, hold, hold, hold, hold, hold, set_pin },
        [BURN_STATE_INIT_BEGUN] = { wait, hold, hold, hold, set_pin, hold, hold, hold, hold, hold, hold, hold, set_pin },
        [BURN_STATE_INITED]     = { wait, hold, hold, hold, verify,  hold, hold, hold, hold, hold, hold, hold, hold },
        [BURN_STATE_KEY_BEGUN] = ALL(hold), [BURN_STATE_KEYED] = ALL(hold), [BURN_STATE_ISSUE_SENT] = ALL(hold),
        [BURN_STATE_ISSUED] = ALL(hold), [BURN_STATE_CERT_WRITTEN] = ALL(hold), [BURN_STATE_SEAL_MADE] = ALL(hold),
        [BURN_STATE_SEAL_WRITTEN] = ALL(hold),
        LAST_ROWS,
    },
    [BURN_FAMILY_REVOKE] = {
        /*                        absent  free    other nopin empty half  key   cert  part  old   all   clash locked */
        [BURN_STATE_QUEUED]     = ALL(claim), /* the CA first, whether the key is here or not */
        [BURN_STATE_CLAIMED]    = { finish, finish, hold, hold, wipe, hold, hold, hold, hold, hold, hold, hold, finish },
        [BURN_STATE_INIT_BEGUN] = ALL(hold), [BURN_STATE_INITED] = ALL(hold), [BURN_STATE_KEY_BEGUN] = ALL(hold),
        [BURN_STATE_KEYED] = ALL(hold), [BURN_STATE_ISSUE_SENT] = ALL(hold), [BURN_STATE_ISSUED] = ALL(hold),
        [BURN_STATE_CERT_WRITTEN] = ALL(hold), [BURN_STATE_SEAL_MADE] = ALL(hold), [BURN_STATE_SEAL_WRITTEN] = ALL(hold),
        LAST_ROWS,
    },
};
/* clang-format on */

static const char *const view_names[BURN_VIEWS] = { "absent", "free", "other", "nopin", "empty", "half",  "key",
                                                    "cert",   "part", "old",   "all",   "clash", "locked" };
static const char *const act_names[BURN_ACTS] = {
    "hold",      "wait",      "claim",     "next key",    "init",        "set pin",    "keygen",     "scrap key",
    "adopt key", "issue",     "ask CA",    "take cert",   "write cert",  "note cert",  "make seals", "write seals",
    "remove old", "note seals", "verify",  "seal pin",    "revoke",      "wipe",       "finish",     "-",
};

BurnFamily
burn_family(const BurnOrder *order)
{
    switch (order->kind) {
    case BURN_RENEW:
        return BURN_FAMILY_BESIDE;
    case BURN_CHANGE:
        return order->keep_key ? BURN_FAMILY_SEALS : BURN_FAMILY_BESIDE;
    case BURN_SEALS:
        return BURN_FAMILY_SEALS;
    case BURN_UNLOCK:
        return BURN_FAMILY_UNLOCK;
    case BURN_REVOKE:
        return BURN_FAMILY_REVOKE;
    default:
        return BURN_FAMILY_FRESH;
    }
}

gboolean
burn_family_issues(BurnFamily family)
{
    return family == BURN_FAMILY_FRESH || family == BURN_FAMILY_BESIDE;
}

const char *
burn_view_name(BurnView view)
{
    g_return_val_if_fail((guint)view < BURN_VIEWS, "?");
    return view_names[view];
}

const char *
burn_act_name(BurnAct act)
{
    g_return_val_if_fail((guint)act < BURN_ACTS, "?");
    return act_names[act];
}

BurnAct
burn_step(BurnFamily family, BurnState state, BurnView view)
{
    g_return_val_if_fail((guint)family < BURN_FAMILIES && (guint)state < BURN_STATES && (guint)view < BURN_VIEWS,
                         BURN_ACT_HOLD);
    return tables[family][state][view];
}

BurnAct
burn_step_ca(BurnCaAnswer answer)
{
    switch (answer) {
    case BURN_CA_NONE:
        return BURN_ACT_ISSUE;
    case BURN_CA_GIVEN:
        return BURN_ACT_WRITE_CERT;
    case BURN_CA_PENDING:
        return BURN_ACT_WAIT;
    default: /* refused, many, unclear: never ask for a second certificate blindly */
        return BURN_ACT_HOLD;
    }
}

gboolean
burn_act_needs_token(BurnAct act)
{
    switch (act) {
    case BURN_ACT_MAKE_SEALS:
    case BURN_ACT_SEAL_PIN:
    case BURN_ACT_REVOKE:
    case BURN_ACT_FINISH:
    case BURN_ACT_NONE:
    case BURN_ACT_HOLD:
    case BURN_ACT_WAIT:
        return FALSE;
    default:
        return TRUE;
    }
}

static const char *
problem(BurnState state, BurnView view)
{
    switch (view) {
    case BURN_VIEW_LOCKED:
        return "its user PIN is locked";
    case BURN_VIEW_OTHER:
        return "it holds something that is not this order's; to erase it, write ORDER SERIAL erase into a file for --assign";
    case BURN_VIEW_CLASH:
        if (state <= BURN_STATE_CLAIMED)
            return "it bears this order's mark, but the journal knows nothing of it: does it come from another workspace, or was "
                   "an old journal put back?";
        return "what it holds contradicts the journal (another key pair, a key that could be taken out, or strange objects)";
    case BURN_VIEW_FREE:
        return state < BURN_STATE_KEY_BEGUN ? "it is blank, but this order is for a key in use"
                                            : "it is blank, but this order had begun on it: was it erased?";
    case BURN_VIEW_NOPIN:
    case BURN_VIEW_EMPTY:
        return state <= BURN_STATE_CLAIMED ? "it bears this order's mark, but the journal knows nothing of it: was an old journal put back?"
                                           : "the key pair that was made on it is gone: the token is faulty or was erased";
    default:
        return state <= BURN_STATE_INITED ? "it holds this order's key already, but the journal knows nothing of it: was an old journal put back?"
                                          : "what it holds does not fit what was done: the token is faulty or was changed by hand";
    }
}

char *
burn_step_reason(BurnFamily family, BurnState state, BurnView view, const char *token_serial)
{
    const char *key = token_serial != NULL && *token_serial != '\0' ? token_serial : "without serial";
    if (burn_family_issues(family) && state >= BURN_STATE_ISSUE_SENT && state <= BURN_STATE_SEAL_WRITTEN)
        return g_strdup_printf("key %s: %s (%s); a certificate is or may be issued: decide restart (it is revoked) or retry", key,
                               problem(state, view), burn_state_name(state));
    return g_strdup_printf("key %s: %s (%s); decide restart (another key) or retry", key, problem(state, view),
                           burn_state_name(state));
}

char *
burn_step_markdown(BurnFamily family)
{
    GString *out = g_string_new("| state |");
    for (guint v = 0; v < BURN_VIEWS; v++)
        g_string_append_printf(out, " %s |", view_names[v]);
    g_string_append(out, "\n|---|");
    for (guint v = 0; v < BURN_VIEWS; v++)
        g_string_append(out, "---|");
    g_string_append_c(out, '\n');
    for (guint s = 0; s < BURN_STATES; s++) {
        g_string_append_printf(out, "| %s |", burn_state_name(s));
        for (guint v = 0; v < BURN_VIEWS; v++)
            g_string_append_printf(out, " %s |", act_names[tables[family][s][v]]);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
