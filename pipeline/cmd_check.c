/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch check: is this machine fit for tonight? Models, sandbox, disk, module, keys, database, audit.
 */
#include <jansson.h>
#include <sys/statvfs.h>

#include "burner/pin.h"
#include "pipeline/child.h"
#include "burner/vendor.h"
#include "pipeline/burn_setup.h"
#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/read_unit.h"
#include "pipeline/sandbox.h"
#include "sealgen/maker.h"

enum { LEAST_FREE_MB = 2048 };

typedef struct {
    Workspace *ws;
    gboolean json;
    guint bad;
} Check;

static void
tell(Check *check, const char *what, gboolean good, const char *text)
{
    check->bad += !good;
    if (check->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:s, s:b, s:o}", "type", "check", "what", what, "good", good,
                                                    "text", json_text(text)));
        cmd_json_line(line);
        return;
    }
    g_autofree char *said = words_sentence(words_language(), text ? text : "");
    g_print("%-10s %-5s %s\n", what, good ? "ok" : "BAD", said);
}

static void
check_models(Check *check)
{
    g_autoptr(GError) error = NULL;
    const char *dir = config_text(check->ws->config, "read", "models");
    g_autofree char *usual = models_default_dir();
    g_autoptr(Models) models = models_open(*dir ? dir : NULL, &error);
    tell(check, "models", models != NULL, models ? (*dir ? dir : usual) : error->message);
}

static GBytes *
nothing(const int *fds, guint n_fds, gpointer data, GError **error)
{
    return g_bytes_new_static("", 0);
}

static void
ended(const ChildReport *report, gpointer data)
{
    *(ChildEnd *)data = report->end;
}

static void
check_sandbox(Check *check)
{
    g_autoptr(GError) error = NULL;
    ChildEnd end = CHILD_CRASHED;
    g_autoptr(ChildPool) pool = child_pool_new(1, &error);
    if (pool && child_pool_start(pool, NULL, 0, NULL, nothing, NULL, ended, &end, &error))
        while (child_pool_running(pool))
            child_pool_wait(pool, -1);
    tell(check, "sandbox", end == CHILD_ANSWERED,
         end == CHILD_ANSWERED ? (sandbox_is_real() ? N_("seccomp and limits hold") : N_("off: built with AddressSanitizer"))
         : error               ? error->message
                               : N_("reading processes cannot lock themselves down here"));
}

static void
check_disk(Check *check)
{
    struct statvfs info;
    gboolean known = statvfs(check->ws->dir, &info) == 0;
    guint64 free_mb = known ? (guint64)info.f_bavail * info.f_frsize >> 20 : 0;
    g_autofree char *text = g_strdup_printf(words_in(words_language(), "%u MB free, %d MB are wanted"), (guint)MIN(free_mb, G_MAXUINT), LEAST_FREE_MB);
    tell(check, "disk", known && free_mb >= LEAST_FREE_MB, text);
}

static void
check_module(Check *check)
{
    g_autoptr(GError) error = NULL;
    BurnHubConfig vendor = { 0 }, hub;
    const Config *config = check->ws->config;
    gboolean set = *config_text(config, "burn", "module") || *config_text(config, "burn", "vendor");
    gboolean fine = set && burn_setup_hub(check->ws, &vendor, &hub, &error);
    gboolean there = fine && g_file_test(hub.module, G_FILE_TEST_IS_REGULAR);
    tell(check, "module", !set || there,
         !set     ? N_("none is set: nothing can be burned here")
         : there ? hub.module
         : fine  ? N_("the PKCS#11 module that is set is not there")
                 : error->message);
    burn_vendor_clear(&vendor);
}

static void
check_ca(Check *check)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnCa) ca = burn_setup_ca(check->ws, &error);
    tell(check, "ca", ca != NULL, ca ? ca->name : error->message);
}

static void
check_keys(Check *check)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *maker = workspace_path(check->ws, config_text(check->ws->config, "seal", "maker"));
    g_autofree char *secret = workspace_path(check->ws, config_text(check->ws->config, "burn", "master_secret"));
    g_autoptr(SesMaker) seals = maker_files_load(maker, config_text(check->ws->config, "seal", "vid"), &error);
    tell(check, "maker", seals != NULL, seals ? N_("the seal maker's certificate and key belong together") : error->message);
    g_clear_error(&error);
    g_autoptr(BurnPinSource) pins = burn_pin_source_open(secret, &error);
    tell(check, "secret", pins != NULL, pins ? N_("the secret of PINs is readable by its owner alone") : error->message);
}

static void
check_audit(Check *check)
{
    g_autoptr(GError) error = NULL;
    gint64 lines = 0;
    gboolean whole = store_audit_verify(check->ws->store, &lines, NULL, &error);
    g_autofree char *text = whole ? g_strdup_printf(words_in(words_language(), "%u lines, whole"), (guint)lines) : g_strdup(error->message);
    tell(check, "audit", whole, text);
}

int
cmd_check(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    int code;
    if (!cmd_open(&argc, &argv, "", "Checks the machine and the workspace; 7 is the exit code where something is unfit.",
                  NULL, &work, &code))
        return code;
    Check check = { .ws = work.workspace, .json = work.json };
    check_models(&check);
    check_sandbox(&check);
    check_disk(&check);
    check_module(&check);
    check_ca(&check);
    check_keys(&check);
    check_audit(&check);
    return check.bad ? EXIT_ENVIRONMENT : EXIT_DONE;
}
