/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of the seals' texts. */
#include "pipeline/judge.h"

#include <criterion/criterion.h>

static void
add_line(OrderResult *result, SealLineKind kind, Verdict verdict, const char *read, const char *expected)
{
    SealLineRead *line = g_new0(SealLineRead, 1);
    line->kind = kind;
    line->verdict = verdict;
    line->read = g_strdup(read);
    line->expected = g_strdup(expected);
    g_ptr_array_add(result->lines, line);
}

static OrderResult *
result_with_a_seal(void)
{
    OrderResult *result = order_result_new("T1");
    result->sheet = sheet_result_new();
    g_ptr_array_add(result->sheet->seals, sheet_seal_new(0, SEAL_OFFICIAL));
    return result;
}

/* Findings with the code that judge_order makes of the result's lines; nothing was uploaded. */
static guint
findings_of(OrderResult *result, FindingCode code)
{
    Profile profile = { 0 };
    Order *order = order_new();
    OrderInput input = { .order = order, .profile = &profile };
    g_date_set_dmy(&input.on_date, 1, 1, 2026);
    guint n = 0;
    judge_order(&input, result);
    for (guint i = 0; i < result->findings->len; i++)
        n += ((const Finding *)result->findings->pdata[i])->code == code;
    order_free(order);
    return n;
}

Test(judge, a_name_seal_read_in_one_order_of_its_columns_needs_no_note_on_the_other)
{
    g_autoptr(OrderResult) result = result_with_a_seal();
    add_line(result, LINE_CELLS, VERDICT_CONFIRMED, "杜艳之印", "杜艳");
    add_line(result, LINE_CELLS, VERDICT_UNDECIDED, "之杜印艳", "杜艳");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 0);
}

Test(judge, a_name_seal_confirmed_in_no_order_has_its_notes)
{
    g_autoptr(OrderResult) result = result_with_a_seal();
    add_line(result, LINE_CELLS, VERDICT_UNDECIDED, "杜艳之印", "杜燕");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 1);
}

Test(judge, a_seal_of_another_purpose_goes_to_people)
{
    g_autoptr(OrderResult) result = result_with_a_seal();
    add_line(result, LINE_BOTTOM, VERDICT_DENIED, "财务专用章", "公章");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_MISMATCH), 1);
}
