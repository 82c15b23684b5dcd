/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paper.c: the four edges of a sheet of paper.
 *
 * On a copy of about 500 pixels with the print closed away, lines that are brighter on their inner
 * side are voted for (Hough with gradient direction); the best quadrilateral of four of them, or of
 * three and the picture's frame, wins; each real edge is then fitted on the full picture.
 */
#include "core/paper.h"

#include <math.h>
#include <string.h>

#define WORK_SIDE 512      /* px: longer side of the working copy */
#define CLOSE_RADIUS 5     /* px: print strokes up to twice this vanish */
#define THETA_RANGE 40     /* degrees a side may lean from its axis */
#define RHO_STEP 2.0       /* px */
#define LINES_A_SIDE 9     /* candidates kept for each side, besides the frame */
#define FRAME_SUPPORT 0.62 /* what a side that lies on the frame counts as */
#define SIDE_SAMPLES 40    /* places where a side is looked at */
#define EDGE_POINTS 160    /* places where a side is measured on the full picture */

typedef struct {
    guint width, height;
    double factor; /* picture pixels for one pixel here */
    float *grey;   /* print closed away */
    float *gx, *gy;
} Work;

typedef struct {
    double nx, ny, rho; /* points p with n.p = rho; n points out of the paper */
    double votes;
    gboolean frame;
} Line;

static double
luma_at(const Image *image, guint x, guint y)
{
    const guint8 *p = image->data + ((gsize)y * image->width + x) * image->channels;
    return image->channels == 1 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

/* Means of blocks: a reduced grey copy with its longer side near WORK_SIDE. */
static void
work_shrink(const Image *image, Work *work)
{
    guint longer = MAX(image->width, image->height);
    double factor = MAX(1.0, (double)longer / WORK_SIDE);
    work->factor = factor;
    work->width = MAX(8u, (guint)(image->width / factor));
    work->height = MAX(8u, (guint)(image->height / factor));
    work->grey = g_new(float, (gsize)work->width * work->height);
    for (guint y = 0; y < work->height; y++)
        for (guint x = 0; x < work->width; x++) {
            guint x0 = MIN((guint)(x * factor), image->width - 1),
                  x1 = CLAMP((guint)((x + 1) * factor), x0 + 1, image->width);
            guint y0 = MIN((guint)(y * factor), image->height - 1),
                  y1 = CLAMP((guint)((y + 1) * factor), y0 + 1, image->height);
            guint step = MAX(1u, (x1 - x0) / 4);
            double sum = 0;
            guint n = 0;
            for (guint v = y0; v < y1; v += step)
                for (guint u = x0; u < x1; u += step, n++)
                    sum += luma_at(image, u, v);
            work->grey[(gsize)y * work->width + x] = (float)(sum / n);
        }
}

/* One pass of a running maximum (sign 1) or minimum (sign -1) along a line of n values. */
static void
running_extreme(const float *in, float *out, guint n, gsize stride, int sign)
{
    for (guint i = 0; i < n; i++) {
        guint a = i > CLOSE_RADIUS ? i - CLOSE_RADIUS : 0, b = MIN(n - 1, i + CLOSE_RADIUS);
        float best = in[a * stride];
        for (guint k = a + 1; k <= b; k++)
            if (sign * in[k * stride] > sign * best)
                best = in[k * stride];
        out[i * stride] = best;
    }
}

static void
work_close(Work *work)
{
    gsize size = (gsize)work->width * work->height;
    g_autofree float *other = g_new(float, size);
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (guint y = 0; y < work->height; y++)
            running_extreme(work->grey + (gsize)y * work->width, other + (gsize)y * work->width, work->width, 1, sign);
        for (guint x = 0; x < work->width; x++)
            running_extreme(other + x, work->grey + x, work->height, work->width, sign);
    }
}

