/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell.c: one character's ink -> its feature vector.
 *
 * Classical: moments bring the ink to a 64 x 64 raster, the gradient there is split among 8 directions
 * and pooled in 8 x 8 zones. Integers until the last step, so the same picture gives the same vector on
 * every machine. About 20 us a cell; trainer and reader both call this.
 */
#include "ocr/hanzi/inner.h"

#include "ocr/many_targets.h"

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

/* The ink of one row, with a pixel of paper before and after; the taps know their places in it. */
MANY_TARGETS static void
ink_of_row(const guint8 *row, int n, gint32 *out)
{
    for (int i = 0; i < n; i++)
        out[1 + i] = MAX(row[i] - HZ_INK, 0);
}

MANY_TARGETS static void
sample_row(const gint32 *line, const gint32 *low, const gint32 *high, const Taps *t, gint32 *out)
{
    for (int k = 0; k < t->n; k++)
        out[k] = line[low[k]] * (128 - t->frac[k]) + line[high[k]] * t->frac[k];
}

MANY_TARGETS static void
blend_rows(const gint16 *a, const gint16 *b, int frac, int shift, gint16 *to)
{
    for (int i = 0; i < HZ_GRID; i++)
        to[i] = (gint16)(to[i] + ((a[i] * (128 - frac) + b[i] * frac) >> shift));
}

/* The ink of r on the 64 x 64 raster with a border of one pixel of paper, values 0..215 * 2. */
static void
resample(const HzInk *ink, HzRect r, const Taps *tx, const Taps *ty, gint16 out[HZ_GRID + 2][HZ_GRID + 2])
{
    gint16 rows[SOURCE_ROWS + 1][HZ_GRID];
    gint32 low[2 * HZ_GRID], high[2 * HZ_GRID], taps[2 * HZ_GRID];
    int first = MAX(ty->at[0], r.y0), last = MIN(ty->at[ty->n - 1] + 1, r.y1 - 1), width = r.x1 - r.x0;
    last = MIN(last, first + SOURCE_ROWS - 1);
    gboolean two = tx->n > HZ_GRID;
    g_autofree gint32 *line = g_new0(gint32, width + 2);
    for (int k = 0; k < tx->n; k++) {
        low[k] = CLAMP(tx->at[k] - r.x0 + 1, 0, width + 1);
        high[k] = CLAMP(tx->at[k] - r.x0 + 2, 0, width + 1);
    }
    for (int y = first; y <= last; y++) {
        gint16 *to = rows[y - first];
        ink_of_row(ink->px + (gsize)y * (gsize)ink->width + r.x0, width, line);
        sample_row(line, low, high, tx, taps);
        for (int i = 0; i < HZ_GRID; i++) /* twice the darkness */
            to[i] = (gint16)(two ? (taps[2 * i] + taps[2 * i + 1]) >> 7 : taps[i] >> 6);
    }
    memset(rows[SOURCE_ROWS], 0, sizeof rows[SOURCE_ROWS]);
    memset(out, 0, sizeof(gint16) * (HZ_GRID + 2) * (HZ_GRID + 2));
    int per = ty->n / HZ_GRID, shift = per == 2 ? 8 : 7;
    for (int k = 0; k < ty->n; k++) {
        int y = ty->at[k];
        const gint16 *a = y >= first && y <= last ? rows[y - first] : rows[SOURCE_ROWS];
        const gint16 *b = y + 1 >= first && y + 1 <= last ? rows[y + 1 - first] : rows[SOURCE_ROWS];
        blend_rows(a, b, ty->frac[k], shift, out[1 + k / per] + 1);
    }
}

/*
 * One row's Sobel gradients, each the sum of its two nearest of 8 directions (parallelogram rule, no angles):
 * 0 +x, 2 +y, 4 -x, 6 -y, odd ones between. Without branches, so that it vectorises.
 */
