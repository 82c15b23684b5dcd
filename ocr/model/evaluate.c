/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evaluate.c: the figures of README.md: how many lines each reader gets exactly right, in faces that
 * were not trained, by damage. Every reader sees the same lines in one run.
 *
 *   evaluate --kind credit --count 250 --models ocr/model
 *   evaluate --kind credit --pictures DIR --only scan-licence    (crops of real pages: DIR/lines.txt
 *     holds "NAME.png<tab>TEXT"; the red plane is read, its luma is codeline's second picture)
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/citizen_id.h"
#include "core/credit_code.h"
#include "core/page.h"
#include "ocr/codeline.h"
#include "ocr/model/line.h"
#include "ocr/tess.h"

typedef struct {
    char *kind, *set, *models, *faces, *pictures, *only;
    int seed, count;
    gboolean list;
} Options;

typedef struct {
    guint exact, wrong_valid, lines; /* wrong_valid: another text that passes the checks */
    double cpu_ms;
} Score;

enum { ENG_LINE, ENG_RAW, OWN_LINE, OWN_RAW, VOTE, VOTE_ANY, READERS };
static const char *const reader_names[READERS] = {
    "eng, whitelist, psm 7", "eng, whitelist, psm 13", "own net, psm 7", "own net, psm 13", "codeline, read",
    "codeline, any text",
};

typedef struct {
    CodesKind kind;
    Tess *eng, *own;
    Codeline *codeline;
    gboolean list;
    Score score[READERS];
    guint status[FIELD_STATUSES];
    const char *name; /* of the picture */
} Run;

static double
cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static gboolean
is_valid(CodesKind kind, const char *text)
{
    return kind == CODES_CREDIT ? !(credit_code_check(text) & CREDIT_CODE_ERRORS)
                                : !(citizen_id_check(text) & CITIZEN_ID_ERRORS);
}

static void
count(Run *run, int reader, const char *text, const char *truth, double ms)
{
    Score *score = &run->score[reader];
    score->lines++;
    score->cpu_ms += ms;
    if (g_str_equal(text, truth))
        score->exact++;
    else if (is_valid(run->kind, text))
        score->wrong_valid++;
}

static char *
without_blanks(const char *text)
{
    GString *s = g_string_new(NULL);
    for (; *text; text++)
        if (*text != ' ')
            g_string_append_c(s, *text);
    return g_string_free(s, FALSE);
}

static gboolean
try_net(Run *run, int reader, Tess *tess, TessMode mode, const Image *line, const char *truth, GError **error)
{
    double start = cpu_ms();
    g_autoptr(TessReading) reading = tess_read(tess, line, mode, error);
    if (!reading)
        return FALSE;
    g_autofree char *text = without_blanks(reading->text);
    count(run, reader, text, truth, cpu_ms() - start);
    return TRUE;
}

static gboolean
try_codeline(Run *run, const Image *line, const Image *second, const char *truth, GError **error)
{
    double start = cpu_ms();
    CodelineKind kind = run->kind == CODES_CREDIT ? CODELINE_CREDIT_CODE : CODELINE_CITIZEN_ID;
    g_autoptr(CodelineResult) result = codeline_read(run->codeline, line, second, kind, NULL, 0, error);
    if (!result)
        return FALSE;
    double ms = cpu_ms() - start;
    run->status[result->status]++;
    if (run->list)
        printf("%s\t%s\t%d\t%u/%u\t%.1f\t%.1f\t%s\n", truth, result->text, result->status, result->passes_agreed,
               result->passes_made, result->confidence,
               ((CodelineReading *)g_ptr_array_index(result->readings, 0))->confidence, run->name);
    count(run, VOTE, result->status == FIELD_READ ? result->text : "", truth, ms);
    count(run, VOTE_ANY, result->text, truth, ms);
    return TRUE;
}

static gboolean
try_all(Run *run, const Image *line, const Image *second, const char *truth, GError **error)
{
    if (run->list)
        return try_codeline(run, line, second, truth, error);
    return try_net(run, ENG_LINE, run->eng, TESS_LINE, line, truth, error) &&
           try_net(run, ENG_RAW, run->eng, TESS_RAW_LINE, line, truth, error) &&
           try_net(run, OWN_LINE, run->own, TESS_LINE, line, truth, error) &&
           try_net(run, OWN_RAW, run->own, TESS_RAW_LINE, line, truth, error) &&
           try_codeline(run, line, second, truth, error);
}

static gboolean
run_level(Run *run, const Options *o, const Faces *faces, LineLevel level, GError **error)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)(o->seed + (int)level));
    for (int i = 0; i < o->count; i++) {
        g_autofree char *truth = codes_invent_valid(run->kind, rand);
        const Face *face = faces_get(faces, (guint)i % faces_count(faces));
        g_autoptr(Image) line = line_draw(truth, face, level, rand);
        run->name = face->name;
        if (!try_all(run, line, NULL, truth, error))
            return FALSE;
    }
    return TRUE;
}

static Image *
load_picture(const char *path, GError **error)
{
    g_autofree char *data = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &data, &size, error))
        return NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&data), size);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, error);
    g_autoptr(Page) page = file ? page_file_load(file, 0, 1, error) : NULL;
    return page ? g_steal_pointer(&page->image) : NULL;
}

