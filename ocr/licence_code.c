/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * licence_code.c: each line that could hold a code is read once, the one that does is read by vote.
 */
#include "core/citizen_id.h"
#include "core/credit_code.h"
#include "core/text.h"
#include "ocr/code_spot.h"
#include "ocr/codeline.h"
#include "ocr/licence.h"
#include "ocr/tess.h"

#include <math.h>
#include <string.h>

enum { PROBES_MAX = 10, VOTES_MAX = 3, CAP_PX = 22, VOTE_CAP_PX = 32, WIDEST_PX = 1800 };

/* Of the capitals' height. Nearer than a letter at the ends loses one where the spot begins or ends too late. */
static const double PROBE_AROUND = 1.0, VOTE_AROUND = 1.0, ABOVE = 0.35, MARGIN = 0.1;
static const double UNPROMISING = 0.2;          /* promise below which no vote is held */
static const double LABELLED_LIKENESS = 0.04, LABELLED_SHORTEST = 7, LABELLED_LONGEST = 24; /* caps long */
static const double HOPELESS = 0.04;            /* likeness below which no line is read */

/* A line that was probed. */
typedef struct {
    CodeSpot spot;
    char *text; /* folded */
    double confidence;
    double promise; /* how likely this is the code's line */
} Probe;

static void
probe_clear(gpointer data)
{
    g_free(((Probe *)data)->text);
}

/* @luma (out) (optional): another grey of the same place, with what a seal leaves. */
static Image *
cut_spot(Flat *flat, const CodeSpot *spot, double around, guint cap_px, Image **luma)
{
    Quad quad = code_spot_quad(spot, around, ABOVE);
    double length = point_distance(quad.p[0], quad.p[1]) / spot->cap_px * cap_px;
    guint width = (guint)CLAMP(lround(length), 16, WIDEST_PX), height = (guint)lround(cap_px * (1 + 2 * ABOVE));
    g_autoptr(Image) cut = flat_cut(flat, &quad, width, height);
    if (luma)
        *luma = image_plane(cut, IMAGE_LUMA);
    return ink_of_line(cut, NULL);
}

/* The first 18 letters in a row of @text that pass every check, or NULL. */
static const char *
code_inside(const char *text)
{
    gsize n = strlen(text);
    for (gsize i = 0; i + CREDIT_CODE_LENGTH <= n && i < 4; i++) {
        g_autofree char *part = g_strndup(text + i, CREDIT_CODE_LENGTH);
        if (!(credit_code_check(part) & (CREDIT_CODE_ERRORS | CREDIT_CODE_DEPARTMENT_UNKNOWN)))
            return text + i;
    }
    return NULL;
}

/* Right of the code's label on its row, or under it. */
static gboolean
is_at_label(const CodeSpot *spot, const LicenceRow *row)
{
    const RowSpan *at = &row->label_at;
    double h = at->height_px, right = spot->left.x - at->right.x, down = spot->left.y - at->left.y;
    if (right > -0.5 * h && right < 12 * h && fabs(spot->left.y - at->right.y) < 0.8 * h)
        return TRUE;
    return down > 0.6 * h && down < 3 * h && fabs(spot->left.x - at->left.x) < 3 * h;
}

static gboolean
is_on_span(const CodeSpot *spot, const RowSpan *span)
{
    double x = (spot->left.x + spot->right.x) / 2, y = (spot->left.y + spot->right.y) / 2;
    return x > span->left.x && x < span->right.x && fabs(y - (span->left.y + span->right.y) / 2) < 0.7 * span->height_px;
}

static int
by_likeness(gconstpointer a, gconstpointer b)
{
    const CodeSpot *p = a, *q = b;
    return (p->likeness < q->likeness) - (p->likeness > q->likeness);
}

static void
add_span(const RowSpan *span, GArray *spots)
{
    double length = row_span_length(span) / fmax(span->height_px, 1);
    if (length < LABELLED_SHORTEST || length > LABELLED_LONGEST)
        return;
    CodeSpot spot = { .left = span->left, .right = span->right, .cap_px = span->height_px, .letters = 18,
                      .likeness = LABELLED_LIKENESS };
    g_array_append_val(spots, spot);
}

/* The line beside or under the code's label, however its letters are torn or grown together. */
static void
add_labelled(GArray *spots, const GArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const LicenceRow *label = &g_array_index(rows, LicenceRow, i);
        if (label->label != LABEL_CODE)
            continue;
        if (label->has_value)
            add_span(&label->value, spots);
        for (guint k = 0; k < rows->len; k++) {
            const LicenceRow *other = &g_array_index(rows, LicenceRow, k);
            CodeSpot at = { .left = other->value.left };
            if (other->label == LABEL_NONE && other->has_value && is_at_label(&at, label))
                add_span(&other->value, spots);
        }
    }
}

