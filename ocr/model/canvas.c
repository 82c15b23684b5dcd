/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.c: what happens to a printed line between the ink and the file.
 */
#include "ocr/model/canvas.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

Canvas *
canvas_new(int width, int height, Ink paper)
{
    Canvas *canvas = g_new0(Canvas, 1);
    canvas->width = width;
    canvas->height = height;
    for (int c = 0; c < 3; c++) {
        canvas->plane[c] = g_new(float, (gsize)width * height);
        for (int i = 0; i < width * height; i++)
            canvas->plane[c][i] = paper.rgb[c];
    }
    return canvas;
}

void
canvas_free(Canvas *canvas)
{
    if (!canvas)
        return;
    for (int c = 0; c < 3; c++)
        g_free(canvas->plane[c]);
    g_free(canvas);
}

double
rand_in(GRand *rand, double low, double high)
{
    return low + (high - low) * g_rand_double(rand);
}

gboolean
rand_chance(GRand *rand, double probability)
{
    return g_rand_double(rand) < probability;
}

void
canvas_print(Canvas *canvas, const guint8 *cover, int stride, Ink ink, double strength)
{
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            guint8 a = cover[y * stride + x];
            if (!a)
                continue;
            float t = (float)(a * strength / 255);
            for (int c = 0; c < 3; c++)
                canvas->plane[c][y * canvas->width + x] *= 1 - t * (1 - ink.rgb[c]);
        }
}

void
canvas_light(Canvas *canvas, double amount, GRand *rand)
{
    double angle = rand_in(rand, 0, 2 * G_PI), slope = rand_in(rand, 0, amount);
    gboolean edge = rand_chance(rand, .35), glare = rand_chance(rand, .15 * amount);
    double edge_angle = rand_in(rand, -.8, .8), edge_at = rand_in(rand, 0, canvas->width);
    double edge_soft = rand_in(rand, .3, 6) * canvas->height / 4, edge_dark = rand_in(rand, 0, amount * .7);
    double gx = rand_in(rand, 0, canvas->width), gr = rand_in(rand, .5, 3) * canvas->height;
    double warm = rand_in(rand, -.1, .1) * amount;
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            double u = (double)x / canvas->width - .5, v = (double)y / canvas->width;
            double f = 1 - slope * (.5 + cos(angle) * u + sin(angle) * v);
            if (edge)
                f *= 1 - edge_dark / (1 + exp(-(x - edge_at + edge_angle * y) / edge_soft));
            double lift = glare ? .7 * exp(-((x - gx) * (x - gx) + 9.0 * y * y) / (gr * gr)) : 0;
            for (int c = 0; c < 3; c++) {
                float *p = &canvas->plane[c][y * canvas->width + x];
                double l = *p * f * (1 + warm * (1 - c));
                *p = (float)(l + lift * (1 - l));
            }
        }
}

void
canvas_moire(Canvas *canvas, double amplitude, GRand *rand)
{
    double period[2], angle[2], phase[2];
    for (int i = 0; i < 2; i++) {
        period[i] = rand_in(rand, 1.9, 12);
        angle[i] = rand_in(rand, 0, G_PI);
        phase[i] = rand_in(rand, 0, 2 * G_PI);
    }
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            double s = 0;
            for (int i = 0; i < 2; i++)
                s += sin(2 * G_PI * (x * cos(angle[i]) + y * sin(angle[i])) / period[i] + phase[i]);
            for (int c = 0; c < 3; c++)
                canvas->plane[c][y * canvas->width + x] += (float)(amplitude * s * (c == 1 ? .6 : 1));
        }
}

static int
make_kernel(float *kernel, int limit, double sigma)
{
    int radius = MIN(limit, (int)ceil(sigma * 2.6));
    double sum = 0;
    for (int k = -radius; k <= radius; k++)
        sum += kernel[k + radius] = (float)exp(-k * k / (2 * sigma * sigma));
    for (int k = 0; k <= 2 * radius; k++)
        kernel[k] /= (float)sum;
    return radius;
}

enum { MAX_RADIUS = 20 };

