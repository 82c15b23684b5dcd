/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hanzi-lines: invented names, drawn, damaged and rectified a little wrong, as PNG with a list: for the
 * figures in README.md and for the tests' pictures.
 *
 *   hanzi-lines --faces faces.txt --only uming --names names.txt --classes classes.txt --count 50 --out DIR
 *
 * list.tsv: level, kind, file stem, text, face. Brand names take any class, rare ones too.
 */
#include "core/error.h"
#include "core/png_write.h"
#include "ocr/hanzi/train/train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    GHashTable *kinds; /* word -> GPtrArray of words */
    GArray *classes;
    GArray *common; /* GB 2312's first level */
} Words;

static const struct {
    const char *name;
    const Harm *harm;
} LEVELS[] = {{"clean", &harm_clean}, {"scan", &harm_light}, {"photo", &harm_medium}, {"hard", &harm_heavy}};

static gboolean
word_lists_load(Words *w, const char *names, const char *classes, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(names, &text, NULL, error) || !(w->classes = classes_load(classes, error)))
        return FALSE;
    w->kinds = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        char **parts = g_strsplit(lines[i], " ", -1);
        GPtrArray *all = g_ptr_array_new();
        for (guint k = 1; parts[0] && parts[0][0] != '#' && parts[k]; k++)
            g_ptr_array_add(all, parts[k]);
        if (all->len)
            g_hash_table_insert(w->kinds, parts[0], all);
    }
    w->common = g_array_new(FALSE, FALSE, sizeof(gunichar));
    for (guint i = 0; i < w->classes->len; i++) {
        gunichar c = g_array_index(w->classes, gunichar, i);
        g_autofree char *utf8 = g_ucs4_to_utf8(&c, 1, NULL, NULL, NULL);
        g_autofree char *gb = g_convert(utf8, -1, "GB2312", "UTF-8", NULL, NULL, NULL);
        if (c >= 0x3400 && gb && (guint8)gb[0] >= 0xb0 && (guint8)gb[0] < 0xd8)
            g_array_append_val(w->common, c);
    }
    return TRUE;
}

static const char *
any_of(const Words *w, const char *kind, Dice *d)
{
    const GPtrArray *all = g_hash_table_lookup(w->kinds, kind);
    return g_ptr_array_index(all, (guint)(dice_unit(d) * all->len));
}

static void
brand(const Words *w, GString *to, Dice *d)
{
    guint n = 2 + (dice_unit(d) < .35) + (dice_unit(d) < .1);
    for (guint i = 0; i < n; i++) {
        const GArray *from = dice_unit(d) < .6 ? w->common : w->classes;
        gunichar c;
        do
            c = g_array_index(from, gunichar, (guint)(dice_unit(d) * from->len));
        while (c < 0x3400 || c > 0x9fff);
        g_string_append_unichar(to, c);
    }
}

static char *
invent(const Words *w, const char *kind, Dice *d)
{
    g_autoptr(GString) s = g_string_new(NULL);
    if (!strcmp(kind, "person")) {
        brand(w, s, d);
    } else if (!strcmp(kind, "address")) {
        g_string_append(s, any_of(w, "province", d));
        g_string_append(s, any_of(w, "city", d));
        g_string_append(s, "市");
        brand(w, s, d);
        g_string_append_printf(s, "区%s%d号%c座%d室", any_of(w, "address", d), 1 + (int)(dice_unit(d) * 900),
                               'A' + (int)(dice_unit(d) * 6), 101 + (int)(dice_unit(d) * 2000));
    } else {
        gboolean latin = !strcmp(kind, "latin");
        if (dice_unit(d) < .7)
            g_string_append(s, any_of(w, "city", d));
        if (latin)
            for (guint i = 0; i < 3; i++)
                g_string_append_c(s, (char)('A' + (int)(dice_unit(d) * 26)));
        brand(w, s, d);
        g_string_append(s, any_of(w, "trade", d));
        if (dice_unit(d) < .2)
            g_string_append_printf(s, dice_unit(d) < .5 ? "（%s）" : "(%s)", any_of(w, "city", d));
        g_string_append(s, any_of(w, "form", d));
    }
    return g_string_free(g_steal_pointer(&s), FALSE);
}

