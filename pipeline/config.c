/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of config keys, and how they are read.
 */
#include "pipeline/config.h"

#include <string.h>

const ConfigKey CONFIG_KEYS[] = {
    { "workspace", "profile", "default", "platform's rules where an order names none" },
    { "workspace", "inbox", "inbox", "folder with one folder an order" },
    { "workspace", "organisation", "演示数字证书认证中心", "name of this CA, in certificates and seals" },
    { "workspace", "language", "", "zh or en; empty: the locale's" },
    { "read", "jobs", "2", "reading processes at once" },
    { "read", "models", "", "folder of the models; empty: the installed ones" },
    { "read", "memory_mb", "1536", "address space of a reading process" },
    { "read", "seconds", "120", "wall time of a reading process" },
    { "read", "cpu_seconds", "60", "CPU time of a reading process" },
    { "seal", "maker", "keys/maker", "folder with the seal maker's certificate and key" },
    { "seal", "vid", "SEALBATCH", "the maker's short ASCII name" },
    { "seal", "token_module", "", "PKCS#11 module with the maker's key; empty: its key file" },
    { "seal", "token_serial", "", "serial of that token" },
    { "seal", "token_key_id", "", "CKA_ID of the key in hex; empty: the only one there" },
    { "seal", "token_mechanism", "", "the vendor's CKM_ number that signs a digest with SM2 (0x80008001)" },
    { "seal", "token_pin_file", "keys/maker.pin", "file with its PIN, mode 0600" },
    { "seal", "list_days", "7", "how long the list of revoked seals is good for" },
    { "seal", "timestamp_url", "", "RFC 3161 service (http://host/path) for seals of version 5; empty: no time stamp" },
    { "seal", "timestamp_s", "10", "seconds to wait for it" },
    { "burn", "module", "", "PKCS#11 module of the UKeys (a path)" },
    { "burn", "vendor", "", "vendor profile (burner/vendor.h): module, limits, factory PINs; what is set here goes before" },
    { "burn", "slot_filter", "", "only slots whose description holds this" },
    { "burn", "max_procs", "0", "workers at once; 0: one a token" },
    { "burn", "worker", "", "the worker program; empty: sealbatch-worker beside this one" },
    { "burn", "master_secret", "keys/master.secret", "file that SO PINs and random PINs are derived from" },
    { "burn", "pin_recipient", "", "certificate (PEM or DER) of the mail house that random PINs are encrypted to" },
    { "burn", "pin_letters", "encrypt",
      "encrypt: random PINs leave this machine for pin_recipient only. print: out/pin/UNIT.pdf in clear (mode 0600), only "
      "where this house prints the letters itself; delete each once it is printed" },
    { "burn", "capacity", "0", "bytes a key takes where it does not tell; 0: unknown" },
    { "burn", "call_ms", "0", "watchdog of one request to a token; 0: 30000" },
    { "burn", "keygen_ms", "0", "watchdog of key generation; 0: 120000" },
    { "ca", "kind", "local", "local, cmp or files" },
    { "ca", "folder", "keys/ca", "local: folder of the embedded CA" },
    { "ca", "out", "ca-out", "files: where requests go" },
    { "ca", "in", "ca-in", "files: where certificates come back" },
    { "ca", "chain", "", "files, cmp: PEM chain of the CA" },
    { "ca", "server", "", "cmp: host:port" },
    { "ca", "path", "", "cmp: HTTP path" },
    { "ca", "reference", "", "cmp: reference value" },
    { "ca", "secret_file", "", "cmp: file with the shared secret, mode 0600" },
    { "ca", "tls_ca", "", "cmp: PEM trust for https; empty: plain http" },
    { "ca", "ra_cert", "", "cmp: PEM certificate of the RA that signs requests, instead of a shared secret" },
    { "ca", "ra_key", "", "cmp: its key, PEM" },
    { "ca", "found", "ca-found", "cmp: certificates that a person brought after an answer was lost" },
    { "ca", "exchange_trust", "", "PEM with the other CAs whose keys prove their holder in an exchange" },
    { "retention", "days", "1095", "uploads and texts of ended orders are purged after this" },
    { NULL, NULL, NULL, NULL },
};

struct Config {
    GHashTable *values; /* "group.key" -> text */
};

