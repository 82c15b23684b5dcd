/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * citizen_id.h: the citizen's ID number of GB 11643-1999: division (6), birth date (8), sequence (3,
 * odd for men), check character 0-9 or X.
 */
#ifndef SB_CORE_CITIZEN_ID_H
#define SB_CORE_CITIZEN_ID_H

#include <glib.h>

G_BEGIN_DECLS

#define CITIZEN_ID_LENGTH 18

typedef enum {
    CITIZEN_ID_OK = 0,
    CITIZEN_ID_LENGTH_WRONG = 1 << 0,
    CITIZEN_ID_LETTER_WRONG = 1 << 1,
    CITIZEN_ID_DATE_WRONG = 1 << 2,
    CITIZEN_ID_CHECK_WRONG = 1 << 3,
    CITIZEN_ID_DIVISION_UNKNOWN = 1 << 4 /* a note */
} CitizenIdFlaws;

#define CITIZEN_ID_ERRORS                                                                                              \
    (CITIZEN_ID_LENGTH_WRONG | CITIZEN_ID_LETTER_WRONG | CITIZEN_ID_DATE_WRONG | CITIZEN_ID_CHECK_WRONG)

/* @number: as text_fold_code gives it. */
CitizenIdFlaws citizen_id_check(const char *number);

/* The check character for the first 17 digits, or 0 where one is no digit. */
char citizen_id_check_character(const char *number);

/* @number must have passed. */
gboolean citizen_id_is_male(const char *number);
void citizen_id_birth(const char *number, guint *year, guint *month, guint *day);

G_END_DECLS

#endif
