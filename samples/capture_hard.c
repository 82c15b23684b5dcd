/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_hard.c: the worst that applicants send: few pixels, a photographed screen, folds, shadow, glare, a copy of
 * a copy through a messenger. Papers whose size matters (印模采集表) are not for this.
 */
#include "samples/capture.h"

#include <math.h>
#include <string.h>

/* --- the paper --- */

/* Folded once or twice: a light ridge with a dark valley beside it. */
static void
fold(Image *paper, Rng *rng)
{
    for (guint n = 1 + rng_below(rng, 2); n > 0; n--) {
        gboolean lies = rng_chance(rng, .5);
        guint length = lies ? paper->width : paper->height, across = lies ? paper->height : paper->width;
        double at = across * rng_range(rng, .3, .7), drift = rng_range(rng, -.02, .02);
        for (guint i = 0; i < length; i++)
            for (int d = -9; d <= 9; d++) {
                double shade = (d < 0 ? 28 : -34) * exp(-d * d / 16.0);
                long v = lround(at + drift * i) + d;
                if (v < 0 || v >= (long)across)
                    continue;
                guint8 *p = paper->data + 3 * (lies ? (gsize)v * paper->width + i : (gsize)i * paper->width + (gsize)v);
                for (int k = 0; k < 3; k++)
                    p[k] = (guint8)CLAMP(p[k] + shade, 0, 255);
            }
    }
}

/* --- the lens --- */

/* A running mean of 2 @radius + 1 pixels along @lines lines of @n pixels, @step bytes apart. */
static void
blur_lines(guint8 *data, guint n, gsize step, guint lines, gsize line_step, guint radius)
{
    g_autofree guint8 *copy = g_malloc((gsize)n + 2 * radius);
    guint width = 2 * radius + 1;
    for (guint y = 0; y < lines; y++)
        for (guint k = 0; k < 3; k++) {
            guint8 *p = data + y * line_step + k;
            for (guint i = 0; i < n + 2 * radius; i++)
                copy[i] = p[MIN(i > radius ? i - radius : 0, n - 1) * step];
            guint sum = 0;
            for (guint i = 0; i + 1 < width; i++)
                sum += copy[i];
            for (guint i = 0; i < n; i++) {
                sum += copy[i + width - 1];
                p[i * step] = (guint8)(sum / width);
                sum -= copy[i];
            }
        }
}

static void
blur(Image *image, guint radius_x, guint radius_y)
{
    gsize stride = (gsize)image->width * 3;
    if (radius_x)
        blur_lines(image->data, image->width, 3, image->height, stride, radius_x);
    if (radius_y)
        blur_lines(image->data, image->height, stride, image->width, 3, radius_y);
}

/* A screen's pixels against the camera's: bands of colour that come and go. */
static void
moire(Image *image, Rng *rng)
{
    double strength = rng_range(rng, .03, .1), a = rng_range(rng, 0, G_PI), f = 2 * G_PI / rng_range(rng, 3.2, 9);
    double bend = rng_range(rng, 1, 4) / image->height, dx = cos(a) * f, dy = sin(a) * f;
    for (guint y = 0; y < image->height; y++)
        for (guint x = 0; x < image->width; x++) {
            double phase = x * dx + y * dy + 6 * sin(y * bend) * cos(x * bend);
            guint8 *p = image->data + ((gsize)y * image->width + x) * 3;
            for (int k = 0; k < 3; k++)
                p[k] = (guint8)CLAMP(p[k] * (1 + strength * sin(phase + k * 1.6)), 0, 255);
        }
}

/* --- the light --- */

typedef struct {
    double gain, offset, slope_x, slope_y; /* light over the picture */
    double shadow, shadow_a, shadow_b, shadow_c, shadow_soft;
    double glare, glare_x, glare_y, glare_r;
    double cast[3];
    double grain;
} Light;

