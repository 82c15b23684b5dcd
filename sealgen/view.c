/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.c: decode, flatten, find, cut; then free the pixels before the next page comes.
 */
#include "sealgen/view.h"

#include <math.h>
#include <time.h>

#include "sealgen/crop.h"
#include "sealgen/sheet_marks.h"
#include "sealgen/sheet_print.h"
#include "sealgen/upright.h"

#define PHOTO_RIM_MM 2.5
#define SCAN_RIM_MM 1.0
#define MARKS_RESIDUAL_MM 0.9
#define ROUND_SUPPORT 0.7 /* an outline that is worth holding for a circle */
#define ROUND_LEAST_MM 25.0
#define ROUND_MOST 1.25 /* ovals are 4:3 */
#define ROUND_SIGMA 0.008
#define SQUARE_LEAST_MM 14.0
#define SQUARE_MOST 1.2
#define SQUARE_SIGMA 0.015
#define RULE_SIGMA_PX 2.0
#define RULE_SIGMA_MM 0.15 /* paper is not flat */
#define REFINE_PASSES 2
#define FINE_MEGAPIXELS 21.0
#define BLANK_PRINT_MM2 12.0
#define BLANK_COLOUR_MM2 12.0

double
cpu_ms_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* The page at FIND_PPM: shrunk by whole blocks first, which is cheap, then warped. */
static Image *
flatten(const Image *image, const SheetScale *scale)
{
    guint factor = (guint)CLAMP(floor(scale->px_per_mm / FIND_PPM / 1.15), 1, 16);
    guint width = (guint)CLAMP(lround(scale->width_mm * FIND_PPM), 8, 4000);
    guint height = (guint)CLAMP(lround(scale->height_mm * FIND_PPM), 8, 4000);
    Homography to_mm = homography_scale(1 / FIND_PPM, 1 / FIND_PPM);
    Homography to_px = homography_then(&to_mm, &scale->mm_to_px);
    if (factor < 2)
        return image_warp(image, &to_px, width, height, 255);
    g_autoptr(Image) small = image_shrink(image, factor);
    Homography centre = homography_translate((1.0 - factor) / 2, (1.0 - factor) / 2);
    Homography shrink = homography_scale(1.0 / factor, 1.0 / factor);
    Homography down = homography_then(&centre, &shrink);
    to_px = homography_then(&to_px, &down);
    return image_warp(small, &to_px, width, height, 255);
}

static double
wrap(double degrees)
{
    return degrees - 360 * round(degrees / 360);
}

/* Clockwise turn of the map from the decoded picture to the stored one (EXIF). */
static double
stored_turn(const PageView *view)
{
    Point o = homography_apply(&view->to_stored, (Point){ 0, 0 }),
          x = homography_apply(&view->to_stored, (Point){ 1, 0 });
    return 90 * round(atan2(x.y - o.y, x.x - o.x) * 180 / G_PI / 90);
}

guint
page_view_turned_deg(const PageView *view)
{
    return (guint)((lround(-(view->hint_deg + stored_turn(view))) % 360 + 360) % 360);
}

Point
page_view_stored(const PageView *view, Point mm)
{
    Point px = homography_apply(&view->scale.mm_to_px, mm);
    return homography_apply(&view->to_stored, px);
}

Quad
page_view_stored_box(const PageView *view, const Outline *o)
{
    double a = o->turn_deg * G_PI / 180, c = cos(a), s = sin(a);
    static const double su[4] = { -1, 1, 1, -1 }, sv[4] = { -1, -1, 1, 1 };
    Quad q;
    for (guint i = 0; i < 4; i++) {
        double u = su[i] * o->width / 2, v = sv[i] * o->height / 2;
        q.p[i] = page_view_stored(view, (Point){ o->centre.x + c * u - s * v, o->centre.y + s * u + c * v });
    }
    return q;
}

