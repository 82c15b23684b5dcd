/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was seen goes through JSON unharmed, and a hostile answer is refused. */
#include "ocr/document.h"

#include <criterion/criterion.h>
#include <string.h>

static GPtrArray *
one_licence(void)
{
    GPtrArray *documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    Document *d = document_new(SEEN_LICENCE, 2);
    d->turned_deg = 270;
    d->dpi = 300;
    d->quality = QUALITY_BLUR | QUALITY_DARK;
    d->capture = CAPTURE_PHOTO;
    d->stamp_present = TRUE;
    DocumentField *f = document_field(d, FIELD_COMPANY_NAME);
    f->text = g_strdup("琼海(某某)有限公司");
    f->status = FIELD_READ;
    f->confidence = 97;
    f->verdict = VERDICT_DENIED;
    f->differs_at = 3;
    f->evidence = g_strdup("character 4 is another");
    f->has_box = TRUE;
    f->box_px = (Quad){ { { 1, 2 }, { 30.5, 2 }, { 30, 9 }, { 1, 9 } } };
    g_ptr_array_add(documents, d);
    return documents;
}

Test(document, survives_the_way_through_json)
{
    g_autoptr(GPtrArray) before = one_licence();
    g_autofree char *json = documents_to_json(before);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) after = documents_from_json(json, strlen(json), &error);
    cr_assert_not_null(after, "%s", error ? error->message : "");
    cr_assert_eq(after->len, 1);
    const Document *d = g_ptr_array_index(after, 0);
    cr_assert_eq(d->seen_as, SEEN_LICENCE);
    cr_assert_eq(d->page, 2);
    cr_assert_eq(d->turned_deg, 270);
    cr_assert_eq(d->dpi, 300);
    cr_assert_eq(d->quality, QUALITY_BLUR | QUALITY_DARK);
    cr_assert_eq(d->capture, CAPTURE_PHOTO);
    cr_assert(d->stamp_present);
    const DocumentField *f = document_find_field(d, FIELD_COMPANY_NAME);
    cr_assert_str_eq(f->text, "琼海(某某)有限公司");
    cr_assert_eq(f->status, FIELD_READ);
    cr_assert_eq(f->verdict, VERDICT_DENIED);
    cr_assert_eq(f->differs_at, 3);
    cr_assert(f->has_box);
    cr_assert_float_eq(f->box_px.p[1].x, 30.5, 1e-9);
    cr_assert_null(f->suggestion);
    cr_assert_null(document_find_field(d, FIELD_LEGAL_REP));
}

Test(document, a_new_field_is_unreadable_until_something_was_read)
{
    g_autoptr(Document) d = document_new(SEEN_ID_FRONT, 0);
    DocumentField *f = document_field(d, FIELD_ID_NUMBER);
    cr_assert_eq(f->status, FIELD_UNREADABLE);
    cr_assert_eq(f->differs_at, -1);
    cr_assert_null(f->text);
    cr_assert_eq(document_field(d, FIELD_ID_NUMBER), f, "the same field again");
}

#define FIELD_START "{\"key\":\"name\",\"status\":\"read\",\"verdict\":\"none\",\"confidence\":5,\"differs_at\":-1"
#define DOCUMENT(fields)                                                                                               \
    "{\"documents\":[{\"seen_as\":\"licence\",\"page\":0,\"turned_deg\":0,\"dpi\":0,\"quality\":0,"                    \
    "\"capture\":\"scan\",\"stamp_present\":false,\"fields\":[" fields "]}]}"

Test(document, the_rows_below_start_from_an_answer_that_is_accepted)
{
    static const char good[] = DOCUMENT(FIELD_START "}");
    g_autoptr(GPtrArray) documents = documents_from_json(good, strlen(good), NULL);
    cr_assert_not_null(documents);
}

