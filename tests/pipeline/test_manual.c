/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The manual page names everything that the program takes: commands, config keys, exit codes.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/cmd.h"

static char *
page(void)
{
    char *text = NULL;
    cr_assert(g_file_get_contents(SOURCE_DIR "/packaging/sealbatch.1", &text, NULL, NULL));
    return text;
}

static void
expect_line(const char *text, const char *start)
{
    g_autofree char *inner = g_strconcat("\n", start, NULL);
    const char *at = strstr(text, inner);
    for (; at && !strchr(" \n", at[strlen(inner)]); at = strstr(at + 1, inner))
        ;
    cr_expect_not_null(at, "no line begins with %s", start);
}

Test(manual, every_command_has_its_entry)
{
    g_autofree char *text = page();
    for (const Command *c = COMMANDS; c->name; c++) {
        g_autofree char *entry = g_strdup_printf(".It Cm %s", c->name);
        expect_line(text, entry);
    }
}

Test(manual, every_config_key_has_its_entry_under_its_group)
{
    g_autofree char *text = page();
    for (const ConfigKey *k = CONFIG_KEYS; k->group; k++) {
        g_autofree char *group = g_strdup_printf("\n.Ss [%s]\n", k->group), *entry = g_strdup_printf(".It Ic %s", k->key);
        const char *from = strstr(text, group);
        cr_assert_not_null(from, "%s", k->group);
        const char *next = strstr(from + 2, "\n.Ss ");
        g_autofree char *part = next ? g_strndup(from, (gsize)(next - from + 1)) : g_strdup(from);
        expect_line(part, entry);
    }
}

Test(manual, every_exit_code_has_its_entry)
{
    g_autofree char *text = page();
    for (const ExitCodeRow *row = EXIT_CODES; row->name; row++) {
        g_autofree char *entry = g_strdup_printf(".It %d", row->code);
        expect_line(text, entry);
    }
}
