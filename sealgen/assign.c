/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assign.c: rows, likeness, and the cheapest matching of groups to ordered seals.
 */
#include "sealgen/assign.h"

#include <math.h>

#include "sealgen/align.h"

#define ROW_MM 0.6          /* of the lower one's height: centres nearer than this share a row */
#define SIZE_ALIKE 0.10     /* sides of impressions of one seal, relative */
#define LIKE_IN_ROW 0.40    /* likeness that makes neighbours one seal */
#define LIKE_ELSEWHERE 0.68 /* the same anywhere on the sheet */
#define LINE_INK 0.10       /* share of ink from which there is a line of text */
#define GROUPS_MOST 12      /* for the matching: 2^12 states */
#define COST_NONE 3.5       /* a seal without a group */

void
seal_group_free(SealGroup *group)
{
    g_ptr_array_unref(group->members);
    g_free(group);
}

static int
by_height(gconstpointer a, gconstpointer b)
{
    const Impression *x = *(Impression *const *)a, *y = *(Impression *const *)b;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return (x->upright_mm.y > y->upright_mm.y) - (x->upright_mm.y < y->upright_mm.y);
}

static int
by_reading(gconstpointer a, gconstpointer b)
{
    const Impression *x = *(Impression *const *)a, *y = *(Impression *const *)b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->upright_mm.x > y->upright_mm.x) - (x->upright_mm.x < y->upright_mm.x);
}

static void
count_rows(GPtrArray *impressions)
{
    g_ptr_array_sort(impressions, by_height);
    guint row = 0;
    double sum = 0, n = 0;
    for (guint i = 0; i < impressions->len; i++) {
        Impression *imp = g_ptr_array_index(impressions, i);
        const Impression *last = i ? g_ptr_array_index(impressions, i - 1) : NULL;
        double height = last ? MIN(imp->place.height, last->place.height) : 0;
        if (last && (last->page != imp->page || imp->upright_mm.y - sum / n > MAX(8, ROW_MM * height))) {
            row++;
            sum = n = 0;
        }
        imp->row = row;
        sum += imp->upright_mm.y;
        n++;
    }
    g_ptr_array_sort(impressions, by_reading);
}

/* A circle from an unproven photo may look like an oval. */
static gboolean
shapes_alike(const Impression *a, const Impression *b)
{
    SealShape x = a->outline.shape, y = b->outline.shape;
    return x == y || ((x == SHAPE_ROUND || x == SHAPE_OVAL) && (y == SHAPE_ROUND || y == SHAPE_OVAL));
}

static gboolean
sizes_alike(const Impression *a, const Impression *b)
{
    double w = fabs(log(impression_width_mm(a) / impression_width_mm(b)));
    double h = fabs(log(impression_height_mm(a) / impression_height_mm(b)));
    double loose = a->outline.shape == SHAPE_FREE ? 0.6 : SIZE_ALIKE;
    return w < loose && h < loose;
}

typedef struct {
    guint a, b;
    double likeness;
} Pair;

static int
likest_first(gconstpointer a, gconstpointer b)
{
    double x = ((const Pair *)a)->likeness, y = ((const Pair *)b)->likeness;
    return (x < y) - (x > y);
}

/* Every pair of like shape and size with its likeness, likest first. */
static GArray *
likely_pairs(const GPtrArray *impressions)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    for (guint i = 0; i < impressions->len; i++)
        for (guint k = i + 1; k < impressions->len; k++) {
            const Impression *a = g_ptr_array_index(impressions, i), *b = g_ptr_array_index(impressions, k);
            if (!shapes_alike(a, b) || !sizes_alike(a, b))
                continue;
            Pair pair = { i, k, 0 };
            if (a->outline.shape == SHAPE_FREE) {
                /* signatures are never written twice alike: standing in one row must do */
                pair.likeness = a->row == b->row ? LIKE_IN_ROW : 0;
            } else {
                Alignment alignment;
                align_coarse(a, b, &alignment);
                pair.likeness = alignment.likeness;
            }
            g_array_append_val(pairs, pair);
        }
    g_array_sort(pairs, likest_first);
    return pairs;
}

