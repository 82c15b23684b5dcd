/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch purge: uploads and personal texts of orders that ended long enough ago go; order numbers, audit and
 * seal pictures (renewals need them) stay.
 */
#include <jansson.h>

#include "pipeline/cmd.h"
#include "pipeline/handover.h"
#include "pipeline/json_text.h"
#include "pipeline/label_sheet.h"
#include "pipeline/review_out.h"
#include "pipeline/run_lock.h"

enum { DAY_SECONDS = 86400, MAX_DAYS = 36500 };

static gboolean
take_away(const char *digest, gpointer data, GError **error)
{
    return evidence_remove(data, digest, error);
}

/* The exports name people too: they are made again without those who are gone. */
static gboolean
purge(Workspace *ws, GPtrArray *orders, gint64 before, GError **error)
{
    for (guint i = 0; i < orders->len; i++)
        if (!store_purge(ws->store, ((StoreOrder *)orders->pdata[i])->order_id, take_away, ws->evidence, error))
            return FALSE;
    return store_forget_answers(ws->store, before, take_away, ws->evidence, error) && review_out_write(ws, NULL, error) &&
           handover_courier_write(ws, error) && label_sheet_write(ws, error);
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
    if (!work.dry_run && !purge(work.workspace, orders, before, &error))
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
