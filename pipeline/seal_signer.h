/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_signer.h: the workspace's seal maker by its config: key in a PEM file or on a PKCS#11 token, with a
 * time-stamp service or without.
 */
#ifndef SB_PIPELINE_SEAL_SIGNER_H
#define SB_PIPELINE_SEAL_SIGNER_H

#include "pipeline/workspace.h"
#include "sealgen/ses.h"

G_BEGIN_DECLS

typedef struct SealSigner SealSigner;

/**
 * seal_signer_open: [seal] maker, vid, token_*, timestamp_*.
 * With token_module the key is on that token (its PIN in token_pin_file, mode 0600) and only the certificate is
 * read from the maker's folder.
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT (config), SB_ERROR_SEAL (certificate and key), SB_ERROR_TOKEN,
 * SB_ERROR_PIN, SB_ERROR_ENV.
 */
SealSigner *seal_signer_open(Workspace *workspace, GError **error);
SesMaker *seal_signer_maker(const SealSigner *signer); /* (transfer none) */
void seal_signer_free(SealSigner *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealSigner, seal_signer_free)

G_END_DECLS

#endif
