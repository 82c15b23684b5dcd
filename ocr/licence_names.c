/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_names.c: values of labelled rows: read freely, and for names judged against the expected text.
 *
 * Both answers stand side by side in the field: text is what was read, verdict what verifying said.
 */
#include "ocr/licence.h"

#include "core/text.h"

#include <math.h>
#include <string.h>

enum { EM_PX = 48, WIDEST_PX = 6000, SEARCH_MAX = 10 };

static const double INK_OF_EM = 0.93; /* height of a line's ink, in em */
static const double MARGIN_X = 0.7, MARGIN_Y = 0.3; /* em, as hanzi.h asks */

/* A line picture with what it borrows. */
typedef struct {
    Image *ink, *covered;
    HanziLine line;
} Picture;

static void
picture_clear(Picture *picture)
{
    image_free(picture->ink);
    image_free(picture->covered);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)

static Picture
picture_of(Flat *flat, const RowSpan *span, double grow, gboolean over_faint)
{
    RowSpan s = *span;
    s.height_px *= grow;
    double em = s.height_px / INK_OF_EM;
    Quad quad = row_span_quad(&s, MARGIN_X / INK_OF_EM, ((1 - INK_OF_EM) / 2 + MARGIN_Y) / INK_OF_EM);
    guint height = (guint)lround(EM_PX * (1 + 2 * MARGIN_Y));
    guint width = (guint)CLAMP(lround(EM_PX * (row_span_length(&s) / em + 2 * MARGIN_X)), EM_PX, WIDEST_PX);
    g_autoptr(Image) cut = flat_cut(flat, &quad, width, height);
    Picture p = { NULL, NULL, { 0 } };
    if (cut->channels == 3) { /* takes seals off better than the lightest channel does */
        p.ink = image_new(width, height, 1);
        p.covered = image_new(width, height, 1);
        hanzi_print_of_rgb(cut->data, width, height, 3 * (gsize)width, p.ink->data, p.covered->data, NULL);
    } else {
        p.ink = ink_of_line(cut, &p.covered);
    }
    if (over_faint)
        ink_drop_faint(p.ink);
    p.line = (HanziLine){ .px = p.ink->data, .width = width, .height = height, .stride = width, .em_px = EM_PX,
                          .covered = p.covered->data };
    return p;
}

/* A row's pictures as it was found: cut once, for verifying and for reading. */
typedef struct {
    Flat *flat;
    const LicenceRow *row;
    gboolean has_value, has_second;
    Picture value, second;
} RowCuts;

static void
row_cuts_clear(RowCuts *cuts)
{
    picture_clear(&cuts->value);
    picture_clear(&cuts->second);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RowCuts, row_cuts_clear)

static const Picture *
value_cut(RowCuts *cuts)
{
    if (!cuts->has_value)
        cuts->value = picture_of(cuts->flat, &cuts->row->value, 1, cuts->row->over_faint);
    cuts->has_value = TRUE;
    return &cuts->value;
}

static const Picture *
second_cut(RowCuts *cuts)
{
    if (!cuts->has_second)
        cuts->second = picture_of(cuts->flat, &cuts->row->second, 1, cuts->row->over_faint);
    cuts->has_second = TRUE;
    return &cuts->second;
}

/* ---- reading ------------------------------------------------------------------------------------ */

static char *
read_picture(const LicenceTools *tools, const Picture *picture, HanziReadAs as, double *confidence)
{
    g_auto(HanziReading) reading = { 0 };
    *confidence = 0;
    if (!hanzi_read(tools->hanzi, &picture->line, as, &reading, NULL))
        return g_strdup("");
    *confidence = reading.confidence;
    return g_strdup(reading.text);
}

/* With the faint ink and without it, where the row was found without: the surer of both. */
static char *
read_value(const LicenceTools *tools, RowCuts *cuts, HanziReadAs as, double *confidence)
{
    char *text = read_picture(tools, value_cut(cuts), as, confidence);
    if (!cuts->row->over_faint)
        return text;
    double sure;
    g_auto(Picture) plain = picture_of(cuts->flat, &cuts->row->value, 1, FALSE);
    g_autofree char *other = read_picture(tools, &plain, as, &sure);
    if (sure <= *confidence)
        return text;
    *confidence = sure;
    g_free(text);
    return g_steal_pointer(&other);
}

