/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask_pin.h: a PIN that only its holder knows, typed at the terminal without echo. Never from an argument, the
 * environment or a pipe.
 */
#ifndef SB_PIPELINE_ASK_PIN_H
#define SB_PIPELINE_ASK_PIN_H

#include "burner/pin.h"

G_BEGIN_DECLS

/**
 * ask_pin: asks for the PIN of key @serial, for @unit; again while it is too short or too long.
 * @stop  looked at while waiting: not 0 ends it
 * Returns: (transfer full) NULL where nothing was typed, at the end of input, or without a terminal.
 */
BurnPin *ask_pin(const char *unit, const char *serial, gint *stop);

G_END_DECLS

#endif
