/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the catalogue that is built in. Its layout (gettext manual, "The Format of GNU MO Files"):
 *
 *   0 magic 0x950412de | 4 revision | 8 N | 12 offset of originals | 16 offset of translations | ...
 *   each of both tables: N of { length, offset }, originals sorted; every text ends with NUL
 */
#include "pipeline/words.h"

#include <string.h>

#include "pipeline/resource.h"

Language
words_language(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *own = g_getenv(WORDS_LANGUAGE_ENV), *locale = NULL, *list = g_getenv("LANGUAGE");
    if (own && *own)
        return g_str_has_prefix(own, "zh") ? LANGUAGE_ZH : LANGUAGE_EN;
    for (guint i = 0; i < G_N_ELEMENTS(names) && !(locale && *locale); i++)
        locale = g_getenv(names[i]);
    if (!locale || !*locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX") || g_str_has_prefix(locale, "C."))
        return LANGUAGE_EN;
    return g_str_has_prefix(list && *list ? list : locale, "zh") ? LANGUAGE_ZH : LANGUAGE_EN;
}

/* ---- the catalogue ---------------------------------------------------------------------------------- */

static guint32
number_at(const guint8 *mo, gsize at)
{
    guint32 value;
    memcpy(&value, mo + at, sizeof value);
    return value;
}

/* Built by the same build for this machine: its numbers are ours, its tables are whole. */
static const char *
look_up(GBytes *catalogue, const char *english)
{
    const guint8 *mo = g_bytes_get_data(catalogue, NULL);
    g_assert(number_at(mo, 0) == 0x950412de);
    guint32 low = 0, high = number_at(mo, 8), originals = number_at(mo, 12), translations = number_at(mo, 16);
    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        int order = strcmp(english, (const char *)mo + number_at(mo, originals + 8 * middle + 4));
        if (order == 0)
            return (const char *)mo + number_at(mo, translations + 8 * middle + 4);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *
words_in(Language language, const char *english)
{
    if (language != LANGUAGE_ZH || !*english) /* "" is the catalogue's own header */
        return english;
    g_autoptr(GBytes) catalogue = g_resource_lookup_data(pipeline_resource(), "/org/sealbatch/zh_CN.mo",
                                                         G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(catalogue);
    const char *text = look_up(catalogue, english); /* in the program's own data: stays when the GBytes goes */
    return text ? text : english;
}

/* ---- sentences that were put together ----------------------------------------------------------------- */

/* The conversion at @p ("%u", "%.2f", "%2$s", "%%"): its letter, its length, and the argument it names (0: the next). */
static char
conversion(const char *p, gsize *length, guint *argument)
{
    gsize digits = strspn(p + 1, "0123456789"), n = 1;
    *argument = digits && p[1 + digits] == '$' ? (guint)g_ascii_strtoull(p + 1, NULL, 10) : 0;
    if (*argument)
        n += digits + 1;
    n += strspn(p + n, "0123456789.-+ #");
    n += strspn(p + n, "lhzjt");
    *length = n + (p[n] != 0);
    return p[n];
}

static char *
pattern_of(const char *template)
{
    GString *pattern = g_string_new("^");
    for (const char *p = template; *p;) {
        gsize n = strcspn(p, "%");
        guint argument;
        g_autofree char *plain = g_regex_escape_string(p, (int)n);
        g_string_append(pattern, plain);
        p += n;
        if (!*p)
            break;
        char letter = conversion(p, &n, &argument);
        g_string_append(pattern, letter == '%'            ? "%"
                                 : strchr("duxXi", letter) ? "([-+]?[0-9A-Fa-f]+)"
                                 : strchr("fgeG", letter)  ? "([-+0-9.e]+|nan|inf)"
                                                           : "(.*?)");
        p += n;
    }
    g_string_append_c(pattern, '$');
    return g_string_free(pattern, FALSE);
}

static char *translate(Language language, const char *english);

/* A part that is a sentence or word of its own ("it is blank, but ...") is translated too. */
static char *
part_of(GMatchInfo *match, guint which, Language language)
{
    g_autofree char *part = g_match_info_fetch(match, (int)which);
    char *text = part && language != LANGUAGE_EN ? translate(language, part) : NULL;
    return text ? text : g_steal_pointer(&part);
}

static char *
refill(const char *template, const char *translation, const char *sentence, Language language)
{
    g_autofree char *pattern = pattern_of(template);
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOTALL, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!regex || !g_regex_match(regex, sentence, 0, &match))
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    guint next = 1;
    for (const char *p = translation; *p;) {
        gsize n = strcspn(p, "%");
        guint argument;
        g_string_append_len(text, p, (gssize)n);
        p += n;
        if (!*p)
            break;
        char letter = conversion(p, &n, &argument);
        g_autofree char *part = letter == '%' ? g_strdup("%") : part_of(match, argument ? argument : next++, language);
        g_string_append(text, part ? part : "");
        p += n;
    }
    return g_strdup(text->str);
}

char *
words_refill(const char *template, const char *translation, const char *sentence)
{
    return refill(template, translation, sentence, LANGUAGE_EN);
}

/* (transfer full) or NULL where neither the text nor a template is known. */
static char *
translate(Language language, const char *english)
{
    const char *whole = words_in(language, english);
    char *text = whole != english ? g_strdup(whole) : NULL;
    for (guint i = 0; !text && WORDS_SENTENCES[i]; i++)
        if (strchr(WORDS_SENTENCES[i], '%'))
            text = refill(WORDS_SENTENCES[i], words_in(language, WORDS_SENTENCES[i]), english, language);
    return text;
}

char *
words_sentence(Language language, const char *english)
{
    if (!english || language == LANGUAGE_EN)
        return g_strdup(english);
    /* "a.jpg: is empty": callers put the place before what was said. */
    for (const char *rest = english; rest; rest = strstr(rest, ": ") ? strstr(rest, ": ") + 2 : NULL) {
        g_autofree char *place = g_strndup(english, (gsize)(rest - english)), *text = translate(language, rest);
        if (text)
            return g_strconcat(place, text, NULL);
    }
    return g_strdup(english);
}
