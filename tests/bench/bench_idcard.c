/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_idcard.c: ID cards of orders with ground truth: what was read right, wrong, not at all, by level, and the
 * CPU time a page.
 *
 *   bench_idcard [--list] [--model DIR] [--hanzi FILE] ORDER_DIR...      each with truth.json and order.json
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "ocr/codeline.h"
#include "ocr/idcard.h"
#include "ocr/tess.h"

enum { LEVELS = 4, KEYS = 10 };
static const char *const level_names[LEVELS] = { "clean", "scan", "photo", "hard" };

/* Field of ours, key of the truth. */
static const struct {
    const char *field, *truth;
    SeenAs side;
} keys[KEYS] = {
    { FIELD_ID_NUMBER, "id_number", SEEN_ID_FRONT }, { FIELD_NAME, "name", SEEN_ID_FRONT },
    { FIELD_SEX, "sex", SEEN_ID_FRONT },             { FIELD_NATION, "ethnic", SEEN_ID_FRONT },
    { FIELD_BIRTH, "born", SEEN_ID_FRONT },          { FIELD_ADDRESS, "address", SEEN_ID_FRONT },
    { FIELD_AUTHORITY, "authority", SEEN_ID_BACK },  { FIELD_VALID_FROM, "issued", SEEN_ID_BACK },
    { FIELD_VALID_UNTIL, "expires", SEEN_ID_BACK },  { "side", NULL, SEEN_UNKNOWN },
};

typedef struct {
    guint all, right, right_read, wrong_read, confirmed, denied;
} Tally;

typedef struct {
    Tally tally[LEVELS][KEYS];
    GArray *ms[LEVELS];
    gboolean list;
    IdcardTools tools;
} Bench;

static double
cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static const Document *
side_of(const GPtrArray *documents, SeenAs side)
{
    for (guint i = 0; i < documents->len; i++)
        if (((Document *)documents->pdata[i])->seen_as == side)
            return documents->pdata[i];
    return NULL;
}

static void
count_field(Bench *b, guint level, guint key, const char *truth, const Document *document, const char *where)
{
    Tally *t = &b->tally[level][key];
    const DocumentField *f = document ? document_find_field(document, keys[key].field) : NULL;
    gboolean right = f && f->text && text_equal(f->text, truth);
    t->all++;
    t->right += right;
    t->right_read += right && f->status == FIELD_READ;
    t->wrong_read += f && !right && f->status == FIELD_READ;
    t->confirmed += f && f->verdict == VERDICT_CONFIRMED;
    t->denied += f && f->verdict == VERDICT_DENIED;
    if (b->list && !(right && f->status == FIELD_READ))
        printf("%s %s %s: %s %s, printed %s (%s)\n", where, keys[key].field, right ? "right" : "WRONG",
               f ? field_status_name(f->status) : "no side", f && f->text ? f->text : "-", truth,
               f && f->evidence ? f->evidence : "");
    if (b->list && f && f->verdict != VERDICT_NONE && f->verdict != VERDICT_CONFIRMED)
        printf("%s %s verdict %s: %s\n", where, keys[key].field, verdict_name(f->verdict),
               f->evidence ? f->evidence : "");
}

static const char *
truth_of(const json_t *document, guint key)
{
    static const char born[] = "born";
    const json_t *person = json_object_get(document, "person");
    const char *name = keys[key].truth;
    const char *value = json_string_value(json_object_get(person, name));
    if (!value && strcmp(name, "expires") == 0)
        return "长期";
    return value ? value : strcmp(name, born) == 0 ? "" : value;
}

static gboolean
has_side(const json_t *document, SeenAs side)
{
    const char *layout = json_string_value(json_object_get(document, "layout"));
    return strcmp(layout, "both") == 0 || strcmp(layout, side == SEEN_ID_FRONT ? "front" : "back") == 0;
}

static GPtrArray *
read_file(Bench *b, const char *path, const char *name, double *ms)
{
    GPtrArray *documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autofree char *content = NULL;
    gsize length;
    if (!g_file_get_contents(path, &content, &length, NULL))
        return documents;
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&content), length);
    double begin = cpu_ms();
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    g_autoptr(Page) page = file ? page_file_load(file, 0, 2, NULL) : NULL;
    if (page && MAX(page->stored_width, page->stored_height) <= 2200) {
        page_free(page);
        page = page_file_load(file, 0, 1, NULL);
    }
    ReaderExpect expect = { .person_name = name };
    if (page)
        idcard_find_and_read(&b->tools, file, page, &expect, documents);
    *ms = cpu_ms() - begin;
    return documents;
}

