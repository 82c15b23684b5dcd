/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws what burns.
 */
#include "pipeline/burn_view.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/screen.h"
#include "pipeline/words.h"

enum { BAR = 13, SHORT_BAR = 5, SHORT_CELL = 38, SHORT_SERIAL = 8, LONG_ROW = 66 };

typedef struct {
    char *unit, *serial, *reason;
    const char *word;
    guint step, steps;
    gboolean ended;
    BurnOutcome outcome; /* once it has ended */
} Row;

struct BurnView {
    gboolean live, json;
    GMutex mutex;        /* a signal's thread draws too */
    gboolean stopping;
    guint units;
    GPtrArray *rows;     /* (element-type Row) in order of appearance */
    guint drawn;         /* lines on the screen that are ours */
};

static void
row_free(Row *row)
{
    g_free(row->unit);
    g_free(row->serial);
    g_free(row->reason);
    g_free(row);
}

BurnView *
burn_view_new(gboolean live, gboolean json)
{
    BurnView *view = g_new0(BurnView, 1);
    view->live = live && !json;
    view->json = json;
    g_mutex_init(&view->mutex);
    view->rows = g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
    return view;
}

void
burn_view_free(BurnView *view)
{
    if (!view)
        return;
    g_ptr_array_unref(view->rows);
    g_mutex_clear(&view->mutex);
    g_free(view);
}

/* What is being done now, in a word. */
static const char *
word_of(BurnState state)
{
    static const char *const words[BURN_STATES] = {
        [BURN_STATE_QUEUED] = N_("queued"),   [BURN_STATE_CLAIMED] = N_("claimed"),
        [BURN_STATE_INIT_BEGUN] = N_("format"), [BURN_STATE_INITED] = N_("format"),
        [BURN_STATE_KEY_BEGUN] = N_("keygen"), [BURN_STATE_KEYED] = N_("keygen"),
        [BURN_STATE_ISSUE_SENT] = "CA",       [BURN_STATE_ISSUED] = "CA",
        [BURN_STATE_CERT_WRITTEN] = N_("seals"), [BURN_STATE_SEAL_MADE] = N_("seals"),
        [BURN_STATE_SEAL_WRITTEN] = N_("verify"), [BURN_STATE_VERIFIED] = "PIN",
        [BURN_STATE_PIN_SEALED] = "PIN",      [BURN_STATE_DONE] = N_("done"),
        [BURN_STATE_HELD] = N_("HELD"),       [BURN_STATE_FAILED] = N_("FAILED"),
        [BURN_STATE_REVOKE_PENDING] = N_("revoke"),
    };
    return words_in(words_language(), state < BURN_STATES ? words[state] : "?");
}

static const char *
word_of_end(BurnOutcome outcome)
{
    static const char *const words[] = { [BURN_DONE] = N_("done"), [BURN_WAITING] = N_("waits"),
                                         [BURN_INTERRUPTED] = N_("stopped"), [BURN_HELD] = N_("HELD"),
                                         [BURN_FAILED] = N_("FAILED") };
    return words_in(words_language(), words[outcome]);
}

/* ---- the table --------------------------------------------------------------------------------------------- */

static void
add_bar(GString *out, const Row *row, guint length)
{
    guint filled = row->steps ? MIN(length, row->step * length / row->steps) : 0;
    for (guint i = 0; i < length; i++)
        g_string_append_c(out, i < filled ? '#' : '.');
}

static const char *
serial_of(const Row *row)
{
    return row->serial && *row->serial ? row->serial : "-";
}

static void
add_long(GString *out, const Row *row, guint columns)
{
    guint id = columns >= LONG_ROW + 8 ? 24 : 16;
    screen_pad(out, row->unit, id, TRUE);
    g_string_append_c(out, ' ');
    screen_pad(out, serial_of(row), 18, TRUE);
    g_string_append(out, " [");
    add_bar(out, row, BAR);
    g_string_append(out, "]  ");
    g_string_append(out, row->word);
    g_string_append_c(out, '\n');
}

static void
add_short(GString *out, const Row *row, guint width)
{
    screen_pad(out, row->unit, width - SHORT_SERIAL - SHORT_BAR - 11, TRUE);
    g_string_append_c(out, ' ');
    screen_pad(out, serial_of(row), SHORT_SERIAL, TRUE);
    g_string_append_c(out, ' ');
    add_bar(out, row, SHORT_BAR);
    g_string_append_c(out, ' ');
    screen_pad(out, row->word, 7, FALSE);
    g_string_append_c(out, ' ');
}

