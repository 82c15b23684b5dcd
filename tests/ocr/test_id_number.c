/* SPDX-License-Identifier: GPL-3.0-or-later */
/* id_number.c: what counts as a number, and lines that hold none. */
#include "ocr/id_number.h"

#include <criterion/criterion.h>
#include <string.h>

#include "ocr/tess.h"

Test(id_number_valid, wants_length_check_character_and_a_birth_since_1900)
{
    static const struct {
        const char *text;
        gboolean valid;
    } rows[] = {
        { "51010719000712789X", TRUE },  { "310115190002281233", TRUE },  { "310115190002281234", FALSE },
        { "51010719000712789", FALSE },  { "51010719000712789XX", FALSE }, { "", FALSE },
        { "51010719001312789X", FALSE }, { "5101071900O712789X", FALSE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        cr_expect_eq(id_number_valid(rows[i].text), rows[i].valid, "%s", rows[i].text);
}

Test(id_number_read, an_empty_line_is_unreadable)
{
    Image *image = image_new(400, 60, 1);
    memset(image->data, 245, 400 * 60);
    Page page = { .image = image, .reduction = 1, .to_stored = homography_identity() };
    g_autoptr(CardView) view = card_view_new(NULL, &page);
    IdcardTools tools = { .figures = tess_open(NULL, "eng", IDCARD_FIGURES, FALSE, NULL) };
    Strip strip = { { 50, 30 }, { 350, 30 }, 18, 0.7, 0.7, 0.45, 0.45 };
    g_auto(NumberReading) reading = { 0 };
    cr_assert(tools.figures);
    id_number_read(&tools, view, &strip, &reading);
    cr_expect_eq(reading.status, FIELD_UNREADABLE);
    cr_expect(!reading.text || !*reading.text);
    g_autofree char *glance = id_number_glance(tools.figures, view, &strip);
    cr_expect(!glance || !*glance);
    Strip none = { { 50, 30 }, { 50, 30 }, 18, 0, 0, 0, 0 };
    cr_expect_null(id_number_glance(tools.figures, view, &none));
    tess_free(tools.figures);
    image_free(image);
}
