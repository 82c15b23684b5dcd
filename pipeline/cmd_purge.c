/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch purge: uploads and personal texts of orders that ended long enough ago go; order numbers, audit and
 * seal pictures (renewals need them) stay.
 */
#include <jansson.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/run_lock.h"

enum { DAY_SECONDS = 86400, MAX_DAYS = 36500 };

static gboolean
purge_one(Workspace *ws, const char *order_id, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    if (!store_purge(ws->store, order_id, gone, error))
        return FALSE;
    for (guint i = 0; i < gone->len; i++)
        if (!evidence_remove(ws->evidence, gone->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
forget_answers(Workspace *ws, gint64 before, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    if (!store_forget_answers(ws->store, before, gone, error))
        return FALSE;
    for (guint i = 0; i < gone->len; i++)
        if (!evidence_remove(ws->evidence, gone->pdata[i], error))
            return FALSE;
    return TRUE;
}

int
cmd_purge(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autoptr(GError) error = NULL;
    guint days;
    int code;
    if (!cmd_open(&argc, &argv, "", "Removes uploads and personal texts of orders that ended [retention] days ago.", NULL,
                  &work, &code))
        return code;
    if (!config_number(work.workspace->config, "retention", "days", 0, MAX_DAYS, &days, &error))
        return cmd_fail(error);
    g_autoptr(RunLock) lock = run_lock_take(work.workspace->dir, "purge", &error);
    if (!lock)
        return cmd_fail(error);
    gint64 before = g_get_real_time() / G_USEC_PER_SEC - (gint64)days * DAY_SECONDS + (days == 0);
    g_autoptr(GPtrArray) orders = store_expired(work.workspace->store, before, &error);
    if (!orders)
        return cmd_fail(error);
    for (guint i = 0; i < orders->len && !work.dry_run; i++)
        if (!purge_one(work.workspace, ((StoreOrder *)orders->pdata[i])->order_id, &error))
            return cmd_fail(error);
    if (!work.dry_run && !forget_answers(work.workspace, before, &error))
        return cmd_fail(error);
    if (work.json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:i, s:i, s:b}", "type", "purge", "orders", (int)orders->len,
                                                    "days", (int)days, "removed", !work.dry_run));
        cmd_json_line(line);
        return EXIT_DONE;
    }
    cmd_print(work.dry_run ? N_("%u orders that ended %u days ago or more would be purged\n")
                           : N_("%u orders that ended %u days ago or more are purged\n"),
              orders->len, days);
    return EXIT_DONE;
}
