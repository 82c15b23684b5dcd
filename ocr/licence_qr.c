/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_qr.c: the QR code as a witness beside the printed credit code.
 */
#include "ocr/licence.h"

#include "core/credit_code.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

enum { LETTERS_APART = 2 }; /* between a QR code and print that could not quite be read */

char *
licence_code_of_qr(const char *text)
{
    gsize n = text ? strlen(text) : 0;
    for (gsize i = 0; i + CREDIT_CODE_LENGTH <= n; i++) {
        if ((i > 0 && g_ascii_isalnum(text[i - 1])) || g_ascii_isalnum(text[i + CREDIT_CODE_LENGTH]))
            continue;
        g_autofree char *part = g_strndup(text + i, CREDIT_CODE_LENGTH);
        if (!(credit_code_check(part) & (CREDIT_CODE_ERRORS | CREDIT_CODE_DEPARTMENT_UNKNOWN)))
            return g_steal_pointer(&part);
    }
    return NULL;
}

static void
agree(DocumentField *field, const char *qr, FieldStatus status, guint confidence, const char *evidence)
{
    g_free(field->text);
    field->text = g_strdup(qr);
    g_free(field->evidence);
    field->evidence = g_strdup(evidence);
    g_clear_pointer(&field->suggestion, g_free);
    field->status = status;
    field->confidence = confidence;
}

void
licence_weigh_qr(DocumentField *field, const char *qr)
{
    if (!qr || field->status == FIELD_READ || field->status == FIELD_CHECK_FAILED)
        return;
    if (field->status == FIELD_WEAK) {
        if (g_strcmp0(field->text, qr) == 0)
            agree(field, qr, FIELD_READ, 90, "one reading of the print and the QR code agree");
    } else if (g_strcmp0(field->suggestion, qr) == 0) {
        agree(field, qr, FIELD_READ, 85, "the print's only repair and the QR code agree");
    } else if (field->text && text_distance(field->text, qr) <= LETTERS_APART) {
        agree(field, qr, FIELD_WEAK, 60, "the QR code's; the print was read with one or two letters apart");
    }
}
