/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.c: feature vector -> the 160 dimensions in which classes lie apart -> distances to prototypes.
 *
 * Distances are squared, in units of the within-class spread (HZ_STEP squared is taken out), so 160 is
 * about what an ordinary sample has to its own class. The loops are plain C; the compiler's
 * target_clones gives them AVX2 where the machine has it.
 */
#include "ocr/hanzi/inner.h"

#include "ocr/many_targets.h"

#include <math.h>
#include <string.h>

MANY_TARGETS static void
project(const float *restrict projection, const float *restrict features, float *restrict out)
{
    for (guint d = 0; d < HZ_DIMS; d++) {
        const float *row = projection + (gsize)d * HZ_FEATURES;
        float lane[8] = {0};
        for (guint k = 0; k < HZ_GRADIENT; k += 8)
            for (guint j = 0; j < 8; j++)
                lane[j] += row[k + j] * features[k + j];
        float sum = row[HZ_GRADIENT] * features[HZ_GRADIENT] + row[HZ_GRADIENT + 1] * features[HZ_GRADIENT + 1];
        for (guint j = 0; j < 8; j++)
            sum += lane[j];
        out[d] = sum;
    }
}

void
hz_project_raw(const Hanzi *m, const float features[HZ_FEATURES], float out[HZ_DIMS])
{
    project(m->projection, features, out);
}

void
hz_project(const Hanzi *m, const float features[HZ_FEATURES], HzPoint *out)
{
    float v[HZ_DIMS];
    project(m->projection, features, v);
    for (guint d = 0; d < HZ_DIMS; d++)
        out->v[d] = (gint16)CLAMP(lrintf((v[d] - m->mean[d]) / HZ_STEP), -255, 255);
}

MANY_TARGETS static void
distances(const gint8 *restrict proto, guint n, const gint16 *restrict v, gint32 *restrict out)
{
    for (guint c = 0; c < n; c++) {
        const gint8 *p = proto + (gsize)c * HZ_DIMS;
        gint32 sum = 0;
        for (guint d = 0; d < HZ_DIMS; d++) {
            gint16 diff = (gint16)(v[d] - p[d]);
            sum += (gint32)diff * diff;
        }
        out[c] = sum;
    }
}

void
hz_distances(const Hanzi *m, guint set, const HzPoint *point, gint32 *out)
{
    distances(m->proto[set], m->n, point->v, out);
}

void
hz_look_keep(HzLook *look, guint c, gint32 d)
{
    guint k = look->n < HZ_LOOKS ? look->n++ : HZ_LOOKS;
    if (k == HZ_LOOKS) {
        if (d >= look->best[--k].raw)
            return;
    }
    for (; k && look->best[k - 1].raw > d; k--)
        look->best[k] = look->best[k - 1];
    look->best[k].class = c;
    look->best[k].raw = d;
}

/*
 * Whoever is too far in the first dimensions already is not looked at further. They lie side by side in @head, so
 * that one look reads a fifth of the prototypes.
 */
MANY_TARGETS static void
search(const gint8 *restrict head, gsize head_stride, const gint8 *restrict proto, guint from, guint to,
       const gint16 *restrict v, HzLook *look)
{
    gint32 limit = G_MAXINT32;
    for (guint c = from; c < to; c++) {
        const gint8 *p = head + c * head_stride;
        gint32 sum = 0, rest = 0;
        for (guint d = 0; d < HZ_HEAD; d++) {
            gint16 diff = (gint16)(v[d] - p[d]);
            sum += (gint32)diff * diff;
        }
        if (sum >= limit)
            continue;
        p = proto + (gsize)c * HZ_DIMS;
        for (guint d = HZ_HEAD; d < HZ_DIMS; d++) {
            gint16 diff = (gint16)(v[d] - p[d]);
            rest += (gint32)diff * diff;
        }
        if (sum + rest >= limit)
            continue;
        hz_look_keep(look, c, sum + rest);
        if (look->n == HZ_LOOKS)
            limit = look->best[HZ_LOOKS - 1].raw;
    }
}

void
hz_nearest(const Hanzi *m, const HzPoint *point, guint from, guint to, HzLook *look)
{
    look->n = 0;
    if (m->head)
        search(m->head, HZ_HEAD, m->proto[0], from, to, point->v, look);
    else
        search(m->proto[0], HZ_DIMS, m->proto[0], from, to, point->v, look);
}

gint32
hz_distance(const Hanzi *m, guint set, const HzPoint *point, guint c)
{
    gint32 d;
    distances(m->proto[set] + (gsize)c * HZ_DIMS, 1, point->v, &d);
    return d;
}

/* ---- apart: two classes ---------------------------------------------------------------------------- */

double
hz_class_distance(const Hanzi *m, guint a, guint b)
{
    const gint8 *p = m->proto[0] + (gsize)a * HZ_DIMS, *q = m->proto[0] + (gsize)b * HZ_DIMS;
    gint32 sum = 0;
    for (guint d = 0; d < HZ_DIMS; d++)
        sum += (p[d] - q[d]) * (p[d] - q[d]);
    return sum * (double)(HZ_STEP * HZ_STEP);
}