/* Do samples of a seal stand under each other rather than beside each other? */
static gboolean
stands_in_columns(const GPtrArray *impressions, const GArray *pairs)
{
    double row = 0, column = 0;
    guint rows = 0, columns = 0;
    for (guint i = 0; i < impressions->len; i++)
        for (guint k = i + 1; k < impressions->len; k++) {
            const Impression *a = g_ptr_array_index(impressions, i), *b = g_ptr_array_index(impressions, k);
            gboolean beside = a->row == b->row;
            gboolean under = a->page == b->page && fabs(a->upright_mm.x - b->upright_mm.x) < 10;
            if (a->outline.shape == SHAPE_FREE || b->outline.shape == SHAPE_FREE || beside == under)
                continue;
            double likeness = 0;
            for (guint p = 0; p < pairs->len; p++) {
                const Pair *pair = &g_array_index(pairs, Pair, p);
                if (pair->a == i && pair->b == k)
                    likeness = pair->likeness;
            }
            row += beside ? likeness : 0;
            rows += beside;
            column += under ? likeness : 0;
            columns += under;
        }
    return columns >= 2 && (rows == 0 ? column / columns > LIKE_IN_ROW : column / columns > row / rows + 0.1);
}

static guint
group_size(const guint *group, guint n, guint which)
{
    guint size = 0;
    for (guint i = 0; i < n; i++)
        size += group[i] == which;
    return size;
}

/* Groups that may be seals. */
static guint
groups_left(const GPtrArray *impressions, const guint *group)
{
    guint n = 0;
    for (guint i = 0; i < impressions->len; i++) {
        const Impression *imp = g_ptr_array_index(impressions, i);
        gboolean first = imp->outline.shape != SHAPE_FREE;
        for (guint k = 0; k < i && first; k++)
            first = group[k] != group[i];
        n += first;
    }
    return n;
}

static void
join_groups(guint *group, guint n, guint a, guint b)
{
    guint from = MAX(group[a], group[b]), to = MIN(group[a], group[b]);
    for (guint k = 0; k < n; k++)
        if (group[k] == from)
            group[k] = to;
}

/*
 * Seals of one company look alike (ring text, star), so likeness alone cannot tell official from contract:
 * neighbours in a line of places are joined first; a single stray may join its like afterwards.
 */
static guint *
join_alike(const GPtrArray *impressions, const GArray *pairs, guint seals)
{
    guint n = impressions->len, *group = g_new(guint, n + 1);
    gboolean columns = stands_in_columns(impressions, pairs);
    for (guint i = 0; i < n; i++)
        group[i] = i;
    for (guint i = 0; i < n; i++) /* our own form says it */
        for (guint k = i + 1; k < n; k++) {
            const Impression *a = g_ptr_array_index(impressions, i), *b = g_ptr_array_index(impressions, k);
            if (a->ordered >= 0 && a->ordered == b->ordered)
                join_groups(group, n, i, k);
        }
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);
        const Impression *a = g_ptr_array_index(impressions, pair->a), *b = g_ptr_array_index(impressions, pair->b);
        if (a->ordered >= 0 || b->ordered >= 0)
            continue;
        gboolean line = columns ? a->page == b->page && fabs(a->upright_mm.x - b->upright_mm.x) < 10 : a->row == b->row;
        if (line && pair->likeness >= LIKE_IN_ROW)
            join_groups(group, n, pair->a, pair->b);
    }
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);
        const Impression *x = g_ptr_array_index(impressions, pair->a), *y = g_ptr_array_index(impressions, pair->b);
        if (x->ordered >= 0 || y->ordered >= 0)
            continue;
        guint a = group_size(group, n, group[pair->a]), b = group_size(group, n, group[pair->b]);
        if (a == 1 && b == 1 && groups_left(impressions, group) <= seals)
            continue; /* a form with one place for each seal */
        if (pair->likeness >= LIKE_ELSEWHERE && group[pair->a] != group[pair->b] && MIN(a, b) == 1)
            join_groups(group, n, pair->a, pair->b);
    }
    return group;
}

