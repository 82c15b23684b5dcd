/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of a platform's table of orders into the workspace. An order is kept as the order.json that it amounts to.
 */
#include "pipeline/ingest_table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/csv_read.h"
#include "pipeline/read_bytes.h"

static GBytes *
read_table(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "cannot be opened as a plain file (%s)", g_strerror(errno));
        return NULL;
    }
    GBytes *bytes = read_bytes(fd, CSV_MAX_BYTES, error);
    close(fd);
    return bytes;
}

/* The longest name of a profile that @file begins with, ended by '.', '-' or '_'; NULL where there is none. */
static char *
profile_of_file(Workspace *ws, const char *file)
{
    g_autofree char *best = NULL, *dir = g_build_filename(ws->dir, "profiles", NULL);
    g_auto(GStrv) shipped = profile_names();
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) own = g_dir_open(dir, 0, NULL);
    const char *name;
    for (guint i = 0; shipped[i]; i++)
        g_ptr_array_add(names, g_strdup(shipped[i]));
    while (own && (name = g_dir_read_name(own)))
        if (g_str_has_suffix(name, ".conf"))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".conf")));
    for (guint i = 0; i < names->len; i++) {
        gsize n = strlen(names->pdata[i]);
        if (g_str_has_prefix(file, names->pdata[i]) && strchr(".-_", file[n]) && (!best || n > strlen(best))) {
            g_free(best);
            best = g_strdup(names->pdata[i]);
        }
    }
    return g_steal_pointer(&best);
}

typedef struct {
    Workspace *ws;
    const char *inbox, *file; /* the table's folder and name */
    const Profile *profile;
    IngestSaw saw;
    gpointer data;
} Table;

static gboolean
refuse(const Table *table, const char *name, const char *why, GError **error)
{
    table->saw(name, INGEST_NO_ORDER, why, table->data);
    return store_note_refused_folder(table->ws->store, name, why, error);
}

static gboolean
take_entry(const Table *table, OrderCsvEntry *entry, GError **error)
{
    g_autofree char *row = g_strdup_printf("%s row %u", table->file, entry->row);
    g_autoptr(GError) cause = NULL;
    Order *order = entry->order;
    if (!order)
        return refuse(table, entry->order_id ? entry->order_id : row, entry->why, error);
    if (!order->profile)
        order->profile = g_strdup(table->profile->name);
    const Profile *profile = workspace_profile(table->ws, order->profile, &cause);
    if (!profile)
        return refuse(table, order->order_id, cause->message, error);
    g_autofree char *text = order_to_json(order), *folder = g_build_filename(table->inbox, order->order_id, NULL);
    g_autoptr(GBytes) json = g_bytes_new(text, strlen(text));
    return ingest_order(table->ws, folder, order, json, profile, table->saw, table->data, error);
}

static void
tell_unknown(const Table *table, GPtrArray *unknown)
{
    if (!unknown->len)
        return;
    g_ptr_array_add(unknown, NULL);
    g_autofree char *list = g_strjoinv(", ", (GStrv)unknown->pdata);
    g_autofree char *why = g_strdup_printf("columns that are not known to profile %s: %s", table->profile->name, list);
    table->saw(table->file, INGEST_NOTE, why, table->data);
}

gboolean
ingest_table(Workspace *ws, const char *path, GHashTable *folders, IngestSaw saw, gpointer data, GError **error)
{
    g_autofree char *inbox = g_path_get_dirname(path), *base = g_path_get_basename(path);
    g_autofree char *file = g_utf8_make_valid(base, -1), *name = profile_of_file(ws, file);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
    Table table = { ws, inbox, file, workspace_profile(ws, name, &cause), saw, data };
    if (!table.profile)
        return refuse(&table, file, cause->message, error);
    g_autoptr(GBytes) bytes = read_table(path, &cause);
    gsize length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    g_autoptr(GPtrArray) entries =
        bytes ? order_csv_parse(text ? text : "", length, file, table.profile->csv, unknown, &cause) : NULL;
    if (!entries)
        return refuse(&table, file, cause->message, error);
    tell_unknown(&table, unknown);
    for (guint i = 0; i < entries->len; i++) {
        OrderCsvEntry *entry = entries->pdata[i];
        if (entry->order_id)
            g_hash_table_add(folders, g_strdup(entry->order_id));
        if (!take_entry(&table, entry, error))
            return FALSE;
    }
    return TRUE;
}
