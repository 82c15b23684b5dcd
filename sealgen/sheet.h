/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet.h: from the pages of an 印模采集表 (or an application form with samples of every seal) to one
 * true-size picture for each ordered seal, with the evidence a reviewer needs.
 *
 * A function of the pages and the order: no clock, no files, no globals, deterministic. The declared
 * sizes are never used as the ruler; they only say which canvas is meant once the size is measured.
 */
#ifndef SB_SEALGEN_SHEET_H
#define SB_SEALGEN_SHEET_H

#include "core/finding.h"
#include "core/order.h"
#include "core/page.h"

G_BEGIN_DECLS

/* One page of an upload. The page is decoded, used and freed before the next one. */
typedef struct {
    PageFile *file; /* (transfer none) */
    guint index;    /* page in @file */
    const char *name;
    int turned_deg; /* clockwise turn that makes the *stored* page upright if reading knows it, else -1 */
} SheetPage;

typedef struct {
    guint max_bytes; /* of one picture's PNG: density, then alpha levels step down until it fits; 0 = no limit */
    guint samples;   /* places for each seal on a form whose boxes are not found; 0 = 3 */
    gboolean lines;  /* also unroll the text lines for reading */
} SheetOptions;

typedef enum {
    SCALE_UNPROVEN,
    SCALE_SHEET_MARKS,   /* our own sheet's marks and the paper or the dpi agree */
    SCALE_PAPER_EDGES,   /* four edges of an A4 (or US Letter) sheet */
    SCALE_DPI_PAGE_SIZE, /* the file's dpi, confirmed by A4 within 3 %, or another paper's or scanner's size */
    SCALE_PAGE_SIZE,     /* the picture has an A4 page's proportions; the file's dpi is wrong or absent: a note */
    SCALE_PAPER_SIDE,    /* one side of an A4 sheet from end to end, and the seals' own roundness */
    SCALE_SOURCES
} ScaleSource;

typedef enum { SHAPE_ROUND, SHAPE_OVAL, SHAPE_RECTANGLE, SHAPE_FREE, SHAPES } SealShape;

/* Why a sample is not perfect, for a person. */
typedef enum {
    SAMPLE_FAINT = 1 << 0,     /* little ink */
    SAMPLE_PARTIAL = 1 << 1,   /* sectors without ink */
    SAMPLE_BLOTTED = 1 << 2,   /* ink has run: strokes are much wider than in the others */
    SAMPLE_DOUBLED = 1 << 3,   /* two impressions over each other */
    SAMPLE_CROSSED = 1 << 4,   /* handwriting, print or a box line over it */
    SAMPLE_CUT = 1 << 5,       /* leaves the page */
    SAMPLE_BLURRED = 1 << 6,   /* out of focus, or too few pixels a millimetre */
    SAMPLE_DIFFERENT = 1 << 7, /* does not register with the others */
    SAMPLE_OUTSIDE = 1 << 8    /* stands outside the places for samples */
} SampleReasons;

typedef struct {
    guint page; /* into the @pages given */
    char *file;
    guint page_index;    /* page inside that file */
    Point centre_px;     /* in stored pixels of the file */
    double rotation_deg; /* clockwise, of the impression against upright on the upright page */
    double size_mm[2];   /* this sample alone, outer edge to outer edge along the seal's axes */
    double quality;      /* 0..1 */
    gboolean used;
    SampleReasons reasons;
    Quad box_px; /* the impression in stored pixels */
} SheetSample;

typedef enum { LINE_RING, LINE_CENTRE, LINE_BOTTOM, LINE_NUMBER, LINE_CELLS, LINE_KINDS } SealLineKind;

/* A line of the seal's text, laid straight for reading: grey, dark ink on white, upright, em about 48 px. */
typedef struct {
    SealLineKind kind;
    Image *image;
    guint em_px;       /* height of a character as estimated */
    double confidence; /* 0..1: that this is one whole line */
} SealLine;

