/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.c: the model file -> Hanzi. Written by ocr/hanzi/train/save.c.
 *
 *   "hanzi 1\n" | u32 bytes that follow, inflated | zlib stream of sections
 *   section: 4 letters, u32 length, data; numbers little endian
 *     CODE  u32 a class, ascending
 *     PROJ  HZ_DIMS rows: f32 step, i16 HZ_FEATURES
 *     MEAN  f32 HZ_DIMS
 *     PRO0  i8: all classes of dimension 0, of dimension 1, ...: the mean over all styles
 *     PRO1..PRO4  the same for each style, less PRO0 modulo 256
 *     GEOM  HZ_GEOMETRY bytes a class
 *     OWND  2 bytes a class
 *     EVRY  1 byte a class
 *     PAIR  u32 a pair of classes, ascending
 */
#include "ocr/hanzi/inner.h"

#include "core/error.h"

#include <gio/gio.h>
#include <string.h>

enum { MAX_CLASSES = 20000, MAX_INFLATED = 32 << 20 };
static const char MAGIC[] = "hanzi 1\n";

static gboolean
damaged(const char *path, const char *what, GError **error)
{
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: not a usable hanzi model (%s)", path, what);
    return FALSE;
}

static guint32
u32(const guint8 *p)
{
    return p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24;
}

