/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card_find.c: chains of evenly spaced marks of one height: the digit lines of ID cards.
 *
 * The marks are linked to their nearest neighbour along one axis; the other axis is the same with x and y
 * swapped. Pieces in line are joined. Hanzi make chains too, but of uneven height and pitch.
 */
#include "ocr/card_find.h"

#include <math.h>
#include <stdlib.h>

#include "ocr/card_ink.h"

enum { BLOCK = 24, MARK_SIDE_MAX = 110, MARK_HEIGHT_MIN = 5, MARKS_IN_LINE_MIN = 6, GAPS_MAX = 4 };

/* A mark in the frame of one axis: along, across. */
typedef struct {
    double a0, a1, b0, b1; /* along from..to, across from..to, pixel edges */
    gint next, previous;
} Link;

static double
link_height(const Link *l)
{
    return l->b1 - l->b0;
}

static double
link_a(const Link *l)
{
    return (l->a0 + l->a1) / 2;
}

static double
link_b(const Link *l)
{
    return (l->b0 + l->b1) / 2;
}

static int
by_a0(gconstpointer x, gconstpointer y)
{
    const Link *p = x, *q = y;
    return p->a0 < q->a0 ? -1 : p->a0 > q->a0 ? 1 : p->b0 < q->b0 ? -1 : p->b0 > q->b0;
}

static GArray *
links_of_marks(const GArray *marks, gboolean upright)
{
    GArray *links = g_array_sized_new(FALSE, FALSE, sizeof(Link), marks->len);
    for (guint i = 0; i < marks->len; i++) {
        const Mark *m = &g_array_index(marks, Mark, i);
        Link l = { m->x0, m->x1 + 1, m->y0, m->y1 + 1, -1, -1 };
        if (upright)
            l = (Link){ m->y0, m->y1 + 1, m->x0, m->x1 + 1, -1, -1 };
        double height = l.b1 - l.b0, length = l.a1 - l.a0;
        if (height >= MARK_HEIGHT_MIN && length <= 2.6 * height)
            g_array_append_val(links, l);
    }
    g_array_sort(links, by_a0);
    return links;
}

/* How far @j stands after @i in a line, or infinity where it cannot follow. */
static double
link_cost(const Link *i, const Link *j)
{
    double height = link_height(i), ratio = link_height(j) / height;
    double along = link_a(j) - link_a(i), across = fabs(link_b(j) - link_b(i)), gap = j->a0 - i->a1;
    if (ratio < 0.72 || ratio > 1.39 || along < 0.3 * height || gap > 1.7 * height || gap < -0.4 * height)
        return INFINITY;
    if (across > 0.18 * height + 0.36 * along)
        return INFINITY;
    return fmax(gap, 0) + 1.5 * across + height * fabs(1 - ratio);
}

/* Each mark to its nearest follower, where it is also that one's nearest forerunner. */
static void
link_neighbours(GArray *links)
{
    Link *all = (Link *)(gpointer)links->data;
    g_autofree gint *follower = g_new(gint, MAX(links->len, 1)), *forerunner = g_new(gint, MAX(links->len, 1));
    g_autofree double *best = g_new(double, MAX(links->len, 1));
    for (guint i = 0; i < links->len; i++) {
        follower[i] = forerunner[i] = -1;
        best[i] = INFINITY;
    }
    for (guint i = 0; i < links->len; i++) {
        double nearest = INFINITY, reach = all[i].a1 + 1.7 * link_height(&all[i]);
        for (guint j = i + 1; j < links->len && all[j].a0 <= reach; j++) {
            double cost = link_cost(&all[i], &all[j]);
            if (cost < nearest) {
                nearest = cost;
                follower[i] = (gint)j;
            }
            if (cost < best[j]) {
                best[j] = cost;
                forerunner[j] = (gint)i;
            }
        }
    }
    for (guint i = 0; i < links->len; i++)
        if (follower[i] >= 0 && forerunner[follower[i]] == (gint)i) {
            all[i].next = follower[i];
            all[follower[i]].previous = (gint)i;
        }
}

/* Some linked marks in a row, with the straight line through their middles. */
typedef struct {
    guint n;
    double a0, a1;     /* outer ends along */
    double at, slope;  /* across = at + slope * (along - a0) */
    double height;     /* median */
    double unevenness; /* mean deviation of the heights, in heights */
    double pitch;      /* median distance between middles */
    gboolean used;
} Chain;

