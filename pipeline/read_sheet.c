/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An order's sheets in their child: pages -> impressions and pictures (sealgen), straightened text
 * lines -> characters (ocr).
 *
 * The answer: one line of JSON with "files" and "lines", a newline, and the sheet's own JSON.
 */
#include <jansson.h>
#include <string.h>

#include "core/text.h"
#include "pipeline/json_text.h"
#include "pipeline/read_bytes.h"
#include "pipeline/read_unit.h"
#include "pipeline/seal_inside.h"
#include "pipeline/seal_line.h"
#include "pipeline/seal_text.h"

enum { MAX_LINE_TEXT = 1024, MAX_LINES = 256, MAX_MESSAGE = 512 };

/* ---- in the child: text lines ------------------------------------------------------------------- */

static HanziLine
hanzi_line(const SealLine *line)
{
    return (HanziLine){ .px = line->image->data,
                        .width = line->image->width,
                        .height = line->image->height,
                        .stride = line->image->width,
                        .em_px = line->em_px,
                        .layout = HANZI_SPACED };
}

/* A name seal may end in 印, 之印 or 章, or in nothing. One that differs denies nothing: there are many ways to write
 * it. */
static Verdict
verify_person(const Hanzi *hanzi, const HanziLine *line, const char *name, const HanziReading *reading)
{
    static const char *const tails[] = { "", "印", "之印", "章" };
    for (guint i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *text = g_strconcat(name, tails[i], NULL);
        if (is_read_surely(reading, text))
            return VERDICT_CONFIRMED;
        g_auto(HanziVerdict) verdict = { 0 };
        if (hanzi_verify(hanzi, line, text, &verdict, NULL) && verdict.answer == HANZI_PASSES)
            return VERDICT_CONFIRMED;
    }
    return VERDICT_UNDECIDED;
}

typedef struct {
    Verdict verdict;
    const char *expected; /* NULL: the order expects nothing of this line */
    char *read;           /* owned: instead of what the reading says, or NULL */
} LineJudged;

/* A line inside the ring: the seal's purpose, or a code. */
static void
judge_inside(const Hanzi *hanzi, const Order *order, SealType type, const HanziLine *line, const HanziReading *reading,
             LineJudged *judged)
{
    judged->verdict = purpose_verdict(hanzi, line, reading, type);
    if (judged->verdict != VERDICT_NONE) {
        judged->expected = purpose_word(type);
    } else if (order->credit_code) {
        judged->verdict = code_verdict(hanzi, line, reading, order->credit_code, &judged->read);
        judged->expected = judged->verdict != VERDICT_NONE ? order->credit_code : NULL;
    }
}

static LineJudged
judge_line(const Hanzi *hanzi, const Order *order, SealType type, const SealLine *line, const HanziLine *picture,
           const HanziReading *reading)
{
    LineJudged judged = { VERDICT_NONE, NULL, NULL };
    if (line->kind == LINE_RING && seal_bears_company(type) && order->company_name) {
        judged.verdict = ring_verdict(hanzi, picture, order->company_name, reading);
        judged.expected = order->company_name;
    } else if (line->kind == LINE_CELLS && type == SEAL_LEGAL_REP && order->legal_rep.name) {
        judged.verdict = verify_person(hanzi, picture, order->legal_rep.name, reading);
        judged.expected = order->legal_rep.name;
    } else if ((line->kind == LINE_CENTRE || line->kind == LINE_BOTTOM) && seal_bears_company(type)) {
        judge_inside(hanzi, order, type, picture, reading, &judged);
    }
    return judged;
}

static gboolean
read_line(const Hanzi *hanzi, const SealLine *line, const HanziLine *picture, HanziReading *reading)
{
    HanziReadAs as = line->kind == LINE_NUMBER  ? HANZI_READ_DIGITS
                     : line->kind == LINE_CELLS ? HANZI_READ_PERSON
                     : line->kind == LINE_RING  ? HANZI_READ_NAME
                                                : HANZI_READ_ANY;
    g_autoptr(Image) wide = line->kind == LINE_RING ? seal_line_widened(hanzi, picture) : NULL;
    HanziLine best = *picture;
    if (wide) {
        best.px = wide->data;
        best.width = wide->width;
        best.stride = wide->width;
    }
    return hanzi_read(hanzi, &best, as, reading, NULL) && reading->text;
}

