/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_sealing.c: sheet_extract over order folders: pictures, the JSON lines that the scorer reads, stage
 * timings and their ratio to decoding the JPEG alone.
 *
 *   bench_sealing [--out DIR] [--json FILE] ORDER_DIR...      JSON lines on stdout, table on stderr
 */
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/png_write.h"
#include "sealgen/preview.h"
#include "sealgen/sheet.h"

static double
cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

typedef struct {
    double total, decode, layout, unmix, align, fuse;
    guint sheets, pages;
    double decode_alone;
} Sums;

static json_t *
sample_json(const SheetSample *s)
{
    g_autofree char *reasons = sample_reasons_text(s->reasons);
    return json_pack("{s:s, s:i, s:[f,f], s:f, s:f, s:b, s:s, s:[f,f]}", "file", s->file, "page", (int)s->page_index,
                     "centre_px", s->centre_px.x, s->centre_px.y, "rotation_deg", s->rotation_deg, "quality",
                     s->quality, "used", (int)s->used, "reasons", reasons, "size_mm", s->size_mm[0], s->size_mm[1]);
}

static json_t *
seal_json(const SheetSeal *seal, const char *out, const char *order_id)
{
    json_t *samples = json_array();
    for (guint i = 0; i < seal->samples->len; i++)
        json_array_append_new(samples, sample_json(g_ptr_array_index(seal->samples, i)));
    g_autofree char *file =
        g_strdup_printf("%s/%s_%u_%s.png", out, order_id, seal->seal_index, seal_type_name(seal->type));
    g_autoptr(GBytes) png = sheet_seal_png(seal);
    if (png)
        g_file_set_contents(file, g_bytes_get_data(png, NULL), (gssize)g_bytes_get_size(png), NULL);
    for (guint i = 0; png && i < seal->lines->len; i++) {
        const SealLine *line = g_ptr_array_index(seal->lines, i);
        g_autofree char *name = g_strdup_printf("%s/%s_%u_line%u_%s.png", out, order_id, seal->seal_index, i,
                                                seal_line_kind_name(line->kind));
        g_autoptr(GBytes) bytes = image_to_png(line->image, 0);
        g_file_set_contents(name, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), NULL);
    }
    g_autoptr(Image) preview = preview_draw(seal, 256);
    if (preview) {
        g_autofree char *name = g_strdup_printf("%s/%s_%u_preview.png", out, order_id, seal->seal_index);
        g_autoptr(GBytes) bytes = image_to_png(preview, 0);
        g_file_set_contents(name, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), NULL);
    }
    return json_pack("{s:s, s:s, s:o, s:i, s:f, s:f, s:[f,f], s:s, s:f, s:o}", "type", seal_type_name(seal->type),
                     "shape", seal_shape_name(seal->shape), "picture", png ? json_string(file) : json_null(),
                     "px_per_mm", (int)seal->px_per_mm, "width_mm", seal->width_mm, "height_mm", seal->height_mm,
                     "measured_mm", seal->measured_mm[0], seal->measured_mm[1], "scale_source",
                     scale_source_name(seal->scale_source), "upright", seal->upright_confidence, "samples", samples);
}

static json_t *
finding_json(const Finding *f)
{
    json_t *j = json_pack("{s:s, s:s, s:s}", "code", finding_code_name(f->code), "severity", severity_name(f->severity),
                          "role", "seal_sheet");
    if (f->seal)
        json_object_set_new(j, "seal", json_string(f->seal));
    if (f->detail)
        json_object_set_new(j, "detail", json_string(f->detail));
    return j;
}

static void
print_result(const SheetResult *result, const char *out, const char *order_id)
{
    json_t *seals = json_array(), *findings = json_array();
    gboolean stopped = FALSE;
    for (guint i = 0; result && i < result->seals->len; i++)
        json_array_append_new(seals, seal_json(g_ptr_array_index(result->seals, i), out, order_id));
    for (guint i = 0; result && i < result->findings->len; i++) {
        const Finding *f = g_ptr_array_index(result->findings, i);
        json_array_append_new(findings, finding_json(f));
        stopped |= f->severity != SEVERITY_NOTE;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:[], s:o, s:o, s:{s:f}, s:f}", "type", "order", "order_id", order_id, "result",
                  stopped ? "findings" : "clean", "documents", "seals", seals, "findings", findings, "cpu_ms", "seals",
                  result ? result->times.total_ms : 0.0, "max_rss_mb", usage.ru_maxrss / 1024.0);
    g_autofree char *text = json_dumps(line, JSON_COMPACT);
    printf("%s\n", text);
    json_decref(line);
}

