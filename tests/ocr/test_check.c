/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders against documents: what passes, what is found, and that nothing planted gets past. */
#include "ocr/check.h"

#include <criterion/criterion.h>
#include <string.h>

#define CODE "91110108MA00TE5T26"
#define OTHER_CODE "92440305MA5XX00X6H"
#define NUMBER "110101190001010014"
#define OTHER_NUMBER "310115190002281233"

static Order *
an_order(void)
{
    Order *order = order_new();
    order->company_name = g_strdup("某某科技（海口）有限公司");
    order->credit_code = g_strdup(CODE);
    order->legal_rep.name = g_strdup("张三");
    order->legal_rep.id_number = g_strdup(NUMBER);
    return order;
}

static DocumentField *
set(Document *document, const char *key, const char *text, FieldStatus status, Verdict verdict)
{
    DocumentField *field = document_field(document, key);
    g_free(field->text);
    field->text = g_strdup(text);
    field->status = status;
    field->verdict = verdict;
    field->confidence = 95;
    return field;
}

static Document *
a_licence(void)
{
    Document *d = document_new(SEEN_LICENCE, 0);
    set(d, FIELD_CREDIT_CODE, CODE, FIELD_READ, VERDICT_NONE);
    set(d, FIELD_COMPANY_NAME, "某某科技(海口)有限公司", FIELD_READ, VERDICT_CONFIRMED);
    set(d, FIELD_LEGAL_REP, "张三", FIELD_READ, VERDICT_CONFIRMED);
    return d;
}

static Document *
a_front(void)
{
    Document *d = document_new(SEEN_ID_FRONT, 0);
    set(d, FIELD_ID_NUMBER, NUMBER, FIELD_READ, VERDICT_NONE);
    set(d, FIELD_NAME, "张三", FIELD_READ, VERDICT_CONFIRMED);
    return d;
}

static Document *
a_back(void)
{
    Document *d = document_new(SEEN_ID_BACK, 0);
    set(d, FIELD_VALID_UNTIL, "2035-02-08", FIELD_READ, VERDICT_NONE);
    return d;
}

/* The findings of one upload with one document (taken), as "code code" in order; notes in brackets. */
static char *
findings_of(Order *order, Role role, Document *first, Document *second)
{
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_ptr_array_add(documents, first);
    if (second)
        g_ptr_array_add(documents, second);
    OrderUpload *upload = order_upload_new(role, "a.jpg");
    CheckUpload one = { upload, documents };
    CheckRules rules = { .stamp_on_copies = TRUE };
    g_date_set_dmy(&rules.on_date, 20, 11, 2025);
    g_autoptr(GPtrArray) findings = check_order(order, &one, 1, &rules);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const Finding *f = g_ptr_array_index(findings, i);
        g_string_append_printf(out, f->severity == SEVERITY_NOTE ? "%s(%s)" : "%s%s", i ? " " : "",
                               finding_code_name(f->code));
        cr_assert(!f->file || strcmp(f->file, "a.jpg") == 0);
    }
    order_upload_free(upload);
    return g_string_free(out, FALSE);
}

Test(check, a_right_licence_gives_no_finding)
{
    g_autoptr(Order) order = an_order();
    g_autofree char *found = findings_of(order, ROLE_LICENCE, a_licence(), NULL);
    cr_assert_str_eq(found, "");
}

Test(check, width_of_brackets_blanks_and_case_stop_nothing)
{
    g_autoptr(Order) order = an_order();
    g_free(order->credit_code);
    order->credit_code = g_strdup("91110108 ma00te5t26");
    g_autofree char *found = findings_of(order, ROLE_LICENCE, a_licence(), NULL);
    cr_assert_str_eq(found, "");
}

typedef struct {
    const char *key, *text;
    FieldStatus status;
    Verdict verdict;
    const char *finding;
} Row;

