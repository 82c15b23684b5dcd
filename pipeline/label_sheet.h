/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * label_sheet.h: labels for finished keys: order, serial, recipient, and both numbers as a QR code for the scanner
 * at the packing table. A4 with 3 x 8 labels of 70 x 37 mm (as sold by Avery, Herma and others).
 */
#ifndef SB_PIPELINE_LABEL_SHEET_H
#define SB_PIPELINE_LABEL_SHEET_H

#include "pipeline/workspace.h"

G_BEGIN_DECLS

#define LABELS_A_PAGE 24
#define LABELS_MAX (40 * LABELS_A_PAGE) /* the newest; older keys have left the house */
#define LABELS_FILE "out/labels.pdf"

typedef struct {
    char *order_id, *unit, *serial;
    char *recipient; /* or NULL */
    gint64 done_at;  /* Unix seconds */
} Label;

void label_free(Label *label);

/**
 * label_sheet_pdf: @labels (element-type Label) in their order, from the top left, row by row.
 * The QR code's text is "SB1K ORDER SERIAL". Deterministic: the same labels are the same bytes.
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT (no label, a text that no QR code holds), SB_ERROR_ENV.
 */
GByteArray *label_sheet_pdf(GPtrArray *labels, GError **error);

/* (transfer full) (element-type Label) of the keys of every order that is done and not purged, the last burned
 * first, at most LABELS_MAX. */
GPtrArray *label_sheet_collect(Workspace *workspace, GError **error);

/* Rewrites WORKSPACE/out/labels.pdf; where there is nothing to label the file goes. SB_ERROR_ENV, SB_ERROR_STORE. */
gboolean label_sheet_write(Workspace *workspace, GError **error);

G_END_DECLS

#endif
