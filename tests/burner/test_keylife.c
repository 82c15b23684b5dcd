/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/keylife.h"

#include <criterion/criterion.h>

Test(keylife, what_a_burn_leaves_is_always_allowed)
{
    for (guint kind = BURN_NEW; kind <= BURN_SEALS; kind++)
        for (guint outcome = BURN_DONE; outcome <= BURN_FAILED; outcome++)
            for (guint wiped = 0; wiped < 2; wiped++) {
                BurnKeyState to = burn_key_after(BURN_KEY_BURNING, kind, outcome, wiped);
                cr_assert(to == BURN_KEY_BURNING || burn_key_may(BURN_KEY_BURNING, to), "%s after %s",
                          burn_key_state_name(to), burn_kind_name(kind));
            }
}

Test(keylife, what_is_given_up_ends_a_fresh_key_and_no_holders)
{
    for (guint kind = BURN_NEW; kind <= BURN_SEALS; kind++) {
        gboolean in_use = kind == BURN_RENEW || kind == BURN_CHANGE || kind == BURN_SEALS || kind == BURN_UNLOCK;
        cr_expect_eq(burn_key_after(BURN_KEY_BURNING, kind, BURN_FAILED, FALSE),
                     in_use ? BURN_KEY_ACTIVE : BURN_KEY_TERMINATED, "%s", burn_kind_name(kind));
    }
    cr_expect_eq(burn_key_after(BURN_KEY_TERMINATED, BURN_RENEW, BURN_FAILED, FALSE), BURN_KEY_TERMINATED);
}

Test(keylife, a_lost_key_does_not_come_back_alive)
{
    cr_assert_not(burn_key_may(BURN_KEY_LOST, BURN_KEY_ACTIVE));
    cr_assert_not(burn_key_may(BURN_KEY_LOST, BURN_KEY_BURNING));
    cr_assert_not(burn_key_may(BURN_KEY_TERMINATED, BURN_KEY_ACTIVE));
    cr_assert(burn_key_may(BURN_KEY_LOCKED, BURN_KEY_ACTIVE));
    cr_assert(burn_key_may(BURN_KEY_TERMINATED, BURN_KEY_BLANK));
}

Test(keylife, names_are_stable)
{
    BurnKeyState state;
    for (guint i = 0; i < BURN_KEY_STATES; i++) {
        cr_assert(burn_key_state_from_name(burn_key_state_name(i), &state));
        cr_assert_eq(state, i);
    }
    cr_assert_not(burn_key_state_from_name("elsewhere", &state));
}
