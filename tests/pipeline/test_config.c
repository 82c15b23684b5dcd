/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/config.h"

static char *
file_with(const char *text)
{
    char *path = g_strdup("/tmp/sealbatch-config-XXXXXX");
    int fd = g_mkstemp(path);
    cr_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    return path;
}

Test(config, what_it_prints_it_reads)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(NULL, &error);
    cr_assert(config_set(config, "burn.module", "/usr/lib/x.so", &error));
    g_autofree char *text = config_to_text(config);
    g_autofree char *path = file_with(text);
    g_autoptr(Config) again = config_load(path, &error);
    cr_assert_not_null(again, "%s", error ? error->message : "");
    for (const ConfigKey *key = CONFIG_KEYS; key->group; key++)
        cr_expect_str_eq(config_text(again, key->group, key->key), config_text(config, key->group, key->key));
    g_unlink(path);
}

Test(config, a_flag_beats_the_file_and_other_flags_stay)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = file_with("[read]\njobs=3\n");
    g_autoptr(Config) config = config_load(path, &error);
    char *argv[] = { (char *)"run", (char *)"--read-jobs=5", (char *)"--json", (char *)"--burn-max-procs", (char *)"4",
                     (char *)"x", NULL };
    int argc = 6;
    guint jobs, procs;
    cr_assert(config_take_flags(config, &argc, argv, &error));
    cr_expect_eq(argc, 3);
    cr_expect_str_eq(argv[1], "--json");
    cr_expect_str_eq(argv[2], "x");
    cr_assert(config_number(config, "read", "jobs", 1, 64, &jobs, &error));
    cr_assert(config_number(config, "burn", "max_procs", 0, 64, &procs, &error));
    cr_expect_eq(jobs, 5);
    cr_expect_eq(procs, 4);
    g_unlink(path);
}

Test(config, mistakes_are_refused_and_named)
{
    static const char *const files[] = { "[read]\njob=3\n", "[reed]\njobs=3\n", "jobs=3\n", "\xff\xfe" };
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = file_with(files[i]);
        cr_expect_null(config_load(path, &error));
        cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_expect_not_null(strstr(error->message, path));
        g_unlink(path);
    }
}

Test(config, values_out_of_range_are_refused)
{
    static const char *const values[] = { "", "0", "65", "-1", "x", "3x", "99999999999" };
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Config) config = config_load(NULL, NULL);
        guint jobs;
        cr_assert(config_set(config, "read-jobs", values[i], NULL));
        cr_expect_not(config_number(config, "read", "jobs", 1, 64, &jobs, &error), "\"%s\"", values[i]);
        cr_expect_not_null(error);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(NULL, NULL);
    char *argv[] = { (char *)"run", (char *)"--read-jobs", NULL };
    int argc = 2;
    cr_expect_not(config_set(config, "nothing", "1", NULL));
    cr_expect_not(config_take_flags(config, &argc, argv, &error));
}
