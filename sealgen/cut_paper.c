/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cut_paper.c: edges are lines of the picture; where an edge ends inside of the picture there is a corner.
 */
#include "sealgen/cut_paper.h"

#include <math.h>

#define A4_SHORT_MM 210.0
#define A4_LONG_MM 297.0
#define EDGE_SIGMA_PX 1.5
#define CORNER_SIGMA 0.0012 /* of the longer side */
#define OFFSET 0.006        /* of the longer side: how far beside an edge light and dark are looked at */
#define CONTRAST_LEAST 8.0  /* grey levels */
#define OUTSIDE_MM 6.0      /* what is seen may lie this far outside of the sheet, and as far as it is unsure */
#define MISFIT_MOST 4.0
#define RULE_SLOPE_MOST 0.01 /* a printed line that leans more is none */

enum { TOP, RIGHT, BOTTOM, LEFT };

static double
luma_near(const Image *image, double x, double y)
{
    int cx = (int)lround(x), cy = (int)lround(y);
    double sum = 0;
    for (int v = cy - 1; v <= cy + 1; v++)
        for (int u = cx - 1; u <= cx + 1; u++) {
            const guint8 *p = image->data + ((gsize)CLAMP(v, 0, (int)image->height - 1) * image->width +
                                             (gsize)CLAMP(u, 0, (int)image->width - 1)) *
                                                image->channels;
            sum += image->channels == 1 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        }
    return sum / 9;
}

/* Does the picture get darker from the inner to the outer side of the edge at @p? @out points outward. */
static double
step_at(const Image *image, Point p, Point out, double offset)
{
    double in = 0, beyond = 0;
    for (int k = 1; k <= 3; k++) {
        double d = offset * k / 3;
        in += luma_near(image, p.x - d * out.x, p.y - d * out.y) / 3;
        beyond += luma_near(image, p.x + d * out.x, p.y + d * out.y) / 3;
    }
    return in - beyond;
}

static gboolean
inside(const Image *image, Point p, double margin)
{
    return p.x > margin && p.y > margin && p.x < image->width - 1 - margin && p.y < image->height - 1 - margin;
}

/*
 * From the middle of the edge @a-@b towards @b and beyond: where does it end inside of the picture?
 * Returns: FALSE where it runs out of the picture.
 */
static gboolean
edge_end(const Image *image, Point a, Point b, Point out, double longer, Point *end)
{
    double length = MAX(1, point_distance(a, b)), ux = (b.x - a.x) / length, uy = (b.y - a.y) / length;
    double offset = OFFSET * longer, usual = 0, step = MAX(1, longer / 1500);
    guint n = 0;
    for (double t = 0.3; t < 0.7; t += 0.02, n++) {
        Point p = { a.x + t * (b.x - a.x), a.y + t * (b.y - a.y) };
        usual += inside(image, p, offset) ? step_at(image, p, out, offset) : 0;
    }
    usual /= n;
    if (usual < CONTRAST_LEAST)
        return FALSE;
    double good = length / 2, weak = 0;
    for (double s = length / 2; s < 1.5 * length; s += step) {
        Point p = { a.x + s * ux, a.y + s * uy };
        if (!inside(image, p, offset + 2))
            return FALSE;
        if (step_at(image, p, out, offset) > 0.5 * usual) {
            good = s;
            weak = 0;
        } else if ((weak += step) > 3 * offset) {
            *end = (Point){ a.x + good * ux, a.y + good * uy };
            return TRUE;
        }
    }
    return FALSE;
}

static void
add_fix(CutPaper *cut, Point px, gboolean vertical, double mm, double sigma)
{
    if (cut->n_fixes < CUT_FIXES_MOST)
        cut->fixes[cut->n_fixes++] = (PoseFix){ px, vertical, mm, sigma };
}

/* What is known of each of the four sides: the line itself, or a corner on it. */
typedef struct {
    gboolean line[4], corner[4];
    Point a[4], b[4]; /* of lines: in Quad order */
    Point at[4];      /* of corners: a point of this side, found at another's end */
} Sides;

static void
look_at_sides(const Image *image, const Paper *paper, double longer, Sides *sides)
{
    *sides = (Sides){ 0 };
    for (guint i = 0; i < 4; i++) {
        sides->line[i] = paper->seen >> i & 1;
        sides->a[i] = paper->quad.p[i];
        sides->b[i] = paper->quad.p[(i + 1) % 4];
    }
    for (guint i = 0; i < 4; i++) {
        Point a = sides->a[i], b = sides->b[i];
        double length = MAX(1, point_distance(a, b));
        Point out = { (b.y - a.y) / length, (a.x - b.x) / length }; /* corners run clockwise on screen */
        guint after = (i + 1) % 4, before = (i + 3) % 4;
        if (!sides->line[i])
            continue;
        if (!sides->line[after] && !sides->corner[after])
            sides->corner[after] = edge_end(image, a, b, out, longer, &sides->at[after]);
        if (!sides->line[before] && !sides->corner[before])
            sides->corner[before] = edge_end(image, b, a, out, longer, &sides->at[before]);
    }
}

