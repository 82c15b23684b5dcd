/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet.c: the way from pages to pictures, and what is missing or too much on them.
 */
#include "sealgen/sheet.h"

#include <math.h>

#include "sealgen/assign.h"
#include "sealgen/compose.h"
#include "sealgen/lines.h"
#include "sealgen/view.h"

#define SAMPLES_USUAL 3
#define PART_ALIKE 0.12          /* the longer side of a part of a seal against the seal's */
#define SIZE_LIKE_SAMPLE 0.8     /* sides of what was stamped among samples, against theirs */
#define UNEXPECTED_LEAST_MM 12.0 /* smaller strays are writing in coloured ink */

static void
note_page(const PageView *view, const SheetPage *page, SheetResult *result)
{
    SheetPageSeen seen = { 0 };
    if (view->error) {
        Finding *f = finding_new(FINDING_UNREADABLE_FILE, SEVERITY_REVIEW, view->error->message);
        f->file = g_strdup(page->name);
        f->page = (int)page->index;
        g_ptr_array_add(result->findings, f);
    } else {
        seen.turned_deg = page_view_turned_deg(view);
        seen.px_per_mm = view->scale.px_per_mm * view->reduction;
        seen.scale_source = view->scale.source;
        seen.impressions = view->impressions->len;
        seen.blank = view->blank;
    }
    g_array_append_val(result->pages, seen);
    result->times.decode_ms += view->decode_ms;
    result->times.layout_ms += view->layout_ms;
    result->times.unmix_ms += view->unmix_ms;
}

static void
note_blank(const SheetPage *pages, SheetResult *result)
{
    gboolean any = FALSE;
    for (guint i = 0; i < result->pages->len; i++)
        any |= g_array_index(result->pages, SheetPageSeen, i).impressions > 0;
    for (guint i = 0; i < result->pages->len; i++) {
        if (!g_array_index(result->pages, SheetPageSeen, i).blank)
            continue;
        /* the empty back of a sheet is no matter where another page has the impressions */
        Finding *f = finding_new(FINDING_BLANK_PAGE, any ? SEVERITY_NOTE : SEVERITY_REVIEW,
                                 "nothing is printed or stamped here");
        f->file = g_strdup(pages[i].name);
        f->page = (int)pages[i].index;
        g_ptr_array_add(result->findings, f);
    }
}

static guint
members_in_main_row(const SealGroup *group)
{
    guint n = 0;
    for (guint i = 0; i < group->members->len; i++)
        n += ((const Impression *)g_ptr_array_index(group->members, i))->row == group->main_row;
    return n;
}

/* Places like the ones this group stands in and in line with them: all, and how many nobody stamped in. */
static guint
places_of_group(const SealGroup *group, const PageView *view, const GPtrArray *impressions, guint *empty)
{
    const GArray *places = view->traits.places;
    guint all = 0;
    gboolean sideways = fabs(fabs(view->hint_deg) - 90) < 1;
    *empty = 0;
    for (guint i = 0; i < places->len; i++) {
        const Place *p = &g_array_index(places, Place, i);
        double w = p->x1 - p->x0, h = p->y1 - p->y0;
        gboolean in_line = FALSE, stamped = FALSE;
        for (guint k = 0; k < group->members->len; k++) {
            const Impression *imp = g_ptr_array_index(group->members, k);
            const Place *own = imp->page == view->page ? places_at(places, imp->place.centre) : NULL;
            if (!own || imp->row != group->main_row)
                continue;
            double ow = own->x1 - own->x0, oh = own->y1 - own->y0;
            double off = sideways ? (p->x0 + p->x1 - own->x0 - own->x1) / 2 : (p->y0 + p->y1 - own->y0 - own->y1) / 2;
            in_line |= own == p ||
                       (fabs(w / ow - 1) < 0.2 && fabs(h / oh - 1) < 0.2 && fabs(off) < 0.3 * (sideways ? ow : oh));
        }
        for (guint k = 0; k < impressions->len; k++) {
            const Impression *imp = g_ptr_array_index(impressions, k);
            stamped |= imp->page == view->page && places_at(places, imp->place.centre) == p;
        }
        all += in_line;
        *empty += in_line && !stamped;
    }
    return all;
}