static void
work_blur_and_gradient(Work *work)
{
    guint w = work->width, h = work->height;
    gsize size = (gsize)w * h;
    g_autofree float *other = g_new(float, size);
    for (int pass = 0; pass < 2; pass++) {
        for (guint y = 0; y < h; y++)
            for (guint x = 0; x < w; x++) {
                const float *r = work->grey + (gsize)y * w;
                other[(gsize)y * w + x] = 0.25f * (r[x ? x - 1 : 0] + 2 * r[x] + r[MIN(x + 1, w - 1)]);
            }
        for (guint y = 0; y < h; y++)
            for (guint x = 0; x < w; x++)
                work->grey[(gsize)y * w + x] =
                    0.25f * (other[(gsize)(y ? y - 1 : 0) * w + x] + 2 * other[(gsize)y * w + x] +
                             other[(gsize)MIN(y + 1, h - 1) * w + x]);
    }
    work->gx = g_new0(float, size);
    work->gy = g_new0(float, size);
    for (guint y = 1; y + 1 < h; y++)
        for (guint x = 1; x + 1 < w; x++) {
            const float *p = work->grey + (gsize)y * w + x;
            work->gx[(gsize)y * w + x] = 0.5f * (p[1] - p[-1]);
            work->gy[(gsize)y * w + x] = 0.5f * (p[w] - p[-(int)w]);
        }
}

static void
work_clear(Work *work)
{
    g_free(work->grey);
    g_free(work->gx);
    g_free(work->gy);
}

/* Outward normals of the sides in Quad order: top, right, bottom, left. */
static const double SIDE_ANGLE[4] = { -90, 0, 90, 180 };

/* The frame itself as a side. */
static Line
frame_line(const Work *work, guint side)
{
    static const double nx[4] = { 0, 1, 0, -1 }, ny[4] = { -1, 0, 1, 0 };
    double rho[4] = { 0.5, work->width - 0.5, work->height - 0.5, 0.5 };
    return (Line){ .nx = nx[side], .ny = ny[side], .rho = rho[side], .frame = TRUE };
}

/* Candidate lines for one side, strongest first. Returns: how many. */
static guint
hough_side(const Work *work, guint side, Line *lines)
{
    guint angles = 2 * THETA_RANGE + 1;
    double reach = hypot(work->width, work->height);
    guint bins = (guint)(2 * reach / RHO_STEP) + 2;
    g_autofree float *votes = g_new0(float, (gsize)angles *bins);
    for (guint y = 1; y + 1 < work->height; y++)
        for (guint x = 1; x + 1 < work->width; x++) {
            double gx = work->gx[(gsize)y * work->width + x], gy = work->gy[(gsize)y * work->width + x];
            double size = hypot(gx, gy);
            if (size < 0.8)
                continue;
            /* the gradient climbs into the paper; the outward normal is against it */
            double turn = atan2(-gy, -gx) * 180 / G_PI - SIDE_ANGLE[side];
            turn -= 360 * round(turn / 360);
            int a0 = (int)lround(turn) + THETA_RANGE;
            for (int a = MAX(0, a0 - 3); a <= MIN((int)angles - 1, a0 + 3); a++) {
                double t = (SIDE_ANGLE[side] + a - THETA_RANGE) * G_PI / 180;
                double rho = x * cos(t) + y * sin(t);
                votes[(gsize)a * bins + (guint)((rho + reach) / RHO_STEP)] += (float)MIN(size, 5);
            }
        }
    guint n = 0;
    while (n < LINES_A_SIDE) {
        gsize best = 0;
        for (gsize i = 1; i < (gsize)angles * bins; i++)
            if (votes[i] > votes[best])
                best = i;
        if (votes[best] < 0.12 * MIN(work->width, work->height))
            break;
        int a = (int)(best / bins), r = (int)(best % bins);
        double t = (SIDE_ANGLE[side] + a - THETA_RANGE) * G_PI / 180;
        lines[n++] = (Line){ cos(t), sin(t), (r + 0.5) * RHO_STEP - reach, votes[best], FALSE };
        for (int da = MAX(0, a - 3); da <= MIN((int)angles - 1, a + 3); da++)
            for (int dr = MAX(0, r - 4); dr <= MIN((int)bins - 1, r + 4); dr++)
                votes[(gsize)da * bins + (gsize)dr] = 0;
    }
    return n;
}

static gboolean
line_cross(const Line *a, const Line *b, Point *out)
{
    double det = a->nx * b->ny - a->ny * b->nx;
    if (fabs(det) < 0.2)
        return FALSE;
    out->x = (a->rho * b->ny - b->rho * a->ny) / det;
    out->y = (a->nx * b->rho - b->nx * a->rho) / det;
    return TRUE;
}

