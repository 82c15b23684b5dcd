/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_ink.c: the light on the paper, the ink's own colour, and two inks told apart.
 */
#include "sealgen/ink.h"

#include <criterion/criterion.h>
#include <math.h>

enum { PPM = 4, W = 200, H = 160 };
static const double RED[3] = { .82, .15, .18 }, BLUE[3] = { .2, .25, .7 }, BLACK[3] = { .12, .12, .12 };

typedef struct {
    double x0, y0, x1, y1; /* mm */
    const double *ink;     /* share of the light it leaves */
} Stroke;

/* Paper lit from 235 on the left to @right on the right, with strokes that multiply. */
static Image *
page(double right, const Stroke *strokes, guint n)
{
    Image *image = image_new(W, H, 3);
    for (guint y = 0; y < H; y++)
        for (guint x = 0; x < W; x++)
            for (guint c = 0; c < 3; c++) {
                double v = 235 + (right - 235) * x / W;
                for (guint i = 0; i < n; i++)
                    if (x >= strokes[i].x0 * PPM && x < strokes[i].x1 * PPM && y >= strokes[i].y0 * PPM &&
                        y < strokes[i].y1 * PPM)
                        v *= strokes[i].ink[c];
                image->data[((gsize)y * W + x) * 3 + c] = (guint8)lround(v);
            }
    return image;
}

static Density *
densities(Image *image)
{
    g_autoptr(PaperLight) light = paper_light_new(image, PPM);
    PageCrop crop = { image, PPM, { 0, 0 } };
    return ink_densities(&crop, light);
}

static gsize
at(double x_mm, double y_mm)
{
    return (gsize)(y_mm * PPM) * W + (gsize)(x_mm * PPM);
}

Test(ink_densities, uneven_light_is_no_ink)
{
    const Stroke strokes[] = { { 10, 10, 12, 30, BLACK }, { 40, 10, 42, 30, BLACK } };
    g_autoptr(Image) image = page(120, strokes, 2);
    g_autofree Density *d = densities(image);
    for (double x = 4; x < 46; x += 4)
        for (guint c = 0; c < 3; c++)
            cr_expect_float_eq(d[at(x, 35)].c[c], 0, 0.05, "bare paper at %g mm", x);
    /* the same ink has the same density in light and in shade */
    cr_expect_float_eq(d[at(11, 20)].c[0], -log(BLACK[0]), 0.15);
    cr_expect_float_eq(d[at(41, 20)].c[0], -log(BLACK[0]), 0.15);
}

Test(ink_densities, a_solid_stamp_is_ink_and_a_shadow_is_none)
{
    const Stroke solid[] = { { 12, 10, 32, 30, RED } };
    const double shade[3] = { .6, .6, .6 };
    const Stroke shadow[] = { { 12, 10, 32, 30, shade } };
    g_autoptr(Image) stamp = page(200, solid, 1), dim = page(200, shadow, 1);
    g_autofree Density *d = densities(stamp), *none = densities(dim);
    cr_expect_float_eq(d[at(22, 20)].c[1], -log(RED[1]), 0.2, "in the middle of 20 mm of ink: %g", d[at(22, 20)].c[1]);
    cr_expect_float_eq(none[at(22, 20)].c[1], 0, 0.08, "in the middle of a shadow: %g", none[at(22, 20)].c[1]);
}

Test(ink_estimate, the_seals_ink_is_found_beside_black_print)
{
    const double *const inks[] = { RED, BLUE };
    for (guint k = 0; k < 2; k++) {
        const Stroke strokes[] = { { 5, 5, 8, 35, inks[k] }, { 12, 5, 15, 35, inks[k] }, { 20, 5, 21, 35, BLACK } };
        g_autoptr(Image) image = page(235, strokes, 3);
        g_autofree Density *d = densities(image);
        SealInk ink;
        cr_assert(ink_estimate(d, W * H, NULL, &ink));
        cr_expect(ink.coloured);
        for (guint c = 0; c < 3; c++)
            cr_expect_float_eq(ink.rgb[c], 255 * inks[k][c], 20, "ink %u channel %u: %u", k, c, ink.rgb[c]);
    }
}

Test(ink_estimate, black_is_not_coloured_and_bare_paper_has_no_ink)
{
    const Stroke strokes[] = { { 5, 5, 8, 35, BLACK }, { 12, 5, 15, 35, BLACK } };
    g_autoptr(Image) black = page(235, strokes, 2), bare = page(200, NULL, 0);
    g_autofree Density *d = densities(black), *none = densities(bare);
    g_autofree guint8 *nowhere = g_malloc0(W * H);
    SealInk ink;
    cr_assert(ink_estimate(d, W * H, NULL, &ink));
    cr_expect_not(ink.coloured);
    cr_expect_not(ink_estimate(none, W * H, NULL, &ink));
    cr_expect_not(ink_estimate(d, W * H, nowhere, &ink), "nothing where nothing is looked at");
}

Test(ink_unmix, print_under_the_seal_is_told_from_it)
{
    const Stroke strokes[] = { { 5, 5, 10, 35, RED }, { 2, 18, 30, 20, BLACK }, { 20, 5, 25, 35, RED } };
    g_autoptr(Image) image = page(235, strokes, 3);
    g_autofree Density *d = densities(image);
    SealInk ink;
    cr_assert(ink_estimate(d, W * H, NULL, &ink));
    g_autoptr(Plane) alpha = NULL;
    g_autoptr(Plane) foreign = NULL;
    ink_unmix(d, W, H, PPM, &ink, &alpha, &foreign);
    cr_expect_float_eq(alpha->v[at(7, 10)], 1, 0.15, "red alone: %g", alpha->v[at(7, 10)]);
    cr_expect_lt(foreign->v[at(7, 10)], 0.2);
    cr_expect_lt(alpha->v[at(15, 19)], 0.1, "black alone: %g", alpha->v[at(15, 19)]);
    cr_expect_gt(foreign->v[at(15, 19)], 1.5);
    cr_expect_gt(alpha->v[at(7, 19)], 0.5, "red under black: %g", alpha->v[at(7, 19)]);
    cr_expect_gt(foreign->v[at(7, 19)], 1.0);
    cr_expect_lt(alpha->v[at(15, 30)], 0.05, "paper");
}
