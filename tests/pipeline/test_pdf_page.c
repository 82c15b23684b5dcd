/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "core/page.h"
#include "pipeline/pdf_page.h"

Test(pdf_page, a_document_has_the_pages_that_were_begun_on_a4)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdfPaper) paper = pdf_paper_new("t");
    pdf_text(paper, 20, 20, -5, 60, 1, "中文 and \xff broken bytes");
    pdf_frame(paper, 10, 10, 50, 20);
    pdf_paper_next(paper);
    cr_expect(pdf_qr(paper, 20, 20, 30, "hello", &error));
    g_autoptr(GByteArray) pdf = pdf_paper_end(paper, &error);
    cr_assert_not_null(pdf);
    g_autoptr(GBytes) bytes = g_bytes_new(pdf->data, pdf->len);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, &error);
    g_autoptr(Page) page = page_file_load(file, 0, 1, &error);
    cr_expect_eq(page_file_pages(file), 2);
    cr_expect_float_eq(page->page_width_mm, PDF_WIDTH_MM, 0.1);
    cr_expect_float_eq(page->page_height_mm, PDF_HEIGHT_MM, 0.1);
}

Test(pdf_page, a_code_that_is_too_long_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdfPaper) paper = pdf_paper_new("t");
    g_autofree char *text = g_strnfill(4000, 'a');
    cr_expect_not(pdf_qr(paper, 0, 0, 30, text, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}
