/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_order.c: whole orders and licences alone through `sealbatch inspect`, beside `tesseract FILE - -l chi_sim` on
 * the same licences in the same run.
 *
 *   bench_order order|reading --sealbatch PROGRAM [--json FILE] [--limit N] ORDER_DIR...
 *
 * order:   CPU seconds and peak memory an order, and the ratio to reading its licence with tesseract.
 * reading: the licence alone, by level: exact code and name, CPU seconds, ratio. PDFs become PNG for tesseract
 *          before its clock starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.h"

typedef struct {
    double cpu_s, wall_s;
    guint peak_mb;
    char *out;
} Cost;

typedef struct {
    const char *level;
    guint n, code_ours, code_peer, name_ours, name_peer;
    double cpu_ours, cpu_peer, wall_ours, wall_peer;
} Row;

/* Runs a program, its standard output into a file of @dir; children's rusage of it and what it waited for. */
static gboolean
measure(char *const *argv, const char *dir, Cost *cost)
{
    g_autofree char *file = g_build_filename(dir, "stdout", NULL);
    struct rusage before, after;
    gint64 begun = g_get_monotonic_time();
    int status = -1;
    getrusage(RUSAGE_CHILDREN, &before);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600), null = open("/dev/null", O_WRONLY);
        setenv("OMP_THREAD_LIMIT", "1", 1);
        dup2(fd, 1);
        dup2(null, 2);
        execvp(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    getrusage(RUSAGE_CHILDREN, &after);
    cost->wall_s = (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC;
    cost->cpu_s = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
                  (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
                           before.ru_stime.tv_usec) / 1e6;
    cost->peak_mb = (guint)(after.ru_maxrss / 1024);
    cost->out = NULL;
    return g_file_get_contents(file, &cost->out, NULL, NULL) && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

static json_t *
load(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return json_load_file(path, 0, NULL);
}

static const char *
licence_file(const json_t *order)
{
    size_t i;
    json_t *upload;
    json_array_foreach(json_object_get(order, "uploads"), i, upload)
        if (!g_strcmp0(json_string_value(json_object_get(upload, "role")), "licence"))
            return json_string_value(json_object_get(upload, "file"));
    return NULL;
}

/* What tesseract can open: the file itself, or its first page as PNG. NULL where that cannot be had. */
static char *
picture_for_peer(const char *dir, const char *file, const char *temp)
{
    char *path = g_build_filename(dir, file, NULL);
    g_autofree char *head = NULL;
    gsize length = 0;
    g_file_get_contents(path, &head, &length, NULL);
    if (length < 5 || memcmp(head, "%PDF-", 5) != 0)
        return path;
    g_autofree char *stem = g_build_filename(temp, "page", NULL);
    char *argv[] = { (char *)"pdftoppm", (char *)"-r", (char *)"300", (char *)"-png", (char *)"-singlefile", path, stem, NULL };
    Cost cost;
    gboolean fine = measure(argv, temp, &cost);
    g_free(cost.out);
    g_free(path);
    return fine ? g_strconcat(stem, ".png", NULL) : NULL;
}

static gboolean
peer(const char *dir, const char *file, const char *temp, Cost *cost)
{
    g_autofree char *picture = picture_for_peer(dir, file, temp);
    char *argv[] = { (char *)"tesseract", picture, (char *)"-", (char *)"-l", (char *)"chi_sim", NULL };
    return picture && g_file_test(picture, G_FILE_TEST_EXISTS) && measure(argv, temp, cost);
}

/* ---- order --------------------------------------------------------------------------------------------- */

static void
add_row(json_t *rows, const char *name, double ours, double other, const char *unit)
{
    double ratio = ours > 0 ? other / ours : 0;
    printf("  %-34s %10.2f %10.2f %8.2f  %s\n", name, ours, other, ratio, unit);
    json_array_append_new(rows, json_pack("{s:s, s:f, s:f, s:f, s:s}", "name", name, "ours", ours, "peer", other, "ratio",
                                          ratio, "unit", unit));
}

static gboolean
bench_orders(const char *program, char **dirs, guint n, const char *temp, json_t *rows)
{
    double ours = 0, peers = 0, wall = 0;
    guint peak = 0, count = 0, peer_peak = 0;
    for (guint i = 0; i < n; i++) {
        json_t *order = load(dirs[i], "order.json");
        const char *file = licence_file(order);
        char *argv[] = { (char *)program, (char *)"inspect", dirs[i], (char *)"--out", (char *)temp, NULL };
        Cost us = { 0 }, them = { 0 };
        if (file && peer(dirs[i], file, temp, &them) && measure(argv, temp, &us)) {
            json_t *line = json_loads(us.out, JSON_DISABLE_EOF_CHECK, NULL);
            peak = MAX(peak, (guint)json_integer_value(json_object_get(line, "max_rss_mb")));
            json_decref(line);
            peer_peak = MAX(peer_peak, them.peak_mb);
            ours += us.cpu_s;
            wall += us.wall_s;
            peers += them.cpu_s;
            count++;
        }
        g_free(us.out);
        g_free(them.out);
        json_decref(order);
    }
    printf("\n%u orders, one at a time, models loaded anew for each       ours  tesseract    ratio\n", count);
    if (!count)
        return FALSE;
    add_row(rows, "order_cpu_s", ours / count, peers / count, "s");
    add_row(rows, "order_peak_mb", peak, peer_peak, "MB");
    printf("  wall %.2f s an order; tesseract reads the licence alone, ours is the whole order\n", wall / count);
    return TRUE;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

/* The order with its licence alone, so that nothing else is on the clock. */
static gboolean
licence_only(const char *dir, const json_t *order, const char *file, const char *folder)
{
    g_autofree char *from = g_build_filename(dir, file, NULL), *to = g_build_filename(folder, file, NULL),
                    *json = g_build_filename(folder, "order.json", NULL), *bytes = NULL;
    gsize length;
    json_t *copy = json_deep_copy(order);
    json_object_set_new(copy, "seals", json_array());
    json_object_set_new(copy, "uploads", json_pack("[{s:s, s:s}]", "role", "licence", "file", file));
    gboolean fine = g_mkdir_with_parents(folder, 0700) == 0 && g_file_get_contents(from, &bytes, &length, NULL) &&
                    g_file_set_contents(to, bytes, (gssize)length, NULL) && json_dump_file(copy, json, 0) == 0;
    json_decref(copy);
    return fine;
}

static char *
true_field(const json_t *truth, const char *key)
{
    size_t i;
    json_t *document;
    json_array_foreach(json_object_get(truth, "documents"), i, document) {
        const json_t *fields = json_object_get(document, "fields");
        const char *text = json_string_value(json_object_get(json_object_get(fields, key), "text"));
        if (!g_strcmp0(json_string_value(json_object_get(document, "doc_kind")), "licence") && text)
            return !strcmp(key, "code") ? text_fold_code(text) : text_fold(text);
    }
    return NULL;
}

static gboolean
our_field_is(const json_t *line, const char *key, const char *expected)
{
    const json_t *fields = json_object_get(json_array_get(json_object_get(line, "documents"), 0), "fields");
    const json_t *field = json_object_get(fields, key);
    const char *text = json_string_value(json_object_get(field, "text"));
    if (!text || !expected)
        return FALSE;
    g_autofree char *folded = !strcmp(key, "credit_code") ? text_fold_code(text) : text_fold(text);
    return !strcmp(folded, expected) && (strcmp(key, "credit_code") != 0 ||
                                         !g_strcmp0(json_string_value(json_object_get(field, "status")), "read"));
}

static gboolean
peer_shows(const char *text, const char *expected, gboolean code)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *folded = code ? text_fold_code(valid) : text_fold(valid);
    return expected && strstr(folded, expected);
}

static void
read_one(const char *program, const char *dir, const char *temp, Row *row)
{
    json_t *order = load(dir, "order.json"), *truth = load(dir, "truth.json");
    const char *file = licence_file(order);
    g_autofree char *code = true_field(truth, "code"), *name = true_field(truth, "name");
    g_autofree char *folder = g_build_filename(temp, "one", NULL), *out = g_build_filename(temp, "out", NULL);
    char *argv[] = { (char *)program, (char *)"inspect", folder, (char *)"--out", out, NULL };
    Cost us = { 0 }, them = { 0 };
    if (file && code && licence_only(dir, order, file, folder) && peer(dir, file, temp, &them) && measure(argv, temp, &us)) {
        json_t *line = json_loads(us.out, JSON_DISABLE_EOF_CHECK, NULL);
        const json_t *cpu = json_object_get(line, "cpu_ms");
        /* The children's time: a night loads the models once. */
        row->cpu_ours += (json_number_value(json_object_get(cpu, "read")) + json_number_value(json_object_get(cpu, "decode"))) / 1e3;
        row->wall_ours += us.wall_s;
        row->cpu_peer += them.cpu_s;
        row->wall_peer += them.wall_s;
        row->code_ours += our_field_is(line, "credit_code", code);
        row->name_ours += our_field_is(line, "company_name", name);
        row->code_peer += peer_shows(them.out, code, TRUE);
        row->name_peer += peer_shows(them.out, name, FALSE);
        row->n++;
        json_decref(line);
    }
    g_free(us.out);
    g_free(them.out);
    json_decref(order);
    json_decref(truth);
}

static gboolean
bench_reading(const char *program, char **dirs, guint n, const char *temp, json_t *rows)
{
    static const char *const levels[] = { "clean", "scan", "photo", "hard", "small" };
    guint all = 0;
    for (guint l = 0; l < G_N_ELEMENTS(levels); l++) {
        Row row = { .level = levels[l] };
        for (guint i = 0; i < n; i++) {
            json_t *truth = load(dirs[i], "truth.json");
            if (!g_strcmp0(json_string_value(json_object_get(truth, "level")), levels[l]))
                read_one(program, dirs[i], temp, &row);
            json_decref(truth);
        }
        if (!row.n)
            continue;
        printf("\n%s: %u licences                                        ours  tesseract    ratio\n", row.level, row.n);
        const struct {
            const char *what;
            double ours, other;
            const char *unit;
        } values[] = { { "code_exact", 100.0 * row.code_ours / row.n, 100.0 * row.code_peer / row.n, "%" },
                       { "name_exact", 100.0 * row.name_ours / row.n, 100.0 * row.name_peer / row.n, "%" },
                       { "licence_cpu_s", row.cpu_ours / row.n, row.cpu_peer / row.n, "s" },
                       { "licence_wall_s", row.wall_ours / row.n, row.wall_peer / row.n, "s" } };
        for (guint v = 0; v < G_N_ELEMENTS(values); v++) {
            g_autofree char *label = g_strdup_printf("%s_%s", values[v].what, row.level);
            add_row(rows, label, values[v].ours, values[v].other, values[v].unit);
        }
        all += row.n;
    }
    return all > 0;
}

int
main(int argc, char **argv)
{
    g_autofree char *json = NULL, *program = NULL;
    int limit = 0;
    const GOptionEntry entries[] = {
        { "sealbatch", 0, 0, G_OPTION_ARG_FILENAME, &program, "The command to measure", "PROGRAM" },
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "Write the rows here too", "FILE" },
        { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "No more orders than this", "N" },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("order|reading ORDER_DIR...");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || argc < 3 || !program) {
        g_printerr("bench_order: order or reading, --sealbatch PROGRAM and ORDER_DIR... are needed\n");
        return 2;
    }
    g_autofree char *temp = g_dir_make_tmp("sealbatch-bench-XXXXXX", NULL);
    guint n = (guint)argc - 2;
    if (limit > 0)
        n = MIN(n, (guint)limit);
    json_t *rows = json_array();
    gboolean fine = !strcmp(argv[1], "reading") ? bench_reading(program, argv + 2, n, temp, rows)
                                                : bench_orders(program, argv + 2, n, temp, rows);
    json_t *all = json_pack("{s:o}", "rows", rows);
    if (json && json_dump_file(all, json, JSON_INDENT(1)) != 0)
        g_printerr("bench_order: %s cannot be written\n", json);
    json_decref(all);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", temp);
    fine = system(remove) == 0 && fine;
    return fine ? 0 : 1;
}