static void
add_head(GString *out, BurnView *view, guint columns)
{
    guint n[BURN_FAILED + 1] = { 0 }, at_work = 0;
    g_autoptr(GString) line = g_string_new(NULL);
    const Language l = words_language();
    for (guint i = 0; i < view->rows->len; i++) {
        const Row *row = view->rows->pdata[i];
        if (row->ended)
            n[row->outcome]++;
        else
            at_work++;
    }
    g_string_append_printf(line, words_in(l, "%u of %u done, %u at work, %u held, %u failed"), n[BURN_DONE], MAX(view->units, view->rows->len),
                           at_work, n[BURN_HELD], n[BURN_FAILED]);
    if (view->stopping)
        g_string_append(line, words_in(l, "; stopping: what is begun is finished"));
    screen_pad(out, line->str, columns, FALSE);
    g_string_append_c(out, '\n');
}

/* (element-type Row) What fits into @places, in order: what is done goes first. */
static GPtrArray *
chosen(BurnView *view, guint places)
{
    GPtrArray *rows = g_ptr_array_new();
    guint too_many = view->rows->len > places ? view->rows->len - places : 0;
    for (guint i = 0; i < view->rows->len; i++) {
        Row *row = view->rows->pdata[i];
        if (too_many && row->ended && row->outcome == BURN_DONE)
            too_many--;
        else if (rows->len < places)
            g_ptr_array_add(rows, row);
    }
    return rows;
}

char *
burn_view_screen(BurnView *view, guint columns, guint lines)
{
    GString *out = g_string_new(NULL);
    guint free = MAX(lines, 4) - 3; /* the head, a line that counts the rest, the cursor's */
    add_head(out, view, columns);
    if (view->rows->len <= free && columns >= LONG_ROW) {
        for (guint i = 0; i < view->rows->len; i++)
            add_long(out, view->rows->pdata[i], columns);
        return g_string_free(out, FALSE);
    }
    guint across = MAX(1, columns / SHORT_CELL), width = MAX(columns / across, SHORT_SERIAL + SHORT_BAR + 15);
    g_autoptr(GPtrArray) rows = chosen(view, free * across);
    guint deep = (rows->len + across - 1) / across;
    for (guint y = 0; y < deep; y++) {
        for (guint i = y; i < rows->len; i += deep) /* down, then to the right, so that a key keeps its place */
            add_short(out, rows->pdata[i], width);
        g_string_append_c(out, '\n');
    }
    if (rows->len < view->rows->len)
        g_string_append_printf(out, words_in(words_language(), "and %u more\n"), view->rows->len - rows->len);
    return g_string_free(out, FALSE);
}

/* Over the lines of before; lines that are no longer needed are emptied. */
static void
redraw(BurnView *view)
{
    guint columns, rows, lines = 0;
    screen_size(STDERR_FILENO, &columns, &rows);
    g_autofree char *screen = burn_view_screen(view, columns, rows);
    g_autoptr(GString) text = g_string_new(NULL);
    if (view->drawn)
        g_string_append_printf(text, "\033[%uA", MIN(view->drawn, rows - 1));
    for (const char *p = screen; *p; lines++) {
        gsize length = strcspn(p, "\n");
        g_string_append(text, "\r\033[K");
        g_string_append_len(text, p, (gssize)length + 1);
        p += length + 1;
    }
    g_string_append(text, "\033[J");
    view->drawn = lines;
    g_printerr("%s", text->str);
}

/* ---- what happens -------------------------------------------------------------------------------------------- */

static Row *
row_of(BurnView *view, const char *unit)
{
    for (guint i = 0; i < view->rows->len; i++)
        if (!strcmp(((Row *)view->rows->pdata[i])->unit, unit))
            return view->rows->pdata[i];
    Row *row = g_new0(Row, 1);
    row->unit = g_strdup(unit);
    row->word = "";
    g_ptr_array_add(view->rows, row);
    return row;
}

static void
set_serial(Row *row, const char *serial)
{
    if (!serial || !*serial)
        return;
    g_free(row->serial);
    row->serial = g_strdup(serial);
}