static PageFile *
open_upload(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *data = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &data, &length, &error)) {
        g_printerr("%s\n", error->message);
        return NULL;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(data, length);
    PageFile *file = page_file_open(bytes, NULL, &error);
    if (!file)
        g_printerr("%s: %s\n", path, error->message);
    return file;
}

static void
run_order(const char *folder, const char *out, Sums *sums)
{
    g_autofree char *path = g_build_filename(folder, "order.json", NULL);
    g_autofree char *json = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = NULL;
    if (g_file_get_contents(path, &json, &length, &error))
        order = order_parse(json, length, "order.json", &error);
    if (!order) {
        g_printerr("%s: %s\n", folder, error->message);
        return;
    }
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)page_file_free);
    SheetPage pages[SHEET_MAX_PAGES];
    guint n = 0;
    for (guint i = 0; i < order->uploads->len; i++) {
        const OrderUpload *u = g_ptr_array_index(order->uploads, i);
        if (u->role != ROLE_SEAL_SHEET && u->role != ROLE_APPLICATION_FORM)
            continue;
        PageFile *file = open_upload(folder, u->file);
        if (!file)
            continue;
        g_ptr_array_add(files, file);
        double start = cpu_ms();
        g_autoptr(Page) alone = page_file_load(file, 0, 1, NULL);
        sums->decode_alone += cpu_ms() - start;
        for (guint k = 0; k < page_file_pages(file) && n < SHEET_MAX_PAGES; k++)
            pages[n++] = (SheetPage){ file, k, u->file, -1 };
    }
    g_autoptr(SheetResult) result = n ? sheet_extract(pages, n, order, NULL, &error) : NULL;
    print_result(result, out, order->order_id);
    if (!result)
        return;
    const SheetTimes *t = &result->times;
    g_printerr("%-12s pages %u  decode %4.0f  layout %4.0f  unmix %4.0f  register %4.0f  fuse %4.0f  total %5.0f ms\n",
               order->order_id, n, t->decode_ms, t->layout_ms, t->unmix_ms, t->register_ms, t->fuse_ms, t->total_ms);
    sums->total += t->total_ms;
    sums->decode += t->decode_ms;
    sums->layout += t->layout_ms;
    sums->unmix += t->unmix_ms;
    sums->align += t->register_ms;
    sums->fuse += t->fuse_ms;
    sums->sheets++;
    sums->pages += n;
}

static void
write_rows(const char *file, const Sums *s)
{
    const struct {
        const char *name;
        double ms;
    } rows[] = { { "sheet_cpu_ms", s->total },
                 { "sheet_layout_ms", s->layout },
                 { "sheet_unmix_ms", s->unmix },
                 { "sheet_register_ms", s->align },
                 { "sheet_fuse_ms", s->fuse } };
    json_t *list = json_array();
    double peer = s->decode_alone / MAX(1, s->sheets);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        double ours = rows[i].ms / MAX(1, s->sheets);
        json_array_append_new(list, json_pack("{s:s, s:f, s:f, s:f, s:s}", "name", rows[i].name, "ours", ours, "peer",
                                              peer, "ratio", peer > 0 ? ours / peer : 0, "unit", "ms"));
        g_printerr("%-20s %8.1f ms a sheet, %5.2f x decoding alone\n", rows[i].name, ours, peer > 0 ? ours / peer : 0);
    }
    json_t *whole = json_pack("{s:o}", "rows", list);
    if (file)
        json_dump_file(whole, file, JSON_INDENT(1));
    json_decref(whole);
}

int
main(int argc, char **argv)
{
    g_autofree char *out = NULL, *json = NULL;
    const GOptionEntry entries[] = { { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Folder for the pictures", "DIR" },
                                     { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "Rows of figures", "FILE" },
                                     G_OPTION_ENTRY_NULL };
    g_autoptr(GOptionContext) context = g_option_context_new("ORDER_DIR...");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("%s\n", error->message);
        return 2;
    }
    const char *folder = out ? out : "sealing-out";
    g_mkdir_with_parents(folder, 0755);
    Sums sums = { 0 };
    for (int i = 1; i < argc; i++)
        run_order(argv[i], folder, &sums);
    write_rows(json, &sums);
    return 0;
}
