/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * readback.h: the proof. In a process that wrote nothing, the key and the certificate are reached through libp11
 * and OpenSSL (an independent way in); the set of objects and their digests are read raw in a fresh session,
 * since libp11 0.4.12 knows no data objects. What it must be is compared by the hub, not here.
 */
#ifndef SB_BURNER_READBACK_H
#define SB_BURNER_READBACK_H

#include "burner/inventory.h"

G_BEGIN_DECLS

typedef struct {
    BurnInventory *inventory;
    GBytes *certificate; /* DER of the one certificate with the id */
    GBytes *signature;   /* over the challenge, SHA-256 with the key of the id */
} BurnReadBack;

/* @slot      where the key was seen last, or BURN_SLOT_UNKNOWN
 * @user_pin  NUL-terminated, in locked memory
 * BURN_FAULT_ERROR: GONE, PIN, READ_BACK (key or certificate is not there exactly once), DEVICE, MODULE. */
gboolean burn_read_back(const char *module, const char *serial, guint64 slot, const char *user_pin, GBytes *id,
                        GBytes *challenge, BurnReadBack *out, GError **error);
void burn_read_back_clear(BurnReadBack *out);

G_END_DECLS

#endif
