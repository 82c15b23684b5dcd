/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idcard_back.c: the emblem side: the term of validity and the issuing authority above it.
 *
 * The two dates check each other: 5, 10 or 20 years to the day. A misread figure in one of them shows.
 */
#include "ocr/idcard_inner.h"

#include <math.h>
#include <string.h>

#include "ocr/card_rows.h"
#include "ocr/card_text.h"

enum { PASSES = 6 };
#define FIGURE_EM 1.37    /* em of the line's hanzi in heights of its figures */
#define ROW_PITCH_EM 2.65 /* from the dates up to the authority */

/* "YYYYMMDD" -> "YYYY.MM.DD" at @out. */
static void
dotted(const char *digits, char *out)
{
    g_snprintf(out, 11, "%.4s.%.2s.%.2s", digits, digits + 4, digits + 6);
}

/* The first "dddd.dd.dd" in @text with a year that cards have, or NULL. */
static const char *
dotted_date(const char *text)
{
    static const char shape[] = "dddd.dd.dd";
    for (const char *p = text; strlen(p) >= sizeof shape - 1; p++) {
        gsize i = 0;
        while (i < sizeof shape - 1 && (shape[i] == 'd' ? g_ascii_isdigit(p[i]) != 0 : p[i] == '.'))
            i++;
        if (i == sizeof shape - 1 && p[0] == '2' && p[1] == '0')
            return p;
    }
    return NULL;
}

/* "YYYY.MM.DD" at @from and at @until, if both exist and follow each other. */
static gboolean
parse_pair(const char *from, const char *until, Validity *validity)
{
    char text[24];
    g_snprintf(text, sizeof text, "%.10s-%.10s", from, until);
    return validity_parse(text, validity) && g_date_compare(&validity->from, &validity->until) < 0;
}

/*
 * Edges of the line and its label come out as a dash or a figure before the first date; what follows the second
 * does not matter. Where a dot or the dash was missed, sixteen figures must make an allowed term.
 */
DatesFound
idcard_dates_parse(const char *figures, Validity *validity)
{
    const char *from = dotted_date(figures), *until = from ? dotted_date(from + 10) : NULL;
    if (until && until - from <= 12)
        return parse_pair(from, until, validity) ? DATES_BOTH : DATES_NONE;
    char digits[32], first[11], second[11];
    gsize n = 0;
    for (const char *p = figures; *p && n + 1 < sizeof digits; p++)
        if (g_ascii_isdigit(*p))
            digits[n++] = *p;
    digits[n] = 0;
    if (n == 16) {
        dotted(digits, first);
        dotted(digits + 8, second);
        return parse_pair(first, second, validity) && validity_years(validity) ? DATES_BOTH : DATES_NONE;
    }
    if (!from || strlen(from) > 17)
        return DATES_NONE;
    char text[24];
    g_snprintf(text, sizeof text, "%.10s-" VALIDITY_FOREVER, from);
    if (!validity_parse(text, validity) || g_date_get_year(&validity->from) < 2004)
        return DATES_NONE;
    validity->forever = FALSE; /* not seen yet */
    return from[10] == '-' ? DATES_FROM_ONLY : DATES_LOOSE;
}

typedef struct {
    Validity validity;
    DatesFound found;
    guint votes;
} Vote;

static gboolean
same_dates(const Vote *a, const Vote *b)
{
    return a->found == b->found && g_date_compare(&a->validity.from, &b->validity.from) == 0 &&
           (a->found == DATES_FROM_ONLY || g_date_compare(&a->validity.until, &b->validity.until) == 0);
}

/* Read the line in several ways. Returns: the reading most passes share; @made how many saw dates at all. */
static Vote
vote_on_dates(const CardSearch *search, const Strip *strip, guint *made)
{
    static const struct {
        ImagePlane plane;
        gboolean raw;
        double text_px;
    } passes[PASSES] = { { IMAGE_MAX, TRUE, 20 }, { IMAGE_RED, FALSE, 24 }, { IMAGE_MAX, FALSE, 24 },
                         { IMAGE_RED, TRUE, 16 }, { IMAGE_MAX, TRUE, 28 },  { IMAGE_MAX, FALSE, 16 } };
    Vote votes[PASSES];
    Vote best = { .found = DATES_NONE };
    *made = 0;
    for (guint i = 0; i < PASSES; i++) {
        g_autofree char *text = idcard_read_figures(search, strip, passes[i].plane, passes[i].raw, passes[i].text_px);
        Vote v = { .votes = 1 };
        v.found = text ? idcard_dates_parse(text, &v.validity) : DATES_NONE;
        if (v.found == DATES_NONE)
            continue;
        if (v.found == DATES_LOOSE)
            v.found = DATES_FROM_ONLY;
        votes[(*made)++] = v;
        for (guint k = 0; k + 1 < *made; k++)
            v.votes += same_dates(&votes[k], &v);
        if (v.votes > best.votes)
            best = v;
        if (best.votes >= 2 && best.votes == *made)
            break;
    }
    return best;
}

