/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_json.c: the sheet's result between the child that decoded hostile pixels and its parent.
 *
 * The child's answer is hostile too: every count, size, word and number is checked on the way in.
 * Pictures travel as base64; alpha is packed two pixels a byte (16 levels, all that the PNG keeps).
 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "sealgen/sheet.h"

enum {
    MAX_JSON_BYTES = 64 << 20,
    MAX_SAMPLES = 32,
    MAX_LINES = 8,
    MAX_FINDINGS = 200,
    MAX_TEXT_BYTES = 1024,
    MAX_LINE_PIXELS = 4 << 20,
    MAX_LINE_SIDE = 8192
};
#define MAX_UNCERTAINTY_MM 1000.0
#define MAX_COORDINATE 1e6
#define MAX_CANVAS_MM 100.0
#define REASONS_ALL ((1u << 9) - 1)

/* ---- out ---------------------------------------------------------------------------------------- */

static json_t *
number_or_zero(double value)
{
    return json_real(isfinite(value) ? value : 0);
}

static json_t *
points_to_json(const Point *p, guint n)
{
    json_t *list = json_array();
    for (guint i = 0; i < n; i++)
        json_array_append_new(list, json_pack("[o, o]", number_or_zero(p[i].x), number_or_zero(p[i].y)));
    return list;
}

static void
set_text(json_t *object, const char *key, const char *text)
{
    if (text && g_utf8_validate(text, -1, NULL))
        json_object_set_new(object, key, json_string(text));
}

static json_t *
bytes_to_json(const guint8 *bytes, gsize n)
{
    g_autofree char *text = g_base64_encode(bytes, n);
    return json_string(text);
}

static json_t *
alpha_to_json(const guint8 *alpha, gsize n)
{
    g_autofree guint8 *packed = g_malloc0((n + 1) / 2);
    for (gsize i = 0; i < n; i++)
        packed[i / 2] |= (guint8)(((alpha[i] + 8) / 17) << (i % 2 ? 0 : 4));
    return bytes_to_json(packed, (n + 1) / 2);
}

/* Runs of up to 255 equal bytes: count, value. The map of agreement is mostly one value. */
static json_t *
runs_to_json(const guint8 *bytes, gsize n)
{
    g_autoptr(GByteArray) runs = g_byte_array_new();
    for (gsize i = 0; i < n;) {
        gsize end = i + 1;
        while (end < n && end - i < 255 && bytes[end] == bytes[i])
            end++;
        guint8 run[2] = { (guint8)(end - i), bytes[i] };
        g_byte_array_append(runs, run, 2);
        i = end;
    }
    return bytes_to_json(runs->data, runs->len);
}

static json_t *
sample_to_json(const SheetSample *s)
{
    json_t *object = json_pack("{s:i, s:i, s:o, s:o, s:o, s:b, s:i, s:[o, o], s:o}", "page", (int)s->page, "page_index",
                               (int)s->page_index, "centre_px", points_to_json(&s->centre_px, 1), "rotation_deg",
                               number_or_zero(s->rotation_deg), "quality", number_or_zero(s->quality), "used",
                               (int)s->used, "reasons", (int)s->reasons, "size_mm", number_or_zero(s->size_mm[0]),
                               number_or_zero(s->size_mm[1]), "box_px", points_to_json(s->box_px.p, 4));
    set_text(object, "file", s->file);
    return object;
}

static json_t *
line_to_json(const SealLine *line)
{
    gsize n = (gsize)line->image->width * line->image->height;
    return json_pack("{s:i, s:i, s:i, s:i, s:o, s:o}", "kind", (int)line->kind, "width", (int)line->image->width,
                     "height", (int)line->image->height, "em_px", (int)line->em_px, "confidence",
                     number_or_zero(line->confidence), "grey", bytes_to_json(line->image->data, n));
}

