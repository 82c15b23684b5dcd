/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parent's side of reading children: fork, gather answers with poll, watch the clock, reap.
 *
 * An answer on the pipe, native byte order (both ends are one program):
 *
 *     0       4        8        12
 *     +-------+--------+--------+-----------------
 *     | magic | status | length | payload ...
 *     +-------+--------+--------+-----------------
 *
 * status 0: the payload is the work's answer; otherwise it is 1 + SbError and the payload one line of text.
 */
#include "pipeline/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/sandbox.h"

enum { MAX_CHILDREN = 64, MAX_FDS = 32, MAX_ERROR_TEXT = 512, CHILD_NO_SANDBOX = 71 };
enum { READ_CHUNK = 64 * 1024 };

#define ANSWER_MAGIC 0x31414253u /* "SBA1" */

typedef struct {
    guint32 magic, status, length;
} AnswerHead;

const ChildLimits CHILD_LIMITS = {
    .memory_bytes = (gsize)1536 << 20,
    .cpu_s = 60,
    .wall_s = 120,
    .answer_bytes = (gsize)64 << 20,
};

typedef struct {
    pid_t pid;
    int pipe;
    gint64 deadline_us;
    gsize answer_limit;
    GByteArray *bytes;
    gboolean timed_out, too_long;
    ChildDone done;
    gpointer done_data;
} Child;

struct ChildPool {
    guint jobs;
    Sandbox *sandbox;
    GPtrArray *children; /* (element-type Child) */
};

const char *
child_end_name(ChildEnd end)
{
    static const char *const names[CHILD_ENDS] = { "answered", "crashed", "timed_out", "forbidden", "bad_answer" };
    return end < CHILD_ENDS ? names[end] : "unknown";
}

static void
child_free(Child *child)
{
    if (child->pipe >= 0)
        close(child->pipe);
    if (child->pid > 0) { /* not reaped yet: the pool goes away early */
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    g_byte_array_unref(child->bytes);
    g_free(child);
}

ChildPool *
child_pool_new(guint jobs, GError **error)
{
    g_autoptr(Sandbox) sandbox = sandbox_new(error);
    if (!sandbox)
        return NULL;
    ChildPool *pool = g_new0(ChildPool, 1);
    pool->jobs = CLAMP(jobs, 1, MAX_CHILDREN);
    pool->sandbox = g_steal_pointer(&sandbox);
    pool->children = g_ptr_array_new_with_free_func((GDestroyNotify)child_free);
    return pool;
}

void
child_pool_free(ChildPool *pool)
{
    if (!pool)
        return;
    g_ptr_array_unref(pool->children);
    sandbox_free(pool->sandbox);
    g_free(pool);
}

gboolean
child_pool_has_room(const ChildPool *pool)
{
    return pool->children->len < pool->jobs;
}

guint
child_pool_running(const ChildPool *pool)
{
    return pool->children->len;
}

/* ---- in the child ------------------------------------------------------------------------------- */

static void
write_all(int fd, const void *bytes, gsize length)
{
    const char *p = bytes;
    while (length > 0) {
        ssize_t n = write(fd, p, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(CHILD_NO_SANDBOX); /* the parent has gone */
        p += n;
        length -= (gsize)n;
    }
}

static void
answer(int fd, guint32 status, const void *bytes, gsize length)
{
    AnswerHead head = { ANSWER_MAGIC, status, (guint32)length };
    write_all(fd, &head, sizeof head);
    write_all(fd, bytes, length);
}

/* Descriptors 0-2 lead to /dev/null, 3 is the pipe, 4.. are the files: everything else is closed. */
static gboolean
arrange_descriptors(int pipe_fd, const int *fds, guint n_fds)
{
    int null = open("/dev/null", O_RDWR);
    int moved[MAX_FDS + 1];
    int base = 4 + MAX_FDS; /* first out of the way of the places they will take */
    if (null < 0 || (moved[0] = fcntl(pipe_fd, F_DUPFD, base)) < 0)
        return FALSE;
    for (guint i = 0; i < n_fds; i++)
        if ((moved[i + 1] = fcntl(fds[i], F_DUPFD, base)) < 0)
            return FALSE;
    for (int i = 0; i < 3; i++)
        if (dup2(null, i) < 0)
            return FALSE;
    for (guint i = 0; i <= n_fds; i++)
        if (dup2(moved[i], 3 + (int)i) < 0)
            return FALSE;
    return close_range(4 + n_fds, ~0U, 0) == 0;
}

static void
plain_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); /* the parent may hold some back (stop.h) */
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for the parent, which stops in order */
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGXCPU, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
}

