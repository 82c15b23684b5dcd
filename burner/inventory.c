/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/inventory.h"

#include <string.h>

BurnObject *
burn_object_new(BurnObjectKind kind)
{
    BurnObject *object = g_new0(BurnObject, 1);
    object->kind = kind;
    return object;
}

void
burn_object_free(BurnObject *object)
{
    if (object == NULL)
        return;
    g_clear_pointer(&object->id, g_bytes_unref);
    g_free(object->label);
    g_free(object->application);
    g_free(object);
}

BurnTokenInfo *
burn_token_info_new(void)
{
    return g_new0(BurnTokenInfo, 1);
}

void
burn_token_info_free(BurnTokenInfo *info)
{
    if (info == NULL)
        return;
    g_free(info->serial);
    g_free(info->label);
    g_free(info->model);
    g_free(info->manufacturer);
    g_free(info);
}

BurnInventory *
burn_inventory_new(void)
{
    BurnInventory *inventory = g_new0(BurnInventory, 1);
    inventory->objects = g_ptr_array_new_with_free_func((GDestroyNotify)burn_object_free);
    return inventory;
}

void
burn_inventory_free(BurnInventory *inventory)
{
    if (inventory == NULL)
        return;
    burn_token_info_free(inventory->token);
    g_ptr_array_unref(inventory->objects);
    g_free(inventory);
}

static const char *
text(const char *s)
{
    return s != NULL ? s : "";
}

GVariant *
burn_token_info_pack(const BurnTokenInfo *t)
{
    return g_variant_new(BURN_TOKEN_TYPE, text(t->serial), text(t->label), text(t->model), text(t->manufacturer),
                         t->slot, t->free_bytes, t->present, t->initialised, t->user_pin_set, t->pin_locked,
                         t->pin_final_try, t->so_locked, t->write_protected);
}

static GVariant *
bytes_variant(const void *data, gsize size)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);
}

GVariant *
burn_inventory_pack(const BurnInventory *inventory)
{
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a(uutayssay)"));
    for (guint i = 0; i < inventory->objects->len; i++) {
        const BurnObject *o = inventory->objects->pdata[i];
        gsize size = 0;
        const void *id = o->id != NULL ? g_bytes_get_data(o->id, &size) : NULL;
        g_variant_builder_add(&list, "(uut@ayss@ay)", o->kind, o->flags, o->size, bytes_variant(id, size),
                              text(o->label), text(o->application), bytes_variant(o->sha256, 32));
    }
    return g_variant_new("(@" BURN_TOKEN_TYPE "a(uutayssay)b)", burn_token_info_pack(inventory->token), &list,
                         inventory->logged_in);
}

BurnTokenInfo *
burn_token_info_unpack(GVariant *variant)
{
    if (!g_variant_is_of_type(variant, G_VARIANT_TYPE(BURN_TOKEN_TYPE)))
        return NULL;
    BurnTokenInfo *t = burn_token_info_new();
    g_variant_get(variant, BURN_TOKEN_TYPE, &t->serial, &t->label, &t->model, &t->manufacturer, &t->slot,
                  &t->free_bytes, &t->present, &t->initialised, &t->user_pin_set, &t->pin_locked,
                  &t->pin_final_try, &t->so_locked, &t->write_protected);
    return t;
}

static BurnObject *
object_unpack(GVariant *entry)
{
    guint kind;
    g_autoptr(GVariant) id = NULL, digest = NULL;
    g_autoptr(BurnObject) o = burn_object_new(BURN_OBJECT_OTHER);
    g_variant_get(entry, "(uut@ayss@ay)", &kind, &o->flags, &o->size, &id, &o->label, &o->application, &digest);
    gsize size = 0;
    const guint8 *bytes = g_variant_get_fixed_array(digest, &size, 1);
    if (kind > BURN_OBJECT_OTHER || size != 32)
        return NULL;
    o->kind = kind;
    memcpy(o->sha256, bytes, 32);
    bytes = g_variant_get_fixed_array(id, &size, 1);
    o->id = g_bytes_new(bytes, size);
    return g_steal_pointer(&o);
}

BurnInventory *
burn_inventory_unpack(GVariant *variant)
{
    if (!g_variant_is_of_type(variant, G_VARIANT_TYPE(BURN_INVENTORY_TYPE)))
        return NULL;
    g_autoptr(BurnInventory) inventory = burn_inventory_new();
    g_autoptr(GVariant) token = g_variant_get_child_value(variant, 0);
    g_autoptr(GVariant) list = g_variant_get_child_value(variant, 1);
    g_variant_get_child(variant, 2, "b", &inventory->logged_in);
    inventory->token = burn_token_info_unpack(token);
    if (inventory->token == NULL || g_variant_n_children(list) > BURN_OBJECTS_MAX)
        return NULL;
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) entry = g_variant_get_child_value(list, i);
        BurnObject *object = object_unpack(entry);
        if (object == NULL)
            return NULL;
        g_ptr_array_add(inventory->objects, object);
    }
    return g_steal_pointer(&inventory);
}

gboolean
burn_object_has_id(const BurnObject *object, const guint8 *id, gsize length)
{
    gsize size = 0;
    const void *data = object->id != NULL ? g_bytes_get_data(object->id, &size) : NULL;
    return size == length && (size == 0 || memcmp(data, id, size) == 0);
}
