/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Config to CA and hub.
 */
#include "pipeline/burn_setup.h"

#include <string.h>

#include "burner/vendor.h"

/* NULL where nothing is set. (transfer full) */
static char *
path_of(Workspace *ws, const char *key)
{
    const char *text = config_text(ws->config, "ca", key);
    return *text ? workspace_path(ws, text) : NULL;
}

/* Returns: FALSE with SB_ERROR_INPUT naming the first of @keys (NULL-terminated) that is not set. */
static gboolean
are_set(Workspace *ws, const char *const *keys, GError **error)
{
    for (; *keys; keys++)
        if (!*config_text(ws->config, "ca", *keys)) {
            g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "[ca] kind=%s needs [ca] %s: set it in %s/sealbatch.conf",
                        config_text(ws->config, "ca", "kind"), *keys, ws->dir);
            return FALSE;
        }
    return TRUE;
}

static BurnCa *
open_cmp(Workspace *ws, GError **error)
{
    static const char *const always[] = { "server", "chain", NULL }, *const secret[] = { "reference", "secret_file", NULL },
                      *const signer[] = { "ra_cert", "ra_key", NULL };
    g_autofree char *chain = path_of(ws, "chain"), *secret_file = path_of(ws, "secret_file"), *tls = path_of(ws, "tls_ca"),
                    *ra_cert = path_of(ws, "ra_cert"), *ra_key = path_of(ws, "ra_key"), *found = path_of(ws, "found");
    BurnCaCmpConfig cmp = { .server = (char *)config_text(ws->config, "ca", "server"),
                            .path = (char *)config_text(ws->config, "ca", "path"),
                            .reference = (char *)config_text(ws->config, "ca", "reference"),
                            .secret_file = secret_file,
                            .ca_file = chain,
                            .tls_ca_file = tls,
                            .ra_cert_file = ra_cert,
                            .ra_key_file = ra_key,
                            .found_folder = found };
    if (!are_set(ws, always, error) || !are_set(ws, ra_cert ? signer : secret, error))
        return NULL;
    return burn_ca_cmp_open(&cmp, error);
}

static BurnCa *
open_files(Workspace *ws, GError **error)
{
    static const char *const needed[] = { "chain", "out", "in", NULL };
    g_autofree char *chain = path_of(ws, "chain"), *out = path_of(ws, "out"), *in = path_of(ws, "in");
    return are_set(ws, needed, error) ? burn_ca_files_open(out, in, chain, error) : NULL;
}

BurnCa *
burn_setup_ca(Workspace *ws, GError **error)
{
    const char *kind = config_text(ws->config, "ca", "kind");
    if (!strcmp(kind, "local")) {
        g_autofree char *folder = workspace_path(ws, config_text(ws->config, "ca", "folder"));
        return burn_ca_local_open(folder, error);
    }
    if (!strcmp(kind, "files"))
        return open_files(ws, error);
    if (!strcmp(kind, "cmp"))
        return open_cmp(ws, error);
    g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "config [ca] kind: \"%s\" is not one of local, cmp, files", kind);
    return NULL;
}

gboolean
burn_setup_hub(Workspace *ws, BurnHubConfig *vendor, BurnHubConfig *hub, GError **error)
{
    const Config *config = ws->config;
    const char *file = config_text(config, "burn", "vendor"), *module = config_text(config, "burn", "module");
    const char *filter = config_text(config, "burn", "slot_filter");
    guint max_procs, capacity, call_ms, keygen_ms;
    *hub = (BurnHubConfig){ 0 };
    if (*file) {
        g_autofree char *path = workspace_path(ws, file);
        if (!burn_vendor_load(path, vendor, error))
            return FALSE;
        *hub = *vendor;
    }
    if (*module || !hub->module)
        hub->module = (char *)module;
    if (*filter)
        hub->slot_filter = (char *)filter;
    if (!*hub->module) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "no PKCS#11 module is set: put it into [burn] module of sealbatch.conf, or --burn-module=PATH");
        return FALSE;
    }
    if (!config_number(config, "burn", "max_procs", 0, 256, &max_procs, error) ||
        !config_number(config, "burn", "capacity", 0, 1u << 30, &capacity, error) ||
        !config_number(config, "burn", "call_ms", 0, 3600000, &call_ms, error) ||
        !config_number(config, "burn", "keygen_ms", 0, 3600000, &keygen_ms, error))
        return FALSE;
    hub->max_procs = max_procs ? max_procs : hub->max_procs;
    hub->capacity = capacity ? capacity : hub->capacity;
    hub->call_ms = call_ms ? call_ms : hub->call_ms;
    hub->keygen_ms = keygen_ms ? keygen_ms : hub->keygen_ms;
    return TRUE;
}
