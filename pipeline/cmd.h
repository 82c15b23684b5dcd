/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd.h: the subcommands of `sealbatch`, one file each (cmd_NAME.c), and what they share.
 *
 * Each takes its own argument vector (argv[0] is the subcommand), prints data on stdout and messages
 * on stderr, and returns an exit code of exit_code.h.
 */
#ifndef SB_PIPELINE_CMD_H
#define SB_PIPELINE_CMD_H

#include "pipeline/exit_code.h"
#include "pipeline/words.h"
#include "pipeline/workspace.h"

G_BEGIN_DECLS

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} Command;

/* Ends with a row whose name is NULL. */
extern const Command COMMANDS[];

/**
 * cmd_parse: the options of one subcommand.
 * @usage    what follows the subcommand's name ("ORDER_DIR... --out DIR")
 * @summary  the first lines of --help
 * Returns: TRUE, with @argc and @argv holding what is left (argv[0] first). FALSE after the message was
 * printed: return EXIT_USAGE. `--help` prints and leaves the process with 0.
 */
gboolean cmd_parse(int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries);

typedef struct {
    Workspace *workspace;
    gboolean json;
    gboolean dry_run;
} CmdWork;

/**
 * cmd_open: as cmd_parse, for a command that works in a workspace: --workspace, --json, --dry-run and every
 * config key as a flag are taken, and the workspace is opened.
 * Returns: FALSE after the message was printed, with @code set.
 */
gboolean cmd_open(int *argc, char ***argv, const char *usage, const char *summary, const GOptionEntry *entries,
                  CmdWork *work, int *code);
void cmd_close(CmdWork *work);

/* (transfer full) The inbox that was @named on the command line, or NULL: the config's. */
char *cmd_inbox(const CmdWork *work, const char *named);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmdWork, cmd_close)

/* One line on stderr: "sealbatch: message". The error's exit code comes back. */
int cmd_fail(const GError *error);
void cmd_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Data for people on stdout. Both take English and say it in the language of the environment (words.h). */
void cmd_print(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* One line of JSON on stdout, flushed, so that a reader of the pipe sees it at once. */
void cmd_json_line(const char *json);

int cmd_init(int argc, char **argv);
int cmd_ingest(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_burn(int argc, char **argv);
int cmd_tokens(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_purge(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_revoked(int argc, char **argv);
int cmd_sheet(int argc, char **argv);

G_END_DECLS

#endif
