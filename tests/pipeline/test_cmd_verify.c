/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sealbatch verify, as a user runs it.
 */
#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

/* Runs the built command in the vectors' folder; returns the exit code. */
static int
run(const char *arguments, char **out)
{
    g_autofree char *command = g_strdup_printf("cd '%s/tests/sealgen/vectors' && '%s/sealbatch' verify %s 2>/dev/null",
                                               SOURCE_DIR, BUILD_DIR, arguments);
    const char *argv[] = { "sh", "-c", command, NULL };
    g_autofree char *text = NULL;
    int status = -1;
    cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status, NULL));
    if (out)
        *out = g_steal_pointer(&text);
    return status >> 8;
}

Test(cmd_verify, exit_code_tells_the_worst_seal)
{
    static const struct {
        const char *arguments;
        int code;
    } rows[] = {
        { "--at 2026-06-01 --trust ca.pem v1.esl v4.esl v5.esl", 0 },
        { "--at 2026-06-01 v4.esl", 3 },
        { "--at 2026-06-01 --trust ca.pem v4.esl v4_emptyid.esl", 4 },
        { "--at 2026-06-01 --trust ca.pem v4_rawsig.esl", 4 },
        { "--at 2026-06-01 --trust ca.pem v4_trailing.esl", 4 },
        { "--at 2026-06-01 --trust ca.pem v1_signed_like_v4.esl", 4 },
        { "--at 2026-06-01 --trust ca.pem v4_tampered_picture.esl", 4 },
        { "--at 2031-06-01 --trust ca.pem v4.esl", 4 },
        { "--at 2025-06-01T08:00:00+08:00 --trust ca.pem v4.esl", 4 },
        { "--at 2026-06-01 --trust ca.pem - < v4.esl", 0 },
        { "", 2 },
        { "nothing.esl", 2 },
        { "--at tomorrow v4.esl", 2 },
        { "--trust EXPECTED.md v4.esl", 2 },
        { "--crl ca.pem v4.esl", 2 },
        { "--revoked v4.esl --trust ca.pem v4.esl", 2 },
        { "--extract /tmp/never.png v4.esl v5.esl", 2 },
        { "--token 0123", 2 },
        { "--module /nonexistent.so v4.esl", 2 },
        { "--token 0123 --module /nonexistent.so", 4 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        cr_expect_eq(run(rows[i].arguments, NULL), rows[i].code, "%s", rows[i].arguments);
}

Test(cmd_verify, json_is_one_object_a_line)
{
    g_autofree char *out = NULL;
    cr_assert_eq(run("--json --at 2026-06-01 --trust ca.pem v4.esl v4_trailing.esl", &out), 4);
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    cr_assert_eq(g_strv_length(lines), 3);
    cr_expect(strstr(lines[0], "\"file\":\"v4.esl\",\"result\":\"valid\""));
    cr_expect(strstr(lines[1], "\"file\":\"v4_trailing.esl\",\"result\":\"invalid\""));
}

Test(cmd_verify, extracts_the_picture_as_it_stands)
{
    g_autofree char *dir = g_dir_make_tmp("verifyXXXXXX", NULL), *png = g_build_filename(dir, "seal.png", NULL);
    g_autofree char *arguments = g_strdup_printf("--at 2026-06-01 --trust ca.pem --extract '%s' v4.esl", png);
    cr_expect_eq(run(arguments, NULL), 0);
    g_autofree char *data = NULL;
    gsize length = 0;
    cr_assert(g_file_get_contents(png, &data, &length, NULL));
    cr_expect_eq(length, 36425);
    cr_expect_eq(memcmp(data, "\x89PNG", 4), 0);
    g_unlink(png);
    g_rmdir(dir);
}
