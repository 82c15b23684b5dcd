/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts.c: a local threshold, then connected components by runs and union-find, one pass over the page.
 */
#include "ocr/parts.h"

#include <string.h>

enum { BLOCK = 16 };

/* Ink is as dark as a share of the darkest nearby, within bounds. */
typedef struct {
    guint tenths, least, most;
} Darkness;

static const Darkness ANY_PRINT = { 3, 28, 64 }, DARK_PRINT = { 5, 64, 120 };

enum { GROWN_LEAST = 8, GROWN_MOST = 48 }; /* px: a line's height */
enum { PRINT_LEAST_SIDE = 7, PRINT_MOST_SIDE = 60, PRINT_PARTS = 60, FAINTER = 4, OUTNUMBERS = 2 };

typedef struct {
    gint32 x0, x1; /* of the run, both inside */
    guint32 label;
} Run;

/* For each BLOCK x BLOCK block: the threshold from the darkest pixel in it and its eight neighbours. */
static guint8 *
thresholds(const Image *ink, const Darkness *dark, guint columns, guint rows)
{
    g_autofree guint8 *darkest = g_malloc0((gsize)columns * rows);
    for (guint y = 0; y < ink->height; y++) {
        const guint8 *p = ink->data + (gsize)y * ink->width;
        guint8 *row = darkest + (gsize)(y / BLOCK) * columns;
        for (guint x = 0; x < ink->width; x++)
            row[x / BLOCK] = MAX(row[x / BLOCK], 255 - p[x]);
    }
    guint8 *out = g_malloc((gsize)columns * rows);
    for (guint r = 0; r < rows; r++)
        for (guint c = 0; c < columns; c++) {
            guint most = 0;
            for (guint y = r ? r - 1 : 0; y <= MIN(r + 1, rows - 1); y++)
                for (guint x = c ? c - 1 : 0; x <= MIN(c + 1, columns - 1); x++)
                    most = MAX(most, darkest[y * columns + x]);
            out[r * columns + c] = (guint8)CLAMP(most * dark->tenths / 10, dark->least, dark->most);
        }
    return out;
}

static guint32
root_of(GArray *parent, guint32 i)
{
    guint32 *p = (guint32 *)parent->data;
    while (p[i] != i)
        i = p[i] = p[p[i]];
    return i;
}

static void
join(GArray *parent, guint32 a, guint32 b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a != b)
        g_array_index(parent, guint32, MAX(a, b)) = MIN(a, b);
}

static void
grow(GArray *parts, guint32 label, gint32 x0, gint32 x1, gint32 y, guint8 darkest)
{
    if (label == parts->len) {
        InkPart fresh = { x0, y, x1, y, (guint32)(x1 - x0 + 1), darkest };
        g_array_append_val(parts, fresh);
        return;
    }
    InkPart *part = &g_array_index(parts, InkPart, label);
    part->x0 = MIN(part->x0, x0);
    part->x1 = MAX(part->x1, x1);
    part->y1 = y;
    part->pixels += (guint32)(x1 - x0 + 1);
    part->darkest = MAX(part->darkest, darkest);
}

/* Runs of one row; each takes the label of a run above that it touches (8-connected), or a new one. */
static void
label_row(const Image *ink, const guint8 *limits, gint32 y, GArray *above, GArray *here, GArray *parent, GArray *parts)
{
    const guint8 *p = ink->data + (gsize)y * ink->width;
    gint32 width = (gint32)ink->width;
    guint k = 0;
    g_array_set_size(here, 0);
    for (gint32 x = 0; x < width; x++) {
        if (255 - p[x] < limits[x / BLOCK])
            continue;
        Run run = { x, x, G_MAXUINT32 };
        guint8 least = p[x];
        while (run.x1 + 1 < width && 255 - p[run.x1 + 1] >= limits[(run.x1 + 1) / BLOCK]) {
            run.x1++;
            least = MIN(least, p[run.x1]);
        }
        while (k < above->len && g_array_index(above, Run, k).x1 < run.x0 - 1)
            k++;
        for (guint j = k; j < above->len && g_array_index(above, Run, j).x0 <= run.x1 + 1; j++) {
            guint32 label = g_array_index(above, Run, j).label;
            if (run.label == G_MAXUINT32)
                run.label = label;
            else
                join(parent, run.label, label);
        }
        if (run.label == G_MAXUINT32) {
            run.label = parts->len;
            g_array_append_val(parent, run.label);
        }
        grow(parts, run.label, run.x0, run.x1, y, (guint8)(255 - least));
        g_array_append_val(here, run);
        x = run.x1;
    }
}

static void
fold_into_roots(GArray *parts, GArray *parent)
{
    for (guint i = 0; i < parts->len; i++) {
        guint32 r = root_of(parent, i);
        if (r == i)
            continue;
        InkPart *to = &g_array_index(parts, InkPart, r), *from = &g_array_index(parts, InkPart, i);
        to->x0 = MIN(to->x0, from->x0);
        to->y0 = MIN(to->y0, from->y0);
        to->x1 = MAX(to->x1, from->x1);
        to->y1 = MAX(to->y1, from->y1);
        to->pixels += from->pixels;
        to->darkest = MAX(to->darkest, from->darkest);
        from->pixels = 0;
    }
}

