/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idcard_birth.c: the front's row "1998 年 7 月 12 日", its words often printed in a blue that fades. */
#include "ocr/idcard_inner.h"

#include <string.h>

#include "core/citizen_id.h"
#include "core/text.h"
#include "ocr/card_ink.h"
#include "ocr/card_rows.h"
#include "ocr/card_text.h"
#include "ocr/tess.h"

enum { READINGS_MAX = 3, PIECES_MAX = 12 };
#define FADED 0.66     /* share of the year's darkness */
#define PIECE_GAP 0.22 /* heights of blank between a figure and a word */
#define YEAR_GAP 0.30  /* more than between any two figures */
#define NEAR 0.45

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

/* The figures of one piece of the row. */
static guint
read_piece(const CardSearch *search, const Strip *piece)
{
    Strip s = *piece;
    s.height *= 0.8; /* figures in heights of hanzi */
    s.before = s.after = 0.35;
    s.above = s.below = 0.35;
    g_autoptr(Image) colour = card_view_strip(search->view, &s, 20, NULL);
    if (!colour)
        return 0;
    g_autoptr(Image) grey = ink_colourless(colour);
    Tess *tess = search->tools->number ? search->tools->number : search->tools->figures;
    g_autoptr(TessReading) read = tess_read(tess, grey, TESS_RAW_LINE, NULL);
    g_autofree char *digits = read ? text_fold_code(read->text) : NULL;
    return digits && *digits && strlen(digits) <= 4 ? (guint)g_ascii_strtoull(digits, NULL, 10) : 0;
}

static double
blank_between(const Strip *a, const Strip *b)
{
    return point_distance(a->right, b->left) / a->height;
}

/* Join neighbours that stand near: 1 and 9 of one year. */
static guint
join_near(Strip *pieces, guint n)
{
    guint kept = 0;
    for (guint i = 0; i < n; i++) {
        if (kept && blank_between(&pieces[kept - 1], &pieces[i]) < NEAR)
            pieces[kept - 1].right = pieces[i].right;
        else
            pieces[kept++] = pieces[i];
    }
    return kept;
}

/* Keep the pieces that are about as dark as the year's; what is left of a lighter word goes. */
static guint
drop_faded(const CardSearch *search, Strip *pieces, guint n)
{
    guint kept = 0;
    double usual = 0;
    for (guint i = 0; i < MIN(n, 2); i++) /* a year may stand in two pieces */
        usual = MAX(usual, rows_ink(search->darkness, &pieces[i]));
    for (guint i = 0; i < n; i++)
        if (rows_ink(search->darkness, &pieces[i]) > FADED * usual &&
            point_distance(pieces[i].left, pieces[i].right) > 0.12 * pieces[i].height)
            pieces[kept++] = pieces[i];
    return kept;
}

static gboolean
read_pieces(const CardSearch *search, const Strip *pieces, guint n, GDate *date)
{
    guint step = n == 6 ? 2 : 1;
    if (n != 3 && n != 6)
        return FALSE;
    guint year = read_piece(search, &pieces[0]), month = read_piece(search, &pieces[step]);
    guint day = read_piece(search, &pieces[2 * step]);
    g_autofree char *text = g_strdup_printf("%u %u %u", year, month, day);
    return parse_birth(text, date);
}

/*
 * Year, month and day lie in pieces parted by blanks: six where the words between them stand, three where they
 * fade or are left out as lighter.
 */
static gboolean
read_by_pieces(const CardSearch *search, const Strip *strip, GDate *date)
{
    Strip all[PIECES_MAX], dark[PIECES_MAX];
    guint n = rows_pieces(search->darkness, strip, PIECE_GAP, all, PIECES_MAX);
    memcpy(dark, all, sizeof all);
    guint n_dark = join_near(dark, drop_faded(search, dark, n));
    if (n_dark == 3 && read_pieces(search, dark, n_dark, date))
        return TRUE;
    n = rows_pieces(search->darkness, strip, YEAR_GAP, all, PIECES_MAX);
    return n == 6 && read_pieces(search, all, n, date);
}

/* By the hanzi model with its words, by the figures' model without them, and piece by piece. */
static guint
read_birth(const CardSearch *search, const Strip *strip, GDate dates[READINGS_MAX])
{
    guint n = 0;
    g_auto(CardLine) line = { 0 };
    g_auto(HanziReading) reading = { 0 };
    if (card_line_cut_with_labels(search->view, strip, &line) &&
        hanzi_read(search->tools->hanzi, &line.line, HANZI_READ_DIGITS, &reading, NULL) && reading.text)
        n += parse_birth(reading.text, &dates[n]);
    n += read_by_pieces(search, strip, &dates[n]);
    if (n == 2 && g_date_compare(&dates[0], &dates[1]) == 0)
        return n;
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
void
idcard_put_birth(const CardSearch *search, const Strip *row, Document *document)
{
    DocumentField *f = document_field(document, FIELD_BIRTH);
    GDate dates[READINGS_MAX + 1];
    if (!row)
        return;
    idcard_set_box(search, row, f);
    guint n = read_birth(search, row, dates), best = 0, most = 0;
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
