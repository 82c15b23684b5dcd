/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pin_letter.h: a random PIN on its way to the holder, apart from the key: encrypted to the mail house's
 * certificate (CMS), one file a unit in WORKSPACE/out/pin. Nobody here can read it again.
 */
#ifndef SB_PIPELINE_PIN_LETTER_H
#define SB_PIPELINE_PIN_LETTER_H

#include "burner/pin.h"
#include "core/error.h"

G_BEGIN_DECLS

/* Returns: (transfer full) the certificate as DER, from a PEM or DER file; NULL with SB_ERROR_INPUT. */
GBytes *pin_letter_recipient(const char *file, GError **error);

/* Durable when it returns TRUE; the same again writes the same PIN. SB_ERROR_CA, SB_ERROR_ENV. */
gboolean pin_letter_write(const char *folder, const char *unit, const char *serial, const BurnPin *pin,
                          GBytes *recipient, GError **error);

G_END_DECLS

#endif
