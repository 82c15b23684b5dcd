/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * align.c: the turn from polar signatures, the rest by Gauss and Newton on blurred ink.
 */
#include "sealgen/align.h"

#include <math.h>

#define COARSE_PPM 4.0
#define FINE_PPM 8.0
#define ANGLES 180
#define RINGS 14
#define TURNS_TRIED 5
#define NEAR_BY 15 /* angles: 30 degrees to either side */

/* Both inks at one density, blurred so that half a stroke's width of error still pulls. */
typedef struct {
    Plane *a, *b;
    Affine a_down, b_down; /* full pixels -> reduced */
    Outline outline;       /* of a, reduced */
} Level;

static Plane *
level_plane(const Plane *full, double ppm, double blur_mm, Affine *down)
{
    Plane *small = plane_reduce(full, ppm);
    double f = full->ppm / small->ppm;
    *down = (Affine){ { 1 / f, 0, (1 / f - 1) / 2, 0, 1 / f, (1 / f - 1) / 2 } };
    plane_blur(small, blur_mm * small->ppm);
    return small;
}

static void
level_open(const Impression *a, const Impression *b, double ppm, double blur_mm, Level *level)
{
    level->a = level_plane(a->alpha, ppm, blur_mm, &level->a_down);
    level->b = level_plane(b->alpha, ppm, blur_mm, &level->b_down);
    level->outline = a->outline;
    level->outline.centre = affine_apply(&level->a_down, a->outline.centre);
    level->outline.width *= level->a_down.m[0];
    level->outline.height *= level->a_down.m[0];
}

static void
level_close(Level *level)
{
    plane_free(level->a);
    plane_free(level->b);
}

/*
 * Ink by angle and radius about the outline's middle, against the usual ink near by on the same ring: pressing
 * harder on one side says nothing about the turn. Each ring speaks as loudly as the others: a star is much ink
 * and fits five turns.
 */
static void
polar_signature(const Plane *ink, Point centre, double radius, float *out)
{
    for (guint r = 0; r < RINGS; r++) {
        double d = radius * (0.12 + 0.86 * r / (RINGS - 1)), power = 1e-3 * ANGLES;
        float *ring = out + r * ANGLES, raw[ANGLES], sum = 0;
        for (guint i = 0; i < ANGLES; i++) {
            double t = 2 * G_PI * i / ANGLES;
            raw[i] = plane_at(ink, centre.x + d * cos(t), centre.y + d * sin(t));
        }
        for (int i = -NEAR_BY; i <= NEAR_BY; i++)
            sum += raw[(i + ANGLES) % ANGLES];
        for (int i = 0; i < ANGLES; i++) {
            ring[i] = raw[i] - sum / (2 * NEAR_BY + 1);
            power += ring[i] * ring[i];
            sum += raw[(i + NEAR_BY + 1) % ANGLES] - raw[(i - NEAR_BY + ANGLES) % ANGLES];
        }
        for (guint i = 0; i < ANGLES; i++)
            ring[i] *= (float)(sqrt(d / radius) / sqrt(power));
    }
}

/* The likeliest turns a -> b in degrees clockwise, best first. */
static guint
polar_turns(const Level *level, Point ca, Point cb, double radius_a, double radius_b, double *turns)
{
    g_autofree float *pa = g_new(float, RINGS *ANGLES), *pb = g_new(float, RINGS *ANGLES);
    polar_signature(level->a, ca, radius_a, pa);
    polar_signature(level->b, cb, radius_b, pb);
    float score[ANGLES];
    for (guint s = 0; s < ANGLES; s++) {
        score[s] = 0;
        for (guint r = 0; r < RINGS; r++) {
            const float *a = pa + r * ANGLES, *b = pb + r * ANGLES;
            for (guint i = 0; i < ANGLES; i++)
                score[s] += a[i] * b[i + s < ANGLES ? i + s : i + s - ANGLES];
        }
    }
    guint n = 0;
    while (n < TURNS_TRIED) {
        guint best = 0;
        for (guint s = 1; s < ANGLES; s++)
            if (score[s] > score[best])
                best = s;
        turns[n++] = best * 360.0 / ANGLES;
        for (int k = -5; k <= 5; k++)
            score[(best + ANGLES + (guint)k) % ANGLES] = -1e9f;
    }
    return n;
}

/* A pixel of a that is looked at, with a's gradient there. */
typedef struct {
    float x, y, a, gx, gy;
} Spot;

