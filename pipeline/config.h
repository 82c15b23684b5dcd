/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h: the workspace's sealbatch.conf: one table of keys, each also a flag (--burn-module=...).
 *
 * Read once at the start of a command and const from there on. A flag beats the file, the file beats the default.
 */
#ifndef SB_PIPELINE_CONFIG_H
#define SB_PIPELINE_CONFIG_H

#include "core/error.h"

G_BEGIN_DECLS

typedef struct {
    const char *group, *key;
    const char *otherwise; /* the default */
    const char *help;      /* one line */
} ConfigKey;

/* Ends with a row whose group is NULL. */
extern const ConfigKey CONFIG_KEYS[];

typedef struct Config Config;

/**
 * config_load: @path may be NULL or missing (defaults).
 * Returns: (transfer full) or NULL with SB_ERROR_INPUT: no key file, an unknown key.
 */
Config *config_load(const char *path, GError **error);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* "group-key" or "group.key" = value. Returns: FALSE with SB_ERROR_INPUT where there is no such key. */
gboolean config_set(Config *config, const char *name, const char *value, GError **error);

/**
 * config_take_flags: removes every --group-key=value (or --group-key value) that names a key from the
 * vector. Others stay for GOption.
 */
gboolean config_take_flags(Config *config, int *argc, char **argv, GError **error);

/* The key must stand in CONFIG_KEYS: anything else is a bug. Never NULL. */
const char *config_text(const Config *config, const char *group, const char *key);
/* Returns: FALSE with SB_ERROR_INPUT where the value is no number in that range. */
gboolean config_number(const Config *config, const char *group, const char *key, guint least, guint most, guint *value,
                       GError **error);

/* (transfer full) The whole file with comments, as `init` writes and `config` prints it. */
char *config_to_text(const Config *config);

G_END_DECLS

#endif