Test(check, every_field_of_a_licence_that_is_not_right_is_found)
{
    static const Row rows[] = {
        { FIELD_CREDIT_CODE, OTHER_CODE, FIELD_READ, VERDICT_NONE, "code_mismatch" },
        { FIELD_CREDIT_CODE, OTHER_CODE, FIELD_WEAK, VERDICT_NONE, "code_mismatch" },
        { FIELD_CREDIT_CODE, CODE, FIELD_WEAK, VERDICT_NONE, "" },
        { FIELD_CREDIT_CODE, "91110108MA00TE5T2G", FIELD_CHECK_FAILED, VERDICT_NONE, "check_failed" },
        { FIELD_CREDIT_CODE, "91110108MA00TE5T2G", FIELD_SUGGESTED, VERDICT_NONE, "code_unreadable" },
        /* unreadable is unreadable, whatever the text says */
        { FIELD_CREDIT_CODE, CODE, FIELD_UNREADABLE, VERDICT_NONE, "code_unreadable" },
        { FIELD_CREDIT_CODE, NULL, FIELD_UNREADABLE, VERDICT_NONE, "code_unreadable" },
        { FIELD_COMPANY_NAME, "某某科枝(海口)有限公司", FIELD_READ, VERDICT_DENIED, "name_mismatch" },
        { FIELD_COMPANY_NAME, "某某科枝(海口)有限公司", FIELD_READ, VERDICT_UNDECIDED, "name_mismatch" },
        { FIELD_COMPANY_NAME, "某某科技(海口)有限公司", FIELD_READ, VERDICT_UNDECIDED, "name_unreadable" },
        { FIELD_COMPANY_NAME, "某", FIELD_WEAK, VERDICT_UNDECIDED, "name_unreadable" },
        { FIELD_COMPANY_NAME, NULL, FIELD_UNREADABLE, VERDICT_NONE, "name_unreadable" },
        { FIELD_LEGAL_REP, "张二", FIELD_READ, VERDICT_DENIED, "legal_rep_mismatch" },
        { FIELD_LEGAL_REP, NULL, FIELD_UNREADABLE, VERDICT_UNDECIDED, "legal_rep_unreadable" },
        { FIELD_VALID_UNTIL, "2025-11-19", FIELD_READ, VERDICT_NONE, "licence_expired" },
        { FIELD_VALID_UNTIL, "2025-11-20", FIELD_READ, VERDICT_NONE, "" },
        { FIELD_VALID_UNTIL, "2025-11-19", FIELD_WEAK, VERDICT_NONE, "" },
        { FIELD_VALID_UNTIL, "长期", FIELD_READ, VERDICT_NONE, "" },
        { FIELD_QR_CODE, "http://gsxt/" OTHER_CODE "/x", FIELD_READ, VERDICT_NONE, "qr_mismatch" },
        { FIELD_QR_CODE, "http://gsxt/" CODE "/x", FIELD_READ, VERDICT_NONE, "" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Order) order = an_order();
        Document *licence = a_licence();
        set(licence, rows[i].key, rows[i].text, rows[i].status, rows[i].verdict);
        g_autofree char *found = findings_of(order, ROLE_LICENCE, licence, NULL);
        cr_assert_str_eq(found, rows[i].finding, "row %u (%s): '%s'", i, rows[i].key, found);
    }
}

Test(check, a_field_that_was_never_looked_at_is_unreadable)
{
    g_autoptr(Order) order = an_order();
    g_autofree char *found = findings_of(order, ROLE_LICENCE, document_new(SEEN_LICENCE, 0), NULL);
    cr_assert_str_eq(found, "code_unreadable name_unreadable legal_rep_unreadable");
}

Test(check, another_document_in_the_licences_place_is_named)
{
    g_autoptr(Order) order = an_order();
    g_autofree char *blank = findings_of(order, ROLE_LICENCE, document_new(SEEN_BLANK, 0), NULL);
    g_autofree char *card = findings_of(order, ROLE_LICENCE, a_front(), a_back());
    g_autofree char *unknown = findings_of(order, ROLE_LICENCE, document_new(SEEN_UNKNOWN, 0), NULL);
    g_autofree char *page_of_two = findings_of(order, ROLE_LICENCE, document_new(SEEN_BLANK, 0), a_licence());
    cr_assert_str_eq(blank, "blank_page");
    cr_assert_str_eq(card, "wrong_document");
    cr_assert_str_eq(unknown, "code_unreadable");
    cr_assert_str_eq(page_of_two, "", "a blank page beside the licence is harmless");
}

