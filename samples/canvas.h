/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h: a page drawn in millimetres, which remembers what was printed where.
 */
#ifndef SB_SAMPLES_CANVAS_H
#define SB_SAMPLES_CANVAS_H

#include "core/image.h"
#include "samples/invent.h"

#include <cairo.h>

G_BEGIN_DECLS

enum { CANVAS_DPI = 300 };
#define CANVAS_PX_PER_MM (CANVAS_DPI / 25.4)

#define FACE_SONG "AR PL UMing CN"
#define FACE_KAI "AR PL UKai CN"
#define FACE_HEI "WenQuanYi Zen Hei"
#define FACE_NOTO_SERIF "Noto Serif CJK SC"
#define FACE_NOTO_SANS "Noto Sans CJK SC"
#define FACE_OCRB "OCR B"
#define FACE_SANS "Liberation Sans"

/* One printed line of a field: field NULL is print without truth. */
typedef struct {
    char *field;
    char *text;
    double x_mm, y_mm, width_mm, height_mm; /* its ink */
} PrintedLine;

/* A stamped seal. */
typedef struct {
    char *type;
    double x_mm, y_mm, rotation_deg; /* centre; clockwise */
} Stamped;

typedef struct {
    cairo_surface_t *surface; /* RGB24 */
    cairo_t *cr;              /* user space in px at CANVAS_DPI */
    double width_mm, height_mm;
    GPtrArray *lines;  /* (element-type PrintedLine) */
    GPtrArray *stamps; /* (element-type Stamped) */
} Canvas;

Canvas *canvas_new(double width_mm, double height_mm);
void canvas_free(Canvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)

/* Print @text with its em of @em_mm; (x, y) is the top left of its em box. @spacing_mm between characters. */
void canvas_text(Canvas *canvas, const char *field, const char *face, gboolean bold, double em_mm, double spacing_mm,
                 double x_mm, double y_mm, const double rgb[3], const char *text);

/* The same, broken into lines of at most @width_mm, @leading_mm apart. Returns: the number of lines. */
guint canvas_paragraph(Canvas *canvas, const char *field, const char *face, double em_mm, double leading_mm,
                       double x_mm, double y_mm, double width_mm, const char *text);

void canvas_box(Canvas *canvas, double x_mm, double y_mm, double width_mm, double height_mm, double line_mm,
                gboolean dashed);

/* Lay ink on the paper where @alpha (its pixels at CANVAS_DPI) says; ink and print multiply. */
void canvas_stamp(Canvas *canvas, const char *type, cairo_surface_t *alpha, double x_mm, double y_mm,
                  double rotation_deg, const double rgb[3]);

/* @part turned and scaled with its middle on (x, y), its lines and stamps with it. */
void canvas_place(Canvas *canvas, const Canvas *part, double x_mm, double y_mm, double scale, double degrees);

/* What a copier leaves of it: grey, harder, with dust. */
void canvas_photocopy(Canvas *canvas, Rng *rng);

Image *canvas_image(const Canvas *canvas);

G_END_DECLS

#endif
