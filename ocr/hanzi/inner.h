/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inner.h: what the files of ocr/hanzi and its trainer share; nobody else includes it.
 *
 * The way of a line: hz_line_new (darkness at em 48, level) -> cuts (cut.c, or read.c's lattice) ->
 * hz_cell_features -> hz_project -> distances to the prototypes (match.c) -> verify.c or read.c.
 */
#ifndef SB_OCR_HANZI_INNER_H
#define SB_OCR_HANZI_INNER_H

#include "ocr/hanzi/hanzi.h"

enum {
    HZ_EM = 48,                                            /* px of an em inside */
    HZ_GRID = 64,                                          /* a cell's raster */
    HZ_ZONES = 8, HZ_DIRECTIONS = 8,
    HZ_GRADIENT = HZ_ZONES * HZ_ZONES * HZ_DIRECTIONS,     /* 512 */
    HZ_FEATURES = HZ_GRADIENT + 2,                         /* and the two spreads */
    HZ_DIMS = 160,
    HZ_HEAD = 32,                                          /* dimensions that part most classes */
    HZ_STYLES = 4,                                         /* Song, Hei, Kai, Fang */
    HZ_SETS = 1 + HZ_STYLES,                               /* set 0: mean over all faces */
    HZ_FIRST_HANZI = 0x3400,                               /* lower codes are letters, digits, signs */
    HZ_INK = 40,                                           /* darkness below it is paper */
    HZ_HEIGHT = 78, HZ_MIDDLE = 39,                        /* rows of a levelled line; the hanzi's middle */
    HZ_TOP = HZ_MIDDLE - 28, HZ_BOTTOM = HZ_MIDDLE + 28    /* rows that a cell may use */
};

/* One picture of darkness: 0 paper, about 230 full ink. */
typedef struct {
    guint8 *px;
    int width, height;
} HzInk;

typedef struct {
    double mass, cx, cy, sx, sy; /* of max(darkness - HZ_INK, 0): sum, centroid, spread, px */
} HzMoments;

typedef struct {
    int x0, y0, x1, y1; /* half open, px of the ink picture */
} HzRect;

struct Hanzi {
    guint n;                                       /* classes */
    guint first_hanzi;                             /* signs, letters and digits come before it */
    gunichar *code;                                /* n, ascending */
    float *projection;                             /* HZ_DIMS rows of HZ_FEATURES */
    float mean[HZ_DIMS];                           /* the projected mean of all, subtracted */
    gint8 *proto[HZ_SETS];                         /* n rows of HZ_DIMS, in steps of HZ_STEP within-class sigmas */
    gint8 *head;                                   /* n rows of HZ_HEAD: how proto[0]'s begin, or NULL (training) */
    guint8 *geometry;                              /* n rows of HZ_GEOMETRY */
    guint8 *everyday;                              /* n: 1 for GB 2312's first level; the prior of reading */
    guint32 *pairs;                                /* n_pairs, ascending: class << 16 | class that follows it */
    guint n_pairs;
    guint8 *own;                                   /* n rows of 2: see HZ_OWN */
};

#define HZ_STEP 0.1f

/* Where a class's ink lies in its em, in 1/100 em above 0: mean of width, height, top, bottom, advance;
 * top and bottom from the top of the em box (ascender line of a hanzi). */
enum { HZ_GEO_WIDTH, HZ_GEO_HEIGHT, HZ_GEO_TOP, HZ_GEO_BOTTOM, HZ_GEO_ADVANCE,
       HZ_GEO_WIDTH_SD, HZ_GEO_HEIGHT_SD, HZ_GEO_CENTRE_SD, HZ_GEOMETRY };

/* How far samples of a class lie from it (mean of the two sets' distances, sigmas squared): mean and
 * spread over damaged samples, in steps of HZ_OWN. Signs scatter far more than hanzi. */
#define HZ_OWN 8.0
#define HZ_ORDINARY 150.0 /* an ordinary hanzi's */

/* line.c: a line at em HZ_EM, level. A picture without contrast has ink.width 0. */
typedef struct {
    HzInk ink;               /* HZ_HEIGHT rows */
    guint8 *covered;         /* same geometry, or NULL */
    double scale;            /* caller's px a px here */
    double steepness;        /* of the ink's edges: mean step from pixel to pixel there, darkness levels */
    double middle, slope;    /* caller's row of HZ_MIDDLE at column 0, and its rise a column */
} HzLine;

HzLine *hz_line_new(const HanziLine *l, GError **error);
void hz_line_free(HzLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HzLine, hz_line_free)
HanziBox hz_line_box(const HzLine *line, HzRect r);

/* cut.c: the ink of every column, 0..1, and cuts that put n cells on it. */
typedef struct {
    int n;               /* columns */
    float *ink;          /* n + 1: what a cut left of column x goes through, 0..1 */
    int *dark;           /* n + 1: columns with ink left of x */
    int first, last;     /* the ink's extent, half open */
    gboolean any;
} HzProfile;

typedef struct {
    gboolean full;       /* as wide as the pitch; else */
    double em;           /* this wide */
} HzWidth;

HzProfile *hz_profile_new(const HzLine *line);
void hz_profile_free(HzProfile *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HzProfile, hz_profile_free)
/* n + 1 cuts and the pitch in ems; returns the price, above 1e8 where the cells do not fit. */
double hz_cut(const HzProfile *p, const HzWidth *kinds, guint n, double pitch_low, double pitch_high, int *cuts,
              double *pitch);
HzRect hz_cell_trim(const HzInk *ink, int x0, int x1);      /* the cell between two cuts */
HzRect hz_ink_rect(const HzInk *ink, HzRect cell);          /* the ink's own extent in it */
double hz_covered_share(const HzLine *line, HzRect cell);   /* 0..1 of its ink under coloured ink */

/* fold.c: the first of the signs that have c's shape (0 O o, 1 l I), or c. */
gunichar hz_shape(gunichar c);

/* model.c: the class of a character (folded first), or -1. */
int hz_class_of(const Hanzi *m, gunichar c);
/* Does b follow a in a word that names are made of? For free reading only. */
gboolean hz_known_pair(const Hanzi *m, guint a, guint b);

/* cell.c: the moments and the feature vector of one rectangle; FALSE where there is no ink. */
gboolean hz_cell_moments(const HzInk *ink, HzRect r, HzMoments *out);
gboolean hz_cell_features(const HzInk *ink, HzRect r, double em_px, float out[HZ_FEATURES]);

/* A cell in the space of the prototypes, in steps of HZ_STEP. */
typedef struct {
    gint16 v[HZ_DIMS];
} HzPoint;

/* match.c. Distances are squared and in steps squared: times HZ_STEP * HZ_STEP gives within-class sigmas. */
void hz_project_raw(const Hanzi *m, const float features[HZ_FEATURES], float out[HZ_DIMS]); /* mean still in */
void hz_project(const Hanzi *m, const float features[HZ_FEATURES], HzPoint *out);
void hz_distances(const Hanzi *m, guint set, const HzPoint *point, gint32 *out /* m->n */);
gint32 hz_distance(const Hanzi *m, guint set, const HzPoint *point, guint c);
double hz_class_distance(const Hanzi *m, guint a, guint b); /* D2 between mean prototypes, sigmas squared */

/* lattice.c: cells found without a text, each with its nearest classes. */
enum { HZ_LOOKS = 12 };
#define HZ_GEOMETRY_PRICE 6.0

typedef enum {
    HZ_SIGNS = 1,
    HZ_HANZI = 2,
    HZ_DATES = 4,  /* of both only what dates and numbers are made of */
    HZ_PERSON = 8  /* signs are not expected */
} HzAlphabet;

/* Digits, what stands between them, and the hanzi of dates. */
#define HZ_DATE_CHARACTERS "0123456789.-/:()\xe5\xb9\xb4\xe6\x9c\x88\xe6\x97\xa5\xe8\x87\xb3\xe9\x95\xbf\xe6\x9c\x9f\xe8\x87\xaa"

typedef struct {
    guint class;
    gint32 raw; /* steps squared */
    double d;   /* sigmas squared, with the price of its place in the em */
} HzNear;

/* The em box on the line: its side and the row of its middle, px. */
typedef struct {
    double em, middle;
} HzFrame;

typedef struct {
    HzPoint point;
    HzRect ink;
    guint n;
    HzNear best[HZ_LOOKS]; /* nearest first */
} HzLook;

gboolean hz_look_at(const Hanzi *m, const HzInk *ink, HzRect cell, HzAlphabet alphabet, double em, HzLook *look);
void hz_look_keep(HzLook *look, guint c, gint32 d); /* c, if it is among the HZ_LOOKS nearest */
/* match.c: the HZ_LOOKS classes of from..to whose overall prototypes are nearest. */
void hz_nearest(const Hanzi *m, const HzPoint *point, guint from, guint to, HzLook *look);
/* The set of a line's style: the one in which its nearest classes, whatever they are, are nearest. */
guint hz_choose_style(const Hanzi *m, const HzLook *looks, guint n);
/* Sort by distance and, with a frame, by the place in the em (NULL: the cell stands alone). */
void hz_look_rank(const Hanzi *m, const HzFrame *frame, HzLook *look);
/* (element-type HzLook) left to right. */
GArray *hz_read_cells(const Hanzi *m, const HzLine *line, const HzProfile *p, HzAlphabet alphabet, gboolean spaced,
                      const HzFrame *frame);
/* The frame in which the nearest classes of these looks would have their own heights and places. */
void hz_frame_measure(const Hanzi *m, const HzLook *looks, guint n, HzFrame *frame);

#endif
