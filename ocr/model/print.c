/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print.c: letters by Pango, lines by cairo, both as a cover that canvas_print lays down.
 */
#include "ocr/model/print.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

/* Letters are laid out at this size and scaled: one size a face keeps Pango's caches small. */
#define SET_PX 64

typedef struct {
    cairo_surface_t *surface;
    cairo_t *cr;
} Cover;

static Cover
cover_new(const Canvas *canvas)
{
    Cover cover;
    cover.surface = cairo_image_surface_create(CAIRO_FORMAT_A8, canvas->width, canvas->height);
    cover.cr = cairo_create(cover.surface);
    cairo_set_antialias(cover.cr, CAIRO_ANTIALIAS_BEST);
    return cover;
}

static void
cover_print(Cover *cover, Canvas *canvas, Ink ink, double strength)
{
    cairo_surface_flush(cover->surface);
    canvas_print(canvas, cairo_image_surface_get_data(cover->surface), cairo_image_surface_get_stride(cover->surface),
                 ink, strength);
    cairo_destroy(cover->cr);
    cairo_surface_destroy(cover->surface);
}

/* ---- letters ------------------------------------------------------------------------------------ */

static PangoLayout *
layout_of(const Face *face)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    PangoLayout *layout = pango_layout_new(context);
    g_object_unref(context);
    PangoFontDescription *description = pango_font_description_from_string(face->name);
    pango_font_description_set_absolute_size(description, SET_PX * PANGO_SCALE);
    pango_layout_set_font_description(layout, description);
    pango_font_description_free(description);
    return layout;
}

