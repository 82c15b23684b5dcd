/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules.c: runs along a few slopes, thin for most of their length.
 */
#include "sealgen/rules.h"

#include <math.h>

#define LENGTH_LEAST_MM 30.0
#define GAP_MM 1.2      /* dashes and dots */
#define THICK_MM 0.8    /* what is thicker across is a stamp or a letter */
#define THIN_SHARE 0.55 /* of the run; the rest may lie under stamps */
#define FULL_SHARE 0.5  /* of the run that has ink at all */
#define SLOPE_MOST 0.05 /* 3 degrees */
#define SLOPE_STEP 0.005
#define LINES_MOST 40
#define APART_MM 1.5 /* nearer lines are one */

/* The mask as it was and as it becomes: a line is seen at several slopes, and each gives a piece of it. */
typedef struct {
    const guint8 *mask;
    guint8 *out;
    guint along, across; /* extents */
    gsize step, stride;  /* between pixels along and across */
    guint thick, gap, least;
} Lines;

static gsize
place(const Lines *l, guint along, guint across)
{
    return along * l->step + across * l->stride;
}

static gboolean
inked(const Lines *l, guint along, guint across)
{
    return l->mask[place(l, along, across)] != 0;
}

/* How thick the ink is across the line there; 0 where there is none within a pixel. */
static guint
thickness(const Lines *l, guint along, int across)
{
    int at = -1;
    for (int d = 0; d < 3 && at < 0; d++) {
        int y = across + (d == 1 ? -1 : d == 2);
        if (y >= 0 && y < (int)l->across && inked(l, along, (guint)y))
            at = y;
    }
    if (at < 0)
        return 0;
    int a = at, b = at;
    while (a > 0 && at - a <= (int)l->thick && inked(l, along, (guint)a - 1))
        a--;
    while (b + 1 < (int)l->across && b - at <= (int)l->thick && inked(l, along, (guint)b + 1))
        b++;
    return (guint)(b - a + 1);
}

typedef struct {
    double start, slope;
    guint from, to, full;
} Run;

static guint
erase_run(const Lines *l, const Run *run, guint8 *taken)
{
    guint erased = 0;
    for (guint i = run->from; i <= run->to; i++) {
        int y = (int)lround(run->start + run->slope * i);
        guint thick = thickness(l, i, y);
        if (thick == 0 || thick > l->thick)
            continue;
        for (int d = -(int)thick; d <= (int)thick; d++) {
            if (y + d < 0 || y + d >= (int)l->across || !inked(l, i, (guint)(y + d)) ||
                thickness(l, i, y + d) > l->thick)
                continue;
            gsize at = place(l, i, (guint)(y + d));
            erased += l->out[at] != 0;
            l->out[at] = 0;
            if (taken)
                taken[at] = 1;
        }
    }
    return erased;
}

/* The runs of one straight line over the page. */
static void
follow(const Lines *l, double start, double slope, GArray *runs)
{
    Run run = { start, slope, 0, 0, 0 };
    guint thin = 0;
    gboolean open = FALSE;
    for (guint i = 0; i <= l->along; i++) {
        double y = start + slope * i;
        guint thick = i < l->along && y >= 0 && y < l->across ? thickness(l, i, (int)lround(y)) : 0;
        if (thick > 0) {
            if (!open) {
                open = TRUE;
                run.from = i;
                run.full = thin = 0;
            }
            run.to = i;
            run.full++;
            thin += thick <= l->thick;
        }
        if (open && (i == l->along || i - run.to > l->gap)) {
            guint length = run.to - run.from + 1;
            if (length >= l->least && run.full >= FULL_SHARE * length && thin >= THIN_SHARE * run.full)
                g_array_append_val(runs, run);
            open = FALSE;
        }
    }
}

/* Is there enough ink near this line to be worth following? Every 8th pixel tells. */
static gboolean
worth(const Lines *l, double start, double slope)
{
    guint hits = 0;
    for (guint i = 0; i < l->along; i += 8) {
        double y = start + slope * i;
        hits += y >= 0 && y < l->across && inked(l, i, MIN((guint)lround(y), l->across - 1));
    }
    return 8 * hits >= 0.4 * l->least;
}

