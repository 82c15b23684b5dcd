/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codeline_strip.c: where the letters stand in a line picture: their height, tilt and ends.
 */
#include "ocr/codeline_strip.h"

#include <math.h>
#include <string.h>

enum { USEFUL_HEIGHT_PX = 128, STRIP_MAX_WIDTH_PX = 2400 };

void
strip_free(Strip *strip)
{
    if (!strip)
        return;
    image_free(strip->plain);
    image_free(strip->flat);
    g_free(strip);
}

/* ---- even paper --------------------------------------------------------------------------------- */

static guint8
percentile(const guint histogram[256], guint total, double share)
{
    guint want = (guint)(share * total), seen = 0;
    for (guint v = 0; v < 256; v++)
        if ((seen += histogram[v]) > want)
            return (guint8)v;
    return 255;
}

/* White of the paper at each column: a high percentile of a window as wide as three lines are high. */
static double *
paper_white(const Image *image)
{
    guint w = image->width, h = image->height, half = h * 3 / 2;
    double *white = g_new(double, w);
    guint step = MAX(1, h / 4);
    for (guint x = 0; x < w; x += step) {
        guint histogram[256] = { 0 }, total = 0;
        guint first = x > half ? x - half : 0, last = MIN(w - 1, x + half);
        for (guint y = 0; y < h; y++)
            for (guint i = first; i <= last; i++, total++)
                histogram[image->data[y * w + i]]++;
        white[x] = MAX(24, percentile(histogram, total, .80));
    }
    for (guint x = 0; x < w; x++) { /* in between, linear */
        guint a = x / step * step, b = MIN(a + step, (w - 1) / step * step);
        if (x != a && x != b)
            white[x] = white[a] + (white[b] - white[a]) * (x - a) / MAX(1, b - a);
    }
    return white;
}

static Image *
flatten(const Image *image)
{
    g_autofree double *white = paper_white(image);
    Image *flat = image_new(image->width, image->height, 1);
    for (guint y = 0; y < image->height; y++)
        for (guint x = 0; x < image->width; x++) {
            gsize i = (gsize)y * image->width + x;
            flat->data[i] = (guint8)MIN(255, image->data[i] * 235 / white[x]);
        }
    return flat;
}

/* ---- where the letters are ---------------------------------------------------------------------- */

/* Darker than this is ink: half way between the darkest strokes and the paper. */
static guint8
ink_limit(const Image *flat)
{
    guint histogram[256] = { 0 };
    gsize n = (gsize)flat->width * flat->height;
    for (gsize i = 0; i < n; i++)
        histogram[flat->data[i]]++;
    guint8 dark = percentile(histogram, (guint)n, .02), light = percentile(histogram, (guint)n, .75);
    return (guint8)(dark + .55 * (light - dark));
}

/* Ink a row when the picture is sheared by @slope about its middle. */
static void
row_profile(const Image *flat, guint8 limit, double slope, double *profile)
{
    int w = (int)flat->width, h = (int)flat->height;
    memset(profile, 0, sizeof(double) * (gsize)h);
    for (int x = 0; x < w; x++) {
        int shift = (int)lround(slope * (x - w / 2.0));
        for (int y = 0; y < h; y++) {
            int from = y + shift;
            if (from >= 0 && from < h && flat->data[from * w + x] < limit)
                profile[y]++;
        }
    }
}

/* The slope whose profile has the hardest edges. Tilts beyond 2.5 degrees are the caller's. */
static double
find_slope(const Image *flat, guint8 limit, double *profile)
{
    double best = -1, slope = 0;
    for (int step = -10; step <= 10; step++) {
        double s = tan(step * .25 * G_PI / 180), sum = 0;
        row_profile(flat, limit, s, profile);
        for (guint y = 1; y < flat->height; y++)
            sum += (profile[y] - profile[y - 1]) * (profile[y] - profile[y - 1]);
        sum *= 1 - .004 * abs(step); /* level, if there is no telling */
        if (sum > best) {
            best = sum;
            slope = s;
        }
    }
    return slope;
}

