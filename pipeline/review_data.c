/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gathers what the reviewers need to see: for every order that waits for them its findings with crops, both
 * texts with the differing characters marked, and its seals with their samples.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "pipeline/cmd.h"
#include "pipeline/crop.h"
#include "pipeline/finding_text.h"
#include "pipeline/json_text.h"
#include "pipeline/review_out.h"

enum { PAGE_PX = 1100, FIELD_PX = 900, SAMPLE_PX = 420, MAX_SAMPLES = 9 };

/* One upload's pieces of one order, cut by one child. */
typedef struct {
    const StoreUpload *upload;
    GArray *specs;    /* of CropSpec */
    GPtrArray *slots; /* (element-type json_t) objects whose "src" gets the picture; borrowed references */
} Cut;

typedef struct {
    Workspace *ws;
    Language language;
    json_t *orders;
    GPtrArray *cuts;   /* of the order at hand, as the next two */
    json_t *pages;     /* whole pages, each once */
    GHashTable *paged; /* "page file" -> place in pages */
} Gather;

static void
cut_free(Cut *cut)
{
    g_array_unref(cut->specs);
    g_ptr_array_unref(cut->slots);
    g_free(cut);
}

static Cut *
cut_for(Gather *gather, const StoreOrder *order, const char *file)
{
    for (guint i = 0; file && i < gather->cuts->len; i++) {
        Cut *cut = gather->cuts->pdata[i];
        if (!strcmp(cut->upload->file, file))
            return cut;
    }
    for (guint i = 0; file && i < order->uploads->len; i++) {
        const StoreUpload *upload = order->uploads->pdata[i];
        if (strcmp(upload->file, file) != 0)
            continue;
        Cut *cut = g_new0(Cut, 1);
        cut->upload = upload;
        cut->specs = g_array_new(FALSE, FALSE, sizeof(CropSpec));
        cut->slots = g_ptr_array_new();
        g_ptr_array_add(gather->cuts, cut);
        return cut;
    }
    return NULL;
}

/* @owner gets @key: { "src": null }, filled when the child has answered. */
static void
want_picture(Gather *gather, const StoreOrder *order, const char *file, const CropSpec *spec, json_t *owner,
             const char *key)
{
    Cut *cut = cut_for(gather, order, file);
    json_t *slot = json_pack("{s:n}", "src");
    json_object_set_new(owner, key, slot);
    if (!cut || cut->specs->len >= CROP_MAX_SPECS)
        return;
    g_array_append_val(cut->specs, *spec);
    g_ptr_array_add(cut->slots, slot);
}

/* ---- cutting ---------------------------------------------------------------------------------------- */

static char *
data_uri(GBytes *picture)
{
    gsize length;
    const guchar *bytes = g_bytes_get_data(picture, &length);
    g_autofree char *text = g_base64_encode(bytes, length);
    return g_strconcat(crop_is_jpeg(bytes, length) ? "data:image/jpeg;base64," : "data:image/png;base64,", text, NULL);
}

static void
cut_done(const ChildReport *report, gpointer data)
{
    Cut *cut = data;
    g_autoptr(GPtrArray) pictures = report->answer ? crop_answer_parse(report->answer, cut->specs->len, NULL) : NULL;
    for (guint i = 0; pictures && i < pictures->len; i++) {
        GBytes *png = pictures->pdata[i];
        if (g_bytes_get_size(png) == 0)
            continue;
        g_autofree char *uri = data_uri(png);
        json_object_set_new(cut->slots->pdata[i], "src", json_string(uri));
    }
}

static gboolean
run_cuts(Gather *gather, ChildPool *pool, GError **error)
{
    g_autoptr(GArray) works = g_array_new(FALSE, FALSE, sizeof(CropWork));
    g_array_set_size(works, gather->cuts->len);
    for (guint i = 0; i < gather->cuts->len; i++) {
        Cut *cut = gather->cuts->pdata[i];
        g_autofree char *path = evidence_path(gather->ws->evidence, cut->upload->digest);
        int fd = cut->specs->len ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
        if (fd < 0)
            continue;
        while (!child_pool_has_room(pool))
            child_pool_wait(pool, -1);
        CropWork *work = &g_array_index(works, CropWork, i);
        *work = (CropWork){ (const CropSpec *)(gpointer)cut->specs->data, cut->specs->len };
        gboolean started = child_pool_start(pool, &fd, 1, NULL, crop_work, work, cut_done, cut, error);
        close(fd);
        if (!started)
            return FALSE;
    }
    while (child_pool_running(pool))
        child_pool_wait(pool, -1);
    return TRUE;
}

