/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c: the small prior of free reading, from names.txt: which characters follow one another in the
 * words that companies' names and addresses are made of, and which characters are everyday ones.
 */
#include "ocr/hanzi/train/train.h"

#include <string.h>

static gint
by_pair(gconstpointer a, gconstpointer b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;
    return x < y ? -1 : x > y;
}

static void
add_word(Hanzi *m, const char *word, GArray *pairs)
{
    int before = -1;
    for (const char *p = word; *p; p = g_utf8_next_char(p)) {
        int c = hz_class_of(m, g_utf8_get_char(p));
        if (before >= 0 && c >= 0) {
            guint32 pair = (guint32)before << 16 | (guint32)c;
            g_array_append_val(pairs, pair);
        }
        before = c;
    }
}

/* GB 2312's first level: 3755 characters of everyday use, in its rows 16 to 55. */
static gboolean
is_everyday(gunichar c)
{
    g_autofree char *utf8 = g_ucs4_to_utf8(&c, 1, NULL, NULL, NULL);
    g_autofree char *gb = g_convert(utf8, -1, "GB2312", "UTF-8", NULL, NULL, NULL);
    return c >= HZ_FIRST_HANZI && gb && (guint8)gb[0] >= 0xb0 && (guint8)gb[0] <= 0xd7;
}

gboolean
words_load(Hanzi *m, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return FALSE;
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
        for (guint k = 1; words[0] && words[0][0] != '#' && words[k]; k++)
            add_word(m, words[k], pairs);
    }
    g_array_sort(pairs, by_pair);
    m->pairs = g_new(guint32, pairs->len);
    for (guint i = 0; i < pairs->len; i++) {
        guint32 pair = g_array_index(pairs, guint32, i);
        if (!m->n_pairs || m->pairs[m->n_pairs - 1] != pair)
            m->pairs[m->n_pairs++] = pair;
    }
    m->everyday = g_malloc0(m->n);
    for (guint c = 0; c < m->n; c++)
        m->everyday[c] = is_everyday(m->code[c]);
    return TRUE;
}
