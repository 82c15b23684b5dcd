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
#include "ocr/look.h"
#include "ocr/tess.h"

enum { LIGHT_BLOCK = 24, LINES_MAX = 24, GLANCES_MAX = 10, BOTH_WAYS = 5, SIDES_MAX = 8, SUSPECTS_MAX = 6 };
enum { INK_FLOOR = 24, FAINT_INK_FLOOR = 11, FEW_LINES = 3 }; /* levels of darkness that count as ink */
enum { FEW_PIXELS = 10 }; /* stored px of a figure's height; below, numbers are often misread */

/* The value's strip of a line of figures: blank for 1.25 heights ends it. */
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

static guint
count_digits(const char *text)
{
    guint digits = 0;
    for (const char *p = text; p && *p; p++)
        digits += g_ascii_isdigit(*p) != 0;
    return digits;
}

/* Figures enough for a number that some pass may still read, or for dates; @own: what the number's model saw. */
static Glance
suspicion(const char *text, const char *own, double length)
{
    guint digits = count_digits(text), own_digits = count_digits(own);
    if (length > 8 && length < 24 && digits >= 8 && strchr(text, '.'))
        return GLANCE_LIKE_DATES;
    if (length > 12 && length < 21 && (digits >= 11 || (own_digits >= 17 && own_digits <= 19)))
        return GLANCE_LIKE_NUMBER;
    return GLANCE_NOTHING;
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
    g_autofree char *number = text_fold_code(text), *own = NULL;
    Validity validity;
    if (id_number_valid(number))
        return GLANCE_NUMBER;
    if (idcard_dates_parse(text, &validity) >= DATES_FROM_ONLY)
        return GLANCE_DATES;
    if (search->tools->number && length > 12 && length < 21) {
        own = id_number_glance(search->tools->number, search->view, strip);
        if (own && id_number_valid(own))
            return GLANCE_NUMBER;
    }
    return suspicion(text, own, length);
}