/* ---- findings ------------------------------------------------------------------------------------------ */

static void
append_mark(json_t *marks, const char *text, guint from, guint count, gboolean differs)
{
    if (!count)
        return;
    const char *start = g_utf8_offset_to_pointer(text, from);
    g_autofree char *part = g_strndup(start, (gsize)(g_utf8_offset_to_pointer(start, count) - start));
    json_array_append_new(marks, json_pack("[o, b]", json_text(part), differs));
}

/* Both texts as runs [text, differs], so that the page shows which characters are not the same. */
static void
add_marks(json_t *o, const char *form, const char *read)
{
    if (!form || !read)
        return;
    g_autofree char *expected = text_fold(form), *seen = text_fold(read);
    g_autoptr(GArray) runs = text_diff(form, read);
    json_t *form_marks = json_array(), *read_marks = json_array();
    for (guint i = 0; i < runs->len; i++) {
        const TextDiff *run = &g_array_index(runs, TextDiff, i);
        append_mark(form_marks, expected, run->expected_from, run->expected_count, run->kind != TEXT_SAME);
        append_mark(read_marks, seen, run->seen_from, run->seen_count, run->kind != TEXT_SAME);
    }
    json_object_set_new(o, "form_marks", form_marks);
    json_object_set_new(o, "read_marks", read_marks);
}

static guint
turn_of_page(const json_t *result, const char *file, int page)
{
    size_t i;
    json_t *document;
    json_array_foreach(json_object_get(result, "documents"), i, document) {
        const char *name = json_member_text(document, "file", 512);
        if (name && file && !strcmp(name, file) && json_member_int(document, "page", 0, 1000, 0) == page)
            return (guint)json_member_int(document, "turned_deg", 0, 359, 0) / 90 * 90;
    }
    return 0;
}

static void
set_text(json_t *o, const char *key, const char *text)
{
    json_object_set_new(o, key, json_text(text));
}

/* What a reviewer would write to the applicant: the platform's words, or ours. */
static char *
what_to_say(const Profile *profile, const Finding *f, Language language)
{
    const char *words = profile ? profile_review_words(profile, f->code) : NULL;
    const char *title = finding_title(f->code, language);
    if (!words && !(f->read && f->form))
        return g_strdup(title);
    g_autoptr(GString) text = g_string_new(words ? words : words_in(language, "{title}: read {read}, the form says {form}"));
    g_string_replace(text, "{title}", title, 0);
    g_string_replace(text, "{field}", f->field ? field_title(f->field, language) : "", 0);
    /* {read} last: what stands in it is not looked at again */
    g_string_replace(text, "{form}", f->form ? f->form : "", 1);
    g_string_replace(text, "{read}", f->read ? f->read : "", 1);
    return g_strdup(text->str);
}

/* A page that several findings are about is in the data once. Returns: its place in "pages". */
static guint
want_page(Gather *gather, const StoreOrder *order, const json_t *result, const char *file, guint page)
{
    g_autofree char *key = g_strdup_printf("%u %s", page, file);
    gpointer known;
    if (g_hash_table_lookup_extended(gather->paged, key, NULL, &known))
        return GPOINTER_TO_UINT(known);
    guint place = (guint)json_array_size(gather->pages);
    CropSpec whole = { .page = page, .whole = TRUE, .turned_deg = turn_of_page(result, file, (int)page),
                       .max_px = PAGE_PX, .photo = TRUE };
    json_t *o = json_object();
    want_picture(gather, order, file, &whole, o, "picture");
    json_array_append_new(gather->pages, o);
    g_hash_table_insert(gather->paged, g_steal_pointer(&key), GUINT_TO_POINTER(place));
    return place;
}

