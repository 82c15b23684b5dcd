/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_list.h: the signed list of seals that are no longer in force, for others to read.
 *
 * A certificate's revocation does not tell which of its seals went, and the standards of the seal
 * have no list of their own. Ours is CMS signed data (RFC 5652) without signed attributes, signed by
 * the seal maker with SM2-with-SM3 over its content, which is UTF-8 JSON:
 *
 *   {"type":"revoked-seals","maker":"VID","number":7,"issued_at":"2026-01-01T00:00:00Z",
 *    "next_at":"2026-01-02T00:00:00Z",
 *    "seals":[{"es_id":"...","revoked_at":"2025-12-30T08:00:00Z","reason":"lost"}]}
 *
 * `openssl cms -verify -nosigs -noverify -inform DER -in LIST` prints it; sealgen/README.md shows how
 * the openssl command checks its signature.
 */
#ifndef SB_SEALGEN_SEAL_LIST_H
#define SB_SEALGEN_SEAL_LIST_H

#include "sealgen/ses_verify.h"

G_BEGIN_DECLS

#define SEAL_LIST_MAX_BYTES (64u << 20)
#define SEAL_LIST_MAX_ENTRIES 500000

typedef struct {
    char *es_id;       /* 1..64 printable ASCII characters */
    gint64 revoked_at; /* seconds since 1970, UTC */
    char *reason;      /* a word of 1..32 of a-z and '-': "lost", "replaced", "changed", "ended", ... */
} SealListEntry;

typedef struct {
    char *vid;     /* the maker's short name; filled when read, ignored when made */
    gint64 number; /* grows by one with every list */
    gint64 issued_at, next_at;
    GPtrArray *entries; /* of SealListEntry */
} SealList;

SealList *seal_list_new(void);
void seal_list_free(SealList *list);
void seal_list_add(SealList *list, const char *es_id, gint64 revoked_at, const char *reason);

/**
 * seal_list_make:
 * Encode (sorted by es_id), sign, and verify before it leaves.
 *
 * Returns: (transfer full) CMS, DER, or NULL with
 *   SB_ERROR_INPUT  an entry is not as above, an es_id stands twice, or next_at is not after issued_at
 *   SB_ERROR_SEAL, or the sign function's own
 */
GBytes *seal_list_make(SesMaker *maker, const SealList *list, GError **error);

/**
 * seal_list_read:
 * @trust  must lead the signer to an anchor that is valid at @at
 *
 * Returns: (transfer full) the list, or NULL with
 *   SB_ERROR_LIMIT  beyond the limits above
 *   SB_ERROR_SEAL   not such a list, not signed by whom we trust, or issued after @at
 * Whether it is out of date (next_at) is the caller's to judge.
 */
SealList *seal_list_read(GBytes *der, SesTrust *trust, gint64 at, GError **error);

/* NULL where the seal is not on it. */
const SealListEntry *seal_list_find(const SealList *list, const char *es_id);

/* Adds the check "seal_list" to a verdict: fails a seal that was on the list at @at; notes a list of
 * another maker, or one out of date. */
void seal_list_judge(const SealList *list, SesVerdict *verdict, gint64 at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealList, seal_list_free)

G_END_DECLS

#endif
