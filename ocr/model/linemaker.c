/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * linemaker.c: the command: lines as training files, or as pictures to look at.
 *
 *   linemaker --kind credit --level mix --seed 7 --count 2000 --lstmf OUT.lstmf
 *   linemaker --kind citizen --set test --level hard --count 20 --pictures DIR   (DIR/lines.txt: the texts)
 *   linemaker --text 91110108MA00TE5T26 --count 1 --pictures DIR
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/png_write.h"
#include "ocr/model/line.h"
#include "ocr/model/lstmf.h"

typedef struct {
    char *kind, *set, *level, *faces, *lstmf, *pictures, *text;
    int seed, count;
} Options;

/* Short words in clean print: what a net without a start learns from (train, step one). */
static Image *
easy_line(CodesKind kind, const Face *face, GRand *rand, char **text)
{
    *text = codes_invent_random(kind, (guint)g_rand_int_range(rand, 2, 8), rand);
    return line_draw(*text, face, LINE_EASY, rand);
}

static gboolean
parse_level(const char *name, LineLevel *level, gboolean *easy)
{
    static const char *const names[] = { "clean", "light", "medium", "hard", "mix" };
    *easy = g_str_equal(name, "easy");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            *level = (LineLevel)(LINE_CLEAN + i);
            return TRUE;
        }
    return *easy;
}

static gboolean
write_picture(const Options *options, int number, const Image *line, const char *text, GString *list, GError **error)
{
    g_autoptr(GBytes) png = image_to_png(line, 0);
    g_autofree char *name = g_strdup_printf("%s-%s-%04d.png", options->kind, options->level, number);
    g_autofree char *path = g_build_filename(options->pictures, name, NULL);
    g_string_append_printf(list, "%s\t%s\n", name, text);
    return g_file_set_contents(path, g_bytes_get_data(png, NULL), (gssize)g_bytes_get_size(png), error);
}

static gboolean
make_lines(const Options *options, GError **error)
{
    CodesKind kind = g_str_equal(options->kind, "citizen") ? CODES_CITIZEN : CODES_CREDIT;
    LineLevel level = LINE_MIX;
    gboolean easy = FALSE;
    if (!parse_level(options->level, &level, &easy)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "--level %s: easy, clean, light, medium, hard or mix",
                    options->level);
        return FALSE;
    }
    FacesSet set = g_str_equal(options->set, "test") ? FACES_TEST : FACES_TRAIN;
    g_autoptr(Faces) faces = faces_open(options->faces, kind, set, error);
    if (!faces)
        return FALSE;
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)options->seed);
    g_autoptr(Lstmf) lstmf = lstmf_new();
    g_autoptr(GString) list = g_string_new(NULL);
    for (int i = 0; i < options->count; i++) {
        g_autofree char *text = easy ? NULL : options->text ? g_strdup(options->text) : codes_invent(kind, rand);
        const Face *face = faces_pick(faces, rand);
        g_autoptr(Image) line =
            easy ? easy_line(kind, face, rand, &text) : line_draw(text, face, level, rand);
        if (options->lstmf)
            lstmf_add(lstmf, line, text);
        if (options->pictures && !write_picture(options, i, line, text, list, error))
            return FALSE;
    }
    if (options->pictures) {
        g_autofree char *path = g_build_filename(options->pictures, "lines.txt", NULL);
        if (!g_file_set_contents(path, list->str, (gssize)list->len, error))
            return FALSE;
    }
    return !options->lstmf || lstmf_write(lstmf, options->lstmf, error);
}

int
main(int argc, char **argv)
{
    Options o = { .seed = 1, .count = 100 };
    const GOptionEntry entries[] = {
        { "kind", 0, 0, G_OPTION_ARG_STRING, &o.kind, "credit or citizen", "KIND" },
        { "set", 0, 0, G_OPTION_ARG_STRING, &o.set, "train or test: which faces", "SET" },
        { "level", 0, 0, G_OPTION_ARG_STRING, &o.level, "easy, clean, light, medium, hard or mix", "LEVEL" },
        { "faces", 0, 0, G_OPTION_ARG_FILENAME, &o.faces, "the list of faces", "FILE" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &o.seed, "same seed, same lines", "N" },
        { "count", 0, 0, G_OPTION_ARG_INT, &o.count, "how many", "N" },
        { "text", 0, 0, G_OPTION_ARG_STRING, &o.text, "this text on every line (not with easy)", "TEXT" },
        { "lstmf", 0, 0, G_OPTION_ARG_FILENAME, &o.lstmf, "write a training file", "FILE" },
        { "pictures", 0, 0, G_OPTION_ARG_FILENAME, &o.pictures, "write PNG files and lines.txt", "DIR" },
        { NULL },
    };
    setlocale(LC_ALL, "");
    g_autoptr(GOptionContext) context = g_option_context_new("- draw lines of codes");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "linemaker: %s\n", error->message);
        return 2;
    }
    o.kind = o.kind ? o.kind : g_strdup("credit");
    o.set = o.set ? o.set : g_strdup("train");
    o.level = o.level ? o.level : g_strdup("mix");
    o.faces = o.faces ? o.faces : g_strdup("ocr/model/faces.txt");
    gboolean fine = make_lines(&o, &error);
    if (!fine)
        fprintf(stderr, "linemaker: %s\n", error->message);
    g_free(o.kind);
    g_free(o.set);
    g_free(o.level);
    g_free(o.faces);
    g_free(o.lstmf);
    g_free(o.text);
    g_free(o.pictures);
    return fine ? 0 : 1;
}
