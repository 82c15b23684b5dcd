/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bare_workspace.h: a workspace in a folder of its own, with the default config and without keys, for tests that need
 * store and evidence but no command.
 */
#ifndef SB_TESTS_BARE_WORKSPACE_H
#define SB_TESTS_BARE_WORKSPACE_H

#include "pipeline/workspace.h"

/* Fails the test where it cannot be made. */
Workspace *bare_workspace(void);

/* Closes it and removes its folder. */
void bare_workspace_remove(Workspace *workspace);

#endif
