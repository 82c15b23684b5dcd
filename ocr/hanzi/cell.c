/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell.c: one character's ink -> its feature vector.
 *
 * Classical: moments bring the ink to a 64 x 64 raster, the gradient there is split among 8 directions
 * and pooled in 8 x 8 zones. Integers until the last step, so the same picture gives the same vector on
 * every machine. About 50 us a cell; trainer and reader both call this.
 */
#include "ocr/hanzi/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_ROWS = 256 }; /* a cell higher than that is sampled from the middle */

gboolean
hz_cell_moments(const HzInk *ink, HzRect r, HzMoments *out)
{
    gint64 m = 0, mx = 0, my = 0, mxx = 0, myy = 0;
    r.x0 = MAX(r.x0, 0);
    r.y0 = MAX(r.y0, 0);
    r.x1 = MIN(r.x1, ink->width);
    r.y1 = MIN(r.y1, ink->height);
    for (int y = r.y0; y < r.y1; y++) {
        const guint8 *row = ink->px + (gsize)y * (gsize)ink->width;
        int s = 0;
        gint64 sx = 0, sxx = 0;
        for (int x = r.x0; x < r.x1; x++) {
            int w = row[x] - HZ_INK, dx = x - r.x0;
            if (w <= 0)
                continue;
            s += w;
            sx += (gint64)w * dx;
            sxx += (gint64)w * dx * dx;
        }
        gint64 dy = y - r.y0;
        m += s;
        mx += sx;
        mxx += sxx;
        my += s * dy;
        myy += s * dy * dy;
    }
    if (m < 300) /* two dark pixels */
        return FALSE;
    double inv = 1.0 / (double)m, ax = (double)mx * inv, ay = (double)my * inv;
    out->mass = (double)m;
    out->cx = r.x0 + ax;
    out->cy = r.y0 + ay;
    out->sx = sqrt(fmax(0, (double)mxx * inv - ax * ax)) + 0.3;
    out->sy = sqrt(fmax(0, (double)myy * inv - ay * ay)) + 0.3;
    return TRUE;
}

/* One axis of the bilinear map raster -> source: two taps a sample, weights of 1/128. */
typedef struct {
    int at[2 * HZ_GRID];
    int frac[2 * HZ_GRID];
    int n; /* HZ_GRID, or twice that where the map shrinks and two samples make a pixel */
} Taps;

static void
taps_make(Taps *t, double centre, double step)
{
    t->n = step > 1.3 ? 2 * HZ_GRID : HZ_GRID;
    double s = step * HZ_GRID / t->n;
    for (int i = 0; i < t->n; i++) {
        double x = centre + (i + 0.5 - t->n / 2.0) * s;
        double f = floor(x);
        t->at[i] = (int)f;
        t->frac[i] = (int)((x - f) * 128);
    }
}

static inline int
ink_at(const guint8 *row, int x, int x0, int x1)
{
    return x >= x0 && x < x1 && row[x] > HZ_INK ? row[x] - HZ_INK : 0;
}

/* The ink of r on the 64 x 64 raster with a border of one pixel of paper, values 0..215 * 2. */
static void
resample(const HzInk *ink, HzRect r, const Taps *tx, const Taps *ty, gint16 out[HZ_GRID + 2][HZ_GRID + 2])
{
    gint16 rows[SOURCE_ROWS + 1][HZ_GRID];
    int first = MAX(ty->at[0], r.y0), last = MIN(ty->at[ty->n - 1] + 1, r.y1 - 1);
    last = MIN(last, first + SOURCE_ROWS - 1);
    int per = tx->n / HZ_GRID;
    for (int y = first; y <= last; y++) {
        const guint8 *row = ink->px + (gsize)y * (gsize)ink->width;
        gint16 *to = rows[y - first];
        for (int i = 0; i < HZ_GRID; i++) {
            int v = 0;
            for (int k = i * per; k < (i + 1) * per; k++) {
                int a = ink_at(row, tx->at[k], r.x0, r.x1), b = ink_at(row, tx->at[k] + 1, r.x0, r.x1);
                v += a * 128 + (b - a) * tx->frac[k];
            }
            to[i] = (gint16)(v / (per * 64)); /* twice the darkness */
        }
    }
    memset(rows[SOURCE_ROWS], 0, sizeof rows[SOURCE_ROWS]);
    memset(out, 0, sizeof(gint16) * (HZ_GRID + 2) * (HZ_GRID + 2));
    per = ty->n / HZ_GRID;
    for (int k = 0; k < ty->n; k++) {
        int y = ty->at[k], f = ty->frac[k];
        const gint16 *a = y >= first && y <= last ? rows[y - first] : rows[SOURCE_ROWS];
        const gint16 *b = y + 1 >= first && y + 1 <= last ? rows[y + 1 - first] : rows[SOURCE_ROWS];
        gint16 *to = out[1 + k / per] + 1;
        for (int i = 0; i < HZ_GRID; i++)
            to[i] = (gint16)(to[i] + (a[i] * (128 - f) + b[i] * f) / (128 * per));
    }
}