/* All parts of @ink, those of no size too: dark is what reaches the limit of its block. */
static GArray *
label(const Image *ink, const guint8 *limits, guint columns)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(InkPart));
    g_autoptr(GArray) parent = g_array_new(FALSE, FALSE, sizeof(guint32));
    GArray *above = g_array_new(FALSE, FALSE, sizeof(Run)), *here = g_array_new(FALSE, FALSE, sizeof(Run));
    for (guint y = 0; y < ink->height; y++) {
        label_row(ink, limits + (gsize)(y / BLOCK) * columns, (gint32)y, above, here, parent, parts);
        GArray *swap = above;
        above = here;
        here = swap;
    }
    g_array_unref(above);
    g_array_unref(here);
    fold_into_roots(parts, parent);
    return parts;
}

/* ---- characters that blur has grown together ------------------------------------------------------ */

static gint32
longer_side(const InkPart *p)
{
    return MAX(p->x1 - p->x0, p->y1 - p->y0) + 1;
}

static gint32
shorter_side(const InkPart *p)
{
    return MIN(p->x1 - p->x0, p->y1 - p->y0) + 1;
}

static gboolean
is_grown_together(const InkPart *p)
{
    return p->pixels > 0 && shorter_side(p) >= GROWN_LEAST && shorter_side(p) <= GROWN_MOST &&
           longer_side(p) * 2 > shorter_side(p) * 5;
}

static Image *
crop(const Image *ink, const InkPart *p)
{
    Image *out = image_new((guint)(p->x1 - p->x0) + 1, (guint)(p->y1 - p->y0) + 1, 1);
    for (guint y = 0; y < out->height; y++)
        memcpy(out->data + (gsize)y * out->width, ink->data + ((gsize)p->y0 + y) * ink->width + p->x0, out->width);
    return out;
}

/* The pieces of @part under a limit that rises until none is longer than a character, or NULL: it is no text. */
static GArray *
split(const Image *ink, const InkPart *part)
{
    static const double shares[] = { 0.42, 0.55, 0.68, 0.8 };
    g_autoptr(Image) cut = crop(ink, part);
    guint columns = (cut->width + BLOCK - 1) / BLOCK, rows = (cut->height + BLOCK - 1) / BLOCK;
    g_autofree guint8 *limits = g_malloc((gsize)columns * rows);
    for (guint k = 0; k < G_N_ELEMENTS(shares); k++) {
        memset(limits, (int)(shares[k] * part->darkest), (gsize)columns * rows);
        g_autoptr(GArray) pieces = label(cut, limits, columns);
        gint32 longest = 0, reach = 0;
        for (guint i = 0; i < pieces->len; i++) {
            InkPart *p = &g_array_index(pieces, InkPart, i);
            longest = p->pixels ? MAX(longest, longer_side(p)) : longest;
            reach += p->pixels && shorter_side(p) > 1 ? longer_side(p) : 0;
            p->x0 += part->x0, p->x1 += part->x0;
            p->y0 += part->y0, p->y1 += part->y0;
        }
        if (longest * 2 <= shorter_side(part) * 5 && reach * 2 > longer_side(part))
            return g_steal_pointer(&pieces);
    }
    return NULL;
}

static void
keep(GArray *kept, const InkPart *part)
{
    if (part->pixels >= PARTS_LEAST_PIXELS && longer_side(part) <= PARTS_MAX_SIDE && kept->len < PARTS_MAX)
        g_array_append_vals(kept, part, 1);
}

static GArray *
parts_of(const Image *ink, const Darkness *dark)
{
    g_assert(ink->channels == 1);
    guint columns = (ink->width + BLOCK - 1) / BLOCK, rows = (ink->height + BLOCK - 1) / BLOCK;
    g_autofree guint8 *limits = thresholds(ink, dark, columns, rows);
    g_autoptr(GArray) parts = label(ink, limits, columns);
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(InkPart));
    for (guint i = 0; i < parts->len; i++) {
        const InkPart *part = &g_array_index(parts, InkPart, i);
        g_autoptr(GArray) pieces = is_grown_together(part) ? split(ink, part) : NULL;
        for (guint k = 0; pieces && k < pieces->len; k++)
            keep(kept, &g_array_index(pieces, InkPart, k));
        if (!pieces)
            keep(kept, part);
    }
    return kept;
}

GArray *
ink_parts(const Image *ink)
{
    return parts_of(ink, &ANY_PRINT);
}

GArray *
ink_parts_of_dark_print(const Image *ink)
{
    return parts_of(ink, &DARK_PRINT);
}

/* As dark as the PRINT_PARTSth darkest part of a character's size, or 0 where there are fewer. */
static guint
print_darkness(const GArray *parts)
{
    guint counts[256] = { 0 }, n = 0;
    for (guint i = 0; i < parts->len; i++) {
        const InkPart *p = &g_array_index(parts, InkPart, i);
        gint32 side = longer_side(p);
        if (side >= PRINT_LEAST_SIDE && side <= PRINT_MOST_SIDE)
            counts[p->darkest]++;
    }
    for (int v = 255; v > 0; v--)
        if ((n += counts[v]) >= PRINT_PARTS)
            return (guint)v;
    return 0;
}

void
ink_parts_drop_pattern(GArray *parts)
{
    guint limit = print_darkness(parts) / FAINTER, faint = 0, kept = 0;
    for (guint i = 0; i < parts->len; i++)
        faint += g_array_index(parts, InkPart, i).darkest < limit;
    if (faint < OUTNUMBERS * (parts->len - faint))
        return;
    for (guint i = 0; i < parts->len; i++)
        if (g_array_index(parts, InkPart, i).darkest >= limit)
            g_array_index(parts, InkPart, kept++) = g_array_index(parts, InkPart, i);
    g_array_set_size(parts, kept);
}
