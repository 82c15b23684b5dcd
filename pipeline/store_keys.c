/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of each key, by serial: which states may follow which stands in burner/keylife.h.
 */
#include <sqlite3.h>

#include "pipeline/store_inner.h"

void
store_key_free(StoreKey *key)
{
    if (!key)
        return;
    g_free(key->serial);
    g_free(key->unit);
    g_free(key);
}

/* @serial NULL: all. */
static GPtrArray *
list(Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)store_key_free);
    GError *cause = NULL;
    sqlite3_stmt *ask = store_ask(store, &cause,
                                  "SELECT serial, unit, state, changed_at FROM keys WHERE ?1 IS NULL OR serial = ?1"
                                  " ORDER BY serial", "t", serial);
    while (store_step(store, ask, &cause)) {
        StoreKey *key = g_new0(StoreKey, 1);
        g_autofree char *state = store_text(ask, 2);
        key->serial = store_text(ask, 0);
        key->unit = store_text(ask, 1);
        burn_key_state_from_name(state, &key->state); /* the table allows no other names */
        key->changed_at = store_int(ask, 3);
        g_ptr_array_add(keys, key);
    }
    store_done(ask);
    if (cause) {
        g_propagate_error(error, cause);
        return NULL;
    }
    return g_steal_pointer(&keys);
}

GPtrArray *
store_keys(Store *store, GError **error)
{
    return list(store, NULL, error);
}

StoreKey *
store_get_key(Store *store, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) keys = list(store, serial, error);
    return keys && keys->len ? g_ptr_array_steal_index(keys, 0) : NULL;
}

static gboolean
becomes(Store *store, const char *serial, BurnKeyState state, const char *unit, GError **error)
{
    g_autoptr(GPtrArray) known = list(store, serial, error);
    if (!known)
        return FALSE;
    const StoreKey *now = known->len ? known->pdata[0] : NULL;
    if (now && now->state == state && g_strcmp0(now->unit, unit) == 0)
        return TRUE;
    /* A key that was never seen here may be in any state. */
    if (now && now->state != state && !burn_key_may(now->state, state)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "key %s is %s: it cannot become %s", serial,
                    burn_key_state_name(now->state), burn_key_state_name(state));
        return FALSE;
    }
    g_autofree char *detail = g_strdup_printf("%s %s", burn_key_state_name(state), unit ? unit : "");
    return store_run(store, error, "INSERT OR REPLACE INTO keys(serial, state, unit, changed_at) VALUES(?,?,?,?)", "ttti",
                     serial, burn_key_state_name(state), unit, store_now()) &&
           store_audit_link(store, "key", serial, g_strchomp(detail), error);
}

gboolean
store_key_becomes(Store *store, const char *serial, BurnKeyState state, const char *unit, GError **error)
{
    if (!store_begin(store, error))
        return FALSE;
    return store_end(store, becomes(store, serial, state, unit, error), error);
}
