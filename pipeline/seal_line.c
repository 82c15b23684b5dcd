/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_line.c: the widening that a text's own length asks for, and the one at which most can be read.
 */
#include "pipeline/seal_line.h"

#include <math.h>

#include "pipeline/usual_hanzi.h"

#define LEGIBLE .70   /* mean confidence of a line that needs no widening */
#define PITCH_EM 1.02 /* letters of a fitted line stand so far apart */
enum { LEGIBLE_LEAST = 4, WIDTH_MOST = 6000 };

gboolean
is_name_hanzi(gunichar c)
{
    return is_usual_hanzi(c) || g_unichar_get_script(c) != G_UNICODE_SCRIPT_HAN;
}

gunichar *
seal_line_folded(const char *text, guint *n)
{
    glong length;
    gunichar *out = g_utf8_to_ucs4_fast(text, -1, &length);
    *n = 0;
    for (glong i = 0; i < length; i++)
        if (!g_unichar_isspace(out[i]))
            out[(*n)++] = hanzi_fold(out[i]);
    return out;
}

static Image *
widened(const HanziLine *line, double factor)
{
    Image *out = image_new((guint)lround(line->width * factor), line->height, 1);
    for (guint x = 0; x < out->width; x++) {
        double u = CLAMP((x + 0.5) / factor - 0.5, 0, line->width - 1.0);
        guint left = (guint)u, right = MIN(left + 1, line->width - 1);
        for (guint y = 0; y < line->height; y++) {
            const guint8 *row = line->px + y * line->stride;
            out->data[(gsize)y * out->width + x] = (guint8)lround(row[left] + (u - left) * (row[right] - row[left]));
        }
    }
    return out;
}

/* Letters of a ring may be half as wide as high: the picture as wide as @n letters that stand PITCH_EM apart need. */
static Image *
fitted(const HanziLine *line, guint n)
{
    guint first = line->width, last = 0;
    for (guint x = 0; x < line->width; x++) {
        guint dark = 0;
        for (guint y = line->height / 6; y < line->height - line->height / 6; y++)
            dark += 255u - line->px[y * line->stride + x];
        if (dark > 2 * 255) {
            first = MIN(first, x);
            last = x;
        }
    }
    double factor = last > first ? (n - 0.12) * PITCH_EM * line->em_px / (last - first + 1) : 1;
    return factor > 1.03 && factor < 4 && line->width * factor < WIDTH_MOST ? widened(line, factor) : NULL;
}

gboolean
seal_line_verify(const Hanzi *hanzi, const HanziLine *line, const char *text, HanziVerdict *verdict)
{
    g_autoptr(Image) wide = fitted(line, (guint)g_utf8_strlen(text, -1));
    HanziLine picture = *line;
    if (wide) {
        picture.px = wide->data;
        picture.width = wide->width;
        picture.stride = wide->width;
    }
    return hanzi_verify_among(hanzi, &picture, text, is_name_hanzi, verdict, NULL);
}

static double
legibility(const Hanzi *hanzi, const HanziLine *line)
{
    g_auto(HanziReading) reading = { 0 };
    double sum = 0;
    if (!hanzi_read(hanzi, line, HANZI_READ_NAME, &reading, NULL) || reading.n < LEGIBLE_LEAST)
        return 0;
    for (guint i = 0; i < reading.n; i++)
        sum += reading.chars[i].confidence / reading.n;
    return sum;
}

Image *
seal_line_widened(const Hanzi *hanzi, const HanziLine *line)
{
    static const double FACTORS[] = { 1.3, 1.65, 2.1 };
    double best = legibility(hanzi, line);
    Image *widest = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(FACTORS) && best < LEGIBLE && line->width * FACTORS[i] < WIDTH_MOST; i++) {
        g_autoptr(Image) image = widened(line, FACTORS[i]);
        HanziLine wide = *line;
        wide.px = image->data;
        wide.width = image->width;
        wide.stride = image->width;
        double now = legibility(hanzi, &wide);
        if (now > best + 0.05) {
            best = now;
            g_clear_pointer(&widest, image_free);
            widest = g_steal_pointer(&image);
        }
    }
    return widest;
}
