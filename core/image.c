/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.c: pixels in memory: planes, turns, shrinking and warping. */
#include "core/image.h"

#include <math.h>
#include <string.h>

Image *
image_new(guint width, guint height, guint channels)
{
    g_assert(width >= 1 && width <= 65535 && height >= 1 && height <= 65535 && (channels == 1 || channels == 3));
    Image *image = g_new(Image, 1);
    *image = (Image){ width, height, channels, g_malloc((gsize)width * height * channels) };
    return image;
}

Image *
image_copy(const Image *image)
{
    Image *copy = image_new(image->width, image->height, image->channels);
    memcpy(copy->data, image->data, (gsize)image->width * image->height * image->channels);
    return copy;
}

void
image_free(Image *image)
{
    if (!image)
        return;
    g_free(image->data);
    g_free(image);
}

static guint8
plane_of(const guint8 *p, ImagePlane plane)
{
    switch (plane) {
    case IMAGE_RED:
        return p[0];
    case IMAGE_GREEN:
        return p[1];
    case IMAGE_BLUE:
        return p[2];
    case IMAGE_LUMA:
        return (guint8)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + 32768u) >> 16);
    case IMAGE_MIN:
        return MIN(p[0], MIN(p[1], p[2]));
    case IMAGE_MAX:
        return MAX(p[0], MAX(p[1], p[2]));
    }
    g_assert_not_reached();
}

Image *
image_plane(const Image *image, ImagePlane plane)
{
    if (image->channels == 1)
        return image_copy(image);
    Image *grey = image_new(image->width, image->height, 1);
    gsize n = (gsize)image->width * image->height;
    for (gsize i = 0; i < n; i++)
        grey->data[i] = plane_of(image->data + i * 3, plane);
    return grey;
}

Homography
image_orientation_to_stored(guint orientation, guint stored_width, guint stored_height)
{
    double w = stored_width - 1.0, h = stored_height - 1.0;
    switch (orientation) {
    case 2:
        return (Homography){ { -1, 0, w, 0, 1, 0, 0, 0, 1 } };
    case 3:
        return (Homography){ { -1, 0, w, 0, -1, h, 0, 0, 1 } };
    case 4:
        return (Homography){ { 1, 0, 0, 0, -1, h, 0, 0, 1 } };
    case 5:
        return (Homography){ { 0, 1, 0, 1, 0, 0, 0, 0, 1 } };
    case 6:
        return (Homography){ { 0, 1, 0, -1, 0, h, 0, 0, 1 } };
    case 7:
        return (Homography){ { 0, -1, w, -1, 0, h, 0, 0, 1 } };
    case 8:
        return (Homography){ { 0, -1, w, 1, 0, 0, 0, 0, 1 } };
    default:
        return homography_identity();
    }
}

Image *
image_orient(const Image *stored, guint orientation)
{
    if (orientation <= 1 || orientation > 8)
        return image_copy(stored);
    guint w = stored->width, h = stored->height, c = stored->channels;
    Image *out = orientation >= 5 ? image_new(h, w, c) : image_new(w, h, c);
    Homography back = image_orientation_to_stored(orientation, w, h);
    for (guint y = 0; y < out->height; y++) {
        /* Affine with unit steps: walk the stored picture along one line. */
        Point from = homography_apply(&back, (Point){ 0, y });
        gssize step = ((gssize)back.m[0] + (gssize)back.m[3] * w) * c;
        const guint8 *p = stored->data + ((gsize)from.y * w + (gsize)from.x) * c;
        guint8 *q = out->data + (gsize)y * out->width * c;
        for (guint x = 0; x < out->width; x++, q += c, p += step)
            for (guint k = 0; k < c; k++)
                q[k] = p[k];
    }
    return out;
}

Image *
image_turn(const Image *image, guint quarter_turns_cw)
{
    static const guint orientations[4] = { 1, 6, 3, 8 };
    return image_orient(image, orientations[quarter_turns_cw % 4]);
}