static GArray *
level_spots(const Level *level, float steep)
{
    const Plane *p = level->a;
    GArray *spots = g_array_new(FALSE, FALSE, sizeof(Spot));
    OutlineMask mask = outline_mask(&level->outline, 1);
    for (guint y = 1; y + 1 < p->height; y++)
        for (guint x = 1; x + 1 < p->width; x++) {
            const float *v = p->v + (gsize)y * p->width + x;
            Spot s = { (float)x, (float)y, v[0], 0.5f * (v[1] - v[-1]), 0.5f * (v[p->width] - v[-(int)p->width]) };
            if (s.gx * s.gx + s.gy * s.gy >= steep * steep && outline_mask_has(&mask, x, y))
                g_array_append_val(spots, s);
        }
    return spots;
}

/* Correlation of sums: n, x, y, xx, yy, xy. */
static double
correlation(const double *t)
{
    double vx = t[3] - t[1] * t[1] / MAX(1, t[0]), vy = t[4] - t[2] * t[2] / MAX(1, t[0]);
    return vx > 1e-9 && vy > 1e-9 ? (t[5] - t[1] * t[2] / t[0]) / sqrt(vx * vy) : 0;
}

static void
correlate(double *t, double x, double y)
{
    t[0]++;
    t[1] += x;
    t[2] += y;
    t[3] += x * x;
    t[4] += y * y;
    t[5] += x * y;
}

static double
likeness_of(const Level *level, const GArray *spots, const Affine *map)
{
    double sums[6] = { 0 };
    for (guint i = 0; i < spots->len; i++) {
        const Spot *s = &g_array_index(spots, Spot, i);
        Point q = affine_apply(map, (Point){ s->x, s->y });
        correlate(sums, s->a, plane_at(level->b, q.x, q.y));
    }
    return correlation(sums);
}

/*
 * The spots that tell turns apart: between rim and star, where the letters are. Rim and star are most of the ink
 * and look the same under several turns: by the likeness of the whole, the letters of one seal in six lay 72
 * degrees off.
 */
static GArray *
telling_spots(const Level *level, const GArray *spots)
{
    const Outline *o = &level->outline;
    gboolean rounded = o->shape == SHAPE_ROUND || o->shape == SHAPE_OVAL;
    double c = cos(o->turn_deg * G_PI / 180), si = sin(o->turn_deg * G_PI / 180);
    GArray *some = g_array_new(FALSE, FALSE, sizeof(Spot));
    for (guint i = 0; i < spots->len; i++) {
        const Spot *s = &g_array_index(spots, Spot, i);
        double dx = s->x - o->centre.x, dy = s->y - o->centre.y;
        double u = (dx * c + dy * si) / MAX(1, o->width / 2), v = (dy * c - dx * si) / MAX(1, o->height / 2);
        double far_ = rounded ? hypot(u, v) : MAX(fabs(u), fabs(v));
        if (far_ < 0.88 && (!rounded || far_ > 0.42))
            g_array_append_val(some, *s);
    }
    return some;
}

static gboolean
solve6(double a[6][6], double *b, guint n)
{
    for (guint i = 0; i < n; i++) {
        for (guint r = i + 1; r < n; r++) {
            if (fabs(a[i][i]) < 1e-12)
                return FALSE;
            double f = a[r][i] / a[i][i];
            for (guint k = i; k < n; k++)
                a[r][k] -= f * a[i][k];
            b[r] -= f * b[i];
        }
        if (fabs(a[i][i]) < 1e-12)
            return FALSE;
    }
    for (guint i = n; i-- > 0;) {
        for (guint k = i + 1; k < n; k++)
            b[i] -= a[i][k] * b[k];
        b[i] /= a[i][i];
    }
    return TRUE;
}

/*
 * Gauss and Newton over turn and shift (3) or everything (6: with two stretches and a shear). The change is
 * looked for on a's side, whose gradients stay the same, and taken back from the map (inverse composition).
 */