/* What the rows say about each spot. Lines inside 经营范围 run on below its first: they have no label either. */
static void
weigh_by_rows(GArray *spots, const GArray *rows)
{
    for (guint i = 0; i < spots->len; i++) {
        CodeSpot *spot = &g_array_index(spots, CodeSpot, i);
        for (guint k = 0; k < rows->len; k++) {
            const LicenceRow *row = &g_array_index(rows, LicenceRow, k);
            if (row->label == LABEL_CODE && is_at_label(spot, row))
                spot->likeness *= 4;
            else if (row->label != LABEL_CODE && row->label != LABEL_NONE && row->has_value &&
                     (is_on_span(spot, &row->value) || (row->has_second && is_on_span(spot, &row->second))))
                spot->likeness *= 0.1;
            else if (row->label == LABEL_SCOPE && row->has_value && spot->left.y > row->value.left.y &&
                     spot->left.y < row->value.left.y + 16 * row->value.height_px &&
                     spot->left.x > row->value.left.x - row->value.height_px)
                spot->likeness *= 0.3;
        }
    }
    g_array_sort(spots, by_likeness);
}

static Probe
probe_spot(const LicenceTools *tools, Flat *flat, const CodeSpot *spot)
{
    Probe probe = { .spot = *spot, .text = NULL };
    g_autoptr(Image) line = cut_spot(flat, spot, PROBE_AROUND, CAP_PX, NULL);
    g_autoptr(TessReading) reading = tess_read(tools->probe, line, TESS_RAW_LINE, NULL);
    probe.text = text_fold_code(reading ? reading->text : "");
    probe.confidence = reading ? reading->confidence : 0;
    double letters = (double)strlen(probe.text);
    guint digits = 0;
    for (const char *p = probe.text; *p; p++)
        digits += g_ascii_isdigit(*p);
    probe.promise = spot->likeness * exp(-fabs(letters - 18) / 2) * (0.3 + digits / fmax(letters, 1)) *
                    (code_inside(probe.text) ? 10 : 1);
    return probe;
}

/* Most promising first. Stops at the first that holds a valid code. */
static GArray *
probe_all(const LicenceTools *tools, Flat *flat, const GArray *rows)
{
    g_autoptr(GArray) spots = code_spots(flat->parts);
    add_labelled(spots, rows);
    weigh_by_rows(spots, rows);
    GArray *probes = g_array_new(FALSE, FALSE, sizeof(Probe));
    g_array_set_clear_func(probes, probe_clear);
    for (guint i = 0; i < MIN(spots->len, PROBES_MAX); i++) {
        const CodeSpot *spot = &g_array_index(spots, CodeSpot, i);
        if (spot->likeness < HOPELESS && i > 0)
            break;
        Probe probe = probe_spot(tools, flat, spot);
        guint at = 0;
        while (at < probes->len && g_array_index(probes, Probe, at).promise >= probe.promise)
            at++;
        g_array_insert_val(probes, at, probe);
        if (code_inside(probe.text))
            break;
    }
    return probes;
}

/* ---- two readings of the probe's model vote ------------------------------------------------------- */

static void
take(DocumentField *field, FieldStatus status, const char *text, double confidence, const char *evidence)
{
    g_free(field->text);
    g_free(field->evidence);
    field->status = status;
    field->text = text && *text ? g_strdup(text) : NULL;
    field->confidence = (guint)CLAMP(lround(confidence), 0, 100);
    field->evidence = g_strdup(evidence);
}

static void
vote_of_two(const LicenceTools *tools, Flat *flat, const Probe *probe, DocumentField *field)
{
    static const struct {
        guint cap_px;
        TessMode mode;
    } passes[] = { { CAP_PX, TESS_LINE }, { 28, TESS_RAW_LINE }, { 17, TESS_RAW_LINE } };
    const char *found = code_inside(probe->text);
    g_autofree char *code = found ? g_strndup(found, CREDIT_CODE_LENGTH) : NULL;
    guint agree = code != NULL, made = 1;
    gboolean other = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(passes); i++, made++) {
        g_autoptr(Image) line = cut_spot(flat, &probe->spot, PROBE_AROUND, passes[i].cap_px, NULL);
        g_autoptr(TessReading) reading = tess_read(tools->probe, line, passes[i].mode, NULL);
        g_autofree char *text = text_fold_code(reading ? reading->text : "");
        const char *inside = code_inside(text);
        if (inside && !code)
            code = g_strndup(inside, CREDIT_CODE_LENGTH);
        if (inside)
            (strncmp(inside, code, CREDIT_CODE_LENGTH) == 0) ? (void)agree++ : (void)(other = TRUE);
    }
    g_autofree char *evidence = g_strdup_printf("%u of %u readings agree", agree, made);
    if (!code)
        take(field, FIELD_UNREADABLE, probe->text, 0.3 * probe->confidence, "no reading passes the check character");
    else
        take(field, agree >= 2 && !other ? FIELD_READ : FIELD_WEAK, code, probe->confidence, evidence);
}

