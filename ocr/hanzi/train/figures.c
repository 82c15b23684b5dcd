/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hanzi-figures: single characters right, by face and level of harm, for the tables in README.md.
 * Every 7th class is drawn; the style is known to nobody: each face's cells choose it together.
 */
#include "ocr/hanzi/train/train.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const Harm *harm;
} LEVELS[] = {{"clean", &harm_clean}, {"light", &harm_light}, {"medium", &harm_medium}, {"heavy", &harm_heavy}};

typedef struct {
    guint right[2], all; /* by the mean alone, and with the style */
} Score;

static guint
nearest(const gint32 *d, guint from, guint n)
{
    guint best = from;
    for (guint c = from; c < n; c++)
        if (d[c] < d[best])
            best = c;
    return best;
}

static void
test_face(const Hanzi *m, const TrainFace *t, const Harm *harm, guint every, gboolean list, Score *score)
{
    guint8 buffer[DRAW_SIDE * DRAW_SIDE];
    HzInk ink = {buffer, 0, 0};
    guint n = 0;
    g_autofree HzPoint *points = g_new(HzPoint, m->n);
    g_autofree guint *truth = g_new(guint, m->n);
    g_autofree gint32 *d = g_new(gint32, m->n), *e = g_new(gint32, m->n);
    gint64 sum[HZ_SETS] = {0};
    for (guint c = m->first_hanzi; c < m->n; c += every) {
        Dice dice = dice_new(777, t->number, m->code[c], 0);
        HzRect r;
        float features[HZ_FEATURES];
        if (!draw_cell(t->face, m->code[c], harm, &dice, &ink, &r) || !hz_cell_features(&ink, r, HZ_EM, features))
            continue;
        hz_project(m, features, &points[n]);
        truth[n++] = c;
        for (guint set = 1; set < HZ_SETS && n < 60; set++) {
            hz_distances(m, set, &points[n - 1], d);
            sum[set] += d[nearest(d, m->first_hanzi, m->n)];
        }
    }
    guint style = 1;
    for (guint set = 2; set < HZ_SETS; set++)
        if (sum[set] < sum[style])
            style = set;
    for (guint i = 0; i < n; i++) {
        hz_distances(m, 0, &points[i], d);
        hz_distances(m, style, &points[i], e);
        score->right[0] += nearest(d, m->first_hanzi, m->n) == truth[i];
        for (guint c = 0; c < m->n; c++)
            d[c] += e[c];
        guint best = nearest(d, m->first_hanzi, m->n);
        score->right[1] += best == truth[i];
        if (list && best != truth[i]) {
            g_autofree char *a = g_ucs4_to_utf8(&m->code[truth[i]], 1, NULL, NULL, NULL);
            g_autofree char *b = g_ucs4_to_utf8(&m->code[best], 1, NULL, NULL, NULL);
            printf("  %s as %s  (%.0f, %.0f; apart %.1f)\n", a, b, d[truth[i]] * .005, d[best] * .005,
                   hz_class_distance(m, truth[i], best));
        }
        score->all++;
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *faces_path = NULL, *only = NULL, *without = NULL, *model = NULL;
    gboolean list = FALSE;
    gint every = 7;
    const GOptionEntry options[] = {
        {"faces", 0, 0, G_OPTION_ARG_FILENAME, &faces_path, "list of faces", "FILE"},
        {"model", 0, 0, G_OPTION_ARG_FILENAME, &model, "the model", "FILE"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &only, "these families", "A,B"},
        {"without", 0, 0, G_OPTION_ARG_STRING, &without, "not these families", "A,B"},
        {"every", 0, 0, G_OPTION_ARG_INT, &every, "draw every Nth class (7)", "N"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &list, "name every miss", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- measure the hanzi classifier");
    g_option_context_add_main_entries(context, options, NULL);
    g_autoptr(GError) error = NULL;
    GPtrArray *faces = NULL;
    g_autoptr(Hanzi) m = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || !faces_path || !model ||
        !(faces = faces_load(faces_path, without, only, &error)) || !(m = hanzi_open(model, &error))) {
        g_printerr("hanzi-figures: %s\n", error ? error->message : "--faces and --model are needed");
        return 1;
    }
    Score total[G_N_ELEMENTS(LEVELS)] = {0};
    for (guint f = 0; f < faces->len; f++) {
        const TrainFace *t = g_ptr_array_index(faces, f);
        if (t->latin)
            continue;
        printf("%-12s %u", t->family, t->style);
        for (guint l = 0; l < G_N_ELEMENTS(LEVELS); l++) {
            Score s = {0};
            test_face(m, t, LEVELS[l].harm, (guint)every, list, &s);
            total[l].all += s.all;
            for (guint k = 0; k < 2; k++)
                total[l].right[k] += s.right[k];
            printf("  %s %.2f %.2f", LEVELS[l].name, 100. * s.right[0] / MAX(1, s.all), 100. * s.right[1] / MAX(1, s.all));
        }
        printf("\n");
    }
    printf("all           ");
    for (guint l = 0; l < G_N_ELEMENTS(LEVELS); l++)
        printf("  %s %.2f %.2f", LEVELS[l].name, 100. * total[l].right[0] / MAX(1, total[l].all),
               100. * total[l].right[1] / MAX(1, total[l].all));
    printf("\n");
    return 0;
}
