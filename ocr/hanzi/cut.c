/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cut.c: a line into exactly n cells, by a dynamic programme over all pitches.
 *
 * The cost of a set of cuts: ink that a cut goes through, cells that are not the pitch wide, ink that
 * stays outside, a pitch that is not the em. The text's characters steer the widths (a Latin letter is
 * narrow), never what is seen in the cells.
 */
#include "ocr/hanzi/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLACK = 4, NARROW_SLACK = 14, REACH = 400 };
#define FAR_AWAY 1e9f

static int
by_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

HzProfile *
hz_profile_new(const HzLine *line)
{
    const HzInk *ink = &line->ink;
    int w = ink->width;
    HzProfile *p = g_new0(HzProfile, 1);
    p->n = w;
    p->ink = g_new0(float, (gsize)w + 2);
    p->dark = g_new0(int, (gsize)w + 2);
    g_autofree float *raw = g_new0(float, (gsize)w + 2);
    for (int y = HZ_TOP; y < HZ_BOTTOM; y++)
        for (int x = 0; x < w; x++)
            raw[x + 1] += (float)MAX(0, ink->px[(gsize)y * (gsize)w + (gsize)x] - HZ_INK);
    g_autofree float *sorted = g_new0(float, (gsize)w + 1);
    int n = 0;
    for (int x = 0; x < w; x++)
        if (raw[x + 1] > 60)
            sorted[n++] = raw[x + 1];
    if (n < 3)
        return p;
    qsort(sorted, (gsize)n, sizeof *sorted, by_float);
    float cap = sorted[(int)(n * .8)], thin = MAX(150, .06f * cap);
    p->first = w;
    for (int x = 0; x < w; x++) { /* p->ink[x]: the cut to the left of column x */
        float v = .2f * (x ? raw[x - 1 + 1] : 0) + .4f * raw[x + 1] + .4f * raw[x];
        p->ink[x] = MIN(1, v / cap);
        gboolean dark = raw[x + 1] > thin;
        p->dark[x + 1] = p->dark[x] + dark;
        if (dark && p->first == w)
            p->first = x;
        if (dark)
            p->last = x + 1;
    }
    p->dark[w + 1] = p->dark[w];
    p->any = p->last > p->first;
    return p;
}

void
hz_profile_free(HzProfile *p)
{
    if (!p)
        return;
    g_free(p->ink);
    g_free(p->dark);
    g_free(p);
}

/* A cell's width: the middle in px, how far it may be off, and what an em off costs. */
typedef struct {
    float width, price;
    int slack;
} Want;

static Want
wanted(HzWidth kind, double pitch)
{
    double full = pitch * HZ_EM;
    if (kind.full)
        return (Want){(float)full, 6, SLACK};
    return (Want){(float)(kind.em * HZ_EM * MIN(pitch, 1.1)), 1.5, NARROW_SLACK};
}

/* One pitch. best[i][k] is the price of the first i cells when cut i stands at base(i) + k. */
typedef struct {
    float price[REACH];
    gint16 from[REACH];
} Row;

static int
span_base(double at)
{
    return (int)at - REACH / 2;
}