static double
work_at(const Work *work, const float *plane, double x, double y)
{
    int u = (int)(x + 0.5), v = (int)(y + 0.5); /* lround is a call, and this is the inner loop */
    return plane[(gsize)CLAMP(v, 0, (int)work->height - 1) * work->width + (gsize)CLAMP(u, 0, (int)work->width - 1)];
}

/*
 * Share of the side p-q where the inside is brighter than the outside across an edge of that direction.
 * Where the picture ends before the outside begins nothing can be told: an edge that runs out of the
 * picture is judged by what is seen of it.
 */
static double
side_support(const Work *work, const Line *line, Point p, Point q)
{
    guint good = 0, seen = 0;
    for (guint i = 0; i < SIDE_SAMPLES; i++) {
        double s = (i + 0.5) / SIDE_SAMPLES, x = p.x + s * (q.x - p.x), y = p.y + s * (q.y - p.y);
        if (x < 1 || y < 1 || x > work->width - 2 || y > work->height - 2)
            continue;
        double ox = x + 4 * line->nx, oy = y + 4 * line->ny;
        if (ox < 0 || oy < 0 || ox > work->width - 1 || oy > work->height - 1)
            continue;
        seen++;
        double steepest = 0;
        for (int d = -3; d <= 3; d++) {
            double u = x + d * line->nx, v = y + d * line->ny;
            double g = -(work_at(work, work->gx, u, v) * line->nx + work_at(work, work->gy, u, v) * line->ny);
            steepest = MAX(steepest, g);
        }
        double in = work_at(work, work->grey, x - 6 * line->nx, y - 6 * line->ny);
        double out = work_at(work, work->grey, x + 6 * line->nx, y + 6 * line->ny);
        if (steepest > 0.8 && in - out > 0.025 * MAX(in, 60))
            good++;
    }
    return seen < SIDE_SAMPLES / 3 ? 0 : (double)good / MAX(seen, SIDE_SAMPLES / 2);
}

typedef struct {
    Line side[4];
    Quad quad;
    double score, weakest;
    PaperSides seen;
} Guess;

/* How good the four lines are as the outline of a sheet; 0 where they are none. */
static double
guess_score(const Work *work, const Line *const side[4], Guess *guess)
{
    Quad q;
    double w = work->width, h = work->height;
    if (!line_cross(side[3], side[0], &q.p[0]) || !line_cross(side[0], side[1], &q.p[1]) ||
        !line_cross(side[1], side[2], &q.p[2]) || !line_cross(side[2], side[3], &q.p[3]))
        return 0;
    for (guint i = 0; i < 4; i++)
        if (q.p[i].x < -0.15 * w || q.p[i].x > 1.15 * w || q.p[i].y < -0.15 * h || q.p[i].y > 1.15 * h)
            return 0;
    double area = quad_area(&q) / (w * h);
    if (area < 0.15 || !quad_is_convex(&q))
        return 0;
    double sum = 0, weakest = 1;
    PaperSides seen = 0;
    for (guint i = 0; i < 4; i++) {
        double support = FRAME_SUPPORT;
        if (!side[i]->frame) {
            support = side_support(work, side[i], q.p[i], q.p[(i + 1) % 4]);
            if (support < 0.45)
                return 0;
            seen |= 1u << i;
            weakest = MIN(weakest, support);
        }
        sum += support;
    }
    /* opposite sides of a sheet differ only by perspective */
    double top = point_distance(q.p[0], q.p[1]), bottom = point_distance(q.p[2], q.p[3]);
    double left = point_distance(q.p[3], q.p[0]), right = point_distance(q.p[1], q.p[2]);
    double skew = fabs(log(top / bottom)) + fabs(log(left / right));
    double score = sum + 0.5 * area - 0.8 * skew;
    if (guess && score > guess->score) {
        guess->score = score;
        guess->weakest = weakest;
        guess->quad = q;
        guess->seen = seen;
        for (guint i = 0; i < 4; i++)
            guess->side[i] = *side[i];
    }
    return score;
}

