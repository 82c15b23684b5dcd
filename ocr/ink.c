/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ink.c: division by the paper's light, channel by channel, and the darkest common part.
 */
#include "ocr/ink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 16,        /* px: paper is estimated once a block */
    DARKEST_PAPER = 48, /* darker than that is no paper, and its noise is not to be blown up */
    TINT = 40,         /* difference between the channels that dirt and JPEG give to print */
    COLOURED = 60      /* difference between the channels' darkness that print never has */
};

/* ---- a whole page ------------------------------------------------------------------------------- */

/* Each block's paper: the mean of its lightest quarter, by a histogram of 32 steps. */
static void
block_paper(const Image *page, guint channel, guint columns, guint rows, float *out)
{
    guint c = page->channels;
    for (guint r = 0; r < rows; r++)
        for (guint b = 0; b < columns; b++) {
            guint counts[32] = { 0 }, n = 0;
            for (guint y = r * BLOCK; y < MIN((r + 1) * BLOCK, page->height); y += 2)
                for (guint x = b * BLOCK; x < MIN((b + 1) * BLOCK, page->width); x += 2, n++)
                    counts[page->data[((gsize)y * page->width + x) * c + channel] >> 3]++;
            guint left = MAX(n / 4, 1), sum = 0, taken = 0;
            for (int i = 31; i >= 0 && taken < left; i--) {
                guint take = MIN(counts[i], left - taken);
                sum += take * ((guint)i * 8 + 4);
                taken += take;
            }
            out[r * columns + b] = (float)sum / (float)MAX(taken, 1);
        }
}

/* The lightest of 3x3, then the mean of 3x3: strokes as wide as a block do not count as paper. */
static void
spread(float *v, guint columns, guint rows, gboolean lightest)
{
    g_autofree float *copy = g_memdup2(v, (gsize)columns * rows * sizeof *v);
    for (guint r = 0; r < rows; r++)
        for (guint b = 0; b < columns; b++) {
            float best = 0, sum = 0;
            guint n = 0;
            for (guint y = r ? r - 1 : 0; y <= MIN(r + 1, rows - 1); y++)
                for (guint x = b ? b - 1 : 0; x <= MIN(b + 1, columns - 1); x++, n++) {
                    best = MAX(best, copy[y * columns + x]);
                    sum += copy[y * columns + x];
                }
            v[r * columns + b] = lightest ? best : sum / (float)n;
        }
}

/* One channel over its paper, bilinear between block centres; @out and @least keep the extremes of all. */
static void
divide(const Image *page, guint channel, const float *paper, guint columns, guint rows, guint8 *out, guint8 *least)
{
    guint c = page->channels;
    g_autofree float *row = g_new(float, columns);
    for (guint y = 0; y < page->height; y++) {
        float fy = ((float)y - (BLOCK - 1) / 2.0f) / BLOCK;
        fy = CLAMP(fy, 0, (float)(rows - 1));
        guint r0 = (guint)fy, r1 = MIN(r0 + 1, rows - 1);
        for (guint b = 0; b < columns; b++)
            row[b] = paper[r0 * columns + b] * (1 - (fy - (float)r0)) + paper[r1 * columns + b] * (fy - (float)r0);
        const guint8 *p = page->data + (gsize)y * page->width * c + channel;
        guint8 *q = out + (gsize)y * page->width;
        for (guint x = 0; x < page->width; x++, p += c) {
            float fx = ((float)x - (BLOCK - 1) / 2.0f) / BLOCK;
            fx = CLAMP(fx, 0, (float)(columns - 1));
            guint b0 = (guint)fx, b1 = MIN(b0 + 1, columns - 1);
            float light = row[b0] + (row[b1] - row[b0]) * (fx - (float)b0);
            light = MAX(light, DARKEST_PAPER);
            float v = (float)*p * 255.0f / light;
            guint8 grey = v >= 255 ? 255 : (guint8)v;
            q[x] = channel == 0 ? grey : MAX(q[x], grey);
            if (least)
                least[(gsize)y * page->width + x] = channel == 0 ? grey : MIN(least[(gsize)y * page->width + x], grey);
        }
    }
}

