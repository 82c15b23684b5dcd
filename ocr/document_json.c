/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document_json.c: a reading child's answer as JSON. The child decoded hostile pixels, so its answer is
 * hostile too: every length, count, number and word is checked on the way in.
 */
#include "ocr/document.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum {
    MAX_JSON_BYTES = 1 << 20,
    MAX_DOCUMENTS = 64,
    MAX_FIELDS = 32,
    MAX_KEY_BYTES = 40,
    MAX_TEXT_BYTES = 4096,
    MAX_PAGE = 1000,
    MAX_DPI = 10000,
    MAX_DIFFERS_AT = 1000
};
#define MAX_COORDINATE 1e6

#define QUALITY_ALL (QUALITY_BLUR | QUALITY_GLARE | QUALITY_CUT_BORDER | QUALITY_FEW_PIXELS | QUALITY_DARK)

static const char *const CAPTURE_NAMES[CAPTURES] = { "unknown", "scan", "photo", "screen", "grey_copy" };

typedef const char *(*WordOf)(int value);

static const char *
seen_word(int value)
{
    return seen_as_name((SeenAs)value);
}
static const char *
status_word(int value)
{
    return field_status_name((FieldStatus)value);
}
static const char *
verdict_word(int value)
{
    return verdict_name((Verdict)value);
}
static const char *
capture_word(int value)
{
    return CAPTURE_NAMES[value];
}

/* ---- out ---------------------------------------------------------------------------------------- */

static json_t *
box_to_json(const Quad *box)
{
    json_t *list = json_array();
    for (guint i = 0; i < 4; i++)
        json_array_append_new(list, json_pack("[f, f]", box->p[i].x, box->p[i].y));
    return list;
}

static void
set_text(json_t *object, const char *key, const char *text)
{
    if (text && g_utf8_validate(text, -1, NULL))
        json_object_set_new(object, key, json_string(text));
}

static json_t *
field_to_json(const DocumentField *field)
{
    json_t *object = json_pack("{s:s, s:s, s:i, s:s, s:i}", "key", field->key, "status",
                               field_status_name(field->status), "confidence", (int)field->confidence, "verdict",
                               verdict_name(field->verdict), "differs_at", field->differs_at);
    set_text(object, "text", field->text);
    set_text(object, "suggestion", field->suggestion);
    set_text(object, "evidence", field->evidence);
    if (field->has_box)
        json_object_set_new(object, "box_px", box_to_json(&field->box_px));
    return object;
}

char *
documents_to_json(const GPtrArray *documents)
{
    json_t *list = json_array();
    for (guint i = 0; i < documents->len; i++) {
        const Document *d = g_ptr_array_index(documents, i);
        json_t *fields = json_array();
        for (guint k = 0; k < d->fields->len; k++)
            json_array_append_new(fields, field_to_json(g_ptr_array_index(d->fields, k)));
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:i, s:i, s:i, s:s, s:b, s:o}", "seen_as", seen_as_name(d->seen_as), "page",
                            (int)d->page, "turned_deg", (int)d->turned_deg, "dpi", (int)d->dpi, "quality",
                            (int)d->quality, "capture", CAPTURE_NAMES[d->capture], "stamp_present",
                            (int)d->stamp_present, "fields", fields));
    }
    json_t *top = json_pack("{s:o}", "documents", list);
    char *out = json_dumps(top, JSON_COMPACT);
    json_decref(top);
    char *text = g_strdup(out);
    free(out);
    return text;
}

/* ---- in ----------------------------------------------------------------------------------------- */

static gboolean
refuse(GError **error, const char *what)
{
    g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the reading process gave a bad answer: %s", what);
    return FALSE;
}

static gboolean
take_int(const json_t *object, const char *key, int least, int most, int *out, GError **error)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < least || json_integer_value(value) > most)
        return refuse(error, key);
    *out = (int)json_integer_value(value);
    return TRUE;
}

static gboolean
take_word(const json_t *object, const char *key, WordOf word_of, int n, int *out, GError **error)
{
    const char *word = json_string_value(json_object_get(object, key));
    for (int i = 0; word && i < n; i++)
        if (g_str_equal(word, word_of(i))) {
            *out = i;
            return TRUE;
        }
    return refuse(error, key);
}

/* Absent is NULL. jansson has checked the UTF-8 and refuses \u0000. */
static gboolean
take_text(const json_t *object, const char *key, gsize most, char **out, GError **error)
{
    const json_t *value = json_object_get(object, key);
    *out = NULL;
    if (!value)
        return TRUE;
    if (!json_is_string(value) || json_string_length(value) > most ||
        strlen(json_string_value(value)) != json_string_length(value))
        return refuse(error, key);
    *out = g_strdup(json_string_value(value));
    return TRUE;
}

