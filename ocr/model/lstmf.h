/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lstmf.h: the training file of Tesseract 4 and 5, as `tesseract … lstm.train` writes it: pages of a PNG
 * picture and its text. Written here directly, so that fresh lines cost nothing but their drawing.
 */
#ifndef SB_OCR_MODEL_LSTMF_H
#define SB_OCR_MODEL_LSTMF_H

#include "core/error.h"
#include "core/image.h"

G_BEGIN_DECLS

typedef struct Lstmf Lstmf;

Lstmf *lstmf_new(void);
void lstmf_free(Lstmf *lstmf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lstmf, lstmf_free)

void lstmf_add(Lstmf *lstmf, const Image *line, const char *text);

/* SB_ERROR_ENV where @path cannot be written. */
gboolean lstmf_write(const Lstmf *lstmf, const char *path, GError **error);

G_END_DECLS

#endif