Test(document, hostile_answers_are_refused)
{
    static const char *const rows[] = {
        "",
        "[]",
        "{}",
        "{\"documents\":{}}",
        "{\"documents\":[3]}",
        "{\"documents\":[{}]}",
        DOCUMENT("7"),
        DOCUMENT("{}"),
        DOCUMENT(FIELD_START "}," FIELD_START "}"),                                         /* one key twice */
        DOCUMENT(FIELD_START ",\"text\":7}"),                                               /* wrong type */
        DOCUMENT(FIELD_START ",\"text\":\"a\\u0000b\"}"),                                   /* NUL inside */
        DOCUMENT(FIELD_START ",\"text\":\"\xff\"}"),                                        /* no UTF-8 */
        DOCUMENT(FIELD_START ",\"box_px\":[[0,0],[1,0],[1,1]]}"),                           /* three corners */
        DOCUMENT(FIELD_START ",\"box_px\":[[0,0],[1,0],[1,1],[1e9,1]]}"),                   /* far away */
        DOCUMENT(FIELD_START ",\"box_px\":[[0,0],[1,0],[1,1],[1,\"1\"]]}"),                 /* no number */
        DOCUMENT("{\"key\":\"name\",\"status\":\"fine\",\"verdict\":\"none\",\"confidence\":5,\"differs_at\":-1}"),
        DOCUMENT("{\"key\":\"name\",\"status\":\"read\",\"verdict\":\"yes\",\"confidence\":5,\"differs_at\":-1}"),
        DOCUMENT("{\"key\":\"name\",\"status\":\"read\",\"verdict\":\"none\",\"confidence\":101,\"differs_at\":-1}"),
        DOCUMENT("{\"key\":\"name\",\"status\":\"read\",\"verdict\":\"none\",\"confidence\":5,\"differs_at\":-2}"),
        "{\"documents\":[{\"seen_as\":\"licence\",\"page\":0,\"turned_deg\":45,\"dpi\":0,\"quality\":0,"
        "\"capture\":\"scan\",\"stamp_present\":false,\"fields\":[]}]}", /* no quarter turn */
        "{\"documents\":[{\"seen_as\":\"licence\",\"page\":-1,\"turned_deg\":0,\"dpi\":0,\"quality\":0,"
        "\"capture\":\"scan\",\"stamp_present\":false,\"fields\":[]}]}",
        "{\"documents\":[{\"seen_as\":\"licence\",\"page\":0,\"turned_deg\":0,\"dpi\":0,\"quality\":4096,"
        "\"capture\":\"scan\",\"stamp_present\":false,\"fields\":[]}]}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) documents = documents_from_json(rows[i], strlen(rows[i]), &error);
        cr_assert_null(documents, "row %u was accepted", i);
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE), "row %u", i);
    }
}

Test(document, too_many_documents_and_too_long_texts_are_refused)
{
    g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    for (guint i = 0; i < 65; i++)
        g_ptr_array_add(many, document_new(SEEN_BLANK, i));
    g_autofree char *json = documents_to_json(many);
    cr_assert_null(documents_from_json(json, strlen(json), NULL));

    g_autoptr(GPtrArray) one = one_licence();
    DocumentField *f = document_field(g_ptr_array_index(one, 0), FIELD_ADDRESS);
    f->text = g_strnfill(5000, 'a');
    g_autofree char *longer = documents_to_json(one);
    cr_assert_null(documents_from_json(longer, strlen(longer), NULL));

    g_autofree char *huge = g_strnfill(2 << 20, ' ');
    cr_assert_null(documents_from_json(huge, 2 << 20, NULL));
}

Test(document, an_answer_cut_anywhere_is_refused_and_never_crashes)
{
    g_autoptr(GPtrArray) documents = one_licence();
    g_autofree char *json = documents_to_json(documents);
    gsize length = strlen(json);
    for (gsize n = 0; n < length; n++)
        cr_assert_null(documents_from_json(json, n, NULL));
}
