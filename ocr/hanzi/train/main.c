/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hanzi-train: draws every class in every face several times, damaged, and makes the model.
 * The same seed, faces and classes give the same file, byte for byte.
 */
#include "core/error.h"
#include "ocr/hanzi/train/lda.h"
#include "ocr/hanzi/train/refine.h"
#include "ocr/hanzi/train/train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SAMPLES = 1024 }; /* of one class */

typedef struct {
    float *rows; /* MAX_SAMPLES rows of HZ_FEATURES */
    guint8 set[MAX_SAMPLES]; /* its style's */
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
            if (v == 0 || c == '(' || c == ')') { /* the shape of both widths, the advance of the half one */
                int *g = s->geometry[s->n_geometry];
                s->n_geometry += face_geometry(t->face, variants[v], g);
                if (v && s->n_geometry > 1)
                    g[HZ_GEO_ADVANCE] = s->geometry[s->n_geometry - 2][HZ_GEO_ADVANCE];
            }
            guint many = v == 0 ? copies : (copies + 1) / 2;
            for (guint k = 0; k < many && s->n < MAX_SAMPLES; k++) {
                Dice dice = dice_new(seed, t->number, variants[v], k);
                HzRect r;
                if (!draw_cell(t->face, variants[v], &harm_training, &dice, &ink, &r) ||
                    !hz_cell_features(&ink, r, HZ_EM, s->rows + (gsize)s->n * HZ_FEATURES))
                    continue;
                s->set[s->n++] = (guint8)(1 + t->style);
            }
        }
    }
}

static guint8
byte(double v)
{
    return (guint8)CLAMP(lround(v), 0, 255);
}

static void
set_geometry(guint8 *to, const Samples *s)
{
    double mean[HZ_GEOMETRY] = {0}, square[3] = {0}, n = MAX(1, s->n_geometry);
    for (guint i = 0; i < s->n_geometry; i++) {
        const int *g = s->geometry[i];
        const double v[3] = {g[HZ_GEO_WIDTH], g[HZ_GEO_HEIGHT], (g[HZ_GEO_TOP] + g[HZ_GEO_BOTTOM]) / 2.0};
        for (guint k = 0; k <= HZ_GEO_ADVANCE; k++)
            mean[k] += g[k] / n;
        for (guint k = 0; k < 3; k++)
            square[k] += v[k] * v[k] / n;
    }
    const double v[3] = {mean[HZ_GEO_WIDTH], mean[HZ_GEO_HEIGHT], (mean[HZ_GEO_TOP] + mean[HZ_GEO_BOTTOM]) / 2};
    for (guint k = 0; k <= HZ_GEO_ADVANCE; k++)
        to[k] = byte(mean[k]);
    for (guint k = 0; k < 3; k++)
        to[HZ_GEO_WIDTH_SD + k] = byte(sqrt(MAX(0, square[k] - v[k] * v[k])));
}

/* Every set's projected means as floats, centred; where a set has no sample of a class, the mean over all. */
static float *
start_prototypes(Hanzi *m, const Statistics *s)
{
    float *p = g_new(float, (gsize)HZ_SETS * m->n * HZ_DIMS), v[HZ_DIMS];
    double centre[HZ_DIMS] = {0};
    for (guint c = 0; c < m->n; c++) {
        hz_project_raw(m, s->mean[0] + (gsize)c * HZ_FEATURES, v);
        for (guint d = 0; d < HZ_DIMS; d++)
            centre[d] += (double)v[d] / m->n;
    }
    for (guint d = 0; d < HZ_DIMS; d++)
        m->mean[d] = (float)centre[d];
    for (guint set = 0; set < HZ_SETS; set++)
        for (guint c = 0; c < m->n; c++) {
            float *to = p + ((gsize)set * m->n + c) * HZ_DIMS;
            hz_project_raw(m, s->mean[s->count[set][c] ? set : 0] + (gsize)c * HZ_FEATURES, to);
            for (guint d = 0; d < HZ_DIMS; d++)
                to[d] = (to[d] - m->mean[d]) / HZ_STEP;
        }
    return p;
}

/* Every sample's features in a byte each (roots of shares: .36 is more than any), kept until there is a projection. */
#define KEPT_STEP (1 / 700.f)

typedef struct {
    guint32 class, style;
    guint8 features[HZ_FEATURES];
} Kept;

static void
keep(GArray *all, guint class, const Samples *s)
{
    for (guint i = 0; i < s->n; i++) {
        Kept k = {.class = class, .style = s->set[i]};
        for (guint f = 0; f < HZ_FEATURES; f++)
            k.features[f] = byte((double)(s->rows[(gsize)i * HZ_FEATURES + f] / KEPT_STEP));
        g_array_append_val(all, k);
    }
}

