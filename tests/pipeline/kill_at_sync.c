/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill_at_sync.c: preloaded into `sealbatch` (and in no other program): SIGKILL before or after its n-th call that makes
 * something last.
 *
 *   KILL_AT=N  KILL_AFTER=1   N from 1; 0 or not set: never
 *   KILL_COUNT=FILE           gets one byte a call
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int calls;

static int
is_our_program(void)
{
    char path[512] = "";
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    const char *name = n > 0 ? strrchr(path, '/') : NULL;
    return name != NULL && strcmp(name, "/sealbatch") == 0;
}

static void
count(const char *file)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    (void)!write(fd, ".", 1);
    close(fd);
}

/* Returns: whether this is the call; where it is to be killed before it, nothing returns. */
static int
strikes(void)
{
    const char *at = getenv("KILL_AT"), *file = getenv("KILL_COUNT");
    if (!is_our_program())
        return 0;
    if (file != NULL)
        count(file);
    if (at == NULL || __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) != atoi(at))
        return 0;
    if (getenv("KILL_AFTER") == NULL)
        kill(getpid(), SIGKILL);
    return 1;
}

static int
end(int struck, int result)
{
    if (struck)
        kill(getpid(), SIGKILL);
    return result;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int
fsync(int fd)
{
    int struck = strikes();
    return end(struck, NEXT(fsync)(fd));
}

int
fdatasync(int fd)
{
    int struck = strikes();
    return end(struck, NEXT(fdatasync)(fd));
}

int
rename(const char *from, const char *to)
{
    int struck = strikes();
    return end(struck, NEXT(rename)(from, to));
}

int
link(const char *from, const char *to)
{
    int struck = strikes();
    return end(struck, NEXT(link)(from, to));
}
