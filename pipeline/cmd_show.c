/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch show ORDER: everything the workspace knows about one order. It shows personal data, on the
 * terminal of whoever may read the workspace, and nowhere else.
 */
#include <jansson.h>
#include <unistd.h>

#include "burner/ca.h"
#include "pipeline/cmd.h"
#include "pipeline/finding_text.h"
#include "pipeline/json_text.h"
#include "pipeline/screen.h"

static gboolean
show_findings(Workspace *ws, const char *order_id, Language language, GError **error)
{
    g_autoptr(GPtrArray) findings = store_findings(ws->store, order_id, error);
    for (guint i = 0; findings && i < findings->len; i++) {
        const Finding *f = findings->pdata[i];
        g_print("  %-7s %s", severity_title(f->severity, language), finding_title(f->code, language));
        if (f->file)
            g_print("  (%s)", f->file);
        if (f->seal)
            g_print("  (%s)", f->seal);
        g_print("\n");
        if (f->read || f->form)
            cmd_print("          read %s, form %s\n", f->read ? f->read : "-", f->form ? f->form : "-");
        g_autofree char *detail = finding_detail(f->detail, language);
        if (detail)
            g_print("          %s\n", detail);
    }
    return findings != NULL;
}

static gboolean
show_seals(Workspace *ws, const char *order_id, Language language, GError **error)
{
    g_autoptr(GPtrArray) seals = store_seals(ws->store, order_id, error);
    for (guint i = 0; seals && i < seals->len; i++) {
        const StoreSeal *s = seals->pdata[i];
        g_autofree char *path = s->picture ? evidence_path(ws->evidence, s->picture) : NULL;
        cmd_print("  %s  %g x %g mm, measured %.2f x %.2f, %u px/mm\n          %s\n", seal_title(s->type, language),
                s->width_mm, s->height_mm, s->measured_mm[0], s->measured_mm[1], s->px_per_mm, path ? path : words_in(language, "no picture"));
    }
    return seals != NULL;
}

/* Where one certificate's burn stands, and what was issued. */
static gboolean
show_unit(Workspace *ws, const StoreUnit *u, Language language, GError **error)
{
    BurnJournal journal = store_journal(ws->store);
    g_autoptr(BurnRecord) record = burn_journal_load(&journal, u->unit, error);
    g_autofree char *number = NULL;
    gint64 until = 0;
    if (!record || (record->certificate && !burn_cert_describe(record->certificate, NULL, NULL, &number, NULL, &until, error)))
        return FALSE;
    g_autoptr(GDateTime) then = g_date_time_new_from_unix_local(u->changed_at), end = g_date_time_new_from_unix_local(until);
    g_autofree char *at = g_date_time_format(then, "%Y-%m-%d %H:%M"), *day = g_date_time_format(end, "%Y-%m-%d");
    cmd_print("  burn  %s  %s  key %s  %s\n", u->unit, words_in(language, burn_state_name(u->state)),
              u->token_serial && *u->token_serial ? u->token_serial : "-", at);
    if (number)
        cmd_print("        certificate %s, until %s\n", number, day);
    if (*record->reason) {
        g_autofree char *why = words_sentence(language, record->reason);
        g_autofree char *folded = screen_fold(why, 8, screen_columns(STDOUT_FILENO));
        g_print("%s\n", folded);
    }
    if (record->state == BURN_STATE_HELD)
        cmd_print("        decide: sealbatch burn --decide %s=WHAT -w %s (retry, restart, give_up or issue_again)\n", u->unit,
                  ws->dir);
    return TRUE;
}

static gboolean
show_history(Workspace *ws, const char *order_id, Language language, GError **error)
{
    g_autoptr(GPtrArray) decisions = store_decisions(ws->store, order_id, error);
    g_autoptr(GPtrArray) units = decisions ? store_units(ws->store, order_id, error) : NULL;
    for (guint i = 0; decisions && i < decisions->len; i++) {
        const StoreDecided *d = decisions->pdata[i];
        cmd_print("  reviewer %u  %s: %s\n", d->place, d->reviewer,
                  words_in(language, d->approve ? N_("approved") : N_("rejected")));
        if (d->note)
            g_print("          %s\n", d->note);
    }
    for (guint i = 0; units && i < units->len; i++) {
        const StoreUnit *u = units->pdata[i];
        if (!show_unit(ws, u, language, error))
            return FALSE;
    }
    return units != NULL;
}