static json_t *
seal_to_json(const SheetSeal *seal)
{
    json_t *object = json_pack("{s:i, s:i, s:i, s:b, s:i, s:o, s:o}", "index", (int)seal->seal_index, "type",
                               (int)seal->type, "shape", (int)seal->shape, "found", (int)seal->found, "scale_source",
                               (int)seal->scale_source, "upright_confidence", number_or_zero(seal->upright_confidence),
                               "uncertainty_mm", number_or_zero(seal->uncertainty_mm));
    json_t *samples = json_array(), *lines = json_array();
    for (guint i = 0; i < seal->samples->len; i++)
        json_array_append_new(samples, sample_to_json(g_ptr_array_index(seal->samples, i)));
    for (guint i = 0; i < seal->lines->len; i++)
        json_array_append_new(lines, line_to_json(g_ptr_array_index(seal->lines, i)));
    json_object_set_new(object, "samples", samples);
    json_object_set_new(object, "lines", lines);
    if (seal->found) {
        gsize n = (gsize)seal->width * seal->height;
        json_object_set_new(object, "width", json_integer(seal->width));
        json_object_set_new(object, "height", json_integer(seal->height));
        json_object_set_new(object, "px_per_mm", json_integer(seal->px_per_mm));
        json_object_set_new(object, "levels", json_integer(seal->levels));
        json_object_set_new(object, "ink",
                            json_pack("[i, i, i]", seal->ink_rgb[0], seal->ink_rgb[1], seal->ink_rgb[2]));
        json_object_set_new(
            object, "measured_mm",
            json_pack("[o, o]", number_or_zero(seal->measured_mm[0]), number_or_zero(seal->measured_mm[1])));
        json_object_set_new(object, "alpha", alpha_to_json(seal->alpha, n));
        if (seal->agreement)
            json_object_set_new(object, "agreement", runs_to_json(seal->agreement, n));
    }
    return object;
}

static json_t *
finding_to_json(const Finding *f)
{
    json_t *object = json_pack("{s:s, s:s, s:i}", "code", finding_code_name(f->code), "severity",
                               severity_name(f->severity), "page", f->page);
    set_text(object, "file", f->file);
    set_text(object, "field", f->field);
    set_text(object, "seal", f->seal);
    set_text(object, "read", f->read);
    set_text(object, "form", f->form);
    set_text(object, "detail", f->detail);
    if (f->has_box)
        json_object_set_new(object, "box_px", points_to_json(f->box_px.p, 4));
    return object;
}

char *
sheet_result_to_json(const SheetResult *result)
{
    json_t *seals = json_array(), *pages = json_array(), *findings = json_array();
    for (guint i = 0; i < result->seals->len; i++)
        json_array_append_new(seals, seal_to_json(g_ptr_array_index(result->seals, i)));
    for (guint i = 0; i < result->pages->len; i++) {
        const SheetPageSeen *p = &g_array_index(result->pages, SheetPageSeen, i);
        json_array_append_new(pages,
                              json_pack("{s:i, s:o, s:i, s:i, s:b}", "turned_deg", (int)p->turned_deg, "px_per_mm",
                                        number_or_zero(p->px_per_mm), "scale_source", (int)p->scale_source,
                                        "impressions", (int)p->impressions, "blank", (int)p->blank));
    }
    for (guint i = 0; i < MIN(result->findings->len, MAX_FINDINGS); i++)
        json_array_append_new(findings, finding_to_json(g_ptr_array_index(result->findings, i)));
    const SheetTimes *t = &result->times;
    json_t *root =
        json_pack("{s:o, s:o, s:o, s:[f, f, f, f, f, f]}", "seals", seals, "pages", pages, "findings", findings,
                  "times", t->decode_ms, t->layout_ms, t->unmix_ms, t->register_ms, t->fuse_ms, t->total_ms);
    char *text = json_dumps(root, JSON_COMPACT);
    char *out = g_strdup(text);
    free(text);
    json_decref(root);
    return out;
}

/* ---- in ----------------------------------------------------------------------------------------- */

/* Every reader answers FALSE where the value is absent, of another kind or out of range. */
static gboolean
read_integer(const json_t *object, const char *key, json_int_t least, json_int_t most, guint *out)
{
    const json_t *v = json_object_get(object, key);
    if (!json_is_integer(v) || json_integer_value(v) < least || json_integer_value(v) > most)
        return FALSE;
    *out = (guint)json_integer_value(v);
    return TRUE;
}

