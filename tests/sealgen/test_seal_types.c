/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "core/error.h"
#include "sealgen/seal_types.h"

static gboolean
override(SealTypeCodes *codes, const char *text, GError **error)
{
    g_autoptr(GKeyFile) profile = g_key_file_new();
    cr_assert(g_key_file_load_from_data(profile, text, (gsize)-1, G_KEY_FILE_NONE, NULL));
    return seal_type_codes_override(codes, profile, error);
}

Test(seal_types, default_is_the_code_table_of_seal_filing)
{
    static const struct {
        SealType type;
        int code, code_v1;
    } rows[] = { { SEAL_OFFICIAL, 1, 1 },   { SEAL_FINANCE, 2, 1 },   { SEAL_INVOICE, 3, 1 },
                 { SEAL_CONTRACT, 4, 1 },   { SEAL_LEGAL_REP, 5, 2 }, { SEAL_PRACTICE, 99, 2 },
                 { SEAL_SIGNATURE, 99, 2 }, { SEAL_DYNAMIC, 99, 1 },  { SEAL_QUALIFICATION, 99, 1 },
                 { SEAL_OTHER, 99, 1 } };
    SealTypeCodes codes = seal_type_codes_default();
    cr_assert_eq(G_N_ELEMENTS(rows), SEAL_TYPES);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        cr_expect_eq(seal_type_code(&codes, rows[i].type, SES_V4), rows[i].code);
        cr_expect_eq(seal_type_code(&codes, rows[i].type, SES_V5), rows[i].code);
        cr_expect_eq(seal_type_code(&codes, rows[i].type, SES_V1), rows[i].code_v1);
    }
}

Test(seal_types, a_profile_changes_only_what_it_names)
{
    SealTypeCodes codes = seal_type_codes_default();
    cr_assert(override(&codes, "[seal-types]\npractice=31\n[seal-types-v1]\ndynamic=2\n[other]\nx=y\n", NULL));
    cr_expect_eq(seal_type_code(&codes, SEAL_PRACTICE, SES_V4), 31);
    cr_expect_eq(seal_type_code(&codes, SEAL_PRACTICE, SES_V1), 2);
    cr_expect_eq(seal_type_code(&codes, SEAL_DYNAMIC, SES_V1), 2);
    cr_expect_eq(seal_type_code(&codes, SEAL_OFFICIAL, SES_V4), 1);
}

Test(seal_types, a_wrong_line_is_named_and_changes_nothing)
{
    static const char *const wrong[] = { "[seal-types]\nofficial=7\nofficail=1\n",
                                         "[seal-types]\nofficial=7\nfinance=-1\n",
                                         "[seal-types]\nofficial=7\nfinance=two\n",
                                         "[seal-types-v1]\nfinance=10000\n" };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        SealTypeCodes codes = seal_type_codes_default(), before = codes;
        g_autoptr(GError) error = NULL;
        cr_expect_not(override(&codes, wrong[i], &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT) && strstr(error->message, "seal-types"), "row %u",
                  i);
        cr_expect_arr_eq(&codes, &before, sizeof codes);
    }
}