static json_t *
units_json(Workspace *ws, const char *order_id, GError **error)
{
    g_autoptr(GPtrArray) units = store_units(ws->store, order_id, error);
    json_t *list = units ? json_array() : NULL;
    for (guint i = 0; units && i < units->len; i++) {
        const StoreUnit *u = units->pdata[i];
        json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:I}", "unit", json_text(u->unit), "state",
                                              burn_state_name(u->state), "serial", json_text(u->token_serial), "changed_at",
                                              (json_int_t)u->changed_at));
    }
    return list;
}

/* The order's JSON line as reading made it, with state and decisions around it. */
static gboolean
show_json(Workspace *ws, const StoreOrder *order, GError **error)
{
    g_autoptr(GBytes) result = order->result ? evidence_get(ws->evidence, order->result, error) : NULL;
    g_autoptr(GPtrArray) decided = store_decisions(ws->store, order->order_id, error);
    if ((order->result && !result) || !decided)
        return FALSE;
    gsize length = 0;
    const char *text = result ? g_bytes_get_data(result, &length) : NULL;
    json_t *o = json_pack("{s:s, s:o, s:s, s:o}", "type", "show", "order_id", json_text(order->order_id), "state",
                          order_state_name(order->state), "reason", json_text(order->reason));
    json_t *inner = text ? json_loadb(text, length, 0, NULL) : NULL;
    json_object_set_new(o, "result", inner ? inner : json_null());
    json_t *decisions = json_array();
    for (guint i = 0; i < decided->len; i++) {
        const StoreDecided *d = decided->pdata[i];
        json_array_append_new(decisions, json_pack("{s:i, s:o, s:s, s:o, s:I}", "place", (int)d->place, "reviewer",
                                                   json_text(d->reviewer), "verdict", d->approve ? "approve" : "reject",
                                                   "note", json_text(d->note), "at", (json_int_t)d->at));
    }
    json_object_set_new(o, "decisions", decisions);
    json_t *burns = units_json(ws, order->order_id, error);
    if (!burns) {
        json_decref(o);
        return FALSE;
    }
    json_object_set_new(o, "units", burns);
    g_autofree char *line = json_line(o);
    cmd_json_line(line);
    return TRUE;
}

static gboolean
show(Workspace *ws, const StoreOrder *order, Language language, GError **error)
{
    g_autofree char *why = order->state == STATE_REFUSED ? words_sentence(language, order->reason) : NULL;
    g_print("%s  %s, %s, %s%s%s\n", order->order_id, words_in(language, order_state_name(order->state)),
            words_in(language, order_kind_name(order->kind)), order->profile, why ? ": " : "", why ? why : "");
    for (guint i = 0; i < order->uploads->len; i++) {
        const StoreUpload *u = order->uploads->pdata[i];
        g_print("  %-28s %s, %" G_GUINT64_FORMAT " KB\n", u->file, role_title(u->role, language), u->bytes / 1024);
    }
    return show_findings(ws, order->order_id, language, error) && show_seals(ws, order->order_id, language, error) &&
           show_history(ws, order->order_id, language, error);
}

int
cmd_show(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autoptr(GError) error = NULL;
    int code;
    if (!cmd_open(&argc, &argv, "ORDER", "Shows an order: uploads, findings, seals, decisions, burn.", NULL, &work, &code))
        return code;
    if (argc != 2) {
        cmd_say("show needs one ORDER");
        return EXIT_USAGE;
    }
    g_autoptr(StoreOrder) order = store_get_order(work.workspace->store, argv[1], &error);
    if (error)
        return cmd_fail(error);
    if (!order) {
        cmd_say("order %s is not in this workspace", argv[1]);
        return EXIT_USAGE;
    }
    gboolean fine = work.json ? show_json(work.workspace, order, &error)
                              : show(work.workspace, order, words_language(), &error);
    return fine ? EXIT_DONE : cmd_fail(error);
}
