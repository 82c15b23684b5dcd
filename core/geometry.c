/* SPDX-License-Identifier: GPL-3.0-or-later */
/* geometry.c: plane homographies; the only linear algebra the house needs. */
#include "core/geometry.h"

#include <math.h>

Homography
homography_identity(void)
{
    return homography_scale(1, 1);
}

Homography
homography_scale(double sx, double sy)
{
    return (Homography){ { sx, 0, 0, 0, sy, 0, 0, 0, 1 } };
}

Homography
homography_translate(double dx, double dy)
{
    return (Homography){ { 1, 0, dx, 0, 1, dy, 0, 0, 1 } };
}

Homography
homography_then(const Homography *first, const Homography *second)
{
    Homography h;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int k = 0; k < 3; k++)
                sum += second->m[r * 3 + k] * first->m[k * 3 + c];
            h.m[r * 3 + c] = sum;
        }
    return h;
}

gboolean
homography_invert(const Homography *h, Homography *out)
{
    const double *m = h->m;
    double a = m[4] * m[8] - m[5] * m[7], b = m[5] * m[6] - m[3] * m[8], c = m[3] * m[7] - m[4] * m[6];
    double det = m[0] * a + m[1] * b + m[2] * c;
    double size = 0;
    for (int i = 0; i < 9; i++)
        size = fmax(size, fabs(m[i]));
    if (!(fabs(det) > 1e-15 * size * size * size))
        return FALSE;
    *out = (Homography){ { a / det, (m[2] * m[7] - m[1] * m[8]) / det, (m[1] * m[5] - m[2] * m[4]) / det, b / det,
                           (m[0] * m[8] - m[2] * m[6]) / det, (m[2] * m[3] - m[0] * m[5]) / det, c / det,
                           (m[1] * m[6] - m[0] * m[7]) / det, (m[0] * m[4] - m[1] * m[3]) / det } };
    return TRUE;
}

/* The map of the unit square (0,0) (1,0) (1,1) (0,1) to @q (Heckbert 1989, closed form). */
static gboolean
square_to_quad(const Quad *q, Homography *out)
{
    const Point *p = q->p;
    double sx = p[0].x - p[1].x + p[2].x - p[3].x, sy = p[0].y - p[1].y + p[2].y - p[3].y;
    double dx1 = p[1].x - p[2].x, dy1 = p[1].y - p[2].y, dx2 = p[3].x - p[2].x, dy2 = p[3].y - p[2].y;
    double den = dx1 * dy2 - dx2 * dy1;
    if (!(fabs(den) > 1e-9))
        return FALSE;
    double g = (sx * dy2 - dx2 * sy) / den, h = (dx1 * sy - sx * dy1) / den;
    *out = (Homography){ { p[1].x - p[0].x + g * p[1].x, p[3].x - p[0].x + h * p[3].x, p[0].x,
                           p[1].y - p[0].y + g * p[1].y, p[3].y - p[0].y + h * p[3].y, p[0].y, g, h, 1 } };
    return TRUE;
}

gboolean
homography_from_quads(const Quad *from, const Quad *to, Homography *out)
{
    Homography a, b, back;
    if (!square_to_quad(from, &a) || !square_to_quad(to, &b) || !homography_invert(&a, &back))
        return FALSE;
    *out = homography_then(&back, &b);
    return TRUE;
}

Point
homography_apply(const Homography *h, Point p)
{
    const double *m = h->m;
    double w = m[6] * p.x + m[7] * p.y + m[8];
    return (Point){ (m[0] * p.x + m[1] * p.y + m[2]) / w, (m[3] * p.x + m[4] * p.y + m[5]) / w };
}

Quad
homography_apply_quad(const Homography *h, const Quad *q)
{
    Quad out;
    for (int i = 0; i < 4; i++)
        out.p[i] = homography_apply(h, q->p[i]);
    return out;
}

Quad
quad_rect(double x, double y, double width, double height)
{
    return (Quad){ { { x, y }, { x + width, y }, { x + width, y + height }, { x, y + height } } };
}

double
quad_area(const Quad *q)
{
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        Point a = q->p[i], b = q->p[(i + 1) % 4];
        sum += a.x * b.y - b.x * a.y;
    }
    return sum / 2;
}

gboolean
quad_is_convex(const Quad *q)
{
    int sign = 0;
    for (int i = 0; i < 4; i++) {
        Point a = q->p[i], b = q->p[(i + 1) % 4], c = q->p[(i + 2) % 4];
        double turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
        int here = turn > 0 ? 1 : turn < 0 ? -1 : 0;
        if (here == 0 || (sign && here != sign))
            return FALSE;
        sign = here;
    }
    return TRUE;
}

double
point_distance(Point a, Point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}