/* Impressions vote for the quarter turn; without them, text lines and the empty foot of the page do. */
static double
find_hint(const PageView *view)
{
    double votes[4] = { 0 };
    for (guint i = 0; i < view->impressions->len; i++) {
        const Impression *imp = g_ptr_array_index(view->impressions, i);
        if (imp->turn_confidence < 0.55 || imp->outline.support < 0.75 || MIN(imp->place.width, imp->place.height) < 12)
            continue;
        int quarter = (int)lround(imp->turn_deg / 90);
        double off = fabs(imp->turn_deg - 90 * quarter);
        votes[(quarter % 4 + 4) % 4] += imp->turn_confidence * (off < 30 ? 1 : 0.3);
    }
    guint best = 0;
    double all = 0;
    for (guint i = 0; i < 4; i++) {
        all += votes[i];
        if (votes[i] > votes[best])
            best = i;
    }
    if (all > 0.5 && votes[best] > 0.6 * all)
        return wrap(90.0 * best);
    double dx = view->traits.print_centre.x - view->scale.width_mm / 2;
    double dy = view->traits.print_centre.y - view->scale.height_mm / 2;
    if (view->traits.text_across < 0.8)
        return dx < 0 ? -90 : 90;
    return dy < 0.06 * view->scale.height_mm ? 0 : 180;
}

static void
set_upright(PageView *view, int turned_deg)
{
    for (guint i = 0; i < view->impressions->len; i++) {
        Impression *imp = g_ptr_array_index(view->impressions, i);
        imp->turn_deg = upright_find(imp->alpha, &imp->outline, 0, &imp->turn_confidence);
    }
    if (view->own_form)
        view->hint_deg = view->form_hint_deg;
    else
        view->hint_deg = turned_deg >= 0 ? wrap(-turned_deg - stored_turn(view)) : find_hint(view);
    double a = -view->hint_deg * G_PI / 180, c = cos(a), s = sin(a);
    for (guint i = 0; i < view->impressions->len; i++) {
        Impression *imp = g_ptr_array_index(view->impressions, i);
        imp->turn_deg = upright_find(imp->alpha, &imp->outline, view->hint_deg, &imp->turn_confidence);
        double x = imp->place.centre.x - view->scale.width_mm / 2, y = imp->place.centre.y - view->scale.height_mm / 2;
        imp->upright_mm = (Point){ c * x - s * y, s * x + c * y };
    }
}

/*
 * Marks and the page's own scale agree: the strongest proof there is. Marks alone straighten a page whose
 * edges are cut, but prove no millimetres: printers shrink. Returns: whether the page's frame has changed.
 */
static gboolean
trust_marks(PageView *view, SheetMarks *marks)
{
    if (view->scale.source != SCALE_UNPROVEN) {
        if (marks->residual_mm < MARKS_RESIDUAL_MM && marks->print_scale > 0.85 && marks->print_scale < 1.03)
            view->scale.source = SCALE_SHEET_MARKS;
        return FALSE;
    }
    view->scale.mm_to_px = homography_then(&marks->form_to_page, &view->scale.mm_to_px);
    view->scale.width_mm = FORM_WIDTH_MM;
    view->scale.height_mm = FORM_HEIGHT_MM;
    view->scale.photo = TRUE;
    Point a = homography_apply(&view->scale.mm_to_px, (Point){ 105, 148 });
    view->scale.px_per_mm = point_distance(a, homography_apply(&view->scale.mm_to_px, (Point){ 106, 148 }));
    marks->form_to_page = homography_identity();
    return TRUE;
}

/* The form's places instead of boxes found by their lines; an impression in one is that seal's. */
static void
use_form(PageView *view, const SheetMarks *marks, const Order *order, GPtrArray *found)
{
    g_autoptr(GArray) places = sheet_form_places(order, marks->page, NULL);
    g_array_set_size(view->traits.places, 0);
    for (guint i = 0; i < places->len; i++) {
        const FormPlace *p = &g_array_index(places, FormPlace, i);
        Quad box = quad_rect(p->x0, p->y0, p->x1 - p->x0, p->y1 - p->y0);
        Quad q = homography_apply_quad(&marks->form_to_page, &box);
        Place place = { MIN(q.p[0].x, q.p[2].x), MIN(q.p[0].y, q.p[2].y), MAX(q.p[0].x, q.p[2].x),
                        MAX(q.p[0].y, q.p[2].y) };
        g_array_append_val(view->traits.places, place);
        for (guint k = 0; k < found->len; k++) {
            Impression *imp = g_ptr_array_index(found, k);
            Point c = imp->place.centre;
            if (c.x > place.x0 && c.x < place.x1 && c.y > place.y0 && c.y < place.y1)
                imp->ordered = (int)p->seal;
        }
    }
    Point o = homography_apply(&marks->form_to_page, (Point){ 105, 148 }),
          x = homography_apply(&marks->form_to_page, (Point){ 106, 148 });
    view->form_hint_deg = 90 * round(atan2(x.y - o.y, x.x - o.x) * 180 / G_PI / 90);
}

