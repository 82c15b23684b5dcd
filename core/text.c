/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c: folding and comparing Chinese text. */
#include "core/text.h"

#include <gio/gio.h>
#include <string.h>

/* What NFKC leaves apart although people type the one for the other. 0: dropped. */
static gunichar
unify(gunichar c)
{
    switch (c) {
    case 0x3014: /* 〔 */
    case 0x3010: /* 【 */
    case 0xFF3B:
    case '[':
    case '{':
    case 0x300A: /* 《 */
        return '(';
    case 0x3015:
    case 0x3011:
    case 0xFF3D:
    case ']':
    case '}':
    case 0x300B:
        return ')';
    case 0x30FB: /* ・ */
    case 0x2022: /* • */
    case 0x2027: /* ‧ */
    case 0x22C5: /* ⋅ */
    case 0x0387:
        return 0x00B7; /* · */
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
        return '-';
    case 0x3001: /* 、 */
        return ',';
    case 0x3002: /* 。 */
        return '.';
    case 0x200B: /* zero width */
    case 0x200C:
    case 0x200D:
    case 0xFEFF:
        return 0;
    default:
        return c;
    }
}

char *
text_fold(const char *text)
{
    g_autofree char *nfkc = text ? g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
    GString *out = g_string_new(NULL);
    for (const char *p = nfkc; p && *p; p = g_utf8_next_char(p)) {
        gunichar c = unify(g_utf8_get_char(p));
        if (c == 0 || g_unichar_isspace(c) || g_unichar_iscntrl(c))
            continue;
        g_string_append_unichar(out, g_unichar_toupper(c));
    }
    return g_string_free(out, FALSE);
}

char *
text_fold_code(const char *text)
{
    g_autofree char *folded = text_fold(text);
    GString *out = g_string_new(NULL);
    for (const char *p = folded; *p; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(out, g_ascii_toupper(*p));
    return g_string_free(out, FALSE);
}

gboolean
text_equal(const char *a, const char *b)
{
    g_autofree char *fa = text_fold(a), *fb = text_fold(b);
    return strcmp(fa, fb) == 0;
}

/* Levenshtein table of two folded texts: cost[i * (n + 1) + j] turns the first i into the first j. */
static guint *
edit_table(const gunichar *a, glong m, const gunichar *b, glong n)
{
    guint *cost = g_new(guint, (gsize)(m + 1) * (gsize)(n + 1));
    for (glong i = 0; i <= m; i++)
        for (glong j = 0; j <= n; j++) {
            guint *c = cost + i * (n + 1) + j;
            if (i == 0 || j == 0) {
                *c = (guint)(i + j);
                continue;
            }
            guint keep = c[-(n + 1) - 1] + (a[i - 1] != b[j - 1]);
            *c = MIN(keep, MIN(c[-(n + 1)], c[-1]) + 1);
        }
    return cost;
}

static gunichar *
folded_ucs4(const char *text, glong *length)
{
    g_autofree char *folded = text_fold(text);
    gunichar *out = g_utf8_to_ucs4_fast(folded, -1, length);
    *length = MIN(*length, 1024); /* a name is 100 characters at the most; the table is quadratic */
    return out;
}

guint
text_distance(const char *a, const char *b)
{
    glong m, n;
    g_autofree gunichar *ua = folded_ucs4(a, &m), *ub = folded_ucs4(b, &n);
    g_autofree guint *cost = edit_table(ua, m, ub, n);
    return cost[m * (n + 1) + n];
}

static void
prepend_step(GArray *runs, TextDiffKind kind, glong i, glong j)
{
    guint in_expected = kind != TEXT_EXTRA, in_seen = kind != TEXT_MISSING;
    if (runs->len) {
        TextDiff *last = &g_array_index(runs, TextDiff, runs->len - 1);
        if (last->kind == kind) {
            last->expected_from = (guint)i, last->seen_from = (guint)j;
            last->expected_count += in_expected, last->seen_count += in_seen;
            return;
        }
    }
    TextDiff run = { kind, (guint)i, in_expected, (guint)j, in_seen };
    g_array_append_val(runs, run);
}

GArray *
text_diff(const char *expected, const char *seen)
{
    glong m, n;
    g_autofree gunichar *a = folded_ucs4(expected, &m), *b = folded_ucs4(seen, &n);
    g_autofree guint *cost = edit_table(a, m, b, n);
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(TextDiff));
    glong i = m, j = n;
    while (i > 0 || j > 0) { /* back from the end; the runs are turned round below */
        guint here = cost[i * (n + 1) + j];
        if (i > 0 && j > 0 && here == cost[(i - 1) * (n + 1) + j - 1] + (a[i - 1] != b[j - 1])) {
            i--, j--;
            prepend_step(runs, a[i] == b[j] ? TEXT_SAME : TEXT_CHANGED, i, j);
        } else if (i > 0 && here == cost[(i - 1) * (n + 1) + j] + 1) {
            i--;
            prepend_step(runs, TEXT_MISSING, i, j);
        } else {
            j--;
            prepend_step(runs, TEXT_EXTRA, i, j);
        }
    }
    for (guint k = 0; k < runs->len / 2; k++) {
        TextDiff *x = &g_array_index(runs, TextDiff, k), *y = &g_array_index(runs, TextDiff, runs->len - 1 - k), t = *x;
        *x = *y, *y = t;
    }
    return runs;
}

char *
text_from_bytes(const char *bytes, gsize length)
{
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        bytes += 3, length -= 3;
    if (memchr(bytes, 0, length))
        return NULL;
    if (g_utf8_validate(bytes, (gssize)length, NULL))
        return g_strndup(bytes, length);
    return g_convert(bytes, (gssize)length, "UTF-8", "GB18030", NULL, NULL, NULL);
}
