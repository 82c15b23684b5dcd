/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sheet.c: whole sheets, drawn: what is found, measured, drawn, and what is said about it.
 */
#include "sealgen/sheet.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/png_write.h"
#include "support/draw_sheet.h"

#define RED                                                                                                            \
    {                                                                                                                  \
        0.85, 0.15, 0.18                                                                                               \
    }

static const DrawnSeal THREE_RINGS[] = {
    { 45, 90, 40, 40, -8, FALSE, 11, RED, 0, FALSE },
    { 105, 92, 40, 40, 5, FALSE, 11, RED, 0, FALSE },
    { 165, 89, 40, 40, 12, FALSE, 11, RED, 0, FALSE },
};

static SheetResult *
extract(const DrawnSeal *seals, guint n, double dpi, double claimed, const SealType *types, const double *sizes,
        guint n_seals)
{
    g_autoptr(PageFile) file = draw_page_file(seals, n, dpi, claimed);
    g_autoptr(Order) order = draw_order(types, sizes, n_seals);
    SheetPage page = { file, 0, "sheet.png", -1 };
    return sheet_extract(&page, 1, order, NULL, NULL);
}

static const Finding *
finding(const SheetResult *result, FindingCode code)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (((const Finding *)g_ptr_array_index(result->findings, i))->code == code)
            return g_ptr_array_index(result->findings, i);
    return NULL;
}

static guint
grave_findings(const SheetResult *result)
{
    guint n = 0;
    for (guint i = 0; i < result->findings->len; i++)
        n += ((const Finding *)g_ptr_array_index(result->findings, i))->severity != SEVERITY_NOTE;
    return n;
}

Test(sheet_extract, three_samples_give_the_picture_on_its_declared_canvas)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(SheetResult) result = extract(THREE_RINGS, 3, 200, 200, &type, &size, 1);
    const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
    cr_assert(seal->found);
    cr_expect_eq(seal->shape, SHAPE_ROUND);
    cr_expect_eq(seal->width, 960);
    cr_expect_eq(seal->height, 960);
    cr_expect_eq(seal->px_per_mm, 24);
    cr_expect_eq(seal->scale_source, SCALE_DPI_PAGE_SIZE);
    cr_expect_float_eq(seal->measured_mm[0], 40, 0.15);
    cr_expect_eq(grave_findings(result), 0);
    cr_assert_eq(seal->samples->len, 3);
    for (guint i = 0; i < 3; i++) {
        const SheetSample *s = g_ptr_array_index(seal->samples, i);
        cr_expect(s->used);
        cr_expect_float_eq(s->centre_px.x, THREE_RINGS[i].x_mm * 200 / 25.4, 2);
        cr_expect_float_eq(s->centre_px.y, THREE_RINGS[i].y_mm * 200 / 25.4, 2);
        cr_expect_float_eq(s->rotation_deg, THREE_RINGS[i].turn_deg, 1.5);
        cr_expect_str_eq(s->file, "sheet.png");
    }
    /* the star is in the middle, the paper between star and letters is clean */
    cr_expect_gt(seal->alpha[480 * 960 + 480], 200);
    cr_expect_lt(seal->alpha[480 * 960 + 480 + 240], 30);
}

Test(sheet_extract, no_density_in_the_file_is_no_harm_where_the_page_is_a4)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(SheetResult) result = extract(THREE_RINGS, 3, 150, 0, &type, &size, 1);
    const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
    cr_expect_eq(seal->scale_source, SCALE_PAGE_SIZE, "no edge was seen, and none is claimed");
    cr_expect_float_eq(seal->measured_mm[0], 40, 0.2);
    const Finding *f = finding(result, FINDING_SIZE_UNPROVEN);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_NOTE);
    g_autoptr(SheetResult) wrong = extract(THREE_RINGS, 3, 150, 96, &type, &size, 1);
    cr_expect_float_eq(((const SheetSeal *)g_ptr_array_index(wrong->seals, 0))->measured_mm[0], 40, 0.2,
                       "a wrong density in the file is not believed");
}