/* The band of rows with ink that holds most of it and lies nearest the middle: other lines are cut by
   the upper and lower edge. */
static void
find_band(const double *profile, guint h, guint *top, guint *bottom)
{
    double peak = 0, best = -1;
    for (guint y = h / 8; y < h - h / 8; y++)
        peak = MAX(peak, profile[y]);
    *top = h / 5;
    *bottom = h - h / 5;
    for (guint y = 0; y < h; y++) {
        if (profile[y] <= .22 * peak)
            continue;
        guint first = y;
        double mass = 0;
        for (; y < h && (profile[y] > .22 * peak || (y + 1 < h && profile[y + 1] > .22 * peak)); y++)
            mass += profile[y];
        double off = fabs((first + y) / 2.0 - h / 2.0) / h;
        if (mass * (1 - 1.6 * off) > best) {
            best = mass * (1 - 1.6 * off);
            *top = first;
            *bottom = y;
        }
    }
}

/* Columns with ink in the band. */
static void
find_ends(Strip *strip, guint8 limit)
{
    int w = (int)strip->flat->width, h = (int)strip->flat->height, first = w, last = -1;
    for (int x = 0; x < w; x++) {
        int shift = (int)lround(strip->slope * (x - w / 2.0)), ink = 0;
        for (int y = (int)strip->top; y < (int)strip->bottom; y++)
            if (y + shift >= 0 && y + shift < h && strip->flat->data[(y + shift) * w + x] < limit)
                ink++;
        if (ink < 1 + (strip->bottom - strip->top) / 12)
            continue;
        first = MIN(first, x);
        last = MAX(last, x);
    }
    strip->x0 = first <= last ? first : 0;
    strip->x1 = first <= last ? last + 1 : w;
}

static Strip *
strip_new(const Image *line)
{
    Strip *strip = g_new0(Strip, 1);
    guint factor = MIN(16, line->height / USEFUL_HEIGHT_PX);
    strip->plain = factor >= 2 && line->width >= factor ? image_shrink(line, factor) : image_copy(line);
    strip->shrunk = (double)line->height / strip->plain->height;
    strip->flat = flatten(strip->plain);
    return strip;
}

Strip *
strip_find(const Image *line)
{
    Strip *strip = strip_new(line);
    guint h = strip->flat->height, top, bottom;
    g_autofree double *profile = g_new(double, h);
    guint8 limit = ink_limit(strip->flat);
    strip->slope = find_slope(strip->flat, limit, profile);
    row_profile(strip->flat, limit, strip->slope, profile);
    find_band(profile, h, &top, &bottom);
    if (bottom - top < h * .28) { /* a rule or a blot: think of a usual crop instead */
        top = (guint)(h * .2);
        bottom = h - top;
    }
    strip->top = top;
    strip->bottom = bottom;
    find_ends(strip, limit);
    return strip;
}

Strip *
strip_beside(const Strip *strip, const Image *other)
{
    Strip *beside = strip_new(other);
    double x = (double)beside->plain->width / strip->plain->width;
    double y = (double)beside->plain->height / strip->plain->height;
    beside->x0 = strip->x0 * x;
    beside->x1 = strip->x1 * x;
    beside->top = strip->top * y;
    beside->bottom = strip->bottom * y;
    beside->slope = strip->slope * y / x;
    return beside;
}

/* ---- strips ------------------------------------------------------------------------------------- */

static void
blur_3(const Image *from, Image *to, double centre)
{
    guint w = from->width, h = from->height;
    double side = (1 - centre) / 8;
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++) {
            double sum = 0;
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++) {
                    guint yy = (guint)CLAMP((int)y + dy, 0, (int)h - 1), xx = (guint)CLAMP((int)x + dx, 0, (int)w - 1);
                    sum += (dx || dy ? side : centre) * from->data[yy * w + xx];
                }
            to->data[y * w + x] = (guint8)CLAMP(lround(sum), 0, 255);
        }
}

