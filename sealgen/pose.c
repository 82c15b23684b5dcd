/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pose.c: Levenberg and Marquardt with weak priors.
 *
 * The map is turn and scale, then a small stretch along the axes and the diagonals, then perspective.
 * A pinhole camera would tie these together, but pictures are cropped and phones correct perspective
 * by themselves: so each has a prior of its own, and the covariance tells what was left to it.
 */
#include "sealgen/pose.h"

#include <math.h>
#include <string.h>

enum { X, Y, LOG_SCALE, TURN, STRETCH, SKEW, TIP_X, TIP_Y, PARAMS };
#define PRIOR_STRETCH 0.05 /* a camera 25 degrees off the upright shortens one way by a tenth */
#define PRIOR_TIP 0.15     /* change of scale from the middle to the end of the longer side */
#define PRIOR_SCALE 0.5
#define ROUNDS 40

typedef struct {
    const PoseEvidence *e;
    double reach_px;
    Point middle_mm;
    double start[PARAMS];
} Problem;

static Homography
map_of(const Problem *p, const double v[PARAMS])
{
    double s = exp(v[LOG_SCALE]), c = s * cos(v[TURN]), n = s * sin(v[TURN]);
    double a = 1 + v[STRETCH], d = 1 - v[STRETCH], b = v[SKEW];
    Homography centre = homography_translate(-p->middle_mm.x, -p->middle_mm.y);
    Homography turn = { { c, -n, 0, n, c, 0, 0, 0, 1 } };
    Homography tip = { { a, b, 0, b, d, 0, v[TIP_X] / p->reach_px, v[TIP_Y] / p->reach_px, 1 } };
    Homography move = homography_translate(v[X], v[Y]);
    Homography h = homography_then(&centre, &turn);
    h = homography_then(&h, &tip);
    return homography_then(&h, &move);
}

/* d(picture)/d(sheet) at @mm: [0] and [2] are the picture's x and y for a millimetre along the sheet's x. */
static void
local_map(const Homography *h, Point mm, double j[4])
{
    const double e = 0.5;
    Point x0 = homography_apply(h, (Point){ mm.x - e, mm.y }), x1 = homography_apply(h, (Point){ mm.x + e, mm.y });
    Point y0 = homography_apply(h, (Point){ mm.x, mm.y - e }), y1 = homography_apply(h, (Point){ mm.x, mm.y + e });
    j[0] = x1.x - x0.x;
    j[2] = x1.y - x0.y;
    j[1] = y1.x - y0.x;
    j[3] = y1.y - y0.y;
}

/* Two numbers that are 0 for a circle: the excess along x and along the diagonal, half of it. */
static gboolean
roundness(const Homography *h, const Homography *back, const PoseRound *r, double out[2])
{
    double j[4];
    local_map(h, homography_apply(back, r->px), j);
    double det = j[0] * j[3] - j[1] * j[2];
    if (!(fabs(det) > 1e-9))
        return FALSE;
    double ux = (j[3] * r->half_u.x - j[1] * r->half_u.y) / det, uy = (-j[2] * r->half_u.x + j[0] * r->half_u.y) / det;
    double vx = (j[3] * r->half_v.x - j[1] * r->half_v.y) / det, vy = (-j[2] * r->half_v.x + j[0] * r->half_v.y) / det;
    double xx = ux * ux + vx * vx, yy = uy * uy + vy * vy, xy = ux * uy + vx * vy;
    out[0] = 0.5 * (xx - yy) / (xx + yy);
    out[1] = xy / (xx + yy);
    return TRUE;
}

#define PRIORS 8

