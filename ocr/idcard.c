/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idcard.c: from a page to the sides of ID cards on it.
 *
 * Lines that look like figures are glanced at, best first. A number that passes GB 11643 is the front, a pair of
 * dates the back; what lies around each is then read from there.
 */
#include "ocr/idcard.h"

#include <math.h>
#include <string.h>

#include "core/text.h"
#include "ocr/card_find.h"
#include "ocr/card_ink.h"
#include "ocr/card_rows.h"
#include "ocr/id_number.h"
#include "ocr/idcard_inner.h"
#include "ocr/tess.h"

enum { LIGHT_BLOCK = 24, LINES_MAX = 24, GLANCES_MAX = 14, BOTH_WAYS = 5, SIDES_MAX = 8 };

/* The value's strip of a line of figures: blank for 1.3 heights ends it. */
static Strip
strip_of_line(const CardSearch *search, const DigitLine *line, gboolean as_found)
{
    Strip s = { line->from, line->to, line->height, 0.7, 0.7, 0.45, 0.45 };
    if (!as_found) {
        s.left = line->to;
        s.right = line->from;
    }
    return rows_extend(search->darkness, &s, ROWS_FIGURES, 1.25, 6, 9);
}

char *
idcard_read_figures(const CardSearch *search, const Strip *strip, ImagePlane plane, gboolean raw, double text_px)
{
    g_autoptr(Image) colour = card_view_strip(search->view, strip, text_px, NULL);
    if (!colour)
        return NULL;
    g_autoptr(Image) grey = image_plane(colour, plane);
    g_autoptr(TessReading) read = tess_read(search->tools->figures, grey, raw ? TESS_RAW_LINE : TESS_LINE, NULL);
    if (!read)
        return NULL;
    g_auto(GStrv) words = g_strsplit(read->text, " ", -1);
    return g_strjoinv("", words);
}

static Glance
glance_at(const CardSearch *search, const Strip *strip)
{
    double length = point_distance(strip->left, strip->right) / strip->height;
    if (length < 6 || length > 32)
        return GLANCE_NOTHING;
    g_autofree char *text = idcard_read_figures(search, strip, IMAGE_MAX, TRUE, 20);
    if (!text)
        return GLANCE_NOTHING;
    g_autofree char *number = text_fold_code(text);
    Validity validity;
    if (id_number_valid(number))
        return GLANCE_NUMBER;
    return idcard_dates_parse(text, &validity) == DATES_NONE ? GLANCE_NOTHING : GLANCE_DATES;
}

static double
distance_to_line(Point p, Point a, Point b)
{
    double length = fmax(point_distance(a, b), 1e-6), ux = (b.x - a.x) / length, uy = (b.y - a.y) / length;
    double along = CLAMP((p.x - a.x) * ux + (p.y - a.y) * uy, 0, length);
    return point_distance(p, (Point){ a.x + ux * along, a.y + uy * along });
}

/* Has this line, or a piece of it, been taken already? */
static gboolean
is_taken(const GArray *taken, const DigitLine *line)
{
    Point middle = { (line->from.x + line->to.x) / 2, (line->from.y + line->to.y) / 2 };
    for (guint i = 0; i < taken->len; i++) {
        const Strip *s = &g_array_index(taken, Strip, i);
        double reach = 4 * s->height; /* the label may be part of the line */
        double ux = (s->right.x - s->left.x) / point_distance(s->left, s->right);
        double uy = (s->right.y - s->left.y) / point_distance(s->left, s->right);
        Point left = { s->left.x - ux * reach, s->left.y - uy * reach };
        if (distance_to_line(middle, left, s->right) < s->height)
            return TRUE;
    }
    return FALSE;
}

void
idcard_set_box(const CardSearch *search, const Strip *s, DocumentField *field)
{
    double length = fmax(point_distance(s->left, s->right), 1e-6), half = s->height / 2;
    double ux = (s->right.x - s->left.x) / length * half, uy = (s->right.y - s->left.y) / length * half;
    Quad q = { { { s->left.x + uy, s->left.y - ux },
                 { s->right.x + uy, s->right.y - ux },
                 { s->right.x - uy, s->right.y + ux },
                 { s->left.x - uy, s->left.y + ux } } };
    field->box_px = card_view_stored(search->view, &q);
    field->has_box = TRUE;
}

void
idcard_place(const CardSearch *search, const Strip *line, double length_mm, Document *document)
{
    const Homography *h = &card_view_page(search->view)->to_stored;
    Point a = homography_apply(h, line->left), b = homography_apply(h, line->right);
    long quarter = lround(atan2(b.y - a.y, b.x - a.x) / (G_PI / 2)); /* clockwise, as y runs down */
    document->turned_deg = (guint)((4 - quarter) % 4 * 90);
    document->dpi = (guint)lround(point_distance(a, b) / length_mm * 25.4);
}

/* Glance at one line in the likelier direction, and in the other where @both. */
static Glance
try_line(const CardSearch *search, const DigitLine *line, gboolean both, guint *glances, Strip *strip)
{
    for (guint k = 0; k < (both ? 2u : 1u) && *glances < GLANCES_MAX; k++) {
        *strip = strip_of_line(search, line, line->body_is_left == (k == 0));
        (*glances)++;
        Glance seen = glance_at(search, strip);
        if (seen != GLANCE_NOTHING)
            return seen;
    }
    return GLANCE_NOTHING;
}

static void
search_lines(const CardSearch *search, const GArray *lines, GPtrArray *fronts, GPtrArray *backs)
{
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(Strip));
    guint glances = 0;
    for (guint i = 0; i < lines->len && fronts->len + backs->len < SIDES_MAX; i++) {
        const DigitLine *line = &g_array_index(lines, DigitLine, i);
        Strip strip;
        if (is_taken(taken, line))
            continue;
        Glance seen = try_line(search, line, i < BOTH_WAYS, &glances, &strip);
        if (seen == GLANCE_NOTHING)
            continue;
        if (seen == GLANCE_DATES)
            strip = rows_after_gap(search->darkness, &strip, 1.25);
        g_array_append_val(taken, strip);
        glances = 0; /* a card is here: look on */
        if (seen == GLANCE_NUMBER)
            g_ptr_array_add(fronts, idcard_front_read(search, &strip));
        else
            g_ptr_array_add(backs, idcard_back_read(search, &strip));
    }
}

static void
move_all(GPtrArray *from, GPtrArray *to)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, from->pdata[i]);
}

gboolean
idcard_find_and_read(const IdcardTools *tools, PageFile *file, const Page *page, const ReaderExpect *expect,
                     GPtrArray *documents)
{
    static const ReaderExpect nothing = { NULL };
    g_autoptr(CardView) view = card_view_new(file, page);
    g_autoptr(Image) grey = ink_colourless(page->image);
    g_autoptr(Image) darkness = ink_darkness(grey, LIGHT_BLOCK);
    CardSearch search = { tools, expect ? expect : &nothing, view, darkness };
    g_autoptr(GArray) lines = card_find_digit_lines(darkness, LINES_MAX);
    g_autoptr(GPtrArray) fronts = g_ptr_array_new();
    g_autoptr(GPtrArray) backs = g_ptr_array_new();
    search_lines(&search, lines, fronts, backs);
    gboolean found = fronts->len + backs->len > 0;
    move_all(fronts, documents);
    move_all(backs, documents);
    return found;
}