static gboolean
is_citizen_id(const char *text)
{
    return text && strlen(text) == CREDIT_CODE_LENGTH && strspn(text, "0123456789X") == CREDIT_CODE_LENGTH &&
           !(citizen_id_check(text) & CITIZEN_ID_ERRORS);
}

/* ---- the code's own model votes ------------------------------------------------------------------- */

/* Where the letters were found in the cut line: a spot may begin or end a letter too late. */
static Quad
box_of_letters(const CodeSpot *spot, const CodelineResult *result, guint line_width)
{
    Quad wide = code_spot_quad(spot, VOTE_AROUND, MARGIN);
    double from = (result->x0 - MARGIN * VOTE_CAP_PX) / line_width, to = (result->x1 + MARGIN * VOTE_CAP_PX) / line_width;
    if (result->x1 <= result->x0)
        return code_spot_quad(spot, MARGIN, MARGIN);
    Quad box = wide;
    for (guint row = 0; row < 2; row++) { /* top from the left, bottom from the right */
        Point a = wide.p[row ? 3 : 0], b = wide.p[row ? 2 : 1];
        box.p[row ? 3 : 0] = (Point){ a.x + from * (b.x - a.x), a.y + from * (b.y - a.y) };
        box.p[row ? 2 : 1] = (Point){ a.x + to * (b.x - a.x), a.y + to * (b.y - a.y) };
    }
    return box;
}

static void
vote_of_codeline(const LicenceTools *tools, Flat *flat, const Probe *probe, DocumentField *field)
{
    g_autoptr(Image) luma = NULL;
    g_autoptr(Image) line = cut_spot(flat, &probe->spot, VOTE_AROUND, VOTE_CAP_PX, &luma);
    g_autoptr(CodelineResult) result =
        codeline_read(tools->codeline, line, luma, CODELINE_CREDIT_CODE, NULL, 0, NULL);
    if (!result)
        return;
    FieldStatus status = result->status;
    /* A line upside down or of other text may fit the check character by chance, hardly these two. */
    if (status == FIELD_READ && (credit_code_check(result->text) & CREDIT_CODE_DEPARTMENT_UNKNOWN))
        status = FIELD_WEAK;
    /* On a page with an ID card its number has as many letters. It is no code, and no code gone wrong. */
    if (status != FIELD_READ && is_citizen_id(result->text))
        return;
    g_autofree char *evidence = g_strdup_printf("%u of %u readings agree", result->passes_agreed, result->passes_made);
    take(field, status, result->text, result->confidence, evidence);
    Quad box = box_of_letters(&probe->spot, result, line->width);
    field->box_px = flat_quad_to_stored(flat, &box);
    g_free(field->suggestion);
    field->suggestion = g_strdup(result->suggestion);
}

static void
note_old_number(const Probe *probe, DocumentField *field)
{
    gsize n = strlen(probe->text);
    for (gsize i = 0; n >= 15 && n < CREDIT_CODE_LENGTH && i + 15 <= n; i++) {
        g_autofree char *part = g_strndup(probe->text + i, 15);
        if (strspn(part, "0123456789") == 15 && registration_number_is_valid(part)) {
            take(field, FIELD_UNREADABLE, part, probe->confidence, "an old 15-digit registration number stands there");
            return;
        }
    }
}

gboolean
licence_read_code(const LicenceTools *tools, Flat *flat, const GArray *rows, gboolean labelled, DocumentField *field)
{
    g_autoptr(GArray) probes = probe_all(tools, flat, rows);
    if (probes->len == 0)
        return FALSE;
    for (guint i = 0; i < MIN(probes->len, VOTES_MAX); i++) {
        const Probe *probe = &g_array_index(probes, Probe, i);
        if (probe->promise < (labelled && i == 0 ? 0 : UNPROMISING))
            break;
        Quad tight = code_spot_quad(&probe->spot, MARGIN, MARGIN);
        field->box_px = flat_quad_to_stored(flat, &tight);
        field->has_box = TRUE;
        if (tools->codeline)
            vote_of_codeline(tools, flat, probe, field);
        else
            vote_of_two(tools, flat, probe, field);
        if (field->status == FIELD_READ || field->status == FIELD_WEAK)
            return TRUE;
    }
    for (guint i = 0; i < probes->len && field->status == FIELD_UNREADABLE; i++)
        note_old_number(&g_array_index(probes, Probe, i), field);
    return TRUE;
}
