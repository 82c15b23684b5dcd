/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_reading.c: licences of order folders with ground truth, read by ocr alone: a table by level, and
 * CPU time beside `tesseract FILE - -l chi_sim` on the same files in the same run.
 *
 *   bench_reading --model DIR [--list] [--no-peer] [--json FILE] ORDER_DIR...
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/text.h"
#include "ocr/reader.h"

enum { LEVELS = 5 };
static const char *const LEVEL_NAMES[LEVELS] = { "clean", "scan", "photo", "hard", "small" };

typedef struct {
    guint licences, code_read, code_any, wrong_code_read, names, name_exact, name_confirmed, reps, rep_exact;
    guint false_confirms; /* a name or representative confirmed that is not the printed one */
    double compared_ms, peer_ms; /* sums over the files that both read */
    GArray *ms; /* (element-type double) of ours */
} Level;

typedef struct {
    Reader *reader;
    gboolean list, peer;
    Level level[LEVELS];
} Bench;

static double
cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
children_ms(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

/* The whole page by the plain command. PDF is not for it: those files are left out of the comparison. */
static double
peer_ms(const char *path)
{
    const char *argv[] = { "tesseract", path, "-", "-l", "chi_sim", NULL };
    double before = children_ms();
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, NULL, NULL, NULL, NULL);
    return children_ms() - before;
}

static const DocumentField *
field_of(const GPtrArray *documents, const char *key)
{
    for (guint i = 0; i < documents->len; i++) {
        const DocumentField *f = document_find_field(g_ptr_array_index(documents, i), key);
        if (f && f->text)
            return f;
    }
    return NULL;
}

static const char *
printed(const json_t *document, const char *key)
{
    return json_string_value(json_object_get(json_object_get(json_object_get(document, "fields"), key), "text"));
}

static void
count(Bench *b, Level *level, const char *where, const GPtrArray *documents, const json_t *truth, const Order *order)
{
    const DocumentField *code = field_of(documents, FIELD_CREDIT_CODE), *name = field_of(documents, FIELD_COMPANY_NAME),
                        *rep = field_of(documents, FIELD_LEGAL_REP);
    const char *true_code = printed(truth, "code"), *true_name = printed(truth, "name"), *true_rep = printed(truth, "rep");
    level->licences++;
    g_autofree char *a = text_fold_code(code ? code->text : NULL), *t = text_fold_code(true_code);
    gboolean right = g_str_equal(a, t), read = code && code->status == FIELD_READ;
    level->code_any += right;
    level->code_read += right && read;
    level->wrong_code_read += read && !right;
    if (b->list && !(right && read))
        printf("  %s: code %s '%s', printed '%s'\n", where, code ? field_status_name(code->status) : "-", a, t);
    if (true_name) {
        gboolean exact = name && text_equal(name->text, true_name);
        level->names++;
        level->name_exact += exact;
        level->name_confirmed += name && name->verdict == VERDICT_CONFIRMED && text_equal(order->company_name, true_name);
        level->false_confirms += name && name->verdict == VERDICT_CONFIRMED && !text_equal(order->company_name, true_name);
        if (b->list && (!exact || name->verdict != VERDICT_CONFIRMED))
            printf("  %s: name '%s' %s, printed '%s'\n", where, name ? name->text : "-",
                   name ? verdict_name(name->verdict) : "-", true_name);
    }
    if (true_rep) {
        level->reps++;
        level->rep_exact += rep && text_equal(rep->text, true_rep);
        level->false_confirms += rep && rep->verdict == VERDICT_CONFIRMED && !text_equal(order->legal_rep.name, true_rep);
    }
}

static void
bench_file(Bench *b, Level *level, const char *dir, const char *file, const json_t *truth, const Order *order)
{
    g_autofree char *path = g_build_filename(dir, file, NULL);
    char *data;
    gsize length;
    if (!g_file_get_contents(path, &data, &length, NULL))
        return;
    g_autoptr(GBytes) bytes = g_bytes_new_take(data, length);
    g_autoptr(GError) error = NULL;
    ReaderExpect expect = { .company_name = order->company_name, .credit_code = order->credit_code,
                            .legal_rep = order->legal_rep.name };
    double start = cpu_ms();
    g_autoptr(PageFile) page_file = page_file_open(bytes, NULL, &error);
    g_autoptr(GPtrArray) documents = page_file ? reader_read(b->reader, page_file, ROLE_LICENCE, &expect, &error) : NULL;
    double ms = cpu_ms() - start;
    if (!documents) {
        printf("  %s: %s\n", path, error->message);
        return;
    }
    count(b, level, path, documents, truth, order);
    g_array_append_val(level->ms, ms);
    if (b->peer && !g_str_has_suffix(file, ".pdf")) {
        level->compared_ms += ms;
        level->peer_ms += peer_ms(path);
    }
}

