/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eigen.c: eigenvectors of a symmetric matrix by cyclic Jacobi rotations: slow, short, and certain. */
#include "ocr/hanzi/train/train.h"

#include <math.h>
#include <string.h>

/* One rotation in the plane (p, q) that makes a[p][q] zero; rows of v follow. a is kept in full. */
static void
rotate(double *a, double *v, guint n, guint p, guint q)
{
    double apq = a[p * n + q], theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
    double *ap = a + p * n, *aq = a + q * n, *vp = v + p * n, *vq = v + q * n;
    double app = ap[p] - t * apq, aqq = aq[q] + t * apq;
    for (guint i = 0; i < n; i++) {
        double x = ap[i], y = aq[i];
        ap[i] = c * x - s * y;
        aq[i] = s * x + c * y;
        x = vp[i], y = vq[i];
        vp[i] = c * x - s * y;
        vq[i] = s * x + c * y;
    }
    for (guint i = 0; i < n; i++) {
        a[i * n + p] = ap[i];
        a[i * n + q] = aq[i];
    }
    ap[p] = app;
    aq[q] = aqq;
    ap[q] = aq[p] = 0;
}

void
eigen_symmetric(double *a, guint n, double *values, double *vectors)
{
    memset(vectors, 0, sizeof(double) * n * n);
    for (guint i = 0; i < n; i++)
        vectors[i * n + i] = 1;
    for (guint sweep = 0; sweep < 30; sweep++) {
        double off = 0, all = 0;
        for (guint i = 0; i < n * n; i++)
            all += a[i] * a[i];
        for (guint p = 0; p < n; p++)
            for (guint q = p + 1; q < n; q++)
                off += a[p * n + q] * a[p * n + q];
        if (off < 1e-22 * all)
            break;
        double small = sqrt(off / ((double)n * n)) * (sweep < 4 ? .1 : 0);
        for (guint p = 0; p < n; p++)
            for (guint q = p + 1; q < n; q++)
                if (fabs(a[p * n + q]) > MAX(small, 1e-300))
                    rotate(a, vectors, n, p, q);
    }
    for (guint i = 0; i < n; i++)
        values[i] = a[i * n + i];
    for (guint i = 0; i < n; i++) { /* selection sort: descending */
        guint best = i;
        for (guint j = i + 1; j < n; j++)
            if (values[j] > values[best])
                best = j;
        if (best == i)
            continue;
        double t = values[i];
        values[i] = values[best];
        values[best] = t;
        for (guint k = 0; k < n; k++) {
            t = vectors[i * n + k];
            vectors[i * n + k] = vectors[best * n + k];
            vectors[best * n + k] = t;
        }
    }
}
