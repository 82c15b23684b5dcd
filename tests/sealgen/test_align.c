/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_align.c: an impression turned and shifted is laid back; fusing leaves blots and gaps out.
 */
#include "sealgen/align.h"
#include "sealgen/fuse.h"

#include <criterion/criterion.h>
#include <math.h>

#define SIDE 280
#define PPM 8.0

/* A ring with bars at uneven angles, turned about (cx, cy). */
static Impression *
ring(double cx, double cy, double turn_deg)
{
    static const double BARS[] = { 0, 21, 47, 60, 95, 128, 139, 171, 204, 233 };
    Impression *imp = impression_new(0);
    imp->alpha = plane_new(SIDE, SIDE, PPM);
    imp->foreign = plane_new(SIDE, SIDE, PPM);
    imp->outline = (Outline){ SHAPE_ROUND, { cx, cy }, 240, 240, 0, 1, 0 };
    for (guint y = 0; y < SIDE; y++)
        for (guint x = 0; x < SIDE; x++) {
            double dx = x - cx, dy = y - cy, r = hypot(dx, dy), a = atan2(dy, dx) * 180 / G_PI - turn_deg,
                   v = r > 110 && r < 120;
            for (guint i = 0; i < G_N_ELEMENTS(BARS); i++) {
                double off = a - BARS[i];
                off -= 360 * round(off / 360);
                v += fabs(off) < 4 && r > 60 && r < 100;
            }
            imp->alpha->v[y * SIDE + x] = (float)MIN(1, v);
        }
    plane_blur(imp->alpha, 0.8);
    return imp;
}

Test(align, turn_and_shift_are_found_to_a_tenth_of_a_millimetre)
{
    g_autoptr(Impression) a = ring(140, 140, 0);
    for (int turn = -170; turn <= 170; turn += 68) {
        g_autoptr(Impression) b = ring(143.4, 137.2, turn);
        b->outline.centre = (Point){ 141, 139 }; /* the fit was a little off */
        Alignment alignment;
        align_coarse(a, b, &alignment);
        align_fine(a, b, FALSE, &alignment);
        cr_expect_gt(alignment.likeness, 0.95, "%d: %g", turn, alignment.likeness);
        double off = alignment.turn_deg - turn;
        cr_expect_lt(fabs(off - 360 * round(off / 360)), 0.3, "%d: %g", turn, alignment.turn_deg);
        Point p = affine_apply(&alignment.to_b, (Point){ 140, 140 });
        cr_expect_lt(point_distance(p, (Point){ 143.4, 137.2 }), 0.1 * PPM, "%d", turn);
    }
}

/* A star and a broad rim, pressed harder on the side @pressed_deg, and thin letters at uneven angles. */
static Impression *
starred(double pressed_deg)
{
    Impression *imp = ring(140, 140, 0);
    for (guint y = 0; y < SIDE; y++)
        for (guint x = 0; x < SIDE; x++) {
            double dx = x - 140.0, dy = y - 140.0, r = hypot(dx, dy), a = atan2(dy, dx) * 180 / G_PI;
            double arm = fabs(a - 72 * round(a / 72)), side = cos((a - pressed_deg) * G_PI / 180);
            float *v = imp->alpha->v + y * SIDE + x;
            if (r < 55)
                *v = r < 50 - 0.9 * arm;
            else
                *v = r > 100 && r < 120 ? 1 : 0.45f * *v;
            *v *= (float)(0.65 + 0.35 * side * r / 120);
        }
    plane_blur(imp->alpha, 0.8);
    return imp;
}

Test(align, letters_tell_the_turn_where_rim_and_star_fit_another_one_better)
{
    g_autoptr(Impression) a = starred(0), b = starred(72);
    Alignment alignment;
    align_coarse(a, b, &alignment);
    align_fine(a, b, FALSE, &alignment);
    cr_expect_lt(fabs(alignment.turn_deg), 1, "%g", alignment.turn_deg);
}

Test(align, another_seal_is_not_alike)
{
    g_autoptr(Impression) a = ring(140, 140, 0), b = ring(140, 140, 0);
    for (gsize i = 0; i < SIDE * SIDE; i++) { /* mirrored: the same ink in another order */
        gsize x = i % SIDE, y = i / SIDE;
        b->alpha->v[i] = a->alpha->v[y * SIDE + (SIDE - 1 - x)];
    }
    Alignment same, other;
    align_coarse(a, a, &same);
    align_coarse(a, b, &other);
    cr_expect_gt(same.likeness, 0.99);
    cr_expect_lt(other.likeness, same.likeness - 0.1);
}

Test(fuse_samples, a_blot_in_one_goes_and_a_gap_in_one_is_filled)
{
    g_autoptr(Impression) a = ring(140, 140, 0), b = ring(140, 140, 0), c = ring(140, 140, 0);
    for (guint y = 0; y < SIDE; y++)
        for (guint x = 0; x < SIDE; x++) {
            if (hypot(x - 75.0, y - 93.0) < 6)
                a->alpha->v[y * SIDE + x] = 1; /* a blot between two bars */
            if (x > 200)
                b->alpha->v[y * SIDE + x] = 0; /* no pressure on the right */
        }
    FuseSample samples[3] = { { .impression = a, .to_px = affine_identity() },
                              { .impression = b, .to_px = affine_identity() },
                              { .impression = c, .to_px = affine_identity() } };
    g_autofree guint8 *votes = NULL;
    g_autoptr(Plane) ink = fuse_samples(samples, 3, SIDE, SIDE, PPM, &a->outline, &votes);
    g_autofree guint8 *tone = fuse_tone(ink);
    cr_expect_lt(tone[93 * SIDE + 75], 60, "two samples say paper: %u, ink %g", tone[93 * SIDE + 75],
                 ink->v[93 * SIDE + 75]);
    cr_expect_gt(tone[140 * SIDE + 140 + 115], 180, "the rim on the right is there in two");
    cr_expect_eq(votes[93 * SIDE + 75], 1);
    cr_expect_eq(votes[140 * SIDE + 140 + 115], 5);
    cr_expect_lt(samples[1].covered, 1);
    cr_expect_eq(samples[2].covered, 1);
}
