/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h: the colour picture that line.c prints on and damages, in real numbers: 0 black, 1 white.
 */
#ifndef SB_OCR_MODEL_CANVAS_H
#define SB_OCR_MODEL_CANVAS_H

#include "core/image.h"

G_BEGIN_DECLS

typedef struct {
    int width, height;
    float *plane[3]; /* R G B, width * height each */
} Canvas;

typedef struct {
    float rgb[3];
} Ink;

Canvas *canvas_new(int width, int height, Ink paper);
void canvas_free(Canvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)

/* Uniform in low..high; TRUE with this probability. */
double rand_in(GRand *rand, double low, double high);
gboolean rand_chance(GRand *rand, double probability);

/* Lay @ink over the canvas as a filter: light that passes is multiplied where @cover (bytes, stride) is. */
void canvas_print(Canvas *canvas, const guint8 *cover, int stride, Ink ink, double strength);

/* Damage of the camera or scanner, each in place. */
void canvas_light(Canvas *canvas, double amount, GRand *rand);   /* uneven light, shadow, glare */
void canvas_moire(Canvas *canvas, double amplitude, GRand *rand);
void canvas_blur(Canvas *canvas, double sigma_x, double sigma_y);
void canvas_sharpen(Canvas *canvas, double amount);
void canvas_noise(Canvas *canvas, double sigma, GRand *rand);
void canvas_tone(Canvas *canvas, double gamma);
void canvas_threshold(Canvas *canvas, double at);                /* a black-and-white copy */
void canvas_jpeg(Canvas *canvas, int quality, gboolean halve_colour);

/* A new canvas of this size: area mean where it shrinks, cubic where it grows. (x, y, w, h): the part. */
Canvas *canvas_resample(const Canvas *canvas, double x, double y, double w, double h, int width, int height);

/* Mix the planes to bytes. */
Image *canvas_grey(const Canvas *canvas, const float mix[3]);
/* The lightest of the three planes. */
Image *canvas_lightest(const Canvas *canvas);

G_END_DECLS

#endif
