/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sheet_print.c: our own form, printed and recognised again.
 */
#include "sealgen/sheet_print.h"

#include <criterion/criterion.h>

#include "support/draw_sheet.h"

static Order *
some_order(const char *id)
{
    const SealType types[] = { SEAL_OFFICIAL, SEAL_LEGAL_REP };
    const double sizes[] = { 40, 20 };
    Order *order = draw_order(types, sizes, 2);
    order->order_id = g_strdup(id);
    return order;
}

static SheetResult *
read_form(const Order *printed, const Order *read_for)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = sheet_print_pdf(printed, &error);
    cr_assert_not_null(pdf);
    g_autoptr(PageFile) file = page_file_open(pdf, NULL, &error);
    cr_assert_not_null(file);
    SheetPage page = { file, 0, "form.pdf", -1 };
    return sheet_extract(&page, 1, read_for, NULL, NULL);
}

Test(sheet_print_pdf, the_form_is_recognised_by_its_marks_and_code)
{
    g_autoptr(Order) order = some_order("SQ1"), other = some_order("SQ2");
    g_autoptr(SheetResult) own = read_form(order, order), strange = read_form(order, other);
    cr_expect_eq(g_array_index(own->pages, SheetPageSeen, 0).scale_source, SCALE_SHEET_MARKS);
    cr_expect_neq(g_array_index(strange->pages, SheetPageSeen, 0).scale_source, SCALE_SHEET_MARKS,
                  "another order's form");
    guint missing = 0;
    for (guint i = 0; i < own->findings->len; i++)
        missing += ((const Finding *)g_ptr_array_index(own->findings, i))->code == FINDING_SAMPLE_MISSING;
    cr_expect_eq(missing, 2, "nothing is stamped: each seal says so");
}

Test(sheet_print_pdf, a_blank_form_can_be_printed_but_not_one_for_no_seals)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) blank = sheet_print_pdf(NULL, &error);
    cr_expect_not_null(blank);
    g_autoptr(Order) none = draw_order(NULL, NULL, 0);
    cr_expect_null(sheet_print_pdf(none, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}

Test(sheet_form_places, three_for_each_seal_on_as_many_pages_as_it_takes)
{
    SealType types[7];
    double sizes[7];
    for (guint i = 0; i < 7; i++) {
        types[i] = SEAL_OTHER;
        sizes[i] = 45;
    }
    g_autoptr(Order) order = draw_order(types, sizes, 7);
    guint pages = 0, all = 0;
    g_array_unref(sheet_form_places(order, 0, &pages));
    cr_expect_eq(pages, 3);
    for (guint page = 0; page < pages; page++) {
        g_autoptr(GArray) places = sheet_form_places(order, page, NULL);
        all += places->len;
        for (guint i = 0; i < places->len; i++) {
            const FormPlace *p = &g_array_index(places, FormPlace, i);
            cr_expect(p->x0 > 0 && p->x1 < FORM_WIDTH_MM && p->y0 > 0 && p->y1 < 270);
            cr_expect_geq(p->y1 - p->y0, 50, "room around the seal");
        }
    }
    cr_expect_eq(all, 21);
}

Test(sheet_form_code, there_and_back)
{
    g_autoptr(Order) order = some_order("SQ20251120000017");
    g_autofree char *code = sheet_form_code(order, 1, 2);
    guint page = 9;
    cr_assert(sheet_form_code_parse(code, "SQ20251120000017", &page));
    cr_expect_eq(page, 1);
    const char *bad[] = { "SB1 SQ20251120000017 3/2",
                          "SB1 SQ20251120000017 0/2",
                          "SB2 SQ20251120000017 1/2",
                          "SB1 SQ20251120000018 1/2",
                          "SB1 SQ20251120000017 1/2x",
                          "",
                          NULL };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect_not(sheet_form_code_parse(bad[i], "SQ20251120000017", &page), "%s", bad[i] ? bad[i] : "NULL");
}
