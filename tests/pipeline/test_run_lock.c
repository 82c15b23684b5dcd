/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/run_lock.h"

static char *dir;

static void
begin(void)
{
    dir = g_dir_make_tmp("lockXXXXXX", NULL);
}

static void
end(void)
{
    g_autofree char *file = g_build_filename(dir, "lock", NULL);
    g_unlink(file);
    g_rmdir(dir);
    g_free(dir);
}

TestSuite(run_lock, .init = begin, .fini = end, .timeout = 60);

Test(run_lock, one_at_a_time_and_the_other_is_told_who)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLock) lock = run_lock_take(dir, "burn", &error);
    cr_assert_not_null(lock);
    cr_assert_geq(run_lock_fd(lock), 0);
    run_lock_progress(lock, "2 of 5");
    cr_assert_null(run_lock_take(dir, "run", &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_BUSY));
    cr_assert_not_null(strstr(error->message, "`burn`"));
    cr_assert_not_null(strstr(error->message, "2 of 5"));
    g_clear_pointer(&lock, run_lock_release);
    lock = run_lock_take(dir, "run", NULL);
    cr_assert_not_null(lock);
    cr_assert_null(run_lock_take("/nowhere", "run", NULL));
}

/* The holder is killed; a child that inherited the lock goes on for half a second. */
static void
leave_a_child_behind(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        RunLock *lock = run_lock_take(dir, "burn", NULL);
        if (!lock || fork() == 0) {
            g_usleep(500000);
            _exit(0);
        }
        _exit(0); /* as kill -9 would: nothing is released by hand */
    }
    waitpid(pid, NULL, 0);
}

Test(run_lock, what_a_killed_run_left_at_work_is_waited_for)
{
    leave_a_child_behind();
    gint64 start = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLock) lock = run_lock_take(dir, "burn", &error);
    cr_assert_not_null(lock, "%s", error ? error->message : "");
    cr_assert_geq(g_get_monotonic_time() - start, 200000);
}
