/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bare_workspace.h"

#include <criterion/criterion.h>

Workspace *
bare_workspace(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("sealbatch-workspace-XXXXXX", NULL);
    g_autofree char *conf = g_build_filename(dir, WORKSPACE_CONF, NULL);
    cr_assert(g_file_set_contents(conf, "", 0, NULL));
    Workspace *workspace = workspace_open(dir, NULL, &error);
    cr_assert_not_null(workspace, "%s", error ? error->message : "");
    return workspace;
}

void
bare_workspace_remove(Workspace *workspace)
{
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", workspace->dir);
    workspace_close(workspace);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}
