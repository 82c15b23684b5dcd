/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real command on small orders: exit codes, bad folders, kill -9 at any moment, the whole way to burned keys.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/exit_code.h"
#include "support/softhsm.h"

#define COMMAND BUILD_DIR "/sealbatch"
#define ORDERS SOURCE_DIR "/samples/orders"

static char *dir;

static void
begin(void)
{
    dir = g_dir_make_tmp("sealbatch-command-XXXXXX", NULL);
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) list = g_dir_open(path, 0, NULL);
    const char *name;
    while (list && (name = g_dir_read_name(list))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            g_unlink(child);
        else
            remove_tree(child);
    }
    g_remove(path);
}

static void
end(void)
{
    remove_tree(dir);
    g_free(dir);
}

#ifdef __SANITIZE_ADDRESS__
#define PATIENCE_S 1400
#else
#define PATIENCE_S 280
#endif

TestSuite(command, .init = begin, .fini = end, .timeout = PATIENCE_S);

static char *
at(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static GPid
start(const char *const *argv, int *out)
{
    GPid pid = 0;
    g_autoptr(GError) error = NULL;
    cr_assert(g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid, NULL,
                                       out, NULL, &error),
              "%s", error ? error->message : "");
    return pid;
}

/* Returns the exit code; @out (optional) what it printed. */
static int
run(char **out, const char *first, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    va_list args;
    int status;
    g_ptr_array_add(argv, (char *)COMMAND);
    va_start(args, first);
    for (const char *a = first; a; a = va_arg(args, const char *))
        g_ptr_array_add(argv, (char *)a);
    va_end(args);
    g_ptr_array_add(argv, NULL);
    g_autofree char *text = NULL;
    cr_assert(g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL,
                           &status, NULL));
    if (out)
        *out = g_steal_pointer(&text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
put_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, folder, NULL);
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_mkdir_with_parents(path, 0700);
    cr_assert(g_file_set_contents(file, text, -1, NULL));
}

/* Copies sample order @index (by name) into DIR/inbox. Returns: FALSE where there are no samples. */
static gboolean
copy_sample(const char *name)
{
    g_autofree char *from = g_build_filename(ORDERS, name, NULL), *to = g_build_filename(dir, "inbox", name, NULL);
    g_autoptr(GDir) list = g_dir_open(from, 0, NULL);
    const char *file;
    if (!list)
        return FALSE;
    g_mkdir_with_parents(to, 0700);
    while ((file = g_dir_read_name(list))) {
        g_autofree char *a = g_build_filename(from, file, NULL), *b = g_build_filename(to, file, NULL), *text = NULL;
        gsize length;
        if (g_file_get_contents(a, &text, &length, NULL))
            g_file_set_contents(b, text, (gssize)length, NULL);
    }
    return TRUE;
}

static const char SMALL_ORDER[] =
    "{\"order_id\":\"%s\",\"kind\":\"new\",\"subject_type\":\"enterprise\",\"company\":{\"name\":\"x\","
    "\"credit_code\":\"%s\"},\"uploads\":[{\"role\":\"licence\",\"file\":\"a.jpg\"}]}";

static void
put_bad_folders(void)
{
    g_autofree char *missing = g_strdup_printf(SMALL_ORDER, "MISSING", "1");
    g_autofree char *text = g_strdup_printf(SMALL_ORDER, "TEXT", "2");
    g_autofree char *empty = g_build_filename(dir, "inbox", "EMPTY", NULL);
    g_mkdir_with_parents(empty, 0700);
    put_file("inbox/BROKEN", "order.json", "{\"order_id\": 12}");
    put_file("inbox/MISSING", "order.json", missing);
    put_file("inbox/TEXT", "order.json", text);
    put_file("inbox/TEXT", "a.jpg", "I am no picture");
}

Test(command, wrong_command_lines_end_with_2)
{
    cr_expect_eq(run(NULL, "nothing", NULL), EXIT_USAGE);
    cr_expect_eq(run(NULL, "inspect", NULL), EXIT_USAGE);
    cr_expect_eq(run(NULL, "run", "--no-such-flag", NULL), EXIT_USAGE);
    cr_expect_eq(run(NULL, "status", "-w", dir, NULL), EXIT_USAGE, "no workspace there");
    cr_expect_eq(run(NULL, "--help", NULL), EXIT_DONE);
}

