/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tess.h: the one home of Tesseract: a model is opened, and grey pictures are read with it.
 *
 * LSTM only, so the answer is deterministic. OMP_THREAD_LIMIT=1 must stand in the environment before
 * the program starts (libgomp reads it once): without it a page costs six times the CPU.
 * One Tess serves one thread; a forked child may use its parent's.
 */
#ifndef SB_OCR_TESS_H
#define SB_OCR_TESS_H

#include "core/error.h"
#include "core/image.h"

G_BEGIN_DECLS

typedef struct Tess Tess;

enum { TESS_MAX_SIDE_PX = 8192, TESS_MAX_PIXELS = 40 << 20, TESS_CHOICES = 4 };

typedef enum {
    TESS_LINE,     /* psm 7: one line; edge noise is trimmed, may come back empty */
    TESS_RAW_LINE, /* psm 13: one line straight into the net; never empty, keeps edge characters */
    TESS_BLOCK,    /* psm 6: one block of lines */
    TESS_PAGE      /* psm 3: a whole page with layout analysis: costs 0.5 to 5 CPU-s */
} TessMode;

typedef struct {
    char text[8];      /* one character, UTF-8 */
    double confidence; /* 0..100 */
} TessChoice;

typedef struct {
    char text[8];           /* one character, UTF-8 */
    double confidence;      /* 0..100. No gate: 90 is reached on lines that are wrong */
    double x0, y0, x1, y1;  /* px of the picture given; rough in x: the net's own idea of time */
    gboolean begins_word;   /* a blank or a line's start stands before it */
    gboolean begins_line;
    guint n_choices;        /* 0 where the model has no word list or choices were not asked for */
    TessChoice choices[TESS_CHOICES]; /* best first */
} TessSymbol;

typedef struct {
    char *text;      /* all symbols, words separated by one blank, lines by '\n'; "" where nothing was read */
    GArray *symbols; /* (element-type TessSymbol) */
    double confidence; /* mean over the symbols, 0 when empty */
} TessReading;

void tess_reading_free(TessReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TessReading, tess_reading_free)

/**
 * tess_open:
 * Load @model ("eng", "chi_sim", "sbcode") for reading.
 *
 * @model_dir  folder of MODEL.traineddata, or NULL for Tesseract's own
 * @letters    the only characters that may come back, or NULL for all of the model's
 * @choices    also give each symbol's choices; only for a model with a word list
 *
 * Returns: (transfer full) or NULL with SB_ERROR_ENV naming the model. eng takes 53, chi_sim 75 ms.
 */
Tess *tess_open(const char *model_dir, const char *model, const char *letters, gboolean choices, GError **error);
void tess_free(Tess *tess);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tess, tess_free)

/**
 * tess_read: read @grey (1 channel, dark on light, capitals best 14..24 px high).
 * Returns: (transfer full) the reading, empty when there is nothing; or NULL with
 *   SB_ERROR_INPUT  not 1 channel, or larger than the limits
 *   SB_ERROR_IMAGE  Tesseract refused the picture
 */
TessReading *tess_read(Tess *tess, const Image *grey, TessMode mode, GError **error);

G_END_DECLS

#endif