static Light
light_by_lot(const Image *image, gboolean photo, Rng *rng)
{
    Light l = { .gain = rng_range(rng, photo ? .6 : .88, 1.02), .offset = rng_range(rng, 0, 14) };
    double w = image->width, h = image->height, a = rng_range(rng, 0, 2 * G_PI), slope = photo ? rng_range(rng, 0, .5) : .04;
    l.slope_x = slope * cos(a) / w;
    l.slope_y = slope * sin(a) / h;
    if (photo && rng_chance(rng, .4)) {
        double b = rng_range(rng, 0, 2 * G_PI);
        l.shadow = rng_range(rng, .25, .55);
        l.shadow_a = cos(b), l.shadow_b = sin(b);
        l.shadow_c = -(w * rng_range(rng, .25, .75) * l.shadow_a + h * rng_range(rng, .25, .75) * l.shadow_b);
        l.shadow_soft = rng_range(rng, .01, .08) * w;
    }
    if (photo && rng_chance(rng, .3)) {
        l.glare = rng_range(rng, 60, 190);
        l.glare_x = w * rng_range(rng, .15, .85), l.glare_y = h * rng_range(rng, .15, .85);
        l.glare_r = w * rng_range(rng, .06, .18);
    }
    for (int k = 0; k < 3; k++)
        l.cast[k] = photo ? rng_range(rng, .84, 1) : 1;
    l.grain = rng_range(rng, 1, photo ? 9 : 6);
    return l;
}

static void
expose(Image *image, const Light *l, Rng *rng)
{
    for (guint y = 0; y < image->height; y++)
        for (guint x = 0; x < image->width; x++) {
            double here = l->gain * (1 + l->slope_x * (x - image->width / 2.0) + l->slope_y * (y - image->height / 2.0));
            if (l->shadow > 0)
                here *= 1 - l->shadow / (1 + exp(-(l->shadow_a * x + l->shadow_b * y + l->shadow_c) / l->shadow_soft));
            double add = l->offset + rng_normal(rng) * l->grain;
            if (l->glare > 0) {
                double dx = (x - l->glare_x) / l->glare_r, dy = (y - l->glare_y) / l->glare_r;
                add += l->glare * exp(-(dx * dx + dy * dy));
            }
            guint8 *p = image->data + ((gsize)y * image->width + x) * 3;
            for (int k = 0; k < 3; k++)
                p[k] = (guint8)CLAMP(p[k] * here * l->cast[k] + add, 0, 255);
        }
}

/* --- the two machines --- */

static Homography
turn_about(double cx, double cy, double degrees)
{
    double a = degrees * G_PI / 180, c = cos(a), s = sin(a);
    return (Homography){ { c, -s, cx - c * cx + s * cy, s, c, cy - s * cx - c * cy, 0, 0, 1 } };
}

static Image *
flatbed(const Image *paper, double w_mm, double h_mm, Rng *rng, Captured *out)
{
    static const guint densities[] = { 90, 100, 110, 120, 150, 150, 150, 200 };
    out->dpi = densities[rng_below(rng, G_N_ELEMENTS(densities))];
    double k = out->dpi / 25.4;
    out->width = (guint)lround(w_mm * k), out->height = (guint)lround(h_mm * k);
    Homography grow = homography_scale(k, k), turn = turn_about(out->width / 2.0, out->height / 2.0, rng_normal(rng) * 1.2);
    out->mm_to_px = homography_then(&grow, &turn);
    Homography px_to_mm, canvas = homography_scale(CANVAS_PX_PER_MM, CANVAS_PX_PER_MM);
    homography_invert(&out->mm_to_px, &px_to_mm);
    Homography to_source = homography_then(&px_to_mm, &canvas);
    return image_warp(paper, &to_source, out->width, out->height, 248);
}

