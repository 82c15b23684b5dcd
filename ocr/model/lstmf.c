/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lstmf.c: little-endian; a list is its u32 length and its items.
 *
 *   u32 pages, then for each:
 *   u8 1 | string file name | i32 page | list of bytes: PNG | string language | string text
 *     | list of i16[4] boxes | list of string: text of each box | i8 vertical
 */
#include "ocr/model/lstmf.h"

#include <string.h>

#include "core/png_write.h"

struct Lstmf {
    guint pages;
    GByteArray *body;
};

Lstmf *
lstmf_new(void)
{
    Lstmf *lstmf = g_new0(Lstmf, 1);
    lstmf->body = g_byte_array_new();
    return lstmf;
}

void
lstmf_free(Lstmf *lstmf)
{
    if (!lstmf)
        return;
    g_byte_array_unref(lstmf->body);
    g_free(lstmf);
}

static void
put_u32(GByteArray *out, guint32 v)
{
    guint32 le = GUINT32_TO_LE(v);
    g_byte_array_append(out, (const guint8 *)&le, 4);
}

static void
put_list(GByteArray *out, gconstpointer bytes, gsize n)
{
    put_u32(out, (guint32)n);
    g_byte_array_append(out, bytes, (guint)n);
}

void
lstmf_add(Lstmf *lstmf, const Image *line, const char *text)
{
    g_autoptr(GBytes) png = image_to_png(line, 0);
    const guint8 there = 1, horizontal = 0;
    gint16 box[4] = { 0, 0, GINT16_TO_LE((gint16)line->width), GINT16_TO_LE((gint16)line->height) };
    GByteArray *out = lstmf->body;
    g_byte_array_append(out, &there, 1);
    put_list(out, "", 0);
    put_u32(out, lstmf->pages);
    put_list(out, g_bytes_get_data(png, NULL), g_bytes_get_size(png));
    put_list(out, "", 0);
    put_list(out, text, strlen(text));
    put_u32(out, 1);
    g_byte_array_append(out, (const guint8 *)box, sizeof box);
    put_u32(out, 1);
    put_list(out, text, strlen(text));
    g_byte_array_append(out, &horizontal, 1);
    lstmf->pages++;
}

gboolean
lstmf_write(const Lstmf *lstmf, const char *path, GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    put_u32(all, lstmf->pages);
    g_byte_array_append(all, lstmf->body->data, lstmf->body->len);
    g_autoptr(GError) local = NULL;
    if (!g_file_set_contents(path, (const char *)all->data, all->len, &local)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", local->message);
        return FALSE;
    }
    return TRUE;
}
