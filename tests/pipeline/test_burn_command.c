/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every kind of order through the real command, as an operator works: orders without uploads where the platform asks for
 * none, SoftHSM2 tokens, PINs typed at a terminal; and the typed PIN is nowhere afterwards.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <poll.h>
#include <pty.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/exit_code.h"
#include "support/softhsm.h"

#define COMMAND BUILD_DIR "/sealbatch"
#define SAMPLE SOURCE_DIR "/samples/orders/SQ50011002"
#define PIN "12345678"

static const char PROFILE[] = "[profile]\ntitle_zh=x\ntitle_en=x\n[uploads]\nenterprise=\nenterprise.new=licence;seal_sheet\n"
                              "[renewal]\ndays_before=500\n";
static char *dir;

static void
shell(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
shell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args), *command = g_strdup_printf("cd %s && %s", dir, line);
    va_end(args);
    const char *argv[] = { "/bin/sh", "-c", command, NULL };
    int status;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
    cr_assert_eq(status, 0, "%s", line);
}

/* Does any command line or environment hold it? */
static gboolean
processes_hold(const char *text)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    for (const char *pid; (pid = g_dir_read_name(proc));)
        for (guint i = 0; g_ascii_isdigit(*pid) && i < 2; i++) {
            g_autofree char *path = g_build_filename("/proc", pid, i ? "environ" : "cmdline", NULL), *bytes = NULL;
            gsize length;
            if (g_file_get_contents(path, &bytes, &length, NULL) && memmem(bytes, length, text, strlen(text)))
                return TRUE;
        }
    return FALSE;
}

/* At a terminal of 80 x 24: each of @pins is typed when a PIN is asked for. @screen (transfer full) all that was shown. */
static int
at_terminal(const char *const *argv, const char *const *pins, char **screen)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    int fd, status = 0;
    GString *text = g_string_new(NULL);
    const char *typed = NULL;
    pid_t pid = forkpty(&fd, NULL, NULL, &size);
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        execv(argv[0], (char **)argv);
        _exit(127);
    }
    for (gsize asked = 0;;) {
        char bytes[4096];
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            break;
        g_string_append_len(text, bytes, n);
        cr_expect(!typed || !processes_hold(typed), "a PIN that was typed stands in the process list");
        const char *question = strstr(text->str + MIN(asked, text->len), "(empty: later): ");
        if (question) {
            const char *pin = pins && *pins ? *pins++ : "";
            typed = strlen(pin) >= 8 && strcmp(pin, PIN) != 0 ? pin : typed; /* anybody's command may hold 12345678 */
            asked = (gsize)(question - text->str) + 1;
            cr_assert_eq(write(fd, pin, strlen(pin)), (ssize_t)strlen(pin));
            cr_assert_eq(write(fd, "\n", 1), 1);
        }
    }
    waitpid(pid, &status, 0);
    close(fd);
    cr_expect(!typed || !strstr(text->str, typed), "and it is not echoed");
    *screen = g_string_free(text, FALSE);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* sealbatch WORDS... -w ws, without a terminal. @out (optional) (transfer full) */
