/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.c: grey copies, seals and light on drawn pages. */
#include "ocr/look.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { PX_PER_MM = 4, WIDTH = 210 * PX_PER_MM, HEIGHT = 297 * PX_PER_MM };

static Image *
page(guint8 r, guint8 g, guint8 b)
{
    Image *image = image_new(WIDTH, HEIGHT, 3);
    for (gsize i = 0; i < (gsize)WIDTH * HEIGHT; i++) {
        image->data[3 * i] = r;
        image->data[3 * i + 1] = g;
        image->data[3 * i + 2] = b;
    }
    return image;
}

static void
put(Image *image, gint x, gint y, guint8 r, guint8 g, guint8 b)
{
    if (x < 0 || y < 0 || x >= (gint)image->width || y >= (gint)image->height)
        return;
    guint8 *p = image->data + 3 * ((gsize)y * image->width + (gsize)x);
    p[0] = r, p[1] = g, p[2] = b;
}

/* A ring of @radius_mm, its line @line_mm wide. */
static void
ring(Image *image, double cx_mm, double cy_mm, double radius_mm, double line_mm, gboolean red)
{
    for (gint y = 0; y < (gint)image->height; y++)
        for (gint x = 0; x < (gint)image->width; x++) {
            double r = hypot(x / (double)PX_PER_MM - cx_mm, y / (double)PX_PER_MM - cy_mm);
            if (r <= radius_mm && r >= radius_mm - line_mm)
                put(image, x, y, red ? 200 : 70, 40, red ? 50 : 190);
        }
}

static void
box(Image *image, gint x0_mm, gint y0_mm, gint w_mm, gint h_mm, guint8 r, guint8 g, guint8 b)
{
    for (gint y = y0_mm * PX_PER_MM; y < (y0_mm + h_mm) * PX_PER_MM; y++)
        for (gint x = x0_mm * PX_PER_MM; x < (x0_mm + w_mm) * PX_PER_MM; x++)
            put(image, x, y, r, g, b);
}

/* A card at 60, 40 mm. */
static Document *
look(const Image *image)
{
    Document *document = document_new(SEEN_ID_FRONT, 0);
    LookPlace place = { quad_rect(60 * PX_PER_MM, 40 * PX_PER_MM, 85.6 * PX_PER_MM, 54 * PX_PER_MM), PX_PER_MM };
    look_at_document(image, &place, document);
    return document;
}

Test(look, a_coloured_portrait_is_no_copy_and_no_seal)
{
    g_autoptr(Image) image = page(250, 250, 250);
    box(image, 120, 55, 20, 25, 180, 40, 60); /* red clothes */
    g_autoptr(Document) d = look(image);
    cr_expect_eq(d->capture, CAPTURE_SCAN);
    cr_expect_not(d->stamp_present);
    cr_expect_eq(d->quality, 0);
}

Test(look, a_grey_copy_may_carry_a_red_or_blue_seal_beside_it)
{
    for (gboolean red = FALSE; red <= TRUE; red++) {
        g_autoptr(Image) image = page(252, 248, 238); /* warm paper */
        box(image, 70, 50, 40, 3, 60, 60, 58);
        g_autoptr(Document) bare = look(image);
        cr_expect_eq(bare->capture, CAPTURE_GREY_COPY);
        cr_expect_not(bare->stamp_present);
        ring(image, 100, 130, 20, 1.2, red);
        g_autoptr(Document) stamped = look(image);
        cr_expect_eq(stamped->capture, CAPTURE_GREY_COPY);
        cr_expect(stamped->stamp_present);
    }
}

Test(look, other_coloured_things_are_no_seals)
{
    g_autoptr(Image) image = page(250, 250, 250);
    ring(image, 70, 60, 7, 7, TRUE);              /* an emblem */
    box(image, 20, 150, 150, 2, 30, 40, 200);     /* a ruled line */
    box(image, 40, 180, 45, 45, 220, 30, 40);     /* a solid patch */
    g_autoptr(Document) d = look(image);
    cr_expect_not(d->stamp_present);
}

Test(look, a_blue_line_across_a_red_seal_hides_nothing)
{
    g_autoptr(Image) image = page(250, 250, 250);
    ring(image, 100, 130, 20, 1.2, TRUE);
    box(image, 85, 128, 90, 2, 30, 40, 200);
    g_autoptr(Document) d = look(image);
    cr_expect(d->stamp_present);
}

Test(look, uneven_light_is_a_photograph_and_a_burnt_spot_is_glare)
{
    g_autoptr(Image) image = page(250, 250, 250);
    box(image, 62, 42, 8, 8, 40, 60, 200);
    for (gint y = 0; y < HEIGHT; y++)
        for (gint x = 0; x < WIDTH; x++) {
            guint8 *p = image->data + 3 * ((gsize)y * WIDTH + (gsize)x);
            for (guint c = 0; c < 3; c++)
                p[c] = (guint8)(p[c] * (0.95 - 0.45 * x / WIDTH));
        }
    g_autoptr(Document) plain = look(image);
    cr_expect_eq(plain->capture, CAPTURE_PHOTO);
    cr_expect_eq(plain->quality, 0);
    box(image, 90, 50, 20, 20, 255, 255, 255);
    g_autoptr(Document) glaring = look(image);
    cr_expect(glaring->quality & QUALITY_GLARE);
}

Test(look, a_card_over_the_edge_is_cut_and_a_black_picture_is_dark)
{
    g_autoptr(Image) image = page(20, 20, 20);
    g_autoptr(Document) d = document_new(SEEN_ID_FRONT, 0);
    LookPlace place = { quad_rect(-100, 40, 85.6 * PX_PER_MM, 54 * PX_PER_MM), PX_PER_MM };
    look_at_document(image, &place, d);
    cr_expect(d->quality & QUALITY_CUT_BORDER);
    cr_expect(d->quality & QUALITY_DARK);
}

Test(look, a_place_outside_the_picture_says_nothing)
{
    g_autoptr(Image) grey = image_new(40, 30, 1);
    memset(grey->data, 200, 40 * 30);
    g_autoptr(Document) d = document_new(SEEN_ID_FRONT, 0);
    LookPlace place = { quad_rect(1000, 1000, 100, 60), 4 };
    look_at_document(grey, &place, d);
    cr_expect_eq(d->capture, CAPTURE_UNKNOWN);
    cr_expect_not(d->stamp_present);
}
