/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checkpoint.h: the seal maker's signature over the audit chain, once a run. The chain alone shows a changed
 * line; the checkpoint shows a chain that somebody computed anew.
 */
#ifndef SB_PIPELINE_CHECKPOINT_H
#define SB_PIPELINE_CHECKPOINT_H

#include "pipeline/workspace.h"

G_BEGIN_DECLS

/**
 * checkpoint_make: verify the chain, then sign where it stands now with the maker's key (SM2 with SM3).
 * A maker whose key is not in a file signs nothing: TRUE. SB_ERROR_INTEGRITY, SB_ERROR_SEAL, SB_ERROR_STORE.
 */
gboolean checkpoint_make(Workspace *workspace, GError **error);

/* Every checkpoint against the chain and its own signature; those of our maker are counted in @ours.
 * SB_ERROR_INTEGRITY names the first that does not fit. */
gboolean checkpoint_verify_all(Workspace *workspace, guint *ours, GError **error);

G_END_DECLS

#endif
