/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_idcard.c: the uploads that are said to show one person's ID card, both sides together.
 */
#include "ocr/check_inner.h"

#include "core/citizen_id.h"
#include "core/text.h"

#include <string.h>

enum { COARSE_DPI = 140 }; /* dates of 2.6 mm have 14 px */

static gboolean
shows_side(SeenAs seen_as)
{
    return seen_as == SEEN_ID_FRONT || seen_as == SEEN_ID_BACK;
}

/* ---- what the upload shows at all --------------------------------------------------------------- */

static const char *
key_of_side(SeenAs side)
{
    return side == SEEN_ID_FRONT ? FIELD_ID_NUMBER : FIELD_VALID_UNTIL;
}

static FindingCode
unreadable_side(SeenAs side)
{
    return side == SEEN_ID_FRONT ? FINDING_ID_NUMBER_UNREADABLE : FINDING_ID_EXPIRY_UNREADABLE;
}

/*
 * Both sides on a page that shows one of them with few pixels: the other may well be there, its dates are smaller
 * than a number. That is for a person to see, and no word about the wrong side.
 */
static gboolean
is_too_coarse(const CheckUpload *upload, SeenAs seen)
{
    Role role = upload->upload->role;
    if (role != ROLE_LEGAL_REP_ID && role != ROLE_OPERATOR_ID)
        return FALSE;
    for (guint i = 0; i < upload->documents->len; i++) {
        const Document *document = g_ptr_array_index(upload->documents, i);
        if (document->seen_as == seen && ((document->dpi > 0 && document->dpi < COARSE_DPI) || document->quality & QUALITY_FEW_PIXELS))
            return TRUE;
    }
    return FALSE;
}

/* @side is asked for and is not among the documents of @upload. */
static void
side_is_missing(Check *check, const CheckUpload *upload, SeenAs side)
{
    SeenAs other = side == SEEN_ID_FRONT ? SEEN_ID_BACK : SEEN_ID_FRONT;
    const Document *first = g_ptr_array_index(upload->documents, 0);
    g_autofree char *detail = NULL;
    if (check_count_seen(upload, SEEN_BLANK) == upload->documents->len) {
        check_add(check, FINDING_BLANK_PAGE, SEVERITY_REVIEW, upload, first, NULL, "a blank page");
        return;
    }
    if (check_count_seen(upload, other) > 0 && !is_too_coarse(upload, other)) {
        detail = g_strdup_printf("%s is asked for, only %s is there", seen_as_name(side), seen_as_name(other));
        check_add(check, FINDING_WRONG_SIDE, SEVERITY_REVIEW, upload, first, NULL, detail);
        return;
    }
    for (guint i = 0; i < upload->documents->len; i++) {
        const Document *document = g_ptr_array_index(upload->documents, i);
        if (document->seen_as == SEEN_UNKNOWN || document->seen_as == SEEN_BLANK || shows_side(document->seen_as))
            continue;
        detail = g_strdup_printf("an ID card is asked for, this is: %s", seen_as_name(document->seen_as));
        check_add(check, FINDING_WRONG_DOCUMENT, SEVERITY_REVIEW, upload, document, NULL, detail);
        return;
    }
    Finding *finding = check_add(check, unreadable_side(side), SEVERITY_REVIEW, upload, first, NULL,
                                 "the page was not recognised as this side of an ID card");
    finding->field = g_strdup(key_of_side(side));
}

/* ---- the front ---------------------------------------------------------------------------------- */

