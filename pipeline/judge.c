/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Brings ocr's checks and the seals' texts together into an order's findings.
 */
#include "pipeline/judge.h"

#include <stdio.h>

#include "core/text.h"
#include "ocr/check.h"

GDate
judge_date(const Order *order, const GDate *otherwise)
{
    guint year, month, day;
    if (order->submitted_at && sscanf(order->submitted_at, "%4u-%2u-%2u", &year, &month, &day) == 3 &&
        g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
        GDate date;
        g_date_clear(&date, 1);
        g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
        return date;
    }
    return *otherwise;
}

/* Sheets have findings of their own; an upload that could not be read has one already. */
static gboolean
is_for_check(const OrderInput *input, const OrderResult *result, guint index)
{
    const UploadSeen *seen = result->uploads->pdata[index];
    if (!seen->documents)
        return FALSE;
    return !(result->sheet && (seen->role == ROLE_SEAL_SHEET || seen->role == ROLE_APPLICATION_FORM));
}

static void
check_documents(const OrderInput *input, OrderResult *result)
{
    const Order *order = input->order;
    g_autofree CheckUpload *uploads = g_new0(CheckUpload, order->uploads->len + 1);
    CheckRules rules = { .stamp_on_copies = input->profile->stamp_on_copies,
                         .on_date = judge_date(order, &input->on_date) };
    guint n = 0;
    for (guint i = 0; i < order->uploads->len; i++)
        if (is_for_check(input, result, i))
            uploads[n++] = (CheckUpload){ order->uploads->pdata[i],
                                          ((const UploadSeen *)result->uploads->pdata[i])->documents };
    g_autoptr(GPtrArray) findings = check_order(order, uploads, n, &rules);
    while (findings->len > 0)
        g_ptr_array_add(result->findings, g_ptr_array_steal_index(findings, 0));
}

/* The sample a person should look at: the best one that was used. */
static const SheetSample *
best_sample(const SheetSeal *seal)
{
    const SheetSample *best = NULL;
    for (guint i = 0; i < seal->samples->len; i++) {
        const SheetSample *sample = seal->samples->pdata[i];
        if (!best || (sample->used && !best->used) || (sample->used == best->used && sample->quality > best->quality))
            best = sample;
    }
    return best;
}

static void
add_text_finding(OrderResult *result, const SealLineRead *line, FindingCode code, Severity severity,
                 const char *detail)
{
    const SheetSeal *seal = result->sheet->seals->pdata[line->seal];
    const SheetSample *sample = best_sample(seal);
    Finding *finding = order_result_add(result, code, severity, detail);
    finding->role = g_strdup(role_name(ROLE_SEAL_SHEET));
    finding->seal = g_strdup(seal_type_name(seal->type));
    finding->field = g_strdup("seal_text");
    finding->read = g_strdup(line->read);
    finding->form = g_strdup(line->expected);
    if (sample) {
        finding->file = g_strdup(sample->file);
        finding->page = (int)sample->page_index;
        finding->box_px = sample->box_px;
        finding->has_box = TRUE;
    }
}

/* A name seal's cells are read in both orders of their columns; one of them is enough. */
static gboolean
is_confirmed_otherwise(const GPtrArray *lines, const SealLineRead *line)
{
    for (guint i = 0; line->kind == LINE_CELLS && i < lines->len; i++) {
        const SealLineRead *other = lines->pdata[i];
        if (other->seal == line->seal && other->kind == LINE_CELLS && other->verdict == VERDICT_CONFIRMED)
            return TRUE;
    }
    return FALSE;
}

/*
 * A seal's text that was read and differs goes to people; one that could not be read is a note, never a
 * pass: the picture stands beside the name in the review page and on the protocol.
 */
static void
check_seal_texts(OrderResult *result)
{
    for (guint i = 0; i < result->lines->len; i++) {
        const SealLineRead *line = result->lines->pdata[i];
        if (!line->expected || line->verdict == VERDICT_CONFIRMED || is_confirmed_otherwise(result->lines, line))
            continue;
        if (line->verdict == VERDICT_DENIED && line->read && !text_equal(line->read, line->expected))
            add_text_finding(result, line, FINDING_SEAL_TEXT_MISMATCH, SEVERITY_REVIEW,
                             line->kind == LINE_CENTRE || line->kind == LINE_BOTTOM
                                 ? "the seal says that it is of another kind than ordered"
                                 : "the seal's text is not the company's name on the form");
        else
            add_text_finding(result, line, FINDING_SEAL_TEXT_UNREADABLE, SEVERITY_NOTE,
                             "the seal's text could not be read for sure");
    }
}

void
judge_order(const OrderInput *input, OrderResult *result)
{
    check_documents(input, result);
    if (result->sheet)
        check_seal_texts(result);
}
