/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.h: the text of a seal laid straight for reading.
 */
#ifndef SB_SEALGEN_LINES_H
#define SB_SEALGEN_LINES_H

#include "sealgen/sheet.h"

G_BEGIN_DECLS

#define LINE_EM_PX 48

/* Unroll the ring, the lines inside it, the number below, or a name seal's cells from @seal's upright
 * picture, into seal->lines. @fineness: pixels a millimetre of the page it came from. */
void lines_unroll(SheetSeal *seal, double fineness);

G_END_DECLS

#endif