static int
sealbatch(const char *words, char **out)
{
    g_autofree char *line = g_strdup_printf(COMMAND " %s -w %s/ws", words, dir);
    g_auto(GStrv) argv = NULL;
    int status;
    cr_assert(g_shell_parse_argv(line, NULL, &argv, NULL));
    cr_assert(g_spawn_sync(dir, argv, NULL, out ? G_SPAWN_STDERR_TO_DEV_NULL : G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_STDOUT_TO_DEV_NULL,
                           NULL, NULL, out, NULL, &status, NULL));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* "burn ARGS" at a terminal. */
static int
burn(const char *args, const char *const *pins, char **screen)
{
    g_autofree char *line = g_strdup_printf(COMMAND " burn %s -w %s/ws", args, dir);
    g_auto(GStrv) argv = NULL;
    cr_assert(g_shell_parse_argv(line, NULL, &argv, NULL));
    return at_terminal((const char *const *)argv, pins, screen);
}

/* The sample order as another one; without its uploads but for a new one. */
static void
put_order(const char *id, const char *kind, const char *serial, const char *name, guint certificates, gboolean with_seals)
{
    g_autofree char *from = g_build_filename(SAMPLE, "order.json", NULL), *to = g_strdup_printf("%s/inbox/%s/order.json", dir, id);
    json_t *order = json_load_file(from, 0, NULL);
    cr_assert_not_null(order);
    json_object_set_new(order, "order_id", json_string(id));
    json_object_set_new(order, "kind", json_string(kind));
    json_object_set_new(order, "profile", json_string("shop"));
    json_object_set_new(order, "certificates", json_integer(certificates));
    json_object_set_new(json_object_get(order, "token"), "serial", serial ? json_string(serial) : json_null());
    if (name)
        json_object_set_new(json_object_get(order, "company"), "name", json_string(name));
    if (strcmp(kind, "new") != 0)
        json_object_set_new(order, "uploads", json_array());
    if (!with_seals)
        json_object_set_new(order, "seals", json_array());
    shell("mkdir -p inbox/%s && if [ %s = new ]; then cp %s/0* inbox/%s; fi", id, kind, SAMPLE, id);
    cr_assert_eq(json_dump_file(order, to, 0), 0);
    json_decref(order);
    cr_assert_eq(sealbatch("run inbox", NULL), EXIT_DONE, "%s", id);
}

/* (transfer full) A member of the protocol's last line of @unit. */
static char *
protocol(const char *unit, const char *member)
{
    g_autofree char *path = g_build_filename(dir, "ws/out/burn-protocol.jsonl", NULL), *text = NULL, *found = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        json_t *line = json_loads(lines[i], 0, NULL);
        if (!g_strcmp0(json_string_value(json_object_get(line, "unit")), unit)) {
            g_free(found);
            json_t *value = json_object_get(line, member);
            found = json_is_string(value) ? g_strdup(json_string_value(value)) : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        }
        json_decref(line);
    }
    cr_assert_not_null(found, "%s has no line", unit);
    return g_steal_pointer(&found);
}

static guint
labels_in_protocol(const char *unit, const char *what)
{
    g_autofree char *objects = protocol(unit, "objects"), *mark = g_strdup_printf("\"what\":\"%s\"", what);
    guint n = 0;
    for (const char *at = objects; (at = strstr(at, mark)); at++)
        n++;
    return n;
}

static guint
revoked(void)
{
    g_autofree char *path = g_build_filename(dir, "ws/keys/ca/revoked", NULL);
    g_autoptr(GDir) list = g_dir_open(path, 0, NULL);
    guint n = 0;
    while (list && g_dir_read_name(list))
        n++;
    return n;
}

/* "SERIAL STATE" as tokens --all lists it. */
static gboolean
key_is(const char *serial, const char *state)
{
    g_autofree char *out = NULL, *start = g_strdup_printf("\n%-18s %s ", serial, state);
    cr_assert_eq(sealbatch("tokens --all", &out), EXIT_DONE);
    return strstr(out, start) != NULL;
}

/* Where a key is pulled to, and plugged in from. */
static void
move_key(const char *serial, gboolean out)
{
    shell("d=$(grep -l -a %s %s/*/token.object | xargs dirname) && mv $d %s/", serial, out ? "tokens" : "away", out ? "away" : "tokens");
}