/* In sigmas; the priors are the last. Returns: how many, 0 where the map breaks down. */
static guint
residuals(const Problem *p, const double v[PARAMS], double *out)
{
    Homography h = map_of(p, v), back;
    if (!homography_invert(&h, &back))
        return 0;
    guint n = 0;
    for (guint i = 0; i < p->e->n_fixes; i++) {
        const PoseFix *f = &p->e->fixes[i];
        Point mm = homography_apply(&back, f->px);
        double j[4];
        local_map(&h, mm, j);
        double off = f->vertical ? mm.y - f->mm : mm.x - f->mm;
        out[n++] = off * sqrt(fabs(j[0] * j[3] - j[1] * j[2])) / f->sigma_px;
    }
    for (guint i = 0; i < p->e->n_rounds; i++) {
        double off[2];
        if (!roundness(&h, &back, &p->e->rounds[i], off))
            return 0;
        out[n++] = off[0] / p->e->rounds[i].sigma;
        out[n++] = off[1] / p->e->rounds[i].sigma;
    }
    for (guint i = 0; i < p->e->n_rules; i++) {
        const PoseRule *r = &p->e->rules[i];
        Point a = homography_apply(&back, r->a), b = homography_apply(&back, r->b);
        double length = MAX(1, point_distance(a, b)), off = r->vertical ? a.x - b.x : a.y - b.y;
        out[n++] = off / length * point_distance(r->a, r->b) / r->sigma_px;
    }
    /* these four hold nothing where anything is measured, and keep the equations sound where nothing is */
    out[n++] = (v[X] - p->start[X]) / p->reach_px;
    out[n++] = (v[Y] - p->start[Y]) / p->reach_px;
    out[n++] = (v[LOG_SCALE] - p->start[LOG_SCALE]) / PRIOR_SCALE;
    out[n++] = v[TURN] - p->start[TURN];
    out[n++] = v[STRETCH] / PRIOR_STRETCH;
    out[n++] = v[SKEW] / PRIOR_STRETCH;
    out[n++] = v[TIP_X] / PRIOR_TIP;
    out[n++] = v[TIP_Y] / PRIOR_TIP;
    for (guint i = 0; i < n; i++)
        if (!isfinite(out[i]))
            return 0;
    return n;
}

/* @a x = @b by elimination; @inverse too where wanted. */
static gboolean
solve(double a[PARAMS][PARAMS], double b[PARAMS], double inverse[PARAMS][PARAMS])
{
    double m[PARAMS][2 * PARAMS + 1];
    for (guint i = 0; i < PARAMS; i++) {
        for (guint k = 0; k < PARAMS; k++) {
            m[i][k] = a[i][k];
            m[i][PARAMS + k] = i == k;
        }
        m[i][2 * PARAMS] = b[i];
    }
    for (guint i = 0; i < PARAMS; i++) {
        guint best = i;
        for (guint k = i + 1; k < PARAMS; k++)
            if (fabs(m[k][i]) > fabs(m[best][i]))
                best = k;
        if (!(fabs(m[best][i]) > 1e-12))
            return FALSE;
        for (guint k = 0; k <= 2 * PARAMS; k++) {
            double t = m[i][k];
            m[i][k] = m[best][k];
            m[best][k] = t;
        }
        for (guint r = 0; r < PARAMS; r++) {
            double f = r == i ? 0 : m[r][i] / m[i][i];
            for (guint k = i; k <= 2 * PARAMS && f != 0; k++)
                m[r][k] -= f * m[i][k];
        }
    }
    for (guint i = 0; i < PARAMS; i++) {
        b[i] = m[i][2 * PARAMS] / m[i][i];
        for (guint k = 0; k < PARAMS && inverse; k++)
            inverse[i][k] = m[i][PARAMS + k] / m[i][i];
    }
    return TRUE;
}

/* Small steps for the derivatives: pixels, then pure numbers. */
static const double STEP[PARAMS] = { 0.5, 0.5, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4 };

static gboolean
normal_equations(const Problem *p, const double v[PARAMS], double *r, double *r2, double *jac, guint n,
                 double a[PARAMS][PARAMS], double b[PARAMS])
{
    for (guint k = 0; k < PARAMS; k++) {
        double moved[PARAMS];
        memcpy(moved, v, sizeof moved);
        moved[k] += STEP[k];
        if (residuals(p, moved, r2) != n)
            return FALSE;
        for (guint i = 0; i < n; i++)
            jac[i * PARAMS + k] = (r2[i] - r[i]) / STEP[k];
    }
    for (guint i = 0; i < PARAMS; i++) {
        b[i] = 0;
        for (guint q = 0; q < n; q++)
            b[i] -= jac[q * PARAMS + i] * r[q];
        for (guint k = 0; k < PARAMS; k++) {
            a[i][k] = 0;
            for (guint q = 0; q < n; q++)
                a[i][k] += jac[q * PARAMS + i] * jac[q * PARAMS + k];
        }
    }
    return TRUE;
}

