/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "pipeline/checkpoint.h"
#include "sealgen/maker.h"

static char *dir;

static Workspace *
workspace(void)
{
    g_autoptr(GError) error = NULL;
    dir = g_dir_make_tmp("sealbatch-checkpoint-XXXXXX", NULL);
    g_autofree char *conf = g_build_filename(dir, WORKSPACE_CONF, NULL), *maker = g_build_filename(dir, "keys", "maker", NULL);
    g_file_set_contents(conf, "", 0, NULL);
    g_mkdir_with_parents(maker, 0700);
    MakerSpec spec = { "x", "x", "x", g_get_real_time() / G_USEC_PER_SEC, 2, 1 };
    cr_assert(maker_files_create(maker, &spec, &error));
    Workspace *ws = workspace_open(dir, NULL, &error);
    cr_assert_not_null(ws, "%s", error ? error->message : "");
    return ws;
}

static void
sql(const char *text)
{
    g_autofree char *path = g_build_filename(dir, "store.db", NULL);
    sqlite3 *db = NULL;
    sqlite3_open(path, &db);
    cr_assert_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void
done(Workspace *ws)
{
    workspace_close(ws);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", dir);
    cr_assert(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
    g_free(dir);
}

Test(checkpoint, what_was_signed_fits_and_later_lines_do_not_matter)
{
    Workspace *ws = workspace();
    g_autoptr(GError) error = NULL;
    guint ours;
    cr_assert(store_audit(ws->store, "a", "", "", &error));
    cr_assert(checkpoint_make(ws, &error), "%s", error ? error->message : "");
    cr_assert(store_audit(ws->store, "b", "", "", &error));
    cr_assert(checkpoint_make(ws, &error));
    cr_expect(checkpoint_verify_all(ws, &ours, &error));
    cr_expect_eq(ours, 2);
    done(ws);
}

Test(checkpoint, a_chain_computed_anew_does_not_fit)
{
    Workspace *ws = workspace();
    g_autoptr(GError) error = NULL;
    guint ours;
    store_audit(ws->store, "a", "", "", NULL);
    cr_assert(checkpoint_make(ws, &error));
    sql("DROP TRIGGER audit_is_kept; DELETE FROM audit;");
    store_audit(ws->store, "another history", "", "", NULL);
    cr_expect(store_audit_verify(ws->store, NULL, NULL, NULL), "the chain itself is whole");
    cr_expect_not(checkpoint_verify_all(ws, &ours, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
    done(ws);
}

Test(checkpoint, a_changed_signature_is_told_and_a_strangers_is_not_counted)
{
    Workspace *ws = workspace();
    g_autoptr(GError) error = NULL;
    guint ours;
    store_audit(ws->store, "a", "", "", NULL);
    cr_assert(checkpoint_make(ws, &error));
    sql("UPDATE checkpoints SET hash = replace(hash, substr(hash, 1, 1), 'x')");
    cr_expect_not(checkpoint_verify_all(ws, &ours, &error));
    done(ws);
}
