/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_print.h: our own 印模采集表 as a PDF, made so that its scan reads well.
 *
 * A4, four ring marks in the corners, a QR code with the order and the layout, rulers on two sides, and
 * three places with much room for each ordered seal, drawn by their corners only so that no line lies
 * under a seal. Where everything lies is data (SheetForm), shared with the reader of the marks.
 */
#ifndef SB_SEALGEN_SHEET_PRINT_H
#define SB_SEALGEN_SHEET_PRINT_H

#include "core/geometry.h"
#include "core/order.h"

G_BEGIN_DECLS

#define FORM_WIDTH_MM 210.0
#define FORM_HEIGHT_MM 297.0
#define FORM_MARK_MM 8.0 /* outer diameter of a mark */
#define FORM_SAMPLES 3

/* Middles of the marks, in Quad order. */
extern const Quad FORM_MARKS_MM;

/* One place to stamp in, millimetres of the form. */
typedef struct {
    guint seal; /* into the order's seals */
    guint sample;
    double x0, y0, x1, y1;
} FormPlace;

/**
 * sheet_form_places: where the places of page @page are, for seals of the given declared sizes.
 * @pages  (out) (nullable): how many pages the form has
 * Returns: (transfer full) (element-type FormPlace)
 */
GArray *sheet_form_places(const Order *order, guint page, guint *pages);

/* The QR code's text: "SB1 ORDER-ID 1/2", and back. */
char *sheet_form_code(const Order *order, guint page, guint pages);
gboolean sheet_form_code_parse(const char *text, const char *order_id, guint *page);

/**
 * sheet_print_pdf: the form for @order's seals, or with NULL a blank one for an official seal, a
 * contract seal and a name seal.
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT (an order without seals) or SB_ERROR_ENV (cairo).
 */
GBytes *sheet_print_pdf(const Order *order, GError **error);

G_END_DECLS

#endif