static char *
read_row(const LicenceTools *tools, RowCuts *cuts, gboolean both, HanziReadAs as, double *confidence)
{
    char *text = read_value(tools, cuts, as, confidence);
    if (!both || !cuts->row->has_second)
        return text;
    double second;
    g_autofree char *first = text, *more = read_picture(tools, second_cut(cuts), as, &second);
    *confidence = fmin(*confidence, second);
    return g_strconcat(first, more, NULL);
}

/* Specks of dirt at the ends are read as dots and commas, which no name begins or ends with. */
static char *
without_specks(char *text)
{
    static const char *const specks = "·.,、。'`~-_:；;：";
    char *end;
    while (*text && g_utf8_strchr(specks, -1, g_utf8_get_char(text)))
        memmove(text, g_utf8_next_char(text), strlen(g_utf8_next_char(text)) + 1);
    while (*text && (end = g_utf8_prev_char(text + strlen(text))) && g_utf8_strchr(specks, -1, g_utf8_get_char(end)))
        *end = '\0';
    return text;
}

static void
set_box(Flat *flat, DocumentField *field, const LicenceRow *row, gboolean both)
{
    Quad quad = row_span_quad(&row->value, 0.1, 0.1);
    if (both && row->has_second) { /* the box that holds both lines */
        Quad under = row_span_quad(&row->second, 0.1, 0.1);
        quad.p[2] = (Point){ fmax(quad.p[2].x, under.p[2].x), under.p[2].y };
        quad.p[3] = (Point){ fmin(quad.p[3].x, under.p[3].x), under.p[3].y };
        quad.p[1].x = fmax(quad.p[1].x, under.p[1].x);
    }
    field->box_px = flat_quad_to_stored(flat, &quad);
    field->has_box = TRUE;
}

static void
set_text(DocumentField *field, char *text, double confidence)
{
    g_free(field->text);
    field->text = text;
    field->confidence = (guint)CLAMP(lround(100 * confidence), 0, 100);
    field->status = !*text ? FIELD_UNREADABLE : confidence >= 0.6 ? FIELD_READ : FIELD_WEAK;
}

/* ---- verifying ---------------------------------------------------------------------------------- */

static Verdict
verdict_of(HanziAnswer answer)
{
    return answer == HANZI_PASSES ? VERDICT_CONFIRMED : answer == HANZI_DIFFERS ? VERDICT_DENIED : VERDICT_UNDECIDED;
}

typedef struct {
    Verdict verdict;
    HanziWhy why;
    int at;
} Judged;

static Judged
verify_pictures(const LicenceTools *tools, const Picture *first, const Picture *second, const char *expected)
{
    HanziLine lines[2] = { first->line };
    g_auto(HanziVerdict) verdict = { 0 };
    if (second)
        lines[1] = second->line;
    if (!hanzi_verify_lines(tools->hanzi, lines, second ? 2 : 1, expected, &verdict, NULL))
        return (Judged){ VERDICT_UNDECIDED, HANZI_WHY_NO_LINE, -1 };
    return (Judged){ verdict_of(verdict.answer), verdict.why, verdict.at };
}

static Judged
verify_grown(const LicenceTools *tools, RowCuts *cuts, gboolean both, double grow, gboolean over_faint,
             const char *expected)
{
    g_auto(Picture) first = picture_of(cuts->flat, &cuts->row->value, grow, over_faint);
    g_auto(Picture) second = { NULL, NULL, { 0 } };
    if (both)
        second = picture_of(cuts->flat, &cuts->row->second, grow, over_faint);
    return verify_pictures(tools, &first, both ? &second : NULL, expected);
}

/*
 * The first cut decides unless it failed: then the line may be a little higher or lower than it seemed, and thin print
 * may have gone with the faint ink.
 */
