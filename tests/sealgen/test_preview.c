/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_preview.c: tiles of samples, picture and map.
 */
#include "sealgen/preview.h"

#include <criterion/criterion.h>
#include <string.h>

static SheetSeal *
small_seal(guint used)
{
    SheetSeal *seal = sheet_seal_new(0, SEAL_OFFICIAL);
    seal->found = TRUE;
    seal->width = seal->height = 64;
    seal->ink_rgb[0] = 200;
    seal->alpha = g_malloc0(64 * 64);
    seal->agreement = g_malloc0(64 * 64);
    for (guint i = 0; i < used; i++) {
        SheetSample *s = g_new0(SheetSample, 1);
        s->used = TRUE;
        g_ptr_array_add(seal->samples, s);
    }
    memset(seal->alpha, 255, 64 * 32);   /* upper half: ink */
    memset(seal->agreement, 3, 64 * 16); /* of two samples, then of one, then only a sample's */
    memset(seal->agreement + 64 * 16, 1, 64 * 32);
    return seal;
}

Test(preview_draw, the_map_tells_agreement_single_ink_and_what_was_left_out)
{
    g_autoptr(SheetResult) owner = sheet_result_new();
    SheetSeal *seal = small_seal(2);
    g_ptr_array_add(owner->seals, seal);
    g_autoptr(Image) image = preview_draw(seal, 64);
    cr_assert_eq(image->width, 4 * 68 + 4);
    cr_assert_eq(image->height, 72);
    const guint8 *map = image->data + ((gsize)4 * image->width + 4 + 3 * 68 + 30) * 3;
    gsize row = (gsize)image->width * 3;
    cr_expect_eq(map[8 * row], 205);
    cr_expect_eq(map[24 * row], 235);
    cr_expect_eq(map[40 * row], 60);
    cr_expect_eq(map[60 * row], 255);
}

Test(preview_draw, nothing_is_drawn_of_a_seal_that_was_not_found)
{
    g_autoptr(SheetResult) owner = sheet_result_new();
    SheetSeal *seal = small_seal(1);
    g_ptr_array_add(owner->seals, seal);
    seal->found = FALSE;
    cr_expect_null(preview_draw(seal, 64));
}