G_GNUC_NORETURN static void
be_child(ChildPool *pool, pid_t parent, int pipe_fd, const int *fds, guint n_fds, const ChildLimits *limits,
         ChildWork work, gpointer data)
{
    SandboxLimits box = { .memory_bytes = limits->memory_bytes, .cpu_s = limits->cpu_s };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(CHILD_NO_SANDBOX);
    plain_signals();
    if (!arrange_descriptors(pipe_fd, fds, n_fds) || !sandbox_enter(pool->sandbox, &box))
        _exit(CHILD_NO_SANDBOX);
    int handed[MAX_FDS] = { 0 };
    for (guint i = 0; i < n_fds; i++)
        handed[i] = 4 + (int)i;
    GError *error = NULL;
    GBytes *bytes = work(handed, n_fds, data, &error);
    if (bytes && g_bytes_get_size(bytes) <= limits->answer_bytes)
        answer(3, 0, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    else if (bytes)
        answer(3, 1 + SB_ERROR_LIMIT, "the answer is too long", strlen("the answer is too long"));
    else
        answer(3, 1 + (guint32)(error && error->domain == SB_ERROR ? error->code : SB_ERROR_IMAGE),
               error ? error->message : "", error ? MIN(strlen(error->message), MAX_ERROR_TEXT) : 0);
    _exit(0);
}

/* ---- in the parent ------------------------------------------------------------------------------- */

gboolean
child_pool_start(ChildPool *pool, const int *fds, guint n_fds, const ChildLimits *limits, ChildWork work,
                 gpointer work_data, ChildDone done, gpointer done_data, GError **error)
{
    int ends[2];
    g_assert(child_pool_has_room(pool) && n_fds <= MAX_FDS);
    limits = limits ? limits : &CHILD_LIMITS;
    for (guint i = 0; i < n_fds; i++)
        lseek(fds[i], 0, SEEK_SET);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "no pipe for a reading process: %s", g_strerror(errno));
        return FALSE;
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        be_child(pool, parent, ends[1], fds, n_fds, limits, work, work_data);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "no reading process: %s", g_strerror(errno));
        return FALSE;
    }
    Child *child = g_new0(Child, 1);
    child->pid = pid;
    child->pipe = ends[0];
    child->deadline_us = g_get_monotonic_time() + (gint64)limits->wall_s * G_USEC_PER_SEC;
    child->answer_limit = limits->answer_bytes + sizeof(AnswerHead);
    child->bytes = g_byte_array_new();
    child->done = done;
    child->done_data = done_data;
    g_ptr_array_add(pool->children, child);
    return TRUE;
}

/* Returns: TRUE when there is nothing more to come. */
static gboolean
take_bytes(Child *child)
{
    guint8 chunk[READ_CHUNK];
    ssize_t n = read(child->pipe, chunk, sizeof chunk);
    if (n < 0)
        return errno != EINTR && errno != EAGAIN;
    if (n == 0)
        return TRUE;
    if (child->bytes->len + (gsize)n > child->answer_limit) {
        child->too_long = TRUE;
        return TRUE;
    }
    g_byte_array_append(child->bytes, chunk, (guint)n);
    return FALSE;
}

static char *
one_line(const guint8 *text, gsize length)
{
    char *line = g_utf8_make_valid((const char *)text, (gssize)length);
    for (char *p = line; *p; p++)
        if ((guchar)*p < 0x20)
            *p = ' ';
    return line;
}