static double
set_letter(PangoLayout *layout, const char *letter, gsize bytes)
{
    PangoRectangle logical;
    pango_layout_set_text(layout, letter, (int)bytes);
    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

/* Height of a digit at SET_PX. */
static double
cap_height(PangoLayout *layout)
{
    PangoRectangle ink;
    pango_layout_set_text(layout, "1", 1);
    pango_layout_get_extents(layout, &ink, NULL);
    return MAX(10, (double)ink.height / PANGO_SCALE);
}

static gboolean
ends_group(const guint8 *groups, guint done)
{
    guint sum = 0;
    for (; groups && *groups; groups++)
        if ((sum += *groups) == done)
            return TRUE;
    return FALSE;
}

/* Advance of each letter in pixels; at most @max of them. Returns how many. */
static guint
advances(const char *text, const PrintStyle *style, PangoLayout *layout, double scale, double *out, guint max)
{
    guint n = 0;
    for (const char *p = text; *p && n < max; p = g_utf8_next_char(p), n++) {
        out[n] = set_letter(layout, p, (gsize)(g_utf8_next_char(p) - p)) * scale * style->stretch;
        out[n] += style->spacing * style->cap_px;
        if (ends_group(style->groups, n + 1))
            out[n] += style->group_gap * style->cap_px;
    }
    return n;
}

enum { MAX_LETTERS = 64 };

double
print_width(const char *text, const PrintStyle *style)
{
    g_autoptr(PangoLayout) layout = layout_of(style->face);
    double advance[MAX_LETTERS], sum = 0;
    guint n = advances(text, style, layout, style->cap_px / cap_height(layout), advance, MAX_LETTERS);
    for (guint i = 0; i < n; i++)
        sum += advance[i];
    return sum - style->spacing * style->cap_px;
}

static void
fill_path(cairo_t *cr, double bold, double scale)
{
    if (bold <= 0) {
        cairo_fill_preserve(cr);
        if (bold < 0) { /* take the edge off again */
            cairo_set_operator(cr, CAIRO_OPERATOR_DEST_OUT);
            cairo_set_line_width(cr, -bold / scale);
            cairo_stroke_preserve(cr);
            cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
        }
    } else {
        cairo_fill_preserve(cr);
        cairo_set_line_width(cr, bold / scale);
        cairo_stroke_preserve(cr);
    }
    cairo_new_path(cr);
}

/* Print that pales: where the drum or the pen gave less. */
static void
thin(Cover *cover, double fade, GRand *rand)
{
    cairo_surface_flush(cover->surface);
    guint8 *data = cairo_image_surface_get_data(cover->surface);
    int w = cairo_image_surface_get_width(cover->surface), h = cairo_image_surface_get_height(cover->surface);
    int stride = cairo_image_surface_get_stride(cover->surface);
    double centre = rand_in(rand, 0, w), wide = rand_in(rand, .05, .5) * w, ripple = rand_in(rand, 0, fade * .5);
    double period = rand_in(rand, .02, .3) * w, phase = rand_in(rand, 0, 6.28);
    for (int x = 0; x < w; x++) {
        double u = (x - centre) / wide;
        double keep = 1 - fade * exp(-u * u) - ripple * (.5 + .5 * sin(6.28 * x / period + phase));
        for (int y = 0; y < h; y++)
            data[y * stride + x] = (guint8)(data[y * stride + x] * MAX(.12, keep));
    }
    cairo_surface_mark_dirty(cover->surface);
}

void
print_text(Canvas *canvas, const char *text, const PrintStyle *style, double x, double y, double tilt, Ink ink,
           double fade, GRand *rand)
{
    g_autoptr(PangoLayout) layout = layout_of(style->face);
    double scale = style->cap_px / cap_height(layout), advance[MAX_LETTERS];
    guint n = advances(text, style, layout, scale, advance, MAX_LETTERS), i = 0;
    Cover cover = cover_new(canvas);
    cairo_translate(cover.cr, x, y);
    cairo_rotate(cover.cr, tilt);
    cairo_set_line_join(cover.cr, CAIRO_LINE_JOIN_ROUND);
    for (const char *p = text; *p && i < n; p = g_utf8_next_char(p), i++) {
        set_letter(layout, p, (gsize)(g_utf8_next_char(p) - p));
        cairo_save(cover.cr);
        cairo_translate(cover.cr, 0, style->jitter * style->cap_px * rand_in(rand, -1, 1));
        cairo_matrix_t shear;
        cairo_matrix_init(&shear, scale * style->stretch, 0, -style->slant * scale, scale, 0, 0);
        cairo_transform(cover.cr, &shear);
        cairo_move_to(cover.cr, 0, -(double)pango_layout_get_baseline(layout) / PANGO_SCALE);
        pango_cairo_layout_path(cover.cr, layout);
        fill_path(cover.cr, style->bold * style->cap_px, scale);
        cairo_restore(cover.cr);
        cairo_translate(cover.cr, advance[i], 0);
    }
    if (fade > 0)
        thin(&cover, fade, rand);
    cover_print(&cover, canvas, ink, 1);
}

/* ---- pattern ------------------------------------------------------------------------------------ */

void
print_pattern(Canvas *canvas, double cap_px, double strength, GRand *rand)
{
    static const Ink tints[] = { { { .85f, .7f, .45f } }, { { .9f, .55f, .5f } }, { { .55f, .75f, .9f } },
                                 { { .6f, .85f, .7f } },  { { .8f, .6f, .8f } },  { { .6f, .6f, .6f } } };
    for (int families = g_rand_int_range(rand, 1, 4); families; families--) {
        Cover cover = cover_new(canvas);
        double step = cap_px * rand_in(rand, .12, .9), amplitude = step * rand_in(rand, .2, 3);
        double period = cap_px * rand_in(rand, .8, 9), phase = rand_in(rand, 0, 6.28), drift = rand_in(rand, -.8, .8);
        cairo_rotate(cover.cr, rand_in(rand, -.5, .5));
        cairo_set_line_width(cover.cr, cap_px * rand_in(rand, .015, .08));
        for (double y0 = -canvas->width * .6; y0 < canvas->height + canvas->width * .6; y0 += step) {
            for (double x = -20; x < canvas->width * 1.2; x += period / 10) {
                double y = y0 + amplitude * sin(6.283 * x / period + phase + drift * y0 / step);
                if (y < -canvas->width || y > 2.0 * canvas->width)
                    continue;
                cairo_line_to(cover.cr, x, y);
            }
            cairo_stroke(cover.cr);
        }
        cover_print(&cover, canvas, tints[g_rand_int_range(rand, 0, G_N_ELEMENTS(tints))], strength);
    }
}

/* ---- seals -------------------------------------------------------------------------------------- */

static Ink
seal_ink(GRand *rand)
{
    double roll = g_rand_double(rand);
    float v = (float)rand_in(rand, -.08, .08);
    if (roll < .72) /* red to orange */
        return (Ink){ { (float)rand_in(rand, .68, .95), (float)rand_in(rand, .05, .35), .2f + v } };
    if (roll < .84) /* blue */
        return (Ink){ { .2f + v, .28f + v, (float)rand_in(rand, .5, .8) } };
    if (roll < .93) /* purple */
        return (Ink){ { .5f + v, .2f + v, .55f + v } };
    return (Ink){ { .3f + v, .3f + v, .3f + v } };
}

static void
seal_star(cairo_t *cr, double radius)
{
    for (int i = 0; i < 10; i++) {
        double r = i % 2 ? radius * .38 : radius, a = i * G_PI / 5;
        cairo_line_to(cr, r * sin(a), -r * cos(a));
    }
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void
seal_letters(cairo_t *cr, double radius, double size, GRand *rand)
{
    static const gunichar some[] = { 0x6709, 0x9650, 0x516c, 0x53f8, 0x79d1, 0x6280, 0x5efa, 0x8bbe, 0x5de5, 0x7a0b,
                                     0x5e02, 0x4e13, 0x7528, 0x7ae0, 0x5408, 0x540c, 0x8d38, 0x6613, 0x80a1, 0x4efd };
    Face face = { (char *)"AR PL UMing CN", 1 };
    g_autoptr(PangoLayout) layout = layout_of(&face);
    double step = size * rand_in(rand, 1.1, 1.7) / radius;
    for (double a = -2.2; a < 2.2; a += step) {
        char letter[7];
        letter[g_unichar_to_utf8(some[g_rand_int_range(rand, 0, G_N_ELEMENTS(some))], letter)] = '\0';
        set_letter(layout, letter, strlen(letter));
        cairo_save(cr);
        cairo_rotate(cr, a);
        cairo_translate(cr, -size * .35, -radius);
        cairo_scale(cr, size * .75 / SET_PX, size / SET_PX);
        cairo_move_to(cr, 0, 0);
        pango_cairo_layout_path(cr, layout);
        cairo_fill_preserve(cr);
        cairo_set_line_width(cr, SET_PX * .05);
        cairo_stroke(cr);
        cairo_restore(cr);
    }
}

/* Ink that did not take everywhere. */
static void
patch(Cover *cover, double amount, GRand *rand)
{
    cairo_surface_flush(cover->surface);
    guint8 *data = cairo_image_surface_get_data(cover->surface);
    int w = cairo_image_surface_get_width(cover->surface), h = cairo_image_surface_get_height(cover->surface);
    int stride = cairo_image_surface_get_stride(cover->surface);
    double fx = rand_in(rand, .02, .2), fy = rand_in(rand, .02, .2), p = rand_in(rand, 0, 6.28);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            double cloud = .5 + .5 * sin(fx * x + p + 2 * sin(fy * y)) * sin(fy * y - fx * .4 * x);
            double keep = 1 - amount * cloud - .25 * amount * g_rand_double(rand);
            data[y * stride + x] = (guint8)(data[y * stride + x] * CLAMP(keep, 0, 1));
        }
    cairo_surface_mark_dirty(cover->surface);
}

void
print_seal(Canvas *canvas, double cap_px, double strength, GRand *rand)
{
    Cover cover = cover_new(canvas);
    double mm = cap_px / rand_in(rand, 2.2, 3.8);
    gboolean square = rand_chance(rand, .12);
    double radius = mm * (square ? rand_in(rand, 8, 12) : rand_in(rand, 17, 22));
    /* Anywhere so that some of it meets the line. */
    double cx = rand_in(rand, -.1, 1.1) * canvas->width;
    double cy = canvas->height / 2.0 + rand_in(rand, -1, 1) * radius * 1.02;
    cairo_translate(cover.cr, cx, cy);
    cairo_rotate(cover.cr, rand_in(rand, -.6, .6));
    cairo_set_line_width(cover.cr, mm * rand_in(rand, .8, 1.5));
    if (square) {
        cairo_rectangle(cover.cr, -radius, -radius, 2 * radius, 2 * radius);
        cairo_stroke(cover.cr);
        seal_letters(cover.cr, radius * .4, radius * .7, rand);
    } else {
        cairo_scale(cover.cr, 1, rand_chance(rand, .2) ? .72 : 1);
        cairo_arc(cover.cr, 0, 0, radius, 0, 2 * G_PI);
        cairo_stroke(cover.cr);
        seal_letters(cover.cr, radius * rand_in(rand, .86, .93), mm * rand_in(rand, 3.2, 5), rand);
        if (rand_chance(rand, .8))
            seal_star(cover.cr, mm * rand_in(rand, 5, 8));
    }
    patch(&cover, rand_in(rand, 0, .8), rand);
    cover_print(&cover, canvas, seal_ink(rand), strength);
}

/* ---- rules and dirt ----------------------------------------------------------------------------- */

void
print_rule(Canvas *canvas, double x0, double y0, double x1, double y1, double width, Ink ink, double strength)
{
    Cover cover = cover_new(canvas);
    cairo_set_line_width(cover.cr, width);
    cairo_move_to(cover.cr, x0, y0);
    cairo_line_to(cover.cr, x1, y1);
    cairo_stroke(cover.cr);
    cover_print(&cover, canvas, ink, strength);
}

void
print_specks(Canvas *canvas, guint count, double size, GRand *rand)
{
    Cover cover = cover_new(canvas);
    while (count--) {
        double r = size * rand_in(rand, .2, 1);
        cairo_save(cover.cr);
        cairo_translate(cover.cr, rand_in(rand, 0, canvas->width), rand_in(rand, 0, canvas->height));
        cairo_rotate(cover.cr, rand_in(rand, 0, 3));
        cairo_scale(cover.cr, r, r * rand_in(rand, .3, 1));
        cairo_arc(cover.cr, 0, 0, 1, 0, 2 * G_PI);
        cairo_fill(cover.cr);
        cairo_restore(cover.cr);
    }
    cover_print(&cover, canvas, (Ink){ { .15f, .15f, .15f } }, rand_in(rand, .3, 1));
}