static double
cost_of(const double *r, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++)
        sum += r[i] * r[i];
    return sum;
}

/* Log of lengths, and of width over height, at the middle. */
static void
local_sizes(const Problem *p, const double v[PARAMS], double out[2])
{
    double j[4];
    Homography h = map_of(p, v);
    local_map(&h, p->middle_mm, j);
    out[0] = 0.5 * log(fabs(j[0] * j[3] - j[1] * j[2]));
    out[1] = 0.5 * log((j[0] * j[0] + j[2] * j[2]) / (j[1] * j[1] + j[3] * j[3]));
}

static void
certainty(const Problem *p, const double v[PARAMS], double covariance[PARAMS][PARAMS], Pose *pose)
{
    double here[2], g[2][PARAMS], var[2] = { 0, 0 };
    local_sizes(p, v, here);
    for (guint k = 0; k < PARAMS; k++) {
        double moved[PARAMS], there[2];
        memcpy(moved, v, sizeof moved);
        moved[k] += STEP[k];
        local_sizes(p, moved, there);
        for (guint s = 0; s < 2; s++)
            g[s][k] = (there[s] - here[s]) / STEP[k];
    }
    for (guint s = 0; s < 2; s++)
        for (guint i = 0; i < PARAMS; i++)
            for (guint k = 0; k < PARAMS; k++)
                var[s] += g[s][i] * covariance[i][k] * g[s][k];
    pose->scale_sigma = sqrt(MAX(0, var[0]));
    pose->roundness_sigma = sqrt(MAX(0, var[1]));
}

static void
start_of(Problem *p, const Homography *start)
{
    double j[4];
    Point at = homography_apply(start, p->middle_mm);
    local_map(start, p->middle_mm, j);
    p->start[X] = at.x;
    p->start[Y] = at.y;
    p->start[LOG_SCALE] = 0.5 * log(fabs(j[0] * j[3] - j[1] * j[2]));
    p->start[TURN] = atan2(j[2] - j[1], j[0] + j[3]);
}

gboolean
pose_solve(const PoseEvidence *evidence, const Homography *start, double reach_px, Point middle_mm, Pose *pose)
{
    Problem p = { evidence, reach_px, middle_mm, { 0 } };
    guint most = evidence->n_fixes + 2 * evidence->n_rounds + evidence->n_rules + PRIORS;
    g_autofree double *r = g_new(double, most), *r2 = g_new(double, most), *jac = g_new(double, most *PARAMS);
    double v[PARAMS], a[PARAMS][PARAMS], b[PARAMS], damping = 1e-3;
    start_of(&p, start);
    memcpy(v, p.start, sizeof v);
    guint n = residuals(&p, v, r);
    if (n == 0 || !normal_equations(&p, v, r, r2, jac, n, a, b))
        return FALSE;
    for (guint round_ = 0; round_ < ROUNDS; round_++) {
        double damped[PARAMS][PARAMS], step[PARAMS], next[PARAMS], before = cost_of(r, n);
        memcpy(damped, a, sizeof a);
        memcpy(step, b, sizeof b);
        for (guint k = 0; k < PARAMS; k++)
            damped[k][k] += damping * (a[k][k] + 1e-9);
        if (!solve(damped, step, NULL))
            return FALSE;
        for (guint k = 0; k < PARAMS; k++)
            next[k] = v[k] + step[k];
        if (residuals(&p, next, r2) == n && cost_of(r2, n) < before) {
            memcpy(v, next, sizeof v);
            memcpy(r, r2, n * sizeof *r);
            damping = MAX(1e-9, damping / 5);
            if (!normal_equations(&p, v, r, r2, jac, n, a, b))
                return FALSE;
            if (before - cost_of(r, n) < 1e-7 * before)
                break;
        } else if ((damping *= 6) > 1e9) {
            break;
        }
    }
    double covariance[PARAMS][PARAMS], zero[PARAMS] = { 0 };
    if (!solve(a, zero, covariance))
        return FALSE;
    pose->mm_to_px = map_of(&p, v);
    pose->misfit = sqrt(cost_of(r, n - PRIORS) / MAX(1, n - PRIORS));
    certainty(&p, v, covariance, pose);
    return TRUE;
}
