/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impression.h: one impression on one page, from where it was found to what its ink looks like.
 */
#ifndef SB_SEALGEN_IMPRESSION_H
#define SB_SEALGEN_IMPRESSION_H

#include "sealgen/ink.h"
#include "sealgen/outline.h"
#include "sealgen/scale.h"

G_BEGIN_DECLS

typedef struct {
    guint page;     /* into the pages given */
    Outline place;  /* on the page: centre, width, height in page millimetres */
    double ink_mm2; /* ink of the seal's colour, as found at low resolution */
    SealInk ink;
    gboolean photo;      /* its page was flattened from paper edges */
    gboolean overlapped; /* another impression lies over it */
    double fineness;     /* pixels of the page a millimetre */
    SampleReasons reasons;

    /* the crop: pixel (x, y) of both planes lies at origin_mm + (x, y) / alpha->ppm of the page */
    Plane *alpha;   /* the seal's ink, 1 = full */
    Plane *foreign; /* density of other ink */
    Point origin_mm;
    Outline outline;      /* in pixels of the planes; width and height are the measured size * ppm */
    double foreign_share; /* of the outline's area */
    double stroke_mm;     /* mean width of its strokes: ink that has run makes them wide */

    /* against the upright page */
    Point upright_mm; /* where its centre lies when the page is turned upright */
    guint row;        /* rows of impressions from the top, counted over all pages */
    double turn_deg;  /* clockwise turn of the impression in the page's frame */
    double turn_confidence;
    int ordered;     /* into the order's seals where our own form says so, else -1 */
    double likeness; /* mean likeness with the others of its seal, 1 where it is alone */
} Impression;

Impression *impression_new(guint page);
void impression_free(Impression *impression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Impression, impression_free)

double impression_width_mm(const Impression *impression);
double impression_height_mm(const Impression *impression);

G_END_DECLS

#endif
