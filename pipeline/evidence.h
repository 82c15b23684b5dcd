/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence.h: uploads, crops, pictures and seals on disk, each under the SHA-256 of its content.
 *
 * A file is written aside, flushed, renamed and its folder flushed, before anybody names it: what a
 * digest in the store points at is there, whole, whatever happened in between. Nothing is ever changed.
 */
#ifndef SB_PIPELINE_EVIDENCE_H
#define SB_PIPELINE_EVIDENCE_H

#include "core/error.h"

G_BEGIN_DECLS

typedef struct Evidence Evidence;

/* @dir is made where it is not there. Returns: (transfer full) or NULL with SB_ERROR_ENV. */
Evidence *evidence_open(const char *dir, GError **error);
void evidence_close(Evidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Evidence, evidence_close)

/* From here on put tells the digest and keeps nothing: --dry-run. */
void evidence_set_dry(Evidence *evidence);

/* Returns: (transfer full) the digest, 64 lower-case hex letters; NULL with SB_ERROR_ENV (disk full, ...). */
char *evidence_put(Evidence *evidence, GBytes *bytes, GError **error);

/**
 * evidence_put_fd: the same from an open file, without holding it in memory.
 * Returns: also NULL with SB_ERROR_LIMIT where it is longer than @most.
 */
char *evidence_put_fd(Evidence *evidence, int fd, gsize most, GError **error);

/**
 * evidence_get: @digest as put gave it.
 * Returns: (transfer full) or NULL with SB_ERROR_ENV (gone) or SB_ERROR_INTEGRITY (its content has changed).
 */
GBytes *evidence_get(Evidence *evidence, const char *digest, GError **error);

/* (transfer full) Where it lies; @digest is checked to be one. NULL where it is none. */
char *evidence_path(Evidence *evidence, const char *digest);
gboolean evidence_has(Evidence *evidence, const char *digest);

/* For purge alone. Returns: FALSE with SB_ERROR_ENV; a file that is gone already is fine. */
gboolean evidence_remove(Evidence *evidence, const char *digest, GError **error);

gboolean evidence_is_digest(const char *text);

G_END_DECLS

#endif
