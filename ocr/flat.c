/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flat.c: paper, direction, perspective and residual slope of a page, composed into one homography.
 */
#include "ocr/flat.h"

#include "core/paper.h"

#include <math.h>
#include <string.h>

struct FlatDetail {
    PageFile *file;
    const Page *layout;
    Page *full; /* loaded when a cut wants more than the layout has */
    guint tried; /* the reduction asked for last */
};

static const double PAPER_MARGIN = 0.03; /* of the longer side, kept around the paper's edges */
static const double STRAIGHT = 0.009; /* slope that rows and lines live with: half a degree */
static const double PI = 3.14159265358979323846;

/* ---- the homography's parts --------------------------------------------------------------------- */

/* The side lengths of a quad: mean of opposite sides. */
static void
quad_sides(const Quad *q, double *width, double *height)
{
    *width = (point_distance(q->p[0], q->p[1]) + point_distance(q->p[3], q->p[2])) / 2;
    *height = (point_distance(q->p[0], q->p[3]) + point_distance(q->p[1], q->p[2])) / 2;
}

/* From flat px to the layout picture, through the paper's quad. Leaves the size in @flat. */
static void
lay_flat(Flat *flat, const Quad *quad, double margin)
{
    double width, height;
    quad_sides(quad, &width, &height);
    double scale = FLAT_SIDE / fmax(fmax(width, height), 1);
    flat->width = (guint)CLAMP(lround(width * scale), 16, FLAT_SIDE);
    flat->height = (guint)CLAMP(lround(height * scale), 16, FLAT_SIDE);
    /* Edges found may be the printed frame's instead of the paper's: keep what lies around them too. */
    double around = margin * FLAT_SIDE;
    Quad rect = quad_rect(around, around, flat->width - 1 - 2 * around, flat->height - 1 - 2 * around);
    if (!homography_from_quads(&rect, quad, &flat->to_layout))
        flat->to_layout = homography_scale(1 / scale, 1 / scale);
}

/* Warp one channel, bilinear, with the projective map stepped along the row. */
static Image *
warp_grey(const Image *source, const Homography *to_source, guint width, guint height)
{
    Image *out = image_new(width, height, 1);
    memset(out->data, 255, (gsize)width * height);
    const double *m = to_source->m;
    int last_x = (int)source->width - 1, last_y = (int)source->height - 1;
    for (guint y = 0; y < height; y++) {
        double u = m[1] * y + m[2], v = m[4] * y + m[5], w = m[7] * y + m[8];
        guint8 *q = out->data + (gsize)y * width;
        for (guint x = 0; x < width; x++, u += m[0], v += m[3], w += m[6]) {
            float sx = (float)(u / w), sy = (float)(v / w);
            if (!(sx >= 0 && sy >= 0 && sx < last_x && sy < last_y))
                continue;
            int x0 = (int)sx, y0 = (int)sy;
            float fx = sx - (float)x0, fy = sy - (float)y0;
            const guint8 *p = source->data + (gsize)y0 * source->width + x0;
            float top = (float)p[0] + fx * (float)(p[1] - p[0]);
            p += source->width;
            float bottom = (float)p[0] + fx * (float)(p[1] - p[0]);
            q[x] = (guint8)(top + fy * (bottom - top) + 0.5f);
        }
    }
    return out;
}

/* ---- direction of the text ---------------------------------------------------------------------- */

static double
part_side(const InkPart *p)
{
    return MAX(p->x1 - p->x0, p->y1 - p->y0) + 1;
}

/*
 * Does text run down the picture? Characters stand nearer to each other along a line than lines do:
 * each part votes for the side where its nearest neighbour of like size is.
 */
static gboolean
runs_vertically(const GArray *parts)
{
    guint across = 0, down = 0;
    for (guint i = 0; i < parts->len; i++) {
        const InkPart *a = &g_array_index(parts, InkPart, i);
        double side = part_side(a), best_x = 1.2 * side, best_y = 1.2 * side;
        if (side < 7 || side > 60)
            continue;
        /* Parts come in the order of their first row: neighbours are near in the list. */
        for (guint j = i > 400 ? i - 400 : 0; j < MIN(i + 400, parts->len); j++) {
            const InkPart *b = &g_array_index(parts, InkPart, j);
            double other = part_side(b);
            if (j == i || other < 0.6 * side || other > 1.6 * side)
                continue;
            double dx = fabs((a->x0 + a->x1 - b->x0 - b->x1) / 2.0), dy = fabs((a->y0 + a->y1 - b->y0 - b->y1) / 2.0);
            if (dy < 0.3 * side && dx > 0.5 * side)
                best_x = fmin(best_x, dx - side);
            if (dx < 0.3 * side && dy > 0.5 * side)
                best_y = fmin(best_y, dy - side);
        }
        across += best_x < best_y;
        down += best_y < best_x;
    }
    return down > across;
}

