/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * image.h: pixels in memory, the one picture type that the folders hand each other.
 *
 * 8 bits a sample, 1 (grey) or 3 (R G B) samples a pixel, row 0 on top, rows without padding:
 * pixel (x, y) starts at data[(y * width + x) * channels]. 255 is white.
 */
#ifndef SB_CORE_IMAGE_H
#define SB_CORE_IMAGE_H

#include "core/geometry.h"

G_BEGIN_DECLS

typedef struct {
    guint width, height;
    guint channels; /* 1 or 3 */
    guint8 *data;   /* owned */
} Image;

/* @width and @height 1..65535, contents undefined. */
Image *image_new(guint width, guint height, guint channels);
Image *image_copy(const Image *image);
void image_free(Image *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Image, image_free)

typedef enum {
    IMAGE_RED, /* red seals and the blue pattern of ID cards fade */
    IMAGE_GREEN,
    IMAGE_BLUE,
    IMAGE_LUMA, /* 0.299 R + 0.587 G + 0.114 B */
    IMAGE_MIN,  /* the darkest of the three: every ink is dark */
    IMAGE_MAX   /* the lightest: coloured ink fades whatever its colour */
} ImagePlane;

/* A grey copy of one plane (a plain copy where @image is grey). */
Image *image_plane(const Image *image, ImagePlane plane);

/* The picture a viewer shows for the EXIF @orientation 1..8, and the way back for pixels of that stored size. */
Image *image_orient(const Image *stored, guint orientation);
Homography image_orientation_to_stored(guint orientation, guint stored_width, guint stored_height);

/* Turn by @quarter_turns_cw x 90 degrees clockwise, loss-free. */
Image *image_turn(const Image *image, guint quarter_turns_cw);

/* Shrink by the integral @factor (2..16), each pixel the mean of a factor x factor block. */
Image *image_shrink(const Image *image, guint factor);

/*
 * Sample a @width x @height picture: its pixel p comes from @to_source(p) in @source, bilinear, with
 * box supersampling where it shrinks; what falls outside is @outside (0..255).
 */
Image *image_warp(const Image *source, const Homography *to_source, guint width, guint height, guint8 outside);

G_END_DECLS

#endif
