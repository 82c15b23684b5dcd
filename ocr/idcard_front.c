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
#define NAME_PITCH 1.06 /* heights from character to character */

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

/* The row a little higher or lower, or as long as @n characters are where its end was not clear. */
static Strip
name_variant(const Strip *row, guint variant, guint n)
{
    static const double grows[] = { 1.08, 0.93 };
    Strip s = *row;
    if (variant < G_N_ELEMENTS(grows)) {
        s.height *= grows[variant];
        return s;
    }
    double length = point_distance(row->left, row->right), share = NAME_PITCH * n * row->height / MAX(length, 1e-6);
    s.right = (Point){ row->left.x + share * (row->right.x - row->left.x), row->left.y + share * (row->right.y - row->left.y) };
    return s;
}

/* What the first cut could not judge. Ink beside the cut still speaks against it: a longer name does not pass. */
static void
verify_again(const CardSearch *search, const Strip *row, DocumentField *field)
{
    guint n = (guint)g_utf8_strlen(search->expect->person_name, -1);
    gboolean other_length = field->text && g_utf8_strlen(field->text, -1) > (glong)n;
    for (guint i = 0; i < (other_length ? 3u : 2u) && field->verdict == VERDICT_UNDECIDED; i++) {
        Strip variant = name_variant(row, i, n);
        g_auto(CardLine) line = { 0 };
        if (card_line_cut(search->view, &variant, &line) &&
            card_line_says(search->tools->hanzi, &line, search->expect->person_name) == HANZI_PASSES)
            card_field_verify(search->tools->hanzi, &line, search->expect->person_name, field);
    }
}

static void
put_name(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_NAME);
    g_auto(CardLine) line = { 0 };
    if (!cut_row(search, rows, FRONT_NAME, &line, f))
        return;
    card_field_read(search->tools->hanzi, &line, HANZI_READ_PERSON, f);
    if (!search->expect->person_name)
        return;
    card_field_verify(search->tools->hanzi, &line, search->expect->person_name, f);
    verify_again(search, &rows->rows[FRONT_NAME], f);
}

/* GB/T 3304: the words that can stand there. */
static const char *const NATIONS[] = {
    "汉",   "蒙古", "回",     "藏",   "维吾尔", "苗",   "彝",   "壮",     "布依",   "朝鲜",   "满",   "侗",
    "瑶",   "白",   "土家",   "哈尼", "哈萨克", "傣",   "黎",   "傈僳",   "佤",     "畲",     "高山", "拉祜",
    "水",   "东乡", "纳西",   "景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌",     "布朗",   "撒拉", "毛南",
    "仡佬", "锡伯", "阿昌",   "普米", "塔吉克", "怒",   "乌孜别克", "俄罗斯", "鄂温克", "德昂", "保安", "裕固",
    "京",   "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴", "珞巴", "基诺",
};

/* How well @word fits what was seen: the product of its characters' shares, 0 where one was no choice at all. */
static double
word_fit(const HanziReading *reading, const char *word)
{
    double fit = 1;
    if ((glong)reading->n != g_utf8_strlen(word, -1))
        return 0;
    for (guint i = 0; i < reading->n; i++, word = g_utf8_next_char(word)) {
        double p = 0;
        for (guint k = 0; k < HANZI_CHOICES && reading->chars[i].choice[k].c; k++)
            if (reading->chars[i].choice[k].c == g_utf8_get_char(word))
                p = MAX(reading->chars[i].choice[k].p, 0.001);
        fit *= p;
    }
    return fit;
}

/* Of 56 words the one whose characters were among the choices; sure where the print says it and no other. */
static void
put_nation(const CardSearch *search, const FrontRows *rows, Document *document)
{
    DocumentField *f = document_field(document, FIELD_NATION);
    g_auto(CardLine) line = { 0 };
    g_auto(HanziReading) reading = { 0 };
    const char *best = NULL;
    double best_fit = 0;
    if (!cut_row(search, rows, FRONT_NATION, &line, f) ||
        !hanzi_read(search->tools->hanzi, &line.line, HANZI_READ_PERSON, &reading, NULL) || !reading.text)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(NATIONS); i++)
        if (word_fit(&reading, NATIONS[i]) > best_fit) {
            best_fit = word_fit(&reading, NATIONS[i]);
            best = NATIONS[i];
        }
    f->text = g_strdup(best ? best : *reading.text ? reading.text : NULL);
    gboolean sure = best && card_line_says(search->tools->hanzi, &line, best) == HANZI_PASSES;
    f->status = sure ? FIELD_READ : f->text ? FIELD_WEAK : FIELD_UNREADABLE;
    f->confidence = sure ? 95 : best ? 60 : (guint)(30 * CLAMP(reading.confidence, 0, 1));
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

/* A line that only looked like a number: all passes made one of it, or 男 or 女 stands where it should. */
static gboolean
proves_itself(const Document *document)
{
    const DocumentField *number = document_find_field(document, FIELD_ID_NUMBER);
    const DocumentField *sex = document_find_field(document, FIELD_SEX);
    return number->status == FIELD_READ || number->status == FIELD_WEAK || number->status == FIELD_CHECK_FAILED ||
           (sex && sex->status == FIELD_READ);
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
    LinePlace place = { 29.6, 46.2, point_distance(number->left, number->right) / rows.px_per_mm };
    idcard_place(search, number, &place, document);
    put_number(search, number, document);
    if (!search->tools->hanzi)
        return document;
    put_name(search, &rows, document);
    put_sex(search, &rows, document);
    put_nation(search, &rows, document);
    idcard_put_birth(search, rows.seen[FRONT_BIRTH] ? &rows.rows[FRONT_BIRTH] : NULL, document);
    put_address(search, &rows, document);
    cross_check(document);
    if (!proven && !proves_itself(document)) {
        document_free(document);
        return NULL;
    }
    return document;
}
