/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idcard_front.c: the portrait side: the number, and the rows above it. */
#include "ocr/idcard_inner.h"

#include <string.h>

#include "core/citizen_id.h"
#include "core/paper.h"
#include "ocr/card_front.h"
#include "ocr/card_ink.h"
#include "ocr/card_text.h"
#include "ocr/id_number.h"
#include "ocr/tess.h"

/* Of an unproven front: its rows stand out so much. */
#define FIT_MIN 8

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

/* The row as hanzi wants it; FALSE where it was not found. */
static gboolean
cut_row(const CardSearch *search, const FrontRows *rows, FrontRow row, CardLine *line, DocumentField *field)
{
    if (!rows->seen[row])
        return FALSE;
    if (!field->has_box)
        idcard_set_box(search, &rows->rows[row], field);
    return card_line_cut(search->view, &rows->rows[row], line);
}

static void
put_name(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_NAME);
    g_auto(CardLine) line = { 0 };
    if (!cut_row(search, rows, FRONT_NAME, &line, f))
        return;
    card_field_read(search->tools->hanzi, &line, HANZI_READ_PERSON, f);
    if (search->expect->person_name)
        card_field_verify(search->tools->hanzi, &line, search->expect->person_name, f);
}

static void
put_nation(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_NATION);
    g_auto(CardLine) line = { 0 };
    if (cut_row(search, rows, FRONT_NATION, &line, f))
        card_field_read(search->tools->hanzi, &line, HANZI_READ_PERSON, f);
}

/* Only two words can stand there: each is verified, neither is preferred. */
static void
put_sex(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_SEX);
    g_auto(CardLine) line = { 0 };
    if (!cut_row(search, rows, FRONT_SEX, &line, f))
        return;
    gboolean man = card_line_says(search->tools->hanzi, &line, "男") == HANZI_PASSES;
    gboolean woman = card_line_says(search->tools->hanzi, &line, "女") == HANZI_PASSES;
    if (man != woman) {
        f->text = g_strdup(man ? "男" : "女");
        f->status = FIELD_READ;
        f->confidence = 97;
        return;
    }
    card_field_read(search->tools->hanzi, &line, HANZI_READ_PERSON, f);
    f->status = f->text ? FIELD_WEAK : FIELD_UNREADABLE;
}

/* "1998年7月12日", or with blanks instead of the words -> a date. */
static gboolean
parse_birth(const char *text, GDate *date)
{
    guint v[3] = { 0 }, n = 0;
    for (const char *p = text; *p;) {
        if (!g_ascii_isdigit(*p)) {
            p = g_utf8_next_char(p);
            continue;
        }
        char *end;
        guint64 value = g_ascii_strtoull(p, &end, 10);
        if (n == 3 || value > 9999)
            return FALSE;
        v[n++] = (guint)value;
        p = end;
    }
    if (n != 3 || v[0] < 1900 || !g_date_valid_dmy((GDateDay)MIN(v[2], 99), (GDateMonth)MIN(v[1], 13), (GDateYear)v[0]))
        return FALSE;
    g_date_set_dmy(date, (GDateDay)v[2], (GDateMonth)v[1], (GDateYear)v[0]);
    return TRUE;
}

/* By the figures' model where the coloured words fade, by the hanzi model where they stand. */
static guint
read_birth(const CardSearch *search, const Strip *strip, GDate dates[2])
{
    guint n = 0;
    g_auto(CardLine) line = { 0 };
    g_auto(HanziReading) reading = { 0 };
    if (card_line_cut_with_labels(search->view, strip, &line) &&
        hanzi_read(search->tools->hanzi, &line.line, HANZI_READ_DIGITS, &reading, NULL) && reading.text)
        n += parse_birth(reading.text, &dates[n]);
    Strip figures = *strip;
    figures.height *= 0.8;
    figures.before = figures.after = figures.above = figures.below = 0.4;
    g_autoptr(Image) colour = card_view_strip(search->view, &figures, 20, NULL);
    if (!colour)
        return n;
    g_autoptr(Image) grey = ink_colourless(colour);
    g_autoptr(TessReading) read = tess_read(search->tools->figures, grey, TESS_LINE, NULL);
    if (read)
        n += parse_birth(read->text, &dates[n]);
    return n;
}

