/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens a workspace: config, store and evidence together.
 */
#include "pipeline/workspace.h"

#include <string.h>

char *
workspace_find(const char *dir)
{
    if (!dir)
        dir = g_getenv("SEALBATCH_WORKSPACE");
    return g_canonicalize_filename(dir && *dir ? dir : ".", NULL);
}

Workspace *
workspace_open(const char *dir, Config *config, GError **error)
{
    g_autoptr(Workspace) ws = g_new0(Workspace, 1);
    ws->config = config;
    ws->dir = workspace_find(dir);
    ws->profiles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)profile_free);
    g_autofree char *conf = g_build_filename(ws->dir, WORKSPACE_CONF, NULL);
    g_autofree char *store = g_build_filename(ws->dir, "store.db", NULL);
    g_autofree char *evidence = g_build_filename(ws->dir, "evidence", NULL);
    if (!g_file_test(conf, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "%s is no workspace: make one with `sealbatch init DIR`, then name it with --workspace DIR", ws->dir);
        return NULL;
    }
    if (!ws->config && !(ws->config = config_load(conf, error)))
        return NULL;
    if (!(ws->store = store_open(store, error)) || !(ws->evidence = evidence_open(evidence, error)))
        return NULL;
    return g_steal_pointer(&ws);
}

void
workspace_close(Workspace *ws)
{
    if (!ws)
        return;
    g_clear_pointer(&ws->store, store_close);
    g_clear_pointer(&ws->evidence, evidence_close);
    g_clear_pointer(&ws->config, config_free);
    g_clear_pointer(&ws->profiles, g_hash_table_unref);
    g_free(ws->dir);
    g_free(ws);
}

char *
workspace_path(const Workspace *ws, const char *path)
{
    return g_canonicalize_filename(path, ws->dir);
}

const Profile *
workspace_profile(Workspace *ws, const char *name, GError **error)
{
    name = name && *name ? name : config_text(ws->config, "workspace", "profile");
    Profile *profile = g_hash_table_lookup(ws->profiles, name);
    if (profile)
        return profile;
    if (strchr(name, '/')) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "a profile is named, not a path");
        return NULL;
    }
    g_autofree char *dir = g_build_filename(ws->dir, "profiles", NULL);
    profile = profile_load(name, dir, error);
    if (profile)
        g_hash_table_insert(ws->profiles, g_strdup(name), profile);
    return profile;
}
