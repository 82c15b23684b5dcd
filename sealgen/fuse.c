/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuse.c: gains and ink by alternating least squares, then even strength and edges.
 */
#include "sealgen/fuse.h"

#include <math.h>

#define GAIN_MM 1.3       /* how fast pressure may change (sigma) */
#define WIDE_MM 3.0       /* the wider neighbourhood */
#define LONE 0.15f        /* what ink that one sample alone shows tells about the others' gain */
#define EVEN_MM 1.0       /* neighbourhood a stroke's strength is compared with */
#define FOREIGN_HALF 0.20 /* density of foreign ink at which a sample's say is halved */
#define SHARPEN_MM 0.25f  /* what optics and paper have spread, taken back */
#define SHARPEN 2.5f
#define EDGE 0.6f /* ink runs: its edge lies above half */
#define SECTORS 16
#define SECTOR_FAIR 0.45

typedef struct {
    Plane *ink, *weight, *gain;
} Layer;

static void
layer_open(const FuseSample *s, guint width, guint height, double ppm, Layer *layer)
{
    const Impression *imp = s->impression;
    layer->ink = plane_warp(imp->alpha, &s->to_px, width, height, ppm, TRUE);
    g_autoptr(Plane) foreign = plane_copy(imp->foreign);
    plane_blur(foreign, 0.12 * foreign->ppm);
    layer->weight = plane_warp(foreign, &s->to_px, width, height, ppm, FALSE);
    layer->gain = plane_new(width, height, ppm);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            gsize i = (gsize)y * width + x;
            Point p = affine_apply(&s->to_px, (Point){ x, y });
            float f = layer->weight->v[i] / (float)FOREIGN_HALF;
            gboolean in = p.x >= 0 && p.y >= 0 && p.x < imp->alpha->width && p.y < imp->alpha->height;
            layer->weight->v[i] = in ? 1 / (1 + f * f) : 0;
            layer->ink->v[i] = CLAMP(layer->ink->v[i], 0, 1.3f);
            layer->gain->v[i] = 1;
        }
}

static void
layer_close(Layer *layer)
{
    plane_free(layer->ink);
    plane_free(layer->weight);
    plane_free(layer->gain);
}

static void
estimate_ink(const Layer *layers, guint n, Plane *ink)
{
    for (gsize i = 0; i < (gsize)ink->width * ink->height; i++) {
        float num = 0, den = 1e-3f;
        for (guint k = 0; k < n; k++) {
            float g = layers[k].gain->v[i], w = layers[k].weight->v[i];
            num += w * g * layers[k].ink->v[i];
            den += w * g * g;
        }
        ink->v[i] = MIN(1.3f, num / den);
    }
}

/*
 * gain = how much of the ink the sample shows around here, least squares in a neighbourhood and, at half
 * weight, in a wider one. @sure says how far ink is borne out by a second sample: a lone blot among strokes
 * that the others show well says little about their gain; a whole sector that they lack says much.
 */
static void
estimate_gain(Layer *layer, const Plane *ink, const Plane *sure)
{
    gsize size = (gsize)ink->width * ink->height;
    guint reduce = 4;
    g_autoptr(Plane) num = plane_new(ink->width, ink->height, ink->ppm);
    g_autoptr(Plane) den = plane_new(ink->width, ink->height, ink->ppm);
    double all_num = 1e-6, all_den = 1e-6;
    for (gsize i = 0; i < size; i++) {
        float w = layer->weight->v[i] * ink->v[i] * sure->v[i];
        num->v[i] = w * layer->ink->v[i];
        den->v[i] = w * ink->v[i];
        all_num += num->v[i];
        all_den += den->v[i];
    }
    g_autoptr(Plane) near_num = plane_reduce(num, ink->ppm / reduce), wide_num = plane_copy(near_num);
    g_autoptr(Plane) near_den = plane_reduce(den, ink->ppm / reduce), wide_den = plane_copy(near_den);
    plane_blur(near_num, GAIN_MM * near_num->ppm);
    plane_blur(near_den, GAIN_MM * near_den->ppm);
    plane_blur(wide_num, WIDE_MM * near_num->ppm);
    plane_blur(wide_den, WIDE_MM * near_den->ppm);
    float usual = (float)(all_num / all_den), prior = 0.03f;
    for (gsize i = 0; i < (gsize)near_num->width * near_num->height; i++)
        near_num->v[i] = CLAMP((near_num->v[i] + 0.5f * wide_num->v[i] + prior * usual) /
                                   (near_den->v[i] + 0.5f * wide_den->v[i] + prior),
                               0.02f, 1.3f);
    for (guint y = 0; y < ink->height; y++)
        for (guint x = 0; x < ink->width; x++) {
            double u = CLAMP((x + 0.5) / reduce - 0.5, 0, near_num->width - 1.001);
            double v = CLAMP((y + 0.5) / reduce - 0.5, 0, near_num->height - 1.001);
            layer->gain->v[(gsize)y * ink->width + x] = plane_at(near_num, u, v);
        }
}

