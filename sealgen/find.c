/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * find.c: coloured ink, its patches, their outlines.
 *
 * Works at 4 px/mm. Patches nearer than a millimetre and a half are one; what lies inside another's
 * outline belongs to it. A patch that no shape fits, or that is larger than any seal, is several
 * impressions that touch: split.c takes it apart.
 */
#include "sealgen/find.h"

#include <math.h>
#include <string.h>

#include "sealgen/blobs.h"
#include "sealgen/dark.h"
#include "sealgen/split.h"

#define CHROMA_LEAST 0.16       /* density difference of channels from which a pixel is coloured */
#define SPECK_MM2 0.4           /* smaller patches are splashes */
#define JOIN_MM 0.75            /* patches nearer than twice this are one */
#define SEAL_LEAST_MM 7.0       /* smaller things are no impressions */
#define SEAL_MOST_MM 62.0       /* larger things are several */
#define PATCH_MOST_MM 150.0     /* not even several impressions that touch */
#define SUPPORT_LEAST 0.62      /* below this an outline is doubted */
#define SHAPE_SUPPORT_LEAST 0.5 /* below this it is writing, or a heap of impressions */
#define PRINT_DENSITY 0.45

typedef struct {
    guint width, height;
    Density *density;
    guint8 *mask;    /* coloured, specks removed */
    guint32 *labels; /* of the joined patches */
    GArray *blobs;
    guint8 *rules; /* what was taken out of the mask as printed lines, or NULL */
} Found;

static float
chroma(const Density *d)
{
    return MAX(d->c[0], MAX(d->c[1], d->c[2])) - MIN(d->c[0], MIN(d->c[1], d->c[2]));
}

static void
drop_specks(guint8 *mask, guint width, guint height, guint least)
{
    g_autofree guint32 *labels = g_new(guint32, (gsize)width * height);
    g_autoptr(GArray) blobs = blobs_find(mask, width, height, labels);
    for (gsize i = 0; i < (gsize)width * height; i++)
        if (labels[i] && g_array_index(blobs, Blob, labels[i] - 1).area < least)
            mask[i] = 0;
}

static void
clear_rim(Found *f, guint rim)
{
    for (guint y = 0; y < f->height; y++)
        for (guint x = 0; x < f->width; x++)
            if (x < rim || y < rim || x + rim >= f->width || y + rim >= f->height)
                f->density[(gsize)y * f->width + x] = (Density){ { 0, 0, 0 } };
}

static void
found_coloured(Found *f)
{
    gsize size = (gsize)f->width * f->height;
    f->mask = g_malloc0(size);
    for (gsize i = 0; i < size; i++) {
        /* black print has colour fringes: the colour must be a fair share of the darkness */
        const float *c = f->density[i].c;
        float mean = (c[0] + c[1] + c[2]) / 3, k = chroma(&f->density[i]);
        f->mask[i] = k > CHROMA_LEAST && k > 0.33f * mean;
    }
    f->rules = g_malloc0(size);
    if (rules_erase(f->mask, f->width, f->height, FIND_PPM, f->rules) == 0)
        g_clear_pointer(&f->rules, g_free);
    drop_specks(f->mask, f->width, f->height, (guint)(SPECK_MM2 * FIND_PPM * FIND_PPM));
    g_autofree guint8 *joined = g_memdup2(f->mask, size);
    mask_grow(joined, f->width, f->height, (int)lround(JOIN_MM * FIND_PPM));
    f->labels = g_new(guint32, size);
    f->blobs = blobs_find(joined, f->width, f->height, f->labels);
}

