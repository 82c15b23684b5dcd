/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read_unit.h: the two pieces of work that are done in a reading child (child.h), and what the parent
 * makes of their answers: one upload read by ocr, or all sheet pages of one order cut by sealgen, whose
 * straightened text lines are handed to ocr here (the stages do not know each other).
 */
#ifndef SB_PIPELINE_READ_UNIT_H
#define SB_PIPELINE_READ_UNIT_H

#include "ocr/hanzi/hanzi.h"
#include "ocr/reader.h"
#include "pipeline/order_result.h"

G_BEGIN_DECLS

/* Loaded once, before any child is forked. */
typedef struct {
    Reader *reader;
    Hanzi *hanzi;
} Models;

/**
 * models_open: @dir  the folder, or NULL: SEALBATCH_MODELS, then where an installed program's are, then those of
 *       the source tree.
 * Returns: (transfer full) or NULL with SB_ERROR_ENV naming what is missing.
 */
Models *models_open(const char *dir, GError **error);
void models_free(Models *models);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Models, models_free)
char *models_default_dir(void); /* (transfer full) */

/* ---- one upload --------------------------------------------------------------------------------- */

typedef struct {
    const Models *models;
    Role role;
    ReaderExpect expect;
} UploadWork;

/* ChildWork; data is an UploadWork, one descriptor. */
GBytes *upload_work(const int *fds, guint n_fds, gpointer data, GError **error);

/* What the form says that this upload should show. Borrowed from @order. */
ReaderExpect upload_expect(const Order *order, Role role);

typedef struct {
    GPtrArray *documents; /* (element-type Document) */
    gboolean truncated;   /* a page's data ended early: what was read is not all there was */
    double decode_ms;     /* CPU */
} UploadAnswer;

/* Returns: (transfer full) or NULL with SB_ERROR_IMAGE. */
UploadAnswer *upload_answer_parse(GBytes *answer, GError **error);
void upload_answer_free(UploadAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UploadAnswer, upload_answer_free)

/* ---- an order's sheets --------------------------------------------------------------------------- */

typedef struct {
    const Models *models;
    const Order *order;
    char *const *files; /* names, one for each descriptor */
    SheetOptions options;
} SheetWork;

/* ChildWork; data is a SheetWork. */
GBytes *sheet_work(const int *fds, guint n_fds, gpointer data, GError **error);

typedef struct {
    guint pages;        /* 0 where it could not be opened */
    char *message;      /* why, or NULL */
    gboolean truncated; /* as in UploadAnswer */
} SheetFileSeen;

typedef struct {
    SheetResult *sheet; /* NULL where no file could be opened */
    GPtrArray *lines;   /* (element-type SealLineRead) */
    GArray *files;      /* of SheetFileSeen, one for each descriptor; messages owned */
} SheetAnswer;

SheetAnswer *sheet_answer_parse(GBytes *bytes, guint n_files, const Order *order, GError **error);
void sheet_answer_free(SheetAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SheetAnswer, sheet_answer_free)

G_END_DECLS

#endif
