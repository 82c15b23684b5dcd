/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hanzi.h: printed Chinese on a picture of one line.
 *
 * Two questions, kept apart:
 *   hanzi_verify  does this line say exactly this text? Each expected character must beat every other
 *                 of about 9,000 characters by a margin; no language model has a say in it.
 *   hanzi_read    what does this line say? No expected text goes in.
 * A text that was read is never turned into the text expected: verify reports, for each character, what
 * stands there instead.
 *
 * The line picture. The caller finds the line and rectifies it: baseline horizontal, em (the side of a
 * full character) near 48 px, margins about .7 em left and right and .3 em above and below, dark ink on
 * light paper, seal ink removed as far as the red channel (or a seal-free grey) removes it. Ems from 24
 * to 64 px, a tilt of up to 2 degrees and margins wrong by .3 em are tolerated; other ink in the left
 * and right margins (a label, a ruled line) is seen and reported. Blur before shrinking.
 *
 * Everything is deterministic and free of globals; a Hanzi is const once open and may be shared by
 * threads and forked children. Coordinates are pixels of the caller's line picture, x to the right,
 * y down, as real numbers (0,0 is the top left corner of the first pixel).
 */
#ifndef SB_OCR_HANZI_H
#define SB_OCR_HANZI_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct Hanzi Hanzi;

enum { HANZI_MAX_SIDE_PX = 16384, HANZI_MAX_PIXELS = 4 << 20, HANZI_MAX_CHARS = 128, HANZI_MAX_LINES = 8 };

/* Switches of a line: how the characters may stand. */
typedef enum {
    HANZI_PLAIN = 0,
    HANZI_SPACED = 1 << 0 /* letters may stand apart, up to 2.4 em a pitch: ring text of a seal, spaced titles */
} HanziLayout;

/* 8-bit grey, 0 black, 255 white, row 0 on top. The pixels stay the caller's. */
typedef struct {
    const guint8 *px;
    guint width, height; /* px; width * height at most HANZI_MAX_PIXELS */
    gsize stride;        /* bytes a row, at least width */
    double em_px;        /* the caller's idea of the em, good to 25 %; 0 = height / 1.6 */
    HanziLayout layout;
    const guint8 *covered; /* or NULL: same geometry and stride; non-zero where coloured ink lay, so that
                              what is seen there is less sure. A character that rests on such pixels is
                              HANZI_CANNOT_JUDGE where it does not pass. */
} HanziLine;

typedef struct {
    double x0, y0, x1, y1;
} HanziBox;

/**
 * hanzi_print_of_rgb:
 * From a coloured crop of one line, rectified as above, the two planes of a HanziLine: the black print
 * with coloured ink (a seal of any hue) taken off, and where that ink lay. Better than the red channel
 * where a seal crosses the line; the same as it where there is no colour.
 *
 * @rgb      R G B bytes, @stride bytes a row
 * @grey     (out) width * height bytes, stride width: HanziLine.px
 * @covered  (out) as many: HanziLine.covered
 *
 * Returns: FALSE with SB_ERROR_IMAGE for a picture without pixels or over a limit.
 */
gboolean hanzi_print_of_rgb(const guint8 *rgb, guint width, guint height, gsize stride, guint8 *grey, guint8 *covered,
                            GError **error);

/* ---- verification ------------------------------------------------------------------------------- */

typedef enum {
    HANZI_PASSES,      /* every character stands there, and nothing else does */
    HANZI_DIFFERS,     /* another character, or more or less text, is printed: a finding */
    HANZI_CANNOT_JUDGE /* the picture does not say: a person must look */
} HanziAnswer;

typedef enum {
    HANZI_WHY_NONE,            /* it passes */
    HANZI_WHY_OTHER_CHARACTER, /* rival is clearly nearer than the expected one */
    HANZI_WHY_INK_OUTSIDE,     /* the text is there, more ink stands before or after it: expected is only a part */
    HANZI_WHY_TOO_SHORT,       /* the ink is not long enough for the text */
    HANZI_WHY_MARGIN,          /* nearest, but a rival is too near */
    HANZI_WHY_TWIN,            /* a near twin (日/曰, 天/夭) could as well stand here */
    HANZI_WHY_FIT,             /* the ink looks like no character well enough (blur, damage, not text) */
    HANZI_WHY_COVERED,         /* under coloured ink, and not clear there */
    HANZI_WHY_UNKNOWN,         /* the expected character is not among the classes */
    HANZI_WHY_NO_LINE          /* no ink, or the picture is too small to hold the text */
} HanziWhy;

typedef struct {
    gunichar expected;
    gunichar rival;   /* the nearest other character; where it is nearer, what seems printed. 0: none */
    HanziAnswer answer;
    HanziWhy why;
    double rho;       /* (d_rival - d_expected) / D2: +1 at the expected one, 0 midway, -1 at the rival;
                         the smallest over all rivals */
    double apart;     /* D2 of that rival: squared distance of the two characters, in spreads of one; 0: no rival */
    double fit;       /* distance to the expected character, 1 = the limit */
    double covered;   /* share 0..1 of this character's ink that lay under coloured ink */
    guint line;       /* 0-based */
    HanziBox box;     /* of its ink, px of that line's picture */
} HanziCharVerdict;