Test(sheet_extract, another_size_than_declared_is_found_and_kept)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 42;
    g_autoptr(SheetResult) result = extract(THREE_RINGS, 3, 200, 200, &type, &size, 1);
    const Finding *f = finding(result, FINDING_SIZE_MISMATCH);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_REVIEW);
    cr_expect_str_eq(f->seal, "official");
    cr_expect_eq(((const SheetSeal *)g_ptr_array_index(result->seals, 0))->width, 960,
                 "the picture has the size on the paper");
}

Test(sheet_extract, a_missing_sample_is_found)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(SheetResult) result = extract(THREE_RINGS, 2, 200, 200, &type, &size, 1);
    const Finding *f = finding(result, FINDING_SAMPLE_MISSING);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_REVIEW);
}

/* The samples' reasons in reading order, of one official seal of 40 mm. */
static void
reasons_of(const DrawnSeal *seals, guint n, SampleReasons *out)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(SheetResult) result = extract(seals, n, 200, 200, &type, &size, 1);
    const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
    cr_assert(seal->found);
    cr_assert_eq(seal->samples->len, n);
    for (guint i = 0; i < n; i++)
        out[i] = ((const SheetSample *)g_ptr_array_index(seal->samples, i))->reasons;
}

Test(sheet_extract, ink_that_has_run_is_told_and_only_there)
{
    DrawnSeal seals[3];
    SampleReasons reasons[3];
    memcpy(seals, THREE_RINGS, sizeof seals);
    reasons_of(seals, 3, reasons);
    for (guint i = 0; i < 3; i++)
        cr_expect_not(reasons[i] & SAMPLE_BLOTTED, "sample %u is as good as the others", i);
    seals[1].run_mm = 0.45;
    reasons_of(seals, 3, reasons);
    cr_expect(reasons[1] & SAMPLE_BLOTTED);
    cr_expect_not(reasons[0] & SAMPLE_BLOTTED);
    cr_expect_not(reasons[2] & SAMPLE_BLOTTED);
}

Test(sheet_extract, a_sample_of_which_half_is_there_is_poor_and_not_missing)
{
    static const DrawnSeal squares[] = {
        { 45, 90, 20, 20, -4, TRUE, 11, RED, 0, FALSE },
        { 105, 90, 20, 20, 3, TRUE, 11, RED, 0, FALSE },
        { 165, 88, 20, 10, 2, TRUE, 11, RED, 0, FALSE },
    };
    const SealType type = SEAL_LEGAL_REP;
    const double size = 20;
    g_autoptr(SheetResult) result = extract(squares, 3, 200, 200, &type, &size, 1);
    cr_expect_null(finding(result, FINDING_SAMPLE_MISSING));
    const Finding *f = finding(result, FINDING_IMPRESSION_POOR);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_NOTE);
    cr_expect(f->has_box);
    g_autoptr(SheetResult) two = extract(squares, 2, 200, 200, &type, &size, 1);
    cr_expect_not_null(finding(two, FINDING_SAMPLE_MISSING));
}

Test(sheet_extract, a_stamp_over_the_papers_edge_is_told)
{
    DrawnSeal seals[3];
    SampleReasons reasons[3];
    memcpy(seals, THREE_RINGS, sizeof seals);
    reasons_of(seals, 3, reasons);
    for (guint i = 0; i < 3; i++)
        cr_expect_not(reasons[i] & SAMPLE_CUT);
    seals[0].x_mm = 17; /* 3 mm of it are lost */
    reasons_of(seals, 3, reasons);
    cr_expect(reasons[0] & SAMPLE_CUT);
    cr_expect_not(reasons[1] & SAMPLE_CUT);
}

