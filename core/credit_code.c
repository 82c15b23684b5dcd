/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit_code.c: check characters of GB 32100-2015, GB 11714 and the old registration number. */
#include "core/credit_code.h"

#include <string.h>

static int
value_of(char c)
{
    const char *at = c ? strchr(CREDIT_CODE_LETTERS, c) : NULL;
    return at ? (int)(at - CREDIT_CODE_LETTERS) : -1;
}

/* GB 32100-2015, 4.2.6: 31 - (sum of value x 3^(i-1) mod 31), 31 counting as 0. */
char
credit_code_check_character(const char *code)
{
    int sum = 0, weight = 1;
    for (int i = 0; i < CREDIT_CODE_LENGTH - 1; i++) {
        int v = value_of(code[i]);
        if (v < 0)
            return 0;
        sum += v * weight;
        weight = weight * 3 % 31;
    }
    return CREDIT_CODE_LETTERS[(31 - sum % 31) % 31];
}

/* GB 11714: weights 3 7 9 10 5 8 4 2; letters count A = 10 .. Z = 35; 10 is X, 11 is 0. */
char
organisation_code_check_character(const char *body)
{
    static const int weights[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        if (g_ascii_isdigit(body[i]))
            sum += (body[i] - '0') * weights[i];
        else if (g_ascii_isupper(body[i]))
            sum += (body[i] - 'A' + 10) * weights[i];
        else
            return 0;
    }
    int c = 11 - sum % 11;
    return c == 10 ? 'X' : c == 11 ? '0' : (char)('0' + c);
}

/* GB/T 2260: the first two digits of the provinces; 10 is used by the national registry. */
static gboolean
province_is_known(const char *division)
{
    static const char provinces[] = "10 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
                                    "61 62 63 64 65 71 81 82";
    char pair[3] = { division[0], division[1], 0 };
    return strstr(provinces, pair) != NULL;
}

/* GB 32100-2015, table 1 and the departments added since: department and its classes. */
static gboolean
department_is_known(char department, char class)
{
    static const struct {
        char department;
        const char *classes;
    } known[] = { { '1', "1239" }, { '2', "19" },  { '3', "1234569" }, { '4', "19" },  { '5', "12345679" },
                  { '6', "129" },  { '7', "129" }, { '8', "19" },      { '9', "123" }, { 'A', "19" },
                  { 'N', "1239" }, { 'G', "19" },  { 'Y', "1" } };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].department == department)
            return strchr(known[i].classes, class) != NULL;
    return FALSE;
}

CreditCodeFlaws
credit_code_check(const char *code)
{
    if (!code || strlen(code) != CREDIT_CODE_LENGTH)
        return CREDIT_CODE_LENGTH_WRONG;
    for (int i = 0; i < CREDIT_CODE_LENGTH; i++)
        if (value_of(code[i]) < 0)
            return CREDIT_CODE_LETTER_WRONG;
    CreditCodeFlaws flaws = CREDIT_CODE_OK;
    for (int i = 2; i < 8; i++)
        if (!g_ascii_isdigit(code[i])) /* 登记管理机关行政区划码 is six digits */
            flaws |= CREDIT_CODE_DIVISION_UNKNOWN;
    if (credit_code_check_character(code) != code[17])
        flaws |= CREDIT_CODE_CHECK_WRONG;
    if (organisation_code_check_character(code + 8) != code[16])
        flaws |= CREDIT_CODE_ORGANISATION_WRONG;
    if (!province_is_known(code + 2))
        flaws |= CREDIT_CODE_DIVISION_UNKNOWN;
    if (!department_is_known(code[0], code[1]))
        flaws |= CREDIT_CODE_DEPARTMENT_UNKNOWN;
    return flaws;
}

/* ISO 7064 MOD 11,10 over 14 digits and the check digit. */
gboolean
registration_number_is_valid(const char *number)
{
    if (!number || strlen(number) != 15)
        return FALSE;
    int p = 10;
    for (int i = 0; i < 15; i++) {
        if (!g_ascii_isdigit(number[i]))
            return FALSE;
        int s = (p + number[i] - '0') % 10;
        if (i == 14)
            return s == 1;
        p = (s == 0 ? 10 : s) * 2 % 11;
    }
    return FALSE;
}