static int
by_value(gconstpointer x, gconstpointer y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return p < q ? -1 : p > q;
}

static double
median(GArray *values)
{
    g_array_sort(values, by_value);
    return values->len ? g_array_index(values, double, values->len / 2) : 0;
}

/* Least squares through the middles of @members (indices into @links). */
static Chain
chain_measure(const Link *links, const GArray *members)
{
    Chain c = { .n = members->len };
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) pitches = g_array_new(FALSE, FALSE, sizeof(double));
    double sa = 0, sb = 0, saa = 0, sab = 0;
    for (guint i = 0; i < members->len; i++) {
        const Link *l = &links[g_array_index(members, gint, i)];
        double a = link_a(l), b = link_b(l), h = link_height(l);
        sa += a, sb += b, saa += a * a, sab += a * b;
        g_array_append_val(heights, h);
        if (i) {
            double pitch = a - link_a(&links[g_array_index(members, gint, i - 1)]);
            g_array_append_val(pitches, pitch);
        }
    }
    c.a0 = links[g_array_index(members, gint, 0)].a0;
    c.a1 = links[g_array_index(members, gint, members->len - 1)].a1;
    c.height = median(heights);
    c.pitch = median(pitches);
    double n = c.n, spread = n * saa - sa * sa;
    c.slope = spread > 0 ? (n * sab - sa * sb) / spread : 0;
    c.at = (sb - c.slope * sa) / n + c.slope * c.a0;
    for (guint i = 0; i < heights->len; i++)
        c.unevenness += fabs(g_array_index(heights, double, i) - c.height) / c.height / n;
    return c;
}

static double
chain_across(const Chain *c, double along)
{
    return c->at + c->slope * (along - c->a0);
}

/* Does @b carry on where @a ends? A blotched or broken digit leaves such a hole. */
static gboolean
chains_join(const Chain *a, const Chain *b)
{
    double height = (a->height + b->height) / 2, gap = b->a0 - a->a1;
    if (fabs(a->height - b->height) > 0.25 * height || gap < -0.5 * height || gap > 4.5 * height)
        return FALSE;
    double middle = (a->a1 + b->a0) / 2;
    const Chain *longer = a->n >= b->n ? a : b, *shorter = a->n >= b->n ? b : a;
    double off = chain_across(longer, middle) - chain_across(shorter, longer == a ? shorter->a0 : shorter->a1);
    return fabs(off) < 0.45 * height + 0.05 * fabs(gap);
}

static GArray *
chains_of_links(const GArray *links, GPtrArray *members_of)
{
    GArray *chains = g_array_new(FALSE, FALSE, sizeof(Chain));
    const Link *all = (const Link *)(gconstpointer)links->data;
    for (guint i = 0; i < links->len; i++) {
        if (all[i].previous >= 0)
            continue;
        GArray *members = g_array_new(FALSE, FALSE, sizeof(gint));
        for (gint k = (gint)i; k >= 0; k = all[k].next)
            g_array_append_val(members, k);
        if (members->len < 3) {
            g_array_unref(members);
            continue;
        }
        Chain c = chain_measure(all, members);
        g_array_append_val(chains, c);
        g_ptr_array_add(members_of, members);
    }
    return chains;
}

static void
chains_merge(GArray *chains, GPtrArray *members_of, const Link *links)
{
    for (guint i = 0; i < chains->len; i++)
        for (gboolean again = !g_array_index(chains, Chain, i).used; again;) {
            again = FALSE;
            for (guint j = 0; j < chains->len; j++) {
                Chain *a = &g_array_index(chains, Chain, i), *b = &g_array_index(chains, Chain, j);
                if (i == j || b->used || !chains_join(a, b))
                    continue;
                GArray *to = g_ptr_array_index(members_of, i), *from = g_ptr_array_index(members_of, j);
                g_array_append_vals(to, from->data, from->len);
                b->used = TRUE;
                *a = chain_measure(links, to);
                again = TRUE;
            }
        }
}

/* Even heights and a pitch near .6..1.2 heights speak for digits; 18 of them for an ID number. */
static double
chain_score(const Chain *c)
{
    double length = (c->a1 - c->a0) / c->height;
    if (c->n < MARKS_IN_LINE_MIN || length < 5 || length > 30)
        return 0;
    double marks = fmin(c->n, 18) / 18.0;
    double even = fmax(0, 1 - c->unevenness / 0.2);
    double pitch = c->pitch / c->height, pitched = pitch > 0.45 && pitch < 1.3 ? 1 : 0.5;
    double full = length >= 10 && length <= 26 ? 1 : 0.7;
    return marks * even * pitched * full;
}