static void
note_missing(const SheetSeal *seal, guint have, guint want, SheetResult *result)
{
    g_autofree char *detail = have ? g_strdup_printf("%u of %u samples are there", have, want)
                                   : g_strdup("no impression of this seal was found");
    Finding *f = finding_new(FINDING_SAMPLE_MISSING, SEVERITY_REVIEW, detail);
    f->seal = g_strdup(seal_type_name(seal->type));
    g_ptr_array_add(result->findings, f);
}

/* Does this impression, which is no seal's, stand in the group's row as a part of the same seal? */
static gboolean
is_part_of(const Impression *imp, const SealGroup *group)
{
    double longer = MAX(group->width_mm, group->height_mm), shorter = MIN(group->width_mm, group->height_mm);
    double w = impression_width_mm(imp), h = impression_height_mm(imp);
    return imp->row == group->main_row && fabs(MAX(w, h) / longer - 1) < PART_ALIKE && MIN(w, h) < shorter;
}

/* A half-inked sample is poor, not missing. Returns: how many there are. */
static guint
note_parts(const GPtrArray *groups, const SealGroup *group, const SheetSeal *seal, PageView *const *views,
           const SheetPage *pages, SheetResult *result)
{
    guint parts = 0;
    for (guint i = 0; i < groups->len; i++) {
        const SealGroup *stray = g_ptr_array_index(groups, i);
        const Impression *imp = g_ptr_array_index(stray->members, 0);
        if (stray->seal >= 0 || stray->members->len > 1 || !is_part_of(imp, group))
            continue;
        Finding *f = finding_new(FINDING_IMPRESSION_POOR, SEVERITY_NOTE, "a sample shows only a part of the seal");
        f->seal = g_strdup(seal_type_name(seal->type));
        f->file = g_strdup(pages[imp->page].name);
        f->page = (int)pages[imp->page].index;
        f->has_box = TRUE;
        f->box_px = page_view_stored_box(views[imp->page], &imp->place);
        g_ptr_array_add(result->findings, f);
        parts++;
    }
    return parts;
}

/* The form's own places tell how many samples there should be; without places the usual number does. */
static void
note_samples(const GPtrArray *groups, PageView *const *views, const SheetPage *pages, const GPtrArray *impressions,
             const SheetOptions *options, SheetResult *result)
{
    guint usual = options->samples ? options->samples : SAMPLES_USUAL;
    for (guint k = 0; k < result->seals->len; k++) {
        const SheetSeal *seal = g_ptr_array_index(result->seals, k);
        const SealGroup *group = NULL;
        for (guint i = 0; i < groups->len; i++)
            if (((const SealGroup *)g_ptr_array_index(groups, i))->seal == (int)k)
                group = g_ptr_array_index(groups, i);
        guint have = group ? members_in_main_row(group) : 0, empty = 0, places = 0;
        if (group) {
            const Impression *first = NULL;
            for (guint i = 0; i < group->members->len && !first; i++) {
                const Impression *imp = g_ptr_array_index(group->members, i);
                first = imp->row == group->main_row ? imp : NULL;
            }
            places = places_of_group(group, views[first->page], impressions, &empty);
        }
        if (places > 0 && empty > 0)
            note_missing(seal, places - empty, places, result);
        else if (places == 0 && have >= 2 && have < usual &&
                 have + note_parts(groups, group, seal, views, pages, result) >= usual)
            continue;
        else if (places == 0 && have < usual)
            note_missing(seal, have, usual, result);
    }
}

/*
 * Does @imp stand in line with the samples of an ordered seal, as large as they are? Then it was stamped for one of
 * them. Returns: that group, or NULL.
 */
static const SealGroup *
samples_beside(const GPtrArray *groups, const Impression *imp)
{
    for (guint i = 0; i < groups->len; i++) {
        const SealGroup *g = g_ptr_array_index(groups, i);
        double w = impression_width_mm(imp) / g->width_mm, h = impression_height_mm(imp) / g->height_mm;
        if (g->seal < 0 || g->shape == SHAPE_FREE || w < SIZE_LIKE_SAMPLE || w > 1 / SIZE_LIKE_SAMPLE ||
            h < SIZE_LIKE_SAMPLE || h > 1 / SIZE_LIKE_SAMPLE)
            continue;
        for (guint k = 0; k < g->members->len; k++) {
            const Impression *m = g_ptr_array_index(g->members, k);
            if (m->page == imp->page && m->row == g->main_row && imp->row == g->main_row && !imp->overlapped)
                return g;
        }
    }
    return NULL;
}