Test(check, of_two_licences_the_legible_one_decides_and_a_second_company_is_found)
{
    g_autoptr(Order) order = an_order();
    Document *illegible = document_new(SEEN_LICENCE, 1), *foreign = a_licence();
    g_autofree char *one = findings_of(order, ROLE_LICENCE, a_licence(), illegible);
    set(foreign, FIELD_CREDIT_CODE, OTHER_CODE, FIELD_READ, VERDICT_NONE);
    g_autofree char *two = findings_of(order, ROLE_LICENCE, a_licence(), foreign);
    cr_assert_str_eq(one, "");
    cr_assert_str_eq(two, "code_mismatch");
}

Test(check, a_grey_copy_needs_the_companys_seal)
{
    g_autoptr(Order) order = an_order();
    Document *copy = a_licence(), *stamped = a_licence();
    copy->capture = stamped->capture = CAPTURE_GREY_COPY;
    stamped->stamp_present = TRUE;
    stamped->quality = QUALITY_BLUR;
    g_autofree char *without = findings_of(order, ROLE_LICENCE, copy, NULL);
    g_autofree char *with = findings_of(order, ROLE_LICENCE, stamped, NULL);
    cr_assert_str_eq(without, "stamp_missing_on_copy");
    cr_assert_str_eq(with, "(image_quality)");
}

Test(check, a_form_that_contradicts_itself_is_found_without_any_upload)
{
    g_autoptr(Order) order = an_order();
    CheckRules rules = { .stamp_on_copies = FALSE };
    order->credit_code[3] = '9';
    order->legal_rep.id_number[9] = '9';
    g_autoptr(GPtrArray) findings = check_order(order, NULL, 0, &rules);
    cr_assert_eq(findings->len, 2);
    cr_assert_eq(((Finding *)g_ptr_array_index(findings, 0))->code, FINDING_FORM_CODE_INVALID);
    cr_assert_eq(((Finding *)g_ptr_array_index(findings, 1))->code, FINDING_FORM_ID_INVALID);
}

Test(check, an_id_card_is_compared_with_its_person)
{
    static const struct {
        const char *key, *text;
        FieldStatus status;
        Verdict verdict;
        const char *finding;
    } rows[] = {
        { FIELD_ID_NUMBER, NUMBER, FIELD_READ, VERDICT_NONE, "" },
        { FIELD_ID_NUMBER, OTHER_NUMBER, FIELD_READ, VERDICT_NONE, "id_number_mismatch" },
        { FIELD_ID_NUMBER, "110101190001010015", FIELD_CHECK_FAILED, VERDICT_NONE, "id_number_mismatch" },
        { FIELD_ID_NUMBER, NUMBER, FIELD_UNREADABLE, VERDICT_NONE, "id_number_unreadable" },
        { FIELD_NAME, "张二", FIELD_READ, VERDICT_DENIED, "id_name_mismatch" },
        { FIELD_NAME, "张三", FIELD_READ, VERDICT_UNDECIDED, "id_name_unreadable" },
        { FIELD_NAME, "张三", FIELD_READ, VERDICT_NONE, "" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Order) order = an_order();
        Document *front = a_front();
        set(front, rows[i].key, rows[i].text, rows[i].status, rows[i].verdict);
        g_autofree char *found = findings_of(order, ROLE_LEGAL_REP_ID_FRONT, front, NULL);
        cr_assert_str_eq(found, rows[i].finding, "row %u: '%s'", i, found);
    }
}