/* A picture of float darkness, 0..255. */
typedef struct {
    float *px;
    int w, h;
} Sheet;

static void
blur(Sheet *s, double sigma)
{
    int r = MIN(20, (int)ceil(2.6 * sigma));
    float k[21], sum = 0;
    for (int i = 0; i <= r; i++)
        sum += (i ? 2 : 1) * (k[i] = (float)exp(-.5 * i * i / (sigma * sigma)));
    for (int pass = 0; pass < 2; pass++) {
        g_autofree float *from = g_memdup2(s->px, sizeof(float) * (gsize)(s->w * s->h));
        for (int y = 0; y < s->h; y++)
            for (int x = 0; x < s->w; x++) {
                float v = 0;
                for (int i = -r; i <= r; i++) {
                    int u = pass ? x : CLAMP(x + i, 0, s->w - 1), t = pass ? CLAMP(y + i, 0, s->h - 1) : y;
                    v += k[ABS(i)] * from[t * s->w + u];
                }
                s->px[y * s->w + x] = v / sum;
            }
    }
}

/* The page strip: text at em px, waves of the paper, blur, noise. Returns the text's x extent, or FALSE. */
static gboolean
print_line(Face *face, const char *text, double em, const Harm *harm, Dice *d, Sheet *s, double *x0, double *x1)
{
    double pitch = dice_unit(d) < .3 ? dice_range(d, 1, 1.12) : 1, x = 2 * em;
    s->h = (int)(4 * em);
    s->w = (int)((double)(g_utf8_strlen(text, -1) + 4) * em * pitch + em);
    g_autofree guint8 *canvas = g_malloc0((gsize)(s->w * s->h));
    double tilt = dice_normal(d) * .006, weight = dice_range(d, -.008, .02);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        int g[HZ_GEOMETRY];
        gunichar c = g_utf8_get_char(p);
        if (!face_geometry(face, c, g) || !face_paint(face, c, em, weight, x, 2.38 * em + tilt * x, canvas, s->w, s->h))
            return FALSE;
        x += g[HZ_GEO_ADVANCE] / 100.0 * em * pitch;
    }
    *x0 = 2 * em;
    *x1 = x - (pitch - 1) * em;
    s->px = g_new(float, (gsize)(s->w * s->h));
    double contrast = dice_range(d, .6, 1), waves = dice_unit(d) < .5 ? dice_range(d, 0, 25) : 0;
    double length = dice_range(d, .3, .9) * em, slant = dice_range(d, -1, 1);
    for (int i = 0; i < s->w * s->h; i++) {
        double at = ((i / s->w) + slant * (i % s->w)) / length + 2 * sin((i % s->w) / (2 * em));
        s->px[i] = (float)MAX(contrast * canvas[i], fabs(at - floor(at) - .5) < .06 ? waves : 0);
    }
    blur(s, em * harm->blur_em * sqrt(dice_unit(d)) + .3);
    double noise = exp(dice_range(d, 0, log(harm->noise)));
    for (int i = 0; i < s->w * s->h; i++)
        s->px[i] += (float)(noise * dice_normal(d));
    return TRUE;
}

/* As a line finder would hand it on: em 48, off by some per cent. */
static guint8 *
rectify(const Sheet *s, double em, double x0, double x1, Dice *d, int *w, int *h)
{
    double step = em / 48 * (1 + .025 * dice_normal(d)), up = dice_normal(d) * .03 * em, turn = dice_normal(d) * .004;
    double left = x0 - (.7 + .05 * dice_normal(d)) * em;
    double paper = dice_range(d, 200, 250), shade = dice_range(d, -25, 25);
    *w = (int)((x1 - x0 + 1.4 * em) / step);
    *h = (int)(1.6 * 48);
    guint8 *out = g_malloc((gsize)(*w * *h));
    for (int y = 0; y < *h; y++)
        for (int x = 0; x < *w; x++) {
            double u = left + x * step, v = 2 * em + up + (y - *h / 2.0) * step + turn * (x - *w / 2.0) * step;
            int i = CLAMP((int)u, 0, s->w - 2), j = CLAMP((int)v, 0, s->h - 2);
            double fx = CLAMP(u - i, 0, 1), fy = CLAMP(v - j, 0, 1);
            const float *p = s->px + j * s->w + i;
            double dark = (p[0] * (1 - fx) + p[1] * fx) * (1 - fy) + (p[s->w] * (1 - fx) + p[s->w + 1] * fx) * fy;
            out[y * *w + x] = (guint8)CLAMP(paper + shade * x / *w - dark * .85, 0, 255);
        }
    return out;
}

