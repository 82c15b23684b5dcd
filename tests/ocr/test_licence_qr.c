/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The QR code as a witness: it joins a reading that lacked a voice and overrules none. */
#include "ocr/licence.h"

#include <criterion/criterion.h>

#define CODE "91110108MA00TE5T26"
#define OTHER "92440305MA5XX00X6H"

Test(licence_qr, the_code_inside_is_found_whole_or_not_at_all)
{
    static const struct {
        const char *text, *code;
    } rows[] = {
        { CODE, CODE },
        { "http://gsxt.example/index?uniscid=" CODE "&n=119965008746360", CODE },
        { "http://gsxt.example/123456789012345?code=" CODE, CODE },
        { "http://gsxt.example/X" CODE, NULL },
        { "http://gsxt.example/" CODE "7", NULL },
        { "http://gsxt.example/91110108MA00TE5T27", NULL },
        { "", NULL },
        { NULL, NULL },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *code = licence_code_of_qr(rows[i].text);
        cr_assert_eq(g_strcmp0(code, rows[i].code), 0, "row %u: %s", i, code);
    }
}

Test(licence_qr, a_sure_reading_is_never_overruled)
{
    static const struct {
        FieldStatus before;
        const char *text, *suggestion, *qr;
        FieldStatus after;
        const char *text_after;
    } rows[] = {
        { FIELD_READ, OTHER, NULL, CODE, FIELD_READ, OTHER },
        { FIELD_CHECK_FAILED, "91110108MA00TE5T27", NULL, CODE, FIELD_CHECK_FAILED, "91110108MA00TE5T27" },
        { FIELD_WEAK, CODE, NULL, CODE, FIELD_READ, CODE },
        { FIELD_WEAK, OTHER, NULL, CODE, FIELD_WEAK, OTHER },
        { FIELD_SUGGESTED, "91110108MA00TE5T27", CODE, CODE, FIELD_READ, CODE },
        { FIELD_SUGGESTED, "91110108MA00TE5T27", OTHER, CODE, FIELD_WEAK, CODE },
        { FIELD_UNREADABLE, "91110108MA00TE5T", NULL, CODE, FIELD_WEAK, CODE },
        { FIELD_UNREADABLE, "91110108MA0026", NULL, CODE, FIELD_UNREADABLE, "91110108MA0026" },
        { FIELD_UNREADABLE, NULL, NULL, CODE, FIELD_UNREADABLE, NULL },
        { FIELD_WEAK, CODE, NULL, NULL, FIELD_WEAK, CODE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Document) d = document_new(SEEN_LICENCE, 0);
        DocumentField *field = document_field(d, FIELD_CREDIT_CODE);
        field->status = rows[i].before;
        field->text = g_strdup(rows[i].text);
        field->suggestion = g_strdup(rows[i].suggestion);
        licence_weigh_qr(field, rows[i].qr);
        cr_assert_eq(field->status, rows[i].after, "row %u: %s", i, field_status_name(field->status));
        cr_assert_eq(g_strcmp0(field->text, rows[i].text_after), 0, "row %u: %s", i, field->text);
    }
}