Test(sheet_extract, a_size_that_no_such_seal_has_goes_to_a_person_where_none_is_declared)
{
    static const DrawnSeal odd[] = {
        { 45, 90, 56, 56, -8, FALSE, 11, RED, 0, FALSE },
        { 105, 152, 56, 56, 5, FALSE, 11, RED, 0, FALSE },
        { 165, 89, 56, 56, 12, FALSE, 11, RED, 0, FALSE },
    };
    const SealType type = SEAL_OFFICIAL;
    const double none = 0;
    g_autoptr(SheetResult) result = extract(odd, 3, 200, 200, &type, &none, 1);
    const Finding *f = finding(result, FINDING_SIZE_MISMATCH);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_REVIEW);
    g_autoptr(SheetResult) usual = extract(THREE_RINGS, 3, 200, 200, &type, &none, 1);
    cr_expect_null(finding(usual, FINDING_SIZE_MISMATCH));
    const SheetSeal *seal = g_ptr_array_index(usual->seals, 0);
    cr_expect(seal->uncertainty_mm > 0.05 && seal->uncertainty_mm < 0.5);
    cr_expect_lt(fabs(seal->measured_mm[0] - 40), seal->uncertainty_mm);
    /* without a density nor a declared size the page's proportions alone are not enough */
    g_autoptr(SheetResult) unsure = extract(THREE_RINGS, 3, 150, 0, &type, &none, 1);
    f = finding(unsure, FINDING_SIZE_UNPROVEN);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_REVIEW);
    const SealType signature = SEAL_SIGNATURE;
    g_autoptr(SheetResult) free = extract(THREE_RINGS, 3, 150, 0, &signature, &none, 1);
    f = finding(free, FINDING_SIZE_UNPROVEN);
    cr_assert_not_null(f);
    cr_expect_eq(f->severity, SEVERITY_NOTE, "a signature has no size to compare with");
}

Test(sheet_extract, a_sample_of_another_seal_is_left_out_and_found)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    DrawnSeal seals[3];
    g_autoptr(SheetResult) right = extract(THREE_RINGS, 3, 200, 200, &type, &size, 1);
    cr_expect_null(finding(right, FINDING_SAMPLE_FOREIGN));
    const SheetSeal *own = g_ptr_array_index(right->seals, 0);
    for (guint which = 0; which < 3; which++) {
        memcpy(seals, THREE_RINGS, sizeof seals);
        seals[which].seed = 4242;
        g_autoptr(SheetResult) result = extract(seals, 3, 200, 200, &type, &size, 1);
        const Finding *f = finding(result, FINDING_SAMPLE_FOREIGN);
        cr_assert(f, "sample %u", which);
        cr_expect_eq(f->severity, SEVERITY_REVIEW);
        cr_expect_str_eq(f->seal, "official");
        cr_assert(f->has_box);
        cr_expect_float_eq((f->box_px.p[0].x + f->box_px.p[2].x) / 2, seals[which].x_mm * 200 / 25.4, 8);
        /* the picture is that of the other two */
        const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
        cr_assert(seal->found);
        guint unlike = 0;
        for (guint i = 0; i < seal->width * seal->height; i++)
            unlike += abs(seal->alpha[i] - own->alpha[i]) > 128;
        cr_expect_lt(unlike, seal->width * seal->height / 50, "sample %u: %u", which, unlike);
    }
}

Test(sheet_extract, seals_are_told_apart_by_place_shape_and_size)
{
    const DrawnSeal seals[] = {
        { 45, 90, 40, 40, -8, FALSE, 11, RED, 0, FALSE },  { 105, 92, 40, 40, 5, FALSE, 11, RED, 0, FALSE },
        { 165, 89, 40, 40, 12, FALSE, 11, RED, 0, FALSE }, { 45, 150, 20, 20, 3, TRUE, 5, RED, 0, FALSE },
        { 105, 152, 20, 20, -6, TRUE, 5, RED, 0, FALSE },  { 165, 149, 20, 20, 9, TRUE, 5, RED, 0, FALSE },
        { 45, 205, 40, 30, 3, FALSE, 9, RED, 0, FALSE },   { 105, 207, 40, 30, -6, FALSE, 9, RED, 0, FALSE },
        { 165, 204, 40, 30, 9, FALSE, 9, RED, 0, FALSE },
    };
    const SealType types[] = { SEAL_INVOICE, SEAL_LEGAL_REP, SEAL_OFFICIAL }; /* not in the sheet's order */
    const double sizes[] = { 0, 20, 40 };
    g_autoptr(SheetResult) result = extract(seals, 9, 150, 150, types, sizes, 3);
    const SealShape want[] = { SHAPE_OVAL, SHAPE_RECTANGLE, SHAPE_ROUND };
    for (guint i = 0; i < 3; i++) {
        const SheetSeal *seal = g_ptr_array_index(result->seals, i);
        cr_assert(seal->found);
        cr_expect_eq(seal->shape, want[i]);
        cr_expect_eq(seal->samples->len, 3);
    }
    const SheetSeal *invoice = g_ptr_array_index(result->seals, 0);
    cr_expect_float_eq(invoice->width_mm, 40, 1e-9, "not declared: the usual size nearest to the measured one");
    cr_expect_float_eq(invoice->height_mm, 30, 1e-9);
    cr_expect_eq(grave_findings(result), 0);
}

