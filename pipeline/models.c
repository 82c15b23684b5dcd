/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models of ocr, loaded once in the parent of all reading children.
 */
#include "pipeline/read_unit.h"

/* Where an installed program's data lie: PREFIX/libexec/sealbatch/sealbatch, PREFIX/share/sealbatch. */
static char *
installed_dir(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self ? self : "");
    g_autofree char *dir = g_build_filename(folder, "..", "..", "share", "sealbatch", "models", NULL);
    return g_canonicalize_filename(dir, NULL);
}

char *
models_default_dir(void)
{
    const char *named = g_getenv("SEALBATCH_MODELS");
    if (named && *named)
        return g_strdup(named);
    g_autofree char *dir = installed_dir();
    return g_file_test(dir, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&dir) : g_strdup(SB_MODEL_DIR);
}

/* The hanzi model lies beside the others, or in its own folder of the source tree. */
static char *
hanzi_path(const char *dir)
{
    char *path = g_build_filename(dir, "hanzi.model", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_autofree char *other = g_build_filename(dir, "..", "hanzi", "hanzi.model", NULL);
    if (g_file_test(other, G_FILE_TEST_EXISTS)) {
        g_free(path);
        path = g_steal_pointer(&other);
    }
    return path;
}

Models *
models_open(const char *dir, GError **error)
{
    g_autoptr(Models) models = g_new0(Models, 1);
    g_autofree char *usual = models_default_dir();
    dir = dir ? dir : usual;
    g_autofree char *hanzi = hanzi_path(dir);
    models->reader = reader_open(dir, error);
    if (!models->reader)
        return NULL;
    models->hanzi = hanzi_open(hanzi, error);
    if (!models->hanzi)
        return NULL;
    return g_steal_pointer(&models);
}

void
models_free(Models *models)
{
    if (!models)
        return;
    g_clear_pointer(&models->reader, reader_free);
    g_clear_pointer(&models->hanzi, hanzi_free);
    g_free(models);
}
