/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h: page in, documents out. The models are loaded once; then a child is forked for an upload.
 */
#ifndef SB_OCR_READER_H
#define SB_OCR_READER_H

#include "core/order.h"
#include "core/page.h"
#include "ocr/document.h"

G_BEGIN_DECLS

typedef struct Reader Reader;

/**
 * reader_open: load the models.
 * @model_dir  folder with sbcode.traineddata, sbid.traineddata, hanzi.model; chi_sim comes from Tesseract's own
 * Returns: (transfer full) or NULL with SB_ERROR_ENV naming the model that is missing.
 */
Reader *reader_open(const char *model_dir, GError **error);
void reader_free(Reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reader, reader_free)

/* What the form says, for verification and for knowing where to look; never copied into what was read. */
typedef struct {
    const char *company_name; /* or NULL */
    const char *credit_code;
    const char *legal_rep;
    const char *person_name; /* of the ID card's holder */
    const char *id_number;
} ReaderExpect;

/**
 * reader_read: every document on every page of @file.
 * @role  what the upload is said to be: the first thing looked for; what is seen may differ
 * Returns: (transfer full) (element-type Document): at least one (SEEN_BLANK or SEEN_UNKNOWN), or NULL
 * with SB_ERROR_IMAGE or SB_ERROR_LIMIT.
 * Deterministic; no clock, no files, no environment.
 */
GPtrArray *reader_read(Reader *reader, PageFile *file, Role role, const ReaderExpect *expect, GError **error);

G_END_DECLS

#endif