static float
f32(const guint8 *p)
{
    guint32 bits = u32(p);
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

/* All of the zlib stream at p, exactly n bytes, or NULL. */
static guint8 *
inflate_all(const guint8 *p, gsize length, gsize n)
{
    g_autoptr(GZlibDecompressor) z = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autofree guint8 *out = g_malloc(n + 1);
    gsize in = 0, done = 0;
    for (;;) {
        gsize read = 0, written = 0;
        GConverterResult r = g_converter_convert(G_CONVERTER(z), p + in, length - in, out + done, n + 1 - done,
                                                 G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
        in += read;
        done += written;
        if (r == G_CONVERTER_FINISHED)
            return done == n ? g_steal_pointer(&out) : NULL;
        if (r != G_CONVERTER_CONVERTED || done > n)
            return NULL;
    }
}

/* Dimension by dimension (as stored: it packs better) -> class by class (as matched). */
static void
turn(const guint8 *from, guint n, const gint8 *base, gint8 *to)
{
    enum { TILE = 64 };
    for (guint c0 = 0; c0 < n; c0 += TILE)
        for (guint d = 0; d < HZ_DIMS; d++)
            for (guint c = c0; c < MIN(n, c0 + TILE); c++) {
                gsize i = (gsize)c * HZ_DIMS + d;
                to[i] = (gint8)(from[(gsize)d * n + c] + (base ? (guint8)base[i] : 0));
            }
}

static gboolean
take_section(Hanzi *m, const char *tag, const guint8 *p, guint32 length)
{
    if (!memcmp(tag, "CODE", 4)) {
        if (m->n || length % 4 || !length || length / 4 > MAX_CLASSES)
            return FALSE;
        m->n = length / 4;
        m->code = g_new(gunichar, m->n);
        for (guint i = 0; i < m->n; i++) {
            m->code[i] = u32(p + 4 * i);
            if (i && m->code[i] <= m->code[i - 1])
                return FALSE;
        }
        return TRUE;
    }
    if (!memcmp(tag, "PROJ", 4)) {
        if (m->projection || length != HZ_DIMS * (4 + 2 * HZ_FEATURES))
            return FALSE;
        m->projection = g_new(float, HZ_DIMS * HZ_FEATURES);
        for (guint d = 0; d < HZ_DIMS; d++) {
            const guint8 *row = p + (gsize)d * (4 + 2 * HZ_FEATURES);
            for (guint k = 0; k < HZ_FEATURES; k++)
                m->projection[(gsize)d * HZ_FEATURES + k] =
                    f32(row) * (float)(gint16)(row[4 + 2 * k] | row[5 + 2 * k] << 8);
        }
        return TRUE;
    }
    if (!memcmp(tag, "MEAN", 4) && length == 4 * HZ_DIMS) {
        for (guint d = 0; d < HZ_DIMS; d++)
            m->mean[d] = f32(p + 4 * d);
        return TRUE;
    }
    if (!memcmp(tag, "PRO", 3)) {
        guint set = (guint)(tag[3] - '0');
        if (set >= HZ_SETS && set <= 9)
            return TRUE; /* of a later trainer */
        if (set >= HZ_SETS || !m->n || length != m->n * HZ_DIMS || m->proto[set] || (set && !m->proto[0]))
            return FALSE;
        m->proto[set] = g_malloc(length);
        turn(p, m->n, set ? m->proto[0] : NULL, m->proto[set]);
        return TRUE;
    }
    if (!memcmp(tag, "GEOM", 4)) {
        if (!m->n || m->geometry || length != m->n * HZ_GEOMETRY)
            return FALSE;
        m->geometry = g_memdup2(p, length);
        return TRUE;
    }
    if (!memcmp(tag, "OWND", 4)) {
        if (!m->n || m->own || length != m->n * 2)
            return FALSE;
        m->own = g_memdup2(p, length);
        return TRUE;
    }
    if (!memcmp(tag, "EVRY", 4)) {
        if (!m->n || m->everyday || length != m->n)
            return FALSE;
        m->everyday = g_memdup2(p, length);
        return TRUE;
    }
    if (!memcmp(tag, "PAIR", 4)) {
        if (m->pairs || length % 4)
            return FALSE;
        m->n_pairs = length / 4;
        m->pairs = g_new(guint32, m->n_pairs + 1);
        for (guint i = 0; i < m->n_pairs; i++)
            m->pairs[i] = u32(p + 4 * i);
        return TRUE;
    }
    return TRUE; /* a section of a later trainer */
}

Hanzi *
hanzi_open(const char *path, GError **error)
{
    g_autofree char *file = NULL;
    gsize length;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &file, &length, &why)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "hanzi model: %s", why->message);
        return NULL;
    }
    const guint8 *p = (const guint8 *)file;
    if (length < 12 || memcmp(p, MAGIC, 8))
        return damaged(path, "wrong kind or version", error), NULL;
    guint32 size = u32(p + 8);
    g_autofree guint8 *raw = size <= MAX_INFLATED ? inflate_all(p + 12, length - 12, size) : NULL;
    if (!raw)
        return damaged(path, "does not inflate", error), NULL;
    g_clear_pointer(&file, g_free);
    g_autoptr(Hanzi) m = g_new0(Hanzi, 1);
    for (gsize at = 0; at < size;) {
        if (size - at < 8 || u32(raw + at + 4) > size - at - 8 ||
            !take_section(m, (const char *)raw + at, raw + at + 8, u32(raw + at + 4)))
            return damaged(path, "damaged section", error), NULL;
        at += 8 + u32(raw + at + 4);
    }
    for (guint set = 0; set < HZ_SETS; set++)
        if (!m->proto[set])
            return damaged(path, "prototypes missing", error), NULL;
    if (!m->projection || !m->geometry || !m->own)
        return damaged(path, "parts missing", error), NULL;
    m->head = g_malloc((gsize)m->n * HZ_HEAD);
    for (guint c = 0; c < m->n; c++)
        memcpy(m->head + (gsize)c * HZ_HEAD, m->proto[0] + (gsize)c * HZ_DIMS, HZ_HEAD);
    if (!m->everyday) /* a model without a prior */
        m->everyday = g_malloc0(m->n);
    while (m->first_hanzi < m->n && m->code[m->first_hanzi] < HZ_FIRST_HANZI)
        m->first_hanzi++;
    return g_steal_pointer(&m);
}

void
hanzi_free(Hanzi *m)
{
    if (!m)
        return;
    for (guint set = 0; set < HZ_SETS; set++)
        g_free(m->proto[set]);
    g_free(m->head);
    g_free(m->code);
    g_free(m->projection);
    g_free(m->geometry);
    g_free(m->own);
    g_free(m->everyday);
    g_free(m->pairs);
    g_free(m);
}

int
hz_class_of(const Hanzi *m, gunichar c)
{
    c = hanzi_fold(c);
    for (guint low = 0, high = m->n; low < high;) {
        guint mid = (low + high) / 2;
        if (m->code[mid] == c)
            return (int)mid;
        if (m->code[mid] < c)
            low = mid + 1;
        else
            high = mid;
    }
    return -1;
}

gboolean
hz_known_pair(const Hanzi *m, guint a, guint b)
{
    guint32 pair = a << 16 | b;
    for (guint low = 0, high = m->n_pairs; low < high;) {
        guint mid = (low + high) / 2;
        if (m->pairs[mid] == pair)
            return TRUE;
        if (m->pairs[mid] < pair)
            low = mid + 1;
        else
            high = mid;
    }
    return FALSE;
}