static Lines
lines_of(const guint8 *mask, guint width, guint height, double ppm, gboolean down)
{
    return (Lines){ .mask = mask,
                    .along = down ? height : width,
                    .across = down ? width : height,
                    .step = down ? width : 1,
                    .stride = down ? 1 : width,
                    .thick = (guint)lround(THICK_MM * ppm),
                    .gap = (guint)lround(GAP_MM * ppm),
                    .least = (guint)(LENGTH_LEAST_MM * ppm) };
}

static GArray *
runs_of(const Lines *l)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(Run));
    double lean = SLOPE_MOST * l->along;
    for (double slope = -SLOPE_MOST; slope < SLOPE_MOST + SLOPE_STEP / 2; slope += SLOPE_STEP)
        for (double start = -lean; start < l->across + lean; start++)
            if (worth(l, start, slope))
                follow(l, start, slope, runs);
    return runs;
}

guint
rules_erase(guint8 *mask, guint width, guint height, double ppm, guint8 *taken)
{
    guint erased = 0;
    g_autofree guint8 *seen = g_memdup2(mask, (gsize)width * height);
    for (guint down = 0; down < 2; down++) {
        Lines l = lines_of(seen, width, height, ppm, down);
        l.out = mask;
        g_autoptr(GArray) runs = runs_of(&l);
        for (guint i = 0; i < runs->len; i++)
            erased += erase_run(&l, &g_array_index(runs, Run, i), taken);
    }
    return erased;
}

static int
fullest_first(gconstpointer a, gconstpointer b)
{
    guint x = ((const Run *)a)->full, y = ((const Run *)b)->full;
    return (x < y) - (x > y);
}

/* Least squares through the middle of the thin ink on the run. */
static gboolean
fit_run(const Lines *l, const Run *run, double *start, double *slope)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (guint i = run->from; i <= run->to; i++) {
        int y = (int)lround(run->start + run->slope * i), sum = 0, count = 0;
        for (int v = y - (int)l->thick; v <= y + (int)l->thick; v++)
            if (v >= 0 && v < (int)l->across && inked(l, i, (guint)v) && thickness(l, i, v) <= l->thick) {
                sum += v;
                count++;
            }
        if (count == 0)
            continue;
        double middle = (double)sum / count;
        n++;
        sx += i;
        sy += middle;
        sxx += (double)i * i;
        sxy += i * middle;
    }
    double det = n * sxx - sx * sx;
    if (!(det > 1e-6))
        return FALSE;
    *slope = (n * sxy - sx * sy) / det;
    *start = (sy - *slope * sx) / n;
    return TRUE;
}

GArray *
rules_find(const guint8 *mask, guint width, guint height, double ppm)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(RuleLine));
    for (guint down = 0; down < 2; down++) {
        Lines l = lines_of(mask, width, height, ppm, down);
        g_autoptr(GArray) runs = runs_of(&l), kept = g_array_new(FALSE, FALSE, sizeof(Run));
        g_array_sort(runs, fullest_first);
        for (guint i = 0; i < runs->len && kept->len < LINES_MOST / 2; i++) {
            const Run *run = &g_array_index(runs, Run, i);
            double middle = (run->from + run->to) / 2.0, start, slope;
            gboolean fresh = TRUE;
            for (guint k = 0; k < kept->len && fresh; k++) { /* the same line at another slope */
                const Run *other = &g_array_index(kept, Run, k);
                fresh = middle < other->from || middle > other->to ||
                        fabs(run->start + run->slope * middle - other->start - other->slope * middle) > APART_MM * ppm;
            }
            if (!fresh || !fit_run(&l, run, &start, &slope))
                continue;
            g_array_append_val(kept, *run);
            double u0 = run->from / ppm, v0 = (start + slope * run->from) / ppm, u1 = run->to / ppm,
                   v1 = (start + slope * run->to) / ppm;
            RuleLine line = { down ? (Point){ v0, u0 } : (Point){ u0, v0 },
                              down ? (Point){ v1, u1 } : (Point){ u1, v1 }, down };
            g_array_append_val(out, line);
        }
    }
    return out;
}