/* Every line of @text is a JSON object with a type. Returns: how many. */
static guint
json_lines(const char *text, const char *what)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = 0;
    for (guint i = 0; lines[i] && *lines[i]; i++, n++) {
        json_t *o = json_loads(lines[i], 0, NULL);
        cr_expect(json_is_string(json_object_get(o, "type")), "%s: %s", what, lines[i]);
        json_decref(o);
    }
    return n;
}

Test(command, json_is_all_that_a_command_prints_when_it_is_asked_for)
{
    static const char *const commands[][2] = { { "run", NULL },    { "status", "--all" }, { "review", NULL },
                                               { "audit", "--list" }, { "check", NULL },  { "purge", NULL },
                                               { "config", NULL }, { "config", "--profiles" }, { "revoked", NULL } };
    g_autofree char *ws = at("ws");
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *printed = NULL;
        run(&printed, commands[i][0], "--json", "-w", ws, commands[i][1], NULL);
        cr_expect_geq(json_lines(printed, commands[i][0]), 1, "%s", commands[i][0]);
    }
}

static char *
tree_of(const char *folder)
{
    g_autofree char *line = g_strdup_printf("sh -c \"cd '%s' && find . -type f ! -name 'store.db-*' ! -name lock -print0 | sort -z |"
                                            " xargs -0 sha256sum\"", folder);
    char *out = NULL;
    cr_assert(g_spawn_command_line_sync(line, &out, NULL, NULL, NULL));
    return out;
}

Test(command, dry_runs_tell_what_would_happen_and_change_nothing)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox"), *decisions = at("decisions.json"), *printed = NULL;
    put_bad_folders();
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    put_file("", "decisions.json", "{\"type\":\"sealbatch-decisions\",\"version\":1,\"decisions\":[]}");
    g_autofree char *before = tree_of(ws);
    cr_expect_eq(run(NULL, "ingest", inbox, "--dry-run", "-w", ws, NULL), EXIT_FAILED, "three would be refused");
    cr_expect_eq(run(NULL, "run", inbox, "--dry-run", "-w", ws, NULL), EXIT_FAILED);
    cr_expect_eq(run(NULL, "review", "--dry-run", "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "review", "import", decisions, "--as", "Li Na", "--dry-run", "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "purge", "--dry-run", "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "revoked", "--dry-run", "-w", ws, NULL), EXIT_DONE);
    g_autofree char *after = tree_of(ws);
    cr_expect_str_eq(before, after);
    cr_expect_eq(run(&printed, "status", "-w", ws, NULL), EXIT_DONE);
    cr_expect_not_null(strstr(printed, "the workspace is empty"), "%s", printed);
}

/* Data of a command whose standard input is @input. */
static char *
with_input(const char *input, const char *options, const char *ws)
{
    g_autofree char *line = g_strdup_printf("printf '%s' | " COMMAND " %s -w '%s' 2>/dev/null", input, options, ws);
    const char *const argv[] = { "/bin/sh", "-c", line, NULL };
    char *out = NULL;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, NULL));
    return out;
}

Test(command, a_holder_s_orders_are_found_by_a_number_that_is_no_argument)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox");
    g_autofree char *one = g_strdup_printf(SMALL_ORDER, "ONE", "91440101MA5XX00X6H");
    g_autofree char *two = g_strdup_printf(SMALL_ORDER, "TWO", "92440305MA5XX00X6H");
    put_file("inbox/ONE", "order.json", one);
    put_file("inbox/TWO", "order.json", two);
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    run(NULL, "ingest", inbox, "-w", ws, NULL);
    g_autofree char *found = with_input(" 91440101ma5xx00x6h\\n", "status --holder", ws);
    g_autofree char *none = with_input("", "status --holder", ws);
    cr_expect(strstr(found, "ONE") && !strstr(found, "TWO"), "%s", found);
    cr_expect_str_eq(none, "", "a command line that is wrong");
}

/* How often @text stands in the files below the workspace, the database and its log included. */
static guint
left_of(const char *ws, const char *text)
{
    g_autofree char *line = g_strdup_printf("grep -rlaF '%s' '%s' | wc -l", text, ws);
    const char *const argv[] = { "/bin/sh", "-c", line, NULL };
    g_autofree char *out = NULL;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, NULL));
    return (guint)g_ascii_strtoull(out, NULL, 10);
}

