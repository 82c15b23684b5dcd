/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels for finished keys.
 */
#include "pipeline/label_sheet.h"

#include <string.h>
#include <glib/gstdio.h>

#include "pipeline/pdf_page.h"
#include "pipeline/stored_order.h"

enum { COLUMNS = 3, ID_LARGE = 16 };
#define WIDE_MM 70.0
#define HIGH_MM 37.0
#define TOP_MM 0.5 /* 8 * 37 mm of 297 */
#define EDGE_MM 5.0 /* what an office printer cannot reach, and some slip of the paper */
#define QR_MM 24.0

void
label_free(Label *label)
{
    if (!label)
        return;
    g_free(label->order_id);
    g_free(label->unit);
    g_free(label->serial);
    g_free(label->recipient);
    g_free(label);
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

static gboolean
draw_label(PdfPaper *paper, const Label *label, guint place, GError **error)
{
    double x = place % COLUMNS * WIDE_MM + EDGE_MM, y = TOP_MM + place / COLUMNS * HIGH_MM + EDGE_MM;
    double wide = WIDE_MM - 2 * EDGE_MM - QR_MM - 2;
    g_autofree char *code = g_strdup_printf("SB1K %s %s", label->order_id, label->serial);
    /* Order and serial are never cut: 64 and 16 characters fit. */
    pdf_text(paper, x, y, strlen(label->unit) > ID_LARGE ? -2.2 : -3.4, wide, 4, label->unit);
    pdf_text(paper, x, y + 12.5, 2.2, wide, 1, "UKey 序列号");
    pdf_text(paper, x, y + 15.2, 2.9, wide, 1, label->serial);
    pdf_text(paper, x, y + 20, 2.2, wide, 1, "收件人");
    pdf_text(paper, x, y + 23, -3.0, wide, 2, label->recipient);
    return pdf_qr(paper, x + WIDE_MM - 2 * EDGE_MM - QR_MM, y + 1.5, QR_MM, code, error);
}

GByteArray *
label_sheet_pdf(GPtrArray *labels, GError **error)
{
    g_autoptr(PdfPaper) paper = pdf_paper_new("UKey labels");
    if (labels->len == 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "there is no finished key to print a label for");
        return NULL;
    }
    for (guint i = 0; i < labels->len; i++) {
        if (i > 0 && i % LABELS_A_PAGE == 0)
            pdf_paper_next(paper);
        if (!draw_label(paper, labels->pdata[i], i % LABELS_A_PAGE, error))
            return NULL;
    }
    return pdf_paper_end(paper, error);
}

/* ---- collecting ---------------------------------------------------------------------------------------- */

static gint
newest_first(gconstpointer a, gconstpointer b)
{
    const Label *one = *(Label *const *)a, *two = *(Label *const *)b;
    return one->done_at != two->done_at ? (one->done_at < two->done_at ? 1 : -1) : strcmp(one->unit, two->unit);
}

static gboolean
add_keys(Workspace *ws, const char *order_id, GPtrArray *labels, GError **error)
{
    g_autoptr(GPtrArray) units = store_units(ws->store, order_id, error);
    for (guint i = 0; units && i < units->len; i++) {
        const StoreUnit *unit = units->pdata[i];
        if (!unit->token_serial || !*unit->token_serial)
            continue; /* a revocation without a key */
        Label *label = g_new0(Label, 1);
        label->order_id = g_strdup(order_id);
        label->unit = g_strdup(unit->unit);
        label->serial = g_strdup(unit->token_serial);
        label->done_at = unit->changed_at;
        g_ptr_array_add(labels, label);
    }
    return units != NULL;
}

static gboolean
name_recipients(Workspace *ws, GPtrArray *labels, GError **error)
{
    for (guint i = 0; i < labels->len; i++) {
        Label *label = labels->pdata[i];
        g_autoptr(Order) order = stored_order_load(ws, label->order_id, NULL, error);
        if (!order)
            return FALSE;
        label->recipient = g_strdup(order->recipient.name ? order->recipient.name : order->operator_.name);
    }
    return TRUE;
}

/* One label a key: that of its last order. */
static void
drop_older(GPtrArray *labels)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < labels->len;)
        if (g_hash_table_add(seen, g_strdup(((Label *)labels->pdata[i])->serial)))
            i++;
        else
            g_ptr_array_remove_index(labels, i);
}

GPtrArray *
label_sheet_collect(Workspace *ws, GError **error)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func((GDestroyNotify)label_free);
    g_autoptr(GPtrArray) orders = store_list_orders(ws->store, STATE_DONE, error);
    if (!orders)
        return NULL;
    for (guint i = 0; i < orders->len; i++) {
        const StoreOrder *order = orders->pdata[i];
        if (order->kind != ORDER_REVOKE && !add_keys(ws, order->order_id, labels, error))
            return NULL;
    }
    g_ptr_array_sort(labels, newest_first);
    drop_older(labels);
    if (labels->len > LABELS_MAX)
        g_ptr_array_set_size(labels, LABELS_MAX);
    return name_recipients(ws, labels, error) ? g_steal_pointer(&labels) : NULL;
}

gboolean
label_sheet_write(Workspace *ws, GError **error)
{
    g_autofree char *path = workspace_path(ws, LABELS_FILE), *folder = g_path_get_dirname(path);
    g_autoptr(GPtrArray) labels = label_sheet_collect(ws, error);
    g_autoptr(GError) cause = NULL;
    if (!labels)
        return FALSE;
    if (labels->len == 0) {
        g_remove(path);
        return TRUE;
    }
    g_autoptr(GByteArray) pdf = label_sheet_pdf(labels, error);
    if (!pdf)
        return FALSE;
    g_mkdir_with_parents(folder, 0750);
    if (g_file_set_contents_full(path, (const char *)pdf->data, (gssize)pdf->len, G_FILE_SET_CONTENTS_CONSISTENT, 0640,
                                 &cause))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", cause->message);
    return FALSE;
}
