/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_life.h: what a burn did to the keys of the inventory.
 */
#ifndef SB_PIPELINE_BURN_LIFE_H
#define SB_PIPELINE_BURN_LIFE_H

#include "burner/hub.h"
#include "pipeline/store.h"

G_BEGIN_DECLS

/* A unit ends, or left a run: its own key, and the keys whose certificates it revoked (which are marked as revoked). One
 * that is done or failed is noted before the journal says so, never after: what has become of its key since then stays.
 * SB_ERROR_STORE. */
gboolean burn_life_note(Store *store, const BurnOrder *order, const BurnResult *result, GError **error);

/* A unit of @kind starts again on another key, or ends: the one it had holds what nobody wants. */
gboolean burn_life_abandon(Store *store, OrderKind kind, const char *serial, const char *unit, GError **error);

G_END_DECLS

#endif
