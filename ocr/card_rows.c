/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card_rows.c: profiles along and across a text row of the darkness picture. */
#include "ocr/card_rows.h"

#include <math.h>
#include <string.h>

enum { PROFILE_MAX = 4096 };

/* The nearest pixel's darkness; 0 outside. */
static inline guint8
dark_at(const Image *d, double x, double y)
{
    gint ix = (gint)floor(x + 0.5), iy = (gint)floor(y + 0.5);
    if (ix < 0 || iy < 0 || ix >= (gint)d->width || iy >= (gint)d->height)
        return 0;
    return d->data[(gsize)iy * d->width + (gsize)ix];
}

static void
direction(const Strip *s, double *ux, double *uy)
{
    double length = fmax(point_distance(s->left, s->right), 1e-6);
    *ux = (s->right.x - s->left.x) / length;
    *uy = (s->right.y - s->left.y) / length;
}

/*
 * Ink along the strip, one value a step of a layout pixel, from @from to @to (px from the left end): the share of
 * the height that is dark, 0..1, less what is dark beyond the row too (the shade beside a grey card's edge).
 * Returns: (transfer full) @n values.
 */
static double *
profile_along(const Image *d, const Strip *s, double from, double to, guint *n)
{
    double ux, uy;
    direction(s, &ux, &uy);
    *n = (guint)CLAMP(ceil(to - from), 1, PROFILE_MAX);
    double *values = g_new0(double, *n);
    gint half = MAX((gint)lround(s->height / 2 * 0.9), 1);
    double beyond = 0.72 * s->height;
    for (guint i = 0; i < *n; i++) {
        double x = s->left.x + ux * (from + i), y = s->left.y + uy * (from + i);
        guint dark = 0, shade = MIN(dark_at(d, x - uy * beyond, y + ux * beyond), dark_at(d, x + uy * beyond, y - ux * beyond));
        for (gint k = -half; k <= half; k++) {
            guint8 here = dark_at(d, x - uy * k, y + ux * k);
            dark += here > shade ? here - shade : 0;
        }
        values[i] = dark / 255.0 / (2 * half + 1);
    }
    return values;
}

