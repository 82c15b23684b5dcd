/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch tokens: the keys: which are plugged in, which order each belongs to, in which state of life it is.
 */
#include <jansson.h>
#include <string.h>

#include "pipeline/burn_run.h"
#include "pipeline/cmd.h"
#include "pipeline/json_text.h"
#include "pipeline/screen.h"

/* One line: a key of the inventory, a token that is plugged in, or both. */
typedef struct {
    const BurnToken *token; /* or NULL */
    const StoreKey *key;    /* or NULL */
    gboolean blank;         /* a new order may take the token */
} Line;

/* In the inventory's words; "other" is a key that nobody here has ever written on. */
static const char *
state_of(const Line *line)
{
    if (line->token && line->token->pin_locked)
        return burn_key_state_name(BURN_KEY_LOCKED);
    if (line->key)
        return burn_key_state_name(line->key->state);
    return line->blank ? burn_key_state_name(BURN_KEY_BLANK) : "other";
}

static void
print_row(const char *const cells[6])
{
    static const guint widths[] = { 18, 11, 24, 4, 16, 0 };
    g_autofree char *row = screen_row(cells, widths, G_N_ELEMENTS(widths));
    g_print("%s\n", row);
}

static void
print_head(void)
{
    static const char *const names[] = { N_("SERIAL"), N_("STATE"), N_("UNIT"), N_("HERE"), N_("LABEL"), N_("MODEL") };
    const char *cells[G_N_ELEMENTS(names)];
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        cells[i] = words_in(words_language(), names[i]);
    print_row(cells);
}

static void
print_line(const Line *line, gboolean json)
{
    static const BurnToken absent = { 0 };
    const BurnToken *t = line->token ? line->token : &absent;
    const char *serial = line->token ? t->serial : line->key->serial, *unit = line->key ? line->key->unit : NULL;
    if (json) {
        g_autofree char *text = json_line(json_pack(
            "{s:s, s:o, s:s, s:b, s:o, s:o, s:o, s:b, s:b, s:b, s:I}", "type", "token", "serial", json_text(serial), "state",
            state_of(line), "plugged_in", line->token != NULL, "unit", json_text(unit), "label", json_text(t->label), "model",
            json_text(t->model), "initialised", t->initialised, "pin_locked", t->pin_locked, "pin_final_try",
            t->pin_final_try, "free_bytes", (json_int_t)t->free_bytes));
        cmd_json_line(text);
        return;
    }
    const Language l = words_language();
    g_autofree char *model = g_strconcat(t->model ? t->model : "", t->pin_final_try ? words_in(l, N_("; one PIN try left")) : "",
                                         NULL);
    const char *cells[] = { *serial ? serial : "-", words_in(l, state_of(line)), unit ? unit : "-",
                            words_in(l, line->token ? N_("yes") : N_("no")), t->label && *t->label ? t->label : "-", model };
    print_row(cells);
}

static const StoreKey *
key_of(GPtrArray *keys, const char *serial)
{
    for (guint i = 0; *serial && i < keys->len; i++)
        if (!strcmp(((StoreKey *)keys->pdata[i])->serial, serial))
            return keys->pdata[i];
    return NULL;
}

static gboolean
is_here(GPtrArray *tokens, const char *serial)
{
    for (guint i = 0; i < tokens->len; i++)
        if (!strcmp(((BurnToken *)tokens->pdata[i])->serial, serial))
            return TRUE;
    return FALSE;
}

static void
print_counts(GPtrArray *tokens, GPtrArray *keys)
{
    guint counts[BURN_KEY_STATES] = { 0 };
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < keys->len; i++)
        counts[((StoreKey *)keys->pdata[i])->state]++;
    for (guint s = 0; s < BURN_KEY_STATES; s++)
        if (counts[s])
            g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", counts[s],
                                   words_in(words_language(), burn_key_state_name(s)));
    cmd_say("%u keys are plugged in; the inventory has %u: %s", tokens->len, keys->len, text->len ? text->str : "-");
}

static int
list(CmdWork *work, gboolean all)
{
    g_autoptr(GError) error = NULL;
    BurnRunCalls calls = { 0 };
    g_autoptr(BurnRun) run = burn_run_open(work->workspace, NULL, &calls, &error);
    g_autoptr(GPtrArray) tokens = run ? burn_run_tokens(run, &error) : NULL;
    g_autoptr(GPtrArray) keys = tokens ? store_keys(work->workspace->store, &error) : NULL;
    if (!keys)
        return cmd_fail(error);
    if (!work->json)
        print_head();
    for (guint i = 0; i < tokens->len; i++) {
        const BurnToken *t = tokens->pdata[i];
        const Line line = { t, key_of(keys, t->serial), burn_run_may_take(run, t) };
        print_line(&line, work->json);
    }
    for (guint i = 0; all && i < keys->len; i++) {
        const Line line = { NULL, keys->pdata[i], FALSE };
        if (!is_here(tokens, line.key->serial))
            print_line(&line, work->json);
    }
    print_counts(tokens, keys);
    return EXIT_DONE;
}

/* ---- a person knows more than the store ------------------------------------------------------------------------ */

/* An active key ends by an order, not by a word: its certificates are alive. */
static gboolean
may_say(const StoreKey *now, BurnKeyState state)
{
    gboolean away = state == BURN_KEY_LOST || state == BURN_KEY_DAMAGED;
    return away || (state == BURN_KEY_TERMINATED && now && (now->state == BURN_KEY_LOST || now->state == BURN_KEY_DAMAGED)) ||
           (state == BURN_KEY_BLANK && !now);
}

static gboolean
mark(Workspace *ws, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    BurnKeyState state;
    GError *cause = NULL;
    if (g_strv_length(parts) != 2 || !*parts[0] || !burn_key_state_from_name(parts[1], &state)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT, "--mark takes SERIAL=lost, SERIAL=damaged, SERIAL=terminated or SERIAL=blank");
        return FALSE;
    }
    g_autoptr(StoreKey) now = store_get_key(ws->store, parts[0], &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (!may_say(now, state)) {
        g_set_error(error, SB_ERROR, SB_ERROR_INPUT,
                    "key %s is %s: lost and damaged can be said of any key, terminated (it is wiped when it is plugged in) of a "
                    "lost or damaged one, blank of one that is not known", parts[0], now ? burn_key_state_name(now->state) : "not known");
        return FALSE;
    }
    return store_key_becomes(ws->store, parts[0], state, now ? now->unit : NULL, error);
}

int
cmd_tokens(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_auto(GStrv) marks = NULL;
    g_autoptr(GError) error = NULL;
    gboolean all = FALSE;
    const GOptionEntry entries[] = {
        { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_("The whole inventory, not only what is plugged in"), NULL },
        { "mark", 0, 0, G_OPTION_ARG_STRING_ARRAY, &marks, N_("Say what became of a key: lost, damaged, terminated or blank"),
          "SERIAL=STATE" },
        { NULL },
    };
    int code;
    burn_pin_guard();
    if (!cmd_open(&argc, &argv, "", "Lists the keys that are plugged in and the orders they belong to.", entries, &work,
                  &code))
        return code;
    for (guint i = 0; marks && marks[i] && !work.dry_run; i++)
        if (!mark(work.workspace, marks[i], &error))
            return cmd_fail(error);
    return marks ? EXIT_DONE : list(&work, all);
}
