/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scale.c: paper edges, or a density that makes the picture an A4 page.
 */
#include "sealgen/scale.h"

#include <math.h>

#define A4_SHORT_MM 210.0
#define A4_LONG_MM 297.0
#define LETTER_SHORT_MM 215.9
#define LETTER_LONG_MM 279.4
#define SIZE_TOLERANCE 0.03 /* page size against A4 */
/* log of long over short: a cropped photo's middle is not the camera's axis, so the estimate is rough */
#define ASPECT_TOLERANCE 0.22
#define SIGMA_EDGES 0.0025   /* four edges: paper is cut to a millimetre, and never quite flat */
#define SIGMA_BENT 3.0       /* times the edges' bend over the paper's width */
#define SIGMA_DENSITY 0.0015 /* a scanner's drum and glass */
#define SIGMA_ABOUT 0.004    /* the file's dpi, and about A4 */
#define SIGMA_WHOLE 0.002    /* the picture is the page, to a rounding */
#define SIGMA_TRIMMED 0.01   /* the picture is about the page */
#define SIGMA_OTHER 0.005    /* paper that is not A4, told by its proportions */
#define STRETCH_LEAST 0.035  /* log of width over height of what should be round, where nothing is wrong */
#define STRETCH_NEAR 0.02
#define CLAIM_LEAST_DPI 100 /* less is what programs write that know nothing */
#define BED_EXTRA_MM 10.0   /* a scanner's glass is up to this much larger than the sheet on it */

/* Densities that scanners and their programs offer. */
static const double DENSITIES[] = { 72,  75,  96,  100, 120, 144, 150, 180, 200, 240,
                                    250, 300, 360, 400, 500, 600, 720, 800, 1200 };

/* How far the picture at @dpi is from A4: the worse of the two sides, relative. */
static double
a4_error(double width_px, double height_px, double dpi)
{
    double longer = MAX(width_px, height_px) / dpi * 25.4, shorter = MIN(width_px, height_px) / dpi * 25.4;
    return MAX(fabs(longer / A4_LONG_MM - 1), fabs(shorter / A4_SHORT_MM - 1));
}

/* Is the picture at @dpi the glass of a scanner with an A4 sheet on it? */
static gboolean
a4_on_glass(double width_px, double height_px, double dpi)
{
    double longer = MAX(width_px, height_px) / dpi * 25.4 - A4_LONG_MM;
    double shorter = MIN(width_px, height_px) / dpi * 25.4 - A4_SHORT_MM;
    return longer > -1 && shorter > -1 && longer < BED_EXTRA_MM && shorter < BED_EXTRA_MM;
}

/* The aspect (long over short) of a rectangle seen as @q, for a camera with square pixels looking at the
 * middle of a picture of that size (Zhang and He's whiteboard formula). */
static double
quad_aspect(const Quad *q, double width, double height)
{
    double w1 = point_distance(q->p[0], q->p[1]), w2 = point_distance(q->p[3], q->p[2]);
    double h1 = point_distance(q->p[0], q->p[3]), h2 = point_distance(q->p[1], q->p[2]);
    double plain = (h1 + h2) / (w1 + w2), mx = (width - 1) / 2, my = (height - 1) / 2;
    double m1[3] = { q->p[0].x - mx, q->p[0].y - my, 1 }, m2[3] = { q->p[1].x - mx, q->p[1].y - my, 1 };
    double m3[3] = { q->p[3].x - mx, q->p[3].y - my, 1 }, m4[3] = { q->p[2].x - mx, q->p[2].y - my, 1 };
#define CROSS(a, b)                                                                                                    \
    {                                                                                                                  \
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]                                \
    }
#define DOT(a, b) (a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
    double c14[3] = CROSS(m1, m4), c24[3] = CROSS(m2, m4), c34[3] = CROSS(m3, m4);
    double k2 = DOT(c14, m3) / DOT(c24, m3), k3 = DOT(c14, m2) / DOT(c34, m2);
    double n2[3] = { k2 * m2[0] - m1[0], k2 * m2[1] - m1[1], k2 - 1 };
    double n3[3] = { k3 * m3[0] - m1[0], k3 * m3[1] - m1[1], k3 - 1 };
#undef CROSS
#undef DOT
    if (fabs(n2[2] * n3[2]) < 1e-4)
        return plain; /* nearly no perspective in one direction: the focal length cannot be told */
    double f2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]);
    double longer = MAX(width, height);
    if (!(f2 > 0.25 * longer * longer && f2 < 36 * longer * longer))
        return plain;
    double w = (n2[0] * n2[0] + n2[1] * n2[1]) / f2 + n2[2] * n2[2];
    double h = (n3[0] * n3[0] + n3[1] * n3[1]) / f2 + n3[2] * n3[2];
    return w > 0 ? sqrt(h / w) : plain;
}