static void
bench_order(Bench *b, const char *dir)
{
    g_autofree char *truth_path = g_build_filename(dir, "truth.json", NULL), *order_path =
                                                                                 g_build_filename(dir, "order.json", NULL);
    g_autofree char *text = NULL;
    gsize length;
    json_t *truth = json_load_file(truth_path, 0, NULL);
    g_autoptr(Order) order = g_file_get_contents(order_path, &text, &length, NULL)
                                 ? order_parse(text, length, "order.json", NULL)
                                 : NULL;
    const char *level = json_string_value(json_object_get(truth, "level"));
    for (guint l = 0; order && level && l < LEVELS; l++) {
        if (strcmp(level, LEVEL_NAMES[l]) != 0)
            continue;
        size_t i;
        json_t *document;
        json_array_foreach(json_object_get(truth, "documents"), i, document)
        {
            const char *kind = json_string_value(json_object_get(document, "doc_kind"));
            const char *role = json_string_value(json_object_get(document, "role"));
            const char *file = json_string_value(json_object_get(document, "file"));
            if (kind && role && file && strcmp(kind, "licence") == 0 && strcmp(role, "licence") == 0)
                bench_file(b, &b->level[l], dir, file, document, order);
        }
    }
    json_decref(truth);
}

static int
by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
quantile(GArray *values, double q)
{
    g_array_sort(values, by_value);
    return values->len ? g_array_index(values, double, (guint)(q * (values->len - 1) + 0.5)) : 0;
}

static double
ratio_of(const Level *level)
{
    return level->compared_ms > 0 ? level->peer_ms / level->compared_ms : 0;
}

static void
print_table(const Bench *b)
{
    printf("%-7s%9s%10s%10s%7s%11s%11s%7s%7s%9s%8s%9s\n", "level", "licences", "code read", "code any", "wrong",
           "name exact", "confirmed", "false", "rep", "CPU ms", "p90", "x peer");
    for (guint l = 0; l < LEVELS; l++) {
        const Level *v = &b->level[l];
        if (!v->licences)
            continue;
        double n = v->licences / 100.0;
        printf("%-7s%9u%9.1f%%%9.1f%%%7u%10.1f%%%10.1f%%%7u%6.0f%%%9.0f%8.0f%9.1f\n", LEVEL_NAMES[l], v->licences,
               v->code_read / n, v->code_any / n, v->wrong_code_read, 100.0 * v->name_exact / MAX(v->names, 1),
               100.0 * v->name_confirmed / MAX(v->names, 1), v->false_confirms, 100.0 * v->rep_exact / MAX(v->reps, 1),
               quantile(v->ms, 0.5), quantile(v->ms, 0.9), ratio_of(v));
    }
}

static void
write_json(const Bench *b, const char *path)
{
    json_t *rows = json_array();
    for (guint l = 0; l < LEVELS; l++) {
        const Level *v = &b->level[l];
        if (!v->licences)
            continue;
        g_autofree char *name = g_strdup_printf("licence_cpu_ms_%s", LEVEL_NAMES[l]);
        g_autofree char *code = g_strdup_printf("licence_code_read_%s", LEVEL_NAMES[l]);
        double ours = quantile(v->ms, 0.5);
        json_array_append_new(rows, json_pack("{s:s, s:f, s:f, s:f, s:s}", "name", name, "ours", ours, "peer",
                                              ours * ratio_of(v), "ratio", ratio_of(v), "unit", "ms"));
        json_array_append_new(rows, json_pack("{s:s, s:f, s:n, s:n, s:s}", "name", code, "ours",
                                              100.0 * v->code_read / v->licences, "peer", "ratio", "unit", "%"));
    }
    json_t *top = json_pack("{s:o}", "rows", rows);
    json_dump_file(top, path, JSON_INDENT(1));
    json_decref(top);
}

int
main(int argc, char **argv)
{
    g_autofree char *model_dir = NULL, *json = NULL;
    g_auto(GStrv) dirs = NULL;
    gboolean no_peer = FALSE;
    Bench b = { .list = FALSE };
    GOptionEntry entries[] = { { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_dir, "Folder of the models", "DIR" },
                               { "list", 0, 0, G_OPTION_ARG_NONE, &b.list, "A line for each miss", NULL },
                               { "no-peer", 0, 0, G_OPTION_ARG_NONE, &no_peer, "Do not run tesseract", NULL },
                               { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "Write rows", "FILE" },
                               { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &dirs, NULL, "ORDER_DIR..." },
                               { NULL } };
    g_autoptr(GOptionContext) options = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || !model_dir || !dirs) {
        fprintf(stderr, "%s\n", error ? error->message : "--model DIR and order folders are needed");
        return 2;
    }
    if (!g_getenv("OMP_THREAD_LIMIT")) {
        fprintf(stderr, "set OMP_THREAD_LIMIT=1\n");
        return 2;
    }
    b.peer = !no_peer;
    b.reader = reader_open(model_dir, &error);
    if (!b.reader) {
        fprintf(stderr, "%s\n", error->message);
        return 7;
    }
    for (guint l = 0; l < LEVELS; l++)
        b.level[l].ms = g_array_new(FALSE, FALSE, sizeof(double));
    for (char **dir = dirs; *dir; dir++)
        bench_order(&b, *dir);
    print_table(&b);
    if (json)
        write_json(&b, json);
    for (guint l = 0; l < LEVELS; l++)
        g_array_unref(b.level[l].ms);
    reader_free(b.reader);
    return 0;
}
