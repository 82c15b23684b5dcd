/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run_lock.h: one run at a time in a workspace; the lock's file says who holds it and how far he is.
 */
#ifndef SB_PIPELINE_RUN_LOCK_H
#define SB_PIPELINE_RUN_LOCK_H

#include "core/error.h"

G_BEGIN_DECLS

typedef struct RunLock RunLock;

/**
 * run_lock_take: never waits for a run that goes on. The kernel lets go of the lock whatever ends the process; for a
 * worker that a killed run left behind in its last call on a key (BurnHubConfig.lock_fd) it is waited a while.
 * @what  "run", "burn"
 * Returns: (transfer full) or NULL with SB_ERROR_BUSY (who, since when, how far) or SB_ERROR_ENV.
 */
RunLock *run_lock_take(const char *dir, const char *what, GError **error);
void run_lock_release(RunLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunLock, run_lock_release)

/* Stays open as long as the lock is held; a process that inherits it holds the lock too. */
int run_lock_fd(const RunLock *lock);

/* "17 of 200 orders read": shown to whoever finds the lock taken, and by `status`. */
void run_lock_progress(RunLock *lock, const char *text);

/* (transfer full) The line of whoever holds it now, or NULL. */
char *run_lock_holder(const char *dir);

G_END_DECLS

#endif
