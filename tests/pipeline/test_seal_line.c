/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of narrow letters made as wide as the classifier likes them.
 */
#include "pipeline/seal_line.h"

#include <criterion/criterion.h>
#include <png.h>

#define RINGS SOURCE_DIR "/tests/pipeline/rings/"

static guint8 *
load_line(const char *path, HanziLine *line)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    cr_assert(png_image_begin_read_from_file(&image, path));
    image.format = PNG_FORMAT_GRAY;
    guint8 *px = g_malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, px, 0, NULL));
    *line = (HanziLine){ .px = px,
                         .width = image.width,
                         .height = image.height,
                         .stride = image.width,
                         .em_px = 48,
                         .layout = HANZI_SPACED };
    return px;
}

static double
mean_rho(const Hanzi *hanzi, const HanziLine *line, const char *text)
{
    g_auto(HanziVerdict) v = { 0 };
    double sum = 0;
    cr_assert(seal_line_verify(hanzi, line, text, &v));
    for (guint i = 0; i < v.n; i++)
        sum += v.chars[i].rho / v.n;
    return sum;
}

Test(seal_line, the_lines_own_text_fits_and_no_other)
{
    g_autoptr(Hanzi) hanzi = hanzi_open(SOURCE_DIR "/ocr/hanzi/hanzi.model", NULL);
    HanziLine line;
    g_autofree guint8 *px = load_line(RINGS "narrow.png", &line);
    cr_expect_gt(mean_rho(hanzi, &line, "岚溪市沅梓农机服务农民专业合作社"), 0.4);
    cr_expect_lt(mean_rho(hanzi, &line, "江西嘉城瀚梓荟建筑工程有限公司"), 0);
    cr_expect_lt(mean_rho(hanzi, &line, "岚溪市沅梓农机服务"), 0.2, "half of it");
    g_auto(HanziVerdict) v = { 0 };
    cr_expect_not(seal_line_verify(hanzi, &line, "", &v), "no text");
}

Test(seal_line, letters_squeezed_to_half_are_widened_for_reading)
{
    g_autoptr(Hanzi) hanzi = hanzi_open(SOURCE_DIR "/ocr/hanzi/hanzi.model", NULL);
    HanziLine line, half;
    g_autofree guint8 *px = load_line(RINGS "scan.png", &line);
    half = line;
    half.width = half.stride = line.width / 2;
    g_autofree guint8 *squeezed = g_malloc((gsize)half.width * half.height);
    for (guint y = 0; y < half.height; y++)
        for (guint x = 0; x < half.width; x++)
            squeezed[y * half.width + x] = (guint8)((px[y * line.width + 2 * x] + px[y * line.width + 2 * x + 1]) / 2);
    half.px = squeezed;
    g_autoptr(Image) wide = seal_line_widened(hanzi, &half);
    cr_assert_not_null(wide);
    cr_expect_gt(wide->width, half.width * 5 / 4);
    cr_expect_eq(wide->height, half.height);
}

Test(seal_line, names_are_made_of_usual_hanzi_and_signs)
{
    cr_expect(is_name_hanzi(g_utf8_get_char("江")));
    cr_expect(is_name_hanzi('A'));
    cr_expect_not(is_name_hanzi(g_utf8_get_char("冮")));
    guint n;
    g_autofree gunichar *folded = seal_line_folded(" 甲（乙） ", &n);
    cr_expect_eq(n, 4);
    cr_expect_eq(folded[1], '(');
}
