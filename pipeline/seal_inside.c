/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_inside.c: words of which there are three are verified one against the other; a code stands for itself by its
 * check characters.
 */
#include "pipeline/seal_inside.h"

#include <string.h>

#include "core/credit_code.h"
#include "pipeline/seal_line.h"

#define READ_SURELY .75
#define WORD_MEAN .25  /* of hanzi_verify's rho over a purpose that stands there */
#define WORD_FIRST .10 /* of its first two characters, which tell it from the others */
#define FIT_MOST 1.35
enum { CODE_LENGTH = 18, CODE_LETTERS_LEAST = 12 };

gboolean
is_read_surely(const HanziReading *reading, const char *text)
{
    guint n;
    g_autofree gunichar *expected = seal_line_folded(text, &n);
    gboolean same = n > 0 && n == reading->n;
    for (guint i = 0; same && i < n; i++) {
        const HanziReadChar *seen = &reading->chars[i];
        same = hanzi_fold(seen->c) == expected[i] && seen->confidence >= READ_SURELY && !seen->by_prior;
    }
    return same;
}

/* ---- the purpose -------------------------------------------------------------------------------- */

static const struct {
    SealType type;
    const char *word;
} PURPOSES[] = { { SEAL_FINANCE, "财务专用章" }, { SEAL_CONTRACT, "合同专用章" }, { SEAL_INVOICE, "发票专用章" } };

const char *
purpose_word(SealType type)
{
    for (guint i = 0; i < G_N_ELEMENTS(PURPOSES); i++)
        if (PURPOSES[i].type == type)
            return PURPOSES[i].word;
    return type == SEAL_OFFICIAL ? "公章" : NULL;
}

gboolean
seal_bears_company(SealType type)
{
    return purpose_word(type) != NULL;
}

static gboolean
says_surely(const HanziReading *reading, const char *word)
{
    gunichar first = g_utf8_get_char(word), second = g_utf8_get_char(g_utf8_next_char(word));
    for (guint i = 0; i + 1 < reading->n; i++) {
        const HanziReadChar *c = &reading->chars[i];
        if (c[0].c == first && c[1].c == second && c[0].confidence >= READ_SURELY && c[1].confidence >= READ_SURELY)
            return TRUE;
    }
    return FALSE;
}

/* Does @word stand there? A number may follow where the line is long: 合同专用章(1). */
static gboolean
stands_there(const Hanzi *hanzi, const HanziLine *line, gboolean is_long, const char *word)
{
    static const char *const tails[] = { "", "(1)", "(2)", "(3)" };
    for (guint t = 0; t < (is_long ? G_N_ELEMENTS(tails) : 1); t++) {
        g_autofree char *text = g_strconcat(word, tails[t], NULL);
        g_auto(HanziVerdict) v = { 0 };
        double sum = 0;
        if (!seal_line_verify(hanzi, line, text, &v) || v.n < 5 || v.fit_median > FIT_MOST)
            continue;
        for (guint i = 0; i < 5; i++)
            sum += MIN(v.chars[i].rho, 1) / 5;
        if (sum > WORD_MEAN && v.chars[0].rho > WORD_FIRST && v.chars[1].rho > WORD_FIRST)
            return TRUE;
    }
    return FALSE;
}

Verdict
purpose_verdict(const Hanzi *hanzi, const HanziLine *line, const HanziReading *reading, SealType type)
{
    Verdict verdict = VERDICT_NONE;
    if (!purpose_word(type))
        return VERDICT_NONE;
    for (guint i = 0; i < G_N_ELEMENTS(PURPOSES); i++)
        if (says_surely(reading, PURPOSES[i].word) ||
            (hanzi && stands_there(hanzi, line, reading->n > 5, PURPOSES[i].word)))
            verdict = PURPOSES[i].type == type ? VERDICT_CONFIRMED : VERDICT_DENIED;
    return verdict;
}

/* ---- the code ----------------------------------------------------------------------------------- */

/* What a line says in letters of codes; NULL where it holds more than a few other characters. */
static char *
code_letters(const HanziReading *reading)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint others = 0;
    for (guint i = 0; i < reading->n; i++) {
        gunichar c = hanzi_fold(reading->chars[i].c);
        if (c < 0x80 && g_ascii_isalnum((gchar)c))
            g_string_append_c(text, g_ascii_toupper((gchar)c));
        else
            others++;
    }
    return text->len >= CODE_LETTERS_LEAST && others <= 3 ? g_strdup(text->str) : NULL;
}

Verdict
code_verdict(const Hanzi *hanzi, const HanziLine *line, const HanziReading *reading, const char *credit_code,
             char **read)
{
    g_auto(HanziVerdict) v = { 0 };
    g_auto(HanziReading) again = { 0 };
    HanziLine close = *line;
    *read = NULL;
    close.layout = HANZI_PLAIN; /* digits stand close together, unlike the ring's letters */
    g_autofree char *spaced = code_letters(reading);
    g_autofree char *seen = hanzi_read(hanzi, &close, HANZI_READ_ANY, &again, NULL) ? code_letters(&again) : NULL;
    if ((spaced && strcmp(spaced, credit_code) == 0) || (seen && strcmp(seen, credit_code) == 0) ||
        (hanzi_verify(hanzi, &close, credit_code, &v, NULL) && v.answer == HANZI_PASSES))
        return VERDICT_CONFIRMED;
    if (!seen)
        return spaced ? VERDICT_UNDECIDED : VERDICT_NONE;
    if (credit_code_check(seen) & (CREDIT_CODE_ERRORS | CREDIT_CODE_ORGANISATION_WRONG))
        return VERDICT_UNDECIDED;
    *read = g_steal_pointer(&seen);
    return VERDICT_DENIED;
}