static void
scale_from_density(SheetScale *scale, const Page *page, double dpi, ScaleSource source, double sigma)
{
    double ppm = dpi / 25.4;
    scale->mm_to_px = homography_scale(ppm, ppm);
    scale->width_mm = page->image->width / ppm;
    scale->height_mm = page->image->height / ppm;
    scale->px_per_mm = ppm;
    scale->source = source;
    scale->sigma = sigma;
}

static gboolean
scale_from_edges(SheetScale *scale, const Page *page)
{
    const Quad *q = &scale->paper.quad;
    double width = page->image->width, height = page->image->height;
    double aspect = quad_aspect(q, width, height);
    double w1 = point_distance(q->p[0], q->p[1]), w2 = point_distance(q->p[3], q->p[2]);
    double h1 = point_distance(q->p[0], q->p[3]), h2 = point_distance(q->p[1], q->p[2]);
    gboolean landscape = aspect < 1;
    double off = fabs(log(landscape ? 1 / aspect : aspect) - log(A4_LONG_MM / A4_SHORT_MM));
    double plain = (h1 + h2) / (w1 + w2);
    double plain_off = fabs(fabs(log(plain)) - log(A4_LONG_MM / A4_SHORT_MM));
    if (MIN(off, plain_off) > ASPECT_TOLERANCE)
        return FALSE;
    scale->width_mm = landscape ? A4_LONG_MM : A4_SHORT_MM;
    scale->height_mm = landscape ? A4_SHORT_MM : A4_LONG_MM;
    /* edges run between pixels; corners are given at pixel centres: the same convention as the picture */
    Quad mm = quad_rect(0, 0, scale->width_mm, scale->height_mm);
    if (!homography_from_quads(&mm, q, &scale->mm_to_px))
        return FALSE;
    Point middle = { scale->width_mm / 2, scale->height_mm / 2 }, right = { middle.x + 1, middle.y },
          down = { middle.x, middle.y + 1 };
    Point a = homography_apply(&scale->mm_to_px, middle), b = homography_apply(&scale->mm_to_px, right);
    Point c = homography_apply(&scale->mm_to_px, down);
    scale->px_per_mm = sqrt(point_distance(a, b) * point_distance(a, c));
    scale->source = SCALE_PAPER_EDGES;
    scale->photo = TRUE;
    scale->sigma = hypot(SIGMA_EDGES, SIGMA_BENT * scale->paper.edge_rms_px / scale->px_per_mm / A4_SHORT_MM);
    return TRUE;
}

/* Is the picture at the density that the file claims one of the papers or glasses that there are? */
static gboolean
size_is_known(double width_px, double height_px, double dpi)
{
    static const double SIZES[][2] = { { 297, 420 }, { 279.4, 431.8 }, { 215.9, 355.6 },
                                       { 216, 330 }, { 257, 364 },     { 215.9, 279.4 } };
    double longer = MAX(width_px, height_px) / dpi * 25.4, shorter = MIN(width_px, height_px) / dpi * 25.4;
    for (guint i = 0; i < G_N_ELEMENTS(SIZES); i++)
        if (fabs(shorter - SIZES[i][0]) < 1.2 && fabs(longer - SIZES[i][1]) < 1.2)
            return TRUE;
    return FALSE;
}

/* A density at which the whole picture is an A4 page, or a scanner's glass with one on it; 0 for none. */
static double
density_of_page(double width_px, double height_px)
{
    double best = 0, least = SIZE_TOLERANCE;
    for (guint i = 0; i < G_N_ELEMENTS(DENSITIES); i++)
        if (a4_error(width_px, height_px, DENSITIES[i]) < least) {
            least = a4_error(width_px, height_px, DENSITIES[i]);
            best = DENSITIES[i];
        }
    for (guint i = 0; i < G_N_ELEMENTS(DENSITIES) && best == 0; i++)
        if (a4_on_glass(width_px, height_px, DENSITIES[i]))
            best = DENSITIES[i];
    return best;
}