typedef struct {
    HanziAnswer answer;
    HanziWhy why;       /* the reason that decided */
    int at;             /* 0-based index into chars of the character that decided, or -1: the line as a whole */
    guint n;
    HanziCharVerdict *chars; /* n, blanks left out */
    double ink_before, ink_after; /* ink outside the text, in average characters */
    double fit_median;  /* 1 = the limit */
    double em_px;       /* as measured, of the first line */
} HanziVerdict;

/**
 * hanzi_open:
 * Load a model made by ocr/hanzi/train.
 * Returns: (transfer full) the classifier, or NULL with
 *   SB_ERROR_ENV  the file is missing, damaged or of another version
 * About 10 MB of memory.
 */
Hanzi *hanzi_open(const char *path, GError **error);
void hanzi_free(Hanzi *hanzi);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hanzi, hanzi_free)

/**
 * hanzi_verify:
 * Does the line say exactly @expected?
 *
 * @expected  UTF-8, 1..HANZI_MAX_CHARS characters; blanks do not count; full and half width forms are
 *            one (（ and (, Ａ and A); · stands for every middle dot.
 * @verdict   (out) filled on TRUE; release with hanzi_verdict_clear
 *
 * Returns: TRUE with a verdict, whatever it says; FALSE with
 *   SB_ERROR_INPUT  @expected is empty, too long or not UTF-8
 *   SB_ERROR_IMAGE  the line picture has no pixels, a bad stride, or is over a limit
 */
gboolean hanzi_verify(const Hanzi *hanzi, const HanziLine *line, const char *expected, HanziVerdict *verdict,
                      GError **error);

/**
 * hanzi_verify_lines:
 * As hanzi_verify for a text printed on @n_lines lines one under the other (1..HANZI_MAX_LINES). Where the text wraps is not
 * known and is found. Every line must hold some of it.
 */
gboolean hanzi_verify_lines(const Hanzi *hanzi, const HanziLine *lines, guint n_lines, const char *expected,
                            HanziVerdict *verdict, GError **error);

/**
 * hanzi_verify_among:
 * As hanzi_verify, but only hanzi of which @can_stand is TRUE are rivals: where the caller knows what such a text is
 * made of, a twin that nobody writes there (冮 for 江) is none.
 */
gboolean hanzi_verify_among(const Hanzi *hanzi, const HanziLine *line, const char *expected,
                            gboolean (*can_stand)(gunichar), HanziVerdict *verdict, GError **error);

void hanzi_verdict_clear(HanziVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HanziVerdict, hanzi_verdict_clear)

/* Stable lower-case words for JSON and logs: "passes", "other_character", ... */
const char *hanzi_answer_word(HanziAnswer answer);
const char *hanzi_why_word(HanziWhy why);

/* ---- free reading ------------------------------------------------------------------------------- */

typedef enum {
    HANZI_READ_ANY = 0,
    HANZI_READ_NAME = 1 << 0,  /* a company's name: a small prior of their vocabulary may break near ties */
    HANZI_READ_PERSON = 1 << 1,/* a person's name: hanzi and · only */
    HANZI_READ_DIGITS = 1 << 2 /* digits and . - / : 年 月 日 至 only: dates, numbers */
} HanziReadAs;

enum { HANZI_CHOICES = 5 };

typedef struct {
    gunichar c;
    double p; /* 0..1 */
} HanziChoice;

typedef struct {
    gunichar c;
    double confidence;            /* 0..1, calibrated on damaged lines: about the chance that c is right */
    HanziChoice choice[HANZI_CHOICES]; /* best first, as seen, before any prior; c == 0 ends the list */
    double covered;               /* as in HanziCharVerdict */
    gboolean by_prior;            /* the prior put c before the choice that looked best */
    guint line;
    HanziBox box;
} HanziReadChar;

typedef struct {
    char *text;        /* UTF-8; brackets full width beside hanzi, Latin and digits half width, · for dots */
    double confidence; /* 0..1 that the whole line is right */
    guint n;
    HanziReadChar *chars;
    double em_px;      /* as measured */
} HanziReading;

/**
 * hanzi_read:
 * What does the line say? Hanzi, digits, Latin letters, brackets, · - . , : / and the like.
 * @as       what kind of text it is, known from the place on the page, never from the form
 * @reading  (out) filled on TRUE (an empty line gives text ""); release with hanzi_reading_clear
 * Returns: FALSE with SB_ERROR_IMAGE as hanzi_verify.
 */
gboolean hanzi_read(const Hanzi *hanzi, const HanziLine *line, HanziReadAs as, HanziReading *reading, GError **error);

void hanzi_reading_clear(HanziReading *reading);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HanziReading, hanzi_reading_clear)

/**
 * hanzi_classify_cell:
 * One character that stands alone on its picture (the caller has cut it out: ring text, a name seal).
 * @choices  (out) HANZI_CHOICES best first; c == 0 ends the list
 * Returns: FALSE with SB_ERROR_IMAGE, also where there is no ink.
 */
gboolean hanzi_classify_cell(const Hanzi *hanzi, const HanziLine *cell, HanziChoice choices[HANZI_CHOICES],
                             GError **error);

/* The folding under which verify and read compare: full width to half width, brackets, dots; every
 * character of a company's or a person's name as one class. */
gunichar hanzi_fold(gunichar c);

G_END_DECLS

#endif
