/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An order's result as the JSON line of DESIGN section 8: stable, other programs read it.
 */
#include <jansson.h>

#include "pipeline/json_text.h"
#include "pipeline/order_result.h"

static json_t *
point_json(Point p)
{
    return json_pack("[o, o]", json_number(p.x, 1), json_number(p.y, 1));
}

static json_t *
quad_json(const Quad *q)
{
    return json_pack("[o, o, o, o]", point_json(q->p[0]), point_json(q->p[1]), point_json(q->p[2]),
                     point_json(q->p[3]));
}

static void
set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_text(text));
}

static json_t *
field_json(const DocumentField *field)
{
    json_t *o = json_object();
    json_object_set_new(o, "text", json_text(field->text));
    json_object_set_new(o, "status", json_string(field_status_name(field->status)));
    json_object_set_new(o, "confidence", json_integer(field->confidence));
    set_text(o, "suggestion", field->suggestion);
    if (field->verdict != VERDICT_NONE)
        json_object_set_new(o, "verdict", json_string(verdict_name(field->verdict)));
    if (field->verdict == VERDICT_DENIED && field->differs_at >= 0)
        json_object_set_new(o, "differs_at", json_integer(field->differs_at));
    set_text(o, "evidence", field->evidence);
    if (field->has_box)
        json_object_set_new(o, "box_px", quad_json(&field->box_px));
    return o;
}

static json_t *
quality_json(Quality quality)
{
    static const struct {
        Quality bit;
        const char *word;
    } words[] = { { QUALITY_BLUR, "blur" },
                  { QUALITY_GLARE, "glare" },
                  { QUALITY_CUT_BORDER, "cut_border" },
                  { QUALITY_FEW_PIXELS, "few_pixels" },
                  { QUALITY_DARK, "dark" } };
    json_t *list = json_array();
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (quality & words[i].bit)
            json_array_append_new(list, json_string(words[i].word));
    return list;
}

static const char *
capture_word(Capture capture)
{
    static const char *const words[CAPTURES] = { "unknown", "scan", "photo", "screen", "grey_copy" };
    return capture < CAPTURES ? words[capture] : "unknown";
}

static json_t *
document_json(const UploadSeen *upload, const Document *document)
{
    json_t *o = json_object(), *fields = json_object();
    json_object_set_new(o, "file", json_text(upload->file));
    json_object_set_new(o, "role", json_string(role_name(upload->role)));
    json_object_set_new(o, "seen_as", json_string(seen_as_name(document->seen_as)));
    json_object_set_new(o, "page", json_integer(document->page));
    json_object_set_new(o, "turned_deg", json_integer(document->turned_deg));
    json_object_set_new(o, "dpi", json_integer(document->dpi));
    json_object_set_new(o, "capture", json_string(capture_word(document->capture)));
    json_object_set_new(o, "quality", quality_json(document->quality));
    json_object_set_new(o, "stamp_present", json_boolean(document->stamp_present));
    for (guint i = 0; i < document->fields->len; i++) {
        const DocumentField *field = document->fields->pdata[i];
        json_object_set_new(fields, field->key, field_json(field));
    }
    json_object_set_new(o, "fields", fields);
    return o;
}

static json_t *
sample_json(const SheetSample *sample)
{
    json_t *o = json_object();
    json_object_set_new(o, "file", json_text(sample->file));
    json_object_set_new(o, "page", json_integer(sample->page_index));
    json_object_set_new(o, "centre_px", point_json(sample->centre_px));
    json_object_set_new(o, "rotation_deg", json_number(sample->rotation_deg, 2));
    json_object_set_new(o, "quality", json_number(sample->quality, 3));
    json_object_set_new(o, "used", json_boolean(sample->used));
    if (sample->reasons) {
        g_autofree char *reasons = sample_reasons_text(sample->reasons);
        json_object_set_new(o, "reasons", json_text(reasons));
    }
    json_object_set_new(o, "box_px", quad_json(&sample->box_px));
    return o;
}

