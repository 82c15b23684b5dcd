/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plane.c: blurring, reducing, warping rectangles of floats.
 */
#include "sealgen/plane.h"

#include <math.h>
#include <string.h>

Plane *
plane_new(guint width, guint height, double ppm)
{
    g_assert(width >= 1 && height >= 1 && width <= 65535 && height <= 65535);
    Plane *plane = g_new0(Plane, 1);
    plane->width = width;
    plane->height = height;
    plane->ppm = ppm;
    plane->v = g_new0(float, (gsize)width *height);
    return plane;
}

Plane *
plane_copy(const Plane *plane)
{
    Plane *copy = plane_new(plane->width, plane->height, plane->ppm);
    memcpy(copy->v, plane->v, sizeof(float) * plane->width * plane->height);
    return copy;
}

void
plane_free(Plane *plane)
{
    if (!plane)
        return;
    g_free(plane->v);
    g_free(plane);
}

float
plane_at_rim(const Plane *plane, double x, double y)
{
    if (!(x > -1 && y > -1 && x < plane->width && y < plane->height))
        return 0;
    int u = (int)floor(x), v = (int)floor(y), w = (int)plane->width, h = (int)plane->height;
    float fx = (float)(x - u), fy = (float)(y - v);
    const float *p = plane->v + (gssize)v * w + u;
    float a = u >= 0 && v >= 0 ? p[0] : 0, b = u + 1 < w && v >= 0 ? p[1] : 0;
    float c = u >= 0 && v + 1 < h ? p[w] : 0, d = u + 1 < w && v + 1 < h ? p[w + 1] : 0;
    return (1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * c + fx * d);
}

static void
box_line(const float *in, float *out, guint n, gsize stride, int radius)
{
    double sum = 0;
    for (int i = -radius; i <= radius; i++)
        if (i >= 0 && i < (int)n)
            sum += in[(gsize)i * stride];
    for (int i = 0; i < (int)n; i++) {
        out[(gsize)i * stride] = (float)(sum / (2 * radius + 1));
        if (i + radius + 1 < (int)n)
            sum += in[(gsize)(i + radius + 1) * stride];
        if (i - radius >= 0)
            sum -= in[(gsize)(i - radius) * stride];
    }
}

/* Columns are summed a whole row at a time: memory is walked in order. */
static void
box_columns(const float *in, float *out, guint width, guint height, int radius)
{
    g_autofree double *sum = g_new0(double, width);
    double scale = 1.0 / (2 * radius + 1);
    for (int y = 0; y < radius && y < (int)height; y++)
        for (guint x = 0; x < width; x++)
            sum[x] += in[(gsize)y * width + x];
    for (int y = 0; y < (int)height; y++) {
        const float *add = y + radius < (int)height ? in + (gsize)(y + radius) * width : NULL;
        const float *drop = y - radius - 1 >= 0 ? in + (gsize)(y - radius - 1) * width : NULL;
        float *to = out + (gsize)y * width;
        for (guint x = 0; x < width; x++) {
            sum[x] += (add ? add[x] : 0) - (drop ? drop[x] : 0);
            to[x] = (float)(sum[x] * scale);
        }
    }
}

void
plane_blur(Plane *plane, double sigma_px)
{
    if (sigma_px < 0.3)
        return;
    gsize size = (gsize)plane->width * plane->height;
    g_autofree float *other = g_new(float, size);
    if (sigma_px < 1.0) { /* three taps of that variance */
        float e = (float)(sigma_px * sigma_px / 2), c = 1 - 2 * e;
        for (guint y = 0; y < plane->height; y++) {
            const float *r = plane->v + (gsize)y * plane->width;
            float *to = other + (gsize)y * plane->width;
            for (guint x = 0; x < plane->width; x++)
                to[x] = c * r[x] + e * ((x ? r[x - 1] : r[x]) + (x + 1 < plane->width ? r[x + 1] : r[x]));
        }
        for (guint y = 0; y < plane->height; y++) {
            const float *r = other + (gsize)y * plane->width;
            const float *up = y ? r - plane->width : r, *down = y + 1 < plane->height ? r + plane->width : r;
            float *to = plane->v + (gsize)y * plane->width;
            for (guint x = 0; x < plane->width; x++)
                to[x] = c * r[x] + e * (up[x] + down[x]);
        }
        return;
    }
    int radius = MAX(1, (int)lround((sqrt(4 * sigma_px * sigma_px + 1) - 1) / 2));
    for (int pass = 0; pass < 3; pass++) {
        for (guint y = 0; y < plane->height; y++)
            box_line(plane->v + (gsize)y * plane->width, other + (gsize)y * plane->width, plane->width, 1, radius);
        box_columns(other, plane->v, plane->width, plane->height, radius);
    }
}

