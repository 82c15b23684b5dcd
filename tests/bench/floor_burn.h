/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * floor_burn.h: what SoftHSM2 itself needs for a burn: the PKCS#11 calls without which it cannot be, in one process that
 * initialises the module once. No hub, no journal, no CA, no proof by another process, no check of any value.
 */
#ifndef SB_BENCH_FLOOR_BURN_H
#define SB_BENCH_FLOOR_BURN_H

#include <glib.h>

/* @certificate  any bytes, written as the certificate's
 * FALSE: a call failed. */
gboolean floor_burn(const char *module, guint tokens, gboolean rsa, GBytes *certificate, guint seals, gsize seal_bytes);

#endif
