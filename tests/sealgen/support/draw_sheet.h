/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw_sheet.h: seal sheets drawn for the tests: rings, ovals and squares with a star and bars for letters.
 */
#ifndef SB_TESTS_DRAW_SHEET_H
#define SB_TESTS_DRAW_SHEET_H

#include "core/page.h"
#include "sealgen/sheet.h"

typedef struct {
    double x_mm, y_mm, width_mm, height_mm, turn_deg;
    gboolean square;
    guint seed; /* which letters stand in it */
    double rgb[3];
    double faded;     /* share of the ring, from the right, that has no ink */
    gboolean crossed; /* a black pen line goes through the middle */
    double run_mm;    /* the ink has run: strokes are this much wider */
} DrawnSeal;

/* An A4 page at @dpi, white, with a title. Returns: (transfer full) */
Image *draw_page(const DrawnSeal *seals, guint n, double dpi);

/* As an opened PNG file; @claimed_dpi 0 leaves the density out. */
PageFile *draw_page_file(const DrawnSeal *seals, guint n, double dpi, double claimed_dpi);

/* An order with @n seals of the given types and declared sizes (0: not declared). */
Order *draw_order(const SealType *types, const double *sizes_mm, guint n);

#endif