/* Twice the mean darkness in a band of 6 heights beside the line, left (up) minus right. */
static gboolean
body_is_left(const Image *darkness, Point from, Point to, double height)
{
    double length = point_distance(from, to), ux = (to.x - from.x) / length, uy = (to.y - from.y) / length;
    double balance = 0;
    for (double along = -0.3 * length; along < length; along += height / 2)
        for (int side = -1; side <= 1; side += 2)
            for (double across = 1.6; across < 12; across += 0.4) {
                double x = from.x + ux * along - uy * side * across * height;
                double y = from.y + uy * along + ux * side * across * height;
                if (x >= 0 && y >= 0 && x < darkness->width && y < darkness->height)
                    balance -= side * darkness->data[(gsize)y * darkness->width + (gsize)x];
            }
    return balance > 0;
}

/* Append the chain of @members if it looks like digits at all. */
static void
append_line(const Link *links, const GArray *members, gboolean upright, const Image *darkness, GArray *lines)
{
    if (members->len < MARKS_IN_LINE_MIN)
        return;
    Chain c = chain_measure(links, members);
    double score = chain_score(&c);
    if (score <= 0.05)
        return;
    Point from = { c.a0 - 0.5, chain_across(&c, c.a0) - 0.5 }, to = { c.a1 - 0.5, chain_across(&c, c.a1) - 0.5 };
    if (upright) {
        from = (Point){ from.y, from.x };
        to = (Point){ to.y, to.x };
    }
    DigitLine line = { from, to, c.height / sqrt(1 + c.slope * c.slope), c.n, FALSE, score };
    line.body_is_left = body_is_left(darkness, from, to, line.height);
    g_array_append_val(lines, line);
}

/*
 * The whole chain, and what stands before and after each wide gap: a label (公民身份号码) is parted from its
 * number by about two heights, but a blotched digit can leave a gap as wide.
 */
static void
append_pieces(const Link *links, const GArray *members, double height, gboolean upright, const Image *darkness,
              GArray *lines)
{
    append_line(links, members, upright, darkness, lines);
    for (guint i = 1, gaps = 0; i < members->len && gaps < GAPS_MAX; i++) {
        const Link *before = &links[g_array_index(members, gint, i - 1)];
        const Link *after = &links[g_array_index(members, gint, i)];
        if (after->a0 - before->a1 < 1.25 * height)
            continue;
        gaps++;
        g_autoptr(GArray) head = g_array_new(FALSE, FALSE, sizeof(gint));
        g_autoptr(GArray) tail = g_array_new(FALSE, FALSE, sizeof(gint));
        g_array_append_vals(head, members->data, i);
        g_array_append_vals(tail, &g_array_index(members, gint, i), members->len - i);
        append_line(links, head, upright, darkness, lines);
        append_line(links, tail, upright, darkness, lines);
    }
}

static void
append_lines(const GArray *marks, gboolean upright, const Image *darkness, GArray *lines)
{
    g_autoptr(GArray) links = links_of_marks(marks, upright);
    g_autoptr(GPtrArray) members_of = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    const Link *all = (const Link *)(gconstpointer)links->data;
    link_neighbours(links);
    g_autoptr(GArray) chains = chains_of_links(links, members_of);
    chains_merge(chains, members_of, all);
    for (guint i = 0; i < chains->len; i++) {
        const Chain *c = &g_array_index(chains, Chain, i);
        if (!c->used)
            append_pieces(all, g_ptr_array_index(members_of, i), c->height, upright, darkness, lines);
    }
}

static int
by_score(gconstpointer x, gconstpointer y)
{
    const DigitLine *p = x, *q = y;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return p->from.y != q->from.y ? (p->from.y < q->from.y ? -1 : 1) : p->from.x < q->from.x ? -1 : p->from.x > q->from.x;
}

GArray *
card_find_digit_lines(const Image *darkness, guint floor, guint limit)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(DigitLine));
    g_autoptr(Image) binary = ink_threshold(darkness, BLOCK, floor, 0.45);
    g_autoptr(GArray) marks = ink_marks(binary, 6, MARK_SIDE_MAX);
    append_lines(marks, FALSE, darkness, lines);
    append_lines(marks, TRUE, darkness, lines);
    g_array_sort(lines, by_score);
    if (lines->len > limit)
        g_array_set_size(lines, limit);
    return lines;
}