/* Sobel; each gradient is the sum of its two nearest of 8 directions (parallelogram rule, no angles);
 * pooled bilinearly: zone centres lie 8 px apart, the first at 4. */
static void
pool(gint16 g[HZ_GRID + 2][HZ_GRID + 2], float zones[HZ_ZONES + 2][HZ_ZONES + 2][HZ_DIRECTIONS])
{
    enum { Z = HZ_GRID / HZ_ZONES };
    memset(zones, 0, sizeof(float) * (HZ_ZONES + 2) * (HZ_ZONES + 2) * HZ_DIRECTIONS);
    for (int y = 0; y < HZ_GRID; y++) {
        gint16 gx[HZ_GRID], gy[HZ_GRID];
        const gint16 *a = g[y], *b = g[y + 1], *c = g[y + 2];
        for (int x = 0; x < HZ_GRID; x++) {
            gx[x] = (gint16)(a[x + 2] + 2 * b[x + 2] + c[x + 2] - a[x] - 2 * b[x] - c[x]);
            gy[x] = (gint16)(c[x] + 2 * c[x + 1] + c[x + 2] - a[x] - 2 * a[x + 1] - a[x + 2]);
        }
        int row[HZ_ZONES + 2][HZ_DIRECTIONS] = {{0}};
        for (int x = 0; x < HZ_GRID; x++) {
            int dx = gx[x], dy = gy[x], ax = abs(dx), ay = abs(dy);
            if (ax + ay == 0)
                continue;
            /* directions: 0 +x, 2 +y, 4 -x, 6 -y, odd ones between */
            int axis = ax >= ay ? (dx >= 0 ? 0 : 4) : (dy >= 0 ? 2 : 6);
            int diagonal = dx >= 0 ? (dy >= 0 ? 1 : 7) : (dy >= 0 ? 3 : 5);
            int straight = abs(ax - ay), slanted = MIN(ax, ay) * 181 / 128;
            int zone = (x + Z / 2) / Z, w = 2 * ((x + Z / 2) % Z) + 1; /* of 16, to the right */
            row[zone][axis] += straight * (16 - w);
            row[zone][diagonal] += slanted * (16 - w);
            row[zone + 1][axis] += straight * w;
            row[zone + 1][diagonal] += slanted * w;
        }
        int zone = (y + Z / 2) / Z, w = 2 * ((y + Z / 2) % Z) + 1;
        for (int z = 0; z < HZ_ZONES + 2; z++)
            for (int d = 0; d < HZ_DIRECTIONS; d++) {
                zones[zone][z][d] += (float)(row[z][d] * (16 - w));
                zones[zone + 1][z][d] += (float)(row[z][d] * w);
            }
    }
}

gboolean
hz_cell_features(const HzInk *ink, HzRect r, double em_px, float out[HZ_FEATURES])
{
    HzMoments m;
    r.x0 = MAX(r.x0, 0);
    r.y0 = MAX(r.y0, 0);
    r.x1 = MIN(r.x1, ink->width);
    r.y1 = MIN(r.y1, ink->height);
    if (!hz_cell_moments(ink, r, &m))
        return FALSE;
    double wx = 4.2 * m.sx, wy = 4.2 * m.sy, ratio = MIN(wx, wy) / MAX(wx, wy);
    double shorter = 60 * sqrt(sin(M_PI_2 * ratio));
    double to_x = wx >= wy ? 60 : shorter, to_y = wx >= wy ? shorter : 60;
    Taps tx, ty;
    taps_make(&tx, m.cx, wx / to_x);
    taps_make(&ty, m.cy, wy / to_y);

    gint16 raster[HZ_GRID + 2][HZ_GRID + 2];
    float zones[HZ_ZONES + 2][HZ_ZONES + 2][HZ_DIRECTIONS];
    resample(ink, r, &tx, &ty, raster);
    pool(raster, zones);
    float sum = 1e-6f;
    for (int y = 0; y < HZ_ZONES; y++)
        for (int x = 0; x < HZ_ZONES; x++)
            for (int d = 0; d < HZ_DIRECTIONS; d++)
                sum += zones[y + 1][x + 1][d];
    float *to = out;
    for (int y = 0; y < HZ_ZONES; y++)
        for (int x = 0; x < HZ_ZONES; x++)
            for (int d = 0; d < HZ_DIRECTIONS; d++)
                *to++ = sqrtf(zones[y + 1][x + 1][d] / sum);
    *to++ = (float)(0.15 * m.sx / em_px);
    *to = (float)(0.15 * m.sy / em_px);
    return TRUE;
}
