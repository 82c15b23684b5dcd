/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * id_number.c: passes over a number line, and their vote.
 *
 * Only planes in which a coloured seal fades are read: on the plain grey of a colour page a seal's ink closed
 * a 3 to an 8 and the check character happened to fit (1 of 55 lines).
 */
#include "ocr/id_number.h"

#include <string.h>

#include "core/citizen_id.h"
#include "core/text.h"
#include "ocr/card_ink.h"
#include "ocr/codeline.h"
#include "ocr/tess.h"

typedef struct {
    ImagePlane plane;
    TessMode mode;
    double text_px;
    gboolean flat; /* darkness against the local background instead of the plane itself */
} Pass;

/* Of eng. The first is the codeline's witness; all of them are made where there is no codeline. */
static const Pass PASSES[] = {
    { IMAGE_MAX, TESS_RAW_LINE, 20, FALSE }, { IMAGE_MAX, TESS_LINE, 24, FALSE },
    { IMAGE_RED, TESS_RAW_LINE, 16, FALSE }, { IMAGE_MAX, TESS_RAW_LINE, 24, TRUE },
    { IMAGE_RED, TESS_LINE, 30, TRUE },
};

enum { PASSES_MAX = G_N_ELEMENTS(PASSES) };

/* Clean lines have 0 to .007, a seal on a grey copy .19. */
#define FOREIGN_INK_MAX 0.015

void
number_reading_clear(NumberReading *reading)
{
    g_free(reading->text);
    g_free(reading->suggestion);
    g_free(reading->evidence);
    *reading = (NumberReading){ 0 };
}

gboolean
id_number_valid(const char *text)
{
    if (strlen(text) != CITIZEN_ID_LENGTH || (citizen_id_check(text) & CITIZEN_ID_ERRORS))
        return FALSE;
    guint year, month, day;
    citizen_id_birth(text, &year, &month, &day);
    return year >= 1900;
}

static void
invert(Image *grey)
{
    for (gsize i = 0; i < (gsize)grey->width * grey->height; i++)
        grey->data[i] = (guint8)(255 - MIN(255, grey->data[i] * 3 / 2));
}

/*
 * Other ink across the line (a seal on a grey copy, a stroke): the share of dark pixels just above and below the
 * figures, where a clean card has none. Under such ink a wrong reading may pass every check twice.
 */
static double
foreign_ink(CardView *view, const Strip *strip)
{
    enum { TEXT_PX = 20 };
    g_autoptr(Image) colour = card_view_strip(view, strip, TEXT_PX, NULL);
    if (!colour)
        return 1;
    g_autoptr(Image) grey = ink_colourless(colour);
    g_autoptr(Image) dark = ink_darkness(grey, 40);
    guint above = (guint)(strip->above * TEXT_PX * 0.6), below = (guint)((strip->above + 1) * TEXT_PX + TEXT_PX * 0.25);
    guint8 text = 0;
    guint n = 0, inked = 0, counts[256] = { 0 }, seen = 0;
    for (guint i = 0; i < dark->width * dark->height; i++)
        counts[dark->data[i]]++;
    for (guint v = 255; v > 0 && seen < dark->width * dark->height / 12; v--)
        seen += counts[v], text = (guint8)v;
    for (guint y = 0; y < dark->height; y++)
        for (guint x = 0; x < dark->width && (y < above || y >= below); x++, n++)
            inked += dark->data[(gsize)y * dark->width + x] > MAX(text / 2, 24);
    return n ? (double)inked / n : 0;
}

/* Returns: (transfer full) (nullable) what @tess saw of the strip on that pass. */
static TessReading *
pass_read(const Pass *pass, Tess *tess, CardView *view, const Strip *strip)
{
    g_autoptr(Image) colour = card_view_strip(view, strip, pass->text_px, NULL);
    if (!colour)
        return NULL;
    g_autoptr(Image) grey = image_plane(colour, pass->plane);
    if (pass->flat) {
        Image *dark = ink_darkness(grey, 32);
        image_free(grey);
        grey = dark;
        invert(grey);
    }
    return tess_read(tess, grey, pass->mode, NULL);
}

char *
id_number_glance(Tess *tess, CardView *view, const Strip *strip)
{
    g_autoptr(TessReading) read = pass_read(&PASSES[0], tess, view, strip);
    return read ? text_fold_code(read->text) : NULL;
}

typedef struct {
    const char *text;
    guint votes;
} Candidate;

