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

static double
round_upright(const Plane *ink, const Outline *o, double hint_deg, double *confidence)
{
    double ring[ANGLES], inner[ANGLES], star = 0, text = 0;
    Outline flat = *o; /* a circle's turn means nothing */
    flat.turn_deg = 0;
    angular_profile(ink, &flat, 0.62, 0.86, ring);
    angular_profile(ink, &flat, 0.12, 0.36, inner);
    double text_up = harmonic(ring, 1, &text) + 90; /* text is on top: its direction is -90 when upright */
    double star_up = harmonic(inner, 5, &star) + 90;
    double best = text > TEXT_LEAST ? text_up : hint_deg;
    *confidence = text > TEXT_LEAST ? MIN(1, 0.5 + text) : 0.2;
    if (star > STAR_LEAST) {
        /* five tips: the one nearest to where the text says up is */
        double off = wrap(star_up - best, 72);
        if (text > TEXT_LEAST && fabs(off) > 30 && fabs(wrap(best - hint_deg, 360)) < 60)
            off = wrap(star_up - hint_deg, 72) + wrap(hint_deg - best, 360);
        best += off;
        *confidence = MIN(1, *confidence + 0.2);
    }
    return wrap(best, 360);
}

static double
oval_upright(const Plane *ink, const Outline *o, double hint_deg, double *confidence)
{
    double ring[ANGLES], text = 0;
    angular_profile(ink, o, 0.62, 0.86, ring);
    double up = harmonic(ring, 1, &text) + 90; /* in the ellipse's own frame */
    double turn = o->turn_deg;
    gboolean seen = text > TEXT_LEAST && fabs(cos(up * G_PI / 180)) > 0.5;
    gboolean flip = seen ? fabs(wrap(up, 360)) > 90 : fabs(wrap(turn - hint_deg, 360)) > 90;
    *confidence = seen ? MIN(1, 0.5 + text) : 0.4;
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
