/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words for the operator at the hub.
 */
#include "pipeline/burn_advice.h"

#include <jansson.h>
#include <string.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

enum { SERIALS_SHOWN = 6, DECISIONS = 4 };

/* ---- held units ---------------------------------------------------------------------------------------------- */

typedef struct {
    char *unit, *serial, *reason;
    guint decisions;
} Held;

static void
held_free(Held *held)
{
    g_free(held->unit);
    g_free(held->serial);
    g_free(held->reason);
    g_free(held);
}

static GPtrArray *
collect_held(Workspace *ws, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)held_free);
    g_autoptr(GPtrArray) units = store_units(ws->store, NULL, error);
    BurnJournal journal = store_journal(ws->store);
    for (guint i = 0; units && i < units->len; i++) {
        const StoreUnit *unit = units->pdata[i];
        if (unit->state != BURN_STATE_HELD)
            continue;
        Held *held = g_new0(Held, 1);
        held->unit = g_strdup(unit->unit);
        g_ptr_array_add(all, held);
        if (!burn_held(&journal, unit->unit, &held->decisions, &held->reason, &held->serial, error))
            return NULL;
    }
    return units ? g_steal_pointer(&all) : NULL;
}

static void
tell_held(const Held *held)
{
    json_t *choices = json_array();
    for (guint d = 0; d < DECISIONS; d++)
        if (held->decisions & 1u << d)
            json_array_append_new(choices, json_string(burn_decision_name(d)));
    g_autofree char *line = json_line(json_pack("{s:s, s:o, s:o, s:o, s:o}", "type", "held", "unit", json_text(held->unit),
                                                "serial", json_text(*held->serial ? held->serial : NULL), "reason",
                                                json_text(held->reason), "decisions", choices));
    cmd_json_line(line);
}

static const char *
meaning(guint decision)
{
    static const char *const texts[DECISIONS] = {
        [BURN_DECIDE_RETRY] = "the cause is gone: go on from where it stopped",
        [BURN_DECIDE_RESTART] = "from the start; what was issued is revoked first",
        [BURN_DECIDE_GIVE_UP] = "it ends as failed; what was issued is revoked",
        [BURN_DECIDE_ISSUE_AGAIN] = "the CA says that it issued nothing: ask it again",
    };
    return texts[decision];
}

gboolean
burn_advice_held(Workspace *ws, gboolean json, GError **error)
{
    g_autoptr(GPtrArray) all = collect_held(ws, error);
    guint decisions = 0;
    for (guint i = 0; all && i < all->len; i++) {
        const Held *held = all->pdata[i];
        decisions |= held->decisions;
        if (json)
            tell_held(held);
        else
            g_print("%s%s\n    %s\n", i ? "" : "\nHELD\n", held->unit, held->reason);
    }
    if (all && all->len && !json) {
        g_print("DECIDE   sealbatch burn --decide %s=WHAT -w %s\n", all->len == 1 ? ((Held *)all->pdata[0])->unit : "UNIT",
                ws->dir);
        for (guint d = 0; d < DECISIONS; d++)
            if (decisions & 1u << d)
                g_print("         %-11s  %s\n", burn_decision_name(d), meaning(d));
    }
    return all != NULL;
}

/* ---- keys ---------------------------------------------------------------------------------------------------- */

void
burn_advice_plan(GPtrArray *needs, gboolean json)
{
    for (guint i = 0; i < needs->len; i++) {
        const BurnNeed *need = needs->pdata[i];
        if (json) {
            g_autofree char *line = json_line(json_pack("{s:s, s:o, s:s, s:o, s:b}", "type", "burn_plan", "unit",
                                                        json_text(need->unit), "kind", need->kind, "serial",
                                                        json_text(need->serial), "plugged_in", need->here));
            cmd_json_line(line);
        } else
            g_print("%-24s %-9s %-18s %s\n", need->unit, need->kind, need->serial ? need->serial : "a blank key",
                    !need->waits ? "needs no key any more" : need->here ? "plugged in" : "not plugged in");
    }
}

char *
burn_advice_watch(GPtrArray *needs, guint done)
{
    g_autoptr(GString) named = g_string_new(NULL);
    guint blank = 0, keys = 0;
    for (guint i = 0; i < needs->len; i++) {
        const BurnNeed *need = needs->pdata[i];
        if (!need->waits || need->here)
            continue;
        if (!need->serial)
            blank++;
        else if (++keys <= SERIALS_SHOWN)
            g_string_append_printf(named, ", %s (%s)", need->serial, need->unit);
    }
    if (!blank && !keys)
        return NULL;
    if (keys > SERIALS_SHOWN)
        g_string_append_printf(named, ", ...");
    GString *text = g_string_new(NULL);
    if (done)
        g_string_append_printf(text, "PULL the %u keys that are done. ", done);
    g_string_append(text, "PLUG IN ");
    if (blank)
        g_string_append_printf(text, "%u blank keys%s", blank, keys ? " and " : "");
    if (keys)
        g_string_append_printf(text, "%u named keys: %s", keys, named->str + 2);
    return g_string_free(text, FALSE);
}
