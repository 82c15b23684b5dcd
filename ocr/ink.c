/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ink.c: division by the paper's light, channel by channel, and the darkest common part.
 */
#include "ocr/ink.h"

#include "ocr/many_targets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 16,        /* px: paper is estimated once a block */
    DARKEST_PAPER = 48, /* darker than that is no paper, and its noise is not to be blown up */
    TINT = 40,         /* difference between the channels that dirt and JPEG give to print */
    FAINT = 100,       /* levels of darkness that words across a page may have */
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

/* The factors 255 / paper of one row of pixels, bilinear between block centres. */
MANY_TARGETS static void
row_factors(const float *factors, guint columns, guint rows, guint y, float *between, float *out, guint width)
{
    float fy = CLAMP(((float)y - (BLOCK - 1) / 2.0f) / BLOCK, 0, (float)(rows - 1));
    guint r0 = (guint)fy, r1 = MIN(r0 + 1, rows - 1);
    fy -= (float)r0;
    for (guint b = 0; b < columns; b++)
        between[b] = factors[r0 * columns + b] * (1 - fy) + factors[r1 * columns + b] * fy;
    guint x = 0;
    for (; x < MIN(BLOCK / 2, width); x++)
        out[x] = between[0];
    for (guint b = 0; b + 1 < columns; b++) {
        float step = (between[b + 1] - between[b]) / BLOCK, at = between[b] + step / 2;
        for (guint i = 0; i < BLOCK && x < width; i++, x++, at += step)
            out[x] = at;
    }
    for (; x < width; x++)
        out[x] = between[columns - 1];
}

MANY_TARGETS static void
divide_grey(const guint8 *p, const float *factor, guint width, guint8 *out)
{
    for (guint x = 0; x < width; x++)
        out[x] = (guint8)MIN((float)p[x] * factor[x], 255.0f);
}

/* The lightest channel; where another is much darker there is a seal, and it is lightened further. */
MANY_TARGETS static void
divide_colour(const guint8 *p, const float *factor, guint width, guint8 *out)
{
    const float *fr = factor, *fg = factor + width, *fb = factor + 2 * (gsize)width;
    for (guint x = 0; x < width; x++, p += 3) {
        float r = MIN((float)p[0] * fr[x], 255.0f), g = MIN((float)p[1] * fg[x], 255.0f),
              b = MIN((float)p[2] * fb[x], 255.0f);
        float most = MAX(r, MAX(g, b)), least = MIN(r, MIN(g, b));
        out[x] = (guint8)MIN(most + MAX(most - least - TINT, 0.0f), 255.0f);
    }
}

Image *
ink_of_page(const Image *page)
{
    guint columns = (page->width + BLOCK - 1) / BLOCK, rows = (page->height + BLOCK - 1) / BLOCK;
    gsize blocks = (gsize)columns * rows;
    g_autofree float *factors = g_new(float, blocks *page->channels), *between = g_new(float, columns);
    g_autofree float *row = g_new(float, (gsize)page->width * page->channels);
    for (guint c = 0; c < page->channels; c++) {
        float *paper = factors + c * blocks;
        block_paper(page, c, columns, rows, paper);
        spread(paper, columns, rows, TRUE);
        spread(paper, columns, rows, FALSE);
        for (gsize i = 0; i < blocks; i++)
            paper[i] = 255.0f / MAX(paper[i], DARKEST_PAPER);
    }
    Image *ink = image_new(page->width, page->height, 1);
    for (guint y = 0; y < page->height; y++) {
        const guint8 *p = page->data + (gsize)y * page->width * page->channels;
        for (guint c = 0; c < page->channels; c++)
            row_factors(factors + c * blocks, columns, rows, y, between, row + (gsize)c * page->width, page->width);
        guint8 *out = ink->data + (gsize)y * page->width;
        if (page->channels == 1)
            divide_grey(p, row, page->width, out);
        else
            divide_colour(p, row, page->width, out);
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

void
ink_drop_faint(Image *ink)
{
    for (gsize i = 0; i < (gsize)ink->width * ink->height; i++) {
        int darkness = 255 - ink->data[i];
        ink->data[i] = (guint8)(255 - MAX(darkness - FAINT, 0) * 255 / (255 - FAINT));
    }
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
