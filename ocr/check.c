/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c: the form against the documents, and the form against itself.
 */
#include "ocr/check_inner.h"

#include "core/citizen_id.h"
#include "core/credit_code.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SURE = 80 }; /* confidence from which a name read freely counts as another name */

Finding *
check_add(Check *check, FindingCode code, Severity severity, const CheckUpload *upload, const Document *document,
          const DocumentField *field, const char *detail)
{
    Finding *finding = finding_new(code, severity, detail);
    finding->page = -1;
    if (upload) {
        finding->role = g_strdup(role_name(upload->upload->role));
        finding->file = g_strdup(upload->upload->file);
    }
    if (document)
        finding->page = (int)document->page;
    if (field) {
        finding->field = g_strdup(field->key);
        finding->read = g_strdup(field->text);
        finding->has_box = field->has_box;
        finding->box_px = field->box_px;
    }
    g_ptr_array_add(check->findings, finding);
    return finding;
}

guint
check_count_seen(const CheckUpload *upload, SeenAs seen_as)
{
    guint n = 0;
    for (guint i = 0; i < upload->documents->len; i++)
        n += ((const Document *)g_ptr_array_index(upload->documents, i))->seen_as == seen_as;
    return n;
}

gboolean
check_parse_date(const char *text, GDate *date)
{
    guint year, month, day;
    int end = 0;
    g_date_clear(date, 1);
    if (!text || sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &end) != 3 || text[end] ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    g_date_set_dmy(date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return TRUE;
}

/*
 * Verifying decides. Where it could not, a name that was read with confidence and differs is shown as
 * another name; one that reads the same is still for a person, since reading has a prior and verifying has none.
 */
void
check_name(Check *check, const CheckUpload *upload, const Document *document, const NameRule *rule)
{
    static const DocumentField nothing = { 0 };
    if (!rule->form || !*rule->form)
        return;
    const DocumentField *field = document_find_field(document, rule->key);
    const DocumentField *seen = field ? field : &nothing;
    gboolean sure = seen->text && seen->status == FIELD_READ && seen->confidence >= NAME_SURE;
    gboolean same = seen->text && text_equal(seen->text, rule->form);
    if (seen->verdict == VERDICT_CONFIRMED || (seen->verdict == VERDICT_NONE && sure && same))
        return;
    gboolean other = !same && (seen->verdict == VERDICT_DENIED || sure);
    Finding *finding = check_add(check, other ? rule->mismatch : rule->unreadable, SEVERITY_REVIEW, upload, document,
                                 field, seen->evidence);
    finding->form = g_strdup(rule->form);
    if (!field)
        finding->field = g_strdup(rule->key);
}

/* ---- the form itself ---------------------------------------------------------------------------- */

static void
check_form_code(Check *check)
{
    if (!check->order->credit_code || !*check->order->credit_code)
        return;
    g_autofree char *code = text_fold_code(check->order->credit_code);
    CreditCodeFlaws flaws = credit_code_check(code) & CREDIT_CODE_ERRORS;
    if (!flaws)
        return;
    Finding *finding = check_add(check, FINDING_FORM_CODE_INVALID, SEVERITY_REVIEW, NULL, NULL, NULL,
                                 flaws & CREDIT_CODE_LENGTH_WRONG   ? "the form's code has not 18 characters"
                                 : flaws & CREDIT_CODE_LETTER_WRONG ? "the form's code has a letter that codes never have"
                                                                    : "the form's code fails its check character");
    finding->field = g_strdup(FIELD_CREDIT_CODE);
    finding->form = g_strdup(check->order->credit_code);
}

static void
check_form_id(Check *check, const OrderPerson *person, const char *whose)
{
    if (!person->id_number || !*person->id_number)
        return;
    g_autofree char *number = text_fold_code(person->id_number);
    if (!(citizen_id_check(number) & CITIZEN_ID_ERRORS))
        return;
    g_autofree char *detail = g_strdup_printf("the form's ID number of the %s fails its checks", whose);
    Finding *finding = check_add(check, FINDING_FORM_ID_INVALID, SEVERITY_REVIEW, NULL, NULL, NULL, detail);
    finding->field = g_strdup(FIELD_ID_NUMBER);
    finding->form = g_strdup(person->id_number);
}

void
check_quality(Check *check, const CheckUpload *upload, const Document *document)
{
    static const struct {
        Quality quality;
        const char *detail;
    } notes[] = { { QUALITY_BLUR, "blurred" },
                  { QUALITY_GLARE, "glare" },
                  { QUALITY_CUT_BORDER, "a border is cut off" },
                  { QUALITY_FEW_PIXELS, "few pixels" },
                  { QUALITY_DARK, "dark" } };
    for (guint i = 0; i < G_N_ELEMENTS(notes); i++)
        if (document->quality & notes[i].quality)
            check_add(check, FINDING_IMAGE_QUALITY, SEVERITY_NOTE, upload, document, NULL, notes[i].detail);
}

void
check_stamp(Check *check, const CheckUpload *upload, const Document *document)
{
    if (check->rules->stamp_on_copies && document->capture == CAPTURE_GREY_COPY && !document->stamp_present)
        check_add(check, FINDING_STAMP_MISSING_ON_COPY, SEVERITY_REVIEW, upload, document, NULL,
                  "a copy without the company's seal");
}

GPtrArray *
check_order(const Order *order, const CheckUpload *uploads, guint n, const CheckRules *rules)
{
    Check check = { order, rules, g_ptr_array_new_with_free_func((GDestroyNotify)finding_free) };
    check_form_code(&check);
    check_form_id(&check, &order->legal_rep, "legal representative");
    check_form_id(&check, &order->operator_, "operator");
    for (guint i = 0; i < n; i++)
        if (uploads[i].upload->role == ROLE_LICENCE && uploads[i].documents->len > 0)
            check_licence_upload(&check, &uploads[i]);
    check_person(&check, uploads, n, ROLE_LEGAL_REP_ID_FRONT, ROLE_LEGAL_REP_ID_BACK, ROLE_LEGAL_REP_ID,
                 &order->legal_rep);
    check_person(&check, uploads, n, ROLE_OPERATOR_ID_FRONT, ROLE_OPERATOR_ID_BACK, ROLE_OPERATOR_ID,
                 &order->operator_);
    return check.findings;
}
