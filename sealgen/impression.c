/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impression.c: an impression's memory and its two sizes.
 */
#include "sealgen/impression.h"

Impression *
impression_new(guint page)
{
    Impression *impression = g_new0(Impression, 1);
    impression->page = page;
    impression->ordered = -1;
    return impression;
}

void
impression_free(Impression *impression)
{
    if (!impression)
        return;
    plane_free(impression->alpha);
    plane_free(impression->foreign);
    g_free(impression);
}

double
impression_width_mm(const Impression *impression)
{
    return impression->alpha ? impression->outline.width / impression->alpha->ppm : impression->place.width;
}

double
impression_height_mm(const Impression *impression)
{
    return impression->alpha ? impression->outline.height / impression->alpha->ppm : impression->place.height;
}