/* The second strongest showing against the strongest, at least LONE. */
static Plane *
borne_out(const Layer *layers, guint n, const Plane *ink)
{
    Plane *sure = plane_new(ink->width, ink->height, ink->ppm);
    for (gsize i = 0; i < (gsize)ink->width * ink->height; i++) {
        float first = 1e-3f, second = 0;
        for (guint k = 0; k < n; k++) {
            float v = layers[k].ink->v[i];
            if (v > first) {
                second = first;
                first = v;
            } else {
                second = MAX(second, v);
            }
        }
        sure->v[i] = LONE + (1 - LONE) * CLAMP(second / first, 0, 1);
    }
    return sure;
}

/* Ink as the best sample around shows it. */
static void
scale_to_best(const Layer *layers, guint n, Plane *ink)
{
    for (gsize i = 0; i < (gsize)ink->width * ink->height; i++) {
        float best = 0;
        for (guint k = 0; k < n; k++)
            best = MAX(best, layers[k].gain->v[i]);
        ink->v[i] = MIN(1.3f, ink->v[i] * best);
    }
}

static void
judge(const Layer *layer, const Plane *ink, const Outline *outline, FuseSample *s)
{
    double shown[SECTORS] = { 0 }, full[SECTORS] = { 0 }, excess = 0, all = 1e-6;
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0, n = 0;
    g_autoptr(Plane) wide = plane_copy(ink);
    plane_blur(wide, 0.15 * ink->ppm);
    OutlineMask mask = outline_mask(outline, 0.3 * ink->ppm);
    for (guint y = 0; y < ink->height; y++)
        for (guint x = 0; x < ink->width; x++) {
            if (!outline_mask_has(&mask, x, y))
                continue;
            gsize i = (gsize)y * ink->width + x;
            double a = atan2(y - outline->centre.y, x - outline->centre.x), w = layer->weight->v[i];
            guint k = (guint)((a + G_PI) / (2 * G_PI) * SECTORS) % SECTORS;
            double f = ink->v[i], v = layer->ink->v[i];
            shown[k] += w * v * f;
            full[k] += w * f * f;
            all += w * f;
            if (wide->v[i] < 0.2f && v > 0.2)
                excess += w * v;
            sa += v;
            sb += f;
            saa += v * v;
            sbb += f * f;
            sab += v * f;
            n++;
        }
    s->gain = s->covered = 0;
    for (guint k = 0; k < SECTORS; k++) {
        double g = full[k] > 1e-6 ? MIN(1, shown[k] / full[k]) : 1;
        s->gain += g / SECTORS;
        s->covered += (g > SECTOR_FAIR) / (double)SECTORS;
    }
    s->excess = excess / all;
    double va = saa - sa * sa / MAX(1, n), vb = sbb - sb * sb / MAX(1, n);
    s->agreement = va > 1e-9 && vb > 1e-9 ? (sab - sa * sb / n) / sqrt(va * vb) : 0;
}

Plane *
fuse_samples(FuseSample *samples, guint n, guint width, guint height, double ppm, const Outline *outline,
             guint8 **votes)
{
    g_assert(n >= 1 && n <= FUSE_MOST);
    Layer layers[FUSE_MOST];
    for (guint k = 0; k < n; k++)
        layer_open(&samples[k], width, height, ppm, &layers[k]);
    Plane *ink = plane_new(width, height, ppm);
    estimate_ink(layers, n, ink);
    g_autoptr(Plane) sure = borne_out(layers, n, ink);
    for (guint round_ = 0; n > 1 && round_ < 3; round_++) {
        for (guint k = 0; k < n; k++)
            estimate_gain(&layers[k], ink, sure);
        estimate_ink(layers, n, ink);
    }
    if (n > 1)
        scale_to_best(layers, n, ink);
    if (votes)
        *votes = g_malloc0((gsize)width * height);
    for (guint k = 0; k < n; k++) {
        judge(&layers[k], ink, outline, &samples[k]);
        for (gsize i = 0; votes && i < (gsize)width * height; i++)
            if (layers[k].ink->v[i] > 0.4f)
                (*votes)[i] |= (guint8)(1u << k);
        layer_close(&layers[k]);
    }
    return ink;
}

void
fuse_even_out(Plane *ink)
{
    gsize size = (gsize)ink->width * ink->height;
    g_autoptr(Plane) square = plane_new(ink->width, ink->height, ink->ppm);
    g_autoptr(Plane) plain = plane_copy(ink);
    for (gsize i = 0; i < size; i++)
        square->v[i] = ink->v[i] * ink->v[i];
    plane_blur(square, EVEN_MM * ink->ppm);
    plane_blur(plain, EVEN_MM * ink->ppm);
    for (gsize i = 0; i < size; i++) {
        /* the mean strength of ink around here, weighted with itself; bare paper pulls towards 1 */
        float usual = (square->v[i] + 0.004f) / (plain->v[i] + 0.004f);
        ink->v[i] = MIN(1.3f, ink->v[i] / CLAMP(usual, 0.4f, 1.1f));
    }
}

guint8 *
fuse_tone(const Plane *ink)
{
    gsize size = (gsize)ink->width * ink->height;
    guint8 *alpha = g_malloc(size);
    g_autoptr(Plane) soft = plane_copy(ink);
    plane_blur(soft, SHARPEN_MM * ink->ppm);
    for (gsize i = 0; i < size; i++) {
        float v = ink->v[i] + SHARPEN * (ink->v[i] - soft->v[i]);
        v = 0.5f + (v - EDGE) * 2.2f;
        alpha[i] = (guint8)lrintf(255 * CLAMP(v, 0, 1));
    }
    return alpha;
}
