/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pin.h: PINs live in locked, undumpable memory and are wiped; they go nowhere but into a worker's socket
 * and into a sealed letter.
 *
 * Everything comes from one master secret (a file, mode 0600, 32..4096 bytes): HKDF-SHA256 with the token's
 * serial gives the SO PIN, with serial, unit and attempt the random user PIN. So a crash between setting
 * a PIN and sealing its letter loses nothing, and the letter can be made again.
 */
#ifndef SB_BURNER_PIN_H
#define SB_BURNER_PIN_H

#include <glib.h>

#include "burner/burn.h"

G_BEGIN_DECLS

#define BURN_PIN_MAX 64

typedef struct BurnPin BurnPin;             /* one PIN: UTF-8 bytes, length 4..64 */
typedef struct BurnPinSource BurnPinSource; /* the master secret */

/* Once at the start of main, before threads: no core dumps, not dumpable, secure heap. */
void burn_pin_guard(void);

BurnPin *burn_pin_new(const char *bytes, gsize length); /* copies; NULL when the length is out of range */
const char *burn_pin_bytes(const BurnPin *pin);         /* NUL-terminated, in locked memory */
gsize burn_pin_length(const BurnPin *pin);
void burn_pin_free(BurnPin *pin);                       /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnPin, burn_pin_free)

/* Make a master secret of 32 random bytes; an existing file is never overwritten. SB_ERROR_ENV. */
gboolean burn_pin_source_create(const char *file, GError **error);
/* SB_ERROR_ENV: missing, too short, or readable by others. */
BurnPinSource *burn_pin_source_open(const char *file, GError **error);
void burn_pin_source_free(BurnPinSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnPinSource, burn_pin_source_free)

/* 12 letters of an alphabet without look-alikes (about 58 bits). @serial may be a mark's hex for a key that
 * has no serial before it is initialised. */
BurnPin *burn_pin_so(const BurnPinSource *source, const char *serial);
/* The user PIN of an order by its rule; BURN_PIN_ASKED gives NULL. 8 digits, never 8 equal or a run. */
BurnPin *burn_pin_user(const BurnPinSource *source, const BurnOrder *order, const char *serial, guint attempt);

/* CMS EnvelopedData (DER, AES-256-CBC) of "unit serial PIN\n" for a mail house's certificate (DER).
 * SB_ERROR_CA when the certificate cannot be used. */
GBytes *burn_pin_seal_cms(const BurnPin *pin, const char *unit, const char *serial, GBytes *recipient,
                          GError **error);

G_END_DECLS

#endif
