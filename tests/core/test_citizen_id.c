/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/citizen_id.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const valid[] = { "110101190001010014", "310115190002281233", "51010719000712789X" };

Test(citizen_id, accepts_valid_numbers)
{
    for (gsize i = 0; i < G_N_ELEMENTS(valid); i++)
        cr_assert_eq(citizen_id_check(valid[i]), CITIZEN_ID_OK, "%s", valid[i]);
}

Test(citizen_id, rejects_every_single_changed_digit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(valid); i++)
        for (int at = 0; at < 17; at++)
            for (char c = '0'; c <= '9'; c++) {
                char number[19];
                strcpy(number, valid[i]);
                if (number[at] == c)
                    continue;
                number[at] = c;
                cr_assert(citizen_id_check(number) & CITIZEN_ID_CHECK_WRONG, "%s", number);
            }
}

Test(citizen_id, names_each_flaw)
{
    cr_assert_eq(citizen_id_check(NULL), CITIZEN_ID_LENGTH_WRONG);
    cr_assert_eq(citizen_id_check("11010119000101001"), CITIZEN_ID_LENGTH_WRONG);
    cr_assert_eq(citizen_id_check("11010119000101001A"), CITIZEN_ID_LETTER_WRONG);
    cr_assert_eq(citizen_id_check("X10101190001010014"), CITIZEN_ID_LETTER_WRONG);
    cr_assert(citizen_id_check("110101190002300014") & CITIZEN_ID_DATE_WRONG);
    cr_assert(citizen_id_check("010101190001010014") & CITIZEN_ID_DIVISION_UNKNOWN);
}

Test(citizen_id, tells_sex_and_birth)
{
    guint y, m, d;
    citizen_id_birth(valid[1], &y, &m, &d);
    cr_assert_eq(y, 1900);
    cr_assert_eq(m, 2);
    cr_assert_eq(d, 28);
    cr_assert(citizen_id_is_male(valid[1]));
    cr_assert_not(citizen_id_is_male("51010719000712788X"));
    cr_assert_eq(citizen_id_check_character(valid[2]), 'X');
    cr_assert_eq(citizen_id_check_character("5101071900071278"), 0);
}