/* Where the sheet's side is, in its millimetres. */
static double
side_mm(const CutPaper *cut, guint side)
{
    return side == RIGHT ? cut->width_mm : side == BOTTOM ? cut->height_mm : 0;
}

static void
collect_fixes(const Image *image, const Sides *sides, double edge_rms, double longer, CutPaper *cut)
{
    cut->n_fixes = 0;
    for (guint i = 0; i < 4; i++) {
        gboolean vertical = i == TOP || i == BOTTOM;
        if (sides->line[i]) {
            /* two points of the line that lie in the picture */
            Point p[2];
            guint n = 0;
            double first = 2, last = -1;
            for (double t = 0; t <= 1; t += 0.02) {
                Point q = { sides->a[i].x + t * (sides->b[i].x - sides->a[i].x),
                            sides->a[i].y + t * (sides->b[i].y - sides->a[i].y) };
                if (inside(image, q, 0)) {
                    first = MIN(first, t);
                    last = MAX(last, t);
                }
            }
            for (double share = 0.12; share < 1 && last > first; share += 0.76) {
                double t = first + share * (last - first);
                p[n++] = (Point){ sides->a[i].x + t * (sides->b[i].x - sides->a[i].x),
                                  sides->a[i].y + t * (sides->b[i].y - sides->a[i].y) };
            }
            for (guint k = 0; k < n; k++)
                add_fix(cut, p[k], vertical, side_mm(cut, i), hypot(EDGE_SIGMA_PX, 2 * edge_rms));
        } else if (sides->corner[i]) {
            add_fix(cut, sides->at[i], vertical, side_mm(cut, i), MAX(3, CORNER_SIGMA * longer));
        }
    }
}

/* A start: turned as the edges are, scaled by the ruler or by the picture. */
static Homography
start_of(const Image *image, const Sides *sides, const CutPaper *cut)
{
    double turn = 0, n = 0;
    for (guint i = 0; i < 4; i++)
        if (sides->line[i]) {
            double angle = atan2(sides->b[i].y - sides->a[i].y, sides->b[i].x - sides->a[i].x) - G_PI / 2 * i;
            turn += angle - 2 * G_PI * round(angle / (2 * G_PI));
            n++;
        }
    turn = n > 0 ? turn / n : 0;
    gboolean lies = image->width > image->height;
    double ppm =
        MIN(image->width / (lies ? A4_LONG_MM : A4_SHORT_MM), image->height / (lies ? A4_SHORT_MM : A4_LONG_MM));
    for (guint i = 0; i < 2; i++) { /* the span between two opposite sides, across the sheet */
        guint other = i + 2;
        if ((sides->line[i] || sides->corner[i]) && (sides->line[other] || sides->corner[other])) {
            Point p = sides->line[i]
                          ? (Point){ (sides->a[i].x + sides->b[i].x) / 2, (sides->a[i].y + sides->b[i].y) / 2 }
                          : sides->at[i];
            Point q = sides->line[other] ? (Point){ (sides->a[other].x + sides->b[other].x) / 2,
                                                    (sides->a[other].y + sides->b[other].y) / 2 }
                                         : sides->at[other];
            double nx = i == TOP ? -sin(turn) : cos(turn), ny = i == TOP ? cos(turn) : sin(turn);
            double span = fabs((p.x - q.x) * nx + (p.y - q.y) * ny);
            ppm = span / (i == TOP ? cut->height_mm : cut->width_mm);
        }
    }
    double c = ppm * cos(turn), s = ppm * sin(turn);
    Homography h = { { c, -s, 0, s, c, 0, 0, 0, 1 } };
    /* the picture's middle shows about the sheet's */
    Point at = homography_apply(&h, (Point){ cut->width_mm / 2, cut->height_mm / 2 });
    h.m[2] = image->width / 2.0 - at.x;
    h.m[5] = image->height / 2.0 - at.y;
    return h;
}

