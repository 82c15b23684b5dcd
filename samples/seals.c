/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seals.c: round and oval seals with a ring text, square name seals; ink that is never even. */
#include "samples/seals.h"

#include "samples/canvas.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

void
seal_art_usual(SealArt *art)
{
    art->style = (SealStyle){ .face = FACE_SONG,
                              .height = .27,
                              .narrow = .9,
                              .degrees = 16,
                              .rim_mm = art->width_mm > 36 ? 1.2 : 1,
                              .star = art->bottom ? .26 : .32 };
}

SealArt *
seal_art_new(SealType type, const Company *company, double width_mm, double height_mm)
{
    SealArt *art = g_new0(SealArt, 1);
    art->type = type;
    art->width_mm = width_mm;
    art->height_mm = height_mm;
    art->ring = g_strdup(type == SEAL_LEGAL_REP ? company->rep->name : company->name);
    if (type == SEAL_FINANCE || type == SEAL_CONTRACT || type == SEAL_INVOICE)
        art->bottom = g_strdup(seal_type_name_zh(type));
    if (type == SEAL_OFFICIAL || type == SEAL_FINANCE)
        art->number = g_strdup(company->seal_number);
    if (type == SEAL_INVOICE)
        art->number = g_strdup(company->credit_code);
    seal_art_usual(art);
    return art;
}

void
seal_art_vary(SealArt *art, Rng *rng)
{
    static const char *const faces[] = { FACE_SONG,          FACE_KAI, "Noto Serif CJK SC", "Noto Serif CJK SC Bold",
                                         "Noto Sans CJK SC", FACE_HEI };
    SealStyle *s = &art->style;
    s->face = faces[rng_below(rng, G_N_ELEMENTS(faces))];
    s->bold_mm = rng_range(rng, 0, .16);
    s->height = rng_range(rng, .21, .30);
    s->narrow = rng_range(rng, .68, .96);
    s->degrees = rng_range(rng, 12.5, 19);
    s->rim_mm = rng_range(rng, .7, 1.5);
    s->thin_ring_mm = rng_chance(rng, .2) ? rng_range(rng, .4, .7) : 0;
    s->star *= rng_range(rng, .85, 1.1);
    s->latin = art->type == SEAL_OFFICIAL && rng_chance(rng, .15);
    if (rng_chance(rng, .25) && art->type != SEAL_INVOICE)
        g_clear_pointer(&art->number, g_free);
    if (s->latin)
        g_clear_pointer(&art->number, g_free);
}

void
seal_art_free(SealArt *art)
{
    if (!art)
        return;
    g_free(art->ring);
    g_free(art->bottom);
    g_free(art->number);
    g_free(art);
}

/* One character's outline fitted into a @w x @h box around the origin, its strokes thicker by @bold. */
static void
glyph(cairo_t *cr, const char *face, const char *text, double w, double h, double bold)
{
    const double em = 16, thin = em / 2; /* 一 and · stay thin */
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string(face);
    pango_font_description_set_absolute_size(font, em * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text, -1);
    PangoRectangle ink;
    pango_layout_get_extents(layout, &ink, NULL);
    const double u = PANGO_SCALE;
    cairo_save(cr);
    cairo_scale(cr, w / MAX(ink.width / u, thin), h / MAX(ink.height / u, thin));
    cairo_translate(cr, -(ink.x + ink.width / 2.0) / u, -(ink.y + ink.height / 2.0) / u);
    pango_cairo_layout_path(cr, layout);
    cairo_restore(cr); /* the pen stays round where the letter was squeezed */
    cairo_set_line_width(cr, bold);
    if (bold > 0)
        cairo_stroke_preserve(cr);
    cairo_fill(cr);
    g_object_unref(layout);
}

/*
 * Characters along an ellipse of half axes (a, b): @from to @to in degrees clockwise from the top;
 * @outward: feet to the centre (the ring's text); otherwise feet outward (the number at the bottom).
 */