static double
try_pitch(const HzProfile *p, const HzWidth *kinds, guint n, double pitch, int start0, int start1, Row *rows, int *cuts)
{
    double at = (start0 + start1) / 2.0;
    int spread = MIN(REACH / 2 - 2, (start1 - start0) / 2 + 24), base = span_base(at);
    g_autofree int *bases = g_new(int, n + 1);
    bases[0] = base;
    for (int k = 0; k < REACH; k++) {
        int x = base + k;
        rows[0].price[k] = x >= start0 && x <= start1 && x >= 0 && x <= p->n
                               ? p->ink[x] + 2.8f / HZ_EM * (float)p->dark[x]
                               : FAR_AWAY;
    }
    for (guint i = 1; i <= n; i++) {
        Want want = wanted(kinds[i - 1], pitch);
        at += want.width;
        bases[i] = span_base(at);
        int middle = (int)lround(want.width), shift = bases[i] - bases[i - 1];
        for (int k = 0; k < REACH; k++)
            rows[i].price[k] = FAR_AWAY;
        for (int k = REACH / 2 - spread; k <= REACH / 2 + spread; k++) {
            int x = bases[i] + k;
            if (x < 1 || x > p->n)
                continue;
            float best = FAR_AWAY;
            int from = -1;
            for (int w = MAX(4, middle - want.slack); w <= middle + want.slack; w++) {
                int j = k + shift - w;
                if (j < 0 || j >= REACH || rows[i - 1].price[j] >= FAR_AWAY)
                    continue;
                float off = ((float)w - want.width) / HZ_EM, price = rows[i - 1].price[j] + want.price * off * off;
                if (price < best)
                    best = price, from = j;
            }
            rows[i].price[k] = best < FAR_AWAY ? best + p->ink[x] : FAR_AWAY;
            rows[i].from[k] = (gint16)from;
        }
    }
    float best = FAR_AWAY;
    int end = -1;
    for (int k = 0; k < REACH; k++) {
        int x = bases[n] + k;
        if (x < 0 || x > p->n || rows[n].price[k] >= FAR_AWAY)
            continue;
        float price = rows[n].price[k] + 2.8f / HZ_EM * (float)(p->dark[p->n] - p->dark[x]);
        if (price < best)
            best = price, end = k;
    }
    if (end < 0)
        return FAR_AWAY;
    for (guint i = n; end >= 0; i--) {
        cuts[i] = bases[i] + end;
        if (!i)
            break;
        end = rows[i].from[end];
    }
    return best;
}

double
hz_cut(const HzProfile *p, const HzWidth *kinds, guint n, double pitch_low, double pitch_high, int *cuts, double *pitch)
{
    if (!p->any)
        return FAR_AWAY;
    g_autofree Row *rows = g_new(Row, n + 1);
    g_autofree int *mine = g_new(int, n + 1);
    double best = FAR_AWAY;
    for (double q = pitch_low; q < pitch_high + .001; q += .01) {
        double length = 0;
        for (guint i = 0; i < n; i++)
            length += wanted(kinds[i], q).width;
        double slack = (p->last - p->first) - length;
        int start0 = p->first - HZ_EM / 2, start1 = p->first + (int)MAX(HZ_EM / 4, slack + HZ_EM / 2);
        start1 = MIN(start1, start0 + REACH - 60);
        double off = fabs(q - 1), price = try_pitch(p, kinds, n, q, start0, start1, rows, mine);
        price += 3 * off;
        if (price < best) {
            best = price;
            *pitch = q;
            memcpy(cuts, mine, sizeof(int) * (n + 1));
        }
    }
    return best;
}

HzRect
hz_cell_trim(const HzInk *ink, int x0, int x1)
{
    HzRect r = {MAX(0, x0), HZ_TOP, MIN(ink->width, x1), HZ_BOTTOM};
    return r;
}

HzRect
hz_ink_rect(const HzInk *ink, HzRect cell)
{
    HzRect r = {cell.x1, cell.y1, cell.x0, cell.y0};
    for (int y = MAX(0, cell.y0); y < MIN(ink->height, cell.y1); y++)
        for (int x = MAX(0, cell.x0); x < MIN(ink->width, cell.x1); x++)
            if (ink->px[(gsize)y * (gsize)ink->width + (gsize)x] > 2 * HZ_INK) {
                r.x0 = MIN(r.x0, x);
                r.y0 = MIN(r.y0, y);
                r.x1 = MAX(r.x1, x + 1);
                r.y1 = MAX(r.y1, y + 1);
            }
    return r.x1 > r.x0 ? r : cell;
}

double
hz_covered_share(const HzLine *line, HzRect cell)
{
    guint64 all = 0, under = 0;
    if (!line->covered)
        return 0;
    for (int y = MAX(0, cell.y0); y < MIN(line->ink.height, cell.y1); y++)
        for (int x = MAX(0, cell.x0); x < MIN(line->ink.width, cell.x1); x++) {
            gsize i = (gsize)y * (gsize)line->ink.width + (gsize)x;
            guint w = (guint)MAX(0, line->ink.px[i] - HZ_INK);
            all += w;
            under += line->covered[i] ? w : 0;
        }
    return all ? (double)under / (double)all : 0;
}