static Judged
verify_row(const LicenceTools *tools, RowCuts *cuts, gboolean both, const char *expected)
{
    static const double grows[] = { 1.08, 0.93 };
    Judged first = verify_pictures(tools, value_cut(cuts), both ? second_cut(cuts) : NULL, expected);
    for (guint i = 0; i < G_N_ELEMENTS(grows) && first.verdict != VERDICT_CONFIRMED; i++) {
        Judged judged = verify_grown(tools, cuts, both, grows[i], cuts->row->over_faint, expected);
        if (judged.verdict == VERDICT_CONFIRMED)
            return judged;
    }
    if (cuts->row->over_faint && first.verdict != VERDICT_CONFIRMED) {
        Judged judged = verify_grown(tools, cuts, both, 1, FALSE, expected);
        if (judged.verdict == VERDICT_CONFIRMED || first.why == HANZI_WHY_NO_LINE)
            return judged;
    }
    return first;
}

static guint
characters(const char *text)
{
    guint n = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        n += !g_unichar_isspace(g_utf8_get_char(p));
    return n;
}

/* Could @n characters stand on the span? Half-width brackets and letters make it shorter. */
static gboolean
could_hold(const RowSpan *span, guint n)
{
    double em = span->height_px / INK_OF_EM, length = row_span_length(span);
    return length > 0.72 * n * em - 0.5 * em && length < 1.25 * n * em + 0.5 * em;
}

/* No label: does the expected text stand alone on some row? It is looked for, not believed. */
static const LicenceRow *
search(const LicenceTools *tools, Flat *flat, const GArray *rows, Label label, const char *expected)
{
    guint n = characters(expected), tried = 0;
    for (guint i = 0; i < rows->len && tried < SEARCH_MAX; i++) {
        const LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row->label != label || !row->has_value || row->value.height_px < 10 || !could_hold(&row->value, n))
            continue;
        tried++;
        g_auto(RowCuts) cuts = { flat, row };
        if (verify_pictures(tools, value_cut(&cuts), NULL, expected).verdict == VERDICT_CONFIRMED)
            return row;
    }
    return NULL;
}

/* The value whose label cannot be read and that lies where the representative's usually does: below the type. */
static const LicenceRow *
unread_person(const GArray *rows)
{
    const LicenceRow *type = licence_row_find(rows, LABEL_TYPE), *best = NULL;
    for (guint i = 0; i < rows->len; i++) {
        const LicenceRow *row = &g_array_index(rows, LicenceRow, i);
        if (row->label != LABEL_UNREAD || !could_hold(&row->value, 3) ||
            (type && (row->value.left.y < type->value.left.y ||
                      fabs(row->value.left.x - type->value.left.x) > 2 * row->value.height_px)))
            continue;
        if (best)
            return NULL; /* two: no telling */
        best = row;
    }
    return best;
}

static void
read_name(const LicenceTools *tools, Flat *flat, const GArray *rows, Label label, const char *expected,
          HanziReadAs as, DocumentField *field)
{
    const LicenceRow *row = licence_row_find(rows, label);
    gboolean both = FALSE, labelled = row != NULL;
    Judged judged = { VERDICT_NONE, HANZI_WHY_NONE, -1 };
    if (expected && !*expected)
        expected = NULL;
    g_auto(RowCuts) cuts = { flat, row };
    if (row && expected) {
        judged = verify_row(tools, &cuts, FALSE, expected);
        both = judged.verdict != VERDICT_CONFIRMED && row->has_second && label == LABEL_NAME;
        if (both)
            judged = verify_row(tools, &cuts, TRUE, expected);
    } else if (!row && expected && ((row = search(tools, flat, rows, LABEL_UNREAD, expected)) ||
                            (row = search(tools, flat, rows, LABEL_NONE, expected)))) {
        judged = (Judged){ VERDICT_CONFIRMED, HANZI_WHY_NONE, -1 };
    } else if (!row && label == LABEL_LEGAL_REP && (row = unread_person(rows)) && expected) {
        cuts.row = row;
        judged = verify_row(tools, &cuts, FALSE, expected);
    }
    cuts.row = row;
    field->verdict = row ? judged.verdict : expected ? VERDICT_UNDECIDED : VERDICT_NONE;
    field->differs_at = judged.verdict == VERDICT_DENIED ? judged.at : -1;
    if (!row) {
        field->evidence = g_strdup("the label was not found");
        return;
    }
    double confidence;
    char *text = without_specks(read_row(tools, &cuts, both, as, &confidence));
    set_text(field, text, confidence);
    set_box(flat, field, row, both);
    if (judged.verdict == VERDICT_CONFIRMED)
        field->evidence = g_strdup(labelled ? "every character verified, beside its label"
                                            : "every character verified; its label was not read");
    else if (expected)
        field->evidence = g_strdup(hanzi_why_word(judged.why));
}

