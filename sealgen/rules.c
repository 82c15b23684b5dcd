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

static guint
erase_run(const Lines *l, double start, double slope, guint from, guint to)
{
    guint erased = 0;
    for (guint i = from; i <= to; i++) {
        int y = (int)lround(start + slope * i);
        guint thick = thickness(l, i, y);
        if (thick == 0 || thick > l->thick)
            continue;
        for (int d = -(int)thick; d <= (int)thick; d++) {
            if (y + d < 0 || y + d >= (int)l->across || !inked(l, i, (guint)(y + d)) ||
                thickness(l, i, y + d) > l->thick)
                continue;
            guint8 *p = l->out + place(l, i, (guint)(y + d));
            erased += *p != 0;
            *p = 0;
        }
    }
    return erased;
}

/* The runs of one straight line over the page. */
static guint
follow(const Lines *l, double start, double slope)
{
    guint erased = 0, from = 0, last = 0, full = 0, thin = 0;
    gboolean open = FALSE;
    for (guint i = 0; i <= l->along; i++) {
        double y = start + slope * i;
        guint thick = i < l->along && y >= 0 && y < l->across ? thickness(l, i, (int)lround(y)) : 0;
        if (thick > 0) {
            if (!open) {
                open = TRUE;
                from = i;
                full = thin = 0;
            }
            last = i;
            full++;
            thin += thick <= l->thick;
        }
        if (open && (i == l->along || i - last > l->gap)) {
            guint length = last - from + 1;
            if (length >= l->least && full >= FULL_SHARE * length && thin >= THIN_SHARE * full)
                erased += erase_run(l, start, slope, from, last);
            open = FALSE;
        }
    }
    return erased;
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

guint
rules_erase(guint8 *mask, guint width, guint height, double ppm)
{
    guint erased = 0;
    g_autofree guint8 *seen = g_memdup2(mask, (gsize)width * height);
    for (guint down = 0; down < 2; down++) {
        Lines l = { .mask = seen, .out = mask, .along = down ? height : width, .across = down ? width : height };
        l.step = down ? width : 1;
        l.stride = down ? 1 : width;
        l.thick = (guint)lround(THICK_MM * ppm);
        l.gap = (guint)lround(GAP_MM * ppm);
        l.least = (guint)(LENGTH_LEAST_MM * ppm);
        double lean = SLOPE_MOST * l.along;
        for (double slope = -SLOPE_MOST; slope < SLOPE_MOST + SLOPE_STEP / 2; slope += SLOPE_STEP)
            for (double start = -lean; start < l.across + lean; start++)
                if (worth(&l, start, slope))
                    erased += follow(&l, start, slope);
    }
    return erased;
}