static gboolean
take_box(const json_t *object, DocumentField *field, GError **error)
{
    const json_t *box = json_object_get(object, "box_px");
    if (!box)
        return TRUE;
    if (!json_is_array(box) || json_array_size(box) != 4)
        return refuse(error, "box_px");
    for (guint i = 0; i < 4; i++) {
        const json_t *point = json_array_get(box, i);
        const json_t *x = json_array_get(point, 0), *y = json_array_get(point, 1);
        if (!json_is_array(point) || json_array_size(point) != 2 || !json_is_number(x) || !json_is_number(y))
            return refuse(error, "box_px");
        Point p = { json_number_value(x), json_number_value(y) };
        if (!(fabs(p.x) <= MAX_COORDINATE && fabs(p.y) <= MAX_COORDINATE))
            return refuse(error, "box_px");
        field->box_px.p[i] = p;
    }
    field->has_box = TRUE;
    return TRUE;
}

static gboolean
take_field(const json_t *object, Document *document, GError **error)
{
    g_autofree char *key = NULL;
    if (!json_is_object(object))
        return refuse(error, "field");
    if (!take_text(object, "key", MAX_KEY_BYTES, &key, error))
        return FALSE;
    if (!key || !*key || document_find_field(document, key))
        return refuse(error, "key");
    DocumentField *field = document_field(document, key);
    int status, verdict, confidence;
    if (!take_word(object, "status", status_word, FIELD_STATUSES, &status, error) ||
        !take_word(object, "verdict", verdict_word, VERDICTS, &verdict, error) ||
        !take_int(object, "confidence", 0, 100, &confidence, error) ||
        !take_int(object, "differs_at", -1, MAX_DIFFERS_AT, &field->differs_at, error) ||
        !take_text(object, "text", MAX_TEXT_BYTES, &field->text, error) ||
        !take_text(object, "suggestion", MAX_TEXT_BYTES, &field->suggestion, error) ||
        !take_text(object, "evidence", MAX_TEXT_BYTES, &field->evidence, error) || !take_box(object, field, error))
        return FALSE;
    field->status = (FieldStatus)status;
    field->verdict = (Verdict)verdict;
    field->confidence = (guint)confidence;
    return TRUE;
}

static Document *
take_document(const json_t *object, GError **error)
{
    if (!json_is_object(object)) {
        refuse(error, "document");
        return NULL;
    }
    int seen_as, page, turned, dpi, quality, capture;
    if (!take_word(object, "seen_as", seen_word, SEEN_KINDS, &seen_as, error) ||
        !take_int(object, "page", 0, MAX_PAGE, &page, error) ||
        !take_int(object, "turned_deg", 0, 270, &turned, error) ||
        !take_int(object, "dpi", 0, MAX_DPI, &dpi, error) ||
        !take_int(object, "quality", 0, QUALITY_ALL, &quality, error) ||
        !take_word(object, "capture", capture_word, CAPTURES, &capture, error))
        return NULL;
    const json_t *fields = json_object_get(object, "fields"), *stamp = json_object_get(object, "stamp_present");
    if (turned % 90 || !json_is_boolean(stamp) || !json_is_array(fields) || json_array_size(fields) > MAX_FIELDS) {
        refuse(error, "document");
        return NULL;
    }
    g_autoptr(Document) document = document_new((SeenAs)seen_as, (guint)page);
    document->turned_deg = (guint)turned;
    document->dpi = (guint)dpi;
    document->quality = (Quality)quality;
    document->capture = (Capture)capture;
    document->stamp_present = json_is_true(stamp);
    for (gsize i = 0; i < json_array_size(fields); i++)
        if (!take_field(json_array_get(fields, i), document, error))
            return NULL;
    return g_steal_pointer(&document);
}

static GPtrArray *
take_documents(const json_t *top, GError **error)
{
    const json_t *list = json_object_get(top, "documents");
    if (!json_is_array(list) || json_array_size(list) > MAX_DOCUMENTS) {
        refuse(error, "documents");
        return NULL;
    }
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    for (gsize i = 0; i < json_array_size(list); i++) {
        Document *document = take_document(json_array_get(list, i), error);
        if (!document)
            return NULL;
        g_ptr_array_add(documents, document);
    }
    return g_steal_pointer(&documents);
}

GPtrArray *
documents_from_json(const char *json, gsize length, GError **error)
{
    if (length > MAX_JSON_BYTES) {
        refuse(error, "too long");
        return NULL;
    }
    json_error_t where;
    json_t *top = json_loadb(json, length, JSON_REJECT_DUPLICATES, &where);
    if (!top) {
        refuse(error, "no JSON");
        return NULL;
    }
    GPtrArray *documents = take_documents(top, error);
    json_decref(top);
    return documents;
}
