/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ink.c: paper white by closing the ink away, optical density, two inks by least squares.
 */
#include "sealgen/ink.h"

#include <math.h>
#include <string.h>

#define LIGHT_PPM 2.0
#define CLOSE_MM 4.0         /* half side of the square that no stroke fills */
#define WIDE_CLOSE_MM 13.0   /* no name seal fills this one */
#define SOLID_COLOUR 0.88f   /* a channel that falls this much more than another: ink, not shade */
#define SMOOTH_MM 1.5        /* light changes slower than this, but for hard shadows */
#define COLOURED_CHROMA 0.22 /* chroma against density from which an ink is coloured */

static guint8
image_value(const Image *image, gsize pixel, guint channel)
{
    return image->data[pixel * image->channels + (image->channels == 3 ? channel : 0)];
}

/* Mean light of cells, one channel. */
static void
light_cells(const Image *flat, double step, guint channel, guint width, guint height, float *cells)
{
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            guint x0 = MIN((guint)(x * step), flat->width - 1),
                  x1 = MIN(MAX((guint)((x + 1) * step), x0 + 1), flat->width);
            guint y0 = MIN((guint)(y * step), flat->height - 1),
                  y1 = MIN(MAX((guint)((y + 1) * step), y0 + 1), flat->height);
            float sum = 0;
            for (guint v = y0; v < y1; v++)
                for (guint u = x0; u < x1; u++)
                    sum += image_value(flat, (gsize)v * flat->width + u, channel);
            cells[(gsize)y * width + x] = sum / (float)((x1 - x0) * (y1 - y0));
        }
}

/* Running maximum (or minimum) of 2r+1 along a line: van Herk and Gil and Werman, 3 comparisons a value. */
static void
extreme_line(const float *in, float *out, guint n, gsize stride, guint r, gboolean most, float *scratch)
{
    guint k = 2 * r + 1, padded = ((n + 2 * r + k - 1) / k) * k;
    float *f = scratch, *g = f + padded, *h = g + padded;
    for (guint i = 0; i < padded; i++) {
        guint at = i < r ? 0 : MIN(i - r, n - 1);
        f[i] = most ? in[at * stride] : -in[at * stride];
    }
    for (guint i = 0; i < padded; i++)
        g[i] = i % k == 0 ? f[i] : MAX(g[i - 1], f[i]);
    for (guint i = padded; i-- > 0;)
        h[i] = i % k == k - 1 ? f[i] : MAX(h[i + 1], f[i]);
    for (guint i = 0; i < n; i++) {
        float v = MAX(h[i], g[i + 2 * r]);
        out[i * stride] = most ? v : -v;
    }
}

static void
light_extreme(float *v, guint width, guint height, guint r, gboolean most)
{
    g_autofree float *other = g_new(float, (gsize)width *height);
    g_autofree float *scratch = g_new(float, 3 * (gsize)(MAX(width, height) + 4 * r + 2));
    for (guint y = 0; y < height; y++)
        extreme_line(v + (gsize)y * width, other + (gsize)y * width, width, 1, r, most, scratch);
    for (guint x = 0; x < width; x++)
        extreme_line(other + x, v + x, height, width, r, most, scratch);
}

/* Ink closed away: the lightest nearby, then the darkest of those. */
static float *
closed(const float *cells, guint width, guint height, double half_mm)
{
    float *out = g_memdup2(cells, (gsize)width * height * sizeof *out);
    light_extreme(out, width, height, (guint)(half_mm * LIGHT_PPM), TRUE);
    light_extreme(out, width, height, (guint)(half_mm * LIGHT_PPM), FALSE);
    return out;
}

/*
 * A seal with white letters has no bare paper within reach: its colour would be held for the paper's. Light
 * and shade have no colour of their own, so where the near paper is of another colour than the wide one,
 * the wide one counts.
 */
