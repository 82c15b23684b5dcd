/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tesseract behind tess.h, on a line of dots drawn here: no font of the machine takes part. */
#include "ocr/tess.h"

#include <criterion/criterion.h>
#include <string.h>

/* A 5x7 dot face, each dot 3 px. */
static const char *const DOTS[][7] = {
    { " ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### " }, /* 0 */
    { "  #  ", " ##  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### " }, /* 1 */
    { "#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #" }, /* H */
};

/* image.h's functions are not under test here. */
static Image *
white(guint width, guint height, guint channels)
{
    Image *image = g_new0(Image, 1);
    image->width = width, image->height = height, image->channels = channels;
    image->data = g_malloc((gsize)width * height * channels);
    memset(image->data, 255, (gsize)width * height * channels);
    return image;
}

static void
drop(Image *image)
{
    g_free(image->data);
    g_free(image);
}

static void
draw(Image *image, guint x, guint y, const char *const dots[7])
{
    for (guint r = 0; r < 21; r++)
        for (guint c = 0; c < 15; c++)
            if (dots[r / 3][c / 3] == '#')
                image->data[(gsize)(y + r) * image->width + x + c] = 20;
}

static Image *
drawn_line(void)
{
    Image *image = white(260, 45, 1);
    static const int order[] = { 2, 0, 1, 2, 1, 1, 0, 2, 0, 1 };
    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        draw(image, 20 + i * 22, 12, DOTS[order[i]]);
    return image;
}

Test(tess, reads_a_line_with_boxes_inside_the_picture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Tess) tess = tess_open(NULL, "eng", "01H", FALSE, &error);
    cr_assert_not_null(tess, "%s", error ? error->message : "");
    Image *image = drawn_line();
    g_autoptr(TessReading) line = tess_read(tess, image, TESS_RAW_LINE, &error);
    cr_assert_not_null(line);
    cr_assert(line->symbols->len >= 5, "read '%s'", line->text);
    cr_assert(strspn(line->text, "01H ") == strlen(line->text), "only the letters allowed: '%s'", line->text);
    for (guint i = 0; i < line->symbols->len; i++) {
        const TessSymbol *s = &g_array_index(line->symbols, TessSymbol, i);
        cr_assert(s->x0 >= 0 && s->x1 <= image->width && s->y0 >= 0 && s->y1 <= image->height);
        cr_assert(s->confidence >= 0 && s->confidence <= 100);
        cr_assert_eq(s->begins_line, i == 0);
    }
    g_autoptr(TessReading) again = tess_read(tess, image, TESS_RAW_LINE, &error);
    cr_assert_str_eq(again->text, line->text, "the same picture gives the same text");
    drop(image);
}

Test(tess, an_empty_picture_gives_an_empty_reading_and_no_abort)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Tess) tess = tess_open(NULL, "eng", NULL, TRUE, &error);
    cr_assert_not_null(tess);
    Image *image = white(200, 40, 1);
    static const TessMode modes[] = { TESS_LINE, TESS_BLOCK, TESS_PAGE };
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autoptr(TessReading) line = tess_read(tess, image, modes[i], &error);
        cr_assert_not_null(line);
        cr_assert_str_eq(line->text, "");
        cr_assert_eq(line->symbols->len, 0);
    }
    drop(image);
}

Test(tess, a_missing_model_is_named)
{
    g_autoptr(GError) error = NULL;
    cr_assert_null(tess_open("/nowhere", "sbcode", NULL, FALSE, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    cr_assert(strstr(error->message, "/nowhere/sbcode.traineddata") != NULL);
}

Test(tess, colour_and_oversized_pictures_are_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Tess) tess = tess_open(NULL, "eng", NULL, FALSE, &error);
    Image *colour = white(10, 10, 3);
    cr_assert_null(tess_read(tess, colour, TESS_LINE, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    Image *wide = white(TESS_MAX_SIDE_PX + 1, 2, 1);
    cr_assert_null(tess_read(tess, wide, TESS_LINE, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    drop(colour);
    drop(wide);
}
