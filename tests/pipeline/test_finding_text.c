/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "pipeline/finding_text.h"

Test(finding_text, every_code_says_what_is_wrong_and_what_to_do_in_both_languages)
{
    for (guint code = 0; code < FINDING_CODES; code++)
        for (guint language = 0; language < 2; language++) {
            cr_expect_str_neq(finding_title(code, language), "?", "%s", finding_code_name(code));
            cr_expect_str_neq(finding_hint(code, language), "?", "%s", finding_code_name(code));
        }
    cr_expect_str_eq(finding_title(FINDING_CODES, LANGUAGE_EN), "?");
}

Test(finding_text, a_detail_that_is_a_code_word_is_said_in_words)
{
    static const char *const rows[][2] = { { "twin", "也可能是形近字" },
                                           { "differs (other_character)", "明显更像另一个字" },
                                           { "2 of 3 samples are there", "需要 3 个印模，只有 2 个" },
                                           { "none", NULL },
                                           { "said nowhere (twin)", "said nowhere (twin)" } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = finding_detail(rows[i][0], LANGUAGE_ZH);
        cr_expect_eq(g_strcmp0(seen, rows[i][1]), 0, "%s: %s", rows[i][0], seen);
    }
    cr_expect_null(finding_detail(NULL, LANGUAGE_EN));
    for (guint kind = 0; kind < ORDER_KINDS; kind++)
        cr_expect_str_neq(kind_title(kind, LANGUAGE_ZH), kind_title(kind, LANGUAGE_EN));
}

Test(finding_text, roles_and_seals_have_names)
{
    for (guint role = 0; role < ROLES; role++)
        cr_expect_not_null(role_title(role, LANGUAGE_ZH));
    for (guint type = 0; type < SEAL_TYPES; type++)
        cr_expect_not_null(seal_title(type, LANGUAGE_EN));
    cr_expect_str_eq(seal_title(SEAL_OFFICIAL, LANGUAGE_ZH), "企业公章");
    cr_expect_str_eq(field_title("credit_code", LANGUAGE_ZH), "统一社会信用代码");
    cr_expect_str_eq(field_title("new_one", LANGUAGE_ZH), "new_one");
}

Test(finding_text, every_finding_field_role_and_severity_has_its_chinese)
{
    for (guint code = 0; code < FINDING_CODES; code++) {
        cr_expect_str_neq(finding_title(code, LANGUAGE_ZH), finding_title(code, LANGUAGE_EN));
        cr_expect_str_neq(finding_hint(code, LANGUAGE_ZH), finding_hint(code, LANGUAGE_EN));
    }
    for (guint role = 0; role < ROLES; role++)
        cr_expect_str_neq(role_title(role, LANGUAGE_ZH), role_title(role, LANGUAGE_EN));
    for (guint severity = SEVERITY_NOTE; severity <= SEVERITY_REFUSE; severity++)
        cr_expect_str_neq(severity_title(severity, LANGUAGE_ZH), severity_title(severity, LANGUAGE_EN));
    cr_expect_str_eq(field_title("name", LANGUAGE_ZH), "姓名");
    cr_expect_str_eq(field_title("company_name", LANGUAGE_ZH), "名称");
}
