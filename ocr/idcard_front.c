/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idcard_front.c: the portrait side: the number, and the rows above it. */
#include "ocr/idcard_inner.h"

#include "core/paper.h"
#include "ocr/card_front.h"
#include "ocr/card_text.h"
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

/* The rows that hold one word or name. */
static void
put_words(const CardSearch *search, const FrontRows *rows, Document *document)
{
    static const struct {
        FrontRow row;
        const char *key;
    } words[] = { { FRONT_NAME, FIELD_NAME }, { FRONT_SEX, FIELD_SEX }, { FRONT_NATION, FIELD_NATION },
                  { FRONT_BIRTH, FIELD_BIRTH } };
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        DocumentField *f = document_field(document, words[i].key);
        const Strip *strip = &rows->rows[words[i].row];
        g_auto(CardLine) line = { 0 };
        if (!rows->seen[words[i].row])
            continue;
        idcard_set_box(search, strip, f);
        if (!card_line_cut(search->view, strip, &line))
            continue;
        HanziReadAs as = words[i].row == FRONT_BIRTH ? HANZI_READ_DIGITS : HANZI_READ_PERSON;
        card_field_read(search->tools->hanzi, &line, as, f);
        if (words[i].row == FRONT_NAME && search->expect->person_name)
            card_field_verify(search->tools->hanzi, &line, search->expect->person_name, f);
    }
}

/* The border of a card that fills much of the page: a photograph in perspective. */
static gboolean
card_border(const CardSearch *search, const Strip *number, Quad *quad)
{
    const Image *image = card_view_page(search->view)->image;
    if (point_distance(number->left, number->right) < 0.3 * MAX(image->width, image->height))
        return FALSE;
    Paper paper;
    paper_find(image, &paper);
    *quad = paper.quad;
    return paper.found && !paper.fills;
}

Document *
idcard_front_read(const CardSearch *search, const Strip *number)
{
    Document *document = document_new(SEEN_ID_FRONT, card_view_page(search->view)->index);
    Quad border;
    FrontRows rows;
    idcard_place(search, number, 48.5, document);
    put_number(search, number, document);
    if (!search->tools->hanzi)
        return document;
    gboolean bordered = card_border(search, number, &border);
    card_front_rows(search->darkness, number, bordered ? &border : NULL, &rows);
    put_words(search, &rows, document);
    return document;
}