static void
arc_text(cairo_t *cr, const char *face, const char *text, double a, double b, double from, double to, double w,
         double h, double bold, gboolean outward)
{
    glong n = g_utf8_strlen(text, -1);
    const char *p = text;
    for (glong i = 0; i < n; i++, p = g_utf8_next_char(p)) {
        g_autofree char *one = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
        double angle = (from + (to - from) * (n > 1 ? (double)i / (double)(n - 1) : .5)) * G_PI / 180;
        double x = a * sin(angle), y = -b * cos(angle);
        double normal = atan2(x / (a * a), -y / (b * b)); /* of the ellipse, clockwise from the top */
        cairo_save(cr);
        cairo_translate(cr, x, y);
        cairo_rotate(cr, outward ? normal : normal + G_PI);
        glyph(cr, face, one, w, h, bold);
        cairo_restore(cr);
    }
}

static void
star(cairo_t *cr, double radius)
{
    for (int i = 0; i < 10; i++) {
        double r = i % 2 ? radius * .382 : radius, angle = i * G_PI / 5;
        cairo_line_to(cr, r * sin(angle), -r * cos(angle));
    }
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void
line_text(cairo_t *cr, const char *face, const char *text, double y, double w, double h, double bold, double pitch)
{
    glong n = g_utf8_strlen(text, -1);
    const char *p = text;
    for (glong i = 0; i < n; i++, p = g_utf8_next_char(p)) {
        g_autofree char *one = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
        cairo_save(cr);
        cairo_translate(cr, ((double)i - (double)(n - 1) / 2) * pitch, y);
        glyph(cr, face, one, w, h, bold);
        cairo_restore(cr);
    }
}

static void
ellipse(cairo_t *cr, double a, double b, double line)
{
    cairo_save(cr);
    cairo_scale(cr, a - line / 2, b - line / 2);
    cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
    cairo_restore(cr);
    cairo_set_line_width(cr, line);
    cairo_stroke(cr);
}

static void
draw_round(cairo_t *cr, const SealArt *art)
{
    const SealStyle *s = &art->style;
    double a = art->width_mm / 2, b = art->height_mm / 2, line = s->rim_mm;
    glong n = g_utf8_strlen(art->ring, -1);
    ellipse(cr, a, b, line);
    if (s->thin_ring_mm > 0) {
        ellipse(cr, a - line - s->thin_ring_mm, b - line - s->thin_ring_mm, .25);
        line += s->thin_ring_mm + .25;
    }
    if (s->latin) {
        const char *latin = "LUMING QIXIA INTERNATIONAL TRADING CO., LTD.";
        arc_text(cr, FACE_SANS, latin, a - line - 1.5, b - line - 1.5, -135, 135, 1.1, 1.7, 0, TRUE);
        line += 2.6;
    }
    double h = MIN(b * s->height, 5.2), half = MIN(140.0, s->degrees / 2 * (double)n + 12),
           ring_a = a - line - h * .62 - .5, ring_b = b - line - h * .62 - .5;
    double pitch = 2 * half / 180 * G_PI * MIN(ring_a, ring_b) / (double)MAX(n - 1, 1);
    arc_text(cr, s->face, art->ring, ring_a, ring_b, -half, half, MIN(h * .75, pitch * s->narrow), h, s->bold_mm, TRUE);
    if (art->type != SEAL_INVOICE) {
        cairo_save(cr);
        cairo_translate(cr, 0, art->bottom ? -b * .08 : 0);
        star(cr, a * s->star);
        cairo_restore(cr);
    }
    if (art->bottom)
        line_text(cr, s->face, art->bottom, art->type == SEAL_INVOICE ? b * .28 : b * .42, a * .125, a * .19,
                  s->bold_mm, a * .155);
    if (art->number && art->type == SEAL_INVOICE)
        line_text(cr, FACE_SANS, art->number, -b * .05, a * .05, a * .11, 0, a * .068);
    else if (art->number)
        arc_text(cr, FACE_SANS, art->number, a - line - 1.4, b - line - 1.4, 180 + 24, 180 - 24, .75, 1.2, 0, FALSE);
}

/* A name seal: two columns, read from the right, "印" after names of three; a wide one is one line. */
static void
draw_square(cairo_t *cr, const SealArt *art)
{
    double side = art->width_mm, line = 1;
    cairo_set_line_width(cr, line);
    cairo_rectangle(cr, -side / 2 + line / 2, -art->height_mm / 2 + line / 2, side - line, art->height_mm - line);
    cairo_stroke(cr);
    if (art->height_mm < .8 * side) {
        double pitch = (side - 2 * line) / (double)g_utf8_strlen(art->ring, -1);
        line_text(cr, FACE_KAI, art->ring, 0, pitch * .85, art->height_mm - 2 * line - 1, 0, pitch);
        return;
    }
    g_autofree char *text =
        g_utf8_strlen(art->ring, -1) >= 3 ? g_strconcat(art->ring, "印", NULL) : g_strconcat(art->ring, "之印", NULL);
    double cell = (side - 2 * line - .6) / 2;
    const char *p = text;
    for (int i = 0; i < 4 && *p; i++, p = g_utf8_next_char(p)) {
        g_autofree char *one = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
        cairo_save(cr);
        cairo_translate(cr, i < 2 ? cell / 2 : -cell / 2, i % 2 ? cell / 2 : -cell / 2);
        glyph(cr, FACE_KAI, one, cell * .86, cell * .88, 0);
        cairo_restore(cr);
    }
}

cairo_surface_t *
seal_art_draw(const SealArt *art, double dpi, double pad_mm)
{
    double k = dpi / 25.4;
    int w = (int)lround((art->width_mm + 2 * pad_mm) * k), h = (int)lround((art->height_mm + 2 * pad_mm) * k);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
    cairo_t *cr = cairo_create(surface);
    cairo_translate(cr, w / 2.0, h / 2.0);
    cairo_scale(cr, k, k);
    cairo_set_source_rgba(cr, 0, 0, 0, 1);
    if (art->type == SEAL_LEGAL_REP)
        draw_square(cr, art);
    else
        draw_round(cr, art);
    cairo_destroy(cr);
    return surface;
}

/* Smooth noise in 0..1: bilinear between random values @cell px apart. */
static float *
smooth_noise(guint w, guint h, guint cell, Rng *rng)
{
    guint gw = w / cell + 2, gh = h / cell + 2;
    g_autofree float *grid = g_new(float, gw *gh);
    for (guint i = 0; i < gw * gh; i++)
        grid[i] = (float)rng_range(rng, 0, 1);
    float *out = g_new(float, (gsize)w *h);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            guint gx = x / cell, gy = y / cell;
            float fx = (float)(x % cell) / (float)cell, fy = (float)(y % cell) / (float)cell;
            const float *g = grid + gy * gw + gx;
            out[y * w + x] = (1 - fy) * ((1 - fx) * g[0] + fx * g[1]) + fy * ((1 - fx) * g[gw] + fx * g[gw + 1]);
        }
    return out;
}

cairo_surface_t *
seal_stamp(const SealArt *art, double dpi, double poor, Rng *rng)
{
    cairo_surface_t *surface = seal_art_draw(art, dpi, 1);
    cairo_surface_flush(surface);
    guint w = (guint)cairo_image_surface_get_width(surface), h = (guint)cairo_image_surface_get_height(surface);
    guint8 *data = cairo_image_surface_get_data(surface);
    guint stride = (guint)cairo_image_surface_get_stride(surface);
    g_autofree float *pressure = smooth_noise(w, h, (guint)(dpi / 3), rng),
                     *grain = smooth_noise(w, h, MAX((guint)(dpi / 100), 1), rng);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            double ink = .62 + .38 * pressure[y * w + x] - poor * .6 * (1 - pressure[y * w + x]);
            double hole = grain[y * w + x] < .06 + .3 * poor * (1 - pressure[y * w + x]) ? .35 : 1;
            guint8 *p = data + y * stride + x;
            *p = (guint8)(*p * CLAMP(ink * hole, 0, 1));
        }
    cairo_surface_mark_dirty(surface);
    return surface;
}