Test(sheet_extract, faded_sectors_and_a_pen_line_are_made_good_by_the_other_samples)
{
    DrawnSeal seals[3];
    memcpy(seals, THREE_RINGS, sizeof seals);
    seals[0].faded = 0.25;
    seals[1].crossed = TRUE;
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(SheetResult) result = extract(seals, 3, 200, 200, &type, &size, 1);
    const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
    cr_assert(seal->found);
    guint holes = 0, stains = 0;
    for (guint i = 0; i < 360; i++) {
        double a = i * G_PI / 180;
        guint x = (guint)lround(479.5 + 468 * cos(a)), y = (guint)lround(479.5 + 468 * sin(a));
        holes += seal->alpha[y * 960 + x] < 100; /* the border's line */
        x = (guint)lround(479.5 + 225 * cos(a));
        y = (guint)lround(479.5 + 225 * sin(a));
        stains += seal->alpha[y * 960 + x] > 60; /* paper between star and letters, where the pen went */
    }
    cr_expect_leq(holes, 4, "%u", holes);
    cr_expect_eq(stains, 0, "%u", stains);
}

Test(sheet_extract, a_page_of_unknown_scale_is_said_to_be_one)
{
    g_autoptr(Image) page = draw_page(THREE_RINGS, 3, 200);
    g_autoptr(Image) cut = image_new(1500, 1300, 3);
    for (guint y = 0; y < cut->height; y++)
        memcpy(cut->data + (gsize)y * 4500, page->data + ((gsize)(y + 200) * page->width + 80) * 3, 4500);
    g_autoptr(GBytes) png = image_to_png(cut, 0);
    g_autoptr(PageFile) file = page_file_open(png, NULL, NULL);
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(Order) order = draw_order(&type, &size, 1);
    SheetPage pages = { file, 0, "cut.png", -1 };
    g_autoptr(SheetResult) result = sheet_extract(&pages, 1, order, NULL, NULL);
    cr_assert_not_null(finding(result, FINDING_SIZE_UNPROVEN));
    cr_expect_eq(((const SheetSeal *)g_ptr_array_index(result->seals, 0))->scale_source, SCALE_UNPROVEN);
}

Test(sheet_extract, a_blank_page_has_no_seals)
{
    g_autoptr(Image) white = image_new(1240, 1754, 1);
    memset(white->data, 250, (gsize)1240 * 1754);
    g_autoptr(GBytes) png = image_to_png(white, 0);
    g_autoptr(PageFile) file = page_file_open(png, NULL, NULL);
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(Order) order = draw_order(&type, &size, 1);
    SheetPage page = { file, 0, "white.png", -1 };
    g_autoptr(SheetResult) result = sheet_extract(&page, 1, order, NULL, NULL);
    cr_expect_not_null(finding(result, FINDING_BLANK_PAGE));
    cr_expect_not_null(finding(result, FINDING_SAMPLE_MISSING));
    cr_expect_not(((const SheetSeal *)g_ptr_array_index(result->seals, 0))->found);
    cr_expect_null(sheet_seal_png(g_ptr_array_index(result->seals, 0)));
}

Test(sheet_extract, max_bytes_is_kept)
{
    g_autoptr(PageFile) file = draw_page_file(THREE_RINGS, 3, 150, 150);
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(Order) order = draw_order(&type, &size, 1);
    SheetPage page = { file, 0, "sheet.png", -1 };
    SheetOptions options = { .max_bytes = 9000 };
    g_autoptr(SheetResult) result = sheet_extract(&page, 1, order, &options, NULL);
    const SheetSeal *seal = g_ptr_array_index(result->seals, 0);
    g_autoptr(GBytes) png = sheet_seal_png(seal);
    cr_assert_not_null(png);
    cr_expect_leq(g_bytes_get_size(png), 9000);
    cr_expect_float_eq(seal->width_mm, 40, 1e-9, "the size in millimetres stays");
}