static void
guess_best(const Work *work, Guess *guess)
{
    Line lines[4][LINES_A_SIDE + 1];
    guint n[4];
    for (guint s = 0; s < 4; s++) {
        n[s] = hough_side(work, s, lines[s]);
        lines[s][n[s]++] = frame_line(work, s);
    }
    for (guint a = 0; a < n[0]; a++)
        for (guint b = 0; b < n[1]; b++)
            for (guint c = 0; c < n[2]; c++)
                for (guint d = 0; d < n[3]; d++) {
                    const Line *side[4] = { &lines[0][a], &lines[1][b], &lines[2][c], &lines[3][d] };
                    guess_score(work, side, guess);
                }
}

/* Bilinear luma of the full picture. */
static double
luma_smooth(const Image *image, double x, double y)
{
    x = CLAMP(x, 0, image->width - 1.001);
    y = CLAMP(y, 0, image->height - 1.001);
    guint u = (guint)x, v = (guint)y, u1 = MIN(u + 1, image->width - 1), v1 = MIN(v + 1, image->height - 1);
    double fx = x - u, fy = y - v;
    return (1 - fy) * ((1 - fx) * luma_at(image, u, v) + fx * luma_at(image, u1, v)) +
           fy * ((1 - fx) * luma_at(image, u, v1) + fx * luma_at(image, u1, v1));
}

/* Where along the outward normal the light falls most; FALSE where it does not fall. */
static gboolean
edge_offset(const Image *image, Point at, double nx, double ny, double reach, double *offset)
{
    enum { STEPS = 49 };
    double value[STEPS], step = 2 * reach / (STEPS - 1), tx = -ny, ty = nx;
    for (guint i = 0; i < STEPS; i++) {
        double d = -reach + i * step;
        value[i] = 0;
        for (int k = -2; k <= 2; k++) /* along the edge: noise falls, the edge stays */
            value[i] += luma_smooth(image, at.x + d * nx + k * step * tx, at.y + d * ny + k * step * ty) / 5;
    }
    double best = 0;
    guint at_best = 0;
    for (guint i = 3; i + 3 < STEPS; i++) {
        double fall = value[i - 2] + value[i - 1] + value[i - 3] - value[i + 1] - value[i + 2] - value[i + 3];
        if (fall > best) {
            best = fall;
            at_best = i;
        }
    }
    if (best < 9)
        return FALSE;
    double weight = 0, sum = 0;
    for (guint i = at_best > 5 ? at_best - 5 : 1; i <= MIN(at_best + 5, STEPS - 2); i++) {
        double fall = MAX(0, value[i - 1] - value[i + 1]);
        weight += fall;
        sum += fall * (-reach + i * step);
    }
    if (weight <= 0)
        return FALSE;
    *offset = sum / weight;
    return TRUE;
}

/* Refit @line to the full picture between p and q (robust least squares). Returns: share of inliers. */
static double
line_refit(const Image *image, double reach, Point p, Point q, Line *line, double *rms)
{
    double s[EDGE_POINTS], d[EDGE_POINTS], weight[EDGE_POINTS], length = point_distance(p, q);
    guint n = 0;
    for (guint i = 0; i < EDGE_POINTS; i++) {
        double t = 0.02 + 0.96 * (i + 0.5) / EDGE_POINTS;
        Point at = { p.x + t * (q.x - p.x), p.y + t * (q.y - p.y) };
        if (at.x < 1 || at.y < 1 || at.x > image->width - 2 || at.y > image->height - 2)
            continue;
        if (edge_offset(image, at, line->nx, line->ny, reach, &d[n])) {
            s[n] = t;
            weight[n++] = 1;
        }
    }
    *rms = reach;
    if (n < EDGE_POINTS / 5)
        return 0;
    double a = 0, b = 0, scale = reach;
    for (guint round_ = 0; round_ < 12; round_++) {
        double w = 0, ws = 0, wd = 0, wss = 0, wsd = 0;
        for (guint i = 0; i < n; i++) {
            w += weight[i];
            ws += weight[i] * s[i];
            wd += weight[i] * d[i];
            wss += weight[i] * s[i] * s[i];
            wsd += weight[i] * s[i] * d[i];
        }
        double det = w * wss - ws * ws;
        if (det <= 1e-9)
            return 0;
        b = (w * wsd - ws * wd) / det;
        a = (wd - b * ws) / w;
        scale = MAX(0.3, 0.75 * scale);
        for (guint i = 0; i < n; i++) {
            double r = (d[i] - a - b * s[i]) / scale;
            weight[i] = 1 / (1 + r * r * r * r);
        }
    }
    double sum = 0;
    guint inliers = 0;
    for (guint i = 0; i < n; i++) {
        double r = d[i] - a - b * s[i];
        if (fabs(r) < 3 * scale) {
            sum += r * r;
            inliers++;
        }
    }
    *rms = inliers ? sqrt(sum / inliers) : reach;
    Point p2 = { p.x + a * line->nx, p.y + a * line->ny };
    Point q2 = { q.x + (a + b) * line->nx, q.y + (a + b) * line->ny };
    double nx = (q2.y - p2.y) / length, ny = -(q2.x - p2.x) / length, size = hypot(nx, ny);
    line->nx = nx / size;
    line->ny = ny / size;
    line->rho = line->nx * p2.x + line->ny * p2.y;
    return (double)inliers / EDGE_POINTS;
}

