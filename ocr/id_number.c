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
#include "ocr/tess.h"

typedef struct {
    gboolean own_model; /* sbid, else eng */
    ImagePlane plane;
    TessMode mode;
    double text_px;
    gboolean flat; /* darkness against the local background instead of the plane itself */
} Pass;

/* The first two decide nearly every line. */
static const Pass PASSES[] = {
    { TRUE, IMAGE_MAX, TESS_RAW_LINE, 20, FALSE },  { FALSE, IMAGE_MAX, TESS_RAW_LINE, 20, FALSE },
    { FALSE, IMAGE_MAX, TESS_LINE, 24, FALSE },     { TRUE, IMAGE_RED, TESS_RAW_LINE, 24, FALSE },
    { TRUE, IMAGE_MAX, TESS_RAW_LINE, 24, TRUE },   { FALSE, IMAGE_RED, TESS_RAW_LINE, 16, FALSE },
    { FALSE, IMAGE_MAX, TESS_RAW_LINE, 24, TRUE },  { TRUE, IMAGE_MAX, TESS_LINE, 16, FALSE },
    { FALSE, IMAGE_RED, TESS_LINE, 30, TRUE },
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

/* Returns: (transfer full) what the pass saw, 0-9 and X only, or NULL where the pass cannot be made. */
static char *
pass_read(const Pass *pass, const IdcardTools *tools, CardView *view, const Strip *strip)
{
    Tess *tess = pass->own_model ? tools->number : tools->figures;
    g_autoptr(Image) colour = tess ? card_view_strip(view, strip, pass->text_px, NULL) : NULL;
    if (!colour)
        return NULL;
    g_autoptr(Image) grey = image_plane(colour, pass->plane);
    if (pass->flat) {
        Image *dark = ink_darkness(grey, 32);
        image_free(grey);
        grey = dark;
        invert(grey);
    }
    g_autoptr(TessReading) read = tess_read(tess, grey, pass->mode, NULL);
    return read ? text_fold_code(read->text) : NULL;
}

char *
id_number_glance(const IdcardTools *tools, CardView *view, const Strip *strip)
{
    return pass_read(&PASSES[tools->number ? 0 : 1], tools, view, strip);
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

/*
 * Is it settled after @made passes? Two that agree, and nothing valid beside them. Where foreign ink crosses the
 * line, four of both models that agree, and no other number of full length at all.
 */
static gboolean
settled(char *const *texts, guint n, guint made, gboolean crossed)
{
    guint rivals, invalid_rivals, own = 0;
    Candidate valid = favourite(texts, n, TRUE, &rivals), invalid = favourite(texts, n, FALSE, &invalid_rivals);
    if (!crossed)
        return valid.votes >= 2 && rivals == 0 && valid.votes * 3 >= made * 2;
    for (guint i = 0; i < n && valid.text; i++)
        own += PASSES[i].own_model && texts[i] && strcmp(texts[i], valid.text) == 0;
    return valid.votes >= 4 && own >= 1 && own < valid.votes && rivals == 0 && invalid.votes == 0;
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
        gboolean sure = settled(texts, n, made, crossed) || (!crossed && valid.votes >= 3 && invalid.votes <= 1);
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

void
id_number_read(const IdcardTools *tools, CardView *view, const Strip *strip, NumberReading *reading)
{
    char *texts[PASSES_MAX] = { NULL };
    guint made = 0;
    gboolean crossed = foreign_ink(view, strip) > FOREIGN_INK_MAX;
    *reading = (NumberReading){ .status = FIELD_UNREADABLE };
    for (guint i = 0; i < PASSES_MAX; i++) {
        texts[i] = pass_read(&PASSES[i], tools, view, strip);
        made += texts[i] != NULL;
        if (made >= 2 && settled(texts, i + 1, made, crossed))
            break;
    }
    judge(texts, PASSES_MAX, made, crossed, reading);
    for (guint i = 0; i < PASSES_MAX; i++)
        g_free(texts[i]);
}
