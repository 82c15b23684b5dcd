/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/credit_code.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const valid[] = { "91110108MA00TE5T26", "92440305MA5XX00X6H", "123101151234567885",
                                     "51330106MJ00EX0143", "93510107MABC12340Y" };

Test(credit_code, accepts_valid_codes)
{
    for (gsize i = 0; i < G_N_ELEMENTS(valid); i++)
        cr_assert_eq(credit_code_check(valid[i]) & CREDIT_CODE_ERRORS, 0, "%s", valid[i]);
}

Test(credit_code, check_character_rejects_every_single_changed_character)
{
    for (gsize i = 0; i < G_N_ELEMENTS(valid); i++)
        for (int at = 0; at < CREDIT_CODE_LENGTH; at++)
            for (const char *c = CREDIT_CODE_LETTERS; *c; c++) {
                char code[CREDIT_CODE_LENGTH + 1];
                strcpy(code, valid[i]);
                if (code[at] == *c)
                    continue;
                code[at] = *c;
                cr_assert(credit_code_check(code) & CREDIT_CODE_CHECK_WRONG, "%s", code);
            }
}

Test(credit_code, names_each_flaw)
{
    cr_assert_eq(credit_code_check(NULL), CREDIT_CODE_LENGTH_WRONG);
    cr_assert_eq(credit_code_check("91110108MA00TE5T2"), CREDIT_CODE_LENGTH_WRONG);
    cr_assert_eq(credit_code_check("91110108MAO0TE5T26"), CREDIT_CODE_LETTER_WRONG);
    cr_assert_eq(credit_code_check("91110108ma00te5t26"), CREDIT_CODE_LETTER_WRONG);
    cr_assert(credit_code_check("91110108MA00TE5T35") & CREDIT_CODE_ORGANISATION_WRONG);
    cr_assert(credit_code_check("91990108MA00TE5T26") & CREDIT_CODE_DIVISION_UNKNOWN);
    cr_assert(credit_code_check("Z1110108MA00TE5T26") & CREDIT_CODE_LETTER_WRONG);
    cr_assert(credit_code_check("97110108MA00TE5T26") & CREDIT_CODE_DEPARTMENT_UNKNOWN);
}

Test(credit_code, check_characters_are_zero_for_foreign_letters)
{
    cr_assert_eq(credit_code_check_character("91110108MA00TE5T2"), '6');
    cr_assert_eq(credit_code_check_character("9111010SMA00TE5T2"), 0);
    cr_assert_eq(organisation_code_check_character("MA00TE5T"), '2');
    cr_assert_eq(organisation_code_check_character("ma00TE5T"), 0);
}

Test(registration_number, follows_mod_11_10)
{
    cr_assert(registration_number_is_valid("110000000000000") == FALSE);
    int valid_ends = 0;
    for (char c = '0'; c <= '9'; c++) {
        char number[16] = "44030110123456";
        number[14] = c;
        valid_ends += registration_number_is_valid(number);
    }
    cr_assert_eq(valid_ends, 1);
    cr_assert_not(registration_number_is_valid("44030110123456"));
    cr_assert_not(registration_number_is_valid("44030110123456X"));
    cr_assert_not(registration_number_is_valid(NULL));
}