Test(command, purging_leaves_no_upload_and_no_export_of_the_order)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox"), *evidence = g_build_filename(ws, "evidence", NULL),
                    *out = g_build_filename(ws, "out", NULL);
    g_autofree char *order = g_strdup_printf(SMALL_ORDER, "TEXT", "91440101MA5XX00X6H");
    put_file("inbox/TEXT", "order.json", order);
    put_file("inbox/TEXT", "a.jpg", "I am no picture of 91440101MA5XX00X6H");
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_FAILED, "refused");
    cr_expect_gt(left_of(evidence, "91440101MA5XX00X6H"), 0);
    cr_expect_eq(run(NULL, "purge", "--retention-days=0", "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(left_of(evidence, "91440101MA5XX00X6H") + left_of(out, "91440101MA5XX00X6H"), 0);
    cr_expect_eq(left_of(out, "TEXT"), 0, "not in findings.csv any more");
    cr_expect_eq(run(NULL, "audit", "-w", ws, NULL), EXIT_DONE);
}

Test(command, a_relative_inbox_is_the_caller_s)
{
    g_autofree char *ws = at("ws"), *command = g_build_filename(BUILD_DIR, "sealbatch", NULL), *told = NULL;
    const char *const argv[] = { command, "ingest", "inbox", "-w", ws, NULL };
    put_bad_folders();
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    cr_assert(g_spawn_sync(dir, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &told, NULL, NULL));
    cr_expect_not_null(strstr(told, "1 taken in, 0 were in already, 3 refused"), "%s", told);
}

Test(command, inspect_answers_for_every_folder_whatever_is_in_it)
{
    g_autofree char *out = at("out"), *a = at("inbox/BROKEN"), *b = at("inbox/MISSING"), *c = at("inbox/TEXT"),
                    *d = at("inbox/EMPTY"), *e = at("nowhere"), *printed = NULL;
    put_bad_folders();
    cr_expect_eq(run(&printed, "inspect", a, b, c, d, e, "--out", out, NULL), EXIT_FAILED);
    g_auto(GStrv) lines = g_strsplit(printed, "\n", -1);
    static const char *const names[] = { "BROKEN", "MISSING", "TEXT", "EMPTY", "nowhere" };
    cr_assert_eq(g_strv_length(lines), 7, "five orders, a summary, the end");
    for (guint i = 0; i < 5; i++) {
        json_t *o = json_loads(lines[i], 0, NULL);
        cr_assert_not_null(o);
        cr_expect_str_eq(json_string_value(json_object_get(o, "order_id")), names[i]);
        cr_expect_str_eq(json_string_value(json_object_get(o, "result")), "refused");
        cr_expect_geq(json_array_size(json_object_get(o, "findings")), 1);
        json_decref(o);
    }
    cr_expect_not_null(strstr(lines[5], "\"type\":\"summary\""));
}

/* Keeps the first part of every JPEG upload in inbox/@name. Returns: how many. */
static guint
cut_uploads_short(const char *name)
{
    g_autofree char *folder = g_build_filename(dir, "inbox", name, NULL);
    g_autoptr(GDir) list = g_dir_open(folder, 0, NULL);
    const char *file;
    guint n = 0;
    while ((file = g_dir_read_name(list))) {
        g_autofree char *path = g_build_filename(folder, file, NULL), *bytes = NULL;
        gsize length;
        if (!g_str_has_suffix(file, ".jpg") || !g_file_get_contents(path, &bytes, &length, NULL))
            continue;
        cr_assert(g_file_set_contents(path, bytes, (gssize)(length * 9 / 10), NULL));
        n++;
    }
    return n;
}

Test(command, an_upload_that_was_cut_short_is_asked_for_again_and_decoding_is_accounted)
{
    static const char *const name = "SQ50011003";
    g_autofree char *out = at("out"), *order = g_build_filename(dir, "inbox", name, NULL), *printed = NULL;
    if (!copy_sample(name))
        cr_skip_test("no sample orders in this tree");
    guint cut = cut_uploads_short(name), found = 0;
    cr_assert_geq(cut, 2);
    cr_expect_neq(run(&printed, "inspect", order, "--out", out, NULL), EXIT_DONE);
    g_auto(GStrv) lines = g_strsplit(printed, "\n", -1);
    json_t *o = json_loads(lines[0], 0, NULL);
    const json_t *findings = json_object_get(o, "findings");
    for (guint i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i);
        found += g_strcmp0(json_string_value(json_object_get(f, "code")), "unreadable_file") == 0 &&
                 g_strcmp0(json_string_value(json_object_get(f, "severity")), "review") == 0;
    }
    cr_expect_eq(found, cut, "%u of %u cut uploads are told", found, cut);
    const json_t *cost = json_object_get(o, "cpu_ms");
    cr_expect_gt(json_number_value(json_object_get(cost, "decode")), 0);
    cr_expect_gt(json_number_value(json_object_get(cost, "read")), 0);
    json_decref(o);
}