static void
add_finding(Gather *gather, const StoreOrder *order, const Profile *profile, const json_t *result, const Finding *f,
            json_t *list)
{
    json_t *o = json_object();
    Role role = ROLE_LICENCE;
    SealType seal = SEAL_OTHER;
    gboolean has_role = f->role && role_from_name(f->role, &role), has_seal = f->seal && seal_type_from_name(f->seal, &seal);
    set_text(o, "code", finding_code_name(f->code));
    set_text(o, "severity", severity_name(f->severity));
    set_text(o, "title", finding_title(f->code, gather->language));
    set_text(o, "hint", finding_hint(f->code, gather->language));
    set_text(o, "role", has_role ? role_title(role, gather->language) : NULL);
    set_text(o, "seal", has_seal ? seal_title(seal, gather->language) : NULL);
    set_text(o, "seal_type", f->seal);
    set_text(o, "field", f->field ? field_title(f->field, gather->language) : NULL);
    set_text(o, "read", f->read);
    set_text(o, "form", f->form);
    g_autofree char *detail = finding_detail(f->detail, gather->language);
    set_text(o, "detail", detail);
    set_text(o, "file", f->file);
    g_autofree char *say = what_to_say(profile, f, gather->language);
    set_text(o, "say", say);
    add_marks(o, f->form, f->read);
    if (f->file) {
        guint page = (guint)MAX(f->page, 0);
        CropSpec part = { .page = page, .box = f->box_px, .margin = f->seal ? .1 : .8, .max_px = FIELD_PX,
                          .photo = f->seal != NULL };
        if (f->has_box)
            want_picture(gather, order, f->file, &part, o, "crop");
        json_object_set_new(o, "page", json_integer(want_page(gather, order, result, f->file, page)));
    }
    json_array_append_new(list, o);
}

/* ---- seals ----------------------------------------------------------------------------------------------- */

static gboolean
quad_from_json(const json_t *value, Quad *quad)
{
    for (size_t i = 0; i < 4; i++) {
        const json_t *point = json_array_get(value, i);
        const json_t *x = json_array_get(point, 0), *y = json_array_get(point, 1);
        if (!json_is_number(x) || !json_is_number(y))
            return FALSE;
        quad->p[i] = (Point){ json_number_value(x), json_number_value(y) };
    }
    return TRUE;
}

