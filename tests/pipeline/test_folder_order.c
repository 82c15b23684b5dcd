/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/folder_order.h"

Test(folder_order, says_what_is_wrong_with_a_folder_and_what_to_do)
{
    g_autofree char *dir = g_dir_make_tmp("sealbatch-folder-XXXXXX", NULL);
    g_autofree char *json = g_build_filename(dir, "order.json", NULL), *other = g_build_filename(dir, "a.jpg", NULL);
    g_autoptr(GError) error = NULL;
    cr_expect_null(folder_order_load("/nowhere/at/all", NULL, &error));
    cr_expect_not_null(strstr(error->message, "no such folder"));
    g_clear_error(&error);
    cr_expect_null(folder_order_load(dir, NULL, &error));
    cr_expect_not_null(strstr(error->message, "empty"));
    g_clear_error(&error);
    g_file_set_contents(other, "x", 1, NULL);
    cr_expect_null(folder_order_load(dir, NULL, &error));
    cr_expect_not_null(strstr(error->message, "no order.json"));
    g_clear_error(&error);
    cr_assert_eq(symlink("/etc/hostname", json), 0);
    cr_expect_null(folder_order_load(dir, NULL, &error), "a link is not followed");
    g_clear_error(&error);
    g_unlink(json);
    g_autofree char *long_text = g_strnfill(FOLDER_ORDER_MAX_BYTES + 1, ' ');
    g_file_set_contents(json, long_text, -1, NULL);
    cr_expect_null(folder_order_load(dir, NULL, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    g_file_set_contents(json, "{\"order_id\": \"A1\", \"kind\": \"new\",\n \"seals\": 3}", -1, NULL);
    cr_expect_null(folder_order_load(dir, NULL, &error));
    cr_expect_not_null(strstr(error->message, "order.json:2:"), "%s", error->message);
    g_unlink(json);
    g_unlink(other);
    g_rmdir(dir);
    g_autofree char *name = folder_order_name("/x/SQ1/");
    cr_expect_str_eq(name, "SQ1");
}