Test(command, the_night_takes_bad_folders_one_by_one)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox"), *printed = NULL, *again = NULL;
    put_bad_folders();
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "init", ws, NULL), EXIT_DONE, "again: nothing is replaced");
    cr_expect_eq(run(&printed, "run", inbox, "-w", ws, "--json", NULL), EXIT_FAILED);
    cr_expect_not_null(strstr(printed, "\"name\":\"BROKEN\",\"outcome\":\"no_order\""));
    cr_expect_not_null(strstr(printed, "\"name\":\"EMPTY\",\"outcome\":\"no_order\""));
    cr_expect_not_null(strstr(printed, "\"name\":\"MISSING\",\"outcome\":\"refused\""));
    cr_expect_not_null(strstr(printed, "unreadable_file"));
    cr_expect_eq(run(&again, "status", "-w", ws, "--json", "--all", NULL), EXIT_DONE);
    cr_expect_not_null(strstr(again, "\"refused\":2"));
    cr_expect_eq(run(NULL, "audit", "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "show", "MISSING", "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "show", "NOBODY", "-w", ws, NULL), EXIT_USAGE);
}

Test(command, a_second_run_finds_the_lock_and_says_who_holds_it)
{
    g_autofree char *ws = at("ws"), *lock = at("ws/lock"), *inbox = at("inbox");
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    g_mkdir_with_parents(inbox, 0700);
    int fd = open(lock, O_RDWR | O_CREAT, 0600);
    cr_assert_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_BUSY);
    close(fd);
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_DONE);
}

static char *
states(const char *ws)
{
    char *printed = NULL;
    run(&printed, "status", "--all", "-w", ws, NULL);
    return printed;
}

Test(command, kill_9_of_run_at_any_moment_and_the_next_run_ends_as_it_would_have)
{
    g_autofree char *ws = at("ws"), *other = at("other"), *inbox = at("inbox");
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    if (!copy_sample("SQ50011001") || !copy_sample("SQ50011002"))
        return;
    put_bad_folders();
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    cr_assert_eq(run(NULL, "init", other, NULL), EXIT_DONE);
    const char *argv[] = { COMMAND, "run", inbox, "-w", ws, NULL };
    for (guint i = 0; i < 5; i++) {
        GPid pid = start(argv, NULL);
        g_usleep((gulong)g_rand_int_range(rand, 20000, 1500000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        cr_expect_eq(run(NULL, "audit", "-w", ws, NULL), EXIT_DONE);
    }
    int whole = run(NULL, "run", inbox, "-w", other, NULL);
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), whole);
    g_autofree char *a = states(ws), *b = states(other);
    g_auto(GStrv) parts = g_strsplit(b, other, -1);
    g_autofree char *b_here = g_strjoinv(ws, parts);
    cr_expect_str_eq(a, b_here);
}

Test(command, sigterm_stops_in_order_with_6)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox");
    int status;
    if (!copy_sample("SQ50011001") || !copy_sample("SQ50011002"))
        return;
    cr_assert_eq(run(NULL, "init", ws, NULL), EXIT_DONE);
    const char *argv[] = { COMMAND, "run", inbox, "-w", ws, "--read-jobs=1", NULL };
    GPid pid = start(argv, NULL);
    g_usleep(1200000);
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    cr_assert(WIFEXITED(status));
    /* A very fast machine may be through already. */
    cr_expect(WEXITSTATUS(status) == EXIT_STOPPED || WEXITSTATUS(status) == EXIT_REVIEW, "%d", WEXITSTATUS(status));
}

