/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classes.c: what the model tells apart: the hanzi of classes.txt, letters, digits and signs. */
#include "ocr/hanzi/train/train.h"

#include <string.h>

/* Never a character of a text by themselves, but near to real ones (囗 to 口): as classes they only harm. */
static const char RADICALS[] = "囗丨丶丿亅亠冂冖冫凵勹卩厶夂夊宀屮巛廴彐彡彳忄扌攵攴疒癶礻纟罒艹虍衤覀讠辶钅阝飠饣髟丬亻刂氵灬犭匸";
static const char SIGNS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()[]-.,:;/&#%*+!?'\"~·、。《》〇";

static gint
by_code(gconstpointer a, gconstpointer b)
{
    gunichar x = *(const gunichar *)a, y = *(const gunichar *)b;
    return x < y ? -1 : x > y;
}

GArray *
classes_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(gunichar));
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c > 0x2e00 && !g_utf8_strchr(RADICALS, -1, c))
            g_array_append_val(all, c);
    }
    for (const char *p = SIGNS; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_array_append_val(all, c);
    }
    g_array_sort(all, by_code);
    guint n = 0;
    gunichar *code = (gunichar *)(void *)all->data;
    for (guint i = 0; i < all->len; i++)
        if (!n || code[n - 1] != code[i])
            code[n++] = code[i];
    g_array_set_size(all, n);
    return all;
}

guint
class_variants(gunichar c, gunichar out[4])
{
    guint n = 0;
    out[n++] = c;
    if (c > ' ' && c < 0x7f)
        out[n++] = c + 0xfee0;
    if (c == '(')
        out[n++] = 0x3014;
    if (c == ')')
        out[n++] = 0x3015;
    if (c == '-')
        out[n++] = 0x2014;
    if (c == 0xb7)
        out[n++] = 0x30fb;
    return n;
}