static gboolean
begin(void)
{
    if (!softhsm())
        return FALSE;
    dir = g_dir_make_tmp("sealbatch-kinds-XXXXXX", NULL);
    g_autofree char *conf = g_build_filename(dir, "softhsm2.conf", NULL),
                    *lines = g_strdup_printf("directories.tokendir = %s/tokens\nobjectstore.backend = file\n", dir),
                    *init = g_strdup_printf("init --burn-module=%s", softhsm()),
                    *profile = g_build_filename(dir, "ws/profiles/shop.conf", NULL);
    cr_assert(g_file_set_contents(conf, lines, -1, NULL));
    g_setenv("SOFTHSM2_CONF", conf, TRUE);
    g_setenv("LC_ALL", "C", TRUE);
    g_setenv("TERM", "xterm", TRUE);
    shell("mkdir tokens away inbox && %s %s ws", COMMAND, init);
    return g_file_set_contents(profile, PROFILE, -1, NULL);
}

static void
end(void)
{
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}

static gboolean
tree_holds(const char *text)
{
    g_autofree char *command = g_strdup_printf("grep -r -q -a -e %s %s/ws %s/tokens", text, dir, dir);
    int status = 0;
    cr_assert(g_spawn_command_line_sync(command, NULL, NULL, &status, NULL));
    return status == 0;
}

Test(burn_command, a_key_lives_from_new_to_wiped, .timeout = 240)
{
    g_autofree char *filled = g_strnfill(255, 'x'), *too_long = g_strconcat(filled, PIN, NULL);
    const char *const wrong[] = { "12", too_long, "wRoNg-pIn-77", NULL };
    static const char *const right[] = { PIN, PIN, NULL };
    g_autofree char *screen = NULL, *out = NULL;
    if (!begin())
        return;
    put_order("N1", "new", NULL, NULL, 2, TRUE);
    cr_expect_eq(burn("", NULL, &screen), EXIT_DONE, "%s", screen);
    cr_expect_not_null(strstr(screen, "2 of 2 done"), "%s", screen);
    g_autofree char *one = protocol("N1", "token"), *two = protocol("N1+2", "token");
    cr_expect_str_neq(one, two);
    cr_expect(key_is(one, "active"));

    /* renew: which of the two keys must be said; the PIN is asked for once, and tried once */
    put_order("R1", "renew", NULL, NULL, 1, TRUE);
    cr_expect_eq(sealbatch("burn R1", NULL), EXIT_FAILED, "two keys: it cannot begin");
    shell("echo '# key' > as.txt; echo R1 %s >> as.txt", one);
    g_autofree char *assigned = g_strdup_printf("R1 --assign=%s/as.txt", dir),
                    *decided = g_strconcat(assigned, " --decide R1=retry", NULL);
    g_clear_pointer(&screen, g_free);
    cr_expect_eq(burn(assigned, wrong, &screen), EXIT_FAILED, "%s", screen);
    cr_expect_not_null(strstr(screen, "a PIN has 4 to"), "%s", screen);
    cr_expect_not_null(strstr(screen, "sealbatch burn --decide R1=WHAT"), "%s", screen);
    g_clear_pointer(&screen, g_free);
    cr_expect_eq(burn(decided, right, &screen), EXIT_DONE, "%s", screen);
    cr_expect_null(strstr(strstr(screen, "(empty: later): ") + 1, "(empty: later): "), "asked once: %s", screen);
    cr_expect_eq(labels_in_protocol("R1", "certificate"), 1, "the old one is gone");
    cr_expect_eq(labels_in_protocol("R1", "data"), 3, "seals from the archive");
    cr_expect_eq(revoked(), 0, "a renewal revokes nothing");
    cr_expect_not(tree_holds("wRoNg-pIn-77"), "a PIN that was typed is in no file");

    /* change: the same name changes seals alone; another name is another certificate */
    put_order("C1", "change", one, NULL, 1, TRUE);
    g_clear_pointer(&screen, g_free);
    cr_expect_eq(burn("C1", right, &screen), EXIT_DONE, "%s", screen);
    g_autofree char *same = protocol("C1", "certificate"), *before = protocol("R1", "certificate");
    cr_expect_str_eq(same, before);
    put_order("C2", "change", one, "安澜市新名称有限责任公司", 1, FALSE);
    g_clear_pointer(&screen, g_free);
    cr_expect_eq(burn("C2", right, &screen), EXIT_DONE, "%s", screen);
    g_autofree char *changed = protocol("C2", "certificate");
    cr_expect_str_neq(changed, before);
    cr_expect_eq(revoked(), 2, "all that bore the old name on this key, R1's and N1's");

    /* unlock: the holder's key and no other's PIN */
    put_order("U1", "unlock", one, NULL, 1, FALSE);
    cr_expect_eq(sealbatch("burn U1", NULL), EXIT_DONE);

    /* replace: the lost key's certificate is revoked, another key takes its place */
    put_order("P1", "replace", two, NULL, 1, TRUE);
    cr_expect_eq(sealbatch("burn P1", NULL), EXIT_DONE);
    g_autofree char *third = protocol("P1", "token");
    cr_expect_str_neq(third, two);
    cr_expect_eq(revoked(), 3);
    cr_expect(key_is(two, "lost"));
    cr_expect(key_is(third, "active"));

    /* revoke while the key is away: at the CA now, wiped when it is plugged in */
    move_key(third, TRUE);
    put_order("V1", "revoke", third, NULL, 1, FALSE);
    cr_expect_eq(sealbatch("burn V1", NULL), EXIT_DONE);
    cr_expect_eq(revoked(), 4);
    cr_expect(key_is(third, "terminated"));
    move_key(third, FALSE);
    cr_expect_eq(sealbatch("burn", &out), EXIT_DONE, "%s", out);
    cr_expect(key_is(third, "blank"));

    cr_expect_eq(sealbatch("audit", NULL), EXIT_DONE);
    end();
}