static json_t *
line_json(const Models *models, const Order *order, const SheetSeal *seal, guint seal_index, guint line_index)
{
    const SealLine *line = seal->lines->pdata[line_index];
    json_t *o = json_object();
    json_object_set_new(o, "seal", json_integer(seal_index));
    json_object_set_new(o, "line", json_integer(line_index));
    json_object_set_new(o, "kind", json_integer(line->kind));
    if (!line->image || line->image->channels != 1)
        return o;
    HanziLine picture = hanzi_line(line);
    g_auto(HanziReading) reading = { 0 };
    gboolean read = read_line(models->hanzi, line, &picture, &reading);
    LineJudged judged = judge_line(models->hanzi, order, seal->type, line, &picture, &reading);
    if (read || judged.read) {
        json_object_set_new(o, "read", json_text(judged.read ? judged.read : reading.text));
        json_object_set_new(o, "confidence", json_integer((int)(100 * CLAMP(reading.confidence, 0, 1))));
    }
    json_object_set_new(o, "verdict", json_integer(judged.verdict));
    if (judged.expected)
        json_object_set_new(o, "expected", json_text(judged.expected));
    g_free(judged.read);
    return o;
}

static json_t *
read_lines(const SheetWork *work, SheetResult *sheet)
{
    json_t *list = json_array();
    for (guint s = 0; s < sheet->seals->len; s++) {
        SheetSeal *seal = sheet->seals->pdata[s];
        for (guint i = 0; seal->lines && i < seal->lines->len; i++)
            json_array_append_new(list, line_json(work->models, work->order, seal, s, i));
        if (seal->lines)
            g_ptr_array_set_size(seal->lines, 0); /* read: they need not cross the pipe */
    }
    return list;
}

/* ---- in the child: pages ------------------------------------------------------------------------ */

static PageFile *
open_file(int fd, json_t *files)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = read_bytes(fd, PAGE_LIMITS.max_bytes, &error);
    PageFile *file = bytes ? page_file_open(bytes, NULL, &error) : NULL;
    json_array_append_new(files, file ? json_pack("{s:i}", "pages", (int)page_file_pages(file))
                                      : json_pack("{s:i, s:o}", "pages", 0, "message", json_text(error->message)));
    return file;
}

/* Known once the pages are decoded. */
static void
note_truncated(const GPtrArray *open, json_t *files)
{
    for (guint f = 0, opened = 0; f < json_array_size(files); f++) {
        json_t *file = json_array_get(files, f);
        if (json_integer_value(json_object_get(file, "pages")) > 0 && page_file_truncated(open->pdata[opened++]))
            json_object_set_new(file, "truncated", json_true());
    }
}

GBytes *
sheet_work(const int *fds, guint n_fds, gpointer data, GError **error)
{
    const SheetWork *work = data;
    g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func((GDestroyNotify)page_file_free);
    SheetPage pages[SHEET_MAX_PAGES];
    guint n = 0;
    json_t *head = json_object(), *files = json_array();
    json_object_set_new(head, "files", files);
    for (guint f = 0; f < n_fds; f++) {
        PageFile *file = open_file(fds[f], files);
        if (!file)
            continue;
        g_ptr_array_add(open, file);
        for (guint p = 0; p < page_file_pages(file) && n < SHEET_MAX_PAGES; p++)
            pages[n++] = (SheetPage){ .file = file, .index = p, .name = work->files[f], .turned_deg = -1 };
    }
    g_autofree char *sheet_json = NULL;
    if (n > 0) {
        g_autoptr(SheetResult) sheet = sheet_extract(pages, n, work->order, &work->options, error);
        if (!sheet) {
            json_decref(head);
            return NULL;
        }
        note_truncated(open, files);
        json_object_set_new(head, "lines", read_lines(work, sheet));
        sheet_json = sheet_result_to_json(sheet);
    }
    g_autofree char *line = json_line(head);
    char *answer = g_strconcat(line, "\n", sheet_json, NULL);
    return g_bytes_new_take(answer, strlen(answer));
}

