/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.c: the tallest lines of a page are read, no more.
 */
#include "ocr/seen.h"

#include <math.h>
#include <string.h>

enum { TITLES = 3, EM_PX = 48, WIDEST_PX = 2400 };

static const char *const SHEET_WORDS[] = { "印模", "印章", "印鉴", "采集表", NULL };
static const char *const LICENCE_WORDS[] = { "营业执", "业执照", "法人证书", "登记证书", NULL };

static int
by_height(gconstpointer a, gconstpointer b)
{
    const TextLine *p = *(const TextLine *const *)a, *q = *(const TextLine *const *)b;
    return (p->height_px < q->height_px) - (p->height_px > q->height_px);
}

static char *
read_line(Flat *flat, const Hanzi *hanzi, const TextLine *line)
{
    TextLine wide = *line; /* margins of .3 em above and below, .7 em at the ends */
    double em = line->height_px / 0.93, length = text_line_length(line);
    wide.height_px = 1.6 * em;
    Quad quad = text_line_quad(&wide, -0.7 * em, length + 0.7 * em);
    guint height = (guint)lround(1.6 * EM_PX), width = (guint)CLAMP(lround((length / em + 1.4) * EM_PX), EM_PX, WIDEST_PX);
    g_autoptr(Image) cut = flat_cut(flat, &quad, width, height);
    g_autoptr(Image) ink = ink_of_line(cut, NULL);
    HanziLine picture = { .px = ink->data, .width = width, .height = height, .stride = width, .em_px = EM_PX,
                          .layout = HANZI_SPACED };
    g_auto(HanziReading) reading = { 0 };
    if (!hanzi_read(hanzi, &picture, HANZI_READ_ANY, &reading, NULL))
        return g_strdup("");
    return g_strdup(reading.text);
}

static gboolean
title_has(Flat *flat, const Hanzi *hanzi, const char *const *words)
{
    g_autoptr(GPtrArray) tall = g_ptr_array_new();
    for (guint i = 0; i < flat->lines->len; i++) {
        TextLine *line = g_ptr_array_index(flat->lines, i);
        if (line->blobs->len >= 3 && text_line_length(line) > 3 * line->height_px && line->height_px >= 14)
            g_ptr_array_add(tall, line);
    }
    g_ptr_array_sort(tall, by_height);
    for (guint i = 0; i < MIN(tall->len, TITLES); i++) {
        g_autofree char *text = read_line(flat, hanzi, g_ptr_array_index(tall, i));
        for (const char *const *word = words; *word; word++)
            if (strstr(text, *word))
                return TRUE;
    }
    return FALSE;
}

gboolean
seen_licence_title(Flat *flat, const Hanzi *hanzi)
{
    return title_has(flat, hanzi, LICENCE_WORDS);
}

SeenAs
seen_by_title(Flat *flat, const Hanzi *hanzi)
{
    if (flat->blank)
        return SEEN_BLANK;
    if (title_has(flat, hanzi, SHEET_WORDS))
        return SEEN_SEAL_SHEET;
    flat_turn_over(flat);
    gboolean sheet = title_has(flat, hanzi, SHEET_WORDS);
    flat_turn_over(flat);
    return sheet ? SEEN_SEAL_SHEET : SEEN_UNKNOWN;
}