/* The most frequent of @texts that passes (or fails) the checks; @others: how many votes went elsewhere. */
static Candidate
favourite(char *const *texts, guint n, gboolean valid, guint *rivals)
{
    Candidate best = { NULL, 0 };
    *rivals = 0;
    for (guint i = 0; i < n; i++) {
        if (!texts[i] || strlen(texts[i]) != CITIZEN_ID_LENGTH || id_number_valid(texts[i]) != valid)
            continue;
        guint votes = 0;
        for (guint k = 0; k < n; k++)
            votes += texts[k] && strcmp(texts[i], texts[k]) == 0;
        if (votes > best.votes)
            best = (Candidate){ texts[i], votes };
    }
    for (guint i = 0; i < n && best.text; i++)
        *rivals += texts[i] && id_number_valid(texts[i]) == valid && strlen(texts[i]) == CITIZEN_ID_LENGTH &&
                   strcmp(texts[i], best.text) != 0;
    return best;
}

/* Most frequent character of each place over the readings of full length. Returns: (transfer full) or NULL. */
static char *
consensus(char *const *texts, guint n)
{
    char out[CITIZEN_ID_LENGTH + 1] = "";
    for (guint at = 0; at < CITIZEN_ID_LENGTH; at++) {
        guint counts[128] = { 0 };
        for (guint i = 0; i < n; i++)
            if (texts[i] && strlen(texts[i]) == CITIZEN_ID_LENGTH)
                counts[(guint8)texts[i][at] & 127]++;
        guint best = 0;
        for (guint c = 1; c < 128; c++)
            if (counts[c] > counts[best])
                best = c;
        if (!counts[best])
            return NULL;
        out[at] = (char)best;
    }
    return g_strdup(out);
}

/* One substitution that some pass saw at that place and that makes @text valid; NULL unless exactly one. */
static char *
repair(const char *text, char *const *texts, guint n)
{
    char *found = NULL;
    for (guint at = 0; at < CITIZEN_ID_LENGTH; at++)
        for (guint i = 0; i < n; i++) {
            if (!texts[i] || strlen(texts[i]) != CITIZEN_ID_LENGTH || texts[i][at] == text[at])
                continue;
            g_autofree char *trial = g_strdup(text);
            trial[at] = texts[i][at];
            if (!id_number_valid(trial) || (found && strcmp(found, trial) == 0))
                continue;
            if (found) {
                g_free(found);
                return NULL;
            }
            found = g_steal_pointer(&trial);
        }
    return found;
}

/* The longest thing seen, for a person to look at. */
static char *
anything(char *const *texts, guint n)
{
    const char *best = NULL;
    for (guint i = 0; i < n; i++)
        if (texts[i] && *texts[i] && (!best || ABS((gint)strlen(texts[i]) - 18) < ABS((gint)strlen(best) - 18)))
            best = texts[i];
    return g_strdup(best);
}

/* Is it settled after @made passes? Two that agree, and nothing valid beside them. */
static gboolean
settled(char *const *texts, guint n, guint made)
{
    guint rivals;
    Candidate valid = favourite(texts, n, TRUE, &rivals);
    return valid.votes >= 2 && rivals == 0 && valid.votes * 3 >= made * 2;
}

static void
judge(char *const *texts, guint n, guint made, gboolean crossed, NumberReading *out)
{
    guint rivals, invalid_rivals;
    Candidate valid = favourite(texts, n, TRUE, &rivals), invalid = favourite(texts, n, FALSE, &invalid_rivals);
    out->evidence = g_strdup_printf("%u of %u passes agree%s", MAX(valid.votes, invalid.votes), made,
                                    crossed ? ", other ink across the line" : "");
    if (valid.text && rivals == 0 && valid.votes >= 2 && valid.votes > invalid.votes) {
        out->text = g_strdup(valid.text);
        gboolean sure = !crossed && (settled(texts, n, made) || (valid.votes >= 3 && invalid.votes <= 1));
        out->status = sure ? FIELD_READ : FIELD_WEAK;
        out->confidence = sure ? 90 + MIN(9, 9 * valid.votes / made) : 60;
        return;
    }
    if (valid.text) {
        out->text = g_strdup(valid.text);
        out->status = FIELD_WEAK;
        out->confidence = 40;
        return;
    }
    if (invalid.votes >= 3 && invalid.votes * 3 >= made * 2 && !crossed) {
        out->text = g_strdup(invalid.text);
        out->status = FIELD_CHECK_FAILED;
        out->confidence = 80;
        return;
    }
    out->text = consensus(texts, n);
    if (!out->text) {
        out->text = anything(texts, n);
        out->status = FIELD_UNREADABLE;
        out->confidence = 0;
        return;
    }
    out->status = FIELD_WEAK;
    out->confidence = 30;
    if (!id_number_valid(out->text)) {
        out->suggestion = repair(out->text, texts, n);
        out->status = out->suggestion ? FIELD_SUGGESTED : FIELD_UNREADABLE;
    }
}

