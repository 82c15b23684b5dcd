/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vendor.h: a vendor's profile: what the hub must know of one make of key, as a key file, so that a new make is a file
 * and no code.
 *
 *   [key]
 *   module = /usr/lib/vendor/libukey.so     the PKCS#11 module
 *   slot_filter = ePass                     part of a slot's description or a token's model
 *   factory_so_pin = rockey                 keys come initialised with these; without, blank keys only
 *   factory_user_pin = 1234
 *   capacity = 65536                        bytes, where the key does not tell
 *   pin_min = 6, pin_max = 8                letters
 *   max_procs = 1                           processes that the module bears at once; 0 = any
 *   preload = false                         the module bears a fork between loading and C_Initialize
 *   call_ms = 30000, keygen_ms = 120000     watchdog
 *   faults = 0x80000012=locked              the vendor's own return values
 */
#ifndef SB_BURNER_VENDOR_H
#define SB_BURNER_VENDOR_H

#include "burner/hub.h"

G_BEGIN_DECLS

/* @out is filled; free its strings with burn_vendor_clear. SB_ERROR_INPUT names file and key: an unknown key is refused,
 * since a misspelt limit would be no limit. */
gboolean burn_vendor_load(const char *file, BurnHubConfig *out, GError **error);
void burn_vendor_clear(BurnHubConfig *config);

G_END_DECLS

#endif
