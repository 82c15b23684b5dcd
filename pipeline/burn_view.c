/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws what burns.
 */
#include "pipeline/burn_view.h"

#include <jansson.h>
#include <string.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

enum { BAR = 13, MAX_LIVE_ROWS = 40, REDRAW_US = 50000, MAX_COLUMNS = 100 };

typedef struct {
    char *unit, *serial, *word;
    char *reason; /* in full, for after the table */
    guint step, steps;
    gboolean ended;
} Row;

struct BurnView {
    gboolean live, json;
    GPtrArray *rows; /* (element-type Row) in order of appearance */
    guint drawn;     /* lines on the screen that are ours */
    gint64 drawn_us;
};

static void
row_free(Row *row)
{
    g_free(row->unit);
    g_free(row->serial);
    g_free(row->word);
    g_free(row->reason);
    g_free(row);
}

BurnView *
burn_view_new(gboolean live, gboolean json)
{
    BurnView *view = g_new0(BurnView, 1);
    view->live = live && !json;
    view->json = json;
    view->rows = g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
    return view;
}

void
burn_view_settle(BurnView *view)
{
    for (guint i = 0; i < view->rows->len; i++) {
        const Row *row = view->rows->pdata[i];
        if (row->reason)
            g_printerr("%s: %s\n", row->unit, row->reason);
    }
    view->drawn = 0;
    g_ptr_array_set_size(view->rows, 0);
}

void
burn_view_free(BurnView *view)
{
    if (!view)
        return;
    g_ptr_array_unref(view->rows);
    g_free(view);
}

char *
burn_view_row(const char *unit, const char *serial, const char *word, guint step, guint steps)
{
    char bar[BAR + 1];
    guint filled = steps ? MIN(BAR, step * BAR / steps) : 0;
    memset(bar, '#', filled);
    memset(bar + filled, '.', BAR - filled);
    bar[BAR] = 0;
    return g_strdup_printf("%-24s %-18s [%s]  %s", unit, serial && *serial ? serial : "-", bar, word);
}

static Row *
row_of(BurnView *view, const char *unit)
{
    for (guint i = 0; i < view->rows->len; i++)
        if (!strcmp(((Row *)view->rows->pdata[i])->unit, unit))
            return view->rows->pdata[i];
    /* A full screen: what has ended scrolls away with the lines above. */
    if (view->rows->len >= MAX_LIVE_ROWS)
        for (guint i = 0; i < view->rows->len; i++)
            if (((Row *)view->rows->pdata[i])->ended) {
                g_ptr_array_remove_index(view->rows, i);
                break;
            }
    Row *row = g_new0(Row, 1);
    row->unit = g_strdup(unit);
    g_ptr_array_add(view->rows, row);
    return row;
}

static void
redraw(BurnView *view, gboolean now)
{
    gint64 time = g_get_monotonic_time();
    if (!now && time - view->drawn_us < REDRAW_US)
        return;
    view->drawn_us = time;
    GString *text = g_string_new(NULL);
    if (view->drawn)
        g_string_append_printf(text, "\033[%uA", view->drawn);
    for (guint i = 0; i < view->rows->len; i++) {
        const Row *row = view->rows->pdata[i];
        g_autofree char *line = burn_view_row(row->unit, row->serial, row->word, row->step, row->steps);
        g_string_append_printf(text, "\r\033[K%.*s\n", MAX_COLUMNS, line);
    }
    view->drawn = MAX(view->drawn, view->rows->len);
    g_printerr("%s", text->str);
    g_string_free(text, TRUE);
}

static void
set_row(BurnView *view, const char *unit, const char *serial, const char *word, guint step, guint steps, gboolean ended)
{
    Row *row = row_of(view, unit);
    if (serial && *serial) {
        g_free(row->serial);
        row->serial = g_strdup(serial);
    }
    g_free(row->word);
    row->word = g_strdup(word);
    row->step = steps ? step : row->step;
    row->steps = steps ? steps : row->steps;
    row->ended = ended;
    redraw(view, ended);
}

void
burn_view_progress(BurnView *view, const char *unit, const char *serial, BurnState state, guint step, guint steps)
{
    if (view->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:o, s:o, s:s, s:i, s:i}", "type", "burn_step", "unit",
                                                    json_text(unit), "serial", json_text(serial), "state",
                                                    burn_state_name(state), "step", (int)step, "steps", (int)steps));
        cmd_json_line(line);
    } else if (view->live)
        set_row(view, unit, serial, burn_state_name(state), step, steps, FALSE);
}

void
burn_view_finished(BurnView *view, const char *unit, const BurnResult *result)
{
    const char *outcome = burn_outcome_name(result->outcome);
    g_autofree char *word = result->reason && *result->reason ? g_strdup_printf("%s: %s", outcome, result->reason)
                                                              : g_strdup(outcome);
    if (view->json) {
        g_autofree char *line = json_line(json_pack("{s:s, s:o, s:s, s:o, s:o}", "type", "burn", "unit", json_text(unit),
                                                    "outcome", outcome, "serial", json_text(result->token_serial),
                                                    "reason", json_text(result->reason)));
        cmd_json_line(line);
    } else if (view->live) {
        set_row(view, unit, result->token_serial, outcome, 0, 0, TRUE);
        row_of(view, unit)->reason = result->reason && *result->reason ? g_strdup(result->reason) : NULL;
    } else
        g_printerr("%-24s %-18s %s\n", unit, result->token_serial && *result->token_serial ? result->token_serial : "-",
                   word);
}