/* The guess's edges, fitted on the full picture. */
static void
refine(const Image *image, const Work *work, Guess *guess, Paper *paper)
{
    double f = work->factor;
    Line side[4];
    Quad q;
    for (guint i = 0; i < 4; i++) {
        side[i] = guess->side[i];
        side[i].rho = guess->side[i].rho * f + (side[i].nx + side[i].ny) * (f - 1) / 2;
        if (side[i].frame)
            side[i].rho = i == 0 || i == 3 ? 0 : i == 1 ? image->width - 1.0 : image->height - 1.0;
        q.p[i] = (Point){ guess->quad.p[i].x * f + (f - 1) / 2, guess->quad.p[i].y * f + (f - 1) / 2 };
    }
    paper->confidence = guess->weakest;
    for (guint pass = 0; pass < 2; pass++) {
        double reach = MAX(3, (pass ? 2.5 : 6) * f);
        for (guint i = 0; i < 4; i++) {
            double rms = 0;
            if (side[i].frame)
                continue;
            double share = line_refit(image, reach, q.p[i], q.p[(i + 1) % 4], &side[i], &rms);
            if (pass) {
                paper->confidence = MIN(paper->confidence, MIN(1, 1.15 * share));
                paper->edge_rms_px = MAX(paper->edge_rms_px, rms);
            }
        }
        for (guint i = 0; i < 4; i++) {
            Point p;
            if (line_cross(&side[(i + 3) % 4], &side[i], &p))
                q.p[i] = p;
        }
    }
    paper->quad = q;
}

/* Is the outer margin as light as the middle? Then there is no desk in the picture. */
static gboolean
border_is_paper(const Work *work)
{
    guint hist[256] = { 0 }, rim[256] = { 0 }, n = 0, m = 0;
    for (guint y = 0; y < work->height; y++)
        for (guint x = 0; x < work->width; x++) {
            guint v = (guint)CLAMP(work->grey[(gsize)y * work->width + x], 0, 255);
            gboolean outer = x < 4 || y < 4 || x + 4 >= work->width || y + 4 >= work->height;
            hist[v]++;
            n++;
            if (outer) {
                rim[v]++;
                m++;
            }
        }
    guint white = 255, sum = 0;
    for (; white > 0 && sum < n / 3; white--)
        sum += hist[white];
    guint light = 0;
    for (guint v = (guint)(0.8 * white); v < 256; v++)
        light += rim[v];
    return light > 0.75 * m;
}

void
paper_find(const Image *image, Paper *paper)
{
    *paper = (Paper){ .quad = quad_rect(0, 0, image->width - 1.0, image->height - 1.0) };
    if (image->width < 32 || image->height < 32)
        return;
    Work work = { 0 };
    work_shrink(image, &work);
    work_close(&work);
    work_blur_and_gradient(&work);
    Guess guess = { .score = 4 * FRAME_SUPPORT + 0.5 };
    guess_best(&work, &guess);
    if (guess.seen) {
        paper->seen = guess.seen;
        refine(image, &work, &guess, paper);
        paper->found = guess.seen == PAPER_ALL_SIDES && paper->confidence > 0.3;
    }
    paper->fills = !paper->found && border_is_paper(&work);
    work_clear(&work);
}
