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

/*
 * A blank sheet where @canvas is NULL (A4 portrait). @worst: at LEVEL_HARD anything that happens to uploads; without,
 * only what leaves the paper flat and its millimetres true.
 */
void capture(const Canvas *canvas, Level level, gboolean worst, Rng *rng, Captured *out);

/* capture_hard.c: the @worst of LEVEL_HARD. */
void capture_hard(const Image *paper, double w_mm, double h_mm, Rng *rng, Captured *out);

/* The pieces, for other captures. @dpi 0: none is written; @orientation 0 or 1: no tag. */
GBytes *capture_jpeg(const Image *image, int quality, guint dpi, guint orientation);
GBytes *capture_pdf(GBytes *jpeg, guint width, guint height, double dpi);
Image *capture_jpeg_decode(GBytes *bytes);
void capture_blur(Image *image, guint times);

G_END_DECLS

#endif
