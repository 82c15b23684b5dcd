/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flock() on WORKSPACE/lock, with one line of text inside.
 */
#include "pipeline/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { MAX_LINE = 512, LEFT_BEHIND_S = 20, POLL_US = 10000 };

struct RunLock {
    int fd;
    char *who;
};

static char *
read_line(int fd)
{
    char line[MAX_LINE] = { 0 };
    ssize_t n = pread(fd, line, sizeof line - 1, 0);
    if (n <= 0)
        return g_strdup("somebody");
    line[strcspn(line, "\n")] = 0;
    return g_utf8_make_valid(line, -1);
}

static char *
describe(const char *what)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *since = g_date_time_format(now, "%Y-%m-%d %H:%M:%S");
    return g_strdup_printf("`%s` by %s, process %d, since %s", what, g_get_user_name(), (int)getpid(), since);
}

/* The process that the holder's line names is dead: what still holds its lock is a child of it. */
static gboolean
is_left_behind(const char *holder)
{
    const char *at = strstr(holder, ", process ");
    int pid = at ? atoi(at + strlen(", process ")) : 0;
    return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

static gboolean
lock_file(int fd, GError **error)
{
    gint64 until = g_get_monotonic_time() + LEFT_BEHIND_S * G_USEC_PER_SEC;
    for (;;) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return TRUE;
        int cause = errno;
        g_autofree char *holder = read_line(fd);
        gboolean left = cause == EWOULDBLOCK && is_left_behind(holder);
        if (left && g_get_monotonic_time() < until) {
            g_usleep(POLL_US);
            continue;
        }
        g_set_error(error, SB_ERROR, cause == EWOULDBLOCK ? SB_ERROR_BUSY : SB_ERROR_ENV, "%s: %s",
                    left ? "a key is still at the last call of a run that was killed, wait a little"
                         : "another run holds the workspace", holder);
        return FALSE;
    }
}

RunLock *
run_lock_take(const char *dir, const char *what, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (!lock_file(fd, error)) {
        close(fd);
        return NULL;
    }
    RunLock *lock = g_new0(RunLock, 1);
    lock->fd = fd;
    lock->who = describe(what);
    run_lock_progress(lock, NULL);
    return lock;
}

int
run_lock_fd(const RunLock *lock)
{
    return lock->fd;
}

void
run_lock_progress(RunLock *lock, const char *text)
{
    g_autofree char *line = g_strdup_printf("%s%s%s\n", lock->who, text ? "; " : "", text ? text : "");
    gsize length = MIN(strlen(line), MAX_LINE - 1);
    /* Only words for people: a full disk must not stop the run here. */
    if (pwrite(lock->fd, line, length, 0) == (ssize_t)length)
        (void)!ftruncate(lock->fd, (off_t)length);
}

void
run_lock_release(RunLock *lock)
{
    if (!lock)
        return;
    (void)!ftruncate(lock->fd, 0);
    close(lock->fd);
    g_free(lock->who);
    g_free(lock);
}

char *
run_lock_holder(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    char *holder = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK ? read_line(fd) : NULL;
    close(fd);
    return holder;
}
