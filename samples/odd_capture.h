/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * odd_capture.h: uploads as they really come: scanner glass larger than the paper, a density that is
 * wrong or missing, phones held anyhow, pictures that went through a messenger.
 */
#ifndef SB_SAMPLES_ODD_CAPTURE_H
#define SB_SAMPLES_ODD_CAPTURE_H

#include "samples/capture.h"

G_BEGIN_DECLS

typedef enum { CUT_TOP = 1, CUT_RIGHT = 2, CUT_BOTTOM = 4, CUT_LEFT = 8 } OddCut;

typedef struct {
    const char *name;
    Level level; /* the truth's: LEVEL_SCAN, LEVEL_PHOTO or LEVEL_HARD */
    /* scans: */
    guint dpi;           /* 0: a photo */
    int claims;          /* what the file says: -1 nothing, 0 the truth, else this */
    double bed_w, bed_h; /* millimetres of glass, 0: the paper's size */
    guint8 lid;          /* grey behind the paper */
    guint turns;         /* quarter turns clockwise, scans and photos */
    gboolean grey, pdf;
    /* photos: */
    double megapixels;
    OddCut cut;      /* edges that lie outside of the picture */
    double share;    /* of the paper's side that is cut away */
    double tilt;     /* how strong the perspective is, 0..1 */
    double bulge_mm; /* the paper is not flat */
    double shadow;   /* 0..1 */
    guint8 desk[3];  /* R G B */
    guint exif;      /* 0: no tag */
    /* both: */
    int quality;
    double gain;
    guint resized; /* longer side after a messenger, 0: as it was */
} OddCapture;

extern const OddCapture odd_captures[];
extern const guint odd_captures_n;

void odd_capture(const Canvas *canvas, const OddCapture *how, Rng *rng, Captured *out);

G_END_DECLS

#endif
