/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit_code.h: the 统一社会信用代码 of GB 32100-2015, and the numbers inside and before it.
 *
 * 18 characters of CREDIT_CODE_LETTERS: registering department, class, GB/T 2260 division (6),
 * organisation code of GB 11714 (9, with a check character of its own), check character.
 */
#ifndef SB_CORE_CREDIT_CODE_H
#define SB_CORE_CREDIT_CODE_H

#include <glib.h>

G_BEGIN_DECLS

#define CREDIT_CODE_LENGTH 18
#define CREDIT_CODE_LETTERS "0123456789ABCDEFGHJKLMNPQRTUWXY"

typedef enum {
    CREDIT_CODE_OK = 0,
    CREDIT_CODE_LENGTH_WRONG = 1 << 0,       /* not 18 characters */
    CREDIT_CODE_LETTER_WRONG = 1 << 1,       /* a character outside the 31 */
    CREDIT_CODE_CHECK_WRONG = 1 << 2,        /* character 18 does not fit: an error */
    CREDIT_CODE_ORGANISATION_WRONG = 1 << 3, /* character 17 does not fit GB 11714: a note */
    CREDIT_CODE_DIVISION_UNKNOWN = 1 << 4,   /* first two division digits are no province: a note */
    CREDIT_CODE_DEPARTMENT_UNKNOWN = 1 << 5  /* characters 1-2 are no known department and class: a note */
} CreditCodeFlaws;

#define CREDIT_CODE_ERRORS (CREDIT_CODE_LENGTH_WRONG | CREDIT_CODE_LETTER_WRONG | CREDIT_CODE_CHECK_WRONG)

/* @code: as text_fold_code gives it. */
CreditCodeFlaws credit_code_check(const char *code);

/* The check character for the first 17 of @code, or 0 where one is outside the 31 letters. */
char credit_code_check_character(const char *code);

/* The GB 11714 check character ('0'-'9' or 'X') for the 8 characters at @body, or 0. */
char organisation_code_check_character(const char *body);

/* 15-digit 注册号 with ISO 7064 MOD 11,10. */
gboolean registration_number_is_valid(const char *number);

G_END_DECLS

#endif