/* The patches @labels of a group as alpha in a box with a margin. */
static Plane *
group_plane(const Found *f, const guint32 *group, guint32 wanted, const Blob *box, Point *origin)
{
    guint margin = (guint)(2 * FIND_PPM);
    int x0 = (int)box->x0 - (int)margin, y0 = (int)box->y0 - (int)margin;
    Plane *plane = plane_new(box->x1 - box->x0 + 1 + 2 * margin, box->y1 - box->y0 + 1 + 2 * margin, FIND_PPM);
    g_autoptr(GArray) value = g_array_new(FALSE, FALSE, sizeof(float));
    for (guint y = box->y0; y <= box->y1; y++)
        for (guint x = box->x0; x <= box->x1; x++) {
            gsize i = (gsize)y * f->width + x;
            if (!f->labels[i] || group[f->labels[i] - 1] != wanted)
                continue;
            float k = chroma(&f->density[i]);
            if (k < 0)
                k = 0;
            plane->v[(gsize)((int)y - y0) * plane->width + (gsize)((int)x - x0)] = f->mask[i] ? k : 0;
        }
    float full = plane_quantile(plane, CHROMA_LEAST, 0.6);
    for (gsize i = 0; full > 0 && i < (gsize)plane->width * plane->height; i++)
        plane->v[i] = MIN(1.3f, plane->v[i] / full);
    *origin = (Point){ x0 / FIND_PPM, y0 / FIND_PPM };
    return plane;
}

static guint32
group_root(guint32 *group, guint32 i)
{
    while (group[i] != i)
        i = group[i] = group[group[i]];
    return i;
}

static gboolean
box_mostly_inside(const Blob *inner, const Blob *outer)
{
    double w = (double)MIN(inner->x1, outer->x1) - (double)MAX(inner->x0, outer->x0) + 1;
    double h = (double)MIN(inner->y1, outer->y1) - (double)MAX(inner->y0, outer->y0) + 1;
    if (w <= 0 || h <= 0)
        return FALSE;
    return w * h > 0.7 * (inner->x1 - inner->x0 + 1.0) * (inner->y1 - inner->y0 + 1.0);
}

static double
box_side_mm(const Blob *b)
{
    return MAX(b->x1 - b->x0 + 1, b->y1 - b->y0 + 1) / FIND_PPM - 2 * JOIN_MM;
}

static double
box_gap_mm(const Blob *a, const Blob *b)
{
    double dx = MAX((double)a->x0 - b->x1, (double)b->x0 - a->x1),
           dy = MAX((double)a->y0 - b->y1, (double)b->y0 - a->y1);
    return hypot(MAX(0, dx), MAX(0, dy)) / FIND_PPM;
}

/* Which patches belong together: pieces inside another's box; small neighbours of each other. */
static guint32 *
group_blobs(const GArray *blobs)
{
    guint32 *group = g_new(guint32, blobs->len + 1);
    for (guint32 i = 0; i < blobs->len; i++)
        group[i] = i;
    for (guint i = 0; i < blobs->len; i++)
        for (guint k = 0; k < blobs->len; k++) {
            const Blob *a = &g_array_index(blobs, Blob, i), *b = &g_array_index(blobs, Blob, k);
            if (i == k)
                continue;
            gboolean within = a->area < b->area && box_mostly_inside(a, b);
            gboolean crumbs = box_side_mm(a) < 12 && box_side_mm(b) < 25 && box_gap_mm(a, b) < 1.5;
            if (within || crumbs) {
                guint32 ra = group_root(group, i), rb = group_root(group, k);
                group[MAX(ra, rb)] = MIN(ra, rb);
            }
        }
    for (guint32 i = 0; i < blobs->len; i++)
        group[i] = group_root(group, i);
    return group;
}

static void
outline_to_mm(Outline *o, double ppm, Point origin)
{
    o->centre = (Point){ origin.x + o->centre.x / ppm, origin.y + o->centre.y / ppm };
    o->width /= ppm;
    o->height /= ppm;
    o->rms /= ppm;
}

static double
plane_area_mm2(const Plane *plane)
{
    gsize n = 0;
    for (gsize i = 0; i < (gsize)plane->width * plane->height; i++)
        n += plane->v[i] > 0.35f;
    return n / (plane->ppm * plane->ppm);
}

/* One patch that may be one impression or several. */
typedef struct {
    Plane *plane;
    Point origin;
    Outline outline;
    gboolean sure;
} Patch;

static void
patch_free(Patch *patch)
{
    plane_free(patch->plane);
    g_free(patch);
}