/* The birth date that the card's number holds; FALSE where no sure number was read. */
static gboolean
birth_of_number(const Document *document, GDate *date)
{
    const DocumentField *number = document_find_field(document, FIELD_ID_NUMBER);
    guint year, month, day;
    if (!number || number->status != FIELD_READ)
        return FALSE;
    citizen_id_birth(number->text, &year, &month, &day);
    g_date_set_dmy(date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return TRUE;
}

/* Sure where two readings agree: of two models, or of this row and of the number, printed elsewhere on the card. */
static void
put_birth(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_BIRTH);
    GDate dates[3];
    if (!rows->seen[FRONT_BIRTH])
        return;
    idcard_set_box(search, &rows->rows[FRONT_BIRTH], f);
    guint n = read_birth(search, &rows->rows[FRONT_BIRTH], dates), best = 0, most = 0;
    if (n == 0)
        return;
    guint all = n + birth_of_number(document, &dates[n]);
    for (guint i = 0; i < n; i++) {
        guint votes = 0;
        for (guint k = 0; k < all; k++)
            votes += g_date_compare(&dates[i], &dates[k]) == 0;
        if (votes > most)
            most = votes, best = i;
    }
    f->text = validity_iso(&dates[best]);
    f->status = most >= 2 ? FIELD_READ : FIELD_WEAK;
    f->confidence = most >= 2 ? 95 : 55;
    f->evidence = g_strdup_printf("%u of %u readings agree", most, all);
}

static void
put_address(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_ADDRESS);
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean sure = TRUE;
    guint confidence = 100;
    for (FrontRow row = FRONT_ADDRESS; row <= FRONT_ADDRESS_3 && rows->seen[row]; row++) {
        g_auto(CardLine) line = { 0 };
        g_autoptr(Document) scratch = document_new(SEEN_ID_FRONT, 0);
        DocumentField *piece = document_field(scratch, FIELD_ADDRESS);
        if (!cut_row(search, rows, row, &line, f))
            break;
        card_field_read(search->tools->hanzi, &line, HANZI_READ_ANY, piece);
        if (!piece->text)
            break;
        g_string_append(text, piece->text);
        sure = sure && piece->status == FIELD_READ;
        confidence = MIN(confidence, piece->confidence);
    }
    if (!text->len)
        return;
    f->text = g_strdup(text->str);
    f->status = sure ? FIELD_READ : FIELD_WEAK;
    f->confidence = confidence;
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

/* The two facts that the number and the rows both hold. A wrong figure shows here; the value stays what was read. */
static void
cross_check(Document *document)
{
    const DocumentField *birth = document_find_field(document, FIELD_BIRTH);
    const DocumentField *sex = document_find_field(document, FIELD_SEX);
    DocumentField *number = document_field(document, FIELD_ID_NUMBER);
    if (number->status != FIELD_READ)
        return;
    guint year, month, day;
    citizen_id_birth(number->text, &year, &month, &day);
    g_autofree char *born = g_strdup_printf("%04u-%02u-%02u", year, month, day);
    gboolean other_birth = birth && birth->status == FIELD_READ && strcmp(birth->text, born) != 0;
    gboolean other_sex = sex && sex->status == FIELD_READ &&
                         strcmp(sex->text, citizen_id_is_male(number->text) ? "男" : "女") != 0;
    if (!other_birth && !other_sex)
        return;
    number->status = FIELD_WEAK;
    number->confidence = MIN(number->confidence, 50);
    char *evidence = g_strdup_printf("%s; the printed %s differs", number->evidence, other_birth ? "birth date" : "sex");
    g_free(number->evidence);
    number->evidence = evidence;
}

Document *
idcard_front_read(const CardSearch *search, const Strip *number, gboolean proven)
{
    Quad border;
    FrontRows rows;
    gboolean bordered = card_border(search, number, &border);
    card_front_rows(search->darkness, number, bordered ? &border : NULL, &rows);
    if (!proven && (!search->tools->hanzi || rows.fit < FIT_MIN))
        return NULL;
    Document *document = document_new(SEEN_ID_FRONT, card_view_page(search->view)->index);
    idcard_place(search, number, 48.5, document);
    put_number(search, number, document);
    if (!search->tools->hanzi)
        return document;
    put_name(search, &rows, document);
    put_sex(search, &rows, document);
    put_nation(search, &rows, document);
    put_birth(search, &rows, document);
    put_address(search, &rows, document);
    cross_check(document);
    return document;
}
