/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the review page and the findings for other systems.
 */
#include "pipeline/review_out.h"

#include <errno.h>
#include <jansson.h>

#include "pipeline/csv.h"
#include "pipeline/finding_text.h"
#include "pipeline/json_text.h"

/* @note  what the reviewer who rejected the order wrote, or NULL */
typedef void (*EachFinding)(const StoreOrder *order, const Finding *finding, const char *note, gpointer data);

static gboolean
each_finding(Workspace *ws, EachFinding each, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) orders = store_list_orders(ws->store, STATES, error);
    for (guint i = 0; orders && i < orders->len; i++) {
        const StoreOrder *order = orders->pdata[i];
        if (order->state == STATE_DONE || order->state == STATE_PURGED)
            continue;
        g_autoptr(GPtrArray) findings = store_findings(ws->store, order->order_id, error);
        g_autoptr(GPtrArray) decided = findings ? store_decisions(ws->store, order->order_id, error) : NULL;
        if (!decided)
            return FALSE;
        const StoreDecided *last = decided->len ? decided->pdata[decided->len - 1] : NULL;
        for (guint f = 0; f < findings->len; f++)
            each(order, findings->pdata[f], last && order->state == STATE_REJECTED ? last->note : NULL, data);
    }
    return orders != NULL;
}

static void
csv_finding(const StoreOrder *order, const Finding *f, const char *note, gpointer data)
{
    const char *cells[] = { order->order_id, order_state_name(order->state), finding_code_name(f->code),
                            severity_name(f->severity), finding_title(f->code, LANGUAGE_ZH),
                            finding_title(f->code, LANGUAGE_EN), f->role, f->file, f->field, f->seal, f->read, f->form,
                            f->detail, note };
    csv_row(data, cells, G_N_ELEMENTS(cells));
}

char *
findings_csv(Workspace *ws, GError **error)
{
    static const char *const head[] = { "order_id", "state", "code", "severity", "zh", "en", "role", "file", "field",
                                        "seal", "read", "form", "detail", "note" };
    g_autoptr(GString) text = g_string_new(CSV_BOM);
    csv_row(text, head, G_N_ELEMENTS(head));
    if (!each_finding(ws, csv_finding, text, error))
        return NULL;
    return g_strdup(text->str);
}

static void
json_row(const StoreOrder *order, const Finding *f, const char *note, gpointer data)
{
    json_array_append_new(data, json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "order_id",
                                          order->order_id, "state", order_state_name(order->state), "code",
                                          finding_code_name(f->code), "severity", severity_name(f->severity), "role",
                                          json_text(f->role), "file", json_text(f->file), "field", json_text(f->field),
                                          "seal", json_text(f->seal), "read", json_text(f->read), "form",
                                          json_text(f->form), "detail", json_text(f->detail), "note",
                                          json_text(note)));
}

char *
findings_json(Workspace *ws, GError **error)
{
    json_t *list = json_array();
    gboolean fine = each_finding(ws, json_row, list, error);
    char *text = json_line(list);
    if (!fine)
        g_clear_pointer(&text, g_free);
    return text;
}

static gboolean
write_out(Workspace *ws, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(ws->dir, "out", name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GError) cause = NULL;
    if (!text)
        return FALSE;
    /* Personal data: for the workspace's group, not for the world. */
    if (g_mkdir_with_parents(folder, 0750) == 0 &&
        g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &cause))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "cannot write %s: %s", path, cause ? cause->message : g_strerror(errno));
    return FALSE;
}

gboolean
review_out_write(Workspace *ws, guint *orders, GError **error)
{
    g_autofree char *csv = findings_csv(ws, error);
    g_autofree char *json = csv ? findings_json(ws, error) : NULL;
    if (!json || !write_out(ws, "findings.csv", csv, error) || !write_out(ws, "findings.json", json, error))
        return FALSE;
    g_autofree char *data = review_data(ws, orders, error);
    if (!data)
        return FALSE;
    g_autofree char *page = review_page(data);
    return write_out(ws, "review.html", page, error);
}
