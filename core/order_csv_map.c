/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order_csv_map.c: the fields that a column may be, and the headers that mean them.
 */
#include <string.h>

#include "core/order_csv_inner.h"
#include "core/text.h"

const OrderCsvField ORDER_CSV_FIELDS[] = {
    { "order_id", CELL_NUMBER },
    { "profile", CELL_TEXT },
    { "submitted_at", CELL_TIME },
    { "kind", CELL_TEXT },
    { "subject_type", CELL_TEXT },
    { "certificate_years", CELL_COUNT },
    { "certificates", CELL_COUNT },
    { "company.name", CELL_TEXT },
    { "company.credit_code", CELL_NUMBER },
    { "company.address", CELL_TEXT },
    { "company.department", CELL_TEXT },
    { "legal_rep.name", CELL_TEXT },
    { "legal_rep.id_number", CELL_NUMBER },
    { "legal_rep.phone", CELL_NUMBER },
    { "legal_rep.address", CELL_TEXT },
    { "operator.name", CELL_TEXT },
    { "operator.id_number", CELL_NUMBER },
    { "operator.phone", CELL_NUMBER },
    { "operator.address", CELL_TEXT },
    { "recipient.name", CELL_TEXT },
    { "recipient.id_number", CELL_NUMBER },
    { "recipient.phone", CELL_NUMBER },
    { "recipient.address", CELL_TEXT },
    { "token.serial", CELL_NUMBER },
    { "seals.type", CELL_SEAL },
    { "seals.name", CELL_SEAL },
    { "seals.declared_mm", CELL_SEAL },
    { "seals.practice_kind", CELL_SEAL },
    { "uploads.role", CELL_UPLOAD },
    { "uploads.file", CELL_UPLOAD },
    { "uploads.licence", CELL_UPLOAD },
    { "uploads.legal_rep_id_front", CELL_UPLOAD },
    { "uploads.legal_rep_id_back", CELL_UPLOAD },
    { "uploads.legal_rep_id", CELL_UPLOAD },
    { "uploads.operator_id_front", CELL_UPLOAD },
    { "uploads.operator_id_back", CELL_UPLOAD },
    { "uploads.operator_id", CELL_UPLOAD },
    { "uploads.seal_sheet", CELL_UPLOAD },
    { "uploads.application_form", CELL_UPLOAD },
    { "uploads.change_proof", CELL_UPLOAD },
};
const guint ORDER_CSV_N_FIELDS = G_N_ELEMENTS(ORDER_CSV_FIELDS);
G_STATIC_ASSERT(G_N_ELEMENTS(ORDER_CSV_FIELDS) <= ORDER_CSV_MAX_FIELDS);

struct OrderCsvMap {
    GHashTable *fields; /* folded header -> index in ORDER_CSV_FIELDS */
};

static char *
fold_header(const char *header)
{
    char *folded = text_fold(header);
    char *to = folded;
    for (const char *p = folded; *p; p++)
        if (*p != '*' && !g_ascii_isspace(*p))
            *to++ = *p;
    *to = 0;
    return folded;
}

int
order_csv_field(const char *name)
{
    for (guint i = 0; i < ORDER_CSV_N_FIELDS; i++)
        if (!strcmp(ORDER_CSV_FIELDS[i].name, name))
            return (int)i;
    return -1;
}

OrderCsvMap *
order_csv_map_new(void)
{
    OrderCsvMap *map = g_new0(OrderCsvMap, 1);
    map->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < ORDER_CSV_N_FIELDS; i++)
        g_hash_table_insert(map->fields, fold_header(ORDER_CSV_FIELDS[i].name), GUINT_TO_POINTER(i));
    return map;
}

void
order_csv_map_free(OrderCsvMap *map)
{
    if (!map)
        return;
    g_hash_table_unref(map->fields);
    g_free(map);
}

gboolean
order_csv_map_find(const OrderCsvMap *map, const char *header, guint *field)
{
    g_autofree char *folded = fold_header(header);
    gpointer value;
    if (!g_hash_table_lookup_extended(map->fields, folded, NULL, &value))
        return FALSE;
    *field = GPOINTER_TO_UINT(value);
    return TRUE;
}

gboolean
order_csv_map_add(OrderCsvMap *map, const char *field, const char *headers, GError **error)
{
    int index = order_csv_field(field);
    g_auto(GStrv) names = g_strsplit(headers, ";", -1);
    if (index < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: an order has no such field", field);
        return FALSE;
    }
    for (guint i = 0; names[i]; i++) {
        guint other;
        if (order_csv_map_find(map, names[i], &other) && (int)other != index) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: the header \"%s\" means %s already", field,
                        g_strstrip(names[i]), ORDER_CSV_FIELDS[other].name);
            return FALSE;
        }
        g_autofree char *folded = fold_header(names[i]);
        if (*folded)
            g_hash_table_insert(map->fields, g_steal_pointer(&folded), GINT_TO_POINTER(index));
    }
    return TRUE;
}
