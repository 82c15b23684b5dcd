/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_same_seal.c: a stamping of another seal is told from one that is only faint, half pressed or turned.
 */
#include "sealgen/same_seal.h"

#include <criterion/criterion.h>
#include <math.h>

#include "sealgen/alike.h"

#define SIDE 280
#define PPM 7.0

/* Rim, a thin ring inside it, and letters of twelve squares each; @kind: which letters. */
static Impression *
stamped(guint kind, double turn_deg)
{
    Impression *imp = impression_new(0);
    imp->alpha = plane_new(SIDE, SIDE, PPM);
    imp->foreign = plane_new(SIDE, SIDE, PPM);
    imp->outline = (Outline){ SHAPE_ROUND, { 140, 140 }, 260, 260, 0, 1, 0 };
    for (guint y = 0; y < SIDE; y++)
        for (guint x = 0; x < SIDE; x++) {
            double dx = x - 140.0, dy = y - 140.0, r = hypot(dx, dy), a = atan2(dy, dx) * 180 / G_PI - turn_deg + 720;
            double v = (r > 122 && r < 130) || (r > 115 && r < 117);
            guint letter = (guint)(a / 20) % 18;
            guint32 random = (kind * 97 + letter + 1) * 2654435761u;
            guint column = (guint)(fmod(a, 20) / 5), row = (guint)MAX(0, (r - 78) / 8.5);
            gboolean in = r > 78 && r < 112 && column < 3 && letter != 4 && letter != 5;
            v += in && (random >> (8 + 3 * row + column) & 1);
            imp->alpha->v[y * SIDE + x] = (float)MIN(1, v);
        }
    plane_blur(imp->alpha, 0.8);
    return imp;
}

static void
press_one_side(Impression *imp, double deg)
{
    for (guint i = 0; i < SIDE * SIDE; i++) {
        double a = atan2(i / SIDE - 140.0, i % SIDE - 140.0) - deg * G_PI / 180;
        imp->alpha->v[i] *= (float)CLAMP(0.6 + 0.7 * cos(a), 0, 1);
    }
}

static Alikeness
alikeness(const Impression *a, const Impression *b)
{
    Alignment alignment;
    align_coarse(a, b, &alignment);
    align_fine(a, b, FALSE, &alignment);
    return alike_compare(a, b, &alignment);
}

Test(alike_compare, one_seal_turned_and_half_pressed_is_alike)
{
    g_autoptr(Impression) a = stamped(1, 0), b = stamped(1, 40);
    press_one_side(b, 120);
    Alikeness seen = alikeness(a, b);
    cr_expect_gt(seen.judged, 8);
    cr_expect_gt(seen.likeness, 0.8, "%g", seen.likeness);
    cr_expect_lt(seen.unlike, 0.1, "%g", seen.unlike);
}

Test(alike_compare, rim_and_rings_alone_make_no_likeness)
{
    g_autoptr(Impression) a = stamped(1, 0), b = stamped(2, 0);
    Alikeness seen = alikeness(a, b);
    cr_expect_gt(seen.judged, 8);
    cr_expect_lt(seen.likeness, 0.5, "%g", seen.likeness);
    cr_expect_gt(seen.unlike, 0.1, "%g", seen.unlike);
}

Test(alike_compare, where_one_shows_nothing_nothing_is_said)
{
    g_autoptr(Impression) a = stamped(1, 0), b = stamped(1, 0);
    for (guint i = 0; i < SIDE * SIDE; i++)
        b->alpha->v[i] = 0;
    Alignment alignment = { affine_identity(), 1, 0 };
    Alikeness seen = alike_compare(a, b, &alignment);
    cr_expect_eq(seen.judged, 0);
    cr_expect_eq(seen.likeness, 1);
}

static void
find(Impression *const *samples, guint n, guint ref, SameSeal *seen)
{
    Alignment from_ref[SAME_SEAL_MOST];
    gboolean voters[SAME_SEAL_MOST];
    for (guint i = 0; i < n; i++) {
        voters[i] = TRUE;
        align_coarse(samples[ref], samples[i], &from_ref[i]);
        align_fine(samples[ref], samples[i], FALSE, &from_ref[i]);
    }
    same_seal_find((const Impression *const *)samples, n, ref, from_ref, voters, seen);
}

Test(same_seal_find, the_one_of_three_that_is_anothers_is_named_whichever_is_the_reference)
{
    g_autoptr(Impression) a = stamped(1, 5), b = stamped(2, -10), c = stamped(1, 20);
    Impression *samples[] = { a, b, c };
    for (guint ref = 0; ref < 3; ref++) {
        SameSeal seen[3];
        find(samples, 3, ref, seen);
        cr_expect(!seen[0].foreign && seen[1].foreign && !seen[2].foreign, "reference %u", ref);
        cr_expect_lt(seen[1].likeness, seen[0].likeness - 0.2);
    }
}

Test(same_seal_find, half_pressed_samples_of_one_seal_are_not_foreign)
{
    g_autoptr(Impression) a = stamped(3, 5), b = stamped(3, -10), c = stamped(3, 20);
    press_one_side(a, 0);
    press_one_side(c, 180);
    Impression *samples[] = { a, b, c };
    SameSeal seen[3];
    find(samples, 3, 0, seen);
    for (guint i = 0; i < 3; i++)
        cr_expect_not(seen[i].foreign, "%u: %g", i, seen[i].likeness);
}

Test(same_seal_find, one_under_another_impression_cannot_be_judged)
{
    g_autoptr(Impression) a = stamped(1, 0), b = stamped(2, 0), c = stamped(1, 0);
    b->overlapped = TRUE;
    Impression *samples[] = { a, b, c };
    SameSeal seen[3];
    find(samples, 3, 0, seen);
    cr_expect_not(seen[1].foreign);
    cr_expect_eq(seen[1].likeness, 1);
}

Test(same_seal_find, of_two_that_differ_one_is_named)
{
    g_autoptr(Impression) a = stamped(1, 0), b = stamped(2, 0);
    Impression *samples[] = { a, b };
    SameSeal seen[2];
    find(samples, 2, 0, seen);
    cr_expect(!seen[0].foreign && seen[1].foreign);
}
