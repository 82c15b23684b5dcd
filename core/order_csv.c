/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_csv.c: rows become the JSON value of an order.json, which is then read as strictly as any other; each part
 * remembers its row and column.
 */
#include "core/order_csv.h"

#include <jansson.h>
#include <string.h>

#include "core/csv_read.h"
#include "core/order_cell.h"
#include "core/order_csv_inner.h"
#include "core/order_inner.h"

enum { NO_COLUMN = -1, MAX_LISTED = 64 };

/* ---- the table's head ------------------------------------------------------------------------------- */

typedef struct {
    const char *place;
    const CsvRow *head;
    int column[ORDER_CSV_MAX_FIELDS]; /* of each field, or NO_COLUMN */
    GPtrArray *drafts;                /* (element-type Draft) in the table's order */
    GHashTable *by_id;                /* order number -> Draft */
} Table;

/* An order while its rows come in. */
typedef struct {
    const Table *table;
    guint row;
    char *order_id;
    json_t *value;
    GHashTable *places; /* JSON Pointer -> row and column */
    char *why;          /* the first thing that is wrong */
} Draft;

enum { COLUMN_BITS = 10 };
G_STATIC_ASSERT(CSV_MAX_CELLS < 1 << COLUMN_BITS);

/* (transfer full) A header as people know it, in one line. */
static char *
title_of(const char *header)
{
    char *title = order_cell_clean(header);
    for (char *p = title; p && *p; p++)
        if ((guchar)*p < 0x20)
            *p = ' ';
    return title ? title : g_strdup("");
}

/* "orders.csv: row 12, column G (单位名称)"; @column may be NO_COLUMN. */
static char *
name_place(const Table *table, guint row, int column)
{
    if (column == NO_COLUMN)
        return g_strdup_printf("%s: row %u", table->place, row);
    g_autofree char *letter = csv_column_name((guint)column), *title = title_of(table->head->cells->pdata[column]);
    return g_strdup_printf("%s: row %u, column %s (%s)", table->place, row, letter, title);
}

static gboolean
read_head(Table *table, const OrderCsvMap *map, GPtrArray *unknown, GError **error)
{
    for (guint i = 0; i < ORDER_CSV_N_FIELDS; i++)
        table->column[i] = NO_COLUMN;
    for (guint c = 0; c < table->head->cells->len; c++) {
        const char *title = table->head->cells->pdata[c];
        guint field;
        if (!order_csv_map_find(map, title, &field)) {
            if (*title)
                g_ptr_array_add(unknown, title_of(title));
            continue;
        }
        if (table->column[field] != NO_COLUMN) {
            g_autofree char *first = csv_column_name((guint)table->column[field]), *second = csv_column_name(c);
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: the columns %s and %s are both %s", table->place, first,
                        second, ORDER_CSV_FIELDS[field].name);
            return FALSE;
        }
        table->column[field] = (int)c;
    }
    static const char *const needed[] = { "order_id", "kind" };
    for (guint i = 0; i < G_N_ELEMENTS(needed); i++)
        if (table->column[order_csv_field(needed[i])] == NO_COLUMN) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                        "%s: no column is the order's %s: say in [csv] of the platform's profile what it is called",
                        table->place, needed[i]);
            return FALSE;
        }
    return TRUE;
}

/* (transfer full) the cell of a field, cleaned; NULL where there is no such column or nothing in it. */
static char *
cell_of(const Table *table, const CsvRow *row, const char *name)
{
    int column = table->column[order_csv_field(name)];
    return column == NO_COLUMN || (guint)column >= row->cells->len ? NULL : order_cell_clean(row->cells->pdata[column]);
}

/* ---- a row into its draft ----------------------------------------------------------------------------- */

static void
draft_free(Draft *draft)
{
    json_decref(draft->value);
    g_hash_table_unref(draft->places);
    g_free(draft->order_id);
    g_free(draft->why);
    g_free(draft);
}

static Draft *
draft_new(const Table *table, const CsvRow *row, const char *order_id)
{
    Draft *draft = g_new0(Draft, 1);
    draft->table = table;
    draft->row = row->number;
    draft->order_id = g_strdup(order_id);
    draft->value = json_object();
    draft->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return draft;
}

static void
refuse(Draft *draft, guint row, const char *field, const char *what)
{
    if (draft->why)
        return;
    g_autofree char *place = name_place(draft->table, row, field ? draft->table->column[order_csv_field(field)] : NO_COLUMN);
    draft->why = g_strdup_printf("%s: %s", place, what);
}

static void
remember(Draft *draft, char *pointer, guint row, const char *field)
{
    guint column = (guint)draft->table->column[order_csv_field(field)];
    g_hash_table_insert(draft->places, pointer, GUINT_TO_POINTER(row << COLUMN_BITS | column));
}

