/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hanzi-train: draws every class in every face several times, damaged, and makes the model.
 * The same seed, faces and classes give the same file, byte for byte.
 */
#include "core/error.h"
#include "ocr/hanzi/train/lda.h"
#include "ocr/hanzi/train/train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SAMPLES = 1024 }; /* of one class */

typedef struct {
    float *rows; /* MAX_SAMPLES rows of HZ_FEATURES */
    int style[MAX_SAMPLES];
    guint n;
    int geometry[MAX_SAMPLES][HZ_GEOMETRY];
    guint n_geometry;
} Samples;

static void
draw_class(GPtrArray *faces, gunichar c, guint copies, guint64 seed, Samples *s)
{
    guint8 buffer[DRAW_SIDE * DRAW_SIDE];
    HzInk ink = {buffer, 0, 0};
    gunichar variants[4];
    guint n_variants = class_variants(c, variants);
    s->n = s->n_geometry = 0;
    for (guint f = 0; f < faces->len; f++) {
        const TrainFace *t = g_ptr_array_index(faces, f);
        if (t->latin && c >= 0x2e80)
            continue;
        for (guint v = 0; v < n_variants; v++) {
            if (!face_has(t->face, variants[v]))
                continue;
            if (v == 0 || c == '(' || c == ')')
                s->n_geometry += face_geometry(t->face, variants[v], s->geometry[s->n_geometry]);
            guint many = v == 0 ? copies : (copies + 1) / 2;
            for (guint k = 0; k < many && s->n < MAX_SAMPLES; k++) {
                Dice dice = dice_new(seed, t->number, variants[v], k);
                HzRect r;
                if (draw_cell(t->face, variants[v], &harm_training, &dice, &ink, &r) &&
                    hz_cell_features(&ink, r, HZ_EM, s->rows + (gsize)s->n * HZ_FEATURES))
                    s->style[s->n++] = t->style;
            }
        }
    }
}

static void
set_geometry(guint8 *to, const Samples *s)
{
    for (guint g = 0; g < HZ_GEOMETRY; g++) {
        double sum = 0;
        for (guint i = 0; i < s->n_geometry; i++)
            sum += s->geometry[i][g];
        to[g] = (guint8)CLAMP(lround(sum / MAX(1, s->n_geometry)), 0, 255);
    }
}

/* Project every set's means; where a style has no face for a class, the mean over all stands in. */
static void
set_prototypes(Hanzi *m, const Statistics *s)
{
    g_autofree double *raw = g_new(double, HZ_DIMS);
    double centre[HZ_DIMS] = {0};
    for (guint pass = 0; pass < 2; pass++)
        for (guint c = 0; c < m->n; c++)
            for (guint set = 0; set < (pass ? (guint)HZ_SETS : 1); set++) {
                guint from = s->count[set][c] ? set : 0;
                for (guint d = 0; d < HZ_DIMS; d++) {
                    double v = 0;
                    for (guint k = 0; k < HZ_FEATURES; k++)
                        v += (double)m->projection[(gsize)d * HZ_FEATURES + k] * s->mean[from][(gsize)c * HZ_FEATURES + k];
                    if (!pass)
                        centre[d] += v / m->n;
                    else
                        m->proto[set][(gsize)c * HZ_DIMS + d] = (gint8)CLAMP(lround((v - centre[d]) / HZ_STEP), -127, 127);
                }
            }
    for (guint d = 0; d < HZ_DIMS; d++)
        m->mean[d] = (float)centre[d];
}

static Hanzi *
train(GPtrArray *faces, GArray *classes, guint copies, guint64 seed)
{
    Hanzi *m = g_new0(Hanzi, 1);
    m->n = classes->len;
    m->code = (gunichar *)(void *)classes->data;
    m->projection = g_new0(float, HZ_DIMS * HZ_FEATURES);
    m->geometry = g_new0(guint8, m->n * HZ_GEOMETRY);
    for (guint set = 0; set < HZ_SETS; set++)
        m->proto[set] = g_new0(gint8, (gsize)m->n * HZ_DIMS);
    g_autofree Samples *samples = g_new0(Samples, 1);
    samples->rows = g_new0(float, (gsize)MAX_SAMPLES * HZ_FEATURES);
    Statistics *s = statistics_new(m->n);
    gint64 began = g_get_monotonic_time();
    guint all = 0;
    for (guint c = 0; c < m->n; c++) {
        draw_class(faces, m->code[c], copies, seed, samples);
        if (!samples->n)
            g_printerr("U+%04X: no face has it\n", m->code[c]);
        set_geometry(m->geometry + c * HZ_GEOMETRY, samples);
        all += samples->n;
        statistics_add_class(s, c, samples->rows, samples->style, samples->n);
        if (c % 1000 == 999)
            g_printerr("%u classes, %u samples, %.0f s\n", c + 1, all, (double)(g_get_monotonic_time() - began) / 1e6);
    }
    lda_solve(s, .02, m->projection);
    g_printerr("projection made, %.0f s\n", (double)(g_get_monotonic_time() - began) / 1e6);
    set_prototypes(m, s);
    return m;
}

int
main(int argc, char **argv)
{
    g_autofree char *faces_path = NULL, *classes_path = NULL, *out = NULL, *without = NULL;
    gint copies = 6;
    gint64 seed = 20251120;
    const GOptionEntry options[] = {
        {"faces", 0, 0, G_OPTION_ARG_FILENAME, &faces_path, "list of faces", "FILE"},
        {"classes", 0, 0, G_OPTION_ARG_FILENAME, &classes_path, "the hanzi, one run of UTF-8", "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "the model", "FILE"},
        {"without", 0, 0, G_OPTION_ARG_STRING, &without, "leave these families out", "A,B"},
        {"copies", 0, 0, G_OPTION_ARG_INT, &copies, "damaged copies of each character of each face (6)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "seed (20251120)", "N"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- train the hanzi classifier");
    g_option_context_add_main_entries(context, options, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) classes = NULL;
    GPtrArray *faces = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || !faces_path || !classes_path || !out ||
        !(classes = classes_load(classes_path, &error)) || !(faces = faces_load(faces_path, without, NULL, &error))) {
        g_printerr("hanzi-train: %s\n", error ? error->message : "--faces, --classes and --out are needed");
        return 1;
    }
    Hanzi *m = train(faces, classes, (guint)copies, (guint64)seed);
    if (!model_write(m, out, &error)) {
        g_printerr("hanzi-train: %s\n", error->message);
        return 1;
    }
    return 0;
}