static ChildEnd
judge_answer(Child *child, ChildReport *report)
{
    AnswerHead head;
    if (child->bytes->len < sizeof head)
        return CHILD_CRASHED; /* it left without a word: exit() somewhere in a library */
    memcpy(&head, child->bytes->data, sizeof head);
    if (head.magic != ANSWER_MAGIC || head.length != child->bytes->len - sizeof head ||
        head.status > 1 + SB_ERROR_INTEGRITY)
        return CHILD_BAD_ANSWER;
    if (head.status == 0) {
        report->answer = g_bytes_new(child->bytes->data + sizeof head, head.length);
        return CHILD_ANSWERED;
    }
    g_autofree char *text = one_line(child->bytes->data + sizeof head, MIN(head.length, MAX_ERROR_TEXT));
    report->error = g_error_new_literal(SB_ERROR, (int)head.status - 1, text);
    return CHILD_ANSWERED;
}

static ChildEnd
judge(Child *child, int status, ChildReport *report)
{
    if (child->timed_out)
        return CHILD_TIMED_OUT;
    if (child->too_long)
        return CHILD_BAD_ANSWER;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return CHILD_TIMED_OUT;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        return CHILD_FORBIDDEN;
    if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0)
        return CHILD_CRASHED;
    return judge_answer(child, report);
}

static void
explain(ChildReport *report, int status)
{
    g_autofree char *how = NULL;
    if (report->end == CHILD_ANSWERED)
        return;
    if (WIFSIGNALED(status))
        how = g_strdup_printf("signal %d", WTERMSIG(status));
    else
        how = g_strdup_printf("exit %d", WEXITSTATUS(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_NO_SANDBOX)
        g_set_error(&report->error, SB_ERROR, SB_ERROR_ENV, "a reading process could not lock itself down");
    else
        g_set_error(&report->error, SB_ERROR, SB_ERROR_IMAGE, "the reading process %s (%s, %u ms CPU, %u MB)",
                    report->end == CHILD_TIMED_OUT   ? "ran out of time"
                    : report->end == CHILD_FORBIDDEN ? "did what it must not"
                    : report->end == CHILD_CRASHED   ? "crashed"
                                                     : "gave an answer that cannot be used",
                    how, report->cpu_ms, report->max_rss_mb);
}

static void
finish(ChildPool *pool, Child *child)
{
    ChildReport report = { 0 };
    struct rusage used = { 0 };
    int status = 0;
    /* A child that closed its pipe and goes on living has nothing more to say. */
    if (child->timed_out || child->too_long)
        kill(child->pid, SIGKILL);
    while (wait4(child->pid, &status, 0, &used) < 0 && errno == EINTR)
        ;
    child->pid = 0;
    report.cpu_ms = (guint)((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
                            (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
    report.max_rss_mb = (guint)(used.ru_maxrss / 1024);
    report.end = judge(child, status, &report);
    explain(&report, status);
    ChildDone done = child->done;
    gpointer data = child->done_data;
    g_ptr_array_remove_fast(pool->children, child); /* before the callback: it may start the next one */
    done(&report, data);
    g_clear_pointer(&report.answer, g_bytes_unref);
    g_clear_error(&report.error);
}

/* Returns: how long poll may sleep, at most @timeout_ms. */
static int
until_first_deadline(const ChildPool *pool, int timeout_ms)
{
    gint64 now = g_get_monotonic_time();
    for (guint i = 0; i < pool->children->len; i++) {
        const Child *child = pool->children->pdata[i];
        gint64 left = MAX(0, (child->deadline_us - now) / 1000 + 1);
        if (timeout_ms < 0 || left < timeout_ms)
            timeout_ms = (int)MIN(left, G_MAXINT);
    }
    return timeout_ms;
}

void
child_pool_wait(ChildPool *pool, int timeout_ms)
{
    struct pollfd fds[MAX_CHILDREN];
    Child *polled[MAX_CHILDREN];
    guint n = pool->children->len;
    if (n == 0)
        return;
    for (guint i = 0; i < n; i++) {
        polled[i] = pool->children->pdata[i];
        fds[i] = (struct pollfd){ .fd = polled[i]->pipe, .events = POLLIN };
    }
    if (poll(fds, n, until_first_deadline(pool, timeout_ms)) < 0)
        return; /* a signal: the caller looks at its stop flag */
    gint64 now = g_get_monotonic_time();
    for (guint i = 0; i < n; i++) {
        gboolean over = fds[i].revents && take_bytes(polled[i]);
        polled[i]->timed_out = !over && now >= polled[i]->deadline_us;
        if (over || polled[i]->timed_out)
            finish(pool, polled[i]);
    }
}