static void
bench_document(Bench *b, guint level, const char *dir, const json_t *document)
{
    const char *file = json_string_value(json_object_get(document, "file"));
    g_autofree char *path = g_build_filename(dir, file, NULL);
    const char *name = json_string_value(json_object_get(json_object_get(document, "person"), "name"));
    double ms;
    g_autoptr(GPtrArray) documents = read_file(b, path, name, &ms);
    g_array_append_val(b->ms[level], ms);
    const json_t *turned = json_object_get(document, "content_rot90_ccw");
    guint expected_turn = (guint)json_integer_value(turned) % 4 * 90;
    for (guint k = 0; k + 1 < KEYS; k++)
        if (has_side(document, keys[k].side))
            count_field(b, level, k, truth_of(document, k), side_of(documents, keys[k].side), path);
    for (guint i = 0; i < documents->len; i++) {
        const Document *d = documents->pdata[i];
        Tally *t = &b->tally[level][KEYS - 1];
        t->all++;
        gboolean right = has_side(document, d->seen_as);
        t->right += right;
        if (b->list && !right)
            printf("%s seen as %s\n", path, seen_as_name(d->seen_as));
        if (b->list && d->turned_deg != expected_turn)
            printf("%s turned %u, truth %u\n", path, d->turned_deg, expected_turn);
    }
}

static void
bench_order(Bench *b, const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "truth.json", NULL);
    json_t *truth = json_load_file(path, 0, NULL);
    if (!truth)
        return;
    const char *name = json_string_value(json_object_get(truth, "level"));
    guint level = 0;
    while (level + 1 < LEVELS && g_strcmp0(level_names[level], name) != 0)
        level++;
    gsize i;
    const json_t *document;
    json_array_foreach(json_object_get(truth, "documents"), i, document)
        if (g_strcmp0(json_string_value(json_object_get(document, "doc_kind")), "id_card") == 0)
            bench_document(b, level, dir, document);
    json_decref(truth);
}

static int
by_value(gconstpointer a, gconstpointer b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

static void
print_table(Bench *b)
{
    printf("%-12s", "");
    for (guint l = 0; l < LEVELS; l++)
        printf(" %-24s", level_names[l]);
    printf("\n%-12s", "");
    for (guint l = 0; l < LEVELS; l++)
        printf(" %-24s", "all right read wrong ok no");
    for (guint k = 0; k < KEYS; k++) {
        printf("\n%-12s", keys[k].field);
        for (guint l = 0; l < LEVELS; l++) {
            const Tally *t = &b->tally[l][k];
            printf(" %3u %5u %4u %5u %2u %2u ", t->all, t->right, t->right_read, t->wrong_read, t->confirmed, t->denied);
        }
    }
    printf("\n%-12s", "cpu ms");
    for (guint l = 0; l < LEVELS; l++) {
        GArray *ms = b->ms[l];
        g_array_sort(ms, by_value);
        if (ms->len)
            printf(" median %4.0f worst %4.0f  ", g_array_index(ms, double, ms->len / 2),
                   g_array_index(ms, double, ms->len - 1));
    }
    printf("\n");
}

int
main(int argc, char **argv)
{
    Bench b = { .list = FALSE };
    const char *model_dir = NULL, *hanzi = NULL;
    int first = 1;
    for (; first < argc && g_str_has_prefix(argv[first], "--"); first++) {
        if (strcmp(argv[first], "--list") == 0)
            b.list = TRUE;
        else if (strcmp(argv[first], "--model") == 0 && first + 1 < argc)
            model_dir = argv[++first];
        else if (strcmp(argv[first], "--hanzi") == 0 && first + 1 < argc)
            hanzi = argv[++first];
    }
    if (!g_getenv("OMP_THREAD_LIMIT")) {
        fprintf(stderr, "set OMP_THREAD_LIMIT=1\n");
        return 2;
    }
    GError *error = NULL;
    b.tools.figures = tess_open(NULL, "eng", IDCARD_FIGURES, FALSE, &error);
    if (!b.tools.figures) {
        fprintf(stderr, "%s\n", error->message);
        return 7;
    }
    if (model_dir) {
        b.tools.number = tess_open(model_dir, "sbid", NULL, FALSE, NULL);
        b.tools.codeline = codeline_open(model_dir, NULL);
    }
    if (hanzi && !(b.tools.hanzi = hanzi_open(hanzi, &error))) {
        fprintf(stderr, "%s\n", error->message);
        return 7;
    }
    for (guint l = 0; l < LEVELS; l++)
        b.ms[l] = g_array_new(FALSE, FALSE, sizeof(double));
    for (int i = first; i < argc; i++)
        bench_order(&b, argv[i]);
    print_table(&b);
    return 0;
}