Image *
image_shrink(const Image *image, guint factor)
{
    g_assert(factor >= 1 && factor <= 16);
    if (factor == 1)
        return image_copy(image);
    guint c = image->channels;
    Image *out = image_new(MAX(image->width / factor, 1), MAX(image->height / factor, 1), c);
    guint fx = MIN(factor, image->width), fy = MIN(factor, image->height), area = fx * fy;
    g_autofree guint32 *sums = g_new(guint32, (gsize)out->width * c);
    for (guint y = 0; y < out->height; y++) {
        memset(sums, 0, (gsize)out->width * c * sizeof *sums);
        for (guint dy = 0; dy < fy; dy++) {
            const guint8 *p = image->data + (gsize)(y * fy + dy) * image->width * c;
            for (guint x = 0; x < out->width; x++)
                for (guint dx = 0; dx < fx; dx++)
                    for (guint k = 0; k < c; k++)
                        sums[x * c + k] += *p++;
        }
        guint8 *q = out->data + (gsize)y * out->width * c;
        for (gsize i = 0; i < (gsize)out->width * c; i++)
            q[i] = (guint8)((sums[i] + area / 2) / area);
    }
    return out;
}

/* Adds the bilinear sample at (x, y), pixel centres at integers, to @sum; @outside beyond the edges. */
static inline void
add_sample(const Image *image, float x, float y, guint c, float outside, float *sum)
{
    gint w = (gint)image->width, h = (gint)image->height;
    if (!(x > -0.5f && y > -0.5f && x < (float)w - 0.5f && y < (float)h - 0.5f)) {
        for (guint k = 0; k < c; k++)
            sum[k] += outside;
        return;
    }
    x = CLAMP(x, 0, (float)(w - 1));
    y = CLAMP(y, 0, (float)(h - 1));
    gint x0 = (gint)x, y0 = (gint)y;
    gsize right = x0 + 1 < w ? c : 0, below = y0 + 1 < h ? (gsize)w * c : 0;
    float fx = x - (float)x0, fy = y - (float)y0;
    const guint8 *a = image->data + ((gsize)y0 * (gsize)w + (gsize)x0) * c;
    for (guint k = 0; k < c; k++, a++) {
        float top = a[0] + fx * (float)(a[right] - a[0]), low = a[below] + fx * (float)(a[below + right] - a[below]);
        sum[k] += top + fy * (low - top);
    }
}

/* How many source pixels one step in the warped picture covers, at its middle and its corners. */
static guint
supersampling(const Homography *h, guint width, guint height)
{
    double worst = 0;
    for (int i = 0; i < 5; i++) {
        double x = i == 4 ? width / 2.0 : (i & 1) * (width - 1.0),
               y = i == 4 ? height / 2.0 : (i >> 1) * (height - 1.0);
        Point o = homography_apply(h, (Point){ x, y });
        Point r = homography_apply(h, (Point){ x + 1, y }), d = homography_apply(h, (Point){ x, y + 1 });
        worst = fmax(worst, fmax(point_distance(o, r), point_distance(o, d)));
    }
    return worst > 1.3 ? (guint)CLAMP(ceil(worst), 2, 8) : 1;
}

Image *
image_warp(const Image *source, const Homography *to_source, guint width, guint height, guint8 outside)
{
    Image *out = image_new(width, height, source->channels);
    guint c = source->channels, n = supersampling(to_source, width, height);
    const double *m = to_source->m;
    float share = 1.0f / (float)(n * n);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            float sum[3] = { 0, 0, 0 };
            for (guint s = 0; s < n; s++) {
                double py = y + (s + 0.5) / n - 0.5, px = x + 0.5 / n - 0.5;
                double u = m[0] * px + m[1] * py + m[2], v = m[3] * px + m[4] * py + m[5],
                       w = m[6] * px + m[7] * py + m[8];
                for (guint t = 0; t < n; t++, u += m[0] / n, v += m[3] / n, w += m[6] / n)
                    add_sample(source, (float)(u / w), (float)(v / w), c, outside, sum);
            }
            guint8 *q = out->data + ((gsize)y * width + x) * c;
            for (guint k = 0; k < c; k++)
                q[k] = (guint8)(sum[k] * share + 0.5f);
        }
    return out;
}
