/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exit_code.h: how the command ends, as cron and scripts see it. One table; the most severe wins.
 */
#ifndef SB_PIPELINE_EXIT_CODE_H
#define SB_PIPELINE_EXIT_CODE_H

#include "core/error.h"

G_BEGIN_DECLS

typedef enum {
    EXIT_DONE = 0,        /* everything asked for is done */
    EXIT_USAGE = 2,       /* command line or config is wrong; nothing was begun */
    EXIT_REVIEW = 3,      /* some orders wait for a person */
    EXIT_FAILED = 4,      /* some orders were refused or failed */
    EXIT_BUSY = 5,        /* another run holds the lock */
    EXIT_STOPPED = 6,     /* stopped in order, or waits for keys or certificates; the next run resumes */
    EXIT_ENVIRONMENT = 7, /* disk, model, module: the machine, not an order */
    EXIT_INTEGRITY = 8,   /* audit chain, or journal against token */
    EXIT_BUG = 70
} ExitCode;

typedef struct {
    ExitCode code;
    const char *name;    /* "review": stable, stands in JSON */
    const char *meaning; /* one English line */
} ExitCodeRow;

/* From the mildest to the most severe; ends with a row whose name is NULL. */
extern const ExitCodeRow EXIT_CODES[];

ExitCode exit_code_worst(ExitCode a, ExitCode b);
const char *exit_code_name(ExitCode code);

/* How a command ends when this error stopped it as a whole. */
ExitCode exit_code_from_error(const GError *error);

G_END_DECLS

#endif
