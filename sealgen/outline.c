/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outline.c: the outermost ink in every direction, then robust fits of each shape to those points.
 *
 * Faded sectors give points too far in, splashes points too far out: a first fit from random minimal
 * samples (fixed seed) finds the shape, weighted least squares measure it.
 */
#include "sealgen/outline.h"

#include <math.h>
#include <string.h>

#define NEARLY_ROUND 0.93
#define RAYS 360
#define TOLERANCE_MM 0.35 /* a point this near supports a shape */
#define TRIES 300
#define SURE_SCORE 0.85 /* of the rays: an ellipse that fits like this is one */

typedef struct {
    guint n;
    Point p[RAYS];
} Rim;

/* cx, cy, half width, half height, turn (radians, clockwise) */
typedef struct {
    double v[5];
} Ellipse;

/* Sub-pixel place of the outermost ink on one ray, or -1. */
static double
ray_outermost(const Plane *ink, Point centre, double dx, double dy, double reach)
{
    double step = 0.5, last = 0;
    guint run = MAX(2u, (guint)lround(0.15 * ink->ppm / step));
    for (double r = reach; r > 0; r -= step) {
        double v = plane_at(ink, centre.x + r * dx, centre.y + r * dy);
        if (v > 0.3 && last <= 0.3) {
            /* is it a stroke, not a speck; how strong is it within a millimetre */
            double peak = v, sum = 0;
            guint n = (guint)lround(1.0 * ink->ppm / step);
            for (guint k = 0; k < MAX(n, run); k++) {
                double q = plane_at(ink, centre.x + (r - k * step) * dx, centre.y + (r - k * step) * dy);
                peak = MAX(peak, q);
                if (k < run)
                    sum += q;
            }
            if (peak > 0.45 && sum / run > 0.3) {
                double half = 0.5 * MIN(peak, 1.2), before = 0;
                for (double q = r + step * 2; q > r - 1.5 * ink->ppm && q > 0; q -= step) {
                    double w = plane_at(ink, centre.x + q * dx, centre.y + q * dy);
                    if (w >= half && q < r + step * 2)
                        return q + step * (w - half) / MAX(1e-6, w - before);
                    before = w;
                }
            }
        }
        last = v;
    }
    return -1;
}

static void
rim_collect(const Plane *ink, Point centre, double reach, Rim *rim)
{
    rim->n = 0;
    for (guint i = 0; i < RAYS; i++) {
        double a = 2 * G_PI * i / RAYS, dx = cos(a), dy = sin(a);
        double r = ray_outermost(ink, centre, dx, dy, reach);
        if (r > 0)
            rim->p[rim->n++] = (Point){ centre.x + r * dx, centre.y + r * dy };
    }
}

/* Signed distance (outside positive) along the ray from the ellipse's centre; @c, @s: of its turn. */
static double
turned_distance(const Ellipse *e, double c, double s, Point p)
{
    double dx = p.x - e->v[0], dy = p.y - e->v[1];
    double u = (dx * c + dy * s) / e->v[2], w = (-dx * s + dy * c) / e->v[3];
    double t = sqrt(u * u + w * w), r = sqrt(dx * dx + dy * dy);
    return t < 1e-9 ? -MIN(e->v[2], e->v[3]) : r - r / t;
}

static double
ellipse_distance(const Ellipse *e, Point p)
{
    return turned_distance(e, cos(e->v[4]), sin(e->v[4]), p);
}

/* cx, cy, side at +u, -u, +v, -v as distances, turn: in Ellipse's terms plus two. */
typedef struct {
    double turn, side[4]; /* u max, u min, v max, v min in the turned frame */
} Rectangle;

static double
rectangle_distance(const Rectangle *r, Point p)
{
    double c = cos(r->turn), s = sin(r->turn), u = p.x * c + p.y * s, v = -p.x * s + p.y * c;
    double d[4] = { u - r->side[0], r->side[1] - u, v - r->side[2], r->side[3] - v };
    return MAX(MAX(d[0], d[1]), MAX(d[2], d[3]));
}