static gboolean
is_circle(const Outline *o)
{
    return (o->shape == SHAPE_ROUND || o->shape == SHAPE_OVAL) && o->support > ROUND_SUPPORT &&
           MIN(o->width, o->height) > ROUND_LEAST_MM &&
           MAX(o->width, o->height) < ROUND_MOST * MIN(o->width, o->height);
}

/* Mean log of width over height, along the page, of what should be round; 0 where hardly anything is. */
static double
stretch_of(const GPtrArray *found)
{
    double sum = 0;
    guint n = 0;
    for (guint i = 0; i < found->len; i++) {
        const Outline *o = &((const Impression *)g_ptr_array_index(found, i))->place;
        if (!is_circle(o))
            continue;
        sum += log(o->width / o->height) * cos(2 * o->turn_deg * G_PI / 180);
        n++;
    }
    return n >= 2 ? sum / n : 0;
}

/* Mean of how far from round they are: paper that bends makes its own ovals. */
static double
askew_of(const GPtrArray *found)
{
    double sum = 0;
    guint n = 0;
    for (guint i = 0; i < found->len; i++) {
        const Outline *o = &((const Impression *)g_ptr_array_index(found, i))->place;
        if (!is_circle(o))
            continue;
        sum += fabs(log(o->width / o->height));
        n++;
    }
    return n ? sum / n : 0;
}

/* Name seals are square, or plainly not. */
static gboolean
is_square(const Outline *o)
{
    return o->shape == SHAPE_RECTANGLE && o->support > ROUND_SUPPORT && MIN(o->width, o->height) > SQUARE_LEAST_MM &&
           MAX(o->width, o->height) < SQUARE_MOST * MIN(o->width, o->height);
}

/* Circles and squares among what was found, as they lie in the picture: both are as wide as high. */
static GArray *
rounds_of(const GPtrArray *found, const SheetScale *scale)
{
    GArray *rounds = g_array_new(FALSE, FALSE, sizeof(PoseRound));
    for (guint i = 0; i < found->len; i++) {
        const Outline *o = &((const Impression *)g_ptr_array_index(found, i))->place;
        if (!is_circle(o) && !is_square(o))
            continue;
        double a = o->turn_deg * G_PI / 180, w = o->width / 2, h = o->height / 2;
        Point c = homography_apply(&scale->mm_to_px, o->centre);
        Point u[2] = { { w * cos(a), w * sin(a) }, { -h * sin(a), h * cos(a) } }, half[2];
        for (guint k = 0; k < 2; k++) { /* from both ends: perspective bends the middle */
            Point p = homography_apply(&scale->mm_to_px, (Point){ o->centre.x + u[k].x, o->centre.y + u[k].y });
            Point q = homography_apply(&scale->mm_to_px, (Point){ o->centre.x - u[k].x, o->centre.y - u[k].y });
            half[k] = (Point){ (p.x - q.x) / 2, (p.y - q.y) / 2 };
        }
        PoseRound r = { c, half[0], half[1], is_circle(o) ? ROUND_SIGMA : SQUARE_SIGMA };
        g_array_append_val(rounds, r);
    }
    return rounds;
}

/* Printed lines, as they lie in the picture. */
static GArray *
rules_of(const PageTraits *traits, const SheetScale *scale)
{
    GArray *rules = g_array_new(FALSE, FALSE, sizeof(PoseRule));
    for (guint i = 0; scale->partial && i < traits->lines->len; i++) {
        const RuleLine *line = &g_array_index(traits->lines, RuleLine, i);
        PoseRule r = { homography_apply(&scale->mm_to_px, line->a), homography_apply(&scale->mm_to_px, line->b),
                       line->down, MAX(RULE_SIGMA_PX, RULE_SIGMA_MM * scale->px_per_mm) };
        g_array_append_val(rules, r);
    }
    return rules;
}

