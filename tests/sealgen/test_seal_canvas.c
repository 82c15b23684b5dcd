/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <png.h>
#include <string.h>

#include "core/png_write.h"
#include "sealgen/seal_canvas.h"

enum { W = 40, H = 30, PPM = 12, SIDE_MM = 5, SIDE = PPM * SIDE_MM };
static const guint8 RED[3] = { 210, 20, 30 };

/* Every alpha level of @levels somewhere, a frame at the border. */
static GBytes *
picture(guint levels)
{
    guint8 alpha[W * H];
    for (guint i = 0; i < W * H; i++)
        alpha[i] = (guint8)((i % levels) * 255 / (levels - 1));
    for (guint x = 0; x < W; x++)
        alpha[x] = alpha[(H - 1) * W + x] = 255;
    return ink_to_png(alpha, W, H, RED, levels, PPM * 1000);
}

static guint8 *
rgba(GBytes *png, guint *width, guint *height)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    cr_assert(png_image_begin_read_from_memory(&image, g_bytes_get_data(png, NULL), g_bytes_get_size(png)));
    image.format = PNG_FORMAT_RGBA;
    guint8 *pixels = g_malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    *width = image.width;
    *height = image.height;
    return pixels;
}

Test(seal_canvas, the_seal_lies_in_the_middle_pixel_for_pixel)
{
    static const guint levels[] = { 2, 4, 8, 16, 256 };
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_autoptr(GBytes) png = picture(levels[i]), wide = seal_canvas_fit(png, PPM, SIDE_MM, NULL);
        cr_assert_not_null(wide);
        guint w, h;
        g_autofree guint8 *small = rgba(png, &w, &h), *large = rgba(wide, &w, &h);
        cr_assert(w == SIDE && h == SIDE);
        for (guint y = 0; y < SIDE; y++)
            for (guint x = 0; x < SIDE; x++) {
                guint sx = x - (SIDE - W) / 2, sy = y - (SIDE - H) / 2; /* beyond W where it wraps */
                const guint8 *seen = large + (y * SIDE + x) * 4, *meant = small + (sy * W + sx) * 4;
                gboolean inside = sx < W && sy < H;
                cr_assert_eq(seen[3], inside ? meant[3] : 0, "levels %u at %u %u", levels[i], x, y);
                if (inside && meant[3])
                    cr_assert_eq(memcmp(seen, meant, 3), 0);
            }
    }
}

Test(seal_canvas, what_does_not_fit_or_is_no_picture_is_refused)
{
    g_autoptr(GBytes) png = picture(16), none = g_bytes_new_static("no png", 6);
    g_autoptr(GError) error = NULL;
    cr_expect_null(seal_canvas_fit(png, PPM, 3, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_SEAL), "40 px are more than 36");
    g_clear_error(&error);
    cr_expect_null(seal_canvas_fit(none, PPM, SIDE_MM, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
}