static void
set_unit(const char *unit, const char *state)
{
    g_autofree char *path = g_build_filename(dir, "ws/store.db", NULL),
                    *sql = g_strdup_printf("UPDATE units SET state = '%s' WHERE unit = '%s'", state, unit);
    sqlite3 *db;
    cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK, "%s", path);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    cr_assert_eq(sqlite3_changes(db), 1);
    sqlite3_close(db);
}

Test(burn_command, a_key_to_be_wiped_is_left_alone_while_a_unit_is_at_work_on_it_and_when_it_refuses_our_so_pin, .timeout = 120)
{
    if (!begin())
        return;
    put_order("N1", "new", NULL, NULL, 1, TRUE);
    cr_assert_eq(sealbatch("burn", NULL), EXIT_DONE);
    g_autofree char *key = protocol("N1", "token"), *again = g_strdup_printf("tokens --mark %s=terminated", key),
                    *lost = g_strdup_printf("tokens --mark %s=lost", key);
    move_key(key, TRUE);
    cr_expect_eq(sealbatch(lost, NULL), EXIT_DONE, "said before the order came");
    put_order("V1", "revoke", key, NULL, 1, FALSE);
    cr_expect_eq(sealbatch("burn", NULL), EXIT_DONE);
    cr_expect_eq(revoked(), 1, "a key that was said to be lost holds a certificate that is alive");
    move_key(key, FALSE);

    /* killed after it was erased for a unit, before the inventory was told */
    set_unit("N1", "ISSUED");
    cr_expect_eq(sealbatch("burn", NULL), EXIT_DONE);
    cr_expect(key_is(key, "terminated"));
    set_unit("N1", "DONE");

    /* tried once: the next tries would lock it */
    shell("%s init other && cp ws/keys/master.secret kept && cp -f other/keys/master.secret ws/keys/", COMMAND);
    cr_expect_eq(sealbatch("burn", NULL), EXIT_DONE);
    cr_expect(key_is(key, "damaged"));
    shell("cp -f kept ws/keys/master.secret");
    cr_expect_eq(sealbatch("burn", NULL), EXIT_DONE);
    cr_expect(key_is(key, "damaged"), "a person says that it may be tried again");
    cr_expect_eq(sealbatch(again, NULL), EXIT_DONE);
    cr_expect_eq(sealbatch("burn", NULL), EXIT_DONE);
    cr_expect(key_is(key, "blank"));
    end();
}

