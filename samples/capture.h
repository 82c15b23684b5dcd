/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture.h: paper into an upload: scanned or photographed, as JPEG, PNG or PDF.
 */
#ifndef SB_SAMPLES_CAPTURE_H
#define SB_SAMPLES_CAPTURE_H

#include "samples/canvas.h"
#include "samples/invent.h"

G_BEGIN_DECLS

/* LEVEL_SMALL: a plain 200 dpi scan in a small file, for the orders that are kept in the repository. */
typedef enum { LEVEL_CLEAN, LEVEL_SCAN, LEVEL_PHOTO, LEVEL_HARD, LEVEL_SMALL, LEVELS } Level;

typedef struct {
    GBytes *bytes;
    const char *suffix;  /* "jpg", "png", "pdf" */
    Homography mm_to_px; /* into the stored picture */
    guint width, height; /* of the stored picture */
    double dpi;          /* the true one, 0 for photos */
} Captured;

/* A blank sheet where @canvas is NULL (A4 portrait). */
void capture(const Canvas *canvas, Level level, Rng *rng, Captured *out);

/* The pieces, for other captures. @dpi 0: none is written; @orientation 0 or 1: no tag. */
GBytes *capture_jpeg(const Image *image, int quality, guint dpi, guint orientation);
GBytes *capture_pdf(GBytes *jpeg, guint width, guint height, double dpi);
void capture_blur(Image *image, guint times);

G_END_DECLS

#endif
