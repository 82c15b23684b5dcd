/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lock-down of a reading child. libseccomp's one home.
 *
 * The filter is compiled in the parent; the child adds the one rule that needs its own process id
 * (abort() signals itself) and loads it: about 0.3 ms a child.
 */
#include "pipeline/sandbox.h"

#include <errno.h>
#include <iconv.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_IS_REAL 0
#else
#define SANDBOX_IS_REAL 1
#endif

/* zbar and poppler convert texts; a converter is a module that must be opened, which the child cannot. */
static const char *const CHARSETS[] = { "ISO8859-1", "SJIS", "BIG5", "GB18030", "CP437", "UTF-16", "ASCII" };

struct Sandbox {
    scmp_filter_ctx filter;
    iconv_t converters[G_N_ELEMENTS(CHARSETS)]; /* held open so that their modules stay */
};

/* What computing, reading an open descriptor and answering need. */
static const char *const ALLOWED[] = {
    "read", "pread64", "readv", "write", "writev", "lseek", "close", "fstat", "newfstatat",
    "brk", "munmap", "mremap", "madvise",
    "futex", "sched_yield", "sched_getaffinity",
    "clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getrusage",
    "rt_sigprocmask", "rt_sigaction", "rt_sigreturn", "sigaltstack", "restart_syscall",
    "getpid", "gettid", "getrandom", "sysinfo", "uname", "getrlimit",
    "exit", "exit_group",
};

/* What libraries try in passing and can do without: the answer is "no", not death. */
static const char *const DENIED[] = { "open",   "openat",   "access", "faccessat", "faccessat2", "stat",
                                      "statx",  "lstat",    "ioctl",  "readlink",  "readlinkat", "getcwd",
                                      "getdents64", "prlimit64", "fcntl", "getuid", "geteuid", "getgid",
                                      "getegid", "socket", "getpeername", "getsockname", "getsockopt", "unlink", "mkdir", "rseq",
                                      "set_robust_list" };

static gboolean
add(scmp_filter_ctx filter, guint32 action, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);
    /* Some architectures lack the old calls: nothing to allow there. */
    return number == __NR_SCMP_ERROR || number < 0 || seccomp_rule_add(filter, action, number, 0) == 0;
}

static gboolean
add_without_exec(scmp_filter_ctx filter, int number)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static gboolean
fill(scmp_filter_ctx filter)
{
    gboolean fine = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(ALLOWED); i++)
        fine = fine && add(filter, SCMP_ACT_ALLOW, ALLOWED[i]);
    for (guint i = 0; i < G_N_ELEMENTS(DENIED); i++)
        fine = fine && add(filter, SCMP_ACT_ERRNO(EACCES), DENIED[i]);
    return fine && add_without_exec(filter, SCMP_SYS(mmap)) && add_without_exec(filter, SCMP_SYS(mprotect));
}

Sandbox *
sandbox_new(GError **error)
{
    g_autoptr(Sandbox) sandbox = g_new0(Sandbox, 1);
    for (guint i = 0; i < G_N_ELEMENTS(CHARSETS); i++)
        sandbox->converters[i] = iconv_open("UTF-8", CHARSETS[i]);
    sandbox->filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!sandbox->filter || !fill(sandbox->filter)) {
        g_set_error(error, SB_ERROR, SB_ERROR_ENV, "libseccomp cannot prepare the sandbox of reading processes");
        return NULL;
    }
    return g_steal_pointer(&sandbox);
}

void
sandbox_free(Sandbox *sandbox)
{
    if (!sandbox)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(CHARSETS); i++)
        if (sandbox->converters[i] && sandbox->converters[i] != (iconv_t)-1)
            iconv_close(sandbox->converters[i]);
    if (sandbox->filter)
        seccomp_release(sandbox->filter);
    g_free(sandbox);
}

static gboolean
limit(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit r = { soft, hard };
    return setrlimit(what, &r) == 0;
}

gboolean
sandbox_close_files(void)
{
    /* Rights that each version added: the kernel refuses one that it does not know. */
    static const guint64 rights[] = { 0, (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1 };
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return FALSE;
    struct landlock_ruleset_attr all = { .handled_access_fs = rights[MIN(version, 3)] }; /* and no exception from it */
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    gboolean fine = ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (ruleset >= 0)
        close(ruleset);
    return fine;
}

gboolean
sandbox_enter(Sandbox *sandbox, const SandboxLimits *limits)
{
    if (!limit(RLIMIT_CORE, 0, 0) || !limit(RLIMIT_CPU, limits->cpu_s, limits->cpu_s + 1))
        return FALSE;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return FALSE;
    if (!SANDBOX_IS_REAL)
        return TRUE;
    /* Nothing may be written to a file: standard error must lead to /dev/null by now. */
    if (!limit(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes) || !limit(RLIMIT_FSIZE, 0, 0))
        return FALSE;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return FALSE;
    sandbox_close_files();
    if (seccomp_rule_add(sandbox->filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                         SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) != 0)
        return FALSE;
    return seccomp_load(sandbox->filter) == 0;
}

gboolean
sandbox_is_real(void)
{
    return SANDBOX_IS_REAL;
}