/* Edges are repeated. Written so that the inner loops run along a row without a branch. */
static void
blur_rows(float *plane, int w, int h, const float *kernel, int radius)
{
    g_autofree float *wide = g_new(float, (gsize)w + 2 * MAX_RADIUS);
    for (int y = 0; y < h; y++) {
        float *row = plane + (gsize)y * w;
        memcpy(wide + radius, row, sizeof(float) * (gsize)w);
        for (int k = 0; k < radius; k++) {
            wide[k] = row[0];
            wide[radius + w + k] = row[w - 1];
        }
        memset(row, 0, sizeof(float) * (gsize)w);
        for (int k = 0; k <= 2 * radius; k++)
            for (int x = 0; x < w; x++)
                row[x] += kernel[k] * wide[x + k];
    }
}

static void
blur_columns(float *plane, int w, int h, const float *kernel, int radius)
{
    g_autofree float *was = g_memdup2(plane, sizeof(float) * (gsize)w * h);
    memset(plane, 0, sizeof(float) * (gsize)w * h);
    for (int y = 0; y < h; y++)
        for (int k = -radius; k <= radius; k++) {
            const float *from = was + (gsize)CLAMP(y + k, 0, h - 1) * w;
            float *row = plane + (gsize)y * w;
            for (int x = 0; x < w; x++)
                row[x] += kernel[k + radius] * from[x];
        }
}

void
canvas_blur(Canvas *canvas, double sigma_x, double sigma_y)
{
    float kernel[2 * MAX_RADIUS + 1];
    for (int c = 0; c < 3; c++) {
        if (sigma_x > .15) {
            int radius = make_kernel(kernel, MAX_RADIUS, sigma_x);
            blur_rows(canvas->plane[c], canvas->width, canvas->height, kernel, radius);
        }
        if (sigma_y > .15) {
            int radius = make_kernel(kernel, MAX_RADIUS, sigma_y);
            blur_columns(canvas->plane[c], canvas->width, canvas->height, kernel, radius);
        }
    }
}

void
canvas_sharpen(Canvas *canvas, double amount)
{
    gsize n = (gsize)canvas->width * canvas->height;
    g_autofree float *was = g_new(float, 3 * n);
    for (int c = 0; c < 3; c++)
        memcpy(was + c * n, canvas->plane[c], n * sizeof(float));
    canvas_blur(canvas, 1, 1);
    for (int c = 0; c < 3; c++)
        for (gsize i = 0; i < n; i++)
            canvas->plane[c][i] = was[c * n + i] + (float)amount * (was[c * n + i] - canvas->plane[c][i]);
}

/* Near enough to normal: four uniform 16-bit numbers, of a generator that costs nothing. */
static float
quick_normal(guint64 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    guint64 s = *state;
    gint32 sum = (gint32)(s & 0xffff) + (gint32)(s >> 16 & 0xffff) + (gint32)(s >> 32 & 0xffff) + (gint32)(s >> 48);
    return (float)(sum - 131070) / 37837.f;
}

void
canvas_noise(Canvas *canvas, double sigma, GRand *rand)
{
    gboolean coloured = rand_chance(rand, .5);
    guint64 state = (guint64)g_rand_int(rand) << 32 | g_rand_int(rand) | 1;
    gsize n = (gsize)canvas->width * canvas->height;
    for (gsize i = 0; i < n; i++) {
        float common = (float)sigma * quick_normal(&state);
        for (int c = 0; c < 3; c++)
            canvas->plane[c][i] += coloured ? (float)sigma * quick_normal(&state) : common;
    }
}

void
canvas_tone(Canvas *canvas, double gamma)
{
    gsize n = (gsize)canvas->width * canvas->height;
    for (int c = 0; c < 3; c++)
        for (gsize i = 0; i < n; i++)
            canvas->plane[c][i] = powf(CLAMP(canvas->plane[c][i], 0.f, 1.f), (float)gamma);
}

void
canvas_threshold(Canvas *canvas, double at)
{
    gsize n = (gsize)canvas->width * canvas->height;
    for (gsize i = 0; i < n; i++) {
        float l = .3f * canvas->plane[0][i] + .59f * canvas->plane[1][i] + .11f * canvas->plane[2][i];
        for (int c = 0; c < 3; c++)
            canvas->plane[c][i] = l > at;
    }
}

static guint8
to_byte(float v)
{
    return (guint8)CLAMP(lrintf(v * 255), 0, 255);
}