static void
check_number(Check *check, const CheckUpload *upload, const Document *front, const OrderPerson *person)
{
    if (!person->id_number || !*person->id_number)
        return;
    const DocumentField *field = document_find_field(front, FIELD_ID_NUMBER);
    g_autofree char *wanted = text_fold_code(person->id_number), *read = text_fold_code(field ? field->text : NULL);
    gboolean legible = field && (field->status == FIELD_READ || field->status == FIELD_WEAK);
    if (legible && g_str_equal(read, wanted))
        return;
    gboolean differs = legible || (field && field->status == FIELD_CHECK_FAILED && !g_str_equal(read, wanted));
    Finding *finding = check_add(check, differs ? FINDING_ID_NUMBER_MISMATCH : FINDING_ID_NUMBER_UNREADABLE,
                                 SEVERITY_REVIEW, upload, front, field, field ? field->evidence : NULL);
    finding->form = g_strdup(person->id_number);
    if (!field)
        finding->field = g_strdup(FIELD_ID_NUMBER);
}

/* ---- the back ----------------------------------------------------------------------------------- */

static void
check_expiry(Check *check, const CheckUpload *upload, const Document *back)
{
    const DocumentField *field = document_find_field(back, FIELD_VALID_UNTIL);
    GDate until;
    if (!g_date_valid(&check->rules->on_date))
        return;
    gboolean read = field && field->status == FIELD_READ && field->text;
    if (read && g_str_equal(field->text, "长期"))
        return;
    if (read && check_parse_date(field->text, &until)) {
        if (g_date_compare(&until, &check->rules->on_date) < 0)
            check_add(check, FINDING_ID_EXPIRED, SEVERITY_REVIEW, upload, back, field, "the card has expired");
        return;
    }
    Finding *finding = check_add(check, FINDING_ID_EXPIRY_UNREADABLE, SEVERITY_REVIEW, upload, back, field,
                                 field ? field->evidence : NULL);
    if (!field)
        finding->field = g_strdup(FIELD_VALID_UNTIL);
}

/* ---- one upload --------------------------------------------------------------------------------- */

static void
check_upload(Check *check, const CheckUpload *upload, gboolean wants_front, gboolean wants_back,
             const OrderPerson *person)
{
    NameRule name = { FINDING_ID_NAME_MISMATCH, FINDING_ID_NAME_UNREADABLE, FIELD_NAME, person->name };
    guint fronts = check_count_seen(upload, SEEN_ID_FRONT), backs = check_count_seen(upload, SEEN_ID_BACK);
    gint stamped_page = -1;
    for (guint i = 0; i < upload->documents->len; i++) {
        const Document *document = g_ptr_array_index(upload->documents, i);
        if (!shows_side(document->seen_as))
            continue;
        check_quality(check, upload, document);
        if ((gint)document->page != stamped_page) /* both sides of a page share one seal */
            check_stamp(check, upload, document);
        stamped_page = (gint)document->page;
        if (document->seen_as == SEEN_ID_FRONT) {
            check_number(check, upload, document, person);
            check_name(check, upload, document, &name);
        } else {
            check_expiry(check, upload, document);
        }
    }
    if (wants_front && !fronts)
        side_is_missing(check, upload, SEEN_ID_FRONT);
    if (wants_back && !backs && (fronts || !wants_front)) /* a page that shows nothing at all is said once */
        side_is_missing(check, upload, SEEN_ID_BACK);
}

void
check_person(Check *check, const CheckUpload *uploads, guint n, Role front, Role back, Role both,
             const OrderPerson *person)
{
    guint fronts = 0, backs = 0;
    for (guint i = 0; i < n; i++) {
        Role role = uploads[i].upload->role;
        if (role != front && role != back && role != both)
            continue;
        fronts += check_count_seen(&uploads[i], SEEN_ID_FRONT);
        backs += check_count_seen(&uploads[i], SEEN_ID_BACK);
    }
    for (guint i = 0; i < n; i++) {
        Role role = uploads[i].upload->role;
        if (uploads[i].documents->len == 0 || (role != front && role != back && role != both))
            continue;
        /* "Both sides" may be two files: a side is missing where none of them has it. */
        gboolean wants_front = role == front || (role == both && !fronts);
        gboolean wants_back = role == back || (role == both && !backs);
        check_upload(check, &uploads[i], wants_front, wants_back, person);
        fronts += wants_front, backs += wants_back; /* said once */
    }
}