/* Patterns and what is left of a seal are nearer to the paper than to the print. */
static void
clip_paper(Image *image, double share)
{
    guint histogram[256] = { 0 }, n = image->width * image->height;
    for (guint i = 0; i < n; i++)
        histogram[image->data[i]]++;
    guint8 dark = percentile(histogram, n, .03), light = percentile(histogram, n, .75);
    double paper = dark + share * (light - dark);
    for (guint i = 0; i < n && paper > dark + 8; i++) {
        double v = (image->data[i] - dark) / (paper - dark);
        image->data[i] = (guint8)lround(30 + 205 * CLAMP(v, 0, 1));
    }
}

/*
 * Tesseract takes black from the lower quarter of the dips in the middle row, and white from its bumps. Where
 * letters stand far apart most dips are the grain of the paper, so that paper turned black and the net saw
 * noise. An even paper has no dips: in that one row the grain is taken out.
 */
static void
still_middle_row(Image *image)
{
    guint histogram[256] = { 0 }, n = image->width * image->height;
    for (guint i = 0; i < n; i++)
        histogram[image->data[i]]++;
    guint8 dark = percentile(histogram, n, .03), light = percentile(histogram, n, .75);
    guint8 *row = image->data + STRIP_HEIGHT_PX / 2 * image->width;
    for (guint x = 0; x < image->width; x++)
        if (row[x] > dark + .65 * (light - dark))
            row[x] = light;
}

static float
pixel(const Image *image, int x, int y)
{
    return image->data[CLAMP(y, 0, (int)image->height - 1) * (int)image->width + CLAMP(x, 0, (int)image->width - 1)];
}

static void
cubic_weights(float t, float w[4])
{
    w[0] = ((-.5f * t + 1) * t - .5f) * t;
    w[1] = (1.5f * t - 2.5f) * t * t + 1;
    w[2] = ((-1.5f * t + 2) * t + .5f) * t;
    w[3] = (.5f * t - .5f) * t * t;
}

/* Cubic, as the line maker enlarges; the picture's edge goes on for ever. */
static float
sample(const Image *image, double x, double y)
{
    float wx[4], wy[4], sum = 0;
    int ix = (int)floor(x), iy = (int)floor(y);
    cubic_weights((float)(x - ix), wx);
    cubic_weights((float)(y - iy), wy);
    for (int j = 0; j < 4; j++)
        for (int i = 0; i < 4; i++)
            sum += wy[j] * wx[i] * pixel(image, ix - 1 + i, iy - 1 + j);
    return sum;
}

Image *
strip_cut(const Strip *strip, const StripCut *cut)
{
    const Image *from = cut->flat ? strip->flat : strip->plain;
    double cap = MAX(3, strip->bottom - strip->top), down = cap / cut->cap_px, across = down / cut->stretch;
    double left = strip->x0 - .45 * cap, right = strip->x1 + .45 * cap;
    double middle = (strip->top + strip->bottom - 1) / 2, centre = from->width / 2.0;
    guint width = (guint)CLAMP(lround((right - left) / across), 2 * STRIP_HEIGHT_PX, STRIP_MAX_WIDTH_PX);
    int n = (int)CLAMP(ceil(down - .2), 1, 8); /* samples a side where it shrinks */
    Image *out = image_new(width, STRIP_HEIGHT_PX, 1);
    for (guint v = 0; v < STRIP_HEIGHT_PX; v++)
        for (guint u = 0; u < width; u++) {
            float sum = 0;
            for (int s = 0; s < n * n; s++) {
                double du = (s % n + .5) / n - .5, dv = ((double)(s / n) + .5) / n - .5;
                double x = left + (u + du) * across;
                double y = middle + (v + dv - (STRIP_HEIGHT_PX - 1) / 2.0) * down + strip->slope * (x - centre);
                sum += sample(from, x, y);
            }
            out->data[v * width + u] = (guint8)CLAMP(lrintf(sum / (float)(n * n)), 0, 255);
        }
    if (cut->clip > 0)
        clip_paper(out, cut->clip);
    if (cut->sharpen != 0) {
        g_autoptr(Image) was = image_copy(out);
        blur_3(was, out, cut->sharpen > 0 ? 1 + cut->sharpen : 1. / 3);
    }
    if (cut->still)
        still_middle_row(out);
    return out;
}