/* ---- residual slope ----------------------------------------------------------------------------- */

typedef struct {
    double at_top, at_bottom; /* slope of the lines along the upper and the lower edge */
    guint lines;
} SlopeField;

static int
by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median_of(GArray *values)
{
    g_array_sort(values, by_value);
    return values->len ? g_array_index(values, double, values->len / 2) : 0;
}

/* Slope against height on the page, from the longer lines: Theil-Sen, so that frames and noise do not pull. */
static SlopeField
fit_slopes(const GPtrArray *lines, guint height)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) gains = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GPtrArray) longer = g_ptr_array_new();
    SlopeField field = { 0, 0, 0 };
    for (guint i = 0; i < lines->len; i++) {
        TextLine *line = g_ptr_array_index(lines, i);
        if (text_line_length(line) > 7 * line->height_px && line->blobs->len >= 6)
            g_ptr_array_add(longer, line);
    }
    for (guint i = 0; i < longer->len; i++)
        for (guint j = i + 1; j < longer->len; j++) {
            const TextLine *a = g_ptr_array_index(longer, i), *b = g_ptr_array_index(longer, j);
            double dy = b->left.y - a->left.y;
            double gain = (b->slope - a->slope) / dy;
            if (fabs(dy) > 0.1 * height)
                g_array_append_val(gains, gain);
        }
    double gain = gains->len >= 12 ? median_of(gains) : 0;
    for (guint i = 0; i < longer->len; i++) {
        const TextLine *line = g_ptr_array_index(longer, i);
        double slope = line->slope - gain * line->left.y;
        g_array_append_val(all, slope);
    }
    double base = median_of(all);
    field.lines = longer->len;
    field.at_top = base;
    field.at_bottom = base + gain * height;
    return field;
}

/* New flat px -> old flat px such that lines of that slope field become level. */
static gboolean
level(const SlopeField *field, guint width, guint height, gboolean keep_sides, Homography *out)
{
    double w = width - 1.0, h = height - 1.0, top = field->at_top * w / 2, bottom = field->at_bottom * w / 2;
    double lean = keep_sides ? 0 : (field->at_top + field->at_bottom) / 2 * h / 2;
    Quad level_quad = quad_rect(0, 0, w, h);
    Quad sloped = { { { lean, -top }, { w + lean, top }, { w - lean, h + bottom }, { -lean, h - bottom } } };
    return homography_from_quads(&level_quad, &sloped, out);
}

/* ---- opening ------------------------------------------------------------------------------------ */

static void
find_lines(Flat *flat, const Image *layout_ink)
{
    g_clear_pointer(&flat->ink, image_free);
    g_clear_pointer(&flat->parts, g_array_unref);
    g_clear_pointer(&flat->lines, g_ptr_array_unref);
    flat->ink = warp_grey(layout_ink, &flat->to_layout, flat->width, flat->height);
    flat->parts = ink_parts(flat->ink);
    ink_parts_drop_pattern(flat->parts);
    flat->lines = lines_find(flat->parts);
}

static void
straighten(Flat *flat, const Image *layout_ink, gboolean keep_sides)
{
    SlopeField field = fit_slopes(flat->lines, flat->height);
    Homography fix;
    if (field.lines < 3 || fmax(fabs(field.at_top), fabs(field.at_bottom)) < STRAIGHT ||
        !level(&field, flat->width, flat->height, keep_sides, &fix))
        return;
    flat->to_layout = homography_then(&fix, &flat->to_layout);
    find_lines(flat, layout_ink);
}

/* Print stands evenly between two lines; seals, frames and shadows do not. */
static gboolean
is_even(const TextLine *line)
{
    guint full = 0;
    for (guint i = 0; i < line->blobs->len; i++) {
        const LineBlob *b = &g_array_index(line->blobs, LineBlob, i);
        full += b->above + b->below > 0.7 * line->height_px && b->above + b->below < 1.3 * line->height_px;
    }
    return line->blobs->len >= 2 && full * 3 >= line->blobs->len * 2 && fabs(line->slope) < 0.06;
}

