/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * train.h: the parts of the trainer: faces and their glyphs, damage, linear algebra, the model file.
 */
#ifndef SB_OCR_HANZI_TRAIN_H
#define SB_OCR_HANZI_TRAIN_H

#include "ocr/hanzi/inner.h"

/* Our own generator, so that a seed means the same model everywhere (splitmix64). */
typedef struct {
    guint64 state;
} Dice;

Dice dice_new(guint64 seed, guint64 a, guint64 b, guint64 c);
double dice_unit(Dice *d);                          /* 0 <= x < 1 */
double dice_range(Dice *d, double low, double high);
double dice_normal(Dice *d);

typedef struct Face Face; /* one face of one file, its characters as outlines */

typedef struct {
    char *family;   /* what --without names */
    int style;      /* 0 Song, 1 Hei, 2 Kai, 3 Fang */
    gboolean latin; /* gives Latin letters, digits and signs only */
    Face *face;
    guint number;   /* its line in faces.txt, so that leaving others out changes no dice */
} TrainFace;

/**
 * faces_load:
 * Open the faces that faces.txt lists (style family flags index path), without the families in @without
 * (comma separated, or NULL). With @only, those families alone. A file that is missing is an error:
 * another set of faces is another model.
 */
GPtrArray *faces_load(const char *list, const char *without, const char *only, GError **error);

/* The real glyph of c, never .notdef and never blank; FALSE where the face has none. geometry may be NULL. */
gboolean face_has(Face *face, gunichar c);
gboolean face_geometry(Face *face, gunichar c, int geometry[HZ_GEOMETRY]);

/* Paint c's coverage at em_px with its origin at (x, baseline); weight in ems. FALSE where the face lacks it. */
gboolean face_paint(Face *face, gunichar c, double em_px, double weight, double x, double baseline, guint8 *canvas,
                    int width, int height);

/* How badly one drawn character is treated. */
typedef struct {
    double em_px_low, em_px_high;
    double blur_em;   /* largest sigma of the blur */
    double noise;     /* largest sigma of the noise, grey levels */
} Harm;

extern const Harm harm_training, harm_clean, harm_light, harm_medium, harm_heavy;

/**
 * draw_cell:
 * c as a scanner might see it, at em HZ_EM, the way hz_line_new hands it on.
 * @ink (out) its px are the caller's buffer of DRAW_SIDE * DRAW_SIDE; @rect the cell's cut.
 */
enum { DRAW_SIDE = 96 };
gboolean draw_cell(Face *face, gunichar c, const Harm *harm, Dice *dice, HzInk *ink, HzRect *rect);

/* Symmetric n x n, row major: eigenvectors in the rows of vectors, values descending. Jacobi. */
void eigen_symmetric(double *a, guint n, double *values, double *vectors);

/* The classes: hanzi of classes.txt and the signs; ascending, folded. */
GArray *classes_load(const char *path, GError **error);
/* All characters that are drawn for a class: itself and what folds to it. */
guint class_variants(gunichar c, gunichar out[4]);

/* The prior of free reading, into m->everyday and m->pairs. */
gboolean words_load(Hanzi *m, const char *path, GError **error);

gboolean model_write(const Hanzi *model, const char *path, GError **error);

#endif
