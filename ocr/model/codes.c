/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codes.c: invented credit codes (GB 32100-2015) and ID numbers (GB 11643-1999).
 */
#include "ocr/model/codes.h"

#include <string.h>

#include "core/citizen_id.h"
#include "core/credit_code.h"

/* The first two digits of a GB/T 2260 division: the provinces. */
static const char *const provinces[] = {
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
};

static const char digits[] = "0123456789";

const char *
codes_letters(CodesKind kind)
{
    return kind == CODES_CREDIT ? CREDIT_CODE_LETTERS : "0123456789X";
}

static guint
below(GRand *rand, guint n)
{
    return (guint)g_rand_int_range(rand, 0, (gint32)n);
}

static char
letter_of(const char *letters, GRand *rand)
{
    return letters[below(rand, (guint)strlen(letters))];
}

static void
append_letters(GString *s, guint n, const char *letters, GRand *rand)
{
    while (n--)
        g_string_append_c(s, letter_of(letters, rand));
}

static void
append_division(GString *s, GRand *rand)
{
    g_string_append(s, provinces[below(rand, G_N_ELEMENTS(provinces))]);
    append_letters(s, 4, digits, rand);
}

/* The organisation code: eight digits before 2015, MA and later MB, N2 … after. */
static void
append_organisation(GString *s, GRand *rand)
{
    gsize at = s->len;
    if (below(rand, 100) < 55) {
        append_letters(s, 8, digits, rand);
    } else {
        static const char *const heads[] = { "MA", "MA", "MA", "MAC", "MAD", "MAE", "MA5", "MA0", "MB", "MJ", "N2", "MC" };
        g_string_append(s, heads[below(rand, G_N_ELEMENTS(heads))]);
        append_letters(s, 8 - (guint)(s->len - at), CREDIT_CODE_LETTERS, rand);
    }
    g_string_append_c(s, organisation_code_check_character(s->str + at));
}

static char *
invent_credit_code(GRand *rand)
{
    static const char *const heads[] = { "91", "91", "91", "91", "91", "92", "92", "93", "12", "51", "52", "11",
                                         "13", "31", "53", "54", "81", "A1", "G1", "N1", "N2", "Y1" };
    GString *s = g_string_new(heads[below(rand, G_N_ELEMENTS(heads))]);
    append_division(s, rand);
    append_organisation(s, rand);
    g_string_append_c(s, credit_code_check_character(s->str));
    return g_string_free(s, FALSE);
}

static char *
invent_citizen_id(GRand *rand)
{
    GString *s = g_string_new(NULL);
    append_division(s, rand);
    g_string_append_printf(s, "%04u%02u%02u", 1935 + below(rand, 90), 1 + below(rand, 12), 1 + below(rand, 28));
    append_letters(s, 3, digits, rand);
    g_string_append_c(s, citizen_id_check_character(s->str));
    return g_string_free(s, FALSE);
}

char *
codes_invent_valid(CodesKind kind, GRand *rand)
{
    return kind == CODES_CREDIT ? invent_credit_code(rand) : invent_citizen_id(rand);
}

char *
codes_invent_random(CodesKind kind, guint length, GRand *rand)
{
    /* What small print and seal ink confuse: 9 0 4 3 Q 8 6 5 F E L 1 T 7 2 ... */
    const char *twins = kind == CODES_CREDIT ? "0DQGC869B3R5TJ1L7EFPMWNHKXYUA42" "08693Q5B1L7T" : "0123456789X" "8693017";
    GString *s = g_string_new(NULL);
    if (below(rand, 100) < 12) { /* runs: a repeated letter is what CTC forgets */
        while (s->len < length) {
            char c = letter_of(codes_letters(kind), rand);
            for (guint n = 1 + below(rand, 4); n && s->len < length; n--)
                g_string_append_c(s, c);
        }
    } else if (below(rand, 2)) {
        append_letters(s, length, twins, rand);
    } else {
        append_letters(s, length, codes_letters(kind), rand);
    }
    return g_string_free(s, FALSE);
}

/* One letter wrong, lost or doubled. */
static char *
invent_broken(CodesKind kind, GRand *rand)
{
    g_autofree char *whole = codes_invent_valid(kind, rand);
    GString *s = g_string_new(whole);
    guint at = below(rand, (guint)s->len);
    switch (below(rand, 3)) {
    case 0:
        s->str[at] = letter_of(codes_letters(kind), rand);
        break;
    case 1:
        g_string_erase(s, at, 1);
        break;
    default:
        g_string_insert_c(s, at, s->str[at]);
        break;
    }
    return g_string_free(s, FALSE);
}

char *
codes_invent(CodesKind kind, GRand *rand)
{
    guint roll = below(rand, 100);
    if (roll < 65)
        return codes_invent_valid(kind, rand);
    if (roll < 75)
        return invent_broken(kind, rand);
    if (roll < 79) {
        GString *s = g_string_new(NULL);
        append_letters(s, 15, digits, rand);
        return g_string_free(s, FALSE);
    }
    return codes_invent_random(kind, roll < 88 ? 18 : 6 + below(rand, 15), rand);
}