static int
by_value(gconstpointer a, gconstpointer b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

/* A column is inked above the share @ink of the usual inked column (the 80th percentile). */
static double
ink_level(const double *values, guint n, double ink)
{
    g_autofree double *sorted = g_new(double, n);
    memcpy(sorted, values, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    return fmax(sorted[(guint)(0.8 * (n - 1))] * ink, 0.025);
}

static Strip
with_ends(const Strip *s, double from, double to)
{
    double ux, uy;
    direction(s, &ux, &uy);
    Strip out = *s;
    out.left = (Point){ s->left.x + ux * from, s->left.y + uy * from };
    out.right = (Point){ s->left.x + ux * to, s->left.y + uy * to };
    return out;
}

Strip
rows_extend(const Image *d, const Strip *s, double ink, double gap, double reach_left, double reach_right)
{
    double length = point_distance(s->left, s->right), wide = gap * s->height;
    guint n, inside;
    g_autofree double *text = profile_along(d, s, 0, length, &inside);
    double level = ink_level(text, inside, ink);
    g_autofree double *right = profile_along(d, s, length, length + reach_right * s->height, &n);
    double to = length, blank = 0;
    for (guint i = 0; i < n && reach_right > 0 && blank < wide; i++) {
        blank = right[i] > level ? 0 : blank + 1;
        if (right[i] > level)
            to = length + i + 1;
    }
    g_autofree double *left = profile_along(d, s, -reach_left * s->height, 0, &n);
    double from = 0;
    blank = 0;
    for (guint i = n; i-- > 0 && reach_left > 0 && blank < wide;) {
        blank = left[i] > level ? 0 : blank + 1;
        if (left[i] > level)
            from = (double)i - n;
    }
    return with_ends(s, from, to);
}

Strip
rows_after_gap(const Image *d, const Strip *s, double gap)
{
    guint n;
    double length = point_distance(s->left, s->right), blank = 0, from = 0;
    g_autofree double *text = profile_along(d, s, 0, length, &n);
    double level = ink_level(text, n, ROWS_FIGURES);
    for (guint i = 0; i < n / 2; i++) {
        if (text[i] > level && blank >= gap * s->height)
            from = i;
        blank = text[i] > level ? 0 : blank + 1;
    }
    return with_ends(s, from, length);
}

guint
rows_pieces(const Image *d, const Strip *s, double gap, Strip *pieces, guint limit)
{
    guint n, count = 0, from = 0;
    double blank = G_MAXDOUBLE, wide = gap * s->height;
    g_autofree double *text = profile_along(d, s, 0, point_distance(s->left, s->right), &n);
    double level = ink_level(text, n, ROWS_FIGURES);
    for (guint i = 0; i < n; i++) {
        if (text[i] <= level) {
            blank += 1;
            continue;
        }
        if (blank >= wide) {
            if (count == limit)
                return 0;
            from = i;
            count++;
        }
        pieces[count - 1] = with_ends(s, from, i + 1);
        blank = 0;
    }
    return count;
}

gboolean
rows_trim(const Image *d, double ink, Strip *s)
{
    guint n;
    double length = point_distance(s->left, s->right);
    g_autofree double *text = profile_along(d, s, 0, length, &n);
    double level = ink_level(text, n, ink);
    guint from = 0, to = n;
    while (from < to && text[from] <= level)
        from++;
    while (to > from && text[to - 1] <= level)
        to--;
    if (from == to)
        return FALSE;
    *s = with_ends(s, from, to);
    return TRUE;
}

/* Mean darkness of a line at @across (px from the strip's middle line, positive below), turned by @slope. */
static double
mean_at(const Image *d, const Strip *s, double across, double slope)
{
    double ux, uy, length = point_distance(s->left, s->right), step = fmax(length / 160, 1), sum = 0;
    direction(s, &ux, &uy);
    guint n = 0;
    for (double a = 0; a <= length; a += step, n++) {
        double c = across + slope * (a - length / 2);
        sum += dark_at(d, s->left.x + ux * a - uy * c, s->left.y + uy * a + ux * c);
    }
    return n ? sum / n : 0;
}

double
rows_ink(const Image *d, const Strip *s)
{
    double sum = 0;
    guint n = 0;
    for (double c = -0.5 * s->height; c <= 0.5 * s->height; c += 1, n++)
        sum += mean_at(d, s, c, 0);
    return n ? sum / n : 0;
}

Strip
rows_centre(const Image *d, const Strip *s, double reach, double tilt_deg, double *contrast)
{
    double best = -1e9, best_across = 0, best_slope = 0, h = s->height, slopes = tilt_deg > 0 ? 4 : 0;
    gint margin = (gint)ceil(0.35 * h), half = (gint)lround(h / 2), far = (gint)ceil(reach * h) + half + margin;
    guint n = 2 * (guint)far + 1;
    g_autofree double *rows = g_new(double, n + 1);
    for (double k = -slopes; k <= slopes; k++) {
        double slope = slopes > 0 ? tan(tilt_deg * G_PI / 180 * k / slopes) : 0;
        rows[0] = 0; /* sums of the rows before, so that a band is one subtraction */
        for (guint i = 0; i < n; i++)
            rows[i + 1] = rows[i] + mean_at(d, s, (gint)i - far, slope);
        for (gint at = half + margin; at + half + margin < (gint)n; at++) {
            double inside = rows[at + half + 1] - rows[at - half];
            double above = rows[at - half] - rows[at - half - margin];
            double below = rows[at + half + margin + 1] - rows[at + half + 1];
            double value = inside / (2 * half + 1) - (above + below) / (2 * margin) - 0.02 * fabs(k) -
                           0.5 * abs(at - far) / fmax(h, 1);
            if (value > best) {
                best = value;
                best_across = at - far;
                best_slope = slope;
            }
        }
    }
    if (contrast)
        *contrast = best;
    double ux, uy, length = point_distance(s->left, s->right);
    direction(s, &ux, &uy);
    Strip out = *s;
    double l = best_across - best_slope * length / 2, r = best_across + best_slope * length / 2;
    out.left = (Point){ s->left.x - uy * l, s->left.y + ux * l };
    out.right = (Point){ s->right.x - uy * r, s->right.y + ux * r };
    return out;
}