Test(burn_command, another_cas_key_proves_its_holder_and_nobody_else, .timeout = 240)
{
    static const char *const pins[] = { PIN, NULL };
    g_autofree char *screen = NULL;
    if (!begin())
        return;
    /* the other CA is another workspace of ours, over the same hub */
    g_autofree char *profile = g_build_filename(dir, "ws/profiles/shop.conf", NULL);
    put_order("N1", "new", NULL, NULL, 1, TRUE);
    cr_assert_eq(sealbatch("burn", NULL), EXIT_DONE);
    g_autofree char *theirs = protocol("N1", "token");
    shell("mv ws other && rm -r inbox/* && %s init --burn-module=%s ws && cp other/profiles/shop.conf ws/profiles/", COMMAND, softhsm());

    put_order("E1", "exchange", NULL, NULL, 1, FALSE);
    cr_expect_eq(sealbatch("burn E1", NULL), EXIT_FAILED, "without proof nothing begins");
    g_autofree char *prove = g_strdup_printf("E1 --prove E1=%s", theirs),
                    *trusted = g_strdup_printf("E1 --prove E1=%s --ca-exchange-trust=%s/other/keys/ca/ca.crt", theirs, dir);
    cr_expect_eq(burn(prove, pins, &screen), EXIT_USAGE, "no CA is accepted yet: %s", screen);
    g_clear_pointer(&screen, g_free);
    cr_expect_eq(burn(trusted, pins, &screen), EXIT_DONE, "%s", screen);
    cr_expect_not_null(strstr(screen, "proves its holder"), "%s", screen);

    put_order("E2", "exchange", NULL, "另一家有限责任公司", 1, FALSE);
    g_autofree char *foreign = g_strdup_printf("s/91382909MA3G665WXX/91385803425TU7013W/");
    shell("sed -i %s inbox/E2/order.json && sed -i s/E2/E3/ inbox/E2/order.json && mv inbox/E2 inbox/E3", foreign);
    cr_expect_eq(sealbatch("run inbox", NULL), EXIT_DONE);
    g_autofree char *stranger = g_strdup_printf("E3 --prove E3=%s --ca-exchange-trust=%s/other/keys/ca/ca.crt", theirs, dir);
    g_clear_pointer(&screen, g_free);
    cr_expect_eq(burn(stranger, pins, &screen), EXIT_USAGE, "%s", screen);
    cr_expect_not_null(strstr(screen, "names another holder"), "%s", screen);
    end();
}

Test(burn_command, a_key_that_is_plugged_in_later_is_watched_for, .timeout = 120)
{
    static const char *const pins[] = { PIN, NULL };
    g_autofree char *screen = NULL, *out = NULL;
    if (!begin())
        return;
    put_order("N1", "new", NULL, NULL, 1, TRUE);
    cr_assert_eq(sealbatch("burn", NULL), EXIT_DONE);
    g_autofree char *key = protocol("N1", "token");
    move_key(key, TRUE);
    put_order("R1", "renew", key, NULL, 1, FALSE);
    cr_expect_eq(sealbatch("burn --dry-run --json", &out), EXIT_DONE);
    cr_expect_not_null(strstr(out, "\"plugged_in\":false"), "%s", out);
    cr_expect_eq(sealbatch("burn", NULL), EXIT_STOPPED, "it waits");
    g_autofree char *later = g_strdup_printf("(sleep 5; mv %s/away/* %s/tokens/) >/dev/null 2>&1 &", dir, dir);
    shell("%s", later);
    cr_expect_eq(burn("--watch", pins, &screen), EXIT_DONE, "%s", screen);
    cr_expect_not_null(strstr(screen, "PLUG IN these keys: "), "%s", screen);
    cr_expect_not_null(strstr(screen, key), "%s", screen);
    end();
}