/* Does this line lie on a card that was found already? @taken's strips: its number or its dates. */
static gboolean
is_taken(const GArray *taken, const DigitLine *line)
{
    Point middle = { (line->from.x + line->to.x) / 2, (line->from.y + line->to.y) / 2 };
    for (guint i = 0; i < taken->len; i++) {
        const Strip *s = &g_array_index(taken, Strip, i);
        double length = point_distance(s->left, s->right), h = s->height;
        double ux = (s->right.x - s->left.x) / length, uy = (s->right.y - s->left.y) / length;
        double along = (middle.x - s->left.x) * ux + (middle.y - s->left.y) * uy;
        double down = (middle.y - s->left.y) * ux - (middle.x - s->left.x) * uy;
        /* the body of a card in heights of the strip, counted small: 11 in front and 15 above are 2.6 mm figures' */
        if (along > -11 * h && along < length + 2 * h && down > -15 * h && down < h)
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

/* The card's border, from its line of figures alone. */
static Quad
card_around(const Strip *line, const LinePlace *place, double px_per_mm)
{
    double length = fmax(point_distance(line->left, line->right), 1e-6);
    double ux = (line->right.x - line->left.x) / length, uy = (line->right.y - line->left.y) / length;
    static const double corners[4][2] = { { 0, 0 }, { 85.6, 0 }, { 85.6, 54 }, { 0, 54 } };
    Quad q;
    for (guint i = 0; i < 4; i++) {
        double a = (corners[i][0] - place->x) * px_per_mm, d = (corners[i][1] - place->y) * px_per_mm;
        q.p[i] = (Point){ line->left.x + ux * a - uy * d, line->left.y + uy * a + ux * d };
    }
    return q;
}

void
idcard_place(const CardSearch *search, const Strip *line, const LinePlace *place, Document *document)
{
    const Page *page = card_view_page(search->view);
    Point a = homography_apply(&page->to_stored, line->left), b = homography_apply(&page->to_stored, line->right);
    long quarter = lround(atan2(b.y - a.y, b.x - a.x) / (G_PI / 2)); /* clockwise, as y runs down */
    document->turned_deg = (guint)((4 - quarter) % 4 * 90);
    document->dpi = (guint)lround(point_distance(a, b) / place->length * 25.4);
    LookPlace look = { .px_per_mm = point_distance(line->left, line->right) / place->length };
    look.quad = card_around(line, place, look.px_per_mm);
    look_at_document(page->image, &look, document);
    if (line->height * page->reduction < FEW_PIXELS)
        document->quality |= QUALITY_FEW_PIXELS;
}

/* Glance at one line in the likelier direction, and in the other where @both. */
static Glance
try_line(const CardSearch *search, const DigitLine *line, gboolean both, guint *glances, Strip *strip)
{
    Glance first = GLANCE_NOTHING;
    for (guint k = 0; k < (both ? 2u : 1u) && *glances < GLANCES_MAX; k++) {
        Strip way = strip_of_line(search, line, line->body_is_left == (k == 0));
        (*glances)++;
        Glance seen = glance_at(search, &way);
        if (seen == GLANCE_NUMBER || seen == GLANCE_DATES) {
            *strip = way;
            return seen;
        }
        if (first == GLANCE_NOTHING && seen != GLANCE_NOTHING) {
            first = seen;
            *strip = way;
        }
    }
    return first;
}

typedef struct {
    GPtrArray *fronts, *backs; /* (element-type Document) */
    GArray *taken;             /* (element-type Strip) of cards found */
    GArray *suspects;          /* (element-type Suspect) best first */
} Finds;

typedef struct {
    Strip strip;
    Glance seen;
} Suspect;

static void
add_side(Finds *finds, const Strip *strip, Document *document)
{
    if (!document)
        return;
    g_array_append_vals(finds->taken, strip, 1);
    g_ptr_array_add(document->seen_as == SEEN_ID_FRONT ? finds->fronts : finds->backs, document);
}

/* The label may still stand before the number. */
static Document *
front_at(const CardSearch *search, const Strip *strip, gboolean proven)
{
    Strip number = rows_after_gap(search->darkness, strip, 1.25);
    return idcard_front_read(search, &number, proven);
}

static void
search_lines(const CardSearch *search, const GArray *lines, Finds *finds)
{
    guint glances = 0;
    for (guint i = 0; i < lines->len && finds->taken->len < SIDES_MAX; i++) {
        const DigitLine *line = &g_array_index(lines, DigitLine, i);
        Suspect found;
        if (is_taken(finds->taken, line))
            continue;
        found.seen = try_line(search, line, i < BOTH_WAYS, &glances, &found.strip);
        if (found.seen == GLANCE_NUMBER)
            add_side(finds, &found.strip, front_at(search, &found.strip, TRUE));
        else if (found.seen == GLANCE_DATES)
            add_side(finds, &found.strip, idcard_back_read(search, &found.strip, TRUE));
        else if (found.seen != GLANCE_NOTHING && finds->suspects->len < SUSPECTS_MAX)
            g_array_append_val(finds->suspects, found);
        if (found.seen == GLANCE_NUMBER || found.seen == GLANCE_DATES)
            glances = 0; /* a card is here: look on */
    }
}

/* Lines that no single pass could prove: every pass, and proof by what stands around them. */
static void
search_suspects(const CardSearch *search, Finds *finds)
{
    for (guint i = 0; i < finds->suspects->len; i++) {
        const Suspect *s = &g_array_index(finds->suspects, Suspect, i);
        DigitLine line = { s->strip.left, s->strip.right, s->strip.height, 0, FALSE, 0 };
        if (is_taken(finds->taken, &line))
            continue;
        if (s->seen == GLANCE_LIKE_NUMBER)
            add_side(finds, &s->strip, front_at(search, &s->strip, FALSE));
        else
            add_side(finds, &s->strip, idcard_back_read(search, &s->strip, FALSE));
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
    g_autoptr(GArray) lines = card_find_digit_lines(darkness, INK_FLOOR, LINES_MAX);
    if (lines->len < FEW_LINES) { /* faint print, or none: look closer once */
        g_array_unref(lines);
        lines = card_find_digit_lines(darkness, FAINT_INK_FLOOR, LINES_MAX);
    }
    Finds finds = { g_ptr_array_new(), g_ptr_array_new(), g_array_new(FALSE, FALSE, sizeof(Strip)),
                    g_array_new(FALSE, FALSE, sizeof(Suspect)) };
    search_lines(&search, lines, &finds);
    search_suspects(&search, &finds);
    gboolean found = finds.taken->len > 0;
    move_all(finds.fronts, documents);
    move_all(finds.backs, documents);
    g_ptr_array_unref(finds.fronts);
    g_ptr_array_unref(finds.backs);
    g_array_unref(finds.taken);
    g_array_unref(finds.suspects);
    return found;
}