/* ---- in the parent ------------------------------------------------------------------------------ */

static void
file_seen_clear(gpointer data)
{
    g_free(((SheetFileSeen *)data)->message);
}

void
sheet_answer_free(SheetAnswer *answer)
{
    if (!answer)
        return;
    g_clear_pointer(&answer->sheet, sheet_result_free);
    g_ptr_array_unref(answer->lines);
    g_array_unref(answer->files);
    g_free(answer);
}

static gboolean
parse_files(SheetAnswer *answer, const json_t *files, guint n_files, guint *n_pages)
{
    if (!json_is_array(files) || json_array_size(files) != n_files)
        return FALSE;
    for (guint i = 0; i < n_files; i++) {
        const json_t *file = json_array_get(files, i);
        SheetFileSeen seen = { .pages = (guint)json_member_int(file, "pages", 0, PAGE_LIMITS.max_pages, 0) };
        const char *message = json_member_text(file, "message", MAX_MESSAGE);
        seen.truncated = json_is_true(json_object_get(file, "truncated"));
        if (seen.pages == 0)
            seen.message = g_strdup(message ? message : "it holds no pages");
        g_array_append_val(answer->files, seen);
        *n_pages = MIN(*n_pages + seen.pages, SHEET_MAX_PAGES);
    }
    return TRUE;
}

static gboolean
parse_lines(SheetAnswer *answer, const json_t *lines, guint n_seals)
{
    if (!json_is_array(lines) || json_array_size(lines) > MAX_LINES)
        return FALSE;
    for (guint i = 0; i < json_array_size(lines); i++) {
        const json_t *o = json_array_get(lines, i);
        gint64 seal = json_member_int(o, "seal", 0, (gint64)n_seals - 1, -1);
        gint64 kind = json_member_int(o, "kind", 0, LINE_KINDS - 1, -1);
        if (seal < 0 || kind < 0)
            return FALSE;
        SealLineRead *line = g_new0(SealLineRead, 1);
        line->seal = (guint)seal;
        line->line = (guint)json_member_int(o, "line", 0, MAX_LINES, 0);
        line->kind = (SealLineKind)kind;
        line->verdict = (Verdict)json_member_int(o, "verdict", 0, VERDICTS - 1, VERDICT_UNDECIDED);
        line->confidence = (guint)json_member_int(o, "confidence", 0, 100, 0);
        line->expected = g_strdup(json_member_text(o, "expected", MAX_LINE_TEXT));
        line->read = g_strdup(json_member_text(o, "read", MAX_LINE_TEXT));
        g_ptr_array_add(answer->lines, line);
    }
    return TRUE;
}

SheetAnswer *
sheet_answer_parse(GBytes *bytes, guint n_files, const Order *order, GError **error)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    const char *newline = length ? memchr(text, '\n', length) : NULL;
    g_autoptr(SheetAnswer) answer = g_new0(SheetAnswer, 1);
    guint n_pages = 0;
    answer->lines = g_ptr_array_new_with_free_func((GDestroyNotify)seal_line_read_free);
    answer->files = g_array_new(FALSE, TRUE, sizeof(SheetFileSeen));
    g_array_set_clear_func(answer->files, file_seen_clear);
    json_t *head = newline ? json_loadb(text, (gsize)(newline - text), JSON_REJECT_DUPLICATES, NULL) : NULL;
    gboolean fine = head && parse_files(answer, json_object_get(head, "files"), n_files, &n_pages);
    gsize rest = newline ? length - (gsize)(newline - text) - 1 : 0;
    if (fine && n_pages > 0)
        fine = parse_lines(answer, json_object_get(head, "lines"), order->seals->len) && rest > 0;
    json_decref(head);
    if (!fine) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the sheet's reading process gave an answer that cannot be used");
        return NULL;
    }
    if (n_pages > 0) {
        answer->sheet = sheet_result_from_json(newline + 1, rest, n_pages, order, error);
        if (!answer->sheet)
            return NULL;
    }
    return g_steal_pointer(&answer);
}
