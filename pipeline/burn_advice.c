/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words for the operator at the hub.
 */
#include "pipeline/burn_advice.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/screen.h"
#include "pipeline/words.h"

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

static void
show_held(const Held *held, gboolean first)
{
    g_autofree char *why = words_sentence(words_language(), held->reason), *folded = screen_fold(why, 4, screen_columns(STDOUT_FILENO));
    if (first)
        cmd_print("\nHELD\n");
    g_print("%s\n%s\n", held->unit, folded);
}

static const char *
meaning(guint decision)
{
    static const char *const texts[DECISIONS] = {
        [BURN_DECIDE_RETRY] = N_("the cause is gone: go on from where it stopped"),
        [BURN_DECIDE_RESTART] = N_("from the start; what was issued is revoked first"),
        [BURN_DECIDE_GIVE_UP] = N_("it ends as failed; what was issued is revoked"),
        [BURN_DECIDE_ISSUE_AGAIN] = N_("the CA says that it issued nothing: ask it again"),
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
            show_held(held, i == 0);
    }
    if (all && all->len && !json) {
        cmd_print("DECIDE   sealbatch burn --decide %s=WHAT -w %s\n", all->len == 1 ? ((Held *)all->pdata[0])->unit : "UNIT",
                ws->dir);
        for (guint d = 0; d < DECISIONS; d++)
            if (decisions & 1u << d)
                g_print("         %-11s  %s\n", burn_decision_name(d), words_in(words_language(), meaning(d)));
    }
    return all != NULL;
}

/* ---- keys ---------------------------------------------------------------------------------------------------- */

void
burn_advice_plan(GPtrArray *needs, gboolean json)
{
    const Language l = words_language();
    for (guint i = 0; i < needs->len; i++) {
        const BurnNeed *need = needs->pdata[i];
        if (json) {
            g_autofree char *line = json_line(json_pack("{s:s, s:o, s:s, s:o, s:b}", "type", "burn_plan", "unit",
                                                        json_text(need->unit), "kind", need->kind, "serial",
                                                        json_text(need->serial), "plugged_in", need->here));
            cmd_json_line(line);
        } else {
            static const guint widths[] = { 24, 9, 18, 0 };
            const char *cells[] = { need->unit, words_in(l, need->kind), need->serial ? need->serial : words_in(l, "a blank key"),
                                    words_in(l, need->held     ? N_("held: decide first")
                                                : !need->waits ? N_("needs no key any more")
                                                : need->here   ? N_("plugged in")
                                                               : N_("not plugged in")) };
            g_autofree char *row = screen_row(cells, widths, G_N_ELEMENTS(cells));
            g_print("%s\n", row);
        }
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
    const Language l = words_language();
    GString *text = g_string_new(NULL);
    if (done)
        g_string_append_printf(text, words_in(l, "PULL the finished keys (%u). "), done);
    if (blank)
        g_string_append_printf(text, words_in(l, "PLUG IN blank keys: %u. "), blank);
    if (keys)
        g_string_append_printf(text, words_in(l, "PLUG IN these keys: %s. "), named->str + 2);
    return g_strchomp(g_string_free(text, FALSE));
}