Test(sheet_extract, no_pages_and_no_seals_are_refused)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 40;
    g_autoptr(Order) order = draw_order(&type, &size, 1), none = draw_order(&type, &size, 0);
    g_autoptr(GError) error = NULL;
    cr_expect_null(sheet_extract(NULL, 0, order, NULL, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    g_autoptr(PageFile) file = draw_page_file(NULL, 0, 75, 75);
    SheetPage page = { file, 0, "sheet.png", -1 };
    cr_expect_null(sheet_extract(&page, 1, none, NULL, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}

Test(sheet_result, json_there_and_back)
{
    const SealType type = SEAL_OFFICIAL;
    const double size = 42; /* so that there is a finding */
    g_autoptr(Order) order = draw_order(&type, &size, 1);
    g_autoptr(SheetResult) result = extract(THREE_RINGS, 3, 150, 150, &type, &size, 1);
    g_autofree char *json = sheet_result_to_json(result);
    g_autoptr(GError) error = NULL;
    g_autoptr(SheetResult) back = sheet_result_from_json(json, strlen(json), 1, order, &error);
    cr_assert_not_null(back, "%s", error ? error->message : "");
    const SheetSeal *a = g_ptr_array_index(result->seals, 0), *b = g_ptr_array_index(back->seals, 0);
    cr_expect_eq(a->width, b->width);
    cr_expect_eq(a->samples->len, b->samples->len);
    cr_expect_eq(a->lines->len, b->lines->len);
    cr_expect_eq(result->findings->len, back->findings->len);
    for (gsize i = 0; i < (gsize)a->width * a->height; i++) {
        cr_assert_leq(abs(a->alpha[i] - b->alpha[i]), 9);
        cr_assert_eq(a->agreement[i], b->agreement[i]);
    }
}

Test(sheet_result, a_lying_answer_is_refused)
{
    const SealType type = SEAL_OFFICIAL, other = SEAL_FINANCE;
    const double size = 40;
    g_autoptr(Order) order = draw_order(&type, &size, 1), another = draw_order(&other, &size, 1);
    g_autoptr(SheetResult) result = extract(THREE_RINGS, 3, 75, 75, &type, &size, 1);
    g_autofree char *json = sheet_result_to_json(result);
    gsize length = strlen(json);
    cr_assert_null(sheet_result_from_json(json, length, 1, another, NULL), "another seal than ordered");
    cr_assert_null(sheet_result_from_json(json, length, 2, order, NULL), "another number of pages");
    cr_assert_null(sheet_result_from_json(json, length - 1, 1, order, NULL), "cut off");
    cr_assert_null(sheet_result_from_json("[]", 2, 1, order, NULL));
    const char *lies[][2] = { { "\"width\":960", "\"width\":961" },
                              { "\"width\":960", "\"width\":99999" },
                              { "\"px_per_mm\":24", "\"px_per_mm\":0" },
                              { "\"levels\":16", "\"levels\":-1" },
                              { "\"quality\":", "\"quality\":7" },
                              { "\"agreement\":\"", "\"agreement\":\"AAAA" },
                              { "\"page\":0", "\"page\":5" } };
    for (guint i = 0; i < G_N_ELEMENTS(lies); i++) {
        const char *at = strstr(json, lies[i][0]);
        cr_assert_not_null(at, "%s", lies[i][0]);
        g_autoptr(GString) bent = g_string_new_len(json, at - json);
        g_string_append(bent, lies[i][1]);
        g_string_append(bent, at + strlen(lies[i][0]));
        g_autoptr(GError) error = NULL;
        cr_expect_null(sheet_result_from_json(bent->str, bent->len, 1, order, &error), "%s", lies[i][1]);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
    }
}

Test(sheet_result, names_are_stable)
{
    cr_expect_str_eq(scale_source_name(SCALE_PAPER_EDGES), "paper_edges");
    cr_expect_str_eq(scale_source_name(SCALE_SOURCES), "unproven");
    cr_expect_str_eq(seal_shape_name(SHAPE_OVAL), "oval");
    cr_expect_str_eq(seal_line_kind_name(LINE_NUMBER), "number");
    g_autofree char *text = sample_reasons_text(SAMPLE_FAINT | SAMPLE_CUT), *none = sample_reasons_text(0);
    cr_expect_str_eq(text, "faint, cut off");
    cr_expect_str_eq(none, "");
}
