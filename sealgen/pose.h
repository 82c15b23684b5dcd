/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pose.h: the map from a sheet's millimetres to a picture, from whatever is known about some of it:
 * edges of the paper, circles that are known to be circles, printed lines; and how sure the millimetres are.
 */
#ifndef SB_SEALGEN_POSE_H
#define SB_SEALGEN_POSE_H

#include "core/geometry.h"

G_BEGIN_DECLS

/* A point of the picture whose x (or y) on the sheet is known. */
typedef struct {
    Point px;
    gboolean vertical; /* FALSE: it is x that is known */
    double mm;
    double sigma_px;
} PoseFix;

/* An ellipse of the picture that is a circle on the sheet: any two conjugate half axes, pixels. */
typedef struct {
    Point px, half_u, half_v;
    double sigma; /* of its roundness, relative: 0.01 */
} PoseRound;

/* A printed line of the picture that runs along the sheet's x (or y), wherever it stands. */
typedef struct {
    Point a, b;
    gboolean vertical; /* TRUE: along y */
    double sigma_px;
} PoseRule;

typedef struct {
    const PoseFix *fixes;
    const PoseRound *rounds;
    const PoseRule *rules;
    guint n_fixes, n_rounds, n_rules;
} PoseEvidence;

/* Seen askew, but not wildly: what is not measured keeps to square pixels and little perspective. */
typedef struct {
    Homography mm_to_px;
    double misfit;          /* root mean square of the residuals in their sigmas, priors left out */
    double scale_sigma;     /* of lengths, relative, one sigma, at @middle_mm */
    double roundness_sigma; /* of width over height there */
} Pose;

/**
 * pose_solve: least squares over the eight numbers of a homography.
 * @start      where to begin: right within some ten per cent
 * @reach_px   half the longer side of the picture
 * @middle_mm  where the page's middle is about, and where the certainty is asked for
 * Returns: FALSE where no solution was found.
 */
gboolean pose_solve(const PoseEvidence *evidence, const Homography *start, double reach_px, Point middle_mm,
                    Pose *pose);

G_END_DECLS

#endif
