/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/journal.h"
static const char *const names[BURN_STATES] = {
    "QUEUED", "CLAIMED", "INIT_BEGUN", "INITED", "KEY_BEGUN", "KEYED", "ISSUE_SENT", "ISSUED", "CERT_WRITTEN",
    "SEAL_MADE", "SEAL_WRITTEN", "VERIFIED", "PIN_SEALED", "DONE", "HELD", "FAILED", "REVOKE_PENDING",
};

const char *
burn_state_name(BurnState state)
{
    g_return_val_if_fail((guint)state < BURN_STATES, "?");
    return names[state];
}
