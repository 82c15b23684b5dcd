/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * revoked_list.h: the signed list of seals that are no longer in force, as a file for others.
 */
#ifndef SB_PIPELINE_REVOKED_LIST_H
#define SB_PIPELINE_REVOKED_LIST_H

#include "pipeline/workspace.h"
#include "sealgen/ses.h"

G_BEGIN_DECLS

#define REVOKED_LIST_FILE "out/revoked-seals.p7"

typedef struct {
    gint64 number;
    guint seals;
} RevokedList;

/**
 * revoked_list_write: sign what the store holds (sealgen/seal_list.h) and put it in place of @path in one step.
 * @path   absolute; its folder exists or is made
 * @list   (out)
 * Returns: FALSE with SB_ERROR_STORE, SB_ERROR_SEAL, SB_ERROR_ENV, or SB_ERROR_INPUT ([seal] list_days).
 */
gboolean revoked_list_write(Workspace *workspace, SesMaker *maker, const char *path, RevokedList *list, GError **error);

/* The list at @path is missing, or older than the newest mark: a run may have been killed between the two.
 * FALSE with SB_ERROR_STORE. */
gboolean revoked_list_is_old(Workspace *workspace, const char *path, gboolean *old, GError **error);

G_END_DECLS

#endif
