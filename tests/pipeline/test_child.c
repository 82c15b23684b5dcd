/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/child.h"
#include "pipeline/sandbox.h"

typedef struct {
    guint calls;
    ChildEnd end;
    char answer[64], message[256];
    gboolean has_answer, has_message;
    int code;
} Seen;

static void
note(const ChildReport *report, gpointer data)
{
    Seen *seen = data;
    seen->calls++;
    seen->end = report->end;
    seen->has_answer = report->answer != NULL;
    seen->has_message = report->error != NULL;
    if (report->answer)
        memcpy(seen->answer, g_bytes_get_data(report->answer, NULL),
               MIN(g_bytes_get_size(report->answer), sizeof seen->answer - 1));
    if (report->error)
        g_strlcpy(seen->message, report->error->message, sizeof seen->message);
    seen->code = report->error ? report->error->code : -1;
}

static Seen
run(ChildWork work, const ChildLimits *limits)
{
    Seen seen = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildPool) pool = child_pool_new(1, &error);
    cr_assert_not_null(pool);
    int fd = open(SOURCE_DIR "/LICENSE", O_RDONLY | O_CLOEXEC);
    cr_assert(fd >= 0);
    cr_assert(child_pool_start(pool, &fd, 1, limits, work, (gpointer) "handed", note, &seen, &error));
    close(fd);
    while (child_pool_running(pool))
        child_pool_wait(pool, -1);
    cr_expect_eq(seen.calls, 1);
    return seen;
}

static GBytes *
read_two(const int *fds, guint n, gpointer data, GError **error)
{
    char text[64] = { 0 };
    if (n != 1 || read(fds[0], text, 20) != 20)
        return NULL;
    return g_bytes_new_take(g_strdup_printf("%s:%zu", (char *)data, strlen(text)), 9);
}

Test(child, reads_what_it_is_handed_and_answers)
{
    Seen seen = run(read_two, NULL);
    cr_expect_eq(seen.end, CHILD_ANSWERED);
    cr_expect_str_eq(seen.answer, "handed:20");
}

static GBytes *
refuse(const int *fds, guint n, gpointer data, GError **error)
{
    g_set_error(error, SB_ERROR, SB_ERROR_LIMIT, "over\nthe limit");
    return NULL;
}

Test(child, brings_the_error_of_its_work_as_one_line)
{
    Seen seen = run(refuse, NULL);
    cr_expect_eq(seen.end, CHILD_ANSWERED);
    cr_expect_eq(seen.code, SB_ERROR_LIMIT);
    cr_expect_str_eq(seen.message, "over the limit");
}

static GBytes *
crash(const int *fds, guint n, gpointer data, GError **error)
{
    raise(SIGKILL);
    return NULL;
}

static GBytes *
fail_assertion(const int *fds, guint n, gpointer data, GError **error)
{
    abort();
}

static GBytes *
leave(const int *fds, guint n, gpointer data, GError **error)
{
    _exit(0);
}

static GBytes *
hang(const int *fds, guint n, gpointer data, GError **error)
{
    for (;;)
        if (lseek(1, 0, SEEK_SET) == 4711)
            return NULL;
}

static GBytes *
eat_memory(const int *fds, guint n, gpointer data, GError **error)
{
    for (guint i = 0; i < 100; i++)
        memset(g_malloc(64 << 20), 1, 64 << 20);
    return g_bytes_new("", 0);
}

static GBytes *
shout(const int *fds, guint n, gpointer data, GError **error)
{
    static char block[65536];
    for (guint i = 0; i < 64; i++) /* past the work's return value, straight into the pipe */
        if (write(3, block, sizeof block) < 0)
            break;
    return g_bytes_new("", 0);
}

static GBytes *
long_answer(const int *fds, guint n, gpointer data, GError **error)
{
    return g_bytes_new_take(g_malloc0(2 << 20), 2 << 20);
}

static GBytes *
make_socket(const int *fds, guint n, gpointer data, GError **error)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return g_bytes_new(fd < 0 ? "no" : "yes", fd < 0 ? 2 : 3);
}

static GBytes *
open_file(const int *fds, guint n, gpointer data, GError **error)
{
    int fd = open("/etc/passwd", O_RDONLY);
    return g_bytes_new(fd < 0 ? "no" : "yes", fd < 0 ? 2 : 3);
}

