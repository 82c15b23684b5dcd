/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card_text.c: strips for the hanzi classifier, readings and verdicts as fields. */
#include "ocr/card_text.h"

#include <math.h>

enum { EM_PX = 48 };

void
card_line_clear(CardLine *line)
{
    image_free(line->grey);
    g_free(line->covered);
    *line = (CardLine){ 0 };
}

static gboolean
cut(CardView *view, const Strip *strip, gboolean labels, CardLine *line)
{
    Strip s = *strip;
    s.before = s.after = 0.7;
    s.above = s.below = 0.3;
    *line = (CardLine){ 0 };
    g_autoptr(Image) colour = card_view_strip(view, &s, EM_PX, NULL);
    if (!colour || (gsize)colour->width * colour->height > HANZI_MAX_PIXELS)
        return FALSE;
    if (colour->channels == 1 || labels) {
        line->grey = image_plane(colour, IMAGE_MAX);
    } else {
        line->grey = image_new(colour->width, colour->height, 1);
        line->covered = g_malloc((gsize)colour->width * colour->height);
        if (!hanzi_print_of_rgb(colour->data, colour->width, colour->height, 3 * (gsize)colour->width, line->grey->data,
                                line->covered, NULL))
            return FALSE;
    }
    line->line = (HanziLine){ line->grey->data, line->grey->width, line->grey->height, line->grey->width, EM_PX,
                              HANZI_PLAIN, line->covered };
    return TRUE;
}

gboolean
card_line_cut(CardView *view, const Strip *strip, CardLine *line)
{
    return cut(view, strip, FALSE, line);
}

gboolean
card_line_cut_with_labels(CardView *view, const Strip *strip, CardLine *line)
{
    return cut(view, strip, TRUE, line);
}

HanziAnswer
card_line_says(const Hanzi *hanzi, const CardLine *line, const char *expected)
{
    g_auto(HanziVerdict) verdict = { 0 };
    if (!hanzi_verify(hanzi, &line->line, expected, &verdict, NULL))
        return HANZI_CANNOT_JUDGE;
    return verdict.answer;
}

gboolean
card_line_ends_with(const Hanzi *hanzi, const CardLine *line, const char *expected, guint last)
{
    g_auto(HanziVerdict) verdict = { 0 };
    if (!hanzi_verify(hanzi, &line->line, expected, &verdict, NULL) || verdict.n < last || verdict.ink_after > 0.1)
        return FALSE;
    for (guint i = verdict.n - last; i < verdict.n; i++)
        if (verdict.chars[i].answer != HANZI_PASSES)
            return FALSE;
    return TRUE;
}

static void
replace(char **text, char *with)
{
    g_free(*text);
    *text = with;
}

void
card_field_read(const Hanzi *hanzi, const CardLine *line, HanziReadAs as, DocumentField *field)
{
    g_auto(HanziReading) reading = { 0 };
    if (!hanzi_read(hanzi, &line->line, as, &reading, NULL) || !reading.text || !*reading.text)
        return;
    replace(&field->text, g_strdup(reading.text));
    field->status = reading.confidence >= 0.9 ? FIELD_READ : FIELD_WEAK;
    field->confidence = (guint)lround(100 * CLAMP(reading.confidence, 0, 1));
}

static Verdict
verdict_of(HanziAnswer answer)
{
    return answer == HANZI_PASSES ? VERDICT_CONFIRMED : answer == HANZI_DIFFERS ? VERDICT_DENIED : VERDICT_UNDECIDED;
}

void
card_field_verify(const Hanzi *hanzi, const CardLine *line, const char *expected, DocumentField *field)
{
    g_auto(HanziVerdict) verdict = { 0 };
    if (!hanzi_verify(hanzi, &line->line, expected, &verdict, NULL)) {
        field->verdict = VERDICT_UNDECIDED;
        return;
    }
    field->verdict = verdict_of(verdict.answer);
    field->differs_at = field->verdict == VERDICT_DENIED ? verdict.at : -1;
    replace(&field->evidence, g_strdup_printf("%s (%s)", hanzi_answer_word(verdict.answer), hanzi_why_word(verdict.why)));
}