/* ---- to burned keys ------------------------------------------------------------------------------------- */

/* Issued certificates; one with a suffix is a file that a kill caught before its rename: nobody ever got it. */
static guint
files_in(const char *folder)
{
    g_autoptr(GDir) list = g_dir_open(folder, 0, NULL);
    guint n = 0;
    for (const char *name; list && (name = g_dir_read_name(list));)
        n += strchr(name, '.') == NULL;
    return n;
}

static char *
decisions_of(const char *ws)
{
    g_autofree char *page = g_build_filename(ws, "out", "review.html", NULL), *text = NULL;
    cr_assert(g_file_get_contents(page, &text, NULL, NULL));
    const char *start_mark = "id=\"data\">";
    char *from = strstr(text, start_mark) + strlen(start_mark);
    json_t *data = json_loadb(from, (size_t)(strstr(from, "</script>") - from), 0, NULL);
    cr_assert_not_null(data);
    json_t *list = json_array(), *order;
    size_t i;
    json_array_foreach(json_object_get(data, "orders"), i, order)
        json_array_append_new(list, json_pack("{s:O, s:O, s:s}", "order_id", json_object_get(order, "order_id"),
                                              "result", json_object_get(order, "result"), "verdict", "approve"));
    json_t *root = json_pack("{s:s, s:i, s:o}", "type", "sealbatch-decisions", "version", 1, "decisions", list);
    char *out = json_dumps(root, 0);
    json_decref(root);
    json_decref(data);
    return out;
}

static void
begin_workspace(const char *ws, const char *pkcs11)
{
    g_autofree char *conf = at("softhsm2.conf"), *tokens = at("tokens");
    g_autofree char *lines = g_strdup_printf("directories.tokendir = %s\nobjectstore.backend = file\n", tokens);
    g_autofree char *module = g_strdup_printf("--burn-module=%s", pkcs11);
    g_mkdir(tokens, 0700);
    cr_assert(g_file_set_contents(conf, lines, -1, NULL));
    g_setenv("SOFTHSM2_CONF", conf, TRUE);
    cr_assert_eq(run(NULL, "init", ws, module, NULL), EXIT_DONE);
}

static guint
lines_with(const char *ws, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(ws, "out", file, NULL), *all = NULL;
    cr_assert(g_file_get_contents(path, &all, NULL, NULL), "%s", path);
    g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
    guint n = 0;
    for (guint i = 0; lines[i]; i++)
        n += strstr(lines[i], text) != NULL;
    return n;
}

static void
expect_handed_over_once(const char *ws, const char *order_id)
{
    g_autofree char *unit = g_strdup_printf("\"unit\":\"%s\"", order_id), *shown = NULL, *state = NULL;
    run(&shown, "show", order_id, "-w", ws, NULL);
    state = g_strdup_printf("%s  done", order_id);
    cr_expect_not_null(strstr(shown, state), "%s", shown);
    cr_expect_eq(lines_with(ws, "courier.csv", order_id), 1, "%s", shown);
    cr_expect_eq(lines_with(ws, "burn-protocol.jsonl", unit), 1, "%s", shown);
}