static double
median_of(const GPtrArray *members, double (*value)(const Impression *))
{
    double v[64];
    guint n = MIN(members->len, G_N_ELEMENTS(v));
    for (guint i = 0; i < n; i++) {
        double x = value(g_ptr_array_index(members, i));
        guint k = i;
        for (; k > 0 && v[k - 1] > x; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Share of ink where a line below the star would be: 0.42 to 0.60 of the radius, 35 degrees to each side. */
static double
line_ink(const Impression *imp)
{
    const Outline *o = &imp->outline;
    double sum = 0;
    guint n = 0;
    for (double r = 0.42; r < 0.61; r += 0.03)
        for (double a = -35; a <= 35; a += 2.5, n++) {
            double t = (90 + imp->turn_deg + a) * G_PI / 180;
            sum += MIN(1, plane_at(imp->alpha, o->centre.x + r * o->width / 2 * cos(t),
                                   o->centre.y + r * o->width / 2 * sin(t)));
        }
    return sum / n;
}

static void
describe(SealGroup *group)
{
    guint best = 0;
    g_ptr_array_sort(group->members, by_reading);
    for (guint i = 0; i < group->members->len; i++) {
        guint row = ((Impression *)g_ptr_array_index(group->members, i))->row, n = 0;
        for (guint k = 0; k < group->members->len; k++)
            n += ((Impression *)g_ptr_array_index(group->members, k))->row == row;
        if (n > best) {
            best = n;
            group->main_row = row;
        }
    }
    group->shape = ((Impression *)g_ptr_array_index(group->members, 0))->outline.shape;
    if (group->shape == SHAPE_ROUND)
        group->has_line = median_of(group->members, line_ink) > LINE_INK;
    group->width_mm = median_of(group->members, impression_width_mm);
    group->height_mm = median_of(group->members, impression_height_mm);
}

/* How well each lies on the others of its seal: a doubled or ruined one does not. */
static void
set_likeness(const GPtrArray *groups, const GPtrArray *impressions, const GArray *pairs)
{
    for (guint i = 0; i < groups->len; i++) {
        const SealGroup *g = g_ptr_array_index(groups, i);
        for (guint k = 0; k < g->members->len; k++) {
            Impression *imp = g_ptr_array_index(g->members, k);
            double sum = 0;
            guint n = 0;
            for (guint p = 0; p < pairs->len; p++) {
                const Pair *pair = &g_array_index(pairs, Pair, p);
                const Impression *a = g_ptr_array_index(impressions, pair->a),
                                 *b = g_ptr_array_index(impressions, pair->b);
                const Impression *other = a == imp ? b : b == imp ? a : NULL;
                if (other && g_ptr_array_find(g->members, other, NULL)) {
                    sum += MAX(0, pair->likeness);
                    n++;
                }
            }
            imp->likeness = n ? sum / n : 1;
        }
    }
}

GPtrArray *
assign_groups(GPtrArray *impressions, guint seals)
{
    count_rows(impressions);
    guint n = impressions->len;
    g_autoptr(GArray) pairs = likely_pairs(impressions);
    g_autofree guint *group = join_alike(impressions, pairs, seals);
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)seal_group_free);
    for (guint i = 0; i < n; i++) {
        SealGroup *g = NULL;
        for (guint k = 0; k < n; k++)
            if (group[k] == i) {
                if (!g) {
                    g = g_new0(SealGroup, 1);
                    g->seal = -1;
                    g->members = g_ptr_array_new();
                    g_ptr_array_add(out, g);
                }
                g_ptr_array_add(g->members, g_ptr_array_index(impressions, k));
            }
        if (g)
            describe(g);
    }
    guint rank = 0;
    for (guint i = 0; i < out->len; i++) {
        SealGroup *g = g_ptr_array_index(out, i);
        g->rank = rank;
        rank += g->members->len > 1 || (g->shape != SHAPE_FREE && MIN(g->width_mm, g->height_mm) > 12);
    }
    set_likeness(out, impressions, pairs);
    return out;
}

/* What shapes a type comes in: 0 usual, more for rarer. Columns: round, oval, rectangle, free. */
static const double SHAPE_COST[SEAL_TYPES][SHAPES] = {
    [SEAL_OFFICIAL] = { 0, 0.6, 2.5, 4 },  [SEAL_FINANCE] = { 0, 0.3, 0.5, 4 },
    [SEAL_CONTRACT] = { 0, 0.6, 2, 4 },    [SEAL_INVOICE] = { 0.6, 0, 2, 4 },
    [SEAL_LEGAL_REP] = { 1, 1, 0, 1.5 },   [SEAL_QUALIFICATION] = { 0.2, 0.2, 0.2, 2 },
    [SEAL_DYNAMIC] = { 0.2, 0.2, 0.2, 1 }, [SEAL_PRACTICE] = { 0.5, 0, 0.6, 3 },
    [SEAL_SIGNATURE] = { 3, 3, 2.5, 0 },   [SEAL_OTHER] = { 0.2, 0.2, 0.2, 0.8 },
};

static double
pair_cost(const SealGroup *group, const OrderSeal *seal, guint place)
{
    /* squared: of two seals that look alike the upper one is the first */
    double off = (double)group->rank - place, cost = SHAPE_COST[seal->type][group->shape] + MIN(2, 0.25 * off * off);
    if (group->shape == SHAPE_ROUND && seal->type == SEAL_OFFICIAL && group->has_line)
        cost += 0.8;
    if (group->shape == SHAPE_ROUND && (seal->type == SEAL_FINANCE || seal->type == SEAL_CONTRACT) && !group->has_line)
        cost += 0.8;
    if (seal->width_mm > 0) {
        double w = seal->width_mm, h = seal->height_mm;
        gboolean across = group->width_mm >= group->height_mm;
        double gw = (w >= h) == across ? group->width_mm : group->height_mm,
               gh = (w >= h) == across ? group->height_mm : group->width_mm;
        cost += MIN(3, 0.5 * (fabs(gw - w) + fabs(gh - h)));
        if (fabs(w - h) > 0.1 * w && group->shape == SHAPE_ROUND)
            cost += 1.5;
        if (fabs(w - h) < 0.5 && group->shape == SHAPE_OVAL)
            cost += 1.5;
    }
    const Impression *first = g_ptr_array_index(group->members, 0);
    if (first->ordered >= 0)
        cost += (guint)first->ordered == place ? -6 : 6;
    return cost - 0.4 * MIN(group->members->len, 3);
}

void
assign_seals(GPtrArray *groups, const Order *order)
{
    guint n = MIN(groups->len, GROUPS_MOST), seals = order->seals->len;
    /* more groups than the matching takes: singles go first, they are strays */
    g_autofree guint *pick = g_new(guint, groups->len + 1);
    guint picked = 0;
    for (guint least = 3; least >= 1 && picked < n; least--)
        for (guint i = 0; i < groups->len && picked < n; i++) {
            const SealGroup *g = g_ptr_array_index(groups, i);
            if (least == 3 ? g->members->len >= 3 : g->members->len == least)
                pick[picked++] = i;
        }
    guint states = 1u << n;
    g_autofree double *best = g_new(double, (gsize)states *(seals + 1));
    g_autofree gint8 *choice = g_new(gint8, (gsize)states * (seals + 1));
    for (guint s = 0; s < states; s++)
        best[s] = 0; /* no seals left */
    for (guint k = seals; k-- > 0;) {
        const OrderSeal *seal = g_ptr_array_index(order->seals, k);
        double *now = best + (gsize)(seals - k) * states, *next = now - states;
        gint8 *chosen = choice + (gsize)(seals - k) * states;
        for (guint s = 0; s < states; s++) {
            now[s] = COST_NONE + next[s];
            chosen[s] = -1;
            for (guint g = 0; g < n; g++) {
                if (s >> g & 1)
                    continue;
                double cost = pair_cost(g_ptr_array_index(groups, pick[g]), seal, k) + next[s | 1u << g];
                if (cost < now[s]) {
                    now[s] = cost;
                    chosen[s] = (gint8)g;
                }
            }
        }
    }
    for (guint k = 0, s = 0; k < seals; k++) {
        gint8 g = choice[(gsize)(seals - k) * states + s];
        if (g < 0)
            continue;
        ((SealGroup *)g_ptr_array_index(groups, pick[(guint)g]))->seal = (int)k;
        s |= 1u << (guint)g;
    }
}
