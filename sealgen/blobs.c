/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blobs.c: two-pass labelling with union and find.
 */
#include "sealgen/blobs.h"

#include <string.h>

static guint32
root_of(guint32 *parent, guint32 i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static void
join(guint32 *parent, guint32 a, guint32 b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

GArray *
blobs_find(const guint8 *mask, guint width, guint height, guint32 *labels)
{
    GArray *parent = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 zero = 0;
    g_array_append_val(parent, zero);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            gsize i = (gsize)y * width + x;
            labels[i] = 0;
            if (!mask[i])
                continue;
            guint32 near[4] = { x ? labels[i - 1] : 0, y ? labels[i - width] : 0, x && y ? labels[i - width - 1] : 0,
                                x + 1 < width && y ? labels[i - width + 1] : 0 };
            for (guint k = 0; k < 4; k++)
                if (near[k]) {
                    if (labels[i])
                        join((guint32 *)(gpointer)parent->data, labels[i], near[k]);
                    else
                        labels[i] = near[k];
                }
            if (!labels[i]) {
                guint32 fresh = parent->len;
                g_array_append_val(parent, fresh);
                labels[i] = fresh;
            }
        }
    GArray *blobs = g_array_new(FALSE, TRUE, sizeof(Blob));
    g_autofree guint32 *number = g_new0(guint32, parent->len);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            gsize i = (gsize)y * width + x;
            if (!labels[i])
                continue;
            guint32 root = root_of((guint32 *)(gpointer)parent->data, labels[i]);
            if (!number[root]) {
                Blob blob = { x, y, x, y, 0, blobs->len + 1 };
                g_array_append_val(blobs, blob);
                number[root] = blobs->len;
            }
            labels[i] = number[root];
            Blob *b = &g_array_index(blobs, Blob, labels[i] - 1);
            b->x0 = MIN(b->x0, x);
            b->x1 = MAX(b->x1, x);
            b->y1 = MAX(b->y1, y);
            b->area++;
        }
    g_array_unref(parent);
    return blobs;
}

static void
grow_line(const guint8 *in, guint8 *out, guint n, gsize stride, int radius, guint8 on)
{
    int last = -2 * radius - 2; /* last place where the value is @on */
    for (int i = 0; i < (int)n + radius; i++) {
        if (i < (int)n && (in[(gsize)i * stride] != 0) == on)
            last = i;
        int at = i - radius;
        if (at >= 0)
            out[(gsize)at * stride] = (last >= at - radius) == on;
    }
}

void
mask_grow(guint8 *mask, guint width, guint height, int radius)
{
    guint8 on = radius > 0;
    int r = ABS(radius);
    if (r == 0)
        return;
    g_autofree guint8 *other = g_malloc((gsize)width * height);
    for (guint y = 0; y < height; y++)
        grow_line(mask + (gsize)y * width, other + (gsize)y * width, width, 1, r, on);
    for (guint x = 0; x < width; x++)
        grow_line(other + x, mask + x, height, width, r, on);
}
