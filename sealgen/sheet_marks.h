/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_marks.h: our own form recognised on a page by its ring marks and its QR code.
 */
#ifndef SB_SEALGEN_SHEET_MARKS_H
#define SB_SEALGEN_SHEET_MARKS_H

#include "core/image.h"
#include "core/order.h"

G_BEGIN_DECLS

typedef struct {
    Homography form_to_page; /* form millimetres to page millimetres */
    guint page;              /* of the form */
    double print_scale;      /* page millimetres for one of the form's: 1 where it was printed at its size */
    double residual_mm;      /* how far the marks are from a form that was only turned, shifted and scaled */
} SheetMarks;

/**
 * sheet_marks_find: our form for @order (its order_id must stand in the QR code).
 * @flat   the flattened page, @ppm pixels a millimetre
 * @page   the full picture, @mm_to_px page millimetres to its pixels: the code is read there
 * Returns: FALSE where it is not our form, or another order's.
 */
gboolean sheet_marks_find(const Image *flat, double ppm, const Image *page, const Homography *mm_to_px,
                          const Order *order, SheetMarks *marks);

G_END_DECLS

#endif