static GPtrArray *
collect_patches(const Found *f)
{
    GPtrArray *patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
    g_autofree guint32 *group = group_blobs(f->blobs);
    for (guint i = 0; i < f->blobs->len; i++) {
        if (group[i] != i)
            continue;
        Blob box = g_array_index(f->blobs, Blob, i);
        for (guint k = i + 1; k < f->blobs->len; k++)
            if (group[k] == i) {
                const Blob *b = &g_array_index(f->blobs, Blob, k);
                box = (Blob){ MIN(box.x0, b->x0), MIN(box.y0, b->y0), MAX(box.x1, b->x1), MAX(box.y1, b->y1), 0, 0 };
            }
        if (box_side_mm(&box) < SEAL_LEAST_MM)
            continue;
        Patch *patch = g_new0(Patch, 1);
        patch->plane = group_plane(f, group, i, &box, &patch->origin);
        Point centre = { patch->plane->width / 2.0, patch->plane->height / 2.0 };
        double reach = hypot(patch->plane->width, patch->plane->height) / 2;
        if (!outline_fit(patch->plane, centre, reach, SHAPES, &patch->outline)) {
            patch->outline = (Outline){
                SHAPE_FREE, centre, patch->plane->width - 4 * FIND_PPM, patch->plane->height - 4 * FIND_PPM, 0, 0, 0
            };
        }
        if (patch->outline.support < SHAPE_SUPPORT_LEAST)
            patch->outline.shape = SHAPE_FREE;
        double longest = MAX(patch->outline.width, patch->outline.height) / FIND_PPM;
        if (longest > PATCH_MOST_MM ||
            (longest > SEAL_MOST_MM && patch->outline.shape == SHAPE_FREE && box_side_mm(&box) > PATCH_MOST_MM)) {
            patch_free(patch); /* a coloured heading, the desk, a bar at the page's edge */
            continue;
        }
        double side = MAX(patch->outline.width, patch->outline.height) / FIND_PPM;
        /* everything the patch has must lie inside its outline, else it is more than one thing */
        double outside = 0, all = 0;
        OutlineMask mask = outline_mask(&patch->outline, 1.2 * FIND_PPM);
        for (guint y = 0; y < patch->plane->height; y++)
            for (guint x = 0; x < patch->plane->width; x++)
                if (patch->plane->v[(gsize)y * patch->plane->width + x] > 0.35f) {
                    all++;
                    outside += !outline_mask_has(&mask, x, y);
                }
        patch->sure = patch->outline.shape != SHAPE_FREE && patch->outline.support > SUPPORT_LEAST &&
                      side < SEAL_MOST_MM && outside < 0.04 * all;
        g_ptr_array_add(patches, patch);
    }
    return patches;
}

static void
add_impression(GPtrArray *out, guint page, const Outline *outline, Point origin, double ink_mm2)
{
    Impression *impression = impression_new(page);
    impression->place = *outline;
    outline_to_mm(&impression->place, FIND_PPM, origin);
    impression->ink_mm2 = ink_mm2;
    g_ptr_array_add(out, impression);
}

/* Doubtful patches are searched for copies of the sure ones, then for rings. */
static void
split_patch(const Patch *patch, const GPtrArray *patches, guint page, GPtrArray *out)
{
    g_autoptr(GPtrArray) models = g_ptr_array_new();
    g_autofree Outline *outlines = g_new(Outline, patches->len + 1);
    for (guint i = 0; i < patches->len; i++) {
        const Patch *other = g_ptr_array_index(patches, i);
        gboolean fresh = other->sure;
        for (guint k = 0; k < models->len && fresh; k++) /* one of each kind is enough */
            fresh =
                outlines[k].shape != other->outline.shape || fabs(outlines[k].width / other->outline.width - 1) > 0.03;
        if (fresh) {
            outlines[models->len] = other->outline;
            g_ptr_array_add(models, other->plane);
        }
    }
    g_autoptr(GArray) parts = split_touching(patch->plane, (const Plane *const *)models->pdata, outlines, models->len);
    for (guint i = 0; i < parts->len; i++) {
        const Outline *o = &g_array_index(parts, Outline, i);
        add_impression(out, page, o, patch->origin, plane_area_mm2(patch->plane) / parts->len);
    }
    if (parts->len == 0)
        add_impression(out, page, &patch->outline, patch->origin, plane_area_mm2(patch->plane));
}

