/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seal_types.c: the code tables, and a profile's changes to them.
 */
#include "sealgen/seal_types.h"

#include "core/error.h"

#define MAX_CODE 9999

SealTypeCodes
seal_type_codes_default(void)
{
    return (SealTypeCodes){
        .code = { [SEAL_OFFICIAL] = 1,
                  [SEAL_FINANCE] = 2,
                  [SEAL_INVOICE] = 3,
                  [SEAL_CONTRACT] = 4,
                  [SEAL_LEGAL_REP] = 5,
                  [SEAL_QUALIFICATION] = 99,
                  [SEAL_DYNAMIC] = 99,
                  [SEAL_PRACTICE] = 99,
                  [SEAL_SIGNATURE] = 99,
                  [SEAL_OTHER] = 99 },
        .code_v1 = { [SEAL_OFFICIAL] = 1,
                     [SEAL_FINANCE] = 1,
                     [SEAL_INVOICE] = 1,
                     [SEAL_CONTRACT] = 1,
                     [SEAL_LEGAL_REP] = 2,
                     [SEAL_QUALIFICATION] = 1,
                     [SEAL_DYNAMIC] = 1,
                     [SEAL_PRACTICE] = 2,
                     [SEAL_SIGNATURE] = 2,
                     [SEAL_OTHER] = 1 },
    };
}

static gboolean
override_group(int *table, GKeyFile *profile, const char *group, GError **error)
{
    gsize n = 0;
    g_auto(GStrv) keys = g_key_file_get_keys(profile, group, &n, NULL);
    for (gsize i = 0; i < n; i++) {
        SealType type;
        g_autofree char *text = g_key_file_get_string(profile, group, keys[i], NULL);
        guint64 code = 0;
        if (!seal_type_from_name(keys[i], &type)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "[%s] %s: no such type of seal", group, keys[i]);
            return FALSE;
        }
        if (!text || !g_ascii_string_to_unsigned(text, 10, 0, MAX_CODE, &code, NULL)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "[%s] %s: not a number between 0 and %d", group, keys[i],
                        MAX_CODE);
            return FALSE;
        }
        table[type] = (int)code;
    }
    return TRUE;
}

gboolean
seal_type_codes_override(SealTypeCodes *codes, GKeyFile *profile, GError **error)
{
    SealTypeCodes changed = *codes;
    if (!override_group(changed.code, profile, SEAL_TYPES_GROUP, error) ||
        !override_group(changed.code_v1, profile, SEAL_TYPES_GROUP_V1, error))
        return FALSE;
    *codes = changed;
    return TRUE;
}

gint64
seal_type_code(const SealTypeCodes *codes, SealType type, SesVersion version)
{
    g_assert((guint)type < SEAL_TYPES);
    return version == SES_V1 ? codes->code_v1[type] : codes->code[type];
}