MANY_TARGETS static void
row_directions(const gint16 *a, const gint16 *b, const gint16 *c, gint16 out[HZ_DIRECTIONS][HZ_GRID])
{
    for (int x = 0; x < HZ_GRID; x++) {
        int dx = a[x + 2] + 2 * b[x + 2] + c[x + 2] - a[x] - 2 * b[x] - c[x];
        int dy = c[x] + 2 * c[x + 1] + c[x + 2] - a[x] - 2 * a[x + 1] - a[x + 2];
        int px = MAX(dx, 0), nx = MAX(-dx, 0), py = MAX(dy, 0), ny = MAX(-dy, 0);
        out[0][x] = (gint16)MAX(px - py - ny, 0);
        out[2][x] = (gint16)MAX(py - px - nx, 0);
        out[4][x] = (gint16)MAX(nx - py - ny, 0);
        out[6][x] = (gint16)MAX(ny - px - nx, 0);
        out[1][x] = (gint16)(MIN(px, py) * 181 >> 7); /* times the root of 2 */
        out[3][x] = (gint16)(MIN(nx, py) * 181 >> 7);
        out[5][x] = (gint16)(MIN(nx, ny) * 181 >> 7);
        out[7][x] = (gint16)(MIN(px, ny) * 181 >> 7);
    }
}

/* @upper += @row (16 - @w), @lower += @row @w: the zones above and below share the row. */
MANY_TARGETS static void
share_row(const gint16 *row, int w, gint32 *upper, gint32 *lower)
{
    for (int i = 0; i < HZ_DIRECTIONS * HZ_GRID; i++) {
        upper[i] += row[i] * (16 - w);
        lower[i] += row[i] * w;
    }
}

/* The weights along x of one zone: a triangle over 16 pixels. */
MANY_TARGETS static gint32
zone_sum(const gint32 *from)
{
    static const gint32 triangle[2 * HZ_GRID / HZ_ZONES] = { 1, 3, 5, 7, 9, 11, 13, 15, 15, 13, 11, 9, 7, 5, 3, 1 };
    gint32 sum = 0;
    for (int k = 0; k < 2 * HZ_GRID / HZ_ZONES; k++)
        sum += from[k] * triangle[k];
    return sum;
}

/* Pooled bilinearly: zone centres lie 8 px apart, the first at 4. */
static void
pool(gint16 g[HZ_GRID + 2][HZ_GRID + 2], float zones[HZ_ZONES][HZ_ZONES][HZ_DIRECTIONS])
{
    enum { Z = HZ_GRID / HZ_ZONES };
    gint32 bands[HZ_ZONES + 2][HZ_DIRECTIONS][HZ_GRID]; /* pooled along y alone; first and last lie outside */
    memset(bands, 0, sizeof bands);
    for (int y = 0; y < HZ_GRID; y++) {
        gint16 row[HZ_DIRECTIONS][HZ_GRID];
        int zone = (y + Z / 2) / Z, w = 2 * ((y + Z / 2) % Z) + 1;
        row_directions(g[y], g[y + 1], g[y + 2], row);
        share_row(row[0], w, bands[zone][0], bands[zone + 1][0]);
    }
    for (int y = 0; y < HZ_ZONES; y++)
        for (int d = 0; d < HZ_DIRECTIONS; d++) {
            gint32 padded[HZ_GRID + Z] = { 0 };
            memcpy(padded + Z / 2, bands[y + 1][d], sizeof bands[y + 1][d]);
            for (int x = 0; x < HZ_ZONES; x++)
                zones[y][x][d] = (float)zone_sum(padded + x * Z);
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
    float zones[HZ_ZONES][HZ_ZONES][HZ_DIRECTIONS];
    resample(ink, r, &tx, &ty, raster);
    pool(raster, zones);
    float sum = 1e-6f;
    for (int y = 0; y < HZ_ZONES; y++)
        for (int x = 0; x < HZ_ZONES; x++)
            for (int d = 0; d < HZ_DIRECTIONS; d++)
                sum += zones[y][x][d];
    float *to = out;
    for (int y = 0; y < HZ_ZONES; y++)
        for (int x = 0; x < HZ_ZONES; x++)
            for (int d = 0; d < HZ_DIRECTIONS; d++)
                *to++ = sqrtf(zones[y][x][d] / sum);
    *to++ = (float)(0.15 * m.sx / em_px);
    *to = (float)(0.15 * m.sy / em_px);
    return TRUE;
}
