/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faces.h: the list of faces (faces.txt), those to train with and those kept back for evaluation.
 */
#ifndef SB_OCR_MODEL_FACES_H
#define SB_OCR_MODEL_FACES_H

#include "core/error.h"
#include "ocr/model/codes.h"

G_BEGIN_DECLS

typedef enum { FACES_TRAIN, FACES_TEST } FacesSet;

typedef struct {
    char *name; /* a Pango font description without a size: "AR PL UMing CN", "Noto Serif CJK SC Light" */
    double weight;
} Face;

typedef struct Faces Faces;

/**
 * faces_open:
 * Read the faces of @kind and @set from @path. Lines: `train|test  credit|citizen|both  weight  name`;
 * `#` starts a comment.
 * Returns: (transfer full) the list, or NULL with
 *   SB_ERROR_INPUT  a line that cannot be read, or no face for this kind and set
 *   SB_ERROR_ENV    the file or a face is not there: fontconfig would silently set another one
 */
Faces *faces_open(const char *path, CodesKind kind, FacesSet set, GError **error);
void faces_free(Faces *faces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Faces, faces_free)

/* One of them, by weight. Valid as long as @faces. */
const Face *faces_pick(const Faces *faces, GRand *rand);
guint faces_count(const Faces *faces);
const Face *faces_get(const Faces *faces, guint index);

G_END_DECLS

#endif