static gboolean
run_pictures(Run *run, const Options *o, GError **error)
{
    g_autofree char *list = g_build_filename(o->pictures, "lines.txt", NULL), *text = NULL;
    if (!g_file_get_contents(list, &text, NULL, error))
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) part = g_strsplit(lines[i], "\t", -1);
        if (!part[0] || !part[1] || (o->only && !g_str_has_prefix(part[0], o->only)))
            continue;
        g_autofree char *path = g_build_filename(o->pictures, part[0], NULL);
        g_autoptr(Image) colour = load_picture(path, error);
        if (!colour)
            return FALSE;
        g_autoptr(Image) red = image_plane(colour, IMAGE_RED), luma = image_plane(colour, IMAGE_LUMA);
        run->name = part[0];
        if (!try_all(run, red, luma, part[1], error))
            return FALSE;
    }
    return TRUE;
}

static void
print_scores(Run *run, const char *level)
{
    for (int r = 0; r < READERS; r++) {
        const Score *s = &run->score[r];
        printf("%-8s %-24s exact %5.1f %%   wrong and valid %5.2f %%   %5.1f ms\n", level, reader_names[r],
               100.0 * s->exact / MAX(1, s->lines), 100.0 * s->wrong_valid / MAX(1, s->lines),
               s->cpu_ms / MAX(1, s->lines));
    }
    printf("%-8s %u lines: read %u, weak %u, suggested %u, check failed %u, unreadable %u\n", level,
           run->score[VOTE].lines, run->status[FIELD_READ], run->status[FIELD_WEAK], run->status[FIELD_SUGGESTED],
           run->status[FIELD_CHECK_FAILED], run->status[FIELD_UNREADABLE]);
    memset(run->score, 0, sizeof run->score);
    memset(run->status, 0, sizeof run->status);
}

static gboolean
evaluate(const Options *o, GError **error)
{
    Run run = { .kind = g_str_equal(o->kind, "citizen") ? CODES_CITIZEN : CODES_CREDIT, .list = o->list };
    const char *letters = codes_letters(run.kind);
    g_autoptr(Faces) faces =
        faces_open(o->faces, run.kind, g_str_equal(o->set, "train") ? FACES_TRAIN : FACES_TEST, error);
    if (!faces)
        return FALSE;
    g_autoptr(Tess) eng = tess_open(NULL, "eng", letters, FALSE, error);
    if (!eng)
        return FALSE;
    g_autoptr(Tess) own = tess_open(o->models, run.kind == CODES_CREDIT ? "sbcode" : "sbid", NULL, FALSE, error);
    if (!own)
        return FALSE;
    g_autoptr(Codeline) codeline = codeline_open(o->models, error);
    if (!codeline)
        return FALSE;
    run.eng = eng, run.own = own, run.codeline = codeline;
    if (o->pictures) {
        if (!run_pictures(&run, o, error))
            return FALSE;
        print_scores(&run, o->only ? o->only : "");
        return TRUE;
    }
    static const char *const levels[] = { "clean", "light", "medium", "hard" };
    for (int l = LINE_CLEAN; l < LINE_LEVELS; l++) {
        if (!run_level(&run, o, faces, (LineLevel)l, error))
            return FALSE;
        print_scores(&run, levels[l - LINE_CLEAN]);
    }
    return TRUE;
}

int
main(int argc, char **argv)
{
    Options o = { .seed = 900, .count = 200 };
    const GOptionEntry entries[] = {
        { "kind", 0, 0, G_OPTION_ARG_STRING, &o.kind, "credit or citizen", "KIND" },
        { "set", 0, 0, G_OPTION_ARG_STRING, &o.set, "test (default) or train: which faces", "SET" },
        { "models", 0, 0, G_OPTION_ARG_FILENAME, &o.models, "folder of sbcode and sbid", "DIR" },
        { "faces", 0, 0, G_OPTION_ARG_FILENAME, &o.faces, "the list of faces", "FILE" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &o.seed, "same seed, same lines", "N" },
        { "count", 0, 0, G_OPTION_ARG_INT, &o.count, "lines a level", "N" },
        { "pictures", 0, 0, G_OPTION_ARG_FILENAME, &o.pictures, "read these instead of drawn lines", "DIR" },
        { "only", 0, 0, G_OPTION_ARG_STRING, &o.only, "pictures whose names begin so", "PREFIX" },
        { "list", 0, 0, G_OPTION_ARG_NONE, &o.list, "codeline alone, a row for each line: truth, text, status, passes, confidence", NULL },
        { NULL },
    };
    setlocale(LC_ALL, "");
    g_autoptr(GOptionContext) context = g_option_context_new("- measure the models on drawn lines");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "evaluate: %s\n", error->message);
        return 2;
    }
    o.kind = o.kind ? o.kind : g_strdup("credit");
    o.set = o.set ? o.set : g_strdup("test");
    o.models = o.models ? o.models : g_strdup("ocr/model");
    o.faces = o.faces ? o.faces : g_strdup("ocr/model/faces.txt");
    gboolean fine = evaluate(&o, &error);
    if (!fine)
        fprintf(stderr, "evaluate: %s\n", error->message);
    g_free(o.kind);
    g_free(o.set);
    g_free(o.models);
    g_free(o.faces);
    g_free(o.pictures);
    g_free(o.only);
    return fine ? 0 : 1;
}
