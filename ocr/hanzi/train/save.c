/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save.c: Hanzi -> the model file; its layout is drawn on top of ocr/hanzi/model.c. */
#include "core/error.h"
#include "ocr/hanzi/train/train.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static void
put_u32(GByteArray *to, guint32 v)
{
    guint8 b[4] = {(guint8)v, (guint8)(v >> 8), (guint8)(v >> 16), (guint8)(v >> 24)};
    g_byte_array_append(to, b, 4);
}

static void
put_f32(GByteArray *to, float f)
{
    guint32 bits;
    memcpy(&bits, &f, 4);
    put_u32(to, bits);
}

static void
put_head(GByteArray *to, const char *tag, gsize length)
{
    g_byte_array_append(to, (const guint8 *)tag, 4);
    put_u32(to, (guint32)length);
}

static void
put_projection(GByteArray *to, const float *rows)
{
    put_head(to, "PROJ", HZ_DIMS * (4 + 2 * HZ_FEATURES));
    for (guint d = 0; d < HZ_DIMS; d++) {
        const float *row = rows + (gsize)d * HZ_FEATURES;
        float top = 1e-9f;
        for (guint k = 0; k < HZ_FEATURES; k++)
            top = MAX(top, fabsf(row[k]));
        put_f32(to, top / 4095);
        for (guint k = 0; k < HZ_FEATURES; k++) {
            gint16 v = (gint16)lroundf(row[k] * 4095 / top);
            guint8 b[2] = {(guint8)v, (guint8)((guint16)v >> 8)};
            g_byte_array_append(to, b, 2);
        }
    }
}

static void
put_prototypes(GByteArray *to, const Hanzi *m, guint set)
{
    const char tag[5] = {'P', 'R', 'O', (char)('0' + set), 0};
    put_head(to, tag, (gsize)m->n * HZ_DIMS);
    for (guint d = 0; d < HZ_DIMS; d++)
        for (guint c = 0; c < m->n; c++) {
            gsize i = (gsize)c * HZ_DIMS + d;
            guint8 v = (guint8)m->proto[set][i];
            if (set)
                v = (guint8)(v - (guint8)m->proto[0][i]);
            g_byte_array_append(to, &v, 1);
        }
}

static gboolean
deflate(const GByteArray *raw, GByteArray *to, GError **error)
{
    g_autoptr(GZlibCompressor) z = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
    gsize in = 0;
    for (;;) {
        guint8 block[65536];
        gsize read = 0, written = 0;
        GConverterResult r = g_converter_convert(G_CONVERTER(z), raw->data + in, raw->len - in, block, sizeof block,
                                                 G_CONVERTER_INPUT_AT_END, &read, &written, error);
        if (r == G_CONVERTER_ERROR)
            return FALSE;
        in += read;
        g_byte_array_append(to, block, (guint)written);
        if (r == G_CONVERTER_FINISHED)
            return TRUE;
    }
}

gboolean
model_write(const Hanzi *m, const char *path, GError **error)
{
    g_autoptr(GByteArray) raw = g_byte_array_new(), file = g_byte_array_new();
    put_head(raw, "CODE", 4 * (gsize)m->n);
    for (guint c = 0; c < m->n; c++)
        put_u32(raw, m->code[c]);
    put_projection(raw, m->projection);
    put_head(raw, "MEAN", 4 * HZ_DIMS);
    for (guint d = 0; d < HZ_DIMS; d++)
        put_f32(raw, m->mean[d]);
    for (guint set = 0; set < HZ_SETS; set++)
        put_prototypes(raw, m, set);
    put_head(raw, "GEOM", (gsize)m->n * HZ_GEOMETRY);
    g_byte_array_append(raw, m->geometry, m->n * HZ_GEOMETRY);
    put_head(raw, "OWND", (gsize)m->n * 2);
    g_byte_array_append(raw, m->own, m->n * 2);
    put_head(raw, "EVRY", m->n);
    g_byte_array_append(raw, m->everyday, m->n);
    put_head(raw, "PAIR", 4 * (gsize)m->n_pairs);
    for (guint i = 0; i < m->n_pairs; i++)
        put_u32(raw, m->pairs[i]);
    g_byte_array_append(file, (const guint8 *)"hanzi 1\n", 8);
    put_u32(file, raw->len);
    return deflate(raw, file, error) && g_file_set_contents(path, (const char *)file->data, file->len, error);
}
