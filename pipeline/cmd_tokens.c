/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch tokens: what is plugged in, and which order each key belongs to.
 */
#include <jansson.h>
#include <string.h>

#include "pipeline/burn_run.h"
#include "pipeline/cmd.h"
#include "pipeline/json_text.h"

static const char *
unit_of(GPtrArray *units, const char *serial)
{
    for (guint i = 0; i < units->len; i++) {
        const StoreUnit *unit = units->pdata[i];
        if (*serial && unit->token_serial && !strcmp(unit->token_serial, serial))
            return unit->unit;
    }
    return NULL;
}

static const char *
condition(const BurnToken *token)
{
    return !token->initialised    ? "blank"
           : token->pin_locked    ? "PIN locked"
           : token->pin_final_try ? "one PIN try left"
                                  : "in use";
}

static void
print_token(const BurnToken *token, const char *unit, gboolean json)
{
    if (json) {
        g_autofree char *line = json_line(json_pack(
            "{s:s, s:o, s:o, s:o, s:b, s:b, s:I, s:o}", "type", "token", "serial", json_text(token->serial), "label",
            json_text(token->label), "model", json_text(token->model), "initialised", token->initialised, "pin_locked",
            token->pin_locked, "free_bytes", (json_int_t)token->free_bytes, "unit", json_text(unit)));
        cmd_json_line(line);
        return;
    }
    g_print("%-18s %-20s %-16s %-16s %s\n", *token->serial ? token->serial : "-", token->label ? token->label : "",
            token->model ? token->model : "", condition(token), unit ? unit : "");
}

int
cmd_tokens(int argc, char **argv)
{
    g_auto(CmdWork) work = { 0 };
    g_autoptr(GError) error = NULL;
    int code;
    burn_pin_guard();
    if (!cmd_open(&argc, &argv, "", "Lists the keys that are plugged in and the orders they belong to.", NULL, &work,
                  &code))
        return code;
    BurnRunCalls calls = { 0 };
    g_autoptr(BurnRun) run = burn_run_open(work.workspace, NULL, &calls, &error);
    g_autoptr(GPtrArray) tokens = run ? burn_run_tokens(run, &error) : NULL;
    g_autoptr(GPtrArray) units = tokens ? store_units(work.workspace->store, NULL, &error) : NULL;
    if (!units)
        return cmd_fail(error);
    for (guint i = 0; i < tokens->len; i++) {
        const BurnToken *token = tokens->pdata[i];
        print_token(token, unit_of(units, token->serial), work.json);
    }
    cmd_say("%u keys", tokens->len);
    return EXIT_DONE;
}
