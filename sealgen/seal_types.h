/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_types.h: the kind of a seal as a number in property.type.
 *
 * Versions 4 and 5 leave the number free; the default is the code table of seal filing. Version 1
 * (GM/T 0031-2014) knows 1 for a unit's and 2 for a person's. A platform that counts otherwise says
 * so in its profile:
 *
 *   [seal-types]            versions 4 and 5
 *   practice = 31
 *   [seal-types-v1]
 *   dynamic = 1
 */
#ifndef SB_SEALGEN_SEAL_TYPES_H
#define SB_SEALGEN_SEAL_TYPES_H

#include "core/order.h"
#include "sealgen/ses.h"

G_BEGIN_DECLS

#define SEAL_TYPES_GROUP "seal-types"
#define SEAL_TYPES_GROUP_V1 "seal-types-v1"

/* A plain value: one code for every SealType. */
typedef struct {
    int code[SEAL_TYPES]; /* versions 4 and 5 */
    int code_v1[SEAL_TYPES];
} SealTypeCodes;

/* 1 official, 2 finance, 3 invoice, 4 contract, 5 legal_rep, 99 all others; version 1: 2 for
 * legal_rep, practice and signature, 1 for all others. */
SealTypeCodes seal_type_codes_default(void);

/**
 * seal_type_codes_override:
 * Take the two groups above over from a profile; groups and keys that are absent change nothing.
 *
 * Returns: FALSE with SB_ERROR_INPUT naming group and key: no seal type, or not a number 0..9999.
 * @codes is then as it was.
 */
gboolean seal_type_codes_override(SealTypeCodes *codes, GKeyFile *profile, GError **error);

/* property.type of this seal. */
gint64 seal_type_code(const SealTypeCodes *codes, SealType type, SesVersion version);

G_END_DECLS

#endif
