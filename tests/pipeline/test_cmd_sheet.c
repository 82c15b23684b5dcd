/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>

#include "pipeline/exit_code.h"

/* Returns the exit code; @printed what stood on standard output. */
static int
sheet(const char *arguments, char **printed)
{
    g_autofree char *line = g_strdup_printf("%s/sealbatch sheet %s", BUILD_DIR, arguments), *said = NULL;
    int status = 0;
    cr_assert(g_spawn_command_line_sync(line, printed, &said, &status, NULL));
    return WEXITSTATUS(status);
}

Test(cmd_sheet, a_blank_form_and_the_form_of_a_folder_are_pdf_files)
{
    static const char *const rows[] = { "--blank", "--order " SOURCE_DIR "/samples/orders/SQ50011001" };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *pdf = NULL;
        cr_expect_eq(sheet(rows[i], &pdf), EXIT_DONE, "%s", rows[i]);
        cr_expect(g_str_has_prefix(pdf, "%PDF-"), "%s", rows[i]);
    }
}

Test(cmd_sheet, wrong_command_lines_and_unknown_orders_end_with_2)
{
    static const char *const rows[] = { "", "--blank --order X", "--blank more", "--order /nowhere -w /nowhere" };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *out = NULL;
        cr_expect_eq(sheet(rows[i], &out), EXIT_USAGE, "%s", rows[i]);
        cr_expect_str_empty(out);
    }
}

Test(cmd_sheet, a_file_that_cannot_be_written_ends_with_7)
{
    g_autofree char *out = NULL;
    cr_expect_eq(sheet("--blank --out /proc/no/sheet.pdf", &out), EXIT_ENVIRONMENT);
}
