/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crop.c: flatten, take densities, unmix, leave the neighbours out, measure.
 */
#include "sealgen/crop.h"

#include <math.h>

#define MARGIN_MM 2.0
#define WORK_PPM_LEAST 8.0
#define WORK_PPM_MOST 16.0
#define BEYOND_MM 0.7 /* ink this far outside the outline is a splash or a neighbour */
#define FOREIGN_DENSITY 0.25
#define CROP_MOST_MM 90.0
#define STROKE_ALPHA 0.5f
#define CUT_MM 0.3       /* an outline is not surer than that */
#define RULE_FRINGE 0.5f /* less ink than this beside a printed line is the line's own edge */

/* In the crop's pixels. */
static Outline
outline_in_crop(const Outline *place, Point origin_mm, double ppm)
{
    Outline o = *place;
    o.centre = (Point){ (place->centre.x - origin_mm.x) * ppm, (place->centre.y - origin_mm.y) * ppm };
    o.width *= ppm;
    o.height *= ppm;
    return o;
}

static Image *
cut(const Image *page, const SheetScale *scale, Impression *impression, double ppm, double side_mm)
{
    impression->origin_mm =
        (Point){ impression->place.centre.x - side_mm / 2, impression->place.centre.y - side_mm / 2 };
    guint side = (guint)ceil(side_mm * ppm);
    Homography size = homography_scale(1 / ppm, 1 / ppm);
    Homography move = homography_translate(impression->origin_mm.x, impression->origin_mm.y);
    Homography to_mm = homography_then(&size, &move);
    Homography to_px = homography_then(&to_mm, &scale->mm_to_px);
    return image_warp(page, &to_px, side, side, 255);
}

/* What is outside the own outline goes; what also lies inside another's is not to be trusted. */
static void
leave_out_neighbours(const GPtrArray *all, Impression *impression, const Outline *own)
{
    double ppm = impression->alpha->ppm;
    guint w = impression->alpha->width, h = impression->alpha->height;
    OutlineMask wide = outline_mask(own, BEYOND_MM * ppm), near_ = outline_mask(own, 0.3 * ppm);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++)
            if (!outline_mask_has(&wide, x, y))
                impression->alpha->v[(gsize)y * w + x] = 0;
    for (guint i = 0; i < all->len; i++) {
        const Impression *other = g_ptr_array_index(all, i);
        double apart = point_distance(other->place.centre, impression->place.centre);
        if (other == impression || apart > (hypot(other->place.width, other->place.height) +
                                            hypot(impression->place.width, impression->place.height)) /
                                               2)
            continue;
        Outline o = outline_in_crop(&other->place, impression->origin_mm, ppm);
        OutlineMask others = outline_mask(&o, 0.4 * ppm);
        gsize shared = 0, inside = 0;
        for (guint y = 0; y < h; y++)
            for (guint x = 0; x < w; x++) {
                if (!outline_mask_has(&wide, x, y))
                    continue;
                inside++;
                if (!outline_mask_has(&others, x, y))
                    continue;
                shared++;
                impression->foreign->v[(gsize)y * w + x] += 1;
                if (!outline_mask_has(&near_, x, y))
                    impression->alpha->v[(gsize)y * w + x] = 0;
            }
        if (shared > inside / 200)
            impression->overlapped = TRUE;
    }
}

/* Where a coloured line was printed this sample says nothing, and beside it only what is strong. */
static void
leave_out_rules(const PageTraits *traits, Impression *impression)
{
    Plane *alpha = impression->alpha, *foreign = impression->foreign;
    for (guint y = 0; y < alpha->height; y++)
        for (guint x = 0; x < alpha->width; x++) {
            int u = (int)lround((impression->origin_mm.x + x / alpha->ppm) * FIND_PPM);
            int v = (int)lround((impression->origin_mm.y + y / alpha->ppm) * FIND_PPM);
            gboolean near_ = FALSE, on = FALSE;
            for (int k = 0; k < 9; k++) {
                int a = u + k % 3 - 1, b = v + k / 3 - 1;
                if (a < 0 || b < 0 || a >= (int)traits->rules_width || b >= (int)traits->rules_height ||
                    !traits->rules[(gsize)b * traits->rules_width + (gsize)a])
                    continue;
                near_ = TRUE;
                on |= k == 4;
            }
            gsize i = (gsize)y * alpha->width + x;
            if (on || (near_ && alpha->v[i] < RULE_FRINGE)) {
                alpha->v[i] = 0;
                foreign->v[i] += 1;
            }
        }
}

/* Twice the ink's area over its rim: the width of a long stroke. */
static double
stroke_width(const Plane *alpha, const OutlineMask *where)
{
    gsize area = 0, rim = 0;
    for (guint y = 1; y + 1 < alpha->height; y++)
        for (guint x = 1; x + 1 < alpha->width; x++) {
            const float *p = alpha->v + (gsize)y * alpha->width + x;
            if (!(*p > STROKE_ALPHA) || !outline_mask_has(where, x, y))
                continue;
            area++;
            /* pixel sides that face paper; on slanted edges they are 4/pi times as many as the edge is long */
            rim += !(p[-1] > STROKE_ALPHA) + !(p[1] > STROKE_ALPHA) + !(p[-(gssize)alpha->width] > STROKE_ALPHA) +
                   !(p[alpha->width] > STROKE_ALPHA);
        }
    return rim ? 2 * area / (rim * G_PI / 4) / alpha->ppm : 0;
}