static json_t *
seal_lines_json(const OrderResult *result, guint seal)
{
    json_t *list = json_array();
    for (guint i = 0; i < result->lines->len; i++) {
        const SealLineRead *line = result->lines->pdata[i];
        if (line->seal != seal)
            continue;
        json_t *o = json_object();
        json_object_set_new(o, "kind", json_string(seal_line_kind_name(line->kind)));
        json_object_set_new(o, "text", json_text(line->read));
        json_object_set_new(o, "confidence", json_integer(line->confidence));
        json_object_set_new(o, "verdict", json_string(verdict_name(line->verdict)));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *
seal_json(const OrderResult *result, guint index, const char *picture)
{
    const SheetSeal *seal = result->sheet->seals->pdata[index];
    json_t *o = json_object(), *samples = json_array();
    json_object_set_new(o, "type", json_string(seal_type_name(seal->type)));
    json_object_set_new(o, "shape", json_string(seal_shape_name(seal->shape)));
    json_object_set_new(o, "picture", json_text(picture && *picture ? picture : NULL));
    json_object_set_new(o, "px_per_mm", json_integer(seal->px_per_mm));
    json_object_set_new(o, "width_mm", json_number(seal->width_mm, 3));
    json_object_set_new(o, "height_mm", json_number(seal->height_mm, 3));
    json_object_set_new(o, "measured_mm", json_pack("[o, o]", json_number(seal->measured_mm[0], 2),
                                                    json_number(seal->measured_mm[1], 2)));
    json_object_set_new(o, "size_uncertainty_mm", json_number(seal->uncertainty_mm, 2));
    json_object_set_new(o, "scale_source", json_string(scale_source_name(seal->scale_source)));
    json_object_set_new(o, "upright_confidence", json_number(seal->upright_confidence, 2));
    for (guint i = 0; i < seal->samples->len; i++)
        json_array_append_new(samples, sample_json(seal->samples->pdata[i]));
    json_object_set_new(o, "samples", samples);
    json_object_set_new(o, "lines", seal_lines_json(result, index));
    return o;
}

static json_t *
finding_json(const Finding *finding)
{
    json_t *o = json_object();
    json_object_set_new(o, "code", json_string(finding_code_name(finding->code)));
    json_object_set_new(o, "severity", json_string(severity_name(finding->severity)));
    set_text(o, "role", finding->role);
    set_text(o, "file", finding->file);
    if (finding->page >= 0)
        json_object_set_new(o, "page", json_integer(finding->page));
    set_text(o, "field", finding->field);
    set_text(o, "seal", finding->seal);
    set_text(o, "read", finding->read);
    set_text(o, "form", finding->form);
    set_text(o, "detail", finding->detail);
    if (finding->has_box)
        json_object_set_new(o, "box_px", quad_json(&finding->box_px));
    return o;
}

static json_t *
cost_json(const ResultCost *cost)
{
    return json_pack("{s:o, s:o, s:o}", "decode", json_number(cost->decode_ms, 0), "read",
                     json_number(cost->read_ms, 0), "seals", json_number(cost->seals_ms, 0));
}

char *
order_result_to_json(const OrderResult *result, char *const *pictures)
{
    json_t *o = json_object(), *documents = json_array(), *seals = json_array(), *findings = json_array();
    for (guint i = 0; i < result->uploads->len; i++) {
        const UploadSeen *upload = result->uploads->pdata[i];
        for (guint d = 0; upload->documents && d < upload->documents->len; d++)
            json_array_append_new(documents, document_json(upload, upload->documents->pdata[d]));
    }
    for (guint i = 0; result->sheet && i < result->sheet->seals->len; i++)
        json_array_append_new(seals, seal_json(result, i, pictures ? pictures[i] : NULL));
    for (guint i = 0; i < result->findings->len; i++)
        json_array_append_new(findings, finding_json(result->findings->pdata[i]));
    json_object_set_new(o, "type", json_string("order"));
    json_object_set_new(o, "order_id", json_text(result->order_id));
    json_object_set_new(o, "result", json_string(result_kind_name(order_result_kind(result))));
    json_object_set_new(o, "documents", documents);
    json_object_set_new(o, "seals", seals);
    json_object_set_new(o, "findings", findings);
    json_object_set_new(o, "cpu_ms", cost_json(&result->cost));
    json_object_set_new(o, "max_rss_mb", json_integer(result->cost.max_rss_mb));
    return json_line(o);
}

char *
result_summary_to_json(const ResultSummary *summary)
{
    json_t *o = json_object();
    json_object_set_new(o, "type", json_string("summary"));
    json_object_set_new(o, "orders", json_integer(summary->orders));
    json_object_set_new(o, "clean", json_integer(summary->clean));
    json_object_set_new(o, "findings", json_integer(summary->findings));
    json_object_set_new(o, "refused", json_integer(summary->refused));
    json_object_set_new(o, "cpu_ms", cost_json(&summary->cost));
    json_object_set_new(o, "max_rss_mb", json_integer(summary->cost.max_rss_mb));
    return json_line(o);
}