Plane *
plane_reduce(const Plane *plane, double ppm)
{
    guint factor = MAX(1u, (guint)lround(plane->ppm / ppm));
    Plane *out =
        plane_new((plane->width + factor - 1) / factor, (plane->height + factor - 1) / factor, plane->ppm / factor);
    for (guint y = 0; y < out->height; y++)
        for (guint x = 0; x < out->width; x++) {
            guint x1 = MIN((x + 1) * factor, plane->width), y1 = MIN((y + 1) * factor, plane->height);
            float sum = 0;
            for (guint v = y * factor; v < y1; v++)
                for (guint u = x * factor; u < x1; u++)
                    sum += plane->v[(gsize)v * plane->width + u];
            out->v[(gsize)y * out->width + x] = sum / (float)(factor * factor);
        }
    return out;
}

Affine
affine_identity(void)
{
    return (Affine){ { 1, 0, 0, 0, 1, 0 } };
}

Affine
affine_turn(double degrees_cw, double scale_x, double scale_y, Point from, Point to)
{
    double c = cos(degrees_cw * G_PI / 180), s = sin(degrees_cw * G_PI / 180);
    Affine a = { { scale_x * c, -scale_x * s, 0, scale_y * s, scale_y * c, 0 } };
    a.m[2] = to.x - a.m[0] * from.x - a.m[1] * from.y;
    a.m[5] = to.y - a.m[3] * from.x - a.m[4] * from.y;
    return a;
}

Affine
affine_then(const Affine *first, const Affine *second)
{
    const double *a = first->m, *b = second->m;
    return (Affine){ { b[0] * a[0] + b[1] * a[3], b[0] * a[1] + b[1] * a[4], b[0] * a[2] + b[1] * a[5] + b[2],
                       b[3] * a[0] + b[4] * a[3], b[3] * a[1] + b[4] * a[4], b[3] * a[2] + b[4] * a[5] + b[5] } };
}

gboolean
affine_invert(const Affine *a, Affine *out)
{
    const double *m = a->m;
    double det = m[0] * m[4] - m[1] * m[3];
    if (!(fabs(det) > 1e-12))
        return FALSE;
    Affine r = { { m[4] / det, -m[1] / det, 0, -m[3] / det, m[0] / det, 0 } };
    r.m[2] = -(r.m[0] * m[2] + r.m[1] * m[5]);
    r.m[5] = -(r.m[3] * m[2] + r.m[4] * m[5]);
    *out = r;
    return TRUE;
}

Point
affine_apply(const Affine *a, Point p)
{
    return (Point){ a->m[0] * p.x + a->m[1] * p.y + a->m[2], a->m[3] * p.x + a->m[4] * p.y + a->m[5] };
}

/* Catmull-Rom; near the border bilinear is good enough: there is no ink. */
static float
plane_at_sharp(const Plane *plane, double x, double y)
{
    int u = (int)floor(x), v = (int)floor(y);
    if (u < 1 || v < 1 || u + 2 >= (int)plane->width || v + 2 >= (int)plane->height)
        return plane_at(plane, x, y);
    float t = (float)(x - u), s = (float)(y - v);
    float cx[4] = { 0.5f * (-t + 2 * t * t - t * t * t), 0.5f * (2 - 5 * t * t + 3 * t * t * t),
                    0.5f * (t + 4 * t * t - 3 * t * t * t), 0.5f * (-t * t + t * t * t) };
    float cy[4] = { 0.5f * (-s + 2 * s * s - s * s * s), 0.5f * (2 - 5 * s * s + 3 * s * s * s),
                    0.5f * (s + 4 * s * s - 3 * s * s * s), 0.5f * (-s * s + s * s * s) };
    const float *p = plane->v + (gsize)(v - 1) * plane->width + (u - 1);
    float sum = 0;
    for (guint k = 0; k < 4; k++, p += plane->width)
        sum += cy[k] * (cx[0] * p[0] + cx[1] * p[1] + cx[2] * p[2] + cx[3] * p[3]);
    return sum;
}

Plane *
plane_warp(const Plane *source, const Affine *to_source, guint width, guint height, double ppm, gboolean sharp)
{
    Plane *out = plane_new(width, height, ppm);
    const double *m = to_source->m;
    for (guint y = 0; y < height; y++) {
        double sx = m[1] * y + m[2], sy = m[4] * y + m[5];
        float *to = out->v + (gsize)y * width;
        for (guint x = 0; x < width; x++, sx += m[0], sy += m[3])
            to[x] = sharp ? plane_at_sharp(source, sx, sy) : plane_at(source, sx, sy);
    }
    return out;
}

float
plane_quantile(const Plane *plane, float floor_, double q)
{
    enum { BINS = 4096 };
    g_autofree guint *hist = g_new0(guint, BINS);
    gsize size = (gsize)plane->width * plane->height;
    float top = floor_;
    for (gsize i = 0; i < size; i++)
        top = MAX(top, plane->v[i]);
    if (!(top > floor_))
        return 0;
    gsize n = 0;
    for (gsize i = 0; i < size; i++)
        if (plane->v[i] > floor_) {
            hist[MIN(BINS - 1, (guint)((plane->v[i] - floor_) / (top - floor_) * (BINS - 1)))]++;
            n++;
        }
    gsize sum = 0;
    for (guint b = 0; b < BINS; b++) {
        sum += hist[b];
        if (sum >= (gsize)(q * (double)n))
            return floor_ + (top - floor_) * ((float)b + 0.5f) / (BINS - 1);
    }
    return top;
}
