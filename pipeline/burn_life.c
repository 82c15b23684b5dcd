/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From results of units to states of keys.
 */
#include "pipeline/burn_life.h"

#include <string.h>

#include "burner/step.h"

/* What the table forbids stays as it is: the inventory follows what is done, it does not stop it. */
static gboolean
becomes(Store *store, const char *serial, BurnKeyState state, const char *unit, GError **error)
{
    GError *cause = NULL;
    if (store_key_becomes(store, serial, state, unit, &cause))
        return TRUE;
    if (g_error_matches(cause, SB_ERROR, SB_ERROR_INPUT)) {
        g_clear_error(&cause);
        return TRUE;
    }
    g_propagate_error(error, cause);
    return FALSE;
}

/* A key that was erased for another order, which is done: what a unit that had it once says does not count. */
static gboolean
is_anothers(const StoreKey *key, const char *unit)
{
    return key && key->state == BURN_KEY_ACTIVE && g_strcmp0(key->unit, unit) != 0;
}

/* The unit starts again elsewhere, or ends: a CA that cannot be reached for its revocation does not bring the key back. */
static gboolean
is_abandoned(const StoreKey *key, const char *unit)
{
    return key && key->state == BURN_KEY_TERMINATED && g_strcmp0(key->unit, unit) == 0;
}

static gboolean
own_key(Store *store, const BurnOrder *order, const BurnResult *result, GError **error)
{
    GError *cause = NULL;
    const char *serial = result->token_serial;
    if (!serial || !*serial)
        return TRUE;
    g_autoptr(StoreKey) known = store_get_key(store, serial, &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (result->outcome != BURN_DONE && burn_family(order) == BURN_FAMILY_FRESH && is_anothers(known, result->unit))
        return TRUE;
    if (result->outcome == BURN_INTERRUPTED && is_abandoned(known, result->unit))
        return TRUE;
    BurnKeyState before = known ? known->state : BURN_KEY_BLANK;
    BurnKeyState after = result->outcome == BURN_WAITING ? BURN_KEY_BURNING /* its serial is in the journal: it is claimed */
                                                         : burn_key_after(before, order->kind, result->outcome, result->wiped);
    /* A run may pass through several states. */
    if (before != after && !burn_key_may(before, after) && burn_key_may(before, BURN_KEY_BURNING) &&
        !becomes(store, serial, BURN_KEY_BURNING, result->unit, error))
        return FALSE;
    return becomes(store, serial, after, result->unit, error);
}

static gboolean
revoked_keys(Store *store, const BurnOrder *order, const BurnResult *result, GError **error)
{
    BurnKeyState state = order->kind == BURN_REPLACE ? BURN_KEY_LOST : BURN_KEY_TERMINATED;
    for (guint i = 0; order->revoke && i < order->revoke->len; i++) {
        g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, order->revoke->pdata[i]), *key = NULL;
        if (!store_certificate_revoked(store, result->unit, digest, &key, error))
            return FALSE;
        gboolean ends = order->kind == BURN_REPLACE || order->kind == BURN_REVOKE;
        if (ends && key && *key && g_strcmp0(key, result->token_serial) != 0 &&
            !becomes(store, key, state, result->unit, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
burn_life_note(Store *store, const BurnOrder *order, const BurnResult *result, GError **error)
{
    return (result->outcome != BURN_DONE || revoked_keys(store, order, result, error)) &&
           own_key(store, order, result, error);
}

gboolean
burn_life_abandon(Store *store, OrderKind kind, const char *serial, const char *unit, GError **error)
{
    GError *cause = NULL;
    gboolean fresh = kind == ORDER_NEW || kind == ORDER_REPLACE || kind == ORDER_EXCHANGE;
    if (!fresh || !serial || !*serial)
        return TRUE;
    g_autoptr(StoreKey) key = store_get_key(store, serial, &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    return is_anothers(key, unit) || becomes(store, serial, BURN_KEY_TERMINATED, unit, error);
}