/* The middle of what is seen of the paper decides how fine the picture is. */
static void
take_cut(SheetScale *scale)
{
    const CutPaper *cut = &scale->cut;
    scale->mm_to_px = cut->pose.mm_to_px;
    scale->width_mm = cut->width_mm;
    scale->height_mm = cut->height_mm;
    Point middle = { cut->width_mm / 2, cut->height_mm / 2 }, right = { middle.x + 1, middle.y },
          down = { middle.x, middle.y + 1 };
    Point a = homography_apply(&scale->mm_to_px, middle);
    scale->px_per_mm = sqrt(point_distance(a, homography_apply(&scale->mm_to_px, right)) *
                            point_distance(a, homography_apply(&scale->mm_to_px, down)));
    scale->sigma = cut->ruler ? hypot(SIGMA_EDGES, cut->pose.scale_sigma) : 1;
    scale->source = cut->ruler ? SCALE_PAPER_SIDE : SCALE_UNPROVEN;
    scale->photo = TRUE;
    scale->partial = TRUE;
}

gboolean
sheet_scale_refine(SheetScale *scale, const PoseEvidence *evidence)
{
    if (!scale->partial || evidence->n_rounds + evidence->n_rules == 0 || !cut_paper_refine(&scale->cut, evidence))
        return FALSE;
    take_cut(scale);
    return TRUE;
}

gboolean
sheet_scale_proportions(SheetScale *scale, double stretch)
{
    if (scale->source != SCALE_PAPER_EDGES || fabs(stretch) < STRETCH_LEAST)
        return FALSE;
    gboolean lies = scale->width_mm > scale->height_mm;
    double width = lies ? LETTER_LONG_MM : LETTER_SHORT_MM, height = lies ? LETTER_SHORT_MM : LETTER_LONG_MM;
    double expected = log(scale->width_mm / width) - log(scale->height_mm / height);
    Quad mm = quad_rect(0, 0, width, height);
    if (fabs(stretch - expected) > STRETCH_NEAR || !homography_from_quads(&mm, &scale->paper.quad, &scale->mm_to_px)) {
        scale->sigma = MAX(scale->sigma, fabs(stretch) / 2);
        return FALSE;
    }
    scale->px_per_mm *= sqrt(scale->width_mm * scale->height_mm / (width * height));
    scale->width_mm = width;
    scale->height_mm = height;
    scale->sigma = MAX(scale->sigma, SIGMA_OTHER);
    return TRUE;
}

void
sheet_scale_find(const Page *page, SheetScale *scale)
{
    double width = page->image->width, height = page->image->height;
    *scale = (SheetScale){ .sigma = 1 };
    paper_find(page->image, &scale->paper);
    if (scale->paper.found && scale_from_edges(scale, page))
        return;
    double claimed = page->dpi_x > 0 && fabs(page->dpi_x / MAX(page->dpi_y, 1) - 1) < 0.01 ? page->dpi_x : 0;
    claimed /= MAX(1, page->reduction); /* it speaks of the full picture */
    double seen = density_of_page(width, height);
    gboolean exact = seen > 0 && a4_error(width, height, seen) < 0.006;
    if (claimed > 0 && a4_error(width, height, claimed) < SIZE_TOLERANCE) {
        /* a PDF whose page box was rounded says 199.8: the scanner had a whole number */
        if (seen > 0 && fabs(claimed / seen - 1) < 0.01)
            claimed = seen;
        scale_from_density(scale, page, claimed, SCALE_DPI_PAGE_SIZE,
                           a4_error(width, height, claimed) < 0.006 ? SIGMA_DENSITY : SIGMA_ABOUT);
        return;
    }
    if (page->dpi_x >= CLAIM_LEAST_DPI && claimed > 0 && size_is_known(width, height, claimed)) {
        scale_from_density(scale, page, claimed, SCALE_DPI_PAGE_SIZE, SIGMA_DENSITY);
        return;
    }
    gboolean desk = scale->paper.seen && !scale->paper.fills;
    double ratio = MAX(width, height) / MIN(width, height);
    if (!desk && !exact && fabs(ratio / (A4_LONG_MM / A4_SHORT_MM) - 1) < 0.004) {
        /* resampled after scanning, but still exactly one whole page */
        scale_from_density(scale, page, MIN(width, height) / A4_SHORT_MM * 25.4, SCALE_PAGE_SIZE, SIGMA_WHOLE);
        return;
    }
    if (!desk && seen > 0) {
        scale_from_density(scale, page, seen, claimed == seen ? SCALE_DPI_PAGE_SIZE : SCALE_PAGE_SIZE,
                           exact ? SIGMA_WHOLE : SIGMA_TRIMMED);
        return;
    }
    if (!(desk && cut_paper_find(page->image, &scale->paper, &scale->cut)))
        cut_paper_guess(page->image, &scale->cut);
    take_cut(scale);
}
