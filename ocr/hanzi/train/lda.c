/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lda.c: within-class whitening, then the main axes of the class means. */
#include "ocr/hanzi/train/lda.h"

#include "ocr/hanzi/train/train.h"

#include <math.h>
#include <string.h>

enum { F = HZ_FEATURES };

Statistics *
statistics_new(guint n)
{
    Statistics *s = g_new0(Statistics, 1);
    s->n = n;
    for (guint k = 0; k < HZ_SETS; k++) {
        s->mean[k] = g_new0(float, (gsize)n * F);
        s->count[k] = g_new0(guint, n);
    }
    s->within = g_new0(double, F * F);
    return s;
}

/* out += rows' rows, upper triangle, four rows at a time so that it runs from registers. */
__attribute__((target_clones("avx2", "default"))) static void
add_products(float *restrict out, const float *restrict rows, guint count)
{
    for (guint r = 0; r + 3 < count; r += 4) {
        const float *a = rows + (gsize)r * F, *b = a + F, *c = b + F, *d = c + F;
        for (guint i = 0; i < F; i++) {
            float w = a[i], x = b[i], y = c[i], z = d[i], *to = out + (gsize)i * F;
            for (guint j = i & ~7u; j < F; j++)
                to[j] += w * a[j] + x * b[j] + y * c[j] + z * d[j];
        }
    }
}

void
statistics_add_class(Statistics *s, guint c, float *rows, const guint8 *sets, guint count)
{
    for (guint i = 0; i < count; i++) {
        const guint in[2] = {0, sets[i]};
        for (guint j = 0; j < G_N_ELEMENTS(in); j++) {
            s->count[in[j]][c]++;
            for (guint k = 0; k < F; k++)
                s->mean[in[j]][(gsize)c * F + k] += rows[(gsize)i * F + k];
        }
    }
    for (guint set = 0; set < HZ_SETS; set++)
        for (guint k = 0; k < F && s->count[set][c]; k++)
            s->mean[set][(gsize)c * F + k] /= (float)s->count[set][c];
    for (guint i = 0; i < count; i++)
        for (guint k = 0; k < F; k++)
            rows[(gsize)i * F + k] -= s->mean[0][(gsize)c * F + k];
    g_autofree float *sum = g_new0(float, F * F);
    add_products(sum, rows, count);
    for (guint i = 0; i < F * F; i++)
        s->within[i] += sum[i];
    s->total += count & ~3u;
}

static double *
class_scatter(const Statistics *s, const double *white)
{
    g_autofree double *centre = g_new0(double, F);
    guint n = 0;
    for (guint c = 0; c < s->n; c++)
        if (s->count[0][c]) {
            n++;
            for (guint k = 0; k < F; k++)
                centre[k] += s->mean[0][(gsize)c * F + k];
        }
    double *between = g_new0(double, F * F);
    g_autofree float *rows = g_new0(float, (gsize)(n + 3) * F), *sum = g_new0(float, F * F);
    guint r = 0;
    for (guint c = 0; c < s->n; c++) {
        if (!s->count[0][c])
            continue;
        for (guint i = 0; i < F; i++) {
            double v = 0;
            for (guint k = 0; k < F; k++)
                v += white[i * F + k] * (s->mean[0][(gsize)c * F + k] - centre[k] / n);
            rows[(gsize)r * F + i] = (float)v;
        }
        r++;
    }
    add_products(sum, rows, n + 3);
    for (guint i = 0; i < F; i++)
        for (guint j = i; j < F; j++)
            between[i * F + j] = between[j * F + i] = sum[i * F + j] / n;
    return between;
}

void
lda_solve(const Statistics *s, double ridge, float *projection)
{
    g_autofree double *a = g_new0(double, F * F), *values = g_new0(double, F), *u = g_new0(double, F * F);
    g_autofree double *white = g_new0(double, F * F);
    double trace = 0;
    for (guint i = 0; i < F; i++)
        trace += s->within[i * F + i] / s->total;
    for (guint i = 0; i < F; i++)
        for (guint j = i; j < F; j++)
            a[i * F + j] = a[j * F + i] = s->within[i * F + j] / s->total + (i == j ? ridge * trace / F : 0);
    eigen_symmetric(a, F, values, u);
    for (guint k = 0; k < F; k++) { /* symmetric whitening: U' diag(1/sqrt) U */
        double w = 1 / sqrt(values[k]);
        for (guint i = 0; i < F; i++)
            for (guint j = 0; j < F; j++)
                white[i * F + j] += w * u[k * F + i] * u[k * F + j];
    }
    g_autofree double *between = class_scatter(s, white), *axes = g_new0(double, F * F);
    eigen_symmetric(between, F, values, axes);
    memset(projection, 0, sizeof(float) * HZ_DIMS * F);
    for (guint d = 0; d < HZ_DIMS; d++)
        for (guint i = 0; i < F; i++)
            for (guint k = 0; k < F; k++)
                projection[(gsize)d * F + k] += (float)(axes[d * F + i] * white[i * F + k]);
}
