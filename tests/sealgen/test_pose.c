/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pose.c: a map that is known is found again from some of what it shows.
 */
#include "sealgen/pose.h"

#include <criterion/criterion.h>
#include <math.h>

static const Point MIDDLE = { 105, 148.5 };

/* A sheet seen askew: about 10 px a millimetre, turned by 3 degrees, leaning away. */
static Homography
true_map(void)
{
    double c = 9.8 * cos(0.05), s = 9.8 * sin(0.05);
    Homography turn = { { c, -s, 150, s, 1.04 * c, 220, 0, 0, 1 } };
    Homography tip = { { 1, 0, 0, 0, 1, 0, 6e-5, -4e-5, 1 } };
    return homography_then(&turn, &tip);
}

static Homography
rough_map(void)
{
    return (Homography){ { 9, 0, 260, 0, 9, 260, 0, 0, 1 } };
}

static PoseFix
fix(double x, double y, gboolean vertical)
{
    Homography h = true_map();
    return (PoseFix){ homography_apply(&h, (Point){ x, y }), vertical, vertical ? y : x, 1.5 };
}

static PoseRound
round_at(double x, double y, double radius_mm)
{
    Homography h = true_map();
    Point a = homography_apply(&h, (Point){ x - radius_mm, y }), b = homography_apply(&h, (Point){ x + radius_mm, y });
    Point c = homography_apply(&h, (Point){ x, y - radius_mm }), d = homography_apply(&h, (Point){ x, y + radius_mm });
    return (PoseRound){ homography_apply(&h, (Point){ x, y }),
                        { (b.x - a.x) / 2, (b.y - a.y) / 2 },
                        { (d.x - c.x) / 2, (d.y - c.y) / 2 },
                        0.005 };
}

/* Length of 40 mm at (x, y) by the map that was found. */
static double
forty_mm(const Pose *pose, double x, double y, gboolean across)
{
    Homography h = true_map(), back;
    cr_assert(homography_invert(&pose->mm_to_px, &back));
    Point a = homography_apply(&h, (Point){ across ? x - 20 : x, across ? y : y - 20 });
    Point b = homography_apply(&h, (Point){ across ? x + 20 : x, across ? y : y + 20 });
    return point_distance(homography_apply(&back, a), homography_apply(&back, b));
}

/* Top, left and right; the bottom lies outside of the picture. */
static guint
three_sides(PoseFix *out)
{
    const PoseFix fixes[] = { fix(20, 0, TRUE),   fix(190, 0, TRUE),   fix(0, 30, FALSE),
                              fix(0, 220, FALSE), fix(210, 30, FALSE), fix(210, 220, FALSE) };
    for (guint i = 0; i < G_N_ELEMENTS(fixes); i++)
        out[i] = fixes[i];
    return G_N_ELEMENTS(fixes);
}

Test(pose_solve, three_sides_and_the_roundness_of_seals_give_the_millimetres)
{
    PoseFix fixes[8];
    guint n = three_sides(fixes);
    const PoseRound rounds[] = { round_at(45, 90, 20), round_at(105, 92, 20), round_at(165, 88, 20),
                                 round_at(105, 180, 19) };
    Homography start = rough_map();
    Pose pose;
    cr_assert(
        pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = n, .rounds = rounds, .n_rounds = G_N_ELEMENTS(rounds) },
                   &start, 1600, MIDDLE, &pose));
    cr_expect_lt(pose.misfit, 1);
    cr_expect_lt(pose.scale_sigma, 0.01);
    const Point at[] = { { 45, 90 }, { 165, 88 }, { 105, 180 } };
    for (guint i = 0; i < G_N_ELEMENTS(at); i++) {
        cr_expect_float_eq(forty_mm(&pose, at[i].x, at[i].y, TRUE), 40, 0.15, "across, place %u", i);
        cr_expect_float_eq(forty_mm(&pose, at[i].x, at[i].y, FALSE), 40, 0.25, "down, place %u", i);
    }
}

Test(pose_solve, without_the_circles_it_is_less_sure_and_says_so)
{
    PoseFix fixes[8];
    guint n = three_sides(fixes);
    const PoseRound rounds[] = { round_at(45, 90, 20), round_at(165, 88, 20) };
    Homography start = rough_map();
    Pose with, without;
    cr_assert(pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = n, .rounds = rounds, .n_rounds = 2 }, &start, 1600,
                         MIDDLE, &with));
    cr_assert(pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = n }, &start, 1600, MIDDLE, &without));
    cr_expect_gt(without.roundness_sigma, 3 * with.roundness_sigma);
    double error = fabs(forty_mm(&without, 105, 148, FALSE) / 40 - 1);
    cr_expect_lt(error, 3 * without.roundness_sigma, "the error of %.4f is within what is claimed", error);
}

Test(pose_solve, one_edge_is_no_ruler)
{
    const PoseFix fixes[] = { fix(20, 0, TRUE), fix(190, 0, TRUE) };
    Homography start = rough_map();
    Pose pose;
    cr_assert(pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = 2 }, &start, 1600, MIDDLE, &pose));
    cr_expect_gt(pose.scale_sigma, 0.2, "nothing says how long anything is");
}

Test(pose_solve, a_point_that_cannot_be_there_shows_in_the_misfit)
{
    PoseFix fixes[9];
    guint n = three_sides(fixes);
    fixes[n++] = fix(20, 297, TRUE);
    fixes[n++] = fix(190, 297, TRUE);
    fixes[n++] = (PoseFix){ fix(105, 0, TRUE).px, TRUE, 12, 1.5 }; /* on the top edge, said to be at 12 mm */
    Homography start = rough_map();
    Pose pose;
    cr_expect(!pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = n }, &start, 1600, MIDDLE, &pose) ||
              pose.misfit > 5);
}

Test(pose_solve, a_start_that_is_no_map_is_refused)
{
    const PoseFix fixes[] = { fix(20, 0, TRUE), fix(190, 0, TRUE) };
    Homography start = { { 0 } };
    Pose pose;
    cr_expect_not(pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = 2 }, &start, 1600, MIDDLE, &pose));
}

Test(pose_solve, printed_lines_tell_the_perspective)
{
    PoseFix fixes[8];
    guint n = three_sides(fixes);
    Homography start = rough_map(), h = true_map();
    PoseRule rules[4];
    for (guint i = 0; i < 4; i++)
        rules[i] = (PoseRule){ homography_apply(&h, (Point){ 20, 60 + 50 * i }),
                               homography_apply(&h, (Point){ 190, 60 + 50 * i }), FALSE, 2 };
    Pose with, without;
    cr_assert(pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = n, .rules = rules, .n_rules = 4 }, &start, 1600,
                         MIDDLE, &with));
    cr_assert(pose_solve(&(PoseEvidence){ .fixes = fixes, .n_fixes = n }, &start, 1600, MIDDLE, &without));
    /* across, where the foot of the sheet would be, the width is known by the side edges' and the lines' run */
    cr_expect_float_eq(forty_mm(&with, 40, 200, TRUE), 40, 0.1);
    cr_expect_lt(with.scale_sigma, without.scale_sigma);
    for (guint i = 0; i < 4; i++) {
        Homography back;
        homography_invert(&with.mm_to_px, &back);
        Point a = homography_apply(&back, rules[i].a), b = homography_apply(&back, rules[i].b);
        cr_expect_float_eq(a.y, b.y, 0.3, "line %u lies along the sheet", i);
    }
}
