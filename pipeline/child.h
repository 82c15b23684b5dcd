/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child.h: work on strangers' bytes, each piece in a locked-down process of its own.
 *
 * The parent holds the models; a child is forked from it (about 1 ms), enters the sandbox, works, and
 * answers with one bounded message over a pipe. A crash, a time-out or a forbidden call ends that
 * child and is reported; nothing is tried again.
 */
#ifndef SB_PIPELINE_CHILD_H
#define SB_PIPELINE_CHILD_H

#include "core/error.h"

G_BEGIN_DECLS

typedef struct {
    gsize memory_bytes; /* address space: 1536 MiB */
    guint cpu_s;        /* 60 */
    guint wall_s;       /* 120 */
    gsize answer_bytes; /* 64 MiB */
} ChildLimits;

extern const ChildLimits CHILD_LIMITS;

/**
 * ChildWork: runs in the child, inside the sandbox.
 * @fds   open descriptors handed in, positioned at 0; they are the child's only files
 * Returns: (transfer full) the answer, or NULL with an error of SB_ERROR.
 */
typedef GBytes *(*ChildWork)(const int *fds, guint n_fds, gpointer data, GError **error);

typedef enum {
    CHILD_ANSWERED,   /* answer is there, or error as the work set it */
    CHILD_CRASHED,    /* a signal, or it left without an answer (memory ran out, an assertion failed) */
    CHILD_TIMED_OUT,  /* wall or CPU seconds */
    CHILD_FORBIDDEN,  /* the sandbox stopped it */
    CHILD_BAD_ANSWER, /* too long, or not in our framing */
    CHILD_ENDS
} ChildEnd;

typedef struct {
    ChildEnd end;
    GBytes *answer; /* only with CHILD_ANSWERED; as hostile as the upload was */
    GError *error;  /* what the work reported, or one line on how the child ended */
    guint cpu_ms;
    guint max_rss_mb;
} ChildReport;

const char *child_end_name(ChildEnd end); /* "answered", "crashed", ... */

/* @report is the callee's to read, not to keep. */
typedef void (*ChildDone)(const ChildReport *report, gpointer data);

typedef struct ChildPool ChildPool;

/**
 * child_pool_new: @jobs 1..64 children at once.
 * Returns: (transfer full) or NULL with SB_ERROR_ENV (no sandbox).
 */
ChildPool *child_pool_new(guint jobs, GError **error);

/* Kills what still runs. */
void child_pool_free(ChildPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildPool, child_pool_free)

gboolean child_pool_has_room(const ChildPool *pool);
guint child_pool_running(const ChildPool *pool);

/**
 * child_pool_start: fork now. There must be room.
 * @fds     duplicated into the child; the caller still closes its own
 * @limits  NULL for CHILD_LIMITS
 * @done    called from child_pool_wait, once, whatever happens
 * Returns: FALSE with SB_ERROR_ENV where no process could be made; @done is not called then.
 */
gboolean child_pool_start(ChildPool *pool, const int *fds, guint n_fds, const ChildLimits *limits, ChildWork work,
                          gpointer work_data, ChildDone done, gpointer done_data, GError **error);

/* Wait until something happens, at most @timeout_ms (-1: no limit), and report the children that ended. */
void child_pool_wait(ChildPool *pool, int timeout_ms);

G_END_DECLS

#endif
