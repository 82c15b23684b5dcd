/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workspace.h: the folder a CA works in: sealbatch.conf, store.db, evidence/, keys/, profiles/, out/, lock.
 */
#ifndef SB_PIPELINE_WORKSPACE_H
#define SB_PIPELINE_WORKSPACE_H

#include "pipeline/config.h"
#include "pipeline/evidence.h"
#include "pipeline/profile.h"
#include "pipeline/store.h"

G_BEGIN_DECLS

typedef struct {
    char *dir; /* absolute */
    Config *config;
    Store *store;
    Evidence *evidence;
    GHashTable *profiles; /* name -> Profile, as they are asked for */
} Workspace;

#define WORKSPACE_CONF "sealbatch.conf"

/**
 * workspace_open: @dir, or NULL: SEALBATCH_WORKSPACE, then the current directory.
 * @config  taken over (flags already applied), or NULL: read from the folder
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT where the folder is no workspace ("sealbatch init DIR").
 */
Workspace *workspace_open(const char *dir, Config *config, GError **error);
void workspace_close(Workspace *workspace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workspace, workspace_close)

/* (transfer full) Where a workspace that is not named would be. */
char *workspace_find(const char *dir);

/* (transfer full) A path inside it; an absolute @path stays as it is. */
char *workspace_path(const Workspace *workspace, const char *path);

/* (transfer none) NULL with SB_ERROR_INPUT; NULL or "" is the workspace's default. */
const Profile *workspace_profile(Workspace *workspace, const char *name, GError **error);

G_END_DECLS

#endif