static void
put_date(Document *document, const char *key, const char *text, gboolean sure, guint votes, guint made)
{
    DocumentField *f = document_field(document, key);
    g_free(f->text);
    f->text = g_strdup(text);
    f->status = sure ? FIELD_READ : FIELD_WEAK;
    f->confidence = sure ? 90 + MIN(9, 4 * votes) : 45;
    g_free(f->evidence);
    f->evidence = g_strdup_printf("%u of %u passes agree", votes, made);
}

/* Does the line say "YYYY.MM.DD-长期"? @from was read by the figures model; here the print is asked. */
static gboolean
says_forever(const CardSearch *search, const Strip *dates, const GDate *from)
{
    g_auto(CardLine) line = { 0 };
    Strip strip = *dates;
    strip.height *= FIGURE_EM;
    if (!search->tools->hanzi || !card_line_cut(search->view, &strip, &line))
        return FALSE;
    g_autofree char *text = g_strdup_printf("%04u.%02u.%02u-" VALIDITY_FOREVER, g_date_get_year(from),
                                            (guint)g_date_get_month(from), (guint)g_date_get_day(from));
    return card_line_ends_with(search->tools->hanzi, &line, text, 2);
}

static void
read_validity(const CardSearch *search, const Strip *dates, Document *document)
{
    guint made;
    Vote best = vote_on_dates(search, dates, &made);
    idcard_set_box(search, dates, document_field(document, FIELD_VALID_FROM));
    idcard_set_box(search, dates, document_field(document, FIELD_VALID_UNTIL));
    if (best.found == DATES_NONE)
        return;
    gboolean agreed = best.votes >= 2 && best.votes * 3 >= made * 2;
    g_autofree char *from = validity_iso(&best.validity.from);
    if (best.found == DATES_FROM_ONLY) {
        gboolean forever = says_forever(search, dates, &best.validity.from);
        put_date(document, FIELD_VALID_FROM, from, agreed, best.votes, made);
        if (forever)
            put_date(document, FIELD_VALID_UNTIL, VALIDITY_FOREVER, TRUE, best.votes, made);
        return;
    }
    gboolean sure = agreed && validity_years(&best.validity) > 0;
    g_autofree char *until = validity_iso(&best.validity.until);
    put_date(document, FIELD_VALID_FROM, from, sure, best.votes, made);
    put_date(document, FIELD_VALID_UNTIL, until, sure, best.votes, made);
}

/* The row above the dates, which begins at the same left edge. */
static void
read_authority(const CardSearch *search, const Strip *dates, Document *document)
{
    double ux = dates->right.x - dates->left.x, uy = dates->right.y - dates->left.y, length = hypot(ux, uy);
    double em = dates->height * FIGURE_EM, contrast;
    ux /= length, uy /= length;
    Point left = { dates->left.x + uy * em * ROW_PITCH_EM, dates->left.y - ux * em * ROW_PITCH_EM };
    Strip row = { left, { left.x + ux * em * 5, left.y + uy * em * 5 }, em, 0, 0, 0, 0 };
    row = rows_centre(search->darkness, &row, 0.8, 1.5, &contrast);
    if (contrast < 4)
        return;
    row.left = (Point){ row.left.x - ux * em * 0.5, row.left.y - uy * em * 0.5 };
    row = rows_extend(search->darkness, &row, ROWS_HANZI, 1.2, 0, 14);
    if (!rows_trim(search->darkness, ROWS_HANZI, &row))
        return;
    DocumentField *f = document_field(document, FIELD_AUTHORITY);
    g_auto(CardLine) line = { 0 };
    idcard_set_box(search, &row, f);
    if (search->tools->hanzi && card_line_cut(search->view, &row, &line))
        card_field_read(search->tools->hanzi, &line, HANZI_READ_ANY, f);
}

/* Two dates are 32 mm long and 16 of their own heights; one and 长期 are shorter. */
static double
dates_mm(const Strip *dates)
{
    return point_distance(dates->left, dates->right) > 13.5 * dates->height ? 32 : 22.4;
}

Document *
idcard_back_read(const CardSearch *search, const Strip *line, gboolean proven)
{
    Strip dates = rows_after_gap(search->darkness, line, 1.25);
    Document *document = document_new(SEEN_ID_BACK, card_view_page(search->view)->index);
    LinePlace place = { 35.5, 45.2, dates_mm(&dates) };
    idcard_place(search, &dates, &place, document);
    read_authority(search, &dates, document);
    read_validity(search, &dates, document);
    const DocumentField *until = document_find_field(document, FIELD_VALID_UNTIL);
    if (!proven && until->status == FIELD_UNREADABLE) {
        document_free(document);
        return NULL;
    }
    return document;
}