static gboolean
make(const TrainFace *t, const Words *w, guint level, const char *kind, guint number, const char *out, FILE *list,
     GError **error)
{
    Dice d = dice_new(31, t->number, level * 1000 + number, kind[0]);
    g_autofree char *text = invent(w, kind, &d);
    const Harm *harm = LEVELS[level].harm;
    double em = harm->em_px_low * pow(harm->em_px_high / harm->em_px_low, dice_unit(&d)), x0, x1;
    Sheet s = {0};
    int width, height;
    if (!print_line(t->face, text, em, harm, &d, &s, &x0, &x1))
        return TRUE; /* the face lacks a character: no line */
    g_autofree guint8 *px = rectify(&s, em, x0, x1, &d, &width, &height);
    g_free(s.px);
    g_autofree char *stem = g_strdup_printf("%s-%s-%u-%03u", LEVELS[level].name, kind, t->number, number);
    g_autofree char *path = g_strdup_printf("%s/%s.png", out, stem);
    fprintf(list, "%s\t%s\t%s\t%s\t%s\n", LEVELS[level].name, kind, stem, text, t->family);
    g_autoptr(Image) image = image_new((guint)width, (guint)height, 1);
    memcpy(image->data, px, (gsize)width * (gsize)height);
    g_autoptr(GBytes) png = image_to_png(image, 0);
    return g_file_set_contents(path, g_bytes_get_data(png, NULL), (gssize)g_bytes_get_size(png), error);
}

int
main(int argc, char **argv)
{
    g_autofree char *faces_path = NULL, *only = NULL, *names = NULL, *classes = NULL, *out = NULL;
    gint count = 20;
    const GOptionEntry options[] = {
        {"faces", 0, 0, G_OPTION_ARG_FILENAME, &faces_path, "list of faces", "FILE"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &only, "these families", "A,B"},
        {"names", 0, 0, G_OPTION_ARG_FILENAME, &names, "what names are made of", "FILE"},
        {"classes", 0, 0, G_OPTION_ARG_FILENAME, &classes, "the hanzi", "FILE"},
        {"count", 0, 0, G_OPTION_ARG_INT, &count, "lines of each kind, level and face (20)", "N"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "where to", "DIR"},
        {NULL},
    };
    static const char *const kinds[] = {"name", "person", "address", "latin"};
    g_autoptr(GOptionContext) context = g_option_context_new("- draw invented lines");
    g_option_context_add_main_entries(context, options, NULL);
    g_autoptr(GError) error = NULL;
    GPtrArray *faces = NULL;
    Words w = {0};
    gboolean ok = g_option_context_parse(context, &argc, &argv, &error) && faces_path && names && classes && out &&
                  (faces = faces_load(faces_path, NULL, only, &error)) && word_lists_load(&w, names, classes, &error);
    g_autofree char *list_path = ok ? g_build_filename(out, "list.tsv", NULL) : NULL;
    FILE *list = ok && !g_mkdir_with_parents(out, 0755) ? fopen(list_path, "w") : NULL;
    ok = ok && list;
    for (guint f = 0; ok && f < faces->len; f++)
        for (guint level = 0; ok && level < G_N_ELEMENTS(LEVELS); level++)
            for (guint k = 0; ok && k < G_N_ELEMENTS(kinds); k++)
                for (guint i = 0; ok && i < (guint)count; i++) {
                    const TrainFace *t = g_ptr_array_index(faces, f);
                    if (!t->latin)
                        ok = make(t, &w, level, kinds[k], i, out, list, &error);
                }
    if (!ok)
        g_printerr("hanzi-lines: %s\n", error ? error->message : "flags are missing, or no such folder");
    if (list)
        fclose(list);
    return ok ? 0 : 1;
}