Image *
ink_of_page(const Image *page)
{
    guint columns = (page->width + BLOCK - 1) / BLOCK, rows = (page->height + BLOCK - 1) / BLOCK;
    g_autofree float *paper = g_new(float, (gsize)columns * rows);
    Image *ink = image_new(page->width, page->height, 1);
    gsize n = (gsize)page->width * page->height;
    g_autofree guint8 *least = page->channels == 3 ? g_malloc(n) : NULL;
    for (guint channel = 0; channel < page->channels; channel++) {
        block_paper(page, channel, columns, rows, paper);
        spread(paper, columns, rows, TRUE);
        spread(paper, columns, rows, FALSE);
        divide(page, channel, paper, columns, rows, ink->data, least);
    }
    for (gsize i = 0; least && i < n; i++) { /* where a channel is much darker than the lightest: a seal */
        int tint = ink->data[i] - least[i] - TINT;
        if (tint > 0)
            ink->data[i] = (guint8)MIN(ink->data[i] + tint, 255);
    }
    return ink;
}

/* ---- one line ----------------------------------------------------------------------------------- */

/* The paper of each column: the 80th percentile of the columns within half a line's height. */
static void
column_paper(const Image *cut, guint channel, float *out)
{
    guint c = cut->channels, reach = MAX(cut->height / 2, 4), step = MAX(reach / 4, 1);
    guint n = (cut->width + step - 1) / step;
    g_autofree float *at = g_new(float, n);
    for (guint i = 0; i < n; i++) {
        guint counts[256] = { 0 }, total = 0, sum = 0;
        guint from = i * step > reach ? i * step - reach : 0, to = MIN(i * step + reach, cut->width - 1);
        for (guint y = 0; y < cut->height; y++)
            for (guint x = from; x <= to; x++, total++)
                counts[cut->data[((gsize)y * cut->width + x) * c + channel]]++;
        int v = 255;
        for (; v > 0 && (sum += counts[v]) < total / 5;)
            v--;
        at[i] = (float)MAX(v, DARKEST_PAPER);
    }
    for (guint x = 0; x < cut->width; x++) {
        guint i = x / step, j = MIN(i + 1, n - 1);
        float f = (float)(x % step) / (float)step;
        out[x] = at[i] * (1 - f) + at[j] * f;
    }
}

Image *
ink_of_line(const Image *cut, Image **covered)
{
    guint c = cut->channels;
    g_autofree float *paper = g_new(float, (gsize)cut->width * c);
    for (guint k = 0; k < c; k++)
        column_paper(cut, k, paper + (gsize)k * cut->width);
    Image *ink = image_new(cut->width, cut->height, 1);
    if (covered)
        *covered = image_new(cut->width, cut->height, 1);
    for (guint y = 0; y < cut->height; y++)
        for (guint x = 0; x < cut->width; x++) {
            gsize at = (gsize)y * cut->width + x;
            float most = 0, least = 255;
            for (guint k = 0; k < c; k++) {
                float v = MIN((float)cut->data[at * c + k] * 255.0f / paper[(gsize)k * cut->width + x], 255.0f);
                most = MAX(most, v);
                least = MIN(least, v);
            }
            ink->data[at] = (guint8)most;
            if (covered)
                (*covered)->data[at] = most - least > COLOURED ? 255 : 0;
        }
    return ink;
}

/* ---- colours ------------------------------------------------------------------------------------ */

InkColours
ink_colours(const Image *page)
{
    InkColours colours = { 0, 0, FALSE };
    if (page->channels != 3)
        return colours;
    gsize red = 0, blue = 0, tinted = 0, n = 0;
    for (guint y = 0; y < page->height; y += 2)
        for (guint x = 0; x < page->width; x += 2, n++) {
            const guint8 *p = page->data + ((gsize)y * page->width + x) * 3;
            int most = MAX(p[0], MAX(p[1], p[2])), least = MIN(p[0], MIN(p[1], p[2]));
            tinted += most - least > 24;
            if (most < 70 || (most - least) * 5 < most * 2)
                continue;
            red += p[0] == most && p[0] - p[2] > 50 && p[1] * 3 < p[0] * 2;
            blue += p[2] == most && p[2] - p[1] > 40;
        }
    colours.red = (double)red / (double)n;
    colours.blue = (double)blue / (double)n;
    colours.colour = (double)tinted / (double)n > 0.01;
    return colours;
}
