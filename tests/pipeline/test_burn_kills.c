/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `sealbatch burn`, killed before and after each thing that it makes last (database, CA, evidence, lists), then run
 * again: it must end as a run that nobody killed.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

#include "pipeline/exit_code.h"

#define COMMAND BUILD_DIR "/sealbatch"
#define SAMPLE "SQ50011002"
#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

static char *dir;

static void
shell(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
shell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *command = g_strdup_vprintf(format, args);
    va_end(args);
    cr_assert_eq(system(command), 0, "%s", command);
}

static void
begin(void)
{
    dir = g_strdup("/dev/shm/sealbatch-kills-XXXXXX");
    cr_assert_not_null(g_mkdtemp(dir));
}

static void
end(void)
{
    shell("rm -rf '%s'", dir);
    g_free(dir);
}

TestSuite(burn_kills, .init = begin, .fini = end, .timeout = 290);

/* @extra: NAME=VALUE of the killer, or NULL. Returns: the exit code, -1: killed. */
static int
sealbatch(const char *desk, const char *what, const char *const *extra)
{
    g_autofree char *ws = g_build_filename(desk, "ws", NULL), *inbox = g_build_filename(desk, "inbox", NULL),
                    *conf = g_strdup_printf("%s/softhsm2.conf", desk);
    const char *burn[] = { COMMAND, "burn", "-w", ws, NULL }, *run[] = { COMMAND, "run", inbox, "-w", ws, NULL },
               *audit[] = { COMMAND, "audit", "-w", ws, NULL },
               *init[] = { COMMAND, "init", ws, "--burn-module=" SOFTHSM, NULL };
    const char *const *argv = *what == 'b' ? burn : *what == 'r' ? run : *what == 'a' ? audit : init;
    g_auto(GStrv) env = g_get_environ();
    int status = 0;
    env = g_environ_setenv(env, "SOFTHSM2_CONF", conf, TRUE);
    for (guint i = 0; extra && extra[i]; i += 2)
        env = g_environ_setenv(env, extra[i], extra[i + 1], TRUE);
    cr_assert(g_spawn_sync(NULL, (char **)argv, env, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                           NULL, &status, NULL));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A copy of @from to be burned; SoftHSM2 gets the copy's tokens. */
static char *
copy_of(const char *from)
{
    char *to = g_build_filename(dir, "copy", NULL);
    shell("rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
    shell("printf 'directories.tokendir = %%s\\nobjectstore.backend = file\\n' '%s/tokens' > '%s/softhsm2.conf'", to, to);
    return to;
}

/* The sample order as another of this kind; the same holder, the same uploads. */
static void
put_order(const char *desk, const char *id, const char *kind)
{
    g_autofree char *folder = g_build_filename(desk, "inbox", id, NULL), *file = g_build_filename(folder, "order.json", NULL);
    shell("mkdir -p '%s/inbox' && cp -r '" SOURCE_DIR "/samples/orders/" SAMPLE "' '%s'", desk, folder);
    json_t *order = json_load_file(file, 0, NULL);
    cr_assert_not_null(order);
    json_object_set_new(order, "order_id", json_string(id));
    json_object_set_new(order, "kind", json_string(kind));
    cr_assert_eq(json_dump_file(order, file, 0), 0);
    json_decref(order);
}

static void
add_lines(GString *out, const char *desk, const char *file)
{
    g_autofree char *path = g_build_filename(desk, "ws/out", file, NULL), *text = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    static const char *const ids[] = { "\"A1\"", "\"A2\"" };
    for (guint k = 0; k < G_N_ELEMENTS(ids); k++) {
        guint n = 0;
        for (guint i = 0; lines[i]; i++)
            n += strstr(lines[i], ids[k]) != NULL;
        g_string_append_printf(out, "%s %s: %u lines; ", file, ids[k], n);
    }
}

static void
add_files(GString *out, const char *desk, const char *folder)
{
    g_autofree char *path = g_build_filename(desk, "ws/keys/ca", folder, NULL);
    g_autoptr(GDir) list = g_dir_open(path, 0, NULL);
    guint n = 0;
    for (const char *name; list && (name = g_dir_read_name(list));)
        n += strchr(name, '.') == NULL; /* with a suffix: a kill came before its rename */
    g_string_append_printf(out, "%s: %u; ", folder, n);
}

/* All that must be the same, whatever was killed: nothing in it is a time, a serial or a digest. */
static char *
account_of(const char *desk)
{
    static const char *const asks[] = {
        "SELECT order_id || ' ' || state FROM orders ORDER BY order_id",
        "SELECT unit || ' ' || state FROM units ORDER BY unit",
        "SELECT 'certificate ' || unit || ' ' || coalesce(revoked_by, '') FROM certificates ORDER BY unit",
        "SELECT 'seals ' || unit || ' ' || count(DISTINCT es_id) FROM made GROUP BY unit",
        "SELECT 'revoked seals ' || reason || ' ' || count(*) FROM revoked_seals GROUP BY reason",
        "SELECT 'key ' || state || ' ' || unit FROM keys ORDER BY state, unit",
    };
    GString *out = g_string_new(NULL);
    g_autofree char *file = g_build_filename(desk, "ws/store.db", NULL), *list = g_build_filename(desk, "ws/out/revoked-seals.p7", NULL);
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    for (guint i = 0; i < G_N_ELEMENTS(asks); i++) {
        sqlite3_stmt *ask = NULL;
        cr_assert_eq(sqlite3_prepare_v2(db, asks[i], -1, &ask, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
        while (sqlite3_step(ask) == SQLITE_ROW)
            g_string_append_printf(out, "%s; ", sqlite3_column_text(ask, 0));
        sqlite3_finalize(ask);
    }
    sqlite3_close(db);
    add_lines(out, desk, "courier.csv");
    add_lines(out, desk, "burn-protocol.jsonl");
    add_files(out, desk, "issued");
    add_files(out, desk, "revoked");
    g_string_append(out, g_file_test(list, G_FILE_TEST_EXISTS) ? "a list of revoked seals" : "no list of revoked seals");
    return g_string_free(out, FALSE);
}

/* Returns: how many points there are; @account (out) what a run that nobody kills leaves. */
static guint
burn_clean(const char *from, char **account)
{
    g_autofree char *desk = copy_of(from), *file = g_build_filename(dir, "count", NULL), *dots = NULL;
    const char *extra[] = { "LD_PRELOAD", BUILD_DIR "/libkill_at_sync.so", "KILL_COUNT", file, NULL };
    g_unlink(file);
    cr_assert_eq(sealbatch(desk, "burn", extra), EXIT_DONE);
    cr_assert(g_file_get_contents(file, &dots, NULL, NULL));
    *account = account_of(desk);
    return (guint)strlen(dots);
}

static void
burn_killed(const char *from, guint point, gboolean after, const char *account)
{
    g_autofree char *desk = copy_of(from), *at = g_strdup_printf("%u", point), *left = NULL;
    const char *extra[] = { "LD_PRELOAD", BUILD_DIR "/libkill_at_sync.so", "KILL_AT", at, after ? "KILL_AFTER" : NULL, "1", NULL };
    cr_expect_eq(sealbatch(desk, "burn", extra), -1, "%u", point);
    cr_expect_eq(sealbatch(desk, "burn", NULL), EXIT_DONE, "%u", point);
    cr_expect_eq(sealbatch(desk, "audit", NULL), EXIT_DONE, "%u", point);
    left = account_of(desk);
    cr_expect_str_eq(left, account, "killed %s point %u:\n%s\n%s", after ? "after" : "before", point, left, account);
}

static void
burn_at_every(const char *from, guint every)
{
    g_autofree char *account = NULL;
    guint points = burn_clean(from, &account);
    cr_assert_gt(points, 20, "%u", points);
    for (guint i = 1; i <= points; i += every)
        for (guint after = 0; after < 2; after++)
            burn_killed(from, i, (gboolean)after, account);
}

Test(burn_kills, a_burn_that_is_killed_anywhere_ends_as_one_that_was_not)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip_test("the sanitizer wants to be preloaded first");
#endif
    const char *wish = g_getenv("BURN_KILLS_EVERY");
    guint every = wish ? (guint)MAX(atoi(wish), 1) : 10;
    g_autofree char *desk = g_build_filename(dir, "desk", NULL), *conf = g_build_filename(desk, "softhsm2.conf", NULL);
    g_autofree char *line = g_strdup_printf("directories.tokendir = %s/tokens\nobjectstore.backend = file\n", desk);
    if (!g_file_test(SOFTHSM, G_FILE_TEST_EXISTS))
        cr_skip_test("no SoftHSM2");
    shell("mkdir -p '%s/tokens'", desk);
    cr_assert(g_file_set_contents(conf, line, -1, NULL));
    cr_assert_eq(sealbatch(desk, "init", NULL), EXIT_DONE);
    put_order(desk, "A1", "new");
    cr_assert_eq(sealbatch(desk, "run", NULL), EXIT_DONE);
    burn_at_every(desk, every);
    cr_assert_eq(sealbatch(desk, "burn", NULL), EXIT_DONE);
    put_order(desk, "A2", "revoke");
    cr_assert_eq(sealbatch(desk, "run", NULL), EXIT_DONE);
    burn_at_every(desk, every / 2 + 1);
}
