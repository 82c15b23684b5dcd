/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/page.h"
#include "core/png_write.h"

#include <criterion/criterion.h>
#include <string.h>

Test(png_write, pixels_survive)
{
    g_autoptr(Image) image = image_new(3, 2, 3);
    for (guint i = 0; i < 18; i++)
        image->data[i] = (guint8)(i * 13);
    g_autoptr(GBytes) bytes = image_to_png(image, 0);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    g_autoptr(Page) page = page_file_load(file, 0, 1, NULL);
    cr_assert_arr_eq(page->image->data, image->data, 18);
    cr_assert_float_eq(page->dpi_x, 0, 1e-9);
}

/* The value of a big-endian 32-bit number @offset bytes into the chunk @name. */
static guint32
chunk_u32(GBytes *bytes, const char *name, guint offset)
{
    gsize n;
    const guint8 *p = g_bytes_get_data(bytes, &n), *at = memmem(p, n, name, 4);
    cr_assert_not_null(at, "no %s chunk", name);
    at += 4 + offset;
    return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

Test(png_write, ink_is_a_palette_of_the_asked_levels_with_exact_density)
{
    static const struct {
        guint levels, depth;
    } rows[] = { { 2, 1 }, { 4, 2 }, { 16, 4 }, { 256, 8 } };
    guint8 alpha[16] = { 0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255 };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bytes = ink_to_png(alpha, 4, 4, (guint8[]){ 210, 10, 20 }, rows[i].levels, 24000);
        cr_assert_eq(chunk_u32(bytes, "IHDR", 0), 4);
        cr_assert_eq(chunk_u32(bytes, "IHDR", 8) >> 24, rows[i].depth);
        cr_assert_eq(chunk_u32(bytes, "IHDR", 8) >> 16 & 255, 3);
        cr_assert_eq(chunk_u32(bytes, "pHYs", 0), 24000);
        cr_assert_eq(chunk_u32(bytes, "pHYs", 4), 24000);
    }
}