static gboolean
number_of(const json_t *v, double least, double most, double *out)
{
    if (!json_is_number(v))
        return FALSE;
    *out = json_number_value(v);
    return isfinite(*out) && *out >= least && *out <= most;
}

static gboolean
read_number(const json_t *object, const char *key, double least, double most, double *out)
{
    return number_of(json_object_get(object, key), least, most, out);
}

static gboolean
read_points(const json_t *list, Point *p, guint n)
{
    if (!json_is_array(list) || json_array_size(list) != n)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, i);
        if (!json_is_array(pair) || json_array_size(pair) != 2 ||
            !number_of(json_array_get(pair, 0), -MAX_COORDINATE, MAX_COORDINATE, &p[i].x) ||
            !number_of(json_array_get(pair, 1), -MAX_COORDINATE, MAX_COORDINATE, &p[i].y))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_sizes(const json_t *object, const char *key, double *mm)
{
    const json_t *pair = json_object_get(object, key);
    return json_is_array(pair) && json_array_size(pair) == 2 && number_of(json_array_get(pair, 0), 0, 1000, &mm[0]) &&
           number_of(json_array_get(pair, 1), 0, 1000, &mm[1]);
}

static gboolean
read_boolean(const json_t *object, const char *key, gboolean *out)
{
    const json_t *v = json_object_get(object, key);
    *out = json_is_true(v);
    return json_is_boolean(v);
}

/* Absent is fine and gives NULL. */
static gboolean
read_text(const json_t *object, const char *key, char **out)
{
    const json_t *v = json_object_get(object, key);
    if (!v)
        return TRUE;
    if (!json_is_string(v) || json_string_length(v) > MAX_TEXT_BYTES)
        return FALSE;
    *out = g_strdup(json_string_value(v));
    return TRUE;
}

/* Exactly @n bytes of base64. */
static guint8 *
read_bytes(const json_t *object, const char *key, gsize n)
{
    const json_t *v = json_object_get(object, key);
    if (!json_is_string(v) || json_string_length(v) != (n + 2) / 3 * 4)
        return NULL;
    gsize got = 0;
    guint8 *bytes = g_base64_decode(json_string_value(v), &got);
    if (got != n)
        g_clear_pointer(&bytes, g_free);
    return bytes;
}

/* Runs that make exactly @n bytes. */
static guint8 *
read_runs(const json_t *object, const char *key, gsize n)
{
    const json_t *v = json_object_get(object, key);
    if (!json_is_string(v) || json_string_length(v) > (2 * n + 2) / 3 * 4)
        return NULL;
    gsize got = 0, at = 0;
    g_autofree guint8 *runs = g_base64_decode(json_string_value(v), &got);
    guint8 *bytes = g_malloc(n);
    for (gsize i = 0; i + 1 < got && at + runs[i] <= n; i += 2) {
        memset(bytes + at, runs[i + 1], runs[i]);
        at += runs[i];
    }
    if (at != n || got % 2 != 0)
        g_clear_pointer(&bytes, g_free);
    return bytes;
}

static gboolean
read_sample(const json_t *object, guint n_pages, SheetSeal *seal)
{
    SheetSample *s = g_new0(SheetSample, 1);
    g_ptr_array_add(seal->samples, s);
    guint reasons;
    if (!read_integer(object, "page", 0, (json_int_t)n_pages - 1, &s->page) ||
        !read_integer(object, "page_index", 0, 10000, &s->page_index) ||
        !read_points(json_object_get(object, "centre_px"), &s->centre_px, 1) ||
        !read_points(json_object_get(object, "box_px"), s->box_px.p, 4) ||
        !read_number(object, "rotation_deg", -360, 360, &s->rotation_deg) ||
        !read_number(object, "quality", 0, 1, &s->quality) || !read_boolean(object, "used", &s->used) ||
        !read_integer(object, "reasons", 0, REASONS_ALL, &reasons) || !read_sizes(object, "size_mm", s->size_mm) ||
        !read_text(object, "file", &s->file))
        return FALSE;
    s->reasons = (SampleReasons)reasons;
    return TRUE;
}

