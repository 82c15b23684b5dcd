/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/exit_code.h"

Test(exit_code, the_most_severe_wins_whatever_the_order)
{
    for (guint i = 0; EXIT_CODES[i].name; i++)
        for (guint j = i; EXIT_CODES[j].name; j++) {
            cr_expect_eq(exit_code_worst(EXIT_CODES[i].code, EXIT_CODES[j].code), EXIT_CODES[j].code);
            cr_expect_eq(exit_code_worst(EXIT_CODES[j].code, EXIT_CODES[i].code), EXIT_CODES[j].code);
        }
}

Test(exit_code, the_documented_numbers_hold)
{
    static const struct {
        const char *name;
        int code;
    } rows[] = { { "done", 0 },    { "usage", 2 },       { "review", 3 },    { "failed", 4 }, { "busy", 5 },
                 { "stopped", 6 }, { "environment", 7 }, { "integrity", 8 }, { "bug", 70 } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        cr_expect_str_eq(exit_code_name((ExitCode)rows[i].code), rows[i].name);
    cr_expect_str_eq(exit_code_name((ExitCode)99), "unknown");
}

Test(exit_code, an_error_ends_the_command_with_its_code)
{
    static const struct {
        SbError error;
        ExitCode code;
    } rows[] = { { SB_ERROR_INPUT, EXIT_USAGE },     { SB_ERROR_BUSY, EXIT_BUSY },
                 { SB_ERROR_STORE, EXIT_ENVIRONMENT }, { SB_ERROR_ENV, EXIT_ENVIRONMENT },
                 { SB_ERROR_INTEGRITY, EXIT_INTEGRITY }, { SB_ERROR_TOKEN, EXIT_FAILED } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = g_error_new_literal(SB_ERROR, (int)rows[i].error, "x");
        cr_expect_eq(exit_code_from_error(error), rows[i].code);
    }
    cr_expect_eq(exit_code_from_error(NULL), EXIT_BUG);
}
