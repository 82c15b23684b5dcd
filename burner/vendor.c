/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vendor.c: see vendor.h for the file. */
#include "burner/vendor.h"

#include <stddef.h>
#include <string.h>

#include "core/error.h"

#define GROUP "key"

typedef enum { TEXT, NUMBER, SIZE, BOOLEAN } Type;

static const struct {
    const char *name;
    Type type;
    gsize offset;
    guint64 max;
} fields[] = {
    { "module", TEXT, offsetof(BurnHubConfig, module), 0 },
    { "slot_filter", TEXT, offsetof(BurnHubConfig, slot_filter), 0 },
    { "factory_so_pin", TEXT, offsetof(BurnHubConfig, factory_so_pin), 0 },
    { "factory_user_pin", TEXT, offsetof(BurnHubConfig, factory_user_pin), 0 },
    { "faults", TEXT, offsetof(BurnHubConfig, faults), 0 },
    { "max_procs", NUMBER, offsetof(BurnHubConfig, max_procs), 64 },
    { "pin_min", NUMBER, offsetof(BurnHubConfig, pin_min), BURN_PIN_MAX },
    { "pin_max", NUMBER, offsetof(BurnHubConfig, pin_max), BURN_PIN_MAX },
    { "call_ms", NUMBER, offsetof(BurnHubConfig, call_ms), 600000 },
    { "keygen_ms", NUMBER, offsetof(BurnHubConfig, keygen_ms), 600000 },
    { "capacity", SIZE, offsetof(BurnHubConfig, capacity), 1u << 30 },
    { "preload", BOOLEAN, offsetof(BurnHubConfig, preload), 0 },
};

static gboolean
refuse(GError **error, const char *file, const char *key, const char *what)
{
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: [" GROUP "] %s %s", file, key, what);
    return FALSE;
}

static gboolean
read_field(GKeyFile *keys, const char *file, const char *name, BurnHubConfig *out, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(fields[i].name, name) != 0)
            continue;
        char *at = (char *)out + fields[i].offset;
        g_autoptr(GError) cause = NULL;
        if (fields[i].type == TEXT) {
            *(char **)at = g_key_file_get_string(keys, GROUP, name, &cause);
        } else if (fields[i].type == BOOLEAN) {
            *(gboolean *)at = g_key_file_get_boolean(keys, GROUP, name, &cause);
        } else {
            guint64 number = g_key_file_get_uint64(keys, GROUP, name, &cause);
            if (cause == NULL && number > fields[i].max)
                return refuse(error, file, name, "is out of range");
            if (fields[i].type == SIZE)
                *(gsize *)at = (gsize)number;
            else
                *(guint *)at = (guint)number;
        }
        return cause == NULL || refuse(error, file, name, "has a value of the wrong type");
    }
    return refuse(error, file, name, "is not known");
}

/* GKeyFile lists a key as often as it is written: which of two PINs is meant is not ours to say. */
static gboolean
stands_before(char **names, guint i)
{
    for (guint k = 0; k < i; k++)
        if (strcmp(names[k], names[i]) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
read_all(GKeyFile *keys, const char *file, BurnHubConfig *out, GError **error)
{
    g_auto(GStrv) names = g_key_file_get_keys(keys, GROUP, NULL, NULL);
    for (guint i = 0; names != NULL && names[i] != NULL; i++) {
        if (stands_before(names, i))
            return refuse(error, file, names[i], "is given twice");
        if (!read_field(keys, file, names[i], out, error))
            return FALSE;
    }
    if (out->module == NULL || *out->module == '\0')
        return refuse(error, file, "module", "is missing");
    if (out->pin_max > 0 && out->pin_min > out->pin_max)
        return refuse(error, file, "pin_min", "is above pin_max");
    return TRUE;
}

gboolean
burn_vendor_load(const char *file, BurnHubConfig *out, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    *out = (BurnHubConfig){ 0 };
    if (!g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: %s", file, cause->message);
        return FALSE;
    }
    if (read_all(keys, file, out, error))
        return TRUE;
    burn_vendor_clear(out);
    return FALSE;
}

void
burn_vendor_clear(BurnHubConfig *config)
{
    g_free(config->module);
    g_free(config->slot_filter);
    g_free(config->factory_so_pin);
    g_free(config->factory_user_pin);
    g_free(config->faults);
    *config = (BurnHubConfig){ 0 };
}