static json_t *
samples_json(Gather *gather, const StoreOrder *order, const json_t *seal)
{
    json_t *list = json_array(), *sample;
    size_t i;
    json_array_foreach(json_object_get(seal, "samples"), i, sample) {
        CropSpec spec = { .page = (guint)json_member_int(sample, "page", 0, 1000, 0), .margin = .06, .max_px = SAMPLE_PX,
                          .photo = TRUE };
        if (i >= MAX_SAMPLES || !quad_from_json(json_object_get(sample, "box_px"), &spec.box))
            continue;
        json_t *o = json_object();
        set_text(o, "reasons", json_member_text(sample, "reasons", 200));
        json_object_set(o, "quality", json_object_get(sample, "quality"));
        json_object_set(o, "used", json_object_get(sample, "used"));
        want_picture(gather, order, json_member_text(sample, "file", 512), &spec, o, "crop");
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *
seals_json(Gather *gather, const StoreOrder *order, const json_t *result, GPtrArray *stored)
{
    json_t *list = json_array(), *seal;
    size_t i;
    json_array_foreach(json_object_get(result, "seals"), i, seal) {
        const StoreSeal *kept = i < stored->len ? stored->pdata[i] : NULL;
        json_t *o = json_object();
        g_autoptr(GBytes) png = kept && kept->picture ? evidence_get(gather->ws->evidence, kept->picture, NULL) : NULL;
        g_autofree char *uri = png ? data_uri(png) : NULL;
        set_text(o, "type", json_member_text(seal, "type", 64));
        set_text(o, "title", kept ? seal_title(kept->type, gather->language) : NULL);
        set_text(o, "src", uri);
        static const char *const copied[] = { "width_mm", "height_mm", "measured_mm", "scale_source", "lines" };
        for (guint k = 0; k < G_N_ELEMENTS(copied); k++)
            json_object_set(o, copied[k], json_object_get(seal, copied[k]));
        json_object_set_new(o, "samples", samples_json(gather, order, seal));
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- an order --------------------------------------------------------------------------------------------- */

static json_t *
load_json(Gather *gather, const char *digest, GError **error)
{
    g_autoptr(GBytes) bytes = evidence_get(gather->ws->evidence, digest, error);
    gsize length;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    json_t *value = text ? json_loadb(text, length, 0, NULL) : NULL;
    if (bytes && !value)
        g_set_error(error, SB_ERROR, SB_ERROR_INTEGRITY, "a stored result cannot be read");
    return value;
}

static json_t *
form_json(Gather *gather, const StoreOrder *order)
{
    g_autoptr(GBytes) bytes = evidence_get(gather->ws->evidence, order->order_json, NULL);
    gsize length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    g_autoptr(Order) parsed = text ? order_parse(text, length, "order.json", NULL) : NULL;
    json_t *o = json_object();
    if (parsed) {
        set_text(o, "company_name", parsed->company_name);
        set_text(o, "credit_code", parsed->credit_code);
        set_text(o, "legal_rep", parsed->legal_rep.name);
    }
    return o;
}

static json_t *
decided_json(Gather *gather, const char *order_id)
{
    g_autoptr(GPtrArray) decided = store_decisions(gather->ws->store, order_id, NULL);
    json_t *list = json_array();
    for (guint i = 0; decided && i < decided->len; i++) {
        const StoreDecided *d = decided->pdata[i];
        json_array_append_new(list, json_pack("{s:i, s:o, s:b}", "place", (int)d->place, "reviewer",
                                              json_text(d->reviewer), "approve", d->approve));
    }
    return list;
}

static gboolean
add_order(Gather *gather, const char *order_id, ChildPool *pool, GError **error)
{
    Store *store = gather->ws->store;
    g_autoptr(StoreOrder) order = store_get_order(store, order_id, error);
    g_autoptr(GPtrArray) findings = order ? store_findings(store, order_id, error) : NULL;
    g_autoptr(GPtrArray) seals = findings ? store_seals(store, order_id, error) : NULL;
    json_t *result = seals && order->result ? load_json(gather, order->result, error) : NULL;
    if (!result)
        return FALSE;
    json_t *o = json_object(), *list = json_array();
    g_ptr_array_set_size(gather->cuts, 0);
    g_hash_table_remove_all(gather->paged);
    gather->pages = json_array();
    set_text(o, "order_id", order_id);
    set_text(o, "result", order->result);
    const Profile *profile = workspace_profile(gather->ws, order->profile, NULL);
    set_text(o, "kind", kind_title(order->kind, gather->language));
    set_text(o, "profile", !profile                            ? order->profile
                           : gather->language == LANGUAGE_ZH ? profile->title_zh
                                                             : profile->title_en);
    json_object_set_new(o, "form", form_json(gather, order));
    for (guint pass = 0; pass < 2; pass++) /* what needs an answer first */
        for (guint i = 0; i < findings->len; i++)
            if ((((Finding *)findings->pdata[i])->severity == SEVERITY_NOTE) == (pass == 1))
                add_finding(gather, order, profile, result, findings->pdata[i], list);
    json_object_set_new(o, "findings", list);
    json_object_set_new(o, "pages", gather->pages);
    json_object_set_new(o, "seals", seals_json(gather, order, result, seals));
    json_object_set_new(o, "decided", decided_json(gather, order_id));
    json_array_append_new(gather->orders, o);
    json_decref(result);
    return run_cuts(gather, pool, error);
}

char *
review_data(Workspace *ws, guint *orders, GError **error)
{
    g_autoptr(GPtrArray) waiting = store_list_orders(ws->store, STATE_REVIEW, error);
    g_autoptr(ChildPool) pool = waiting ? child_pool_new(2, error) : NULL;
    g_autoptr(GPtrArray) cuts = g_ptr_array_new_with_free_func((GDestroyNotify)cut_free);
    if (!pool)
        return NULL;
    g_autoptr(GHashTable) paged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Gather gather = { ws, words_language(), json_array(), cuts, NULL, paged };
    for (guint i = 0; i < waiting->len; i++) {
        if (!add_order(&gather, ((StoreOrder *)waiting->pdata[i])->order_id, pool, error)) {
            json_decref(gather.orders);
            return NULL;
        }
    }
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *at = g_date_time_format(now, "%Y-%m-%d %H:%M");
    json_t *o = json_pack("{s:s, s:i, s:s, s:s, s:o}", "type", "sealbatch-review", "version", 1, "made_at", at,
                          "language", gather.language == LANGUAGE_ZH ? "zh" : "en", "orders", gather.orders);
    if (orders)
        *orders = waiting->len;
    return json_line(o);
}
