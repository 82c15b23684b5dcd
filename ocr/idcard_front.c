/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idcard_front.c: the portrait side: the number, and the rows above it. */
#include "ocr/idcard_inner.h"

#include "ocr/id_number.h"

static void
put_number(const CardSearch *search, const Strip *strip, Document *document)
{
    g_auto(NumberReading) read = { 0 };
    id_number_read(search->tools, search->view, strip, &read);
    DocumentField *f = document_field(document, FIELD_ID_NUMBER);
    f->text = g_steal_pointer(&read.text);
    f->status = read.status;
    f->confidence = read.confidence;
    f->suggestion = g_steal_pointer(&read.suggestion);
    f->evidence = g_steal_pointer(&read.evidence);
    idcard_set_box(search, strip, f);
}

Document *
idcard_front_read(const CardSearch *search, const Strip *number)
{
    Document *document = document_new(SEEN_ID_FRONT, card_view_page(search->view)->index);
    idcard_place(search, number, 48.5, document);
    put_number(search, number, document);
    return document;
}