static guint32
next_random(guint32 *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Solve n x n by Gauss with pivots; FALSE where singular. */
static gboolean
solve(double *a, double *b, guint n)
{
    for (guint i = 0; i < n; i++) {
        guint best = i;
        for (guint k = i + 1; k < n; k++)
            if (fabs(a[k * n + i]) > fabs(a[best * n + i]))
                best = k;
        if (fabs(a[best * n + i]) < 1e-12)
            return FALSE;
        for (guint k = 0; k < n; k++) {
            double t = a[i * n + k];
            a[i * n + k] = a[best * n + k];
            a[best * n + k] = t;
        }
        double t = b[i];
        b[i] = b[best];
        b[best] = t;
        for (guint r = i + 1; r < n; r++) {
            double f = a[r * n + i] / a[i * n + i];
            for (guint k = i; k < n; k++)
                a[r * n + k] -= f * a[i * n + k];
            b[r] -= f * b[i];
        }
    }
    for (guint i = n; i-- > 0;) {
        for (guint k = i + 1; k < n; k++)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    return TRUE;
}

/* The ellipse through five points, or FALSE. Coordinates are taken about @o and scaled by @unit. */
static gboolean
ellipse_through(const Point *p, Point o, double unit, Ellipse *e)
{
    double a[25], b[5] = { 1, 1, 1, 1, 1 };
    for (guint i = 0; i < 5; i++) {
        double x = (p[i].x - o.x) / unit, y = (p[i].y - o.y) / unit;
        double row[5] = { x * x, x * y, y * y, x, y };
        memcpy(a + 5 * i, row, sizeof row);
    }
    if (!solve(a, b, 5))
        return FALSE;
    double A = b[0], B = b[1], C = b[2], D = b[3], E = b[4], det = 4 * A * C - B * B;
    if (!(det > 1e-9))
        return FALSE;
    double x = (B * E - 2 * C * D) / det, y = (B * D - 2 * A * E) / det;
    double f = 1 + A * x * x + B * x * y + C * y * y; /* value at the centre, moved */
    double mean = (A + C) / 2, spread = hypot((A - C) / 2, B / 2);
    if (!(f / (mean - spread) > 0 && f / (mean + spread) > 0))
        return FALSE;
    double wide = sqrt(f / (mean - spread)), narrow = sqrt(f / (mean + spread));
    double turn = 0.5 * atan2(B, A - C) + G_PI / 2; /* direction of the smaller eigenvalue: the long axis */
    *e = (Ellipse){ { o.x + x * unit, o.y + y * unit, wide * unit, narrow * unit, turn } };
    return TRUE;
}

static gboolean
circle_through(const Point *p, Ellipse *e)
{
    double ax = p[1].x - p[0].x, ay = p[1].y - p[0].y, bx = p[2].x - p[0].x, by = p[2].y - p[0].y;
    double d = 2 * (ax * by - ay * bx);
    if (fabs(d) < 1e-6)
        return FALSE;
    double a2 = ax * ax + ay * ay, b2 = bx * bx + by * by;
    double x = (by * a2 - ay * b2) / d, y = (ax * b2 - bx * a2) / d, r = hypot(x, y);
    *e = (Ellipse){ { p[0].x + x, p[0].y + y, r, r, 0 } };
    return TRUE;
}

static double
ellipse_score(const Rim *rim, const Ellipse *e, double tolerance)
{
    double score = 0, c = cos(e->v[4]), s = sin(e->v[4]);
    for (guint i = 0; i < rim->n; i++) {
        double d = turned_distance(e, c, s, rim->p[i]) / tolerance;
        score += MAX(0, 1 - d * d);
    }
    return score;
}

/* Weighted least squares from a start; @free parameters 3 (circle) or 5. Returns: rms of what fits. */
static double
ellipse_polish(const Rim *rim, Ellipse *e, gboolean circle, double tolerance)
{
    guint n = circle ? 3 : 5;
    for (guint round_ = 0; round_ < 12; round_++) {
        double a[25] = { 0 }, b[5] = { 0 }, scale = MAX(0.3 * tolerance, tolerance * pow(0.75, round_));
        for (guint i = 0; i < rim->n; i++) {
            double d = ellipse_distance(e, rim->p[i]), q = d / scale, w = 1 / (1 + q * q * q * q), g[5];
            for (guint k = 0; k < n; k++) {
                Ellipse moved = *e;
                double h = k < 4 ? 0.01 : 1e-4;
                moved.v[k] += h;
                if (circle && k == 2)
                    moved.v[3] += h;
                g[k] = (ellipse_distance(&moved, rim->p[i]) - d) / h;
            }
            for (guint r = 0; r < n; r++) {
                b[r] -= w * g[r] * d;
                for (guint k = 0; k < n; k++)
                    a[r * n + k] += w * g[r] * g[k];
            }
        }
        for (guint k = 0; k < n; k++)
            a[k * n + k] += k == 4 ? 1e-3 : 1e-6; /* the turn of a circle is nothing */
        if (!solve(a, b, n))
            break;
        for (guint k = 0; k < n; k++)
            e->v[k] += CLAMP(b[k], -5, 5);
        if (circle)
            e->v[3] = e->v[2];
    }
    double sum = 0;
    guint m = 0;
    for (guint i = 0; i < rim->n; i++) {
        double d = ellipse_distance(e, rim->p[i]);
        if (fabs(d) < tolerance) {
            sum += d * d;
            m++;
        }
    }
    return m ? sqrt(sum / m) : tolerance;
}

static double
ellipse_search(const Rim *rim, Point centre, double reach, gboolean circle, double tolerance, Ellipse *best)
{
    double best_score = 0;
    guint32 random = 20251120;
    for (guint t = 0; t < TRIES; t++) {
        Point p[5];
        for (guint k = 0; k < 5; k++)
            p[k] = rim->p[next_random(&random) % rim->n];
        Ellipse e;
        if (circle ? !circle_through(p, &e) : !ellipse_through(p, centre, reach, &e))
            continue;
        if (!(e.v[3] > 0.2 * reach && e.v[2] < 1.3 * reach && e.v[3] > 0.42 * e.v[2]))
            continue;
        if (hypot(e.v[0] - centre.x, e.v[1] - centre.y) > 0.6 * reach)
            continue;
        double score = ellipse_score(rim, &e, tolerance);
        if (score > best_score) {
            best_score = score;
            *best = e;
        }
    }
    return best_score;
}

/* Outermost place in direction u where enough points agree. */
static double
side_place(const double *u, guint n, int sign, double tolerance)
{
    double top = -1e9;
    for (guint i = 0; i < n; i++)
        top = MAX(top, sign * u[i]);
    double best = top;
    guint most = 0, count[64];
    for (guint b = 0; b < 64; b++) {
        double place = top - b * tolerance;
        count[b] = 0;
        for (guint i = 0; i < n; i++)
            count[b] += fabs(sign * u[i] - place) < tolerance;
        most = MAX(most, count[b]);
    }
    for (guint b = 0; b < 64; b++)
        if (3 * count[b] >= most) {
            /* the better of this place and the next one in */
            best = top - (b + 1 < 64 && count[b + 1] > count[b] ? b + 1 : b) * tolerance;
            break;
        }
    return best;
}

static double
rectangle_search(const Rim *rim, double tolerance, Rectangle *best)
{
    double u[RAYS], v[RAYS], best_score = 0;
    for (double deg = -45; deg < 45; deg += 1) {
        Rectangle r = { .turn = deg * G_PI / 180 };
        double c = cos(r.turn), s = sin(r.turn);
        for (guint i = 0; i < rim->n; i++) {
            u[i] = rim->p[i].x * c + rim->p[i].y * s;
            v[i] = -rim->p[i].x * s + rim->p[i].y * c;
        }
        r.side[0] = side_place(u, rim->n, 1, tolerance);
        r.side[1] = -side_place(u, rim->n, -1, tolerance);
        r.side[2] = side_place(v, rim->n, 1, tolerance);
        r.side[3] = -side_place(v, rim->n, -1, tolerance);
        double score = 0;
        for (guint i = 0; i < rim->n; i++) {
            double d = rectangle_distance(&r, rim->p[i]) / tolerance;
            score += MAX(0, 1 - d * d);
        }
        if (score > best_score) {
            best_score = score;
            *best = r;
        }
    }
    return best_score;
}

static double
rectangle_polish(const Rim *rim, Rectangle *r, double tolerance)
{
    for (guint round_ = 0; round_ < 12; round_++) {
        double a[25] = { 0 }, b[5] = { 0 }, scale = MAX(0.3 * tolerance, tolerance * pow(0.75, round_));
        double c = cos(r->turn), s = sin(r->turn);
        for (guint i = 0; i < rim->n; i++) {
            double u = rim->p[i].x * c + rim->p[i].y * s, v = -rim->p[i].x * s + rim->p[i].y * c;
            double d[4] = { u - r->side[0], r->side[1] - u, v - r->side[2], r->side[3] - v };
            guint k = 0;
            for (guint m = 1; m < 4; m++)
                if (d[m] > d[k])
                    k = m;
            /* near a corner the side is in doubt, and corners are rounded */
            double next = -1e9;
            for (guint m = 0; m < 4; m++)
                if (m / 2 != k / 2)
                    next = MAX(next, d[m]);
            if (next > -3 * tolerance)
                continue;
            double q = d[k] / scale, w = 1 / (1 + q * q * q * q);
            double g[5] = { 0 };
            g[k] = k % 2 ? 1 : -1;
            g[4] = k == 0 ? v : k == 1 ? -v : k == 2 ? -u : u;
            for (guint m = 0; m < 5; m++) {
                b[m] -= w * g[m] * d[k];
                for (guint l = 0; l < 5; l++)
                    a[m * 5 + l] += w * g[m] * g[l];
            }
        }
        for (guint k = 0; k < 5; k++)
            a[k * 5 + k] += 1e-6;
        if (!solve(a, b, 5))
            break;
        for (guint k = 0; k < 4; k++)
            r->side[k] += CLAMP(b[k], -5, 5);
        r->turn += CLAMP(b[4], -0.1, 0.1);
    }
    double sum = 0;
    guint m = 0;
    for (guint i = 0; i < rim->n; i++) {
        double d = rectangle_distance(r, rim->p[i]);
        if (fabs(d) < tolerance) {
            sum += d * d;
            m++;
        }
    }
    return m ? sqrt(sum / m) : tolerance;
}

static void
outline_from_ellipse(const Ellipse *e, Outline *o)
{
    double wide = e->v[2], narrow = e->v[3], turn = e->v[4] * 180 / G_PI;
    if (wide < narrow) {
        double t = wide;
        wide = narrow;
        narrow = t;
        turn += 90;
    }
    turn -= 180 * round(turn / 180);
    o->centre = (Point){ e->v[0], e->v[1] };
    o->width = 2 * wide;
    o->height = 2 * narrow;
    o->turn_deg = turn;
}

static void
outline_from_rectangle(const Rectangle *r, Outline *o)
{
    double c = cos(r->turn), s = sin(r->turn), u = (r->side[0] + r->side[1]) / 2, v = (r->side[2] + r->side[3]) / 2;
    o->centre = (Point){ u * c - v * s, u * s + v * c };
    o->width = r->side[0] - r->side[1];
    o->height = r->side[2] - r->side[3];
    o->turn_deg = r->turn * 180 / G_PI;
    while (o->turn_deg > 45 || o->turn_deg < -45) {
        double t = o->width;
        o->width = o->height;
        o->height = t;
        o->turn_deg += o->turn_deg > 0 ? -90 : 90;
    }
}

/* No shape: the box of the rim's points. */
static void
outline_from_box(const Rim *rim, Outline *o)
{
    double x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9;
    for (guint i = 0; i < rim->n; i++) {
        x0 = MIN(x0, rim->p[i].x);
        x1 = MAX(x1, rim->p[i].x);
        y0 = MIN(y0, rim->p[i].y);
        y1 = MAX(y1, rim->p[i].y);
    }
    *o = (Outline){ SHAPE_FREE, { (x0 + x1) / 2, (y0 + y1) / 2 }, x1 - x0, y1 - y0, 0, 0, 0 };
}

gboolean
outline_fit(const Plane *ink, Point centre, double reach, SealShape expect, Outline *outline)
{
    Rim rim;
    double tolerance = MAX(1.2, TOLERANCE_MM * ink->ppm);
    Outline best = { .shape = SHAPE_FREE };
    double best_score = 0;
    for (guint pass = 0; pass < 2; pass++) { /* again from the centre found: rays then meet the rim square */
        rim_collect(ink, centre, reach, &rim);
        if (rim.n < RAYS / 6)
            return FALSE;
        best_score = 0;
        if (expect == SHAPES || expect == SHAPE_ROUND || expect == SHAPE_OVAL) {
            Ellipse circle = { { 0 } }, ellipse = { { 0 } };
            double round_score =
                expect != SHAPE_OVAL ? ellipse_search(&rim, centre, reach, TRUE, tolerance, &circle) : 0;
            double oval_score =
                expect != SHAPE_ROUND ? ellipse_search(&rim, centre, reach, FALSE, tolerance, &ellipse) : 0;
            gboolean nearly_round = ellipse.v[2] > 0 && ellipse.v[3] > NEARLY_ROUND * ellipse.v[2];
            if (round_score > 0 &&
                (round_score > 0.95 * oval_score || (nearly_round && round_score > 0.7 * oval_score))) {
                /* a circle seen a little askew: polish with all five */
                best.rms = ellipse_polish(&rim, &circle, TRUE, tolerance);
                Ellipse loose = circle;
                double rms = ellipse_polish(&rim, &loose, FALSE, tolerance);
                if (fabs(loose.v[2] / loose.v[3] - 1) < 0.06 &&
                    ellipse_score(&rim, &loose, tolerance) > ellipse_score(&rim, &circle, tolerance)) {
                    best.rms = rms;
                    circle = loose;
                }
                best.shape = SHAPE_ROUND;
                best_score = ellipse_score(&rim, &circle, tolerance);
                outline_from_ellipse(&circle, &best);
            } else if (oval_score > 0) {
                best.rms = ellipse_polish(&rim, &ellipse, FALSE, tolerance);
                /* no oval seal is that nearly a circle: the paper is not flat */
                best.shape = ellipse.v[3] > NEARLY_ROUND * ellipse.v[2] ? SHAPE_ROUND : SHAPE_OVAL;
                best_score = ellipse_score(&rim, &ellipse, tolerance);
                outline_from_ellipse(&ellipse, &best);
            }
        }
        gboolean plainly_round = best_score > SURE_SCORE * RAYS; /* then no square is looked for */
        if ((expect == SHAPES && !plainly_round) || expect == SHAPE_RECTANGLE) {
            Rectangle r = { 0 };
            double score = rectangle_search(&rim, tolerance, &r);
            if (score > 0) {
                double rms = rectangle_polish(&rim, &r, tolerance);
                score = 0;
                for (guint i = 0; i < rim.n; i++) {
                    double d = rectangle_distance(&r, rim.p[i]) / tolerance;
                    score += MAX(0, 1 - d * d);
                }
                if (score > best_score) {
                    best.rms = rms;
                    best.shape = SHAPE_RECTANGLE;
                    best_score = score;
                    outline_from_rectangle(&r, &best);
                }
            }
        }
        if (best_score / RAYS < 0.30)
            break;
        centre = best.centre;
    }
    if (best_score / RAYS < 0.30) {
        outline_from_box(&rim, outline);
        return TRUE;
    }
    best.support = MIN(1, best_score / RAYS * 1.1);
    *outline = best;
    return TRUE;
}

OutlineMask
outline_mask(const Outline *o, double margin)
{
    double a = o->turn_deg * G_PI / 180;
    return (OutlineMask){ o->centre.x,
                          o->centre.y,
                          cos(a),
                          sin(a),
                          MAX(0.5, o->width / 2 + margin),
                          MAX(0.5, o->height / 2 + margin),
                          o->shape == SHAPE_ROUND || o->shape == SHAPE_OVAL };
}

gboolean
outline_contains(const Outline *o, Point p, double margin)
{
    OutlineMask mask = outline_mask(o, margin);
    return outline_mask_has(&mask, p.x, p.y);
}