typedef struct {
    guint seal_index; /* into order->seals */
    SealType type;
    SealShape shape;
    gboolean found;      /* FALSE: no usable impression: no picture, a finding says so */
    guint8 *alpha;       /* width * height, 0 = paper; NULL where not found */
    guint width, height; /* width_mm * px_per_mm, to the pixel */
    guint px_per_mm;     /* 24, 20, 16 or 12 */
    guint levels;        /* alpha levels to write: 16, or fewer where max_bytes asks */
    guint8 ink_rgb[3];
    double width_mm, height_mm; /* of the canvas: declared, or nominal, or measured */
    double measured_mm[2];
    double uncertainty_mm; /* of the measured size, two sigmas: ruler, edges, and what the samples differ by */
    ScaleSource scale_source;
    double upright_confidence; /* 0..1 */
    GPtrArray *samples;        /* (element-type SheetSample) in reading order */
    GPtrArray *lines;          /* (element-type SealLine) */
    guint8 *agreement;         /* width * height: bit k set where sample k (of the used ones) shows ink, or NULL */
} SheetSeal;

typedef struct {
    guint turned_deg; /* clockwise turn that makes the stored page upright */
    double px_per_mm; /* of the full picture at the middle of the page, 0 unknown */
    ScaleSource scale_source;
    guint impressions;
    gboolean blank;
} SheetPageSeen;

typedef struct {
    double layout_ms, unmix_ms, register_ms, fuse_ms, decode_ms, total_ms; /* CPU, for the benchmark */
} SheetTimes;

typedef struct {
    GPtrArray *seals;    /* (element-type SheetSeal) one for each ordered seal, in the order's order */
    GArray *pages;       /* (element-type SheetPageSeen) one for each page given */
    GPtrArray *findings; /* (element-type Finding) role is left to the caller */
    SheetTimes times;
} SheetResult;

/**
 * sheet_extract: find, assign, judge, register and fuse the impressions of every ordered seal.
 *
 * @pages    the sheet's pages in the order of the uploads; 1..SHEET_MAX_PAGES
 * @order    its seals; other fields are not looked at
 * @options  NULL for the defaults
 *
 * What is wrong with the *impressions* (missing, poor, of another size, unexpected, unproven scale, a
 * blank page, a page that is no sheet) is a finding, not an error; a page that cannot be decoded is a
 * finding too (unreadable_file).
 *
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT (no pages, too many pages, no ordered seals).
 */
#define SHEET_MAX_PAGES 40
SheetResult *sheet_extract(const SheetPage *pages, guint n_pages, const Order *order, const SheetOptions *options,
                           GError **error);
/* An empty result, and a seal without picture for it. Returns: (transfer full) */
SheetResult *sheet_result_new(void);
SheetSeal *sheet_seal_new(guint index, SealType type);
void sheet_result_free(SheetResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SheetResult, sheet_result_free)

/* The picture as the palette PNG that is stored and shown. Returns: (transfer full), NULL where not found. */
GBytes *sheet_seal_png(const SheetSeal *seal);

/* "unproven", "sheet_marks", "paper_edges", "dpi_page_size", "page_size", "paper_side" */
const char *scale_source_name(ScaleSource source);
const char *seal_shape_name(SealShape shape);       /* "round", "oval", "rectangle", "free" */
const char *seal_line_kind_name(SealLineKind kind); /* "ring", "centre", "bottom", "number", "cells" */
/* Returns: (transfer full) "faint, crossed" in English for the reviewer, "" where there is none. */
char *sample_reasons_text(SampleReasons reasons);

/*
 * The answer of the child that reads the sheet: JSON with pictures in base64, bounded and checked on
 * the way in as hostile (sizes, counts, enums, UTF-8, finite numbers; picture size agrees with the
 * canvas). from_json gives NULL with SB_ERROR_IMAGE. Samples' page numbers are checked against
 * @n_pages, seals against @order.
 */
char *sheet_result_to_json(const SheetResult *result);
SheetResult *sheet_result_from_json(const char *json, gsize length, guint n_pages, const Order *order, GError **error);

G_END_DECLS

#endif