static gboolean
read_line(const json_t *object, SheetSeal *seal)
{
    guint kind, width, height, em;
    double confidence;
    if (!read_integer(object, "kind", 0, LINE_KINDS - 1, &kind) ||
        !read_integer(object, "width", 1, MAX_LINE_SIDE, &width) ||
        !read_integer(object, "height", 1, MAX_LINE_SIDE, &height) || (gsize)width * height > MAX_LINE_PIXELS ||
        !read_integer(object, "em_px", 0, MAX_LINE_SIDE, &em) || !read_number(object, "confidence", 0, 1, &confidence))
        return FALSE;
    g_autofree guint8 *grey = read_bytes(object, "grey", (gsize)width * height);
    if (!grey)
        return FALSE;
    SealLine *line = g_new0(SealLine, 1);
    line->kind = (SealLineKind)kind;
    line->em_px = em;
    line->confidence = confidence;
    line->image = image_new(width, height, 1);
    memcpy(line->image->data, grey, (gsize)width * height);
    g_ptr_array_add(seal->lines, line);
    return TRUE;
}

static gboolean
read_picture(const json_t *object, SheetSeal *seal)
{
    const json_t *ink = json_object_get(object, "ink");
    guint most = (guint)(MAX_CANVAS_MM * 24);
    if (!read_integer(object, "px_per_mm", 12, 24, &seal->px_per_mm) || seal->px_per_mm % 4 != 0 ||
        !read_integer(object, "width", 1, most, &seal->width) ||
        !read_integer(object, "height", 1, most, &seal->height) ||
        !read_integer(object, "levels", 2, 16, &seal->levels) ||
        !read_sizes(object, "measured_mm", seal->measured_mm) || !json_is_array(ink) || json_array_size(ink) != 3)
        return FALSE;
    seal->width_mm = (double)seal->width / seal->px_per_mm;
    seal->height_mm = (double)seal->height / seal->px_per_mm;
    for (guint i = 0; i < 3; i++) {
        const json_t *v = json_array_get(ink, i);
        if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 255)
            return FALSE;
        seal->ink_rgb[i] = (guint8)json_integer_value(v);
    }
    gsize n = (gsize)seal->width * seal->height;
    g_autofree guint8 *packed = read_bytes(object, "alpha", (n + 1) / 2);
    if (!packed)
        return FALSE;
    seal->alpha = g_malloc(n);
    for (gsize i = 0; i < n; i++)
        seal->alpha[i] = (guint8)(17 * (i % 2 ? packed[i / 2] & 15 : packed[i / 2] >> 4));
    if (json_object_get(object, "agreement") && !(seal->agreement = read_runs(object, "agreement", n)))
        return FALSE;
    return TRUE;
}

static gboolean
read_seal(const json_t *object, guint index, guint n_pages, const Order *order, SheetResult *result)
{
    const OrderSeal *ordered = g_ptr_array_index(order->seals, index);
    SheetSeal *seal = sheet_seal_new(index, ordered->type);
    g_ptr_array_add(result->seals, seal);
    guint at, type, shape, source;
    if (!read_integer(object, "index", index, index, &at) ||
        !read_integer(object, "type", ordered->type, ordered->type, &type) ||
        !read_integer(object, "shape", 0, SHAPES - 1, &shape) || !read_boolean(object, "found", &seal->found) ||
        !read_integer(object, "scale_source", 0, SCALE_SOURCES - 1, &source) ||
        !read_number(object, "upright_confidence", 0, 1, &seal->upright_confidence) ||
        !read_number(object, "uncertainty_mm", 0, MAX_UNCERTAINTY_MM, &seal->uncertainty_mm))
        return FALSE;
    seal->shape = (SealShape)shape;
    seal->scale_source = (ScaleSource)source;
    const json_t *samples = json_object_get(object, "samples"), *lines = json_object_get(object, "lines");
    if (!json_is_array(samples) || json_array_size(samples) > MAX_SAMPLES || !json_is_array(lines) ||
        json_array_size(lines) > MAX_LINES)
        return FALSE;
    for (gsize i = 0; i < json_array_size(samples); i++)
        if (!read_sample(json_array_get(samples, i), n_pages, seal))
            return FALSE;
    for (gsize i = 0; i < json_array_size(lines); i++)
        if (!read_line(json_array_get(lines, i), seal))
            return FALSE;
    return !seal->found || read_picture(object, seal);
}

