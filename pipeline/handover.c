/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Courier list and burn protocol.
 */
#include "pipeline/handover.h"

#include <jansson.h>
#include <string.h>

#include "burner/ca.h"
#include "pipeline/csv.h"
#include "pipeline/json_text.h"
#include "pipeline/stored_order.h"
#include "pipeline/words.h"

static json_t *
objects_json(GPtrArray *objects)
{
    json_t *list = json_array();
    for (guint i = 0; objects && i < objects->len; i++) {
        const BurnObjectSum *sum = objects->pdata[i];
        GString *hex = g_string_new(NULL);
        for (guint b = 0; b < sizeof sum->sha256; b++)
            g_string_append_printf(hex, "%02x", sum->sha256[b]);
        json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:s}", "what", sum->what, "label", json_text(sum->label),
                                              "bytes", (json_int_t)sum->size, "sha256", hex->str));
        g_string_free(hex, TRUE);
    }
    return list;
}

/* Numbers of what the order had the CA revoke. */
static json_t *
revoked_json(const BurnOrder *order)
{
    json_t *list = json_array();
    for (guint i = 0; order->revoke && i < order->revoke->len; i++) {
        g_autofree char *serial = NULL;
        if (burn_cert_describe(order->revoke->pdata[i], NULL, NULL, &serial, NULL, NULL, NULL))
            json_array_append_new(list, json_text(serial));
    }
    return list;
}

char *
handover_protocol_line(const BurnOrder *order, const BurnResult *result, GError **error)
{
    g_autofree char *serial = NULL;
    gint64 from = 0, until = 0;
    if (result->certificate && !burn_cert_describe(result->certificate, NULL, NULL, &serial, &from, &until, error))
        return NULL;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *at = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    return json_line(json_pack("{s:s, s:o, s:s, s:o, s:o, s:I, s:I, s:o, s:o}", "at", at, "unit", json_text(result->unit),
                               "kind", burn_kind_name(order->kind), "token", json_text(result->token_serial), "certificate",
                               json_text(serial), "not_before", (json_int_t)from, "not_after", (json_int_t)until, "revoked",
                               revoked_json(order), "objects", objects_json(result->objects)));
}

static char *
out_path(Workspace *ws, const char *name)
{
    g_autofree char *folder = g_build_filename(ws->dir, "out", NULL);
    g_mkdir_with_parents(folder, 0750);
    return g_build_filename(folder, name, NULL);
}

static gboolean
put_file(const char *path, const GString *text, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &cause))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", cause->message);
    return FALSE;
}

gboolean
handover_protocol_keep(Workspace *ws, const BurnOrder *order, const BurnResult *result, GError **error)
{
    g_autofree char *line = handover_protocol_line(order, result, error);
    if (!line)
        return FALSE;
    BurnJournal journal = store_journal(ws->store);
    g_autoptr(GBytes) bytes = g_bytes_new(line, strlen(line));
    return journal.keep(journal.self, result->unit, PROTOCOL_BLOB, bytes, error);
}

gboolean
handover_protocol_write(Workspace *ws, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *path = out_path(ws, "burn-protocol.jsonl");
    g_autoptr(GPtrArray) lines = store_protocol(ws->store, error);
    for (guint i = 0; lines && i < lines->len; i++) {
        gsize size;
        const char *line = g_bytes_get_data(lines->pdata[i], &size);
        g_string_append_len(text, line, (gssize)size);
        g_string_append_c(text, '\n');
    }
    return lines && put_file(path, text, error);
}

static gboolean
add_order(Workspace *ws, const StoreOrder *record, GString *text, GError **error)
{
    g_autoptr(Order) order = stored_order_load(ws, record->order_id, NULL, error);
    g_autoptr(GPtrArray) units = order ? store_units(ws->store, record->order_id, error) : NULL;
    for (guint i = 0; units && i < units->len; i++) {
        const StoreUnit *unit = units->pdata[i];
        if (record->kind == ORDER_REVOKE || !unit->token_serial || !*unit->token_serial)
            continue; /* nothing goes out */
        g_autoptr(GDateTime) then = g_date_time_new_from_unix_local(unit->changed_at);
        g_autofree char *at = g_date_time_format(then, "%Y-%m-%d %H:%M");
        const OrderPerson *to = order->recipient.name ? &order->recipient : &order->operator_;
        const char *cells[] = { record->order_id, unit->unit,  unit->token_serial,
                                order->company_name, to->name, to->phone,
                                to->address ? to->address : order->company_address, words_in(words_language(), order_kind_name(record->kind)), at };
        csv_row(text, cells, G_N_ELEMENTS(cells));
    }
    return units != NULL;
}

gboolean
handover_courier_write(Workspace *ws, GError **error)
{
    static const char *const names[] = { N_("order_id"), N_("unit"),    N_("token"), N_("company"), N_("recipient"),
                                         N_("phone"),    N_("address"), N_("kind"),  N_("burned_at") };
    const char *head[G_N_ELEMENTS(names)];
    g_autoptr(GString) text = g_string_new(CSV_BOM);
    g_autofree char *path = out_path(ws, "courier.csv");
    g_autoptr(GPtrArray) orders = store_list_orders(ws->store, STATE_DONE, error);
    if (!orders)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        head[i] = words_in(words_language(), names[i]);
    csv_row(text, head, G_N_ELEMENTS(head));
    for (guint i = 0; i < orders->len; i++)
        if (!add_order(ws, orders->pdata[i], text, error))
            return FALSE;
    return put_file(path, text, error);
}
