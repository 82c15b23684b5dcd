/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hanzi-score: lines with their true text -> the tables of README.md: true texts verified, look-alikes
 * put in one at a time, lines read exactly, time. Reads the folder that hanzi-lines writes.
 */
#include "core/error.h"
#include "ocr/hanzi/hanzi.h"

#include <png.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_ROWS = 64 };

typedef struct {
    char name[64];
    guint lines, pass, differ, exact, chars, right, swaps, missed;
} Row;

typedef struct {
    Row rows[MAX_ROWS];
    guint n;
    gint64 verify_us, read_us;
    guint verified;
} Table;

static gint64
cpu_us(void)
{
    return (gint64)clock() * 1000000 / CLOCKS_PER_SEC;
}

static Row *
row_of(Table *t, const char *level, const char *kind)
{
    g_autofree char *name = g_strdup_printf("%-6s %s", level, kind);
    for (guint i = 0; i < t->n; i++)
        if (!strcmp(t->rows[i].name, name))
            return &t->rows[i];
    g_assert(t->n < MAX_ROWS);
    g_strlcpy(t->rows[t->n].name, name, sizeof t->rows[t->n].name);
    return &t->rows[t->n++];
}

static guint8 *
load_plane(const char *folder, const char *stem, const char *suffix, guint32 format, HanziLine *line)
{
    g_autofree char *path = g_strdup_printf("%s/%s%s.png", folder, stem, suffix);
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, path))
        return NULL;
    image.format = format;
    guint8 *px = g_malloc(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, NULL, px, 0, NULL))
        return g_free(px), NULL;
    *line = (HanziLine){.px = px, .width = image.width, .height = image.height, .stride = image.width, .em_px = 48};
    return px;
}

/* The grey line, or the print taken out of a coloured one (STEMc.png), where there is one. */
static gboolean
load(const char *folder, const char *stem, HanziLine *line, guint8 **px, guint8 **covered)
{
    HanziLine coloured;
    g_autofree guint8 *rgb = load_plane(folder, stem, "c", PNG_FORMAT_RGB, &coloured);
    *covered = NULL;
    if (!rgb)
        return (*px = load_plane(folder, stem, "", PNG_FORMAT_GRAY, line)) != NULL;
    gsize n = (gsize)coloured.width * coloured.height;
    *px = g_malloc(n);
    *covered = g_malloc(n);
    *line = coloured;
    line->px = *px;
    line->covered = *covered;
    return hanzi_print_of_rgb(rgb, coloured.width, coloured.height, 3 * (gsize)coloured.width, *px, *covered, NULL);
}

static char *
bare(const char *text)
{
    GString *s = g_string_new(NULL);
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (!g_unichar_isspace(g_utf8_get_char(p)))
            g_string_append_unichar(s, hanzi_fold(g_utf8_get_char(p)));
    return g_string_free(s, FALSE);
}

static void
try_swaps(const Hanzi *m, const HanziLine *line, const char *text, GHashTable *alike, gboolean list, Row *row)
{
    glong n;
    g_autofree gunichar *u = g_utf8_to_ucs4_fast(text, -1, &n);
    for (glong i = 0; i < n; i++) {
        gunichar mine = u[i];
        const char *others = g_hash_table_lookup(alike, GUINT_TO_POINTER(mine));
        for (const char *p = others ? others : ""; *p; p = g_utf8_next_char(p)) {
            g_auto(HanziVerdict) v = {0};
            u[i] = g_utf8_get_char(p);
            g_autofree char *swapped = g_ucs4_to_utf8(u, n, NULL, NULL, NULL);
            if (!hanzi_verify(m, line, swapped, &v, NULL))
                continue;
            row->swaps++;
            row->missed += v.answer == HANZI_PASSES;
            if (list && v.answer == HANZI_PASSES)
                printf("  MISSED %s: %s passes as %s, rho %.2f\n", row->name, text, swapped, v.chars[i].rho);
        }
        u[i] = mine;
    }
}

