/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cut_paper.c: a white sheet on a dark desk, of which some lies outside of the picture.
 */
#include "sealgen/cut_paper.h"

#include <criterion/criterion.h>
#include <math.h>

/* A sheet of 210 x 297 mm at @ppm in a picture of 900 x 1200; its corner lies at (x, y), turned. */
static Image *
photo(double ppm, double x, double y, double degrees, Homography *mm_to_px)
{
    double c = ppm * cos(degrees * G_PI / 180), s = ppm * sin(degrees * G_PI / 180);
    *mm_to_px = (Homography){ { c, -s, x, s, c, y, 0, 0, 1 } };
    Homography back;
    homography_invert(mm_to_px, &back);
    Image *image = image_new(900, 1200, 1);
    for (guint v = 0; v < image->height; v++)
        for (guint u = 0; u < image->width; u++) {
            Point mm = homography_apply(&back, (Point){ u, v });
            gboolean sheet = mm.x > 0 && mm.y > 0 && mm.x < 210 && mm.y < 297;
            image->data[(gsize)v * image->width + u] = sheet ? 225 : (guint8)(70 + (u * 7 + v * 3) % 9);
        }
    return image;
}

static double
scale_found(const CutPaper *cut)
{
    Point a = homography_apply(&cut->pose.mm_to_px, (Point){ 95, 100 });
    return point_distance(a, homography_apply(&cut->pose.mm_to_px, (Point){ 115, 100 })) / 20;
}

Test(cut_paper_find, the_width_is_a_ruler_where_the_foot_lies_outside)
{
    Homography truth;
    g_autoptr(Image) image = photo(4, 30, 60, 1, &truth);
    Paper paper;
    CutPaper cut;
    paper_find(image, &paper);
    cr_assert_not(paper.found);
    cr_assert(cut_paper_find(image, &paper, &cut));
    cr_expect(cut.ruler);
    cr_expect_eq(cut.width_mm, 210, "the sheet stands: lying, it would end above the picture's foot");
    cr_expect_float_eq(scale_found(&cut), 4, 0.02);
}

Test(cut_paper_find, a_corner_ends_an_edge_whose_neighbour_is_not_seen)
{
    Homography truth;
    g_autoptr(Image) image = photo(4.05, 12, 120, -4, &truth); /* the right edge leaves soon after its corner */
    Paper paper;
    CutPaper cut;
    paper_find(image, &paper);
    paper.seen &= ~(PaperSides)PAPER_RIGHT;
    paper.quad.p[1] = (Point){ 899, 120 - 887 * tan(4 * G_PI / 180) };
    paper.quad.p[2] = (Point){ 899, 1199 };
    cr_assert(cut_paper_find(image, &paper, &cut));
    cr_expect(cut.ruler);
    cr_expect_float_eq(scale_found(&cut), 4.05, 0.04);
}

Test(cut_paper_find, an_edge_without_ends_proves_nothing)
{
    Homography truth;
    g_autoptr(Image) image = photo(4.6, 40, -60, 0.5, &truth);
    Paper paper;
    CutPaper cut;
    paper_find(image, &paper);
    cr_assert_eq(paper.seen, PAPER_LEFT);
    cr_expect(!cut_paper_find(image, &paper, &cut) || !cut.ruler);
}

Test(cut_paper_find, half_a_sheet_could_stand_or_lie)
{
    Homography truth;
    /* the upper 130 mm alone: 210 wide and cut, or 297 wide */
    g_autoptr(Image) image = photo(3.9, 40, 650, 0, &truth);
    Paper paper;
    CutPaper cut;
    paper_find(image, &paper);
    cr_assert_eq(paper.seen, PAPER_LEFT | PAPER_TOP | PAPER_RIGHT);
    cr_assert(cut_paper_find(image, &paper, &cut));
    cr_expect_not(cut.ruler, "210 mm or 297 mm: not to be told");
}

Test(cut_paper_find, no_edge_at_all_is_refused_and_guessed)
{
    Homography truth;
    g_autoptr(Image) image = photo(4.8, -30, -40, 0, &truth);
    Paper paper;
    CutPaper cut;
    paper_find(image, &paper);
    cr_assert_not(cut_paper_find(image, &paper, &cut));
    cut_paper_guess(image, &cut);
    cr_expect_not(cut.ruler);
    cr_expect_float_eq(scale_found(&cut), 900 / 210.0, 0.3, "about one sheet");
}

Test(cut_paper_refine, circles_straighten_what_the_edges_left_open)
{
    Homography truth;
    g_autoptr(Image) image = photo(4, 30, 60, 1, &truth);
    Paper paper;
    CutPaper cut;
    paper_find(image, &paper);
    cr_assert(cut_paper_find(image, &paper, &cut));
    double before = cut.pose.roundness_sigma;
    PoseRound rounds[2];
    for (guint i = 0; i < 2; i++) {
        Point c = { 50 + 100 * i, 100 };
        Point at = homography_apply(&truth, c), u = homography_apply(&truth, (Point){ c.x + 20, c.y }),
              v = homography_apply(&truth, (Point){ c.x, c.y + 20 });
        rounds[i] = (PoseRound){ at, { u.x - at.x, u.y - at.y }, { v.x - at.x, v.y - at.y }, 0.008 };
    }
    cr_assert(cut_paper_refine(&cut, &(PoseEvidence){ .rounds = rounds, .n_rounds = 2 }));
    cr_expect_lt(cut.pose.roundness_sigma, 0.5 * before);
    cr_expect_float_eq(scale_found(&cut), 4, 0.02);
    /* a lying and a standing oval cannot both be circles */
    rounds[0].half_u = (Point){ 1.5 * rounds[0].half_u.x, 1.5 * rounds[0].half_u.y };
    rounds[1].half_v = (Point){ 1.5 * rounds[1].half_v.x, 1.5 * rounds[1].half_v.y };
    cr_expect_not(cut_paper_refine(&cut, &(PoseEvidence){ .rounds = rounds, .n_rounds = 2 }));
}