static Image *
phone(const Image *paper, double w_mm, double h_mm, Rng *rng, Captured *out)
{
    static const guint longest[] = { 1280, 1440, 1600, 1920, 2560, 3264 };
    guint side = longest[rng_below(rng, G_N_ELEMENTS(longest))], other = side * (rng_chance(rng, .5) ? 9 : 12) / 16;
    gboolean lies = w_mm > h_mm;
    out->width = lies ? side : other, out->height = lies ? other : side;
    double w = out->width, h = out->height, fit = fmin(w / w_mm, h / h_mm) * rng_range(rng, .72, .98);
    Quad mm = quad_rect(0, 0, w_mm, h_mm), px = quad_rect((w - w_mm * fit) / 2, (h - h_mm * fit) / 2, w_mm * fit, h_mm * fit);
    for (int i = 0; i < 4; i++) {
        px.p[i].x += rng_range(rng, -.045, .045) * w;
        px.p[i].y += rng_range(rng, -.045, .045) * h;
    }
    Homography flat, turn = turn_about(w / 2, h / 2, rng_normal(rng) * 3);
    homography_from_quads(&mm, &px, &flat);
    out->mm_to_px = homography_then(&flat, &turn);
    Homography px_to_mm, canvas = homography_scale(CANVAS_PX_PER_MM, CANVAS_PX_PER_MM);
    homography_invert(&out->mm_to_px, &px_to_mm);
    Homography to_source = homography_then(&px_to_mm, &canvas);
    Image *image = image_warp(paper, &to_source, out->width, out->height, (guint8)(40 + rng_below(rng, 120)));
    guint r = rng_below(rng, 2) + (side >= 1920 && rng_chance(rng, .5)) + (side >= 2560);
    blur(image, r, r);
    if (rng_chance(rng, .25)) /* the hand moved */
        blur(image, rng_chance(rng, .5) ? 1 + side / 1300 : 0, rng_chance(rng, .5) ? 1 + side / 1300 : 0);
    if (rng_chance(rng, .2))
        moire(image, rng);
    return image;
}

/* Stored turned, with an EXIF tag that says so or with none. */
static Image *
turn_by_lot(Image *image, Captured *out, guint *orientation, Rng *rng)
{
    static const guint turned[] = { 0, 0, 0, 1, 2, 3 };
    guint quarters = turned[rng_below(rng, G_N_ELEMENTS(turned))];
    static const guint tags[] = { 1, 8, 3, 6 };
    *orientation = rng_chance(rng, .5) ? tags[quarters] : 0;
    if (quarters == 0)
        return image;
    g_autoptr(Image) upright = image;
    double w = image->width, h = image->height;
    const Homography turns[] = { { { 1 } }, { { 0, -1, h - 1, 1, 0, 0, 0, 0, 1 } },
                                 { { -1, 0, w - 1, 0, -1, h - 1, 0, 0, 1 } }, { { 0, 1, 0, -1, 0, w - 1, 0, 0, 1 } } };
    out->mm_to_px = homography_then(&out->mm_to_px, &turns[quarters]);
    return image_turn(upright, quarters);
}

/* Sent on once more: the messenger packs it anew. */
static GBytes *
pack(const Image *image, gboolean again, guint orientation, Rng *rng)
{
    int quality = 30 + (int)rng_below(rng, 45);
    if (!again)
        return capture_jpeg(image, quality, rng_chance(rng, .5) ? 72 : 0, orientation);
    g_autoptr(GBytes) first = capture_jpeg(image, quality, 0, 0);
    g_autoptr(Image) unpacked = capture_jpeg_decode(first);
    return capture_jpeg(unpacked, 40 + (int)rng_below(rng, 40), 0, orientation);
}

void
capture_hard(const Image *whole, double w_mm, double h_mm, Rng *rng, Captured *out)
{
    g_autoptr(Image) paper = image_copy(whole);
    gboolean photo = rng_chance(rng, .55);
    if (rng_chance(rng, .25))
        fold(paper, rng);
    Image *image = photo ? phone(paper, w_mm, h_mm, rng, out) : flatbed(paper, w_mm, h_mm, rng, out);
    if (!photo && rng_chance(rng, .4))
        blur(image, 1, 1);
    Light light = light_by_lot(image, photo, rng);
    expose(image, &light, rng);
    guint orientation;
    g_autoptr(Image) stored = turn_by_lot(image, out, &orientation, rng);
    out->width = stored->width, out->height = stored->height;
    out->bytes = pack(stored, rng_chance(rng, .3), orientation, rng);
    out->suffix = "jpg";
    if (!photo && orientation <= 1 && rng_chance(rng, .2)) {
        g_autoptr(GBytes) jpeg = out->bytes;
        out->bytes = capture_pdf(jpeg, stored->width, stored->height, out->dpi);
        out->suffix = "pdf";
    }
    if (photo)
        out->dpi = 0;
}