/* Large print (title, headings) is near the top of every form we know. */
static gboolean
title_is_below(const Flat *flat)
{
    double above = 0, below = 0;
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < flat->lines->len; i++)
        g_array_append_val(heights, ((TextLine *)g_ptr_array_index(flat->lines, i))->height_px);
    double usual = median_of(heights);
    for (guint i = 0; i < flat->lines->len; i++) {
        const TextLine *line = g_ptr_array_index(flat->lines, i);
        if (line->height_px < 1.6 * usual || line->height_px < 20 || !is_even(line))
            continue;
        double weight = line->height_px * text_line_length(line);
        *(line->left.y < flat->height / 2.0 ? &above : &below) += weight;
    }
    return below > 1.5 * above;
}

/*
 * Text begins at common edges and ends where it ends: of the right way up, more lines share their left end than
 * their right one. Where that is no clear answer the title decides.
 */
static gboolean
seems_upside_down(const Flat *flat)
{
    guint lefts = 0, rights = 0;
    for (guint i = 0; i < flat->lines->len; i++)
        for (guint j = i + 1; j < flat->lines->len; j++) {
            const TextLine *a = g_ptr_array_index(flat->lines, i), *b = g_ptr_array_index(flat->lines, j);
            double h = fmin(a->height_px, b->height_px), near = 0.25 * h;
            if (a->blobs->len < 4 || b->blobs->len < 4 || !is_even(a) || !is_even(b) ||
                fabs(a->height_px - b->height_px) > 0.35 * h)
                continue;
            lefts += fabs(a->left.x - b->left.x) < near;
            rights += fabs(a->right.x - b->right.x) < near;
        }
    if (lefts + rights >= 6 && MAX(lefts, rights) * 10 > MIN(lefts, rights) * 14)
        return rights > lefts;
    return title_is_below(flat);
}

/*
 * Does light paper reach all four borders of the picture, as on a flatbed? Then there are no edges to look for,
 * which is the dearer half of laying a page flat. A shadow or a table on one side is enough to look.
 */
static gboolean
paper_fills(const Image *image)
{
    guint c = image->channels, strip = MAX(MIN(image->width, image->height) / 60, 2), n = 0, dark = 0;
    gsize inside = 0, count = 0;
    for (guint y = image->height / 4; y < image->height * 3 / 4; y += 8)
        for (guint x = image->width / 4; x < image->width * 3 / 4; x += 8, count++)
            inside += image->data[((gsize)y * image->width + x) * c + (c == 3)];
    double light = (double)inside / (double)MAX(count, 1);
    for (guint y = 0; y < image->height; y += 2)
        for (guint x = 0; x < image->width; x += 2) {
            if (x >= strip && y >= strip && x + strip < image->width && y + strip < image->height) {
                x = image->width - strip;
                x -= x % 2 ? 1 : 0;
            }
            n++;
            dark += image->data[((gsize)y * image->width + x) * c + (c == 3)] < 0.85 * light;
        }
    return light > 150 && dark * 100 < n;
}

static void
set_turn(Flat *flat)
{
    Homography stored_to_flat;
    flat->to_stored = homography_then(&flat->to_layout, &flat->detail->layout->to_stored);
    if (!homography_invert(&flat->to_stored, &stored_to_flat))
        return;
    /* Which way does the stored picture's right side point on the flat page? */
    Point middle = homography_apply(&flat->to_stored, (Point){ flat->width / 2.0, flat->height / 2.0 });
    Point a = homography_apply(&stored_to_flat, middle);
    Point b = homography_apply(&stored_to_flat, (Point){ middle.x + 1, middle.y });
    double angle = atan2(b.y - a.y, b.x - a.x); /* y down: positive is clockwise */
    flat->turned_deg = (guint)((lround(angle / (PI / 2)) + 4) % 4) * 90;
}

static Quad
turned_quad(const Quad *q, guint quarter_turns)
{
    Quad out;
    for (guint i = 0; i < 4; i++)
        out.p[i] = q->p[(i + quarter_turns) % 4];
    return out;
}

