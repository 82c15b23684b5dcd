/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pin_print.h: PIN letters that are printed in this house ([burn] pin_letters=print): one PDF a unit, in clear.
 *
 * Only for a CA that prints, folds and hands over letters itself: whoever can read the file knows the PIN. Mode
 * 0600 in a folder of mode 0700, no temporary file; the file is to be deleted once it is printed. The PIN is drawn
 * digit by digit and our own buffers are wiped; the memory of cairo and pango is not ours to wipe, so the
 * process must not be dumpable (burn_pin_guard).
 */
#ifndef SB_PIPELINE_PIN_PRINT_H
#define SB_PIPELINE_PIN_PRINT_H

#include "burner/pin.h"
#include "core/order.h"

G_BEGIN_DECLS

/* What the platform and the house say in it. */
typedef struct {
    const char *sender;   /* this CA */
    const char *platform; /* or NULL */
    const char *title, *text;
} PinPrintWords;

/* (transfer full) One page for @order's recipient. The caller wipes and frees it. SB_ERROR_ENV. */
GByteArray *pin_print_pdf(const Order *order, const PinPrintWords *words, const char *unit, const char *serial,
                          const BurnPin *pin, GError **error);

/**
 * pin_print_write: FOLDER/UNIT.pdf, durable when it returns TRUE; the same again writes the same PIN.
 * A letter that cannot be written whole is removed. SB_ERROR_ENV.
 */
gboolean pin_print_write(const char *folder, const Order *order, const PinPrintWords *words, const char *unit,
                         const char *serial, const BurnPin *pin, GError **error);

G_END_DECLS

#endif
