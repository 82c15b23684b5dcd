/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patches of a mask, and masks grown and shrunk, drawn as text. */
#include <criterion/criterion.h>

#include "sealgen/blobs.h"

#define WIDTH 40u /* more than one word of bits */

static void
mask_of(const char *const *rows, guint height, guint8 *mask)
{
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < WIDTH; x++)
            mask[y * WIDTH + x] = rows[y][x] == '#';
}

static void
expect_mask(const char *const *rows, guint height, const guint8 *mask)
{
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < WIDTH; x++)
            cr_expect_eq(mask[y * WIDTH + x], rows[y][x] == '#', "row %u, column %u", y, x);
}

Test(blobs, patches_touch_at_corners_and_are_numbered_by_their_first_pixel)
{
    static const char *const rows[] = {
        "..#.............................##......",
        ".#....#........................#.......#",
        "#.....##...............................#",
    };
    guint8 mask[3 * WIDTH];
    guint32 labels[3 * WIDTH];
    mask_of(rows, 3, mask);
    g_autoptr(GArray) blobs = blobs_find(mask, WIDTH, 3, labels);
    static const Blob want[] = { { 0, 0, 2, 2, 3, 1 }, { 31, 0, 33, 1, 3, 2 }, { 6, 1, 7, 2, 3, 3 }, { 39, 1, 39, 2, 2, 4 } };
    cr_assert_eq(blobs->len, 4);
    for (guint i = 0; i < 4; i++) {
        const Blob *b = &g_array_index(blobs, Blob, i);
        cr_expect(b->x0 == want[i].x0 && b->y0 == want[i].y0 && b->x1 == want[i].x1 && b->y1 == want[i].y1 &&
                  b->area == want[i].area && b->label == want[i].label, "patch %u", i);
    }
    for (guint i = 0; i < 3 * WIDTH; i++)
        cr_expect_eq(labels[i] != 0, mask[i] != 0);
    cr_expect_eq(labels[2 * WIDTH], 1);
    cr_expect_eq(labels[2 * WIDTH + 39], 4);
}

Test(blobs, an_empty_mask_has_no_patch_and_no_label)
{
    guint8 mask[WIDTH] = { 0 };
    guint32 labels[WIDTH];
    memset(labels, 0xff, sizeof labels);
    g_autoptr(GArray) blobs = blobs_find(mask, WIDTH, 1, labels);
    cr_expect_eq(blobs->len, 0);
    for (guint i = 0; i < WIDTH; i++)
        cr_expect_eq(labels[i], 0);
}

Test(blobs, growing_adds_a_square_and_stops_at_the_border)
{
    static const char *const rows[] = {
        "#...............................#.......",
        "........................................",
        "........................................",
        ".......................................#",
    };
    static const char *const grown[] = {
        "##.............................###......",
        "##.............................###......",
        "......................................##",
        "......................................##",
    };
    guint8 mask[4 * WIDTH];
    mask_of(rows, 4, mask);
    mask_grow(mask, WIDTH, 4, 1);
    expect_mask(grown, 4, mask);
}

Test(blobs, shrinking_takes_an_edge_away_but_not_at_the_picture_s_border)
{
    static const char *const rows[] = {
        "####..........................#####.....",
        "####..........................#####.....",
        "####..........................#####.....",
        "..............................#####.....",
        "........................................",
    };
    static const char *const shrunk[] = {
        "###............................###......",
        "###............................###......",
        "...............................###......",
        "........................................",
        "........................................",
    };
    guint8 mask[5 * WIDTH];
    mask_of(rows, 5, mask);
    mask_grow(mask, WIDTH, 5, -1);
    expect_mask(shrunk, 5, mask);
    mask_grow(mask, WIDTH, 5, 0);
    expect_mask(shrunk, 5, mask);
}