static const ConfigKey *
find_key(const char *group, gsize group_length, const char *key)
{
    for (const ConfigKey *k = CONFIG_KEYS; k->group; k++)
        if (strlen(k->group) == group_length && !strncmp(k->group, group, group_length) && !strcmp(k->key, key))
            return k;
    return NULL;
}

static void
put(Config *config, const ConfigKey *key, const char *value)
{
    g_hash_table_insert(config->values, g_strdup_printf("%s.%s", key->group, key->key), g_strdup(value));
}

static gboolean
read_file(Config *config, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &cause)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: %s", path, cause->message);
        return FALSE;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (guint g = 0; groups[g]; g++) {
        g_auto(GStrv) keys = g_key_file_get_keys(file, groups[g], NULL, NULL);
        for (guint k = 0; keys && keys[k]; k++) {
            const ConfigKey *key = find_key(groups[g], strlen(groups[g]), keys[k]);
            g_autofree char *value = g_key_file_get_string(file, groups[g], keys[k], NULL);
            if (!key || !value) {
                g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s: [%s] %s: there is no such key", path, groups[g],
                            keys[k]);
                return FALSE;
            }
            put(config, key, g_strstrip(value));
        }
    }
    return TRUE;
}

Config *
config_load(const char *path, GError **error)
{
    g_autoptr(Config) config = g_new0(Config, 1);
    config->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (const ConfigKey *key = CONFIG_KEYS; key->group; key++)
        put(config, key, key->otherwise);
    if (path && g_file_test(path, G_FILE_TEST_EXISTS) && !read_file(config, path, error))
        return NULL;
    return g_steal_pointer(&config);
}

void
config_free(Config *config)
{
    if (config)
        g_hash_table_unref(config->values);
    g_free(config);
}

/* "burn.max_procs" or "burn-max-procs" */
static const ConfigKey *
key_by_name(const char *name)
{
    gsize group = strcspn(name, ".-");
    if (!name[group])
        return NULL;
    g_autofree char *key = g_strdelimit(g_strdup(name + group + 1), "-", '_');
    return find_key(name, group, key);
}

gboolean
config_set(Config *config, const char *name, const char *value, GError **error)
{
    const ConfigKey *key = key_by_name(name);
    if (!key) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "there is no config key \"%s\"", name);
        return FALSE;
    }
    put(config, key, value);
    return TRUE;
}

gboolean
config_take_flags(Config *config, int *argc, char **argv, GError **error)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        const char *flag = argv[i];
        g_autofree char *name = g_str_has_prefix(flag, "--") ? g_strndup(flag + 2, strcspn(flag + 2, "=")) : NULL;
        const ConfigKey *key = name ? key_by_name(name) : NULL;
        const char *value = key ? strchr(flag, '=') : NULL;
        if (!key) {
            argv[kept++] = argv[i];
            continue;
        }
        if (!value && i + 1 >= *argc) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "%s needs a value", flag);
            return FALSE;
        }
        put(config, key, value ? value + 1 : argv[++i]);
    }
    argv[kept] = NULL;
    *argc = kept;
    return TRUE;
}

const char *
config_text(const Config *config, const char *group, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s.%s", group, key);
    const char *value = g_hash_table_lookup(config->values, name);
    g_assert(value);
    return value;
}

gboolean
config_number(const Config *config, const char *group, const char *key, guint least, guint most, guint *value,
              GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(config_text(config, group, key), 10, least, most, &number, NULL)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [%s] %s must be a number from %u to %u", group, key,
                    least, most);
        return FALSE;
    }
    *value = (guint)number;
    return TRUE;
}

char *
config_to_text(const Config *config)
{
    GString *text = g_string_new("# SPDX-License-Identifier: GPL-3.0-or-later\n"
                                 "# sealbatch.conf. Every key is also a flag: [burn] module is --burn-module.\n");
    const char *group = "";
    for (const ConfigKey *key = CONFIG_KEYS; key->group; key++) {
        if (strcmp(group, key->group) != 0)
            g_string_append_printf(text, "\n[%s]\n", key->group);
        group = key->group;
        g_string_append_printf(text, "# %s\n%s=%s\n", key->help, key->key, config_text(config, key->group, key->key));
    }
    return g_string_free(text, FALSE);
}
