/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_dark.c: black stamps among black print.
 */
#include "sealgen/dark.h"

#include <criterion/criterion.h>
#include <math.h>

#define PPM 4.0
enum { W = 840, H = 800 };

typedef struct {
    Density *density;
    GArray *places;
    GPtrArray *found;
} Page_;

static Page_
page_new(void)
{
    return (Page_){ g_new0(Density, W * H), g_array_new(FALSE, FALSE, sizeof(Place)),
                    g_ptr_array_new_with_free_func((GDestroyNotify)impression_free) };
}

static void
page_done(Page_ *page)
{
    g_free(page->density);
    g_array_unref(page->places);
    g_ptr_array_unref(page->found);
}

static void
dot(Page_ *page, double x, double y)
{
    int u = (int)(x * PPM), v = (int)(y * PPM);
    if (u >= 0 && v >= 0 && u < W && v < H)
        page->density[v * W + u] = (Density){ { 1.2f, 1.2f, 1.2f } };
}

static void
bar(Page_ *page, double x0, double y0, double x1, double y1)
{
    for (double y = y0; y < y1; y += 1 / PPM)
        for (double x = x0; x < x1; x += 1 / PPM)
            dot(page, x, y);
}

static void
ring(Page_ *page, double cx, double cy, double radius)
{
    for (double y = cy - radius; y <= cy + radius; y += 1 / PPM)
        for (double x = cx - radius; x <= cx + radius; x += 1 / PPM) {
            double r = hypot(x - cx, y - cy), a = atan2(y - cy, x - cx) * 8;
            if ((r < radius && r > radius - 1) || (r < 0.85 * radius && r > 0.7 * radius && sin(a) > 0) ||
                r < 0.25 * radius)
                dot(page, x, y);
        }
}

static void
place(Page_ *page, double x, double y, double w, double h)
{
    Place p = { x, y, x + w, y + h };
    g_array_append_val(page->places, p);
    bar(page, x, y, x + w, y + 0.4);
    bar(page, x, y + h, x + w, y + h + 0.4);
    bar(page, x, y, x + 0.4, y + h);
    bar(page, x + w, y, x + w + 0.4, y + h);
}

static void
look(Page_ *page)
{
    dark_find(page->density, W, H, PPM, page->places, 3, page->found);
}

Test(dark_find, a_ring_in_its_place_is_found_with_its_size)
{
    Page_ page = page_new();
    place(&page, 20, 20, 55, 55);
    ring(&page, 48, 47, 20);
    look(&page);
    cr_assert_eq(page.found->len, 1);
    const Impression *imp = g_ptr_array_index(page.found, 0);
    cr_expect_eq(imp->page, 3);
    cr_expect_eq(imp->place.shape, SHAPE_ROUND);
    cr_expect_float_eq(imp->place.centre.x, 48, 0.4);
    cr_expect_float_eq(imp->place.centre.y, 47, 0.4);
    cr_expect_float_eq(imp->place.width, 40, 0.6);
    page_done(&page);
}

Test(dark_find, text_in_a_place_is_no_seal)
{
    Page_ page = page_new();
    place(&page, 20, 20, 55, 55);
    for (guint line = 0; line < 5; line++)
        for (guint i = 0; i < 9; i++)
            bar(&page, 24 + 5 * i, 26 + 9 * line, 27.5 + 5 * i, 29.5 + 9 * line);
    look(&page);
    cr_expect_eq(page.found->len, 0);
    page_done(&page);
}

Test(dark_find, without_places_rings_are_found_and_tables_are_not)
{
    Page_ page = page_new();
    ring(&page, 60, 60, 19);
    bar(&page, 100, 100, 180, 100.5); /* a table of 80 x 50 mm with an inner line */
    bar(&page, 100, 150, 180, 150.5);
    bar(&page, 100, 100, 100.5, 150);
    bar(&page, 180, 100, 180.5, 150.5);
    bar(&page, 140, 100, 140.5, 150);
    look(&page);
    cr_assert_eq(page.found->len, 1);
    cr_expect_float_eq(((const Impression *)g_ptr_array_index(page.found, 0))->place.width, 38, 0.6);
    page_done(&page);
}

Test(dark_find, nothing_is_found_on_bare_paper)
{
    Page_ page = page_new();
    look(&page);
    cr_expect_eq(page.found->len, 0);
    page_done(&page);
}
