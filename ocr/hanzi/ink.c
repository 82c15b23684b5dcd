/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ink.c: a coloured line picture -> the black print alone, and where coloured ink lay on it.
 *
 * Density (log of paper over light) of inks on one another adds up. Black print is dark in all three
 * channels alike; a seal is dark in one channel and light in another, at a ratio that its own pixels tell.
 * So black = (light channel - ratio * dark channel) / (1 - ratio). The red channel alone keeps a tenth to
 * a third of a red seal; this keeps next to none, whatever the seal's colour.
 */
#include "ocr/hanzi/inner.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

enum { STEPS = 64 }; /* density in 1/64 */
/* Colour is a difference of light, as a share of the paper's: in black print densities differ at random. */
#define COLOURED .07f   /* from here a pixel may be coloured, */
#define CERTAIN .15f    /* from here it is */
#define PURE .24f       /* and here the seal's own hue shows, if its light channel is light: */
#define PURE_LIGHT .5f
#define MOST_RATIO .5f  /* more, and what is left of the difference is noise */

typedef struct {
    float density[3][256], light_share[3][256]; /* of the paper's light */
    guint light, dark; /* channels */
    float ratio;       /* density of the seal in its light channel over that in its dark one */
    gboolean any;
} Inks;

static guint
level_of(const guint *histogram, double share)
{
    guint64 all = 0, seen = 0;
    for (guint v = 0; v < 256; v++)
        all += histogram[v];
    for (guint v = 0; v < 256; v++)
        if ((double)(seen += histogram[v]) >= share * (double)all)
            return v;
    return 255;
}

static void
find_paper(const guint8 *rgb, guint width, guint height, gsize stride, Inks *inks)
{
    guint histogram[3][256] = {{0}};
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++)
            for (guint c = 0; c < 3; c++)
                histogram[c][rgb[y * stride + 3 * x + c]]++;
    for (guint c = 0; c < 3; c++) {
        float paper = (float)MAX(40, level_of(histogram[c], .75));
        for (guint v = 0; v < 256; v++) {
            inks->density[c][v] = MAX(0, logf((paper + 2) / ((float)v + 2)));
            inks->light_share[c][v] = MIN(1, (float)v / paper);
        }
    }
}

/* The seal's two channels and its ratio: the lower fifth, since print under the seal only raises it. */
static void
find_seal(const guint8 *rgb, guint width, guint height, gsize stride, Inks *inks)
{
    double sum[3] = {0};
    guint n = 0, ratio[STEPS + 1] = {0};
    for (guint pass = 0; pass < 2; pass++) {
        for (guint y = 0; y < height; y++)
            for (guint x = 0; x < width; x++) {
                float d[3], share[3];
                for (guint c = 0; c < 3; c++) {
                    d[c] = inks->density[c][rgb[y * stride + 3 * x + c]];
                    share[c] = inks->light_share[c][rgb[y * stride + 3 * x + c]];
                }
                float top = MAX(share[0], MAX(share[1], share[2])), low = MIN(share[0], MIN(share[1], share[2]));
                if (top - low < PURE || top < PURE_LIGHT)
                    continue;
                if (pass) {
                    ratio[(guint)CLAMP(d[inks->light] / MAX(d[inks->dark], .01f) * STEPS, 0, STEPS)]++;
                    continue;
                }
                n++;
                for (guint c = 0; c < 3; c++)
                    sum[c] += (double)d[c];
            }
        if (n < 30 + width * height / 500)
            return;
        for (guint c = 0; c < 3 && !pass; c++) {
            inks->light = sum[c] < sum[inks->light] ? c : inks->light;
            inks->dark = sum[c] > sum[inks->dark] ? c : inks->dark;
        }
    }
    guint seen = 0, at = 0;
    while (at < STEPS && (seen += ratio[at]) * 4 < n)
        at++;
    inks->ratio = MIN((float)at / STEPS, MOST_RATIO);
    inks->any = TRUE;
}

gboolean
hanzi_print_of_rgb(const guint8 *rgb, guint width, guint height, gsize stride, guint8 *grey, guint8 *covered,
                   GError **error)
{
    if (!rgb || !width || !height || width > HANZI_MAX_SIDE_PX || height > HANZI_MAX_SIDE_PX || stride < 3 * (gsize)width) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "coloured line picture of %u x %u px", width, height);
        return FALSE;
    }
    Inks inks = {0};
    find_paper(rgb, width, height, stride, &inks);
    find_seal(rgb, width, height, stride, &inks);
    for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++) {
            const guint8 *p = rgb + y * stride + 3 * x;
            gsize at = (gsize)y * width + x;
            if (!inks.any) {
                grey[at] = p[0];
                covered[at] = 0;
                continue;
            }
            float light = inks.density[inks.light][p[inks.light]], dark = inks.density[inks.dark][p[inks.dark]];
            float hue = inks.light_share[inks.light][p[inks.light]] - inks.light_share[inks.dark][p[inks.dark]];
            float sure = CLAMP((hue - COLOURED) / (CERTAIN - COLOURED), 0, 1);
            float black = light - sure * inks.ratio * MAX(0, dark - light) / (1 - inks.ratio);
            covered[at] = hue > CERTAIN ? 255 : 0;
            grey[at] = (guint8)CLAMP(250 * expf(-MAX(0, black)), 0, 255);
        }
    return TRUE;
}