static void
leave_colour_out(float *const near_[3], float *const wide[3], gsize size)
{
    for (gsize i = 0; i < size; i++) {
        float least = G_MAXFLOAT, most = 0;
        for (guint c = 0; c < 3; c++) {
            float share = near_[c][i] / MAX(1.0f, wide[c][i]);
            least = MIN(least, share);
            most = MAX(most, share);
        }
        for (guint c = 0; c < 3 && least < SOLID_COLOUR * most; c++)
            near_[c][i] = wide[c][i];
    }
}

/* Blurred, the rim not darkened: padded by working on a plane of ratios. */
static void
smooth_to_log(float *v, guint width, guint height)
{
    gsize size = (gsize)width * height;
    g_autoptr(Plane) sum = plane_new(width, height, LIGHT_PPM);
    g_autoptr(Plane) one = plane_new(width, height, LIGHT_PPM);
    for (gsize i = 0; i < size; i++) {
        sum->v[i] = v[i];
        one->v[i] = 1;
    }
    plane_blur(sum, SMOOTH_MM * LIGHT_PPM);
    plane_blur(one, SMOOTH_MM * LIGHT_PPM);
    for (gsize i = 0; i < size; i++)
        v[i] = logf(MAX(8.0f, sum->v[i] / MAX(1e-3f, one->v[i])));
}

PaperLight *
paper_light_new(const Image *flat, double ppm)
{
    PaperLight *light = g_new0(PaperLight, 1);
    double step = ppm / LIGHT_PPM;
    light->ppm = LIGHT_PPM;
    light->width = MAX(1u, (guint)ceil(flat->width / step));
    light->height = MAX(1u, (guint)ceil(flat->height / step));
    gsize size = (gsize)light->width * light->height;
    guint channels = flat->channels == 3 ? 3 : 1;
    float *wide[3] = { NULL };
    for (guint c = 0; c < channels; c++) {
        g_autofree float *cells = g_new(float, size);
        light_cells(flat, step, c, light->width, light->height, cells);
        light->log_white[c] = closed(cells, light->width, light->height, CLOSE_MM);
        wide[c] = channels == 3 ? closed(cells, light->width, light->height, WIDE_CLOSE_MM) : NULL;
    }
    if (channels == 3)
        leave_colour_out(light->log_white, wide, size);
    for (guint c = 0; c < 3; c++) {
        g_free(wide[c]);
        if (c < channels)
            smooth_to_log(light->log_white[c], light->width, light->height);
        else
            light->log_white[c] = g_memdup2(light->log_white[0], size * sizeof(float));
    }
    return light;
}

void
paper_light_free(PaperLight *light)
{
    if (!light)
        return;
    for (guint c = 0; c < 3; c++)
        g_free(light->log_white[c]);
    g_free(light);
}

Density *
ink_densities(const PageCrop *crop, const PaperLight *light)
{
    const Image *image = crop->image;
    float table[256];
    for (guint i = 0; i < 256; i++)
        table[i] = logf(MAX(1.5f, (float)i));
    Density *out = g_new(Density, (gsize)image->width * image->height);
    for (guint y = 0; y < image->height; y++) {
        double v = CLAMP((crop->origin_mm.y + y / crop->ppm) * light->ppm - 0.5, 0, light->height - 1.0);
        guint v0 = (guint)v, v1 = MIN(v0 + 1, light->height - 1);
        float fv = (float)(v - v0);
        for (guint x = 0; x < image->width; x++) {
            double u = CLAMP((crop->origin_mm.x + x / crop->ppm) * light->ppm - 0.5, 0, light->width - 1.0);
            guint u0 = (guint)u, u1 = MIN(u0 + 1, light->width - 1);
            float fu = (float)(u - u0);
            gsize i = (gsize)y * image->width + x;
            for (guint c = 0; c < 3; c++) {
                const float *l0 = light->log_white[c] + (gsize)v0 * light->width;
                const float *l1 = light->log_white[c] + (gsize)v1 * light->width;
                float white = (1 - fv) * ((1 - fu) * l0[u0] + fu * l0[u1]) + fv * ((1 - fu) * l1[u0] + fu * l1[u1]);
                out[i].c[c] = white - table[image_value(image, i, c)];
            }
        }
    }
    return out;
}