static void
tell_step(const char *unit, const char *serial, BurnState state, guint step, guint steps)
{
    g_autofree char *line = json_line(json_pack("{s:s, s:o, s:o, s:s, s:i, s:i}", "type", "burn_step", "unit",
                                                json_text(unit), "serial", json_text(serial), "state",
                                                burn_state_name(state), "step", (int)step, "steps", (int)steps));
    cmd_json_line(line);
}

static void
tell_end(const char *unit, const BurnResult *result)
{
    g_autofree char *line = json_line(json_pack("{s:s, s:o, s:s, s:o, s:o}", "type", "burn", "unit", json_text(unit),
                                                "outcome", burn_outcome_name(result->outcome), "serial",
                                                json_text(result->token_serial ? result->token_serial : result->at_hand),
                                                "reason", json_text(result->reason)));
    cmd_json_line(line);
}

void
burn_view_expect(BurnView *view, guint units)
{
    view->units = units;
}

void
burn_view_progress(BurnView *view, const char *unit, const char *serial, BurnState state, guint step, guint steps)
{
    if (view->json)
        tell_step(unit, serial, state, step, steps);
    if (!view->live)
        return;
    g_mutex_lock(&view->mutex);
    Row *row = row_of(view, unit);
    set_serial(row, serial);
    row->word = word_of(state);
    row->step = step;
    row->steps = steps;
    redraw(view);
    g_mutex_unlock(&view->mutex);
}

void
burn_view_finished(BurnView *view, const char *unit, const BurnResult *result)
{
    if (view->json) {
        tell_end(unit, result);
        return;
    }
    g_mutex_lock(&view->mutex);
    Row *row = row_of(view, unit);
    set_serial(row, result->token_serial ? result->token_serial : result->at_hand);
    row->ended = TRUE;
    row->outcome = result->outcome;
    row->word = word_of_end(result->outcome);
    if (result->outcome == BURN_DONE)
        row->step = row->steps = 1;
    g_free(row->reason);
    row->reason = result->reason && *result->reason ? g_strdup(result->reason) : NULL;
    if (view->live)
        redraw(view);
    else
        g_printerr("%-24s %-18s %s\n", unit, serial_of(row), row->word); /* numbers are ASCII */
    g_mutex_unlock(&view->mutex);
}

void
burn_view_stopping(BurnView *view)
{
    g_mutex_lock(&view->mutex);
    view->stopping = TRUE;
    if (view->live && view->drawn)
        redraw(view);
    else
        cmd_say("stopping: what is begun on a key is finished first");
    g_mutex_unlock(&view->mutex);
}

/* Rows from @from on that ended for the same reason. */
static guint
count_alike(const BurnView *view, guint from)
{
    const Row *first = view->rows->pdata[from];
    guint n = 0;
    for (guint i = from; i < view->rows->len; i++) {
        const Row *row = view->rows->pdata[i];
        n += row->outcome == first->outcome && !g_strcmp0(row->reason, first->reason);
    }
    return n;
}

static gboolean
was_told(const BurnView *view, guint at)
{
    const Row *row = view->rows->pdata[at];
    for (guint i = 0; i < at; i++) {
        const Row *before = view->rows->pdata[i];
        if (before->outcome == row->outcome && !g_strcmp0(before->reason, row->reason))
            return TRUE;
    }
    return FALSE;
}

static void
tell_reason(const BurnView *view, guint at)
{
    const Row *row = view->rows->pdata[at];
    guint n = count_alike(view, at);
    g_autofree char *why = words_sentence(words_language(), row->reason);
    g_autofree char *more = n > 1 ? g_strdup_printf(words_in(words_language(), " and %u more"), n - 1) : g_strdup("");
    g_autofree char *line = g_strdup_printf("%s%s  %s: %s", row->unit, more, row->word, why);
    g_autofree char *folded = screen_fold(line, 0, screen_columns(STDERR_FILENO));
    g_printerr("%s\n", folded);
}

void
burn_view_settle(BurnView *view)
{
    for (guint i = 0; i < view->rows->len; i++) {
        const Row *row = view->rows->pdata[i];
        /* What is held stands in a block of its own at the end. */
        if (row->reason && row->outcome != BURN_HELD && !was_told(view, i))
            tell_reason(view, i);
    }
    view->drawn = 0;
    g_ptr_array_set_size(view->rows, 0);
}
