/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_marks.c: rings with a dot in their middle; four of them in the form's proportions; the code says
 * which way is up.
 */
#include "sealgen/sheet_marks.h"

#include <math.h>

#include "core/qr.h"
#include "sealgen/blobs.h"
#include "sealgen/sheet_print.h"

#define DARK 0.55 /* of the page's light */
#define MARKS_MOST 16
#define PROPORTION 0.06 /* sides of the four marks against the form's, relative, in a frame that may be askew */
#define CODE_PPM 10.0

static const double CODE_BOX_MM[4] = { 158, 12, 198, 52 }; /* the code and its quiet zone */

static guint8 *
dark_mask(const Image *flat)
{
    g_autoptr(Image) grey = image_plane(flat, IMAGE_MAX); /* coloured ink is light in one channel */
    gsize n = (gsize)grey->width * grey->height, hist[256] = { 0 }, sum = 0;
    for (gsize i = 0; i < n; i++)
        hist[grey->data[i]]++;
    guint white = 255;
    for (; white > 0 && sum < n / 3; white--)
        sum += hist[white];
    guint8 *mask = g_malloc(n);
    for (gsize i = 0; i < n; i++)
        mask[i] = grey->data[i] < DARK * white;
    return mask;
}

/* Middles of rings that have a dot in their middle, in flat pixels. */
static guint
find_rings(const Image *flat, double ppm, Point *out)
{
    g_autofree guint8 *mask = dark_mask(flat);
    g_autofree guint32 *labels = g_new(guint32, (gsize)flat->width * flat->height);
    g_autoptr(GArray) blobs = blobs_find(mask, flat->width, flat->height, labels);
    guint n = 0;
    for (guint i = 0; i < blobs->len && n < MARKS_MOST; i++) {
        const Blob *ring = &g_array_index(blobs, Blob, i);
        double w = (ring->x1 - ring->x0 + 1) / ppm, h = (ring->y1 - ring->y0 + 1) / ppm;
        if (w < 0.65 * FORM_MARK_MM || w > 1.3 * FORM_MARK_MM || h < 0.65 * FORM_MARK_MM || h > 1.3 * FORM_MARK_MM)
            continue;
        for (guint k = 0; k < blobs->len; k++) {
            const Blob *dot = &g_array_index(blobs, Blob, k);
            double dw = (dot->x1 - dot->x0 + 1) / ppm, dh = (dot->y1 - dot->y0 + 1) / ppm;
            double dx = ((double)dot->x0 + dot->x1 - ring->x0 - ring->x1) / 2,
                   dy = ((double)dot->y0 + dot->y1 - ring->y0 - ring->y1) / 2;
            if (k == i || dw > 0.5 * w || dh > 0.5 * h || dw < 0.15 * w || hypot(dx, dy) > 0.6 * ppm)
                continue;
            out[n++] = (Point){ (ring->x0 + ring->x1) / 2.0, (ring->y0 + ring->y1) / 2.0 };
            break;
        }
    }
    return n;
}

/* Does the form, turned so that its corner @turn lies on q[0], have these proportions? */
static gboolean
quad_fits(const Quad *q, guint turn)
{
    for (guint i = 0; i < 4; i++) {
        double side = point_distance(q->p[i], q->p[(i + 1) % 4]), across = point_distance(q->p[0], q->p[2]);
        const Point *f = FORM_MARKS_MM.p;
        double want = point_distance(f[(i + turn) % 4], f[(i + turn + 1) % 4]), diagonal = point_distance(f[0], f[2]);
        if (fabs(side / across - want / diagonal) > PROPORTION)
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_code(const Image *page, const Homography *mm_to_px, const Homography *form_to_page, const Order *order,
          guint *number)
{
    Homography size = homography_scale(1 / CODE_PPM, 1 / CODE_PPM),
               move = homography_translate(CODE_BOX_MM[0], CODE_BOX_MM[1]);
    Homography map = homography_then(&size, &move);
    map = homography_then(&map, form_to_page);
    map = homography_then(&map, mm_to_px);
    guint side = (guint)((CODE_BOX_MM[2] - CODE_BOX_MM[0]) * CODE_PPM);
    g_autoptr(Image) crop = image_warp(page, &map, side, side, 255);
    g_autoptr(Image) grey = image_plane(crop, IMAGE_LUMA);
    g_autoptr(GPtrArray) codes = qr_find(grey);
    for (guint i = 0; i < codes->len; i++)
        if (sheet_form_code_parse(((const QrCode *)g_ptr_array_index(codes, i))->text, order->order_id, number))
            return TRUE;
    return FALSE;
}

/* The turn, shift and one scale that bring the form nearest to the marks. */
static void
similarity(const Quad *seen, const Quad *form, SheetMarks *marks)
{
    Point a = { 0, 0 }, b = { 0, 0 };
    for (guint i = 0; i < 4; i++) {
        a.x += form->p[i].x / 4;
        a.y += form->p[i].y / 4;
        b.x += seen->p[i].x / 4;
        b.y += seen->p[i].y / 4;
    }
    double re = 0, im = 0, all = 0;
    for (guint i = 0; i < 4; i++) {
        double x = form->p[i].x - a.x, y = form->p[i].y - a.y, u = seen->p[i].x - b.x, v = seen->p[i].y - b.y;
        re += x * u + y * v;
        im += x * v - y * u;
        all += x * x + y * y;
    }
    re /= all;
    im /= all;
    marks->print_scale = hypot(re, im);
    marks->residual_mm = 0;
    for (guint i = 0; i < 4; i++) {
        double x = form->p[i].x - a.x, y = form->p[i].y - a.y;
        double dx = b.x + re * x - im * y - seen->p[i].x, dy = b.y + im * x + re * y - seen->p[i].y;
        marks->residual_mm = MAX(marks->residual_mm, hypot(dx, dy));
    }
}

static gboolean
try_quad(const Quad *px, double ppm, const Image *page, const Homography *mm_to_px, const Order *order,
         SheetMarks *marks)
{
    Quad seen;
    for (guint i = 0; i < 4; i++)
        seen.p[i] = (Point){ px->p[i].x / ppm, px->p[i].y / ppm };
    for (guint turn = 0; turn < 4; turn++) {
        Quad form;
        for (guint i = 0; i < 4; i++)
            form.p[i] = FORM_MARKS_MM.p[(i + turn) % 4];
        if (!quad_fits(&seen, turn) || !homography_from_quads(&form, &seen, &marks->form_to_page) ||
            !read_code(page, mm_to_px, &marks->form_to_page, order, &marks->page))
            continue;
        similarity(&seen, &form, marks);
        return TRUE;
    }
    return FALSE;
}

gboolean
sheet_marks_find(const Image *flat, double ppm, const Image *page, const Homography *mm_to_px, const Order *order,
                 SheetMarks *marks)
{
    Point ring[MARKS_MOST];
    guint n = find_rings(flat, ppm, ring);
    if (n < 4)
        return FALSE;
    /* the outermost towards each corner of the page */
    static const double sx[4] = { -1, 1, 1, -1 }, sy[4] = { -1, -1, 1, 1 };
    Quad q;
    for (guint i = 0; i < 4; i++) {
        guint best = 0;
        for (guint k = 1; k < n; k++)
            if (sx[i] * ring[k].x + sy[i] * ring[k].y > sx[i] * ring[best].x + sy[i] * ring[best].y)
                best = k;
        q.p[i] = ring[best];
    }
    return quad_is_convex(&q) && try_quad(&q, ppm, page, mm_to_px, order, marks);
}
