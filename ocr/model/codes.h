/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codes.h: what stands on an invented line: mostly valid numbers, some broken ones, some random
 * strings, so that a model learns letters and not the structure of a code.
 */
#ifndef SB_OCR_MODEL_CODES_H
#define SB_OCR_MODEL_CODES_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    CODES_CREDIT, /* 31 letters: 统一社会信用代码, and the 15 digits of an old 注册号 */
    CODES_CITIZEN /* 0-9X: 公民身份号码 */
} CodesKind;

/* The letters a model of this kind knows. */
const char *codes_letters(CodesKind kind);

/* Returns: (transfer full) a line's text: valid in about two thirds, otherwise broken or random. */
char *codes_invent(CodesKind kind, GRand *rand);

/* Returns: (transfer full) a number that passes all its checks (division: a real province). */
char *codes_invent_valid(CodesKind kind, GRand *rand);

/* Returns: (transfer full) @length random letters, easily mixed up ones more often. */
char *codes_invent_random(CodesKind kind, guint length, GRand *rand);

G_END_DECLS

#endif
