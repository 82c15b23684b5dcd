/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes seal pictures.
 */
#include "pipeline/picture_file.h"

#include <errno.h>

static char *
picture_name(const SheetResult *sheet, guint index)
{
    const SheetSeal *seal = sheet->seals->pdata[index];
    guint before = 0;
    for (guint i = 0; i < index; i++)
        before += ((const SheetSeal *)sheet->seals->pdata[i])->type == seal->type;
    return before ? g_strdup_printf("%s-%u.png", seal_type_name(seal->type), before + 1)
                  : g_strdup_printf("%s.png", seal_type_name(seal->type));
}

static char *
write_picture(const SheetResult *sheet, guint index, const char *folder, GError **error)
{
    g_autoptr(GBytes) png = sheet_seal_png(sheet->seals->pdata[index]);
    g_autoptr(GError) cause = NULL;
    if (!png || *error)
        return g_strdup("");
    g_autofree char *name = picture_name(sheet, index);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    gsize length;
    const char *bytes = g_bytes_get_data(png, &length);
    if (g_mkdir_with_parents(folder, 0777) != 0)
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", folder, g_strerror(errno));
    else if (!g_file_set_contents_full(path, bytes, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &cause))
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", cause->message);
    return g_strdup(*error ? "" : path);
}

GStrv
picture_files_write(const OrderResult *result, const char *dir, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = g_build_filename(dir, result->order_id, NULL);
    g_autoptr(GError) first = NULL;
    for (guint i = 0; result->sheet && i < result->sheet->seals->len; i++)
        g_ptr_array_add(paths, write_picture(result->sheet, i, folder, &first));
    if (first)
        g_propagate_error(error, g_steal_pointer(&first));
    g_ptr_array_add(paths, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}