static gboolean
read_page(const json_t *object, SheetResult *result)
{
    SheetPageSeen p = { 0 };
    guint source;
    if (!read_integer(object, "turned_deg", 0, 270, &p.turned_deg) || p.turned_deg % 90 != 0 ||
        !read_number(object, "px_per_mm", 0, 10000, &p.px_per_mm) ||
        !read_integer(object, "scale_source", 0, SCALE_SOURCES - 1, &source) ||
        !read_integer(object, "impressions", 0, 10000, &p.impressions) || !read_boolean(object, "blank", &p.blank))
        return FALSE;
    p.scale_source = (ScaleSource)source;
    g_array_append_val(result->pages, p);
    return TRUE;
}

static gboolean
read_finding(const json_t *object, SheetResult *result)
{
    FindingCode code;
    Severity severity;
    const char *code_name = json_string_value(json_object_get(object, "code"));
    const char *severity_word = json_string_value(json_object_get(object, "severity"));
    if (!code_name || !severity_word || !finding_code_from_name(code_name, &code) ||
        !severity_from_name(severity_word, &severity))
        return FALSE;
    Finding *f = finding_new(code, severity, NULL);
    g_ptr_array_add(result->findings, f);
    const json_t *page = json_object_get(object, "page"), *box = json_object_get(object, "box_px");
    if (!json_is_integer(page) || json_integer_value(page) < -1 || json_integer_value(page) > 10000)
        return FALSE;
    f->page = (int)json_integer_value(page);
    f->has_box = box != NULL;
    return read_text(object, "file", &f->file) && read_text(object, "field", &f->field) &&
           read_text(object, "seal", &f->seal) && read_text(object, "read", &f->read) &&
           read_text(object, "form", &f->form) && read_text(object, "detail", &f->detail) &&
           (!box || read_points(box, f->box_px.p, 4));
}

static gboolean
read_times(const json_t *list, SheetTimes *t)
{
    double *to[] = { &t->decode_ms, &t->layout_ms, &t->unmix_ms, &t->register_ms, &t->fuse_ms, &t->total_ms };
    if (!json_is_array(list) || json_array_size(list) != G_N_ELEMENTS(to))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(to); i++)
        if (!number_of(json_array_get(list, i), 0, 1e9, to[i]))
            return FALSE;
    return TRUE;
}

static gboolean
read_root(const json_t *root, guint n_pages, const Order *order, SheetResult *result)
{
    const json_t *seals = json_object_get(root, "seals"), *pages = json_object_get(root, "pages");
    const json_t *findings = json_object_get(root, "findings");
    if (!json_is_array(seals) || json_array_size(seals) != order->seals->len || !json_is_array(pages) ||
        json_array_size(pages) != n_pages || !json_is_array(findings) || json_array_size(findings) > MAX_FINDINGS)
        return FALSE;
    for (guint i = 0; i < order->seals->len; i++)
        if (!read_seal(json_array_get(seals, i), i, n_pages, order, result))
            return FALSE;
    for (guint i = 0; i < n_pages; i++)
        if (!read_page(json_array_get(pages, i), result))
            return FALSE;
    for (gsize i = 0; i < json_array_size(findings); i++)
        if (!read_finding(json_array_get(findings, i), result))
            return FALSE;
    return read_times(json_object_get(root, "times"), &result->times);
}

SheetResult *
sheet_result_from_json(const char *json, gsize length, guint n_pages, const Order *order, GError **error)
{
    json_t *root = length <= MAX_JSON_BYTES ? json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
    g_autoptr(SheetResult) result = sheet_result_new();
    gboolean good = root && read_root(root, n_pages, order, result);
    json_decref(root);
    if (!good) {
        g_set_error(error, SB_ERROR, SB_ERROR_IMAGE, "the sheet's reader gave an answer that is not one");
        return NULL;
    }
    return g_steal_pointer(&result);
}
