/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sandbox.h: how little a reading child may do. It parses what strangers sent, so it is locked down
 * before it touches the first byte: memory and CPU limits, no new privileges, and a list of system calls
 * that lets it compute, read what it already holds open, answer, and leave.
 */
#ifndef SB_PIPELINE_SANDBOX_H
#define SB_PIPELINE_SANDBOX_H

#include "core/error.h"

G_BEGIN_DECLS

typedef struct {
    gsize memory_bytes; /* address space, models included */
    guint cpu_s;        /* SIGXCPU, then SIGKILL a second later */
} SandboxLimits;

typedef struct Sandbox Sandbox;

/**
 * sandbox_new: prepare the filter, once, in the parent.
 * Also loads what libraries would open later inside the child (character set converters).
 * Returns: (transfer full) or NULL with SB_ERROR_ENV: the kernel or libseccomp will not.
 */
Sandbox *sandbox_new(GError **error);
void sandbox_free(Sandbox *sandbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sandbox, sandbox_free)

/**
 * sandbox_enter: from here on, in the calling process and for good.
 *
 * Opening files, sockets and directories fails with EACCES (libraries cope with a missing file); every
 * other call outside the list kills the process with SIGSYS. Memory cannot be made executable.
 * Under AddressSanitizer only the CPU limit holds: its runtime needs the calls and the address space.
 * Returns: FALSE where any part of it could not be set: the caller must not go on.
 */
gboolean sandbox_enter(Sandbox *sandbox, const SandboxLimits *limits);

/* The part of it that Landlock does: the process opens no file any more, not even by a call that the filter has
 * forgotten. What is open stays usable. Returns: FALSE where the kernel has no Landlock: the filter stands alone. */
gboolean sandbox_close_files(void);

/* FALSE under AddressSanitizer. */
gboolean sandbox_is_real(void);

G_END_DECLS

#endif
