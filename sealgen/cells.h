/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h: a name seal's characters in reading order (right column first, downwards) as one line.
 */
#ifndef SB_SEALGEN_CELLS_H
#define SB_SEALGEN_CELLS_H

#include "sealgen/sheet.h"

G_BEGIN_DECLS

/* Adds a LINE_CELLS to seal->lines where characters can be told apart. */
void cells_unroll(SheetSeal *seal);

G_END_DECLS

#endif