static guint8 *
jpeg_encode(const Canvas *canvas, int quality, gboolean halve_colour, unsigned long *size)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr err;
    guint8 *out = NULL;
    jpeg.err = jpeg_std_error(&err);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &out, size);
    jpeg.image_width = (guint)canvas->width;
    jpeg.image_height = (guint)canvas->height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = halve_colour ? 2 : 1;
    jpeg_start_compress(&jpeg, TRUE);
    g_autofree guint8 *row = g_malloc((gsize)canvas->width * 3);
    for (int y = 0; y < canvas->height; y++) {
        for (int x = 0; x < canvas->width; x++)
            for (int c = 0; c < 3; c++)
                row[3 * x + c] = to_byte(canvas->plane[c][y * canvas->width + x]);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return out;
}

void
canvas_jpeg(Canvas *canvas, int quality, gboolean halve_colour)
{
    unsigned long size = 0;
    guint8 *bytes = jpeg_encode(canvas, quality, halve_colour, &size);
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr err;
    jpeg.err = jpeg_std_error(&err);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    g_autofree guint8 *row = g_malloc((gsize)canvas->width * 3);
    for (int y = 0; y < canvas->height; y++) {
        jpeg_read_scanlines(&jpeg, &row, 1);
        for (int x = 0; x < canvas->width; x++)
            for (int c = 0; c < 3; c++)
                canvas->plane[c][y * canvas->width + x] = row[3 * x + c] / 255.f;
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    free(bytes); /* libjpeg's malloc */
}

static float
cubic(float t)
{
    t = fabsf(t);
    if (t < 1)
        return (1.5f * t - 2.5f) * t * t + 1;
    return t < 2 ? ((-.5f * t + 2.5f) * t - 4) * t + 2 : 0;
}

/* The weights of one output sample. */
typedef struct {
    int first, count;
    float weight[64];
} Tap;

static Tap *
make_taps(int n_out, double from, double length)
{
    Tap *taps = g_new(Tap, n_out);
    double scale = length / n_out, wide = CLAMP(scale, 1, 15);
    for (int i = 0; i < n_out; i++) {
        Tap *tap = &taps[i];
        double centre = from + (i + .5) * scale - .5;
        tap->first = (int)ceil(centre - 2 * wide);
        tap->count = MIN((int)floor(centre + 2 * wide) - tap->first + 1, (int)G_N_ELEMENTS(tap->weight));
        float sum = 0;
        for (int k = 0; k < tap->count; k++)
            sum += tap->weight[k] = cubic((float)((tap->first + k - centre) / wide));
        for (int k = 0; k < tap->count; k++)
            tap->weight[k] /= sum;
    }
    return taps;
}

Canvas *
canvas_resample(const Canvas *canvas, double x, double y, double w, double h, int width, int height)
{
    Canvas *out = canvas_new(width, height, (Ink){ { 0, 0, 0 } });
    g_autofree float *half = g_new(float, (gsize)width * canvas->height);
    g_autofree Tap *across = make_taps(width, x, w), *down = make_taps(height, y, h);
    for (int c = 0; c < 3; c++) {
        for (int row = 0; row < canvas->height; row++) {
            const float *in = canvas->plane[c] + (gsize)row * canvas->width;
            for (int i = 0; i < width; i++) {
                float sum = 0;
                for (int k = 0; k < across[i].count; k++)
                    sum += across[i].weight[k] * in[CLAMP(across[i].first + k, 0, canvas->width - 1)];
                half[row * width + i] = sum;
            }
        }
        for (int row = 0; row < height; row++)
            for (int k = 0; k < down[row].count; k++) {
                const float *in = half + (gsize)CLAMP(down[row].first + k, 0, canvas->height - 1) * width;
                float *to = out->plane[c] + (gsize)row * width;
                for (int i = 0; i < width; i++)
                    to[i] += down[row].weight[k] * in[i];
            }
    }
    return out;
}

Image *
canvas_grey(const Canvas *canvas, const float mix[3])
{
    Image *image = image_new((guint)canvas->width, (guint)canvas->height, 1);
    for (int i = 0; i < canvas->width * canvas->height; i++)
        image->data[i] =
            to_byte(mix[0] * canvas->plane[0][i] + mix[1] * canvas->plane[1][i] + mix[2] * canvas->plane[2][i]);
    return image;
}

Image *
canvas_lightest(const Canvas *canvas)
{
    Image *image = image_new((guint)canvas->width, (guint)canvas->height, 1);
    for (int i = 0; i < canvas->width * canvas->height; i++)
        image->data[i] = to_byte(MAX(MAX(canvas->plane[0][i], canvas->plane[1][i]), canvas->plane[2][i]));
    return image;
}