/* What is seen must be sheet: the sides that are cut off lie outside of the picture. */
static gboolean
plausible(const Paper *paper, const Sides *sides, const CutPaper *cut)
{
    Homography back;
    if (!homography_invert(&cut->pose.mm_to_px, &back) || cut->pose.misfit > MISFIT_MOST)
        return FALSE;
    double room = OUTSIDE_MM + 2 * cut->pose.scale_sigma * A4_LONG_MM / 2;
    for (guint i = 0; i < 8; i++) { /* corners of what is seen, and middles of its sides */
        const Point *a = &paper->quad.p[i / 2], *b = &paper->quad.p[(i / 2 + 1) % 4];
        Point p = i % 2 ? (Point){ (a->x + b->x) / 2, (a->y + b->y) / 2 } : *a;
        if (i % 2 == 0 && (sides->corner[i / 2] || sides->corner[(i / 2 + 3) % 4]))
            continue; /* the sheet ends before the picture does */
        Point mm = homography_apply(&back, p);
        if (mm.x < -room || mm.y < -room || mm.x > cut->width_mm + room || mm.y > cut->height_mm + room)
            return FALSE;
    }
    return TRUE;
}

gboolean
cut_paper_find(const Image *image, const Paper *paper, CutPaper *cut)
{
    double longer = MAX(image->width, image->height);
    Sides sides;
    CutPaper fits[2];
    guint n = 0;
    if (!paper->seen)
        return FALSE;
    look_at_sides(image, paper, longer, &sides);
    gboolean across = (sides.line[LEFT] || sides.corner[LEFT]) && (sides.line[RIGHT] || sides.corner[RIGHT]);
    gboolean down = (sides.line[TOP] || sides.corner[TOP]) && (sides.line[BOTTOM] || sides.corner[BOTTOM]);
    for (guint lies = 0; lies < 2; lies++) {
        CutPaper *c = &fits[n];
        *c = (CutPaper){ .width_mm = lies ? A4_LONG_MM : A4_SHORT_MM, .height_mm = lies ? A4_SHORT_MM : A4_LONG_MM };
        c->reach_px = longer / 2;
        collect_fixes(image, &sides, paper->edge_rms_px, longer, c);
        Homography start = start_of(image, &sides, c);
        Point middle = { c->width_mm / 2, c->height_mm / 2 };
        PoseEvidence evidence = { .fixes = c->fixes, .n_fixes = c->n_fixes };
        n += pose_solve(&evidence, &start, c->reach_px, middle, &c->pose) &&
             (plausible(paper, &sides, c) || !(across || down));
    }
    if (n == 0)
        return FALSE;
    gboolean lies = image->width > image->height;
    *cut = n == 2 && lies ? fits[1] : fits[0]; /* where both fit, as the picture lies */
    cut->ruler = n == 1 && (across || down);
    return TRUE;
}

void
cut_paper_guess(const Image *image, CutPaper *cut)
{
    gboolean lies = image->width > image->height;
    Sides none = { 0 };
    *cut = (CutPaper){ .width_mm = lies ? A4_LONG_MM : A4_SHORT_MM, .height_mm = lies ? A4_SHORT_MM : A4_LONG_MM };
    cut->reach_px = MAX(image->width, image->height) / 2.0;
    cut->pose.mm_to_px = start_of(image, &none, cut);
    cut->pose.scale_sigma = 1;
}

/* How far @rule is off its direction on the sheet, as a slope. */
static double
rule_slope(const Homography *back, const PoseRule *rule)
{
    Point a = homography_apply(back, rule->a), b = homography_apply(back, rule->b);
    double length = MAX(1, point_distance(a, b));
    return (rule->vertical ? a.x - b.x : a.y - b.y) / length;
}

gboolean
cut_paper_refine(CutPaper *cut, const PoseEvidence *more)
{
    Pose pose;
    Point middle = { cut->width_mm / 2, cut->height_mm / 2 };
    g_autofree PoseRule *rules = g_memdup2(more->rules, more->n_rules * sizeof *rules);
    PoseEvidence all = { cut->fixes, more->rounds, rules, cut->n_fixes, more->n_rounds, more->n_rules };
    if (!pose_solve(&all, &cut->pose.mm_to_px, cut->reach_px, middle, &pose))
        return FALSE;
    Homography back;
    guint kept = 0;
    for (guint i = 0; i < more->n_rules && homography_invert(&pose.mm_to_px, &back); i++)
        if (fabs(rule_slope(&back, &rules[i])) < RULE_SLOPE_MOST)
            rules[kept++] = rules[i];
    all.n_rules = kept;
    if ((kept < more->n_rules && !pose_solve(&all, &cut->pose.mm_to_px, cut->reach_px, middle, &pose)) ||
        pose.misfit > MISFIT_MOST)
        return FALSE;
    cut->pose = pose;
    return TRUE;
}