static char *
where_in_table(const char *pointer, gpointer data)
{
    const Draft *draft = data;
    g_autofree char *at = g_strdup(pointer);
    for (; *at; *strrchr(at, '/') = 0) {
        guint place = GPOINTER_TO_UINT(g_hash_table_lookup(draft->places, at));
        if (place)
            return name_place(draft->table, place >> COLUMN_BITS, place & ((1 << COLUMN_BITS) - 1));
    }
    return name_place(draft->table, draft->row, NO_COLUMN);
}

/* Takes @value over. What an earlier row of the order said must be the same. */
static void
set_value(Draft *draft, guint row, const char *field, json_t *value)
{
    const char *dot = strchr(field, '.');
    json_t *object = draft->value;
    const char *key = dot ? dot + 1 : field;
    if (dot) {
        g_autofree char *outer = g_strndup(field, (gsize)(dot - field));
        if (!(object = json_object_get(draft->value, outer)))
            json_object_set_new(draft->value, outer, object = json_object());
    }
    json_t *before = json_object_get(object, key);
    if (before && !json_equal(before, value))
        refuse(draft, row, field, "is not what an earlier row of the same order says");
    if (!before) {
        g_autofree char *pointer = g_strdelimit(g_strdup(field), ".", '/');
        remember(draft, g_strconcat("/", pointer, NULL), row, field);
        json_object_set(object, key, value);
    }
    json_decref(value);
}

static void
take_plain(Draft *draft, const CsvRow *row, const OrderCsvField *field)
{
    g_autofree char *text = cell_of(draft->table, row, field->name);
    g_autofree char *time = text && field->kind == CELL_TIME ? order_cell_time(text) : NULL;
    if (!text)
        return;
    if (field->kind == CELL_NUMBER && order_cell_is_rounded(text))
        refuse(draft, row->number, field->name, "a spreadsheet has rounded this number: export the column as text");
    else if (field->kind == CELL_TIME && !time)
        refuse(draft, row->number, field->name, "is no date that we know");
    else
        set_value(draft, row->number, field->name,
                  field->kind == CELL_COUNT ? order_cell_count(text) : json_string(time ? time : text));
}

static json_t *
list_of(Draft *draft, const char *key)
{
    json_t *list = json_object_get(draft->value, key);
    if (!list)
        json_object_set_new(draft->value, key, list = json_array());
    return list;
}

static gboolean
list_has(const json_t *list, const json_t *value)
{
    for (gsize i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), value))
            return TRUE;
    return FALSE;
}

/* Takes @object over; the place of the whole of it is @field's column. */
static void
append(Draft *draft, const char *list_name, guint row, const char *field, json_t *object)
{
    json_t *list = list_of(draft, list_name);
    if (json_array_size(list) >= MAX_LISTED) {
        refuse(draft, row, field, "the order lists too many");
        json_decref(object);
        return;
    }
    remember(draft, g_strdup_printf("/%s/%u", list_name, (guint)json_array_size(list)), row, field);
    json_array_append_new(list, object);
}

/* The k-th seal of a row gets the k-th name, size or practice kind, where the row has them. */
static void
add_to_seals(Draft *draft, const CsvRow *row, GPtrArray *seals, const char *key, guint first)
{
    g_autofree char *field = g_strconcat("seals.", key, NULL), *text = cell_of(draft->table, row, field);
    gboolean is_size = !strcmp(key, "declared_mm");
    g_auto(GStrv) parts = order_cell_split(text, is_size);
    guint n = g_strv_length(parts);
    if (n && n != seals->len) {
        refuse(draft, row->number, field, "does not list as many as there are types of seals in this row");
        return;
    }
    for (guint k = 0; k < n; k++) {
        json_object_set_new(seals->pdata[k], key, is_size ? order_cell_size(parts[k]) : json_string(parts[k]));
        remember(draft, g_strdup_printf("/seals/%u/%s", first + k, key), row->number, field);
    }
}

static void
take_seals(Draft *draft, const CsvRow *row)
{
    g_autofree char *text = cell_of(draft->table, row, "seals.type");
    g_auto(GStrv) types = order_cell_split(text, TRUE);
    g_autoptr(GPtrArray) seals = g_ptr_array_new();
    json_t *list = list_of(draft, "seals");
    guint first = (guint)json_array_size(list);
    for (guint k = 0; types[k]; k++)
        g_ptr_array_add(seals, json_pack("{s:s}", "type", types[k]));
    add_to_seals(draft, row, seals, "name", first);
    add_to_seals(draft, row, seals, "declared_mm", first);
    add_to_seals(draft, row, seals, "practice_kind", first);
    for (guint k = 0; k < seals->len; k++) {
        /* One that is there already may be a second seal or the same row twice: only a person knows. */
        if (list_has(list, seals->pdata[k]))
            refuse(draft, row->number, "seals.type", "the order has this very seal already: list each seal once");
        append(draft, "seals", row->number, "seals.type", seals->pdata[k]);
    }
}

