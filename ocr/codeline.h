/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codeline.h: one line in, one code out: the 统一社会信用代码 (GB 32100-2015) or the 公民身份号码
 * (GB 11643-1999), read several times in different ways that vote.
 *
 * A reading counts only where it passes its own check characters; nothing is ever repaired into the
 * value. No expected value goes in.
 */
#ifndef SB_OCR_CODELINE_H
#define SB_OCR_CODELINE_H

#include "core/error.h"
#include "core/image.h"
#include "ocr/document.h"

G_BEGIN_DECLS

typedef enum {
    CODELINE_CREDIT_CODE, /* 18 of the 31 letters */
    CODELINE_CITIZEN_ID   /* 17 digits and 0-9X */
} CodelineKind;

enum { CODELINE_LENGTH = 18, CODELINE_MAX_SIDE_PX = 8192, CODELINE_MAX_WITNESSES = 16 };

typedef struct Codeline Codeline;

/**
 * codeline_open: load sbcode.traineddata and sbid.traineddata from @model_dir (about 10 ms).
 * Returns: (transfer full) or NULL with SB_ERROR_ENV naming the model.
 * One Codeline serves one thread; a forked child may use its parent's.
 */
Codeline *codeline_open(const char *model_dir, GError **error);
void codeline_free(Codeline *codeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Codeline, codeline_free)

/* A reading from elsewhere (another classifier, another picture of the same line) that joins the vote. */
typedef struct {
    const char *text;                   /* as read; any length */
    double confidence[CODELINE_LENGTH]; /* 0..100 a letter; used where text has 18 */
    const char *name;                   /* for the evidence: "cells" */
} CodelineWitness;

/* One text that some pass read, the best supported first. */
typedef struct {
    char *text;
    guint passes;      /* how many passes read exactly this */
    gboolean valid;    /* passes its check characters (and, for an ID number, the date) */
    double confidence; /* 0..100: mean over its passes of the worst letter */
} CodelineReading;

typedef struct {
    FieldStatus status;
    char *text;            /* what was read, never repaired; "" for FIELD_UNREADABLE where nothing was */
    double confidence;     /* 0..100, of the text as a whole */
    double letter_confidence[CODELINE_LENGTH]; /* 0..100, where text has 18 letters */
    char *suggestion;      /* FIELD_SUGGESTED: a text that would pass the checks; else NULL */
    guint passes_agreed;   /* that read text */
    guint passes_made;     /* witnesses included */
    GPtrArray *readings;   /* (element-type CodelineReading) everything that was read */
    double x0, y0, x1, y1; /* where the print was found, px of the picture given */
} CodelineResult;

void codeline_result_free(CodelineResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodelineResult, codeline_result_free)

/**
 * codeline_read:
 * Read @line: 8-bit grey (1 channel), dark print on light, of any size. The caller has found and
 * rectified the line: horizontal within about 2 degrees, with margins (best about a third of the height
 * of a capital above and below, half a capital left and right), seal ink faded as far as the red channel
 * (or a seal-free grey) fades it. Ends of a label or of other lines at the margins do no harm.
 *
 * @second     another grey of the same place (say IMAGE_LUMA beside IMAGE_RED), of its own size, or NULL
 * @witnesses  further readings that vote, or NULL
 *
 * Status:
 *   FIELD_READ          a valid text read by several passes, and no other valid text has a say
 *   FIELD_WEAK          valid, but one pass alone, or low confidence, or another valid text beside it
 *   FIELD_SUGGESTED     no pass gave a valid text; @suggestion is one letter away from what was read
 *   FIELD_CHECK_FAILED  passes agree with confidence on 18 letters whose check character is wrong:
 *                       forged or mistyped rather than misread
 *   FIELD_UNREADABLE    nothing of the right length, or no agreement
 *
 * Returns: (transfer full) the result, or NULL with
 *   SB_ERROR_INPUT  not 1 channel, empty, or a side over CODELINE_MAX_SIDE_PX
 * Deterministic.
 */
CodelineResult *codeline_read(Codeline *codeline, const Image *line, const Image *second, CodelineKind kind,
                              const CodelineWitness *witnesses, guint n_witnesses, GError **error);

G_END_DECLS

#endif
