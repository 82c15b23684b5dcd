/* SPDX-License-Identifier: GPL-3.0-or-later */
/* citizen_id.c: GB 11643-1999. */
#include "core/citizen_id.h"

#include <string.h>

char
citizen_id_check_character(const char *number)
{
    static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        if (!g_ascii_isdigit(number[i]))
            return 0;
        sum += (number[i] - '0') * weights[i];
    }
    return "10X98765432"[sum % 11];
}

void
citizen_id_birth(const char *number, guint *year, guint *month, guint *day)
{
    guint v[8];
    for (int i = 0; i < 8; i++)
        v[i] = (guint)(number[6 + i] - '0');
    *year = v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3];
    *month = v[4] * 10 + v[5];
    *day = v[6] * 10 + v[7];
}

gboolean
citizen_id_is_male(const char *number)
{
    return (number[16] - '0') % 2 == 1;
}

CitizenIdFlaws
citizen_id_check(const char *number)
{
    if (!number || strlen(number) != CITIZEN_ID_LENGTH)
        return CITIZEN_ID_LENGTH_WRONG;
    char check = citizen_id_check_character(number);
    if (!check || !(g_ascii_isdigit(number[17]) || number[17] == 'X'))
        return CITIZEN_ID_LETTER_WRONG;
    CitizenIdFlaws flaws = check == number[17] ? CITIZEN_ID_OK : CITIZEN_ID_CHECK_WRONG;
    guint year, month, day;
    citizen_id_birth(number, &year, &month, &day);
    if (year < 1870 || year > 2199 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        flaws |= CITIZEN_ID_DATE_WRONG;
    if (!strchr("123456789", number[0]) || number[0] == '9')
        flaws |= CITIZEN_ID_DIVISION_UNKNOWN; /* 91-98 are kept for other uses */
    return flaws;
}