static RefinePoint *
project_kept(const Hanzi *m, const GArray *all)
{
    RefinePoint *points = g_new(RefinePoint, all->len);
    for (guint i = 0; i < all->len; i++) {
        const Kept *k = &g_array_index(all, Kept, i);
        float features[HZ_FEATURES];
        for (guint f = 0; f < HZ_FEATURES; f++)
            features[f] = k->features[f] * KEPT_STEP;
        points[i].class = k->class;
        points[i].style = k->style;
        hz_project(m, features, &points[i].point);
    }
    return points;
}

static Hanzi *
train(GPtrArray *faces, GArray *classes, guint copies, guint epochs, guint64 seed)
{
    Hanzi *m = g_new0(Hanzi, 1);
    m->n = classes->len;
    m->code = (gunichar *)(void *)classes->data;
    m->projection = g_new0(float, HZ_DIMS * HZ_FEATURES);
    m->geometry = g_new0(guint8, m->n * HZ_GEOMETRY);
    m->own = g_new0(guint8, m->n * 2);
    for (m->first_hanzi = 0; m->first_hanzi < m->n && m->code[m->first_hanzi] < HZ_FIRST_HANZI;)
        m->first_hanzi++;
    for (guint set = 0; set < HZ_SETS; set++)
        m->proto[set] = g_new0(gint8, (gsize)m->n * HZ_DIMS);
    g_autofree Samples *samples = g_new0(Samples, 1);
    samples->rows = g_new0(float, (gsize)MAX_SAMPLES * HZ_FEATURES);
    Statistics *s = statistics_new(m->n);
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(Kept));
    gint64 began = g_get_monotonic_time();
    guint all = 0;
    for (guint c = 0; c < m->n; c++) {
        draw_class(faces, m->code[c], copies, seed, samples);
        if (!samples->n)
            g_printerr("U+%04X: no face has it\n", m->code[c]);
        set_geometry(m->geometry + c * HZ_GEOMETRY, samples);
        all += samples->n;
        keep(kept, c, samples); /* before the class's mean is taken off */
        statistics_add_class(s, c, samples->rows, samples->set, samples->n);
        if (c % 1000 == 999)
            g_printerr("%u classes, %u samples, %.0f s\n", c + 1, all, (double)(g_get_monotonic_time() - began) / 1e6);
    }
    lda_solve(s, .02, m->projection);
    g_printerr("projection made, %.0f s\n", (double)(g_get_monotonic_time() - began) / 1e6);
    g_autofree float *prototypes = start_prototypes(m, s);
    g_autofree RefinePoint *points = project_kept(m, kept);
    refine(m, prototypes, points, kept->len, epochs, seed);
    g_printerr("refined, %.0f s\n", (double)(g_get_monotonic_time() - began) / 1e6);
    return m;
}

int
main(int argc, char **argv)
{
    g_autofree char *faces_path = NULL, *classes_path = NULL, *out = NULL, *without = NULL, *names = NULL;
    gint copies = 4, epochs = 2;
    gint64 seed = 20251120;
    const GOptionEntry options[] = {
        {"faces", 0, 0, G_OPTION_ARG_FILENAME, &faces_path, "list of faces", "FILE"},
        {"classes", 0, 0, G_OPTION_ARG_FILENAME, &classes_path, "the hanzi, one run of UTF-8", "FILE"},
        {"names", 0, 0, G_OPTION_ARG_FILENAME, &names, "what names are made of", "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "the model", "FILE"},
        {"without", 0, 0, G_OPTION_ARG_STRING, &without, "leave these families out", "A,B"},
        {"copies", 0, 0, G_OPTION_ARG_INT, &copies, "damaged copies of each character of each face (4)", "N"},
        {"epochs", 0, 0, G_OPTION_ARG_INT, &epochs, "passes of refinement (2)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "seed (20251120)", "N"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- train the hanzi classifier");
    g_option_context_add_main_entries(context, options, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) classes = NULL;
    GPtrArray *faces = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || !faces_path || !classes_path || !out || !names ||
        !(classes = classes_load(classes_path, &error)) || !(faces = faces_load(faces_path, without, NULL, &error))) {
        g_printerr("hanzi-train: %s\n", error ? error->message : "--faces, --classes, --names and --out are needed");
        return 1;
    }
    Hanzi *m = train(faces, classes, (guint)copies, (guint)epochs, (guint64)seed);
    if (!words_load(m, names, &error) || !model_write(m, out, &error)) {
        g_printerr("hanzi-train: %s\n", error->message);
        return 1;
    }
    return 0;
}