static void
score_line(const Hanzi *m, const HanziLine *line, const char *kind, const char *text, gboolean list, Table *t, Row *row)
{
    g_auto(HanziVerdict) v = {0};
    g_auto(HanziReading) r = {0};
    gint64 a = cpu_us();
    if (!hanzi_verify(m, line, text, &v, NULL))
        return;
    gint64 b = cpu_us();
    HanziReadAs as = strstr(kind, "person") || strstr(kind, "rep") ? HANZI_READ_PERSON : HANZI_READ_NAME;
    hanzi_read(m, line, as, &r, NULL);
    t->verify_us += b - a;
    t->read_us += cpu_us() - b;
    t->verified++;
    row->lines++;
    row->pass += v.answer == HANZI_PASSES;
    row->differ += v.answer == HANZI_DIFFERS;
    for (guint i = 0; i < v.n; i++) {
        row->chars++;
        row->right += v.chars[i].rho > 0;
    }
    g_autofree char *seen = bare(r.text), *true_text = bare(text);
    row->exact += !strcmp(seen, true_text);
    if (list && strcmp(seen, true_text))
        printf("  %s: %s read as %s (%.2f)\n", row->name, true_text, seen, r.confidence);
    if (list && v.answer != HANZI_PASSES)
        printf("  %s: %s %s at %d (fit %.2f, em %.1f)\n", row->name, true_text, hanzi_why_word(v.why), v.at, v.fit_median, v.em_px);
    for (guint i = 0; list && i < v.n; i++)
        if (v.chars[i].answer != HANZI_PASSES) {
            g_autofree char *e = g_ucs4_to_utf8(&v.chars[i].expected, 1, NULL, NULL, NULL);
            g_autofree char *c = g_ucs4_to_utf8(&v.chars[i].rival, 1, NULL, NULL, NULL);
            printf("      %u %s/%s %s rho %.2f fit %.2f covered %.2f\n", i, e, c, hanzi_why_word(v.chars[i].why),
                   v.chars[i].rho, v.chars[i].fit, v.chars[i].covered);
        }
}

static GHashTable *
alike_load(const char *path)
{
    g_autofree char *text = NULL;
    GHashTable *alike = g_hash_table_new(NULL, NULL);
    if (!path || !g_file_get_contents(path, &text, NULL, NULL))
        return alike;
    char **rows = g_strsplit(text, "\n", -1);
    for (guint i = 0; rows[i] && *rows[i]; i++)
        g_hash_table_insert(alike, GUINT_TO_POINTER(g_utf8_get_char(rows[i])), g_utf8_next_char(rows[i]));
    return alike;
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = NULL, *model = NULL, *alike_path = NULL, *only = NULL;
    gboolean list = FALSE;
    const GOptionEntry options[] = {
        {"model", 0, 0, G_OPTION_ARG_FILENAME, &model, "the model", "FILE"},
        {"lines", 0, 0, G_OPTION_ARG_FILENAME, &folder, "folder of hanzi-lines", "DIR"},
        {"alike", 0, 0, G_OPTION_ARG_FILENAME, &alike_path, "look-alikes: a character and its others a line", "FILE"},
        {"kinds", 0, 0, G_OPTION_ARG_STRING, &only, "these kinds of lines only", "A,B"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &list, "name every line that is not right", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- measure verification and reading of lines");
    g_option_context_add_main_entries(context, options, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Hanzi) m = NULL;
    g_autofree char *rows = NULL;
    g_autofree char *list_path = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || !folder || !model || !(m = hanzi_open(model, &error)) ||
        !g_file_get_contents((list_path = g_build_filename(folder, "list.tsv", NULL)), &rows, NULL, &error)) {
        g_printerr("hanzi-score: %s\n", error ? error->message : "--model and --lines are needed");
        return 1;
    }
    g_autoptr(GHashTable) alike = alike_load(alike_path);
    g_autofree Table *t = g_new0(Table, 1);
    g_auto(GStrv) all = g_strsplit(rows, "\n", -1), kinds = g_strsplit(only ? only : "", ",", -1);
    for (guint i = 0; all[i] && *all[i]; i++) {
        g_auto(GStrv) f = g_strsplit(all[i], "\t", -1);
        HanziLine line;
        g_autofree guint8 *px = NULL, *covered = NULL;
        if ((only && !g_strv_contains((const char *const *)kinds, f[1])) || !load(folder, f[2], &line, &px, &covered))
            continue;
        Row *row = row_of(t, f[0], f[1]);
        score_line(m, &line, f[1], f[3], list, t, row);
        try_swaps(m, &line, f[3], alike, list, row);
    }
    printf("%-24s lines  pass  differs  exact  chars right      swaps missed\n", "");
    for (guint i = 0; i < t->n; i++) {
        const Row *r = &t->rows[i];
        printf("%-24s %5u %5.1f %8.1f %6.1f %6.2f of %-6u %6u %u\n", r->name, r->lines, 100. * r->pass / r->lines,
               100. * r->differ / r->lines, 100. * r->exact / r->lines, 100. * r->right / MAX(1, r->chars), r->chars,
               r->swaps, r->missed);
    }
    printf("verify %.2f ms, read %.2f ms a line\n", (double)t->verify_us / 1000 / MAX(1, t->verified),
           (double)t->read_us / 1000 / MAX(1, t->verified));
    return 0;
}
