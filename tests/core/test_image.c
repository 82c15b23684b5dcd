/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image.h"

#include <criterion/criterion.h>
#include <string.h>

/* 3x2 grey: 0 1 2 / 3 4 5 */
static Image *
numbers(void)
{
    Image *image = image_new(3, 2, 1);
    for (guint i = 0; i < 6; i++)
        image->data[i] = (guint8)i;
    return image;
}

Test(image, a_clockwise_turn_brings_the_lower_left_up)
{
    g_autoptr(Image) image = numbers(), turned = image_turn(image, 1);
    cr_assert_eq(turned->width, 2);
    cr_assert_arr_eq(turned->data, ((guint8[]){ 3, 0, 4, 1, 5, 2 }), 6);
    g_autoptr(Image) half = image_turn(image, 2), back = image_turn(turned, 3);
    cr_assert_arr_eq(half->data, ((guint8[]){ 5, 4, 3, 2, 1, 0 }), 6);
    cr_assert_arr_eq(back->data, image->data, 6);
}

Test(image, orientation_leads_back_to_stored_pixels)
{
    g_autoptr(Image) stored = numbers();
    for (guint o = 1; o <= 8; o++) {
        g_autoptr(Image) shown = image_orient(stored, o);
        Homography back = image_orientation_to_stored(o, 3, 2);
        for (guint y = 0; y < shown->height; y++)
            for (guint x = 0; x < shown->width; x++) {
                Point p = homography_apply(&back, (Point){ x, y });
                cr_assert_eq(shown->data[y * shown->width + x], stored->data[(guint)p.y * 3 + (guint)p.x], "%u", o);
            }
    }
}

Test(image, planes_pick_their_samples)
{
    g_autoptr(Image) image = image_new(1, 1, 3);
    memcpy(image->data, ((guint8[]){ 200, 100, 50 }), 3);
    static const struct {
        ImagePlane plane;
        guint8 value;
    } rows[] = { { IMAGE_RED, 200 }, { IMAGE_GREEN, 100 }, { IMAGE_BLUE, 50 },
                 { IMAGE_MIN, 50 },  { IMAGE_MAX, 200 },   { IMAGE_LUMA, 124 } };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Image) grey = image_plane(image, rows[i].plane);
        cr_assert_eq(grey->data[0], rows[i].value, "plane %d: %d", rows[i].plane, grey->data[0]);
    }
    g_autoptr(Image) copy = image_copy(image);
    cr_assert_arr_eq(copy->data, image->data, 3);
}

Test(image, shrinking_takes_means)
{
    g_autoptr(Image) image = image_new(4, 2, 1);
    memcpy(image->data, ((guint8[]){ 0, 10, 100, 100, 20, 30, 100, 104 }), 8);
    g_autoptr(Image) small = image_shrink(image, 2);
    cr_assert_eq(small->width, 2);
    cr_assert_arr_eq(small->data, ((guint8[]){ 15, 101 }), 2);
}

Test(image, warping_samples_where_the_map_says)
{
    g_autoptr(Image) image = numbers();
    Homography move = homography_translate(1, 0);
    g_autoptr(Image) out = image_warp(image, &move, 3, 2, 255);
    cr_assert_arr_eq(out->data, ((guint8[]){ 1, 2, 255, 4, 5, 255 }), 6);
}