/* The same file in the same role again is the same upload: such tables repeat it in every row of an order. */
static void
take_files(Draft *draft, const CsvRow *row, const char *field, const char *role)
{
    g_autofree char *text = cell_of(draft->table, row, field);
    g_auto(GStrv) files = order_cell_split(text, FALSE);
    for (guint k = 0; files[k]; k++) {
        json_t *upload = json_pack("{s:s, s:s}", "role", role, "file", files[k]);
        if (list_has(list_of(draft, "uploads"), upload))
            json_decref(upload);
        else
            append(draft, "uploads", row->number, field, upload);
    }
}

static void
take_row(Draft *draft, const CsvRow *row)
{
    if (draft->why)
        return;
    for (guint i = 0; i < ORDER_CSV_N_FIELDS; i++)
        if (ORDER_CSV_FIELDS[i].kind == CELL_UPLOAD && !g_str_has_suffix(ORDER_CSV_FIELDS[i].name, ".role") &&
            !g_str_has_suffix(ORDER_CSV_FIELDS[i].name, ".file"))
            take_files(draft, row, ORDER_CSV_FIELDS[i].name, ORDER_CSV_FIELDS[i].name + strlen("uploads."));
        else if (ORDER_CSV_FIELDS[i].kind != CELL_SEAL && ORDER_CSV_FIELDS[i].kind != CELL_UPLOAD)
            take_plain(draft, row, &ORDER_CSV_FIELDS[i]);
    g_autofree char *role = cell_of(draft->table, row, "uploads.role");
    if (role)
        take_files(draft, row, "uploads.file", role);
    take_seals(draft, row);
}

/* A row of another length has its values in other columns, or was cut off. */
static gboolean
fits_head(const Table *table, const CsvRow *row)
{
    for (guint i = table->head->cells->len; i < row->cells->len; i++)
        if (*(const char *)row->cells->pdata[i])
            return FALSE;
    return row->cells->len >= table->head->cells->len;
}

static Draft *
draft_for(Table *table, const CsvRow *row)
{
    g_autofree char *id = cell_of(table, row, "order_id");
    Draft *draft = id ? g_hash_table_lookup(table->by_id, id) : NULL;
    if (draft)
        return draft;
    draft = draft_new(table, row, id);
    g_ptr_array_add(table->drafts, draft);
    if (id)
        g_hash_table_insert(table->by_id, draft->order_id, draft);
    return draft;
}

/* ---- drafts into orders -------------------------------------------------------------------------------- */

static void
entry_free(OrderCsvEntry *entry)
{
    g_free(entry->order_id);
    order_free(entry->order);
    g_free(entry->why);
    g_free(entry);
}

static OrderCsvEntry *
finish(Draft *draft)
{
    OrderCsvEntry *entry = g_new0(OrderCsvEntry, 1);
    g_autoptr(GError) error = NULL;
    entry->row = draft->row;
    if (order_id_is_plain(draft->order_id))
        entry->order_id = g_strdup(draft->order_id);
    if (!draft->why)
        entry->order = order_from_value(draft->value, where_in_table, draft, &error);
    entry->why = error ? g_strdup(error->message) : g_steal_pointer(&draft->why);
    return entry;
}

GPtrArray *
order_csv_parse(const char *bytes, gsize length, const char *place, const OrderCsvMap *map, GPtrArray *unknown,
                GError **error)
{
    g_autoptr(GPtrArray) rows = csv_read(bytes, length, place, error);
    g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    Table table = { .place = place, .drafts = drafts, .by_id = by_id };
    if (!rows)
        return NULL;
    if (rows->len == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: the table is empty", place);
        return NULL;
    }
    table.head = rows->pdata[0];
    if (!read_head(&table, map, unknown, error))
        return NULL;
    for (guint i = 1; i < rows->len; i++) {
        Draft *draft = draft_for(&table, rows->pdata[i]);
        if (fits_head(&table, rows->pdata[i]))
            take_row(draft, rows->pdata[i]);
        else
            refuse(draft, ((CsvRow *)rows->pdata[i])->number, NULL, "has another number of cells than the header");
    }
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
    for (guint i = 0; i < drafts->len; i++)
        g_ptr_array_add(entries, finish(drafts->pdata[i]));
    return g_steal_pointer(&entries);
}
