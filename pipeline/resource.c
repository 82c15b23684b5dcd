/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Access to the embedded data files.
 */
#include "pipeline/resource.h"

/* From the generated file. */
GResource *sealbatch_get_resource(void);
void sealbatch_register_resource(void);

GResource *
pipeline_resource(void)
{
    static gsize registered;
    if (g_once_init_enter(&registered)) {
        sealbatch_register_resource();
        g_once_init_leave(&registered, 1);
    }
    return sealbatch_get_resource();
}

char *
pipeline_resource_text(const char *name)
{
    g_autofree char *path = g_strconcat("/org/sealbatch/", name, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(pipeline_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(bytes);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}