Test(command, from_uploads_to_burned_keys_through_two_reviewers_and_kill_9)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox"), *file = at("decisions.json"),
                    *issued = at("ws/keys/ca/issued"), *printed = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    if (!softhsm() || !copy_sample("SQ50011001") || !copy_sample("SQ50011002"))
        return;
    begin_workspace(ws, softhsm());
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_REVIEW, "SQ50011001 has another name on its licence");

    char *decisions = decisions_of(ws);
    cr_assert(g_file_set_contents(file, decisions, -1, NULL));
    free(decisions);
    cr_expect_eq(run(NULL, "review", "import", file, "--as", "Li Na", "-w", ws, NULL), EXIT_REVIEW);
    cr_expect_eq(run(NULL, "review", "import", file, "--as", "li na", "-w", ws, NULL), EXIT_USAGE);
    cr_expect_eq(run(NULL, "review", "import", file, "--as", "Wang Wu", "-w", ws, NULL), EXIT_DONE);

    const char *argv[] = { COMMAND, "burn", "-w", ws, NULL };
    for (guint i = 0; i < 6; i++) {
        GPid pid = start(argv, NULL);
        g_usleep((gulong)g_rand_int_range(rand, 10000, 200000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    cr_expect_eq(run(&printed, "burn", "-w", ws, NULL), EXIT_DONE, "%s", printed);
    cr_expect_eq(files_in(issued), 2, "one certificate an order");
    cr_expect_eq(run(NULL, "audit", "-w", ws, NULL), EXIT_DONE);
    expect_handed_over_once(ws, "SQ50011001");
    expect_handed_over_once(ws, "SQ50011002");
}

Test(command, an_order_that_waits_for_a_key_or_a_word_is_not_told_as_done)
{
    g_autofree char *ws = at("ws"), *inbox = at("inbox"), *assign = at("assign"), *shown = NULL, *printed = NULL;
    if (!softhsm() || !copy_sample("SQ50011002"))
        return;
    begin_workspace(ws, softhsm());
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_DONE);
    cr_assert(g_file_set_contents(assign, "SQ50011002 0123456789abcdef\n", -1, NULL));
    cr_expect_eq(run(&printed, "burn", "-w", ws, "--assign", assign, "--json", NULL), EXIT_STOPPED);
    cr_expect_not_null(strstr(printed, "\"type\":\"burned\",\"done\":0,\"waiting\":1"), "%s", printed);
    run(&shown, "status", "--all", "-w", ws, NULL);
    cr_expect_not_null(strstr(shown, "plug in key 0123456789abcdef"), "%s", shown);
    cr_expect_eq(run(NULL, "burn", "-w", ws, "SQ50011002", "SQ50011002", NULL), EXIT_DONE, "named twice, burned once");
    expect_handed_over_once(ws, "SQ50011002");
}

/* What pkcs11-tool says on the only key, with this PIN. */
static char *
key_tool(const char *pin, const char *options)
{
    g_autofree char *line = g_strdup_printf("pkcs11-tool --module %s --login --pin %s %s", softhsm(), pin, options);
    g_autofree char *noise = NULL;
    char *out = NULL;
    g_spawn_command_line_sync(line, &out, &noise, NULL, NULL);
    return out;
}

Test(command, an_unlock_gives_a_key_a_new_pin_and_tries_none)
{
    enum { LOGIN = 7 }; /* its counter in the shim's state */
    g_autofree char *ws = at("ws"), *inbox = at("inbox"), *file = at("inbox/SQ50011002/order.json"), *shim = at("shim"),
                    *counters = NULL;
    if (!softhsm() || !copy_sample("SQ50011002"))
        return;
    begin_workspace(ws, BUILD_DIR "/libshim.so");
    g_setenv("SHIM_MODULE", softhsm(), TRUE);
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_DONE);
    cr_expect_eq(run(NULL, "burn", "-w", ws, NULL), EXIT_DONE);
    g_free(key_tool("12345678", "--change-pin --new-pin 99887766")); /* the holder's own, which nobody knows */
    json_t *order = json_load_file(file, 0, NULL);
    json_object_set_new(order, "order_id", json_string("UNLOCK"));
    json_object_set_new(order, "kind", json_string("unlock"));
    cr_assert_eq(json_dump_file(order, file, 0), 0);
    json_decref(order);
    cr_expect_eq(run(NULL, "run", inbox, "-w", ws, NULL), EXIT_DONE);
    g_setenv("SHIM_STATE", shim, TRUE);
    cr_expect_eq(run(NULL, "burn", "-w", ws, NULL), EXIT_DONE);
    cr_assert(g_file_get_contents(shim, &counters, NULL, NULL));
    cr_expect_eq(((const guint32 *)(const void *)counters)[LOGIN], 2, "the SO sets it, the new one is tried once");
    g_autofree char *ours = key_tool("12345678", "-O"), *theirs = key_tool("99887766", "-O");
    cr_expect_not_null(strstr(ours, "Private Key Object"), "%s", ours);
    cr_expect_null(strstr(theirs, "Private Key Object"), "%s", theirs);
    expect_handed_over_once(ws, "UNLOCK");
}
