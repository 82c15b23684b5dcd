/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/jpeg_write.h"
#include "core/page.h"

Test(jpeg_write, what_is_written_is_read_again_in_its_colours)
{
    for (guint channels = 1; channels <= 3; channels += 2) {
        g_autoptr(Image) image = image_new(40, 30, channels);
        for (guint i = 0; i < 40 * 30 * channels; i++)
            image->data[i] = (guint8)(channels == 3 ? (i % 3 == 0 ? 200 : 30) : 90);
        g_autoptr(GBytes) jpeg = image_to_jpeg(image, 90);
        g_autoptr(PageFile) file = page_file_open(jpeg, NULL, NULL);
        cr_assert_not_null(file);
        g_autoptr(Page) page = page_file_load(file, 0, 1, NULL);
        cr_assert_not_null(page);
        cr_expect_eq(page->image->width, 40);
        cr_expect_eq(page->image->height, 30);
        const guint8 *middle = page->image->data + (15 * 40 + 20) * page->image->channels;
        cr_expect_lt(abs(middle[0] - image->data[0]), 8);
    }
}

Test(jpeg_write, a_photo_is_far_smaller_than_as_png)
{
    g_autoptr(Image) image = image_new(300, 300, 3);
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    for (guint i = 0; i < 300 * 300 * 3; i++)
        image->data[i] = (guint8)(200 + g_rand_int_range(random, -6, 7));
    g_autoptr(GBytes) jpeg = image_to_jpeg(image, 80);
    cr_expect_lt(g_bytes_get_size(jpeg), 300 * 300 / 2);
}
