/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.c: colour, seals and light of a document, on a picture of about two pixels a millimetre. */
#include "ocr/look.h"

#include <math.h>
#include <string.h>

#include "ocr/card_ink.h"

enum { PX_PER_MM = 2, COLOURED = 40, SEAL_CHROMA = 64, TINTED = 9, BURNT = 253, DARK = 70, LIGHT_CELLS = 4 };

#define SEAL_LEAST_MM 26.0
#define SEAL_MOST_MM 62.0
#define COLOUR_SHARE 0.01  /* of a document: labels, portrait or emblem in colour are more */
#define BURNT_SHARE 0.03   /* of a document */
#define UNEVEN_LIGHT 1.25  /* lightest part of the page over its darkest */

/* The level below which @share of the values lie. */
static guint
percentile(const guint32 counts[256], double share)
{
    guint64 all = 0, seen = 0;
    for (guint v = 0; v < 256; v++)
        all += counts[v];
    for (guint v = 0; v < 256; v++) {
        seen += counts[v];
        if (seen > (guint64)(share * (double)all))
            return v;
    }
    return 255;
}

/*
 * Distance of the channels, 0..255, after the paper's own tint is divided out. @warm: of pixels with more red than
 * blue, else 0; @cool: of the others.
 */
static Image *
chroma_of(const Image *image, Image **warm, Image **cool)
{
    Image *out = image_new(image->width, image->height, 1);
    *warm = image_new(image->width, image->height, 1);
    *cool = image_new(image->width, image->height, 1);
    gsize n = (gsize)image->width * image->height;
    guint paper[3];
    for (guint c = 0; c < 3; c++) {
        guint32 counts[256] = { 0 };
        for (gsize i = 0; i < n; i++)
            counts[image->data[3 * i + c]]++;
        paper[c] = MAX(percentile(counts, 0.9), 32);
    }
    for (gsize i = 0; i < n; i++) {
        guint v[3], high = 0, low = 255;
        for (guint c = 0; c < 3; c++) {
            v[c] = MIN(255u, image->data[3 * i + c] * 255u / paper[c]);
            high = MAX(high, v[c]);
            low = MIN(low, v[c]);
        }
        out->data[i] = (guint8)(high - low);
        (*warm)->data[i] = v[0] >= v[2] ? out->data[i] : 0;
        (*cool)->data[i] = v[0] < v[2] ? out->data[i] : 0;
    }
    return out;
}

/* 255 where @chroma is above @level, one pixel (half a millimetre) fatter. */
static Image *
coloured_ink(const Image *chroma, guint level)
{
    Image *out = image_new(chroma->width, chroma->height, 1);
    memset(out->data, 0, (gsize)out->width * out->height);
    for (gint y = 0; y < (gint)chroma->height; y++)
        for (gint x = 0; x < (gint)chroma->width; x++) {
            if (chroma->data[(gsize)y * chroma->width + (gsize)x] <= level)
                continue;
            for (gint j = MAX(y - 1, 0); j <= MIN(y + 1, (gint)chroma->height - 1); j++)
                for (gint i = MAX(x - 1, 0); i <= MIN(x + 1, (gint)chroma->width - 1); i++)
                    out->data[(gsize)j * out->width + (gsize)i] = 255;
        }
    return out;
}

/* The size of a seal and neither a line nor a solid patch. */
static gboolean
is_seal(const Mark *m, double px_per_mm)
{
    double w = (m->x1 - m->x0 + 1) / px_per_mm, h = (m->y1 - m->y0 + 1) / px_per_mm;
    double filled = m->area / (w * h * px_per_mm * px_per_mm);
    return MIN(w, h) >= SEAL_LEAST_MM && MAX(w, h) <= SEAL_MOST_MM && w < 1.6 * h && h < 1.6 * w && filled > 0.08 &&
           filled < 0.7;
}

/* Add the boxes of seals in @chroma, one hue alone: handwriting in blue may cross a red seal. */
static void
add_seals(const Image *chroma, double px_per_mm, GArray *seals)
{
    g_autoptr(Image) ink = coloured_ink(chroma, SEAL_CHROMA);
    g_autoptr(GArray) marks = ink_marks(ink, 40, 400);
    for (guint i = 0; i < marks->len; i++) {
        const Mark *m = &g_array_index(marks, Mark, i);
        if (is_seal(m, px_per_mm))
            g_array_append_val(seals, *m);
    }
}

