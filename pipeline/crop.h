/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crop.h: pieces of an upload for the reviewer's eyes, straightened and cut in a reading child.
 */
#ifndef SB_PIPELINE_CROP_H
#define SB_PIPELINE_CROP_H

#include "core/error.h"
#include "core/geometry.h"
#include "pipeline/child.h"

G_BEGIN_DECLS

enum { CROP_MAX_SPECS = 64 };

typedef struct {
    guint page;
    gboolean whole;   /* the page as it should be read, @box is not looked at */
    guint turned_deg; /* of the whole page, clockwise */
    Quad box;         /* stored pixels; the content's top left corner first */
    double margin;    /* around the box, in its heights */
    guint max_px;     /* longest side of the picture */
    gboolean photo;   /* as a JPEG: a tenth of the bytes where nobody compares single strokes */
} CropSpec;

typedef struct {
    const CropSpec *specs;
    guint n;
} CropWork;

/* ChildWork; data is a CropWork, one descriptor. */
GBytes *crop_work(const int *fds, guint n_fds, gpointer data, GError **error);

/* (transfer full) (element-type GBytes): @n PNGs or JPEGs, empty where a piece could not be cut; NULL with SB_ERROR_IMAGE. */
GPtrArray *crop_answer_parse(GBytes *answer, guint n, GError **error);

/* Else it is a PNG, in what crop_answer_parse gave. */
gboolean crop_is_jpeg(const guint8 *bytes, gsize length);

G_END_DECLS

#endif