static GBytes *
make_process(const int *fds, guint n, gpointer data, GError **error)
{
    return fork() >= 0 ? g_bytes_new("yes", 3) : g_bytes_new("no", 2);
}

static GBytes *
kill_parent(const int *fds, guint n, gpointer data, GError **error)
{
    return kill(getppid(), 0) == 0 ? g_bytes_new("yes", 3) : g_bytes_new("no", 2);
}

static GBytes *
run_written_code(const int *fds, guint n, gpointer data, GError **error)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? g_bytes_new("no", 2) : g_bytes_new("yes", 3);
}

static const ChildLimits TIGHT = { .memory_bytes = 512 << 20, .cpu_s = 1, .wall_s = 3, .answer_bytes = 1 << 20 };

Test(child, every_bad_end_is_told_apart)
{
    static const struct {
        const char *name;
        ChildWork work;
        ChildEnd end;
        gboolean needs_sandbox;
    } rows[] = {
        { "crash", crash, CHILD_CRASHED, FALSE },
        { "abort", fail_assertion, CHILD_CRASHED, FALSE },
        { "exit without a word", leave, CHILD_CRASHED, FALSE },
        { "hang", hang, CHILD_TIMED_OUT, FALSE },
        { "memory", eat_memory, CHILD_CRASHED, TRUE },
        { "flood", shout, CHILD_BAD_ANSWER, FALSE },
        { "fork", make_process, CHILD_FORBIDDEN, TRUE },
        { "kill", kill_parent, CHILD_FORBIDDEN, TRUE },
        { "executable memory", run_written_code, CHILD_FORBIDDEN, TRUE },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].needs_sandbox && !sandbox_is_real())
            continue;
        Seen seen = run(rows[i].work, &TIGHT);
        cr_expect_eq(seen.end, rows[i].end, "%s ended as %s", rows[i].name, child_end_name(seen.end));
        cr_expect(seen.has_message, "%s", rows[i].name);
        cr_expect_not(seen.has_answer, "%s", rows[i].name);
    }
}

Test(child, too_long_an_answer_is_an_error)
{
    Seen seen = run(long_answer, &TIGHT);
    cr_expect_eq(seen.end, CHILD_ANSWERED);
    cr_expect_eq(seen.code, SB_ERROR_LIMIT);
}

Test(child, opens_neither_files_nor_sockets)
{
    if (!sandbox_is_real())
        return;
    cr_expect_str_eq(run(open_file, NULL).answer, "no");
    cr_expect_str_eq(run(make_socket, NULL).answer, "no");
}

static GBytes *
nap(const int *fds, guint n, gpointer data, GError **error)
{
    gint64 until = g_get_monotonic_time() + 20000;
    while (g_get_monotonic_time() < until)
        ;
    return g_bytes_new("ok", 2);
}

Test(child, landlock_alone_closes_the_file_system_and_leaves_what_is_open)
{
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        int before = open(SOURCE_DIR "/LICENSE", O_RDONLY);
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !sandbox_close_files())
            _exit(77); /* an old kernel */
        gboolean closed = open(SOURCE_DIR "/LICENSE", O_RDONLY) < 0 && open("/tmp", O_RDONLY | O_DIRECTORY) < 0 &&
                          mkdir("/tmp/sealbatch-landlock", 0700) < 0;
        _exit(closed && read(before, &byte, 1) == 1 ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    cr_expect(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77));
}

Test(child, a_pool_runs_several_at_once_and_reports_each)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildPool) pool = child_pool_new(4, &error);
    Seen seen[12] = { 0 };
    guint started = 0;
    while (started < 12 || child_pool_running(pool)) {
        while (started < 12 && child_pool_has_room(pool)) {
            cr_assert(child_pool_start(pool, NULL, 0, NULL, nap, NULL, note, &seen[started], &error));
            started++;
        }
        cr_assert_leq(child_pool_running(pool), 4);
        child_pool_wait(pool, -1);
    }
    for (guint i = 0; i < 12; i++)
        cr_expect_eq(seen[i].calls, 1);
}

Test(child, a_pool_that_goes_away_takes_its_children_along)
{
    g_autoptr(GError) error = NULL;
    ChildPool *pool = child_pool_new(2, &error);
    Seen seen = { 0 };
    cr_assert(child_pool_start(pool, NULL, 0, NULL, hang, NULL, note, &seen, &error));
    child_pool_free(pool);
    cr_expect_eq(seen.calls, 0);
}