Test(check, sides_and_expiry_of_an_id_card)
{
    g_autoptr(Order) order = an_order();
    Document *old = a_back(), *forever = a_back(), *torn = a_back();
    set(old, FIELD_VALID_UNTIL, "2025-11-19", FIELD_READ, VERDICT_NONE);
    set(forever, FIELD_VALID_UNTIL, "长期", FIELD_READ, VERDICT_NONE);
    set(torn, FIELD_VALID_UNTIL, "2035-0", FIELD_WEAK, VERDICT_NONE);
    Document *coarse = a_front(), *fine = a_front(), *coarse_alone = a_front();
    coarse->dpi = coarse_alone->dpi = 96;
    fine->dpi = 300;
    struct {
        Role role;
        Document *first, *second;
        const char *finding;
    } rows[] = {
        { ROLE_LEGAL_REP_ID, a_front(), a_back(), "" },
        { ROLE_LEGAL_REP_ID, a_front(), NULL, "wrong_side" },
        { ROLE_LEGAL_REP_ID, fine, NULL, "wrong_side" },
        { ROLE_LEGAL_REP_ID, coarse, NULL, "id_expiry_unreadable" }, /* the back may be there, and illegible */
        { ROLE_LEGAL_REP_ID_BACK, coarse_alone, NULL, "wrong_side" },
        { ROLE_LEGAL_REP_ID_FRONT, a_front(), a_back(), "" },
        { ROLE_LEGAL_REP_ID_FRONT, a_back(), NULL, "wrong_side" },
        { ROLE_LEGAL_REP_ID_BACK, a_front(), NULL, "wrong_side" },
        { ROLE_LEGAL_REP_ID_BACK, old, NULL, "id_expired" },
        { ROLE_LEGAL_REP_ID_BACK, forever, NULL, "" },
        { ROLE_LEGAL_REP_ID_BACK, torn, NULL, "id_expiry_unreadable" },
        { ROLE_LEGAL_REP_ID_FRONT, a_licence(), NULL, "wrong_document" },
        { ROLE_LEGAL_REP_ID_FRONT, document_new(SEEN_BLANK, 0), NULL, "blank_page" },
        { ROLE_LEGAL_REP_ID_FRONT, document_new(SEEN_UNKNOWN, 0), NULL, "id_number_unreadable" },
        { ROLE_LEGAL_REP_ID_BACK, document_new(SEEN_UNKNOWN, 0), NULL, "id_expiry_unreadable" },
        { ROLE_LEGAL_REP_ID, document_new(SEEN_UNKNOWN, 0), NULL, "id_number_unreadable" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *found = findings_of(order, rows[i].role, rows[i].first, rows[i].second);
        cr_assert_str_eq(found, rows[i].finding, "row %u: '%s'", i, found);
    }
}

Test(check, both_sides_in_two_files_of_one_role_are_whole)
{
    g_autoptr(Order) order = an_order();
    g_autoptr(GPtrArray) a = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) b = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_ptr_array_add(a, a_front());
    g_ptr_array_add(b, a_back());
    OrderUpload *first = order_upload_new(ROLE_LEGAL_REP_ID, "a.jpg"), *second =
                                                                            order_upload_new(ROLE_LEGAL_REP_ID, "b.jpg");
    CheckUpload uploads[2] = { { first, a }, { second, b } };
    CheckRules rules = { .stamp_on_copies = FALSE };
    g_date_set_dmy(&rules.on_date, 20, 11, 2025);
    g_autoptr(GPtrArray) findings = check_order(order, uploads, 2, &rules);
    cr_assert_eq(findings->len, 0);
    order_upload_free(first);
    order_upload_free(second);
}

Test(check, a_grey_copy_of_a_card_needs_the_seal_once_a_page)
{
    g_autoptr(Order) order = an_order();
    Document *front = a_front(), *back = a_back();
    front->capture = back->capture = CAPTURE_GREY_COPY;
    g_autofree char *bare = findings_of(order, ROLE_LEGAL_REP_ID, front, back);
    cr_assert_str_eq(bare, "stamp_missing_on_copy");
    front = a_front(), back = a_back();
    front->capture = back->capture = CAPTURE_GREY_COPY;
    front->stamp_present = back->stamp_present = TRUE;
    back->quality = QUALITY_GLARE;
    g_autofree char *stamped = findings_of(order, ROLE_LEGAL_REP_ID, front, back);
    cr_assert_str_eq(stamped, "(image_quality)");
}
