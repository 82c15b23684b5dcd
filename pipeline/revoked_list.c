/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the store's marks to sealgen's signed list.
 */
#include "pipeline/revoked_list.h"

#include <errno.h>

#include <glib/gstdio.h>

#include "sealgen/seal_list.h"

#define DAY_S G_GINT64_CONSTANT(86400)

static gboolean
put_file(const char *path, GBytes *bytes, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GError) cause = NULL;
    if (g_mkdir_with_parents(folder, 0750) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", folder, g_strerror(errno));
        return FALSE;
    }
    if (!g_file_set_contents_full(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", cause->message);
        return FALSE;
    }
    return TRUE;
}

gboolean
revoked_list_write(Workspace *ws, SesMaker *maker, const char *path, RevokedList *written, GError **error)
{
    g_autoptr(SealList) list = seal_list_new();
    guint days;
    if (!config_number(ws->config, "seal", "list_days", 1, 366, &days, error))
        return FALSE;
    g_autoptr(GPtrArray) rows = store_revoked_seals(ws->store, &list->number, error);
    if (!rows)
        return FALSE;
    list->issued_at = g_get_real_time() / G_USEC_PER_SEC;
    list->next_at = list->issued_at + days * DAY_S;
    for (guint i = 0; i < rows->len; i++) {
        const StoreRevoked *row = rows->pdata[i];
        seal_list_add(list, row->es_id, row->at, row->reason);
    }
    g_autoptr(GBytes) der = seal_list_make(maker, list, error);
    if (!der || !put_file(path, der, error))
        return FALSE;
    *written = (RevokedList){ list->number, rows->len };
    return TRUE;
}

/* Whole seconds: a list of the newest mark's second may have come before it. */
gboolean
revoked_list_is_old(Workspace *ws, const char *path, gboolean *old, GError **error)
{
    gint64 number, newest = -1;
    GStatBuf file;
    g_autoptr(GPtrArray) rows = store_revoked_seals(ws->store, &number, error);
    for (guint i = 0; rows && i < rows->len; i++)
        newest = MAX(newest, ((const StoreRevoked *)rows->pdata[i])->at);
    *old = newest >= 0 && (g_stat(path, &file) != 0 || file.st_mtime <= newest);
    return rows != NULL;
}
