/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"

#include <criterion/criterion.h>

Test(text, folding_hides_width_brackets_blanks_and_case_only)
{
    static const char *const same[][2] = {
        { "上海（浦东）有限公司", "上海(浦东)有限公司" },
        { "阿卜杜拉·买买提", "阿卜杜拉•买买提" },
        { "Ａｂｃ１２３", "abc123" },
        { "嘉城 贸易　有限公司", "嘉城贸易有限公司" },
        { "〔甲〕【乙】", "(甲)(乙)" },
        { "甲—乙", "甲-乙" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
        cr_assert(text_equal(same[i][0], same[i][1]), "%s", same[i][0]);
}

Test(text, folding_never_hides_another_character)
{
    static const char *const differ[][2] = { { "天", "夭" }, { "鸿", "鴻" }, { "己", "已" }, { "国", "國" },
                                             { "0", "O" },   { "1", "I" },   { "二", "2" },  { "甲乙", "甲·乙" } };
    for (gsize i = 0; i < G_N_ELEMENTS(differ); i++)
        cr_assert_not(text_equal(differ[i][0], differ[i][1]), "%s", differ[i][0]);
}

Test(text, code_folding_keeps_letters_and_digits)
{
    g_autofree char *code = text_fold_code(" 9136 8174ma（qh）ＷＤ7A6x");
    cr_assert_str_eq(code, "91368174MAQHWD7A6X");
    g_autofree char *none = text_fold_code(NULL);
    cr_assert_str_eq(none, "");
}

Test(text, diff_names_the_differing_characters)
{
    g_autoptr(GArray) runs = text_diff("上海盛隆景餐饮管理有限公司", "上海骏隆景餐饮管理公司");
    cr_assert_eq(runs->len, 5);
    const TextDiff *d = (const TextDiff *)runs->data;
    cr_assert_eq(d[0].kind, TEXT_SAME);
    cr_assert_eq(d[1].kind, TEXT_CHANGED);
    cr_assert_eq(d[1].expected_from, 2);
    cr_assert_eq(d[1].seen_count, 1);
    cr_assert_eq(d[3].kind, TEXT_MISSING);
    cr_assert_eq(d[3].expected_count, 2);
    cr_assert_eq(d[3].seen_count, 0);
    cr_assert_eq(d[4].kind, TEXT_SAME);
    cr_assert_eq(d[4].seen_from, 9);
}

Test(text, distance_counts_edits)
{
    cr_assert_eq(text_distance("甲乙丙", "甲乙丙"), 0);
    cr_assert_eq(text_distance("甲乙丙", "甲丁丙戊"), 2);
    cr_assert_eq(text_distance("", "甲"), 1);
    cr_assert_eq(text_distance(NULL, NULL), 0);
}

Test(text, bytes_come_as_utf8_or_gb18030)
{
    g_autofree char *utf8 = text_from_bytes("\xEF\xBB\xBF甲", 6);
    cr_assert_str_eq(utf8, "甲");
    g_autofree char *gb = text_from_bytes("\xD6\xD0\xCE\xC4", 4);
    cr_assert_str_eq(gb, "中文");
    cr_assert_null(text_from_bytes("a\0b", 3));
    cr_assert_null(text_from_bytes("\xFF\xFF\xFF", 3));
}
