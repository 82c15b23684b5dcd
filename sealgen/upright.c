/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upright.c: angular harmonics: five for the star, one for where the ring's text is.
 */
#include "sealgen/upright.h"

#include <math.h>

#define ANGLES 360
#define STAR_LEAST 0.30 /* fifth harmonic against the mean */
#define TEXT_LEAST 0.12 /* first harmonic against the mean */

/* Mean ink by direction (degrees clockwise from +x of the seal's own frame) between two shares of the radius. */
static void
angular_profile(const Plane *ink, const Outline *o, double from, double to, double *out)
{
    double a = o->turn_deg * G_PI / 180, c = cos(a), s = sin(a);
    for (guint i = 0; i < ANGLES; i++) {
        double t = 2 * G_PI * i / ANGLES;
        out[i] = 0;
        for (guint k = 0; k < 16; k++) {
            double r = from + (to - from) * (k + 0.5) / 16;
            double u = r * cos(t) * o->width / 2, v = r * sin(t) * o->height / 2;
            out[i] += MIN(1, plane_at(ink, o->centre.x + c * u - s * v, o->centre.y + s * u + c * v)) / 16;
        }
    }
}

/* Phase (degrees) and strength (against the mean) of harmonic @n. */
static double
harmonic(const double *v, guint n, double *strength)
{
    double re = 0, im = 0, sum = 1e-9;
    for (guint i = 0; i < ANGLES; i++) {
        double t = 2 * G_PI * i * n / ANGLES;
        re += v[i] * cos(t);
        im += v[i] * sin(t);
        sum += v[i];
    }
    *strength = 2 * hypot(re, im) / sum;
    return atan2(im, re) * 180 / G_PI / n;
}

static double
wrap(double degrees, double period)
{
    return degrees - period * round(degrees / period);
}

/* The middle of the longest stretch of the ring without text, in degrees; @lead: how much longer it is
 * than the next one, 0..1. */
static double
longest_gap(const double *ring, double *lead)
{
    double smooth[ANGLES], mean = 0;
    for (guint i = 0; i < ANGLES; i++) {
        smooth[i] = 0;
        for (int k = -2; k <= 2; k++)
            smooth[i] += ring[(i + ANGLES + (guint)k) % ANGLES] / 5;
        mean += smooth[i] / ANGLES;
    }
    guint start = 0, best = 0, second = 0, run = 0;
    double middle = 0;
    while (start < ANGLES && smooth[start] < 0.35 * mean)
        start++; /* begin inside the text, so that no gap is cut in two */
    for (guint i = 1; i <= ANGLES; i++) {
        guint at = (start + i) % ANGLES;
        if (smooth[at] < 0.35 * mean && i < ANGLES) {
            run++;
            continue;
        }
        if (run > best) {
            second = best;
            best = run;
            middle = start + i - 1 - (run - 1) / 2.0;
        } else {
            second = MAX(second, run);
        }
        run = 0;
    }
    *lead = best > 0 ? 1 - (double)second / best : 0;
    return middle;
}

/* Up as the ring's text tells: its gap is below. */
static double
text_upright(const Plane *ink, const Outline *frame, double *confidence)
{
    double ring[ANGLES], strength, lead;
    angular_profile(ink, frame, 0.66, 0.84, ring);
    double weight = harmonic(ring, 1, &strength) + 90, gap = longest_gap(ring, &lead) - 90;
    gboolean agree = fabs(wrap(weight - gap, 360)) < 35;
    if (lead > 0.25) {
        *confidence = MIN(1, 0.5 + 0.6 * lead + (agree ? 0.1 : -0.2));
        return gap;
    }
    *confidence = strength > TEXT_LEAST ? MIN(0.7, 0.4 + strength) : 0.2;
    return weight;
}

static double
round_upright(const Plane *ink, const Outline *o, double hint_deg, double *confidence)
{
    double inner[ANGLES], star = 0;
    Outline flat = *o; /* a circle's turn means nothing */
    flat.turn_deg = 0;
    double text = text_upright(ink, &flat, confidence);
    gboolean sure = *confidence > 0.55;
    double best = sure || (*confidence > 0.3 && fabs(wrap(text - hint_deg, 360)) < 60) ? text : hint_deg;
    angular_profile(ink, &flat, 0.12, 0.36, inner);
    double star_up = harmonic(inner, 5, &star) + 90;
    if (star > STAR_LEAST) {
        /* of its five tips the one nearest to where the text says up is */
        double off = wrap(star_up - best, 72);
        if (fabs(off) < 25 || !sure) {
            best += off;
            *confidence = MIN(1, *confidence + 0.15);
        } else {
            *confidence *= 0.7;
        }
    }
    return wrap(best, 360);
}

static double
oval_upright(const Plane *ink, const Outline *o, double hint_deg, double *confidence)
{
    double up = text_upright(ink, o, confidence); /* in the ellipse's own frame */
    double turn = o->turn_deg;
    gboolean seen = *confidence > 0.55 && fabs(cos(up * G_PI / 180)) > 0.5;
    gboolean flip = seen ? fabs(wrap(up, 360)) > 90 : fabs(wrap(turn - hint_deg, 360)) > 90;
    if (!seen)
        *confidence = 0.4;
    return wrap(turn + (flip ? 180 : 0), 360);
}

double
upright_find(const Plane *ink, const Outline *o, double hint_deg, double *confidence)
{
    if (o->shape == SHAPE_ROUND)
        return round_upright(ink, o, hint_deg, confidence);
    if (o->shape == SHAPE_OVAL)
        return oval_upright(ink, o, hint_deg, confidence);
    *confidence = o->shape == SHAPE_RECTANGLE ? 0.4 : 0.2;
    if (o->shape == SHAPE_FREE)
        return hint_deg;
    /* sides: the quarter turn nearest to the page's */
    return wrap(o->turn_deg + 90 * round((hint_deg - o->turn_deg) / 90), 360);
}