static void
note_unexpected(const GPtrArray *groups, PageView *const *views, const SheetPage *pages, SheetResult *result)
{
    for (guint i = 0; i < groups->len; i++) {
        const SealGroup *g = g_ptr_array_index(groups, i);
        const Impression *imp = g_ptr_array_index(g->members, 0);
        if (g->seal >= 0 || g->shape == SHAPE_FREE || MIN(g->width_mm, g->height_mm) < UNEXPECTED_LEAST_MM)
            continue;
        /* one impression is the company's own seal over a signature or date; a row of them is another seal */
        const SealGroup *beside = samples_beside(groups, imp);
        Finding *f =
            beside ? finding_new(FINDING_SAMPLE_FOREIGN, SEVERITY_REVIEW,
                                 "it stands among the samples and is of another seal")
                   : finding_new(FINDING_SEAL_UNEXPECTED, members_in_main_row(g) > 1 ? SEVERITY_REVIEW : SEVERITY_NOTE,
                                 "an impression that no ordered seal asks for");
        if (beside)
            f->seal = g_strdup(
                seal_type_name(((const SheetSeal *)g_ptr_array_index(result->seals, (guint)beside->seal))->type));
        f->file = g_strdup(pages[imp->page].name);
        f->page = (int)pages[imp->page].index;
        f->has_box = TRUE;
        f->box_px = page_view_stored_box(views[imp->page], &imp->place);
        g_ptr_array_add(result->findings, f);
    }
}

SheetResult *
sheet_extract(const SheetPage *pages, guint n_pages, const Order *order, const SheetOptions *options, GError **error)
{
    static const SheetOptions DEFAULTS = { 0, 0, TRUE };
    options = options ? options : &DEFAULTS;
    if (n_pages == 0 || n_pages > SHEET_MAX_PAGES) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%u pages of the seal sheet: 1..%u can be read", n_pages,
                    SHEET_MAX_PAGES);
        return NULL;
    }
    if (order->seals->len == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "the order asks for no seal");
        return NULL;
    }
    double start = cpu_ms_now();
    g_autoptr(SheetResult) result = sheet_result_new();
    g_autoptr(GPtrArray) views = g_ptr_array_new_with_free_func((GDestroyNotify)page_view_free);
    g_autoptr(GPtrArray) impressions = g_ptr_array_new();
    for (guint i = 0; i < n_pages; i++) {
        PageView *view = page_view_new(&pages[i], i, order);
        g_ptr_array_add(views, view);
        note_page(view, &pages[i], result);
        for (guint k = 0; k < view->impressions->len; k++)
            g_ptr_array_add(impressions, g_ptr_array_index(view->impressions, k));
    }
    note_blank(pages, result);
    double before = cpu_ms_now();
    g_autoptr(GPtrArray) groups = assign_groups(impressions, order->seals->len);
    assign_seals(groups, order);
    result->times.register_ms += cpu_ms_now() - before;
    for (guint k = 0; k < order->seals->len; k++) {
        SheetSeal *seal = sheet_seal_new(k, ((const OrderSeal *)g_ptr_array_index(order->seals, k))->type);
        g_ptr_array_add(result->seals, seal);
        for (guint i = 0; i < groups->len; i++) {
            const SealGroup *g = g_ptr_array_index(groups, i);
            if (g->seal == (int)k)
                compose_seal(g, (PageView *const *)views->pdata, g_ptr_array_index(order->seals, k), options, seal,
                             result->findings, &result->times);
        }
        if (options->lines && seal->samples->len)
            lines_unroll(
                seal, ((PageView *)g_ptr_array_index(views, ((SheetSample *)g_ptr_array_index(seal->samples, 0))->page))
                          ->scale.px_per_mm);
        for (guint i = 0; i < seal->samples->len; i++) {
            SheetSample *s = g_ptr_array_index(seal->samples, i);
            s->file = g_strdup(pages[s->page].name);
            s->page_index = pages[s->page].index;
        }
    }
    note_samples(groups, (PageView *const *)views->pdata, pages, impressions, options, result);
    note_unexpected(groups, (PageView *const *)views->pdata, pages, result);
    result->times.total_ms = cpu_ms_now() - start;
    return g_steal_pointer(&result);
}
