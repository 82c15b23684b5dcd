/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token_read.c: inventory, then each value by its digest.
 */
#include "burner/token_read.h"

#include "burner/inventory.h"
#include "burner/one_worker.h"
#include "core/error.h"

static void
data_free(BurnTokenData *data)
{
    g_free(data->label);
    g_free(data->application);
    g_bytes_unref(data->value);
    g_free(data);
}

void
burn_token_content_free(BurnTokenContent *content)
{
    if (!content)
        return;
    g_ptr_array_unref(content->certificates);
    g_ptr_array_unref(content->data);
    g_free(content);
}

static GBytes *
read_value(BurnOneWorker *worker, const BurnObject *object, GError **error)
{
    GVariant *digest = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, object->sha256, sizeof object->sha256, 1);
    g_autoptr(GVariant) reply =
        burn_one_worker_ask(worker, BURN_MSG_READ, g_variant_new("(u@ay)", object->kind, digest), "(ay)", error);
    g_autoptr(GVariant) value = reply ? g_variant_get_child_value(reply, 0) : NULL;
    return value ? g_variant_get_data_as_bytes(value) : NULL;
}

static gboolean
take(BurnTokenContent *content, BurnOneWorker *worker, const BurnObject *object, GError **error)
{
    if (object->kind != BURN_OBJECT_CERT && object->kind != BURN_OBJECT_DATA)
        return TRUE;
    GBytes *value = read_value(worker, object, error);
    if (!value)
        return FALSE;
    if (object->kind == BURN_OBJECT_CERT) {
        g_ptr_array_add(content->certificates, value);
        return TRUE;
    }
    BurnTokenData *data = g_new0(BurnTokenData, 1);
    data->label = g_strdup(object->label);
    data->application = g_strdup(object->application);
    data->value = value;
    g_ptr_array_add(content->data, data);
    return TRUE;
}

BurnTokenContent *
burn_token_read(const char *program, const char *module, const char *serial, guint call_ms, GError **error)
{
    if (!serial || !*serial) {
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "a token is named by its serial");
        return NULL;
    }
    g_autoptr(BurnOneWorker) worker = burn_one_worker_start(program, NULL, call_ms, error);
    if (!worker)
        return NULL;
    g_autoptr(GVariant) token = burn_one_worker_ask(
        worker, BURN_MSG_OPEN, g_variant_new("(ssssst)", module, "", serial, "", "", BURN_SLOT_UNKNOWN), BURN_TOKEN_TYPE, error);
    g_autoptr(GVariant) look = token ? burn_one_worker_ask(worker, BURN_MSG_LOOK, g_variant_new("(bb)", FALSE, TRUE),
                                                           BURN_INVENTORY_TYPE, error)
                                     : NULL;
    if (!look)
        return NULL;
    g_autoptr(BurnInventory) all = burn_inventory_unpack(look);
    if (!all) {
        g_set_error(error, SB_ERROR, SB_ERROR_TOKEN, "token: the worker's list cannot be read");
        return NULL;
    }
    g_autoptr(BurnTokenContent) content = g_new0(BurnTokenContent, 1);
    content->certificates = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    content->data = g_ptr_array_new_with_free_func((GDestroyNotify)data_free);
    for (guint i = 0; i < all->objects->len; i++)
        if (!take(content, worker, all->objects->pdata[i], error))
            return NULL;
    return g_steal_pointer(&content);
}