/* ---- the other fields ---------------------------------------------------------------------------- */

static void
read_plain(const LicenceTools *tools, Flat *flat, const GArray *rows, Label label, const char *key, Document *document)
{
    const LicenceRow *row = licence_row_find(rows, label);
    if (!row)
        return;
    gboolean both = label == LABEL_ADDRESS;
    double confidence;
    DocumentField *field = document_field(document, key);
    g_auto(RowCuts) cuts = { flat, row };
    char *text = read_row(tools, &cuts, both, HANZI_READ_ANY, &confidence);
    set_text(field, text, confidence);
    set_box(flat, field, row, both);
}

static void
set_date(Flat *flat, const LicenceRow *row, char *iso, char *text, double confidence, DocumentField *field)
{
    set_text(field, iso ? iso : text, iso ? fmax(confidence, 0.6) : 0.3 * confidence);
    if (iso)
        g_free(text);
    set_box(flat, field, row, FALSE);
}

/* As digits first, which is far cheaper; letters only where that makes no dates ("不约定期限"). It may run over two lines. */
static void
read_term(const LicenceTools *tools, Flat *flat, const LicenceRow *row, DocumentField *field)
{
    static const struct {
        gboolean both;
        HanziReadAs as;
    } ways[] = { { FALSE, HANZI_READ_DIGITS }, { TRUE, HANZI_READ_DIGITS }, { FALSE, HANZI_READ_ANY }, { TRUE, HANZI_READ_ANY } };
    g_auto(RowCuts) cuts = { flat, row };
    char *text = NULL, *until = NULL;
    double confidence = 0;
    for (guint i = 0; i < G_N_ELEMENTS(ways) && !until; i++) {
        g_autofree char *from = NULL;
        if (ways[i].both && !row->has_second)
            continue;
        g_free(text);
        text = read_row(tools, &cuts, ways[i].both, ways[i].as, &confidence);
        licence_parse_term(text, &from, &until);
    }
    set_date(flat, row, until, text, confidence, field);
}

static void
read_dates(const LicenceTools *tools, Flat *flat, const GArray *rows, Document *document)
{
    const LicenceRow *row = licence_row_find(rows, LABEL_ESTABLISHED);
    if (row) {
        g_auto(RowCuts) cuts = { flat, row };
        double confidence;
        char *text = read_row(tools, &cuts, FALSE, HANZI_READ_DIGITS, &confidence);
        set_date(flat, row, licence_parse_date(text), text, confidence, document_field(document, FIELD_ESTABLISHED));
    }
    row = licence_row_find(rows, LABEL_TERM);
    if (row)
        read_term(tools, flat, row, document_field(document, FIELD_VALID_UNTIL));
}

void
licence_read_names(const LicenceTools *tools, Flat *flat, const GArray *rows, const ReaderExpect *expect,
                   Document *document)
{
    read_name(tools, flat, rows, LABEL_NAME, expect ? expect->company_name : NULL, HANZI_READ_NAME,
              document_field(document, FIELD_COMPANY_NAME));
    read_name(tools, flat, rows, LABEL_LEGAL_REP, expect ? expect->legal_rep : NULL, HANZI_READ_PERSON,
              document_field(document, FIELD_LEGAL_REP));
    read_plain(tools, flat, rows, LABEL_ADDRESS, FIELD_ADDRESS, document);
    read_plain(tools, flat, rows, LABEL_CAPITAL, FIELD_CAPITAL, document);
    read_dates(tools, flat, rows, document);
}
