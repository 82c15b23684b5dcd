/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch init DIR: a workspace with its config, keys of an embedded CA and seal maker, and the master
 * secret of PINs. Running it again completes what is missing and replaces nothing.
 */
#include <errno.h>
#include <sys/stat.h>

#include "burner/ca.h"
#include "burner/pin.h"
#include "pipeline/cmd.h"
#include "sealgen/maker.h"

enum { CA_YEARS = 20, MAKER_YEARS = 10, YEAR_SECONDS = 31557600 };

static gboolean
make_folder(const char *dir, const char *name, int mode, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (g_mkdir_with_parents(path, mode) == 0)
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "cannot make %s: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean
write_config(const char *dir, Config *config, GError **error)
{
    g_autofree char *path = g_build_filename(dir, WORKSPACE_CONF, NULL);
    g_autofree char *text = config_to_text(config);
    g_autoptr(GError) cause = NULL;
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0640,
                                 &cause))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s", cause->message);
    return FALSE;
}

static gboolean
is_there(const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static gboolean
make_keys(const char *dir, const char *organisation, GError **error)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *maker = g_build_filename(dir, "keys", "maker", NULL);
    g_autofree char *ca = g_build_filename(dir, "keys", "ca", NULL);
    g_autofree char *secret = g_build_filename(dir, "keys", "master.secret", NULL);
    MakerSpec spec = { .organization = organisation, .ca_name = "Sealbatch seal root", .maker_name = "Sealbatch seal maker",
                       .not_before = now, .ca_years = CA_YEARS, .maker_years = MAKER_YEARS };
    if (!make_folder(dir, "keys", 0700, error) || !make_folder(dir, "keys/maker", 0700, error))
        return FALSE;
    if (!is_there(maker, MAKER_CERT) && !maker_files_create(maker, &spec, error))
        return FALSE;
    if (!is_there(ca, "ca.crt") && !burn_ca_local_create(ca, BURN_CA_KEY_EC_P256, organisation, "Sealbatch CA", now,
                                                         now + (gint64)CA_YEARS * YEAR_SECONDS, error))
        return FALSE;
    return g_file_test(secret, G_FILE_TEST_EXISTS) || burn_pin_source_create(secret, error);
}

static gboolean
make_workspace(const char *dir, Config *config, GError **error)
{
    static const char *const folders[] = { "", "inbox", "out", "profiles" };
    for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
        if (!make_folder(dir, folders[i], 0750, error))
            return FALSE;
    if (!make_keys(dir, config_text(config, "workspace", "organisation"), error) || !write_config(dir, config, error))
        return FALSE;
    g_autoptr(Workspace) ws = workspace_open(dir, NULL, error);
    return ws && store_audit(ws->store, "workspace_made", "", "", error);
}

int
cmd_init(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(NULL, &error);
    if (!config_take_flags(config, &argc, argv, &error))
        return cmd_fail(error);
    if (!cmd_parse(&argc, &argv, "DIR",
                   "Makes a workspace: config, database, an embedded CA, a seal maker's key, the secret of PINs.\n"
                   "What is there already stays as it is. Config keys are flags: --burn-module=/usr/lib/x.so", NULL))
        return EXIT_USAGE;
    if (argc != 2) {
        cmd_say("init needs one DIR");
        return EXIT_USAGE;
    }
    burn_pin_guard();
    umask(0027);
    if (!make_workspace(argv[1], config, &error))
        return cmd_fail(error);
    cmd_print("workspace %s is ready\nNEXT  put order folders into %s/inbox, then: sealbatch run --workspace %s\n", argv[1],
            argv[1], argv[1]);
    return EXIT_DONE;
}
