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
result_with_a_seal(SealType type)
{
    OrderResult *result = order_result_new("T1");
    result->sheet = sheet_result_new();
    SheetSeal *seal = sheet_seal_new(0, type);
    seal->found = TRUE;
    seal->shape = SHAPE_ROUND;
    g_ptr_array_add(result->sheet->seals, seal);
    return result;
}

/* How grave the finding with this code is; -1: there is none. */
static int
severity_of(const OrderResult *result, FindingCode code)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (((const Finding *)result->findings->pdata[i])->code == code)
            return (int)((const Finding *)result->findings->pdata[i])->severity;
    return -1;
}

/* Findings with the code that judge_order makes of the result's lines; nothing was uploaded. */
static guint
findings_of(OrderResult *result, FindingCode code)
{
    Profile profile = { 0 };
    Order *order = order_new();
    order->credit_code = g_strdup("91386173MA4DNY047A");
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
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_LEGAL_REP);
    add_line(result, LINE_CELLS, VERDICT_CONFIRMED, "杜艳之印", "杜艳");
    add_line(result, LINE_CELLS, VERDICT_UNDECIDED, "之杜印艳", "杜艳");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 0);
}

Test(judge, a_name_seal_confirmed_in_no_order_has_its_notes)
{
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_LEGAL_REP);
    add_line(result, LINE_CELLS, VERDICT_UNDECIDED, "杜艳之印", "杜燕");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 1);
}

Test(judge, a_seal_of_another_purpose_goes_to_people)
{
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_OFFICIAL);
    add_line(result, LINE_BOTTOM, VERDICT_DENIED, "财务专用章", "公章");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_MISMATCH), 1);
}

Test(judge, a_ring_that_nobody_could_read_goes_to_people)
{
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_OFFICIAL);
    add_line(result, LINE_RING, VERDICT_UNDECIDED, "甲乙", "丙丁有限公司");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 1);
    cr_expect_eq(severity_of(result, FINDING_SEAL_TEXT_UNREADABLE), SEVERITY_REVIEW);
    g_autoptr(OrderResult) nothing = result_with_a_seal(SEAL_OFFICIAL);
    cr_expect_eq(findings_of(nothing, FINDING_SEAL_TEXT_UNREADABLE), 1, "no ring was found at all");
    cr_expect_eq(severity_of(nothing, FINDING_SEAL_TEXT_UNREADABLE), SEVERITY_REVIEW);
}

Test(judge, a_confirmed_ring_needs_nobody)
{
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_OFFICIAL);
    add_line(result, LINE_RING, VERDICT_CONFIRMED, "丙丁有限公司", "丙丁有限公司");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 0);
    cr_expect_eq(severity_of(result, FINDING_SEAL_TEXT_MISMATCH), -1);
}

Test(judge, the_forms_credit_code_in_the_seal_stands_for_a_ring_that_is_hard_to_read)
{
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_INVOICE);
    add_line(result, LINE_RING, VERDICT_UNDECIDED, "甲乙", "丙丁有限公司");
    add_line(result, LINE_CENTRE, VERDICT_CONFIRMED, "91386173MA4DNY047A", "91386173MA4DNY047A");
    add_line(result, LINE_BOTTOM, VERDICT_CONFIRMED, "发票专用章", "发票专用章");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_UNREADABLE), 0);
}

Test(judge, another_credit_code_in_the_seal_goes_to_people_whatever_the_ring_says)
{
    g_autoptr(OrderResult) result = result_with_a_seal(SEAL_INVOICE);
    add_line(result, LINE_RING, VERDICT_CONFIRMED, "丙丁有限公司", "丙丁有限公司");
    add_line(result, LINE_CENTRE, VERDICT_DENIED, "91317271MA2M4P0U61", "91386173MA4DNY047A");
    cr_expect_eq(findings_of(result, FINDING_SEAL_TEXT_MISMATCH), 1);
    cr_expect_eq(severity_of(result, FINDING_SEAL_TEXT_MISMATCH), SEVERITY_REVIEW);
}

Test(judge, an_official_seal_with_a_line_in_it_and_a_contract_seal_without_go_to_people)
{
    g_autoptr(OrderResult) official = result_with_a_seal(SEAL_OFFICIAL);
    add_line(official, LINE_RING, VERDICT_CONFIRMED, "丙丁有限公司", "丙丁有限公司");
    add_line(official, LINE_BOTTOM, VERDICT_NONE, "投标专用章", NULL);
    cr_expect_eq(findings_of(official, FINDING_SEAL_TEXT_UNREADABLE), 1);
    cr_expect_eq(severity_of(official, FINDING_SEAL_TEXT_UNREADABLE), SEVERITY_REVIEW);
    g_autoptr(OrderResult) contract = result_with_a_seal(SEAL_CONTRACT);
    add_line(contract, LINE_RING, VERDICT_CONFIRMED, "丙丁有限公司", "丙丁有限公司");
    cr_expect_eq(findings_of(contract, FINDING_SEAL_TEXT_UNREADABLE), 1);
    cr_expect_eq(severity_of(contract, FINDING_SEAL_TEXT_UNREADABLE), SEVERITY_REVIEW);
}