/* Words grown together are longer along the line than across it. */
static double
text_direction(const Found *f, guint8 *print)
{
    g_autofree guint32 *labels = g_new(guint32, (gsize)f->width * f->height);
    mask_grow(print, f->width, f->height, 2);
    g_autoptr(GArray) blobs = blobs_find(print, f->width, f->height, labels);
    double across = 1, down = 1;
    for (guint i = 0; i < blobs->len; i++) {
        const Blob *b = &g_array_index(blobs, Blob, i);
        double w = (b->x1 - b->x0 + 1) / FIND_PPM, h = (b->y1 - b->y0 + 1) / FIND_PPM;
        if (MIN(w, h) < 2.4 || MIN(w, h) > 9 || MAX(w, h) > 130)
            continue;
        if (w > 1.7 * h)
            across += w;
        else if (h > 1.7 * w)
            down += h;
    }
    return across / down;
}

static void
page_traits(const Found *f, PageTraits *traits)
{
    *traits = (PageTraits){ 0 };
    double sx = 0, sy = 0, n = 0;
    g_autofree guint8 *print = g_malloc0((gsize)f->width * f->height);
    for (guint y = 0; y < f->height; y++)
        for (guint x = 0; x < f->width; x++) {
            gsize i = (gsize)y * f->width + x;
            const float *c = f->density[i].c;
            float mean = (c[0] + c[1] + c[2]) / 3;
            if (f->mask[i]) {
                traits->coloured_mm2 += 1 / (FIND_PPM * FIND_PPM);
            } else if (mean > PRINT_DENSITY && mean < 4) {
                print[i] = 1;
                sx += x;
                sy += y;
                n++;
            }
        }
    traits->print_mm2 = n / (FIND_PPM * FIND_PPM);
    traits->print_centre = n > 0 ? (Point){ sx / n / FIND_PPM, sy / n / FIND_PPM } : (Point){ 0, 0 };
    traits->places = places_find(print, f->width, f->height, FIND_PPM);
    traits->lines = rules_find(print, f->width, f->height, FIND_PPM);
    traits->rules = f->rules;
    traits->rules_width = f->width;
    traits->rules_height = f->height;
    traits->text_across = text_direction(f, print);
}

void
page_traits_clear(PageTraits *traits)
{
    g_clear_pointer(&traits->places, g_array_unref);
    g_clear_pointer(&traits->lines, g_array_unref);
    g_clear_pointer(&traits->rules, g_free);
}

/* Coloured writing alone is no seal. */
static gboolean
any_seal(const GPtrArray *impressions)
{
    for (guint i = 0; i < impressions->len; i++) {
        const Impression *imp = g_ptr_array_index(impressions, i);
        if (MIN(imp->place.width, imp->place.height) > SEAL_LEAST_MM)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *
find_impressions(const Image *flat, const PaperLight *light, double rim_mm, guint page, PageTraits *traits)
{
    Found f = { .width = flat->width, .height = flat->height };
    PageCrop crop = { (Image *)flat, FIND_PPM, { 0, 0 } };
    f.density = ink_densities(&crop, light);
    clear_rim(&f, (guint)(rim_mm * FIND_PPM));
    found_coloured(&f);
    page_traits(&f, traits);
    g_autoptr(GPtrArray) patches = collect_patches(&f);
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)impression_free);
    for (guint i = 0; i < patches->len; i++) {
        const Patch *patch = g_ptr_array_index(patches, i);
        if (patch->sure)
            add_impression(out, page, &patch->outline, patch->origin, plane_area_mm2(patch->plane));
        else
            split_patch(patch, patches, page, out);
    }
    if (!any_seal(out))
        dark_find(f.density, f.width, f.height, FIND_PPM, traits->places, page, out);
    g_free(f.density);
    g_free(f.mask);
    g_free(f.labels);
    g_array_unref(f.blobs);
    return out;
}
