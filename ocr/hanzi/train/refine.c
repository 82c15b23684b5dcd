/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refine.c: learning vector quantisation. A sample that lies near the border to a rival draws its own
 * class's two prototypes (mean and style) a little towards it and pushes the rival's away.
 */
#include "ocr/hanzi/train/refine.h"

#include "ocr/hanzi/train/train.h"

#include <math.h>
#include <string.h>

static void
round_off(Hanzi *m, const float *prototypes)
{
    for (guint set = 0; set < HZ_SETS; set++)
        for (gsize i = 0; i < (gsize)m->n * HZ_DIMS; i++)
            m->proto[set][i] = (gint8)CLAMP(lrintf(prototypes[(gsize)set * m->n * HZ_DIMS + i]), -127, 127);
}

static gint32
distance(const Hanzi *m, const RefinePoint *p, guint c)
{
    return (hz_distance(m, 0, &p->point, c) + hz_distance(m, p->style, &p->point, c)) / 2;
}

static void
pull(float *prototypes, guint n, const RefinePoint *p, guint c, float rate)
{
    const guint sets[2] = {0, p->style};
    for (guint k = 0; k < 2; k++) {
        float *to = prototypes + ((gsize)sets[k] * n + c) * HZ_DIMS;
        for (guint d = 0; d < HZ_DIMS; d++)
            to[d] += rate * ((float)p->point.v[d] - to[d]);
    }
}

/* The nearest class but its own, and both distances. */
static guint
rival_of(const Hanzi *m, const RefinePoint *p, gint32 *mine, gint32 *theirs)
{
    HzLook look = {.n = 0};
    guint rival = p->class;
    hz_nearest(m, &p->point, 0, m->n, &look);
    *mine = distance(m, p, p->class);
    *theirs = G_MAXINT32;
    for (guint k = 0; k < look.n; k++) {
        gint32 x = look.best[k].class == p->class ? G_MAXINT32 : distance(m, p, look.best[k].class);
        if (x < *theirs && hz_shape(m->code[look.best[k].class]) != hz_shape(m->code[p->class])) {
            *theirs = x;
            rival = look.best[k].class;
        }
    }
    return rival;
}

static void
measure_own(Hanzi *m, const RefinePoint *points, guint n)
{
    const double unit = (double)HZ_STEP * HZ_STEP;
    g_autofree double *sum = g_new0(double, m->n), *square = g_new0(double, m->n), *count = g_new0(double, m->n);
    for (guint i = 0; i < n; i++) {
        double d = distance(m, &points[i], points[i].class) * unit;
        sum[points[i].class] += d;
        square[points[i].class] += d * d;
        count[points[i].class]++;
    }
    for (guint c = 0; c < m->n; c++) {
        double k = MAX(1, count[c]), mean = sum[c] / k;
        m->own[2 * c] = (guint8)CLAMP(lround(mean / HZ_OWN), 0, 255);
        m->own[2 * c + 1] = (guint8)CLAMP(lround(sqrt(MAX(0, square[c] / k - mean * mean)) / HZ_OWN), 0, 255);
    }
}

void
refine(Hanzi *m, float *prototypes, const RefinePoint *points, guint n, guint epochs, guint64 seed)
{
    g_autofree guint *order = g_new(guint, n);
    for (guint i = 0; i < n; i++)
        order[i] = i;
    round_off(m, prototypes);
    for (guint e = 0; e < epochs; e++) {
        Dice dice = dice_new(seed, e, 1, 1);
        guint wrong = 0, near = 0;
        float rate = .03f / (1 + (float)e);
        for (guint i = n - 1; i > 0; i--) {
            guint j = (guint)(dice_unit(&dice) * (i + 1)), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        for (guint i = 0; i < n; i++) {
            const RefinePoint *p = &points[order[i]];
            gint32 mine, theirs;
            guint rival = rival_of(m, p, &mine, &theirs);
            if (rival == p->class)
                continue;
            double apart = hz_class_distance(m, p->class, rival) / ((double)HZ_STEP * HZ_STEP);
            double rho = (double)(theirs - mine) / MAX(1, apart);
            wrong += rho < 0;
            if (rho > .3 || rho < -1.5)
                continue;
            near++;
            float w = rate * (float)(rho < 0 ? 1 : 1 - rho / .3);
            pull(prototypes, m->n, p, p->class, w);
            pull(prototypes, m->n, p, rival, -w);
            /* the search goes on with what has just been learnt */
            for (guint k = 0; k < 2; k++) {
                guint set = k ? p->style : 0;
                for (guint side = 0; side < 2; side++) {
                    gsize at = (gsize)(side ? rival : p->class) * HZ_DIMS;
                    for (guint x = 0; x < HZ_DIMS; x++)
                        m->proto[set][at + x] =
                            (gint8)CLAMP(lrintf(prototypes[(gsize)set * m->n * HZ_DIMS + at + x]), -127, 127);
                }
            }
        }
        g_printerr("refined once: %.3f %% wrong before, %.2f %% near a border\n", 100. * wrong / n, 100. * near / n);
    }
    measure_own(m, points, n);
}