static void
polish(const Level *level, const GArray *spots, gboolean loose, guint rounds, Affine *map)
{
    guint n = loose ? 6 : 3;
    Point c = level->outline.centre;
    double unit = MAX(4, (level->outline.width + level->outline.height) / 4), gain = 1;
    for (guint round_ = 0; round_ < rounds; round_++) {
        double h[6][6] = { { 0 } }, g[6] = { 0 }, sab = 0, sbb = 0;
        const double *m = map->m;
        for (guint i = 0; i < spots->len; i++) {
            const Spot *s = &g_array_index(spots, Spot, i);
            double b = plane_at(level->b, m[0] * s->x + m[1] * s->y + m[2], m[3] * s->x + m[4] * s->y + m[5]);
            sab += s->a * b;
            sbb += b * b;
            double e = gain * b - s->a, dx = (s->x - c.x) / unit, dy = (s->y - c.y) / unit, gx = s->gx, gy = s->gy;
            double j[6] = { gx, gy, gy * dx - gx * dy, gx * dx + gy * dy, gx * dx - gy * dy, gx * dy + gy * dx };
            double w = 1 / (1 + 4 * e * e);
            for (guint r = 0; r < n; r++) {
                g[r] += w * j[r] * e;
                for (guint k = r; k < n; k++)
                    h[r][k] += w * j[r] * j[k];
            }
        }
        gain = CLAMP(sab / MAX(1e-9, sbb), 0.3, 3);
        for (guint r = 0; r < n; r++) {
            h[r][r] = h[r][r] * (r < 3 ? 1.001 : 1.2) + 1e-9; /* stretching must be worth it */
            for (guint k = 0; k < r; k++)
                h[r][k] = h[k][r];
        }
        if (!solve6(h, g, n))
            return;
        double most = 0;
        for (guint k = 0; k < n; k++) {
            g[k] = CLAMP(g[k], -2, 2);
            most = MAX(most, fabs(g[k]));
        }
        double turn = g[2] / unit, s3 = g[3] / unit, s4 = g[4] / unit, s5 = g[5] / unit;
        Affine step = { { 1 + s3 + s4, s5 - turn, 0, s5 + turn, 1 + s3 - s4, 0 } }, back;
        step.m[2] = g[0] + c.x - step.m[0] * c.x - step.m[1] * c.y;
        step.m[5] = g[1] + c.y - step.m[3] * c.x - step.m[4] * c.y;
        if (!loose) { /* a turn must not stretch */
            double size = hypot(1, turn);
            Affine even = { { 1 / size, 0, c.x - c.x / size, 0, 1 / size, c.y - c.y / size } };
            step = affine_then(&even, &step);
        }
        if (!affine_invert(&step, &back))
            return;
        *map = affine_then(&back, map);
        if (most < 0.003)
            return;
    }
}

static double
outline_reach(const Outline *o)
{
    return o->shape == SHAPE_ROUND || o->shape == SHAPE_OVAL ? MAX(o->width, o->height) / 2
                                                             : hypot(o->width, o->height) / 2;
}

static double
map_turn(const Affine *map)
{
    return atan2(map->m[3] - map->m[1], map->m[0] + map->m[4]) * 180 / G_PI;
}

void
align_coarse(const Impression *a, const Impression *b, Alignment *alignment)
{
    Level level;
    level_open(a, b, COARSE_PPM, 0.3, &level);
    Point cb = affine_apply(&level.b_down, b->outline.centre);
    double turns[TURNS_TRIED];
    guint n = polar_turns(&level, level.outline.centre, cb, outline_reach(&level.outline),
                          outline_reach(&level.outline) * level.b->ppm / level.a->ppm, turns);
    double size = level.b->ppm / level.a->ppm;
    g_autoptr(GArray) spots = level_spots(&level, 0), steep = level_spots(&level, 0.03f);
    g_autoptr(GArray) telling = telling_spots(&level, spots);
    Affine best = affine_identity();
    double most = -2;
    for (guint i = 0; i < n; i++) {
        Affine map = affine_turn(turns[i], size, size, level.outline.centre, cb);
        polish(&level, steep, FALSE, 10, &map);
        double now = likeness_of(&level, telling, &map);
        if (now > most) {
            most = now;
            best = map;
        }
    }
    double likeness = likeness_of(&level, spots, &best);
    Affine up;
    affine_invert(&level.b_down, &up);
    Affine whole = affine_then(&level.a_down, &best);
    alignment->to_b = affine_then(&whole, &up);
    alignment->likeness = likeness;
    alignment->turn_deg = map_turn(&best);
    level_close(&level);
}

void
align_fine(const Impression *a, const Impression *b, gboolean loose, Alignment *alignment)
{
    Level level;
    level_open(a, b, FINE_PPM, 0.12, &level);
    Affine down, up;
    affine_invert(&level.a_down, &down);
    Affine map = affine_then(&down, &alignment->to_b);
    map = affine_then(&map, &level.b_down);
    g_autoptr(GArray) spots = level_spots(&level, 0), steep = level_spots(&level, 0.03f);
    polish(&level, steep, FALSE, 5, &map);
    if (loose)
        polish(&level, steep, TRUE, 8, &map);
    affine_invert(&level.b_down, &up);
    Affine whole = affine_then(&level.a_down, &map);
    alignment->to_b = affine_then(&whole, &up);
    alignment->likeness = likeness_of(&level, spots, &map);
    alignment->turn_deg = map_turn(&map);
    level_close(&level);
}