/* Flat page, its light and what lies on it; where the map can be made better by that, once more. */
static GPtrArray *
look(PageView *view, const Image *image, Image **flat, PaperLight **light)
{
    GPtrArray *found = NULL;
    for (guint pass = 0;; pass++) {
        *light = paper_light_new(*flat, FIND_PPM);
        found =
            find_impressions(*flat, *light, view->scale.photo ? PHOTO_RIM_MM : SCAN_RIM_MM, view->page, &view->traits);
        if (view->own_form || pass == REFINE_PASSES)
            return found;
        g_autoptr(GArray) rounds = rounds_of(found, &view->scale), rules = rules_of(&view->traits, &view->scale);
        const PoseEvidence evidence = {
            NULL, (const PoseRound *)rounds->data, (const PoseRule *)rules->data, 0, rounds->len, rules->len
        };
        if (!sheet_scale_refine(&view->scale, &evidence) &&
            !sheet_scale_proportions(&view->scale, pass == 0 ? stretch_of(found) : 0))
            return found;
        g_ptr_array_unref(found);
        page_traits_clear(&view->traits);
        paper_light_free(*light);
        image_free(*flat);
        *flat = flatten(image, &view->scale);
    }
}

/* Finer than about 17 px/mm of A4 shows no more of a stamp, and costs memory: the decoder leaves it out. */
static guint
reduction_of(const SheetPage *page)
{
    guint width, height;
    if (!page_file_size(page->file, page->index, &width, &height, NULL))
        return 1; /* loading tells why */
    double megapixels = width * 1e-6 * height;
    return megapixels > 4 * FINE_MEGAPIXELS ? 4 : megapixels > FINE_MEGAPIXELS ? 2 : 1;
}

PageView *
page_view_new(const SheetPage *page, guint number, const Order *order)
{
    PageView *view = g_new0(PageView, 1);
    view->page = number;
    view->impressions = g_ptr_array_new_with_free_func((GDestroyNotify)impression_free);
    double start = cpu_ms_now();
    g_autoptr(Page) decoded = page_file_load(page->file, page->index, reduction_of(page), &view->error);
    view->decode_ms = cpu_ms_now() - start;
    if (!decoded)
        return view;
    start = cpu_ms_now();
    view->to_stored = decoded->to_stored;
    view->reduction = decoded->reduction;
    sheet_scale_find(decoded, &view->scale);
    g_autoptr(Image) flat = flatten(decoded->image, &view->scale);
    g_autoptr(PaperLight) light = NULL;
    SheetMarks marks;
    view->own_form = order && sheet_marks_find(flat, FIND_PPM, decoded->image, &view->scale.mm_to_px, order, &marks);
    if (view->own_form && trust_marks(view, &marks)) {
        image_free(flat);
        flat = flatten(decoded->image, &view->scale);
    }
    g_autoptr(GPtrArray) found = look(view, decoded->image, &flat, &light);
    if (view->scale.photo)
        view->scale.bend = askew_of(found) / 2;
    if (view->own_form)
        use_form(view, &marks, order, found);
    view->blank = view->traits.print_mm2 < BLANK_PRINT_MM2 && view->traits.coloured_mm2 < BLANK_COLOUR_MM2;
    view->layout_ms = cpu_ms_now() - start;
    start = cpu_ms_now();
    for (guint i = 0; i < found->len; i++)
        if (!crop_impression(decoded->image, &view->scale, light, &view->traits, found, g_ptr_array_index(found, i)))
            ((Impression *)g_ptr_array_index(found, i))->ink_mm2 = 0;
    while (found->len) {
        Impression *imp = g_ptr_array_steal_index(found, 0);
        if (imp->alpha)
            g_ptr_array_add(view->impressions, imp);
        else
            impression_free(imp);
    }
    set_upright(view, page->turned_deg);
    view->unmix_ms = cpu_ms_now() - start;
    return view;
}

void
page_view_free(PageView *view)
{
    if (!view)
        return;
    g_clear_error(&view->error);
    g_ptr_array_unref(view->impressions);
    page_traits_clear(&view->traits);
    g_free(view);
}