/* Does some of the outline lie off the paper, or off the picture? */
static gboolean
is_cut(const Image *page, const SheetScale *scale, const Outline *place)
{
    double a = place->turn_deg * G_PI / 180, c = cos(a), s = sin(a);
    gboolean square = place->shape != SHAPE_ROUND && place->shape != SHAPE_OVAL;
    for (guint i = 0; i < 32; i++) {
        double t = i * G_PI / 16, u = cos(t), v = sin(t), f = square ? 1 / MAX(fabs(u), fabs(v)) : 1;
        u *= f * place->width / 2;
        v *= f * place->height / 2;
        Point mm = { place->centre.x + c * u - s * v, place->centre.y + s * u + c * v };
        Point px = homography_apply(&scale->mm_to_px, mm);
        if (mm.x < -CUT_MM || mm.y < -CUT_MM || mm.x > scale->width_mm + CUT_MM || mm.y > scale->height_mm + CUT_MM ||
            px.x < -CUT_MM * scale->px_per_mm || px.y < -CUT_MM * scale->px_per_mm ||
            px.x > page->width + CUT_MM * scale->px_per_mm || px.y > page->height + CUT_MM * scale->px_per_mm)
            return TRUE;
    }
    return FALSE;
}

/* How much of the outline is foreign ink, and how much the seal's. */
static void
count_ink(Impression *impression)
{
    const Plane *f = impression->foreign, *a = impression->alpha;
    gsize n = 0, ink = 0, all = 0;
    OutlineMask mask = outline_mask(&impression->outline, 0);
    for (guint y = 0; y < f->height; y++)
        for (guint x = 0; x < f->width; x++)
            if (outline_mask_has(&mask, x, y)) {
                all++;
                n += f->v[(gsize)y * f->width + x] > FOREIGN_DENSITY;
                ink += a->v[(gsize)y * f->width + x] > 0.4f;
            }
    impression->foreign_share = all ? (double)n / all : 0;
    impression->ink_mm2 = ink / (f->ppm * f->ppm);
    impression->stroke_mm = stroke_width(a, &mask);
}

gboolean
crop_impression(const Image *page, const SheetScale *scale, const PaperLight *light, const PageTraits *traits,
                const GPtrArray *all, Impression *impression)
{
    impression->fineness = scale->px_per_mm;
    impression->photo = scale->photo;
    double ppm = CLAMP(2 * ceil(scale->px_per_mm / 2 - 0.05), WORK_PPM_LEAST, WORK_PPM_MOST);
    double across = impression->place.shape == SHAPE_ROUND || impression->place.shape == SHAPE_OVAL
                        ? MAX(impression->place.width, impression->place.height)
                        : hypot(impression->place.width, impression->place.height);
    double side_mm = MIN(CROP_MOST_MM, across + 2 * MARGIN_MM);
    g_autoptr(Image) image = cut(page, scale, impression, ppm, side_mm);
    PageCrop crop = { image, ppm, impression->origin_mm };
    g_autofree Density *density = ink_densities(&crop, light);
    guint w = image->width, h = image->height;
    Outline own = outline_in_crop(&impression->place, impression->origin_mm, ppm);
    OutlineMask where = outline_mask(&own, 0.3 * ppm);
    g_autofree guint8 *mask = g_malloc((gsize)w * h);
    for (guint y = 0; y < h; y++)
        for (guint x = 0; x < w; x++)
            mask[(gsize)y * w + x] = outline_mask_has(&where, x, y);
    if (!ink_estimate(density, (gsize)w * h, mask, &impression->ink))
        return FALSE;
    ink_unmix(density, w, h, ppm, &impression->ink, &impression->alpha, &impression->foreign);
    if (traits->rules)
        leave_out_rules(traits, impression);
    leave_out_neighbours(all, impression, &own);
    impression->outline = own;
    if (own.shape != SHAPE_FREE) {
        Outline fine;
        double reach = hypot(own.width, own.height) / 2 + 1.5 * ppm;
        if (outline_fit(impression->alpha, own.centre, reach, own.shape, &fine) && fine.shape != SHAPE_FREE &&
            fabs(fine.width / own.width - 1) < 0.1 && fabs(fine.height / own.height - 1) < 0.1)
            impression->outline = fine;
    }
    count_ink(impression);
    Outline place = impression->outline;
    place.centre =
        (Point){ impression->origin_mm.x + place.centre.x / ppm, impression->origin_mm.y + place.centre.y / ppm };
    place.width /= ppm;
    place.height /= ppm;
    if (is_cut(page, scale, &place))
        impression->reasons |= SAMPLE_CUT;
    return TRUE;
}