static void
read_by_figures(const IdcardTools *tools, CardView *view, const Strip *strip, gboolean crossed, NumberReading *reading)
{
    char *texts[PASSES_MAX] = { NULL };
    guint made = 0;
    for (guint i = 0; i < PASSES_MAX; i++) {
        g_autoptr(TessReading) read = pass_read(&PASSES[i], tools->figures, view, strip);
        texts[i] = read ? text_fold_code(read->text) : NULL;
        made += texts[i] != NULL;
        if (made >= 2 && settled(texts, i + 1, made) && !crossed)
            break;
    }
    judge(texts, PASSES_MAX, made, crossed, reading);
    for (guint i = 0; i < PASSES_MAX; i++)
        g_free(texts[i]);
}

/* Under other ink a number is sure only where both models say it, in four passes, and nobody says another. */
static gboolean
sure_under_ink(const CodelineResult *result, const char *witness)
{
    if (result->passes_agreed < 4 || !witness || strcmp(witness, result->text) != 0)
        return FALSE;
    for (guint i = 0; i < result->readings->len; i++) {
        const CodelineReading *r = result->readings->pdata[i];
        if (strlen(r->text) == CITIZEN_ID_LENGTH && strcmp(r->text, result->text) != 0)
            return FALSE;
    }
    return TRUE;
}

static void
take_result(const CodelineResult *result, const char *witness, gboolean crossed, NumberReading *reading)
{
    reading->text = *result->text ? g_strdup(result->text) : NULL;
    reading->status = result->status;
    reading->confidence = (guint)CLAMP(result->confidence + 0.5, 0, 100);
    reading->suggestion = g_strdup(result->suggestion);
    reading->evidence = g_strdup_printf("%u of %u passes agree%s", result->passes_agreed, result->passes_made,
                                        crossed ? ", other ink across the line" : "");
    gboolean doubted = crossed && !sure_under_ink(result, witness);
    if (reading->status == FIELD_READ && (doubted || !id_number_valid(reading->text)))
        reading->status = FIELD_WEAK;
    if (reading->status == FIELD_WEAK && result->passes_agreed * 5 < result->passes_made)
        reading->status = FIELD_UNREADABLE; /* one pass among many passes the checks one time in eleven */
    if (reading->status == FIELD_CHECK_FAILED && crossed)
        reading->status = FIELD_UNREADABLE;
}

/* The line as the codeline wants it: not enlarged, at most so high that nothing is lost. */
static Image *
line_picture(CardView *view, const Strip *strip, ImagePlane plane)
{
    Strip s = *strip;
    s.before = s.after = 0.6;
    s.above = s.below = 0.4;
    double native = strip->height * card_view_page(view)->reduction;
    g_autoptr(Image) colour = card_view_strip(view, &s, CLAMP(native, 12, 32), NULL);
    return colour ? image_plane(colour, plane) : NULL;
}

void
id_number_read(const IdcardTools *tools, CardView *view, const Strip *strip, NumberReading *reading)
{
    gboolean crossed = foreign_ink(view, strip) > FOREIGN_INK_MAX;
    *reading = (NumberReading){ .status = FIELD_UNREADABLE };
    if (!tools->codeline) {
        read_by_figures(tools, view, strip, crossed, reading);
        return;
    }
    g_autoptr(TessReading) seen = pass_read(&PASSES[0], tools->figures, view, strip);
    g_autofree char *text = seen ? text_fold_code(seen->text) : NULL;
    CodelineWitness witness = { text, { 0 }, "eng" };
    for (guint i = 0, n = 0; text && i < seen->symbols->len && n < CODELINE_LENGTH; i++) {
        const TessSymbol *symbol = &g_array_index(seen->symbols, TessSymbol, i);
        if (g_ascii_isalnum(symbol->text[0]))
            witness.confidence[n++] = symbol->confidence;
    }
    g_autoptr(Image) line = line_picture(view, strip, IMAGE_MAX);
    g_autoptr(Image) second = line ? line_picture(view, strip, IMAGE_RED) : NULL;
    g_autoptr(CodelineResult) result =
        line ? codeline_read(tools->codeline, line, second, CODELINE_CITIZEN_ID, &witness, text ? 1 : 0, NULL) : NULL;
    if (result)
        take_result(result, text, crossed, reading);
}
