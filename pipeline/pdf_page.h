/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pdf_page.h: paper that this house prints: A4 pages in millimetres, text and QR codes, as a PDF without a date,
 * so that the same content is the same bytes.
 */
#ifndef SB_PIPELINE_PDF_PAGE_H
#define SB_PIPELINE_PDF_PAGE_H

#include "core/error.h"

G_BEGIN_DECLS

#define PDF_WIDTH_MM 210.0
#define PDF_HEIGHT_MM 297.0

typedef struct PdfPaper PdfPaper;

/* @title  of the document: no personal data. The first page is there. */
PdfPaper *pdf_paper_new(const char *title);
void pdf_paper_free(PdfPaper *paper); /* what was drawn is wiped */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfPaper, pdf_paper_free)

/* What is drawn from here on stands on another page. */
void pdf_paper_next(PdfPaper *paper);

/**
 * pdf_text: text with its top left corner at @x_mm, @y_mm from the page's.
 * @size_mm  of the face, 1..20; negative: bold
 * @wide_mm  where lines are broken; 0: no limit
 * @lines    1..; a paragraph that needs more ends in an ellipsis
 */
void pdf_text(PdfPaper *paper, double x_mm, double y_mm, double size_mm, double wide_mm, guint lines,
              const char *text);

/* A frame of thin lines. */
void pdf_frame(PdfPaper *paper, double x_mm, double y_mm, double wide_mm, double high_mm);

/* A square QR code (level M, bytes) of @side_mm with no quiet zone of its own. FALSE: SB_ERROR_INPUT, too long. */
gboolean pdf_qr(PdfPaper *paper, double x_mm, double y_mm, double side_mm, const char *text, GError **error);

/* Ends the document. (transfer full) The bytes, which only the caller holds; NULL with SB_ERROR_ENV. */
GByteArray *pdf_paper_end(PdfPaper *paper, GError **error);

G_END_DECLS

#endif
