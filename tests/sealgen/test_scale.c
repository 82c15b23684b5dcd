/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_scale.c: which ruler a page gives, how fine it is, and how sure.
 */
#include "sealgen/scale.h"

#include <criterion/criterion.h>
#include <math.h>

/* A page that fills its picture. */
static Page
scan_of(guint width, guint height, double dpi)
{
    Page page = { .image = image_new(width, height, 1), .reduction = 1, .dpi_x = dpi, .dpi_y = dpi };
    for (gsize i = 0; i < (gsize)width * height; i++)
        page.image->data[i] = 245;
    return page;
}

/* A sheet with these corners on a dark desk. */
static Page
photo_of(guint width, guint height, const Quad *sheet, double dpi)
{
    Page page = scan_of(width, height, dpi);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            gboolean in = TRUE;
            for (guint i = 0; i < 4; i++) {
                Point a = sheet->p[i], b = sheet->p[(i + 1) % 4];
                in &= (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) >= 0;
            }
            page.image->data[(gsize)y * width + x] = in ? 235 : (guint8)(70 + (x * 5 + y * 3) % 8);
        }
    return page;
}

Test(sheet_scale_find, a_scan_has_the_density_that_makes_it_a_page)
{
    static const struct {
        guint width, height;
        double claims, ppm;
        ScaleSource source;
    } rows[] = {
        { 827, 1169, 100, 100 / 25.4, SCALE_DPI_PAGE_SIZE },  /* A4, and it says so */
        { 1169, 827, 100, 100 / 25.4, SCALE_DPI_PAGE_SIZE },  /* lying */
        { 827, 1169, 0, 100 / 25.4, SCALE_PAGE_SIZE },        /* says nothing */
        { 827, 1169, 72, 100 / 25.4, SCALE_PAGE_SIZE },       /* lies about it */
        { 763, 1079, 0, 763 / 210.0, SCALE_PAGE_SIZE },       /* made smaller by a messenger */
        { 827, 1169, 99.9, 100 / 25.4, SCALE_DPI_PAGE_SIZE }, /* a PDF's rounded page */
        { 1169, 1654, 100, 100 / 25.4, SCALE_DPI_PAGE_SIZE }, /* the glass of an A3 scanner */
        { 850, 1400, 100, 100 / 25.4, SCALE_DPI_PAGE_SIZE },  /* of a legal one */
        { 850, 1100, 100, 100 / 25.4, SCALE_DPI_PAGE_SIZE },  /* Letter paper */
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        Page page = scan_of(rows[i].width, rows[i].height, rows[i].claims);
        SheetScale scale;
        sheet_scale_find(&page, &scale);
        cr_expect_eq(scale.source, rows[i].source, "row %u: %s", i, scale_source_name(scale.source));
        cr_expect_float_eq(scale.px_per_mm, rows[i].ppm, 0.003 * rows[i].ppm, "row %u: %g px/mm", i, scale.px_per_mm);
        cr_expect_lt(scale.sigma, 0.02, "row %u", i);
        image_free(page.image);
    }
}

Test(sheet_scale_find, nothing_proves_a_picture_of_any_size)
{
    static const double claims[] = { 0, 72, 96, 240 };
    for (guint i = 0; i < G_N_ELEMENTS(claims); i++) {
        Page page = scan_of(1000, 1130, claims[i]);
        SheetScale scale;
        sheet_scale_find(&page, &scale);
        cr_expect_eq(scale.source, SCALE_UNPROVEN);
        cr_expect_geq(scale.sigma, 0.5);
        cr_expect(scale.height_mm > 200 && scale.height_mm < 400, "it is still looked at as about a page, not as %g mm",
                  scale.height_mm);
        image_free(page.image);
    }
}

Test(sheet_scale_find, four_edges_are_a4_whatever_the_file_says)
{
    Quad sheet = { { { 100, 80 }, { 730, 95 }, { 742, 975 }, { 88, 960 } } };
    Page page = photo_of(830, 1060, &sheet, 72);
    SheetScale scale;
    sheet_scale_find(&page, &scale);
    cr_assert_eq(scale.source, SCALE_PAPER_EDGES);
    cr_expect(scale.photo && !scale.partial);
    Point a = homography_apply(&scale.mm_to_px, (Point){ 0, 0 }),
          b = homography_apply(&scale.mm_to_px, (Point){ 210, 297 });
    cr_expect_lt(point_distance(a, sheet.p[0]), 1);
    cr_expect_lt(point_distance(b, sheet.p[2]), 1);
    cr_expect_lt(scale.sigma, 0.01);
    image_free(page.image);
}

Test(sheet_scale_find, a_cut_photo_is_partial_and_a_better_map_is_taken)
{
    Quad sheet = { { { 80, 90 }, { 740, 90 }, { 740, 1023 }, { 80, 1023 } } };
    Page page = photo_of(830, 960, &sheet, 72); /* the foot is cut */
    SheetScale scale;
    sheet_scale_find(&page, &scale);
    cr_assert(scale.partial);
    cr_expect_eq(scale.source, SCALE_PAPER_SIDE);
    double before = scale.sigma;
    cr_expect_not(sheet_scale_refine(&scale, &(PoseEvidence){ 0 }), "nothing to make it better with");
    PoseRound rounds[2] = { { { 250, 400 }, { 62.9, 0 }, { 0, 62.9 }, 0.008 },
                            { { 560, 600 }, { 62.9, 0 }, { 0, 62.9 }, 0.008 } };
    cr_assert(sheet_scale_refine(&scale, &(PoseEvidence){ .rounds = rounds, .n_rounds = 2 }));
    cr_expect_lt(scale.sigma, before);
    cr_expect_float_eq(scale.px_per_mm, 660 / 210.0, 0.01);
    image_free(page.image);
}

Test(sheet_scale_proportions, letter_paper_is_told_by_what_should_be_round)
{
    Quad sheet = { { { 100, 80 }, { 748, 80 }, { 748, 918 }, { 100, 918 } } }; /* 215.9 : 279.4 */
    Page page = photo_of(850, 1000, &sheet, 0);
    SheetScale scale;
    sheet_scale_find(&page, &scale);
    cr_assert_eq(scale.source, SCALE_PAPER_EDGES);
    cr_expect_not(sheet_scale_proportions(&scale, 0.01), "round enough");
    cr_expect_eq(scale.width_mm, 210);
    cr_expect(sheet_scale_proportions(&scale, -0.087));
    cr_expect_float_eq(scale.width_mm, 215.9, 1e-9);
    cr_expect_float_eq(scale.px_per_mm, 648 / 215.9, 0.02);
    image_free(page.image);
}

Test(sheet_scale_proportions, another_stretch_makes_the_size_unsure)
{
    Quad sheet = { { { 100, 80 }, { 730, 80 }, { 730, 971 }, { 100, 971 } } };
    Page page = photo_of(830, 1060, &sheet, 0);
    SheetScale scale;
    sheet_scale_find(&page, &scale);
    double before = scale.sigma;
    cr_expect_not(sheet_scale_proportions(&scale, 0.05));
    cr_expect_eq(scale.width_mm, 210);
    cr_expect_gt(scale.sigma, MAX(before, 0.02));
    image_free(page.image);
}
