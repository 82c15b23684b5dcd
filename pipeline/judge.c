/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Brings ocr's checks and the seals' texts together into an order's findings.
 */
#include "pipeline/judge.h"

#include <stdio.h>

#include "ocr/check.h"
#include "pipeline/seal_inside.h"

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
            uploads[n++] =
                (CheckUpload){ order->uploads->pdata[i], ((const UploadSeen *)result->uploads->pdata[i])->documents };
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
add_text_finding(OrderResult *result, guint seal_index, const SealLineRead *line, FindingCode code, Severity severity,
                 const char *detail)
{
    const SheetSeal *seal = result->sheet->seals->pdata[seal_index];
    const SheetSample *sample = best_sample(seal);
    Finding *finding = order_result_add(result, code, severity, detail);
    finding->role = g_strdup(role_name(ROLE_SEAL_SHEET));
    finding->seal = g_strdup(seal_type_name(seal->type));
    finding->field = g_strdup("seal_text");
    finding->read = line ? g_strdup(line->read) : NULL;
    finding->form = line ? g_strdup(line->expected) : NULL;
    if (sample) {
        finding->file = g_strdup(sample->file);
        finding->page = (int)sample->page_index;
        finding->box_px = sample->box_px;
        finding->has_box = TRUE;
    }
}

static gboolean
is_inside(const SealLineRead *line)
{
    return line->kind == LINE_CENTRE || line->kind == LINE_BOTTOM;
}

/* What the lines of one seal say together. */
typedef struct {
    gboolean name_confirmed; /* the ring, a credit code inside it, or a name seal's cells */
    gboolean purpose_confirmed;
    gboolean denied;
    const SealLineRead *name;   /* the line that should be the name, or NULL */
    const SealLineRead *inside; /* a line inside the ring that is neither purpose nor code, or NULL */
    guint inside_lines;
} SealSays;

static SealSays
collect(const OrderResult *result, guint seal_index, const Order *order)
{
    SealSays says = { 0 };
    for (guint i = 0; i < result->lines->len; i++) {
        const SealLineRead *line = result->lines->pdata[i];
        if (line->seal != seal_index)
            continue;
        gboolean confirmed = line->verdict == VERDICT_CONFIRMED;
        says.denied |= line->verdict == VERDICT_DENIED;
        says.inside_lines += is_inside(line);
        if (!is_inside(line)) {
            says.name_confirmed |= confirmed;
            if (line->expected)
                says.name = line;
        } else if (confirmed) {
            gboolean code = g_strcmp0(line->expected, order->credit_code) == 0;
            says.name_confirmed |= code;
            says.purpose_confirmed |= !code;
        } else if (line->verdict == VERDICT_NONE) {
            says.inside = line;
        }
    }
    return says;
}

static void
report_denied(OrderResult *result, guint seal_index, const Order *order)
{
    for (guint i = 0; i < result->lines->len; i++) {
        const SealLineRead *line = result->lines->pdata[i];
        if (line->seal == seal_index && line->verdict == VERDICT_DENIED && line->expected)
            add_text_finding(result, seal_index, line, FINDING_SEAL_TEXT_MISMATCH, SEVERITY_REVIEW,
                             !is_inside(line) ? "the seal's text is not the company's name on the form"
                             : g_strcmp0(line->expected, order->credit_code) == 0
                                 ? "the credit code in the seal is not the one on the form"
                                 : "the seal says that it is of another kind than ordered");
    }
}

/* Is the seal of the ordered kind? An official seal has no line inside its ring, the others have their purpose. */
static void
check_purpose(OrderResult *result, guint seal_index, const SealSays *says)
{
    const SheetSeal *seal = result->sheet->seals->pdata[seal_index];
    if (seal->type == SEAL_OFFICIAL && says->inside)
        add_text_finding(result, seal_index, says->inside, FINDING_SEAL_TEXT_UNREADABLE, SEVERITY_REVIEW,
                         "a line stands in the seal, as official seals have none: is it of another kind?");
    else if (seal->type != SEAL_OFFICIAL && !says->purpose_confirmed && seal->shape == SHAPE_ROUND)
        add_text_finding(result, seal_index, says->inside, FINDING_SEAL_TEXT_UNREADABLE,
                         says->inside_lines == 0 ? SEVERITY_REVIEW : SEVERITY_NOTE,
                         says->inside_lines == 0 ? "no line in the seal says that it is of the ordered kind"
                                                 : "the seal's kind could not be read for sure");
}

/*
 * Another company's seal must not be burned because nobody could read it: where neither the name nor a code in the
 * seal is confirmed, people compare picture and name. A name seal has too many scripts for that: a note.
 */
static void
check_seal_texts(const Order *order, OrderResult *result)
{
    for (guint i = 0; i < result->sheet->seals->len; i++) {
        const SheetSeal *seal = result->sheet->seals->pdata[i];
        if (!seal->found)
            continue;
        SealSays says = collect(result, i, order);
        gboolean company = seal_bears_company(seal->type);
        report_denied(result, i, order);
        if (says.denied)
            continue;
        if (!says.name_confirmed && (says.name || company))
            add_text_finding(
                result, i, says.name, FINDING_SEAL_TEXT_UNREADABLE, company ? SEVERITY_REVIEW : SEVERITY_NOTE,
                says.name ? "the seal's text could not be read for sure" : "no text was found in the seal");
        if (company)
            check_purpose(result, i, &says);
    }
}

void
judge_order(const OrderInput *input, OrderResult *result)
{
    check_documents(input, result);
    if (result->sheet)
        check_seal_texts(input->order, result);
}