static float
density_chroma(const Density *d)
{
    return MAX(d->c[0], MAX(d->c[1], d->c[2])) - MIN(d->c[0], MIN(d->c[1], d->c[2]));
}

/* Value that the share @q of @n values lies below; sorts @v. */
static int
compare_floats(gconstpointer a, gconstpointer b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float
quantile(float *v, gsize n, double q)
{
    if (n == 0)
        return 0;
    qsort(v, n, sizeof *v, compare_floats);
    return v[MIN(n - 1, (gsize)(q * (double)n))];
}

gboolean
ink_estimate(const Density *density, gsize n, const guint8 *mask, SealInk *ink)
{
    /* 1: how strong is the colour where it is strong; every 3rd pixel is enough */
    g_autofree float *value = g_new(float, n / 3 + 2);
    gsize m = 0;
    for (gsize i = 0; i < n; i += 3)
        if ((!mask || mask[i]) && density_chroma(&density[i]) > 0.12f)
            value[m++] = density_chroma(&density[i]);
    gsize coloured = m;
    float strong = quantile(value, m, 0.7);
    m = 0;
    for (gsize i = 0; i < n; i += 3) {
        float d = (density[i].c[0] + density[i].c[1] + density[i].c[2]) / 3;
        if ((!mask || mask[i]) && d > 0.15f)
            value[m++] = d;
    }
    if (m < 50)
        return FALSE;
    float dark = quantile(value, m, 0.7);
    ink->coloured = coloured > m / 5 && strong > COLOURED_CHROMA;
    /* 2: mean direction of the pixels that show it: for colour by chroma, for black by darkness */
    double sum[3] = { 0 }, weight = 0;
    for (gsize i = 0; i < n; i += 3) {
        if (mask && !mask[i])
            continue;
        float chroma = density_chroma(&density[i]), d = (density[i].c[0] + density[i].c[1] + density[i].c[2]) / 3;
        if (ink->coloured ? chroma < 0.6f * strong || chroma > 1.5f * strong : d < 0.7f * dark)
            continue;
        for (guint c = 0; c < 3; c++)
            sum[c] += MAX(0, density[i].c[c]);
        weight += 1;
    }
    if (weight < 20)
        return FALSE;
    for (guint c = 0; c < 3; c++) {
        ink->full[c] = (float)(sum[c] / weight);
        if (!ink->coloured)
            ink->full[c] = (float)((sum[0] + sum[1] + sum[2]) / (3 * weight));
        ink->rgb[c] = (guint8)CLAMP(lround(255 * exp(-ink->full[c])), 0, 255);
    }
    return TRUE;
}

void
ink_unmix(const Density *density, guint width, guint height, double ppm, const SealInk *ink, Plane **alpha,
          Plane **foreign)
{
    *alpha = plane_new(width, height, ppm);
    *foreign = plane_new(width, height, ppm);
    const float *s = ink->full;
    float ss = s[0] * s[0] + s[1] * s[1] + s[2] * s[2], sk = s[0] + s[1] + s[2], kk = 3;
    float det = ss * kk - sk * sk;
    for (gsize i = 0; i < (gsize)width * height; i++) {
        const float *o = density[i].c;
        float so = s[0] * o[0] + s[1] * o[1] + s[2] * o[2], ko = o[0] + o[1] + o[2], a, b = 0;
        if (!ink->coloured || det < 1e-4f) {
            a = so / ss;
        } else {
            a = (kk * so - sk * ko) / det;
            b = (ss * ko - sk * so) / det;
            if (b < 0) {
                a = so / ss;
                b = 0;
            }
            if (a < 0) {
                a = 0;
                b = ko / kk;
            }
        }
        (*alpha)->v[i] = CLAMP(a, 0, 1.6f);
        (*foreign)->v[i] = MAX(0, b);
    }
}
