/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * find.h: where on a flattened page impressions lie, whatever the form looks like.
 */
#ifndef SB_SEALGEN_FIND_H
#define SB_SEALGEN_FIND_H

#include "sealgen/impression.h"
#include "sealgen/places.h"
#include "sealgen/rules.h"

G_BEGIN_DECLS

#define FIND_PPM 4.0

/* What is on the page besides impressions. */
typedef struct {
    double print_mm2;    /* black print and writing */
    double coloured_mm2; /* coloured ink */
    Point print_centre;  /* mean place of the print, page millimetres */
    double text_across;  /* > 1: text lines run along x; < 1: along y */
    GArray *places;      /* (element-type Place) owned: boxes to stamp in */
    GArray *lines;       /* (element-type RuleLine) owned: long printed lines that are not coloured, page millimetres */
    guint8 *rules;       /* owned: where a coloured line was taken out, at FIND_PPM; NULL where there was none */
    guint rules_width, rules_height;
} PageTraits;

void page_traits_clear(PageTraits *traits);

/**
 * find_impressions: blobs of coloured ink, fitted; touching ones are told apart.
 * @flat   the page at FIND_PPM; @light its bare paper
 * @rim_mm what is nearer to the frame than this is not looked at: the desk shines in there
 * Returns: (transfer full) (element-type Impression) in no particular order, without crops.
 */
GPtrArray *find_impressions(const Image *flat, const PaperLight *light, double rim_mm, guint page, PageTraits *traits);

G_END_DECLS

#endif
