/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token_read.h: what lies open on a token, read without a PIN: certificates and data objects (seals).
 */
#ifndef SB_BURNER_TOKEN_READ_H
#define SB_BURNER_TOKEN_READ_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    char *label, *application; /* valid UTF-8 */
    GBytes *value;
} BurnTokenData;

typedef struct {
    GPtrArray *certificates; /* (element-type GBytes) DER as it stands */
    GPtrArray *data;         /* (element-type BurnTokenData) */
} BurnTokenContent;

/**
 * burn_token_read: @worker the worker program, or NULL: sealbatch-worker beside this one. @serial names the token.
 * Nothing is written and no PIN is asked, so private objects are not seen.
 * Returns: (transfer full) or NULL with SB_ERROR_ENV (worker) or SB_ERROR_TOKEN.
 */
BurnTokenContent *burn_token_read(const char *worker, const char *module, const char *serial, guint call_ms,
                                  GError **error);
void burn_token_content_free(BurnTokenContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnTokenContent, burn_token_content_free)

G_END_DECLS

#endif