static gboolean
inside(const Quad *q, double x, double y)
{
    for (guint i = 0; i < 4; i++) {
        Point a = q->p[i], b = q->p[(i + 1) % 4];
        if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0)
            return FALSE;
    }
    return TRUE;
}

typedef struct {
    guint all, coloured, burnt;
    guint tint; /* median chroma */
} Counts;

/* Over the document, without what lies in a seal. */
static Counts
count_inside(const Image *image, const Image *chroma, const Quad *quad, const GArray *seals)
{
    Counts c = { 0 };
    guint32 tints[256] = { 0 };
    for (guint y = 0; y < image->height; y++)
        for (guint x = 0; x < image->width; x++) {
            gboolean sealed = FALSE;
            for (guint k = 0; k < seals->len && !sealed; k++) {
                const Mark *m = &g_array_index(seals, Mark, k);
                sealed = (gint)x >= m->x0 && (gint)x <= m->x1 && (gint)y >= m->y0 && (gint)y <= m->y1;
            }
            if (sealed || !inside(quad, x, y))
                continue;
            const guint8 *p = image->data + ((gsize)y * image->width + x) * image->channels;
            c.all++;
            guint8 tint = chroma ? chroma->data[(gsize)y * image->width + x] : 0;
            tints[tint]++;
            c.coloured += tint > COLOURED;
            c.burnt += p[0] >= BURNT && (image->channels == 1 || (p[1] >= BURNT && p[2] >= BURNT));
        }
    c.tint = percentile(tints, 0.5);
    return c;
}

/* The 80th percentile of each part of the page: lightest over darkest of those that are paper at all. */
static double
unevenness(const Image *image, guint *lightest)
{
    guint low = 255;
    *lightest = 0;
    for (guint cy = 0; cy < LIGHT_CELLS; cy++)
        for (guint cx = 0; cx < LIGHT_CELLS; cx++) {
            guint32 counts[256] = { 0 };
            for (guint y = cy * image->height / LIGHT_CELLS; y < (cy + 1) * image->height / LIGHT_CELLS; y++)
                for (guint x = cx * image->width / LIGHT_CELLS; x < (cx + 1) * image->width / LIGHT_CELLS; x++)
                    counts[image->data[((gsize)y * image->width + x) * image->channels]]++;
            guint level = percentile(counts, 0.8);
            *lightest = MAX(*lightest, level);
            low = MIN(low, level);
        }
    return (double)*lightest / MAX(low, 1);
}

static gboolean
is_cut(const Quad *quad, const Image *image)
{
    double slack = 0.01 * MAX(image->width, image->height);
    for (guint i = 0; i < 4; i++)
        if (quad->p[i].x < -slack || quad->p[i].y < -slack || quad->p[i].x > image->width + slack ||
            quad->p[i].y > image->height + slack)
            return TRUE;
    return FALSE;
}

void
look_at_document(const Image *page, const LookPlace *place, Document *document)
{
    guint factor = (guint)CLAMP(place->px_per_mm / PX_PER_MM, 1, 16), lightest;
    double scale = 1.0 / factor, px_per_mm = place->px_per_mm * scale;
    g_autoptr(Image) small = image_shrink(page, factor);
    g_autoptr(Image) warm = NULL;
    g_autoptr(Image) cool = NULL;
    g_autoptr(Image) chroma = small->channels == 3 ? chroma_of(small, &warm, &cool) : NULL;
    g_autoptr(GArray) seals = g_array_new(FALSE, FALSE, sizeof(Mark));
    if (chroma) {
        add_seals(warm, px_per_mm, seals);
        add_seals(cool, px_per_mm, seals);
    }
    Homography shrink = homography_scale(scale, scale);
    Quad quad = homography_apply_quad(&shrink, &place->quad);
    Counts c = count_inside(small, chroma, &quad, seals);
    double uneven = unevenness(small, &lightest);
    document->stamp_present = seals->len > 0;
    if (c.all == 0)
        return;
    gboolean coloured = c.coloured > COLOUR_SHARE * c.all || c.tint > TINTED;
    document->capture = !coloured ? CAPTURE_GREY_COPY : uneven > UNEVEN_LIGHT ? CAPTURE_PHOTO : CAPTURE_SCAN;
    if (uneven > UNEVEN_LIGHT && c.burnt > BURNT_SHARE * c.all)
        document->quality |= QUALITY_GLARE;
    if (lightest < DARK)
        document->quality |= QUALITY_DARK;
    if (is_cut(&quad, small))
        document->quality |= QUALITY_CUT_BORDER;
}