Flat *
flat_open(PageFile *file, const Page *layout)
{
    Flat *flat = g_new0(Flat, 1);
    flat->page = layout->index;
    flat->detail = g_new0(FlatDetail, 1);
    flat->detail->file = file;
    flat->detail->layout = layout;
    flat->colours = ink_colours(layout->image);

    g_autoptr(Image) layout_ink = ink_of_page(layout->image);
    Paper paper = { .found = FALSE };
    if (!paper_fills(layout->image))
        paper_find(layout->image, &paper);
    flat->paper_found = paper.found && !paper.fills;
    flat->paper_cut = paper.seen && paper.seen != PAPER_ALL_SIDES;
    Quad quad = paper.found ? paper.quad
                            : quad_rect(0, 0, layout->image->width - 1.0, layout->image->height - 1.0);
    double margin = paper.found ? PAPER_MARGIN : 0;
    lay_flat(flat, &quad, margin);
    find_lines(flat, layout_ink);
    flat->blank = flat->parts->len < 8;
    if (runs_vertically(flat->parts)) { /* the quad's first corner becomes the one at its bottom left */
        quad = turned_quad(&quad, 3);
        lay_flat(flat, &quad, margin);
        find_lines(flat, layout_ink);
    }
    straighten(flat, layout_ink, flat->paper_found);
    set_turn(flat);
    if (seems_upside_down(flat))
        flat_turn_over(flat);
    return flat;
}

void
flat_free(Flat *flat)
{
    if (!flat)
        return;
    image_free(flat->ink);
    g_array_unref(flat->parts);
    g_ptr_array_unref(flat->lines);
    page_free(flat->detail->full);
    g_free(flat->detail);
    g_free(flat);
}

void
flat_turn_over(Flat *flat)
{
    Homography over = { { -1, 0, flat->width - 1.0, 0, -1, flat->height - 1.0, 0, 0, 1 } };
    flat->to_layout = homography_then(&over, &flat->to_layout);
    Image *turned = image_turn(flat->ink, 2);
    image_free(flat->ink);
    flat->ink = turned;
    g_array_unref(flat->parts);
    flat->parts = ink_parts(flat->ink);
    ink_parts_drop_pattern(flat->parts);
    g_ptr_array_unref(flat->lines);
    flat->lines = lines_find(flat->parts);
    set_turn(flat);
}

/* ---- cuts --------------------------------------------------------------------------------------- */

double
flat_stored_scale(const Flat *flat, Point at)
{
    Point a = homography_apply(&flat->to_stored, at);
    Point b = homography_apply(&flat->to_stored, (Point){ at.x + 1, at.y });
    Point c = homography_apply(&flat->to_stored, (Point){ at.x, at.y + 1 });
    return (point_distance(a, b) + point_distance(a, c)) / 2;
}

void
flat_drop_detail(Flat *flat)
{
    g_clear_pointer(&flat->detail->full, page_free);
    flat->detail->tried = 0;
}

const Page *
flat_layout(const Flat *flat)
{
    return flat->detail->layout;
}

Quad
flat_quad_to_stored(const Flat *flat, const Quad *quad)
{
    return homography_apply_quad(&flat->to_stored, quad);
}

/* The page with at least @wanted of the stored detail (1: all), or the best there is. */
static const Page *
page_for(FlatDetail *detail, double wanted)
{
    guint reduction = 1;
    while (reduction < 8 && 1.0 / (reduction * 2) >= wanted)
        reduction *= 2;
    if (detail->layout->reduction <= reduction)
        return detail->layout;
    if (!detail->tried || reduction < detail->tried) {
        detail->tried = reduction;
        Page *page = page_file_load_as_stored(detail->file, detail->layout->index, reduction, NULL);
        if (page) { /* else: what could be decoded for the layout is what there is */
            page_free(detail->full);
            detail->full = page;
        }
    }
    return detail->full ? detail->full : detail->layout;
}

Image *
flat_cut(Flat *flat, const Quad *quad, guint width, guint height)
{
    Quad rect = quad_rect(-0.5, -0.5, width, height), stored = flat_quad_to_stored(flat, quad);
    double stored_width, stored_height;
    quad_sides(&stored, &stored_width, &stored_height);
    /* A quarter less than one source pixel for a pixel is still good: it saves decoding photos whole. */
    const Page *page = page_for(flat->detail, 0.8 * height / fmax(stored_height, 1));
    Homography to_stored, back, to_page;
    if (!homography_from_quads(&rect, &stored, &to_stored) || !homography_invert(&page->to_stored, &back)) {
        Image *white = image_new(width, height, page->image->channels);
        memset(white->data, 255, (gsize)width * height * white->channels);
        return white;
    }
    to_page = homography_then(&to_stored, &back);
    return image_warp(page->image, &to_page, width, height, 255);
}
