/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A random PIN on the whole way: after init, run and burn it is in no file of workspace or tokens, in no line that was
 * printed, and at no moment in the process list; only the mail house's key opens the letter.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "burner/ca.h"
#include "pipeline/exit_code.h"

#define ORDER "SQ50011002"
#define MODULE "/usr/lib/softhsm/libsofthsm2.so"

static char *dir, *ws;
static GString *seen; /* what was printed, and what stood in the process list */

static void
begin(void)
{
    dir = g_dir_make_tmp("sealbatch-secret-XXXXXX", NULL);
    ws = g_build_filename(dir, "ws", NULL);
    seen = g_string_new(NULL);
}

static void
end(void)
{
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL);
}

#ifdef __SANITIZE_ADDRESS__
#define PATIENCE_S 1400
#else
#define PATIENCE_S 120
#endif

TestSuite(pin_secret, .init = begin, .fini = end, .timeout = PATIENCE_S);

static void
note_file(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length;
    if (g_file_get_contents(path, &bytes, &length, NULL))
        g_string_append_len(seen, bytes, (gssize)length);
}

static void
note_processes(void)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    for (const char *pid; (pid = g_dir_read_name(proc));)
        for (guint i = 0; g_ascii_isdigit(*pid) && i < 2; i++) {
            g_autofree char *path = g_build_filename("/proc", pid, i ? "environ" : "cmdline", NULL);
            note_file(path);
        }
}

/* A shell line with $B, $W and $D; looks at the process list while it runs. Returns the exit code. */
static int
run(const char *line)
{
    g_autofree char *log = g_build_filename(dir, "log", NULL);
    g_autofree char *text =
        g_strdup_printf("B=%s W=%s D=%s; exec >>%s 2>&1; %s", BUILD_DIR "/sealbatch", ws, dir, log, line);
    const char *argv[] = { "/bin/sh", "-c", text, NULL };
    GPid pid;
    int status = 0;
    cr_assert(g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
    while (waitpid(pid, &status, WNOHANG) == 0) {
        note_processes();
        g_usleep(10000);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static gboolean
tree_holds(const char *path, const char *text)
{
    g_autoptr(GDir) list = g_dir_open(path, 0, NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    if (!list)
        return g_file_get_contents(path, &bytes, &length, NULL) && memmem(bytes, length, text, strlen(text)) != NULL;
    for (const char *name; (name = g_dir_read_name(list));) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK) && tree_holds(child, text))
            return TRUE;
    }
    return FALSE;
}

/* The order's platform gives random PINs here; a mail house with an RSA key stands ready. */
static gboolean
prepare(void)
{
    g_autofree char *house = g_build_filename(dir, "house", NULL), *conf = g_build_filename(dir, "softhsm2.conf", NULL),
                    *lines = g_strdup_printf("directories.tokendir = %s/tokens\nobjectstore.backend = file\n", dir),
                    *json = NULL;
    if (!g_file_test(MODULE, G_FILE_TEST_EXISTS) ||
        !g_file_get_contents(SOURCE_DIR "/samples/orders/" ORDER "/order.json", &json, NULL, NULL))
        return FALSE;
    json_t *order = json_loads(json, 0, NULL);
    const char *named = json_string_value(json_object_get(order, "profile"));
    g_autofree char *profile = g_strdup_printf("%s/profiles/%s.conf", ws, named ? named : "default");
    json_decref(order);
    g_setenv("SOFTHSM2_CONF", conf, TRUE);
    cr_assert(g_file_set_contents(conf, lines, -1, NULL));
    cr_assert(burn_ca_local_create(house, BURN_CA_KEY_RSA_3072, "x", "x", 0, G_GINT64_CONSTANT(4000000000), NULL));
    cr_assert_eq(run("mkdir $D/inbox $D/tokens; cp -r " SOURCE_DIR "/samples/orders/" ORDER " $D/inbox; "
                     "$B init $W --burn-module=" MODULE), EXIT_DONE);
    return g_file_set_contents(profile,
                               "[profile]\ntitle_zh=x\ntitle_en=x\n[uploads]\nenterprise=licence;seal_sheet\n"
                               "person=seal_sheet\n[pin]\nuser=random\nrandom_length=8\n", -1, NULL);
}

Test(pin_secret, a_random_pin_is_in_no_file_no_line_and_no_process_list)
{
    g_autofree char *log = g_build_filename(dir, "log", NULL), *opened = g_build_filename(dir, "opened", NULL), *text = NULL;
    if (!prepare())
        return;
    cr_assert_eq(run("$B run $D/inbox -w $W"), EXIT_DONE);
    cr_expect_neq(run("$B burn -w $W"), EXIT_BUG); /* PINs have nowhere to go: nothing is burned */
    cr_expect_not(tree_holds(ws, ORDER ".cms"));
    cr_assert_eq(run("$B burn -w $W --burn-pin-recipient=$D/house/ca.crt"), EXIT_DONE);
    cr_assert_eq(run("$B show " ORDER " -w $W; $B audit --list -w $W; $B status --all -w $W"), EXIT_DONE);
    note_file(log);
    cr_assert_eq(run("openssl cms -decrypt -inform DER -in $W/out/pin/" ORDER ".cms -inkey $D/house/ca.key -out $D/opened"), 0);
    cr_assert(g_file_get_contents(opened, &text, NULL, NULL));
    const char *pin = strrchr(g_strchomp(text), ' ');
    cr_assert(g_str_has_prefix(text, ORDER " ") && pin && strlen(pin + 1) == 8);
    cr_expect(tree_holds(dir, pin + 1), "the search finds the letter that was opened");
    cr_expect_not_null(memmem(seen->str, seen->len, "burn\0-w", 7), "the process list was looked at");
    g_unlink(opened);
    cr_expect_not(tree_holds(dir, pin + 1));
    cr_expect_null(memmem(seen->str, seen->len, pin + 1, 8));
}

Test(pin_secret, a_letter_in_clear_is_written_only_where_the_config_asks_for_it)
{
    struct stat info;
    g_autofree char *letter = g_strdup_printf("%s/out/pin/" ORDER ".pdf", ws), *labels = g_strdup_printf("%s/out/labels.pdf", ws);
    if (!prepare())
        return;
    cr_assert_eq(run("$B run $D/inbox -w $W"), EXIT_DONE);
    cr_expect_eq(run("$B burn -w $W --burn-pin-letters=paper"), EXIT_USAGE);
    cr_assert_eq(run("$B burn -w $W --burn-pin-letters=print"), EXIT_DONE);
    cr_assert_eq(stat(letter, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0600);
    cr_expect_eq(stat(labels, &info), 0);
}
