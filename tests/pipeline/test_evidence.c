/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/evidence.h"

static char *dir;
static Evidence *evidence;

static void
open_one(void)
{
    dir = g_dir_make_tmp("sealbatch-evidence-XXXXXX", NULL);
    evidence = evidence_open(dir, NULL);
    cr_assert_not_null(evidence);
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) list = g_dir_open(path, 0, NULL);
    const char *name;
    while (list && (name = g_dir_read_name(list))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static void
close_one(void)
{
    evidence_close(evidence);
    remove_tree(dir);
    g_free(dir);
}

TestSuite(evidence, .init = open_one, .fini = close_one);

Test(evidence, gives_back_what_was_put_under_its_sha256)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);
    g_autofree char *digest = evidence_put(evidence, bytes, NULL);
    cr_expect_str_eq(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    g_autoptr(GBytes) back = evidence_get(evidence, digest, NULL);
    cr_expect(g_bytes_equal(bytes, back));
    g_autofree char *again = evidence_put(evidence, bytes, NULL);
    cr_expect_str_eq(again, digest);
}

Test(evidence, an_empty_file_has_an_address_too)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("", 0);
    g_autofree char *digest = evidence_put(evidence, bytes, NULL);
    g_autoptr(GBytes) back = evidence_get(evidence, digest, NULL);
    cr_assert_not_null(back);
    cr_expect_eq(g_bytes_get_size(back), 0);
}

Test(evidence, a_changed_file_is_an_integrity_error)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);
    g_autofree char *digest = evidence_put(evidence, bytes, NULL);
    g_autofree char *path = evidence_path(evidence, digest);
    g_chmod(path, 0600);
    g_file_set_contents(path, "abd", 3, NULL);
    cr_expect_null(evidence_get(evidence, digest, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
}

Test(evidence, names_that_are_no_digest_lead_nowhere)
{
    static const char *const names[] = { "", "../../etc/passwd", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                                         "ba7816", NULL };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(evidence_path(evidence, names[i]));
        cr_expect_not(evidence_has(evidence, names[i]));
        cr_expect_null(evidence_get(evidence, names[i], &error));
        cr_expect_not_null(error);
    }
}

Test(evidence, a_file_over_the_limit_leaves_nothing_behind)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "input", NULL);
    g_file_set_contents(path, "0123456789", 10, NULL);
    int fd = open(path, O_RDONLY);
    cr_expect_null(evidence_put_fd(evidence, fd, 9, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_LIMIT));
    g_clear_error(&error);
    g_autofree char *fresh = g_build_filename(dir, "new", NULL);
    g_autoptr(GDir) list = g_dir_open(fresh, 0, NULL);
    cr_expect_null(g_dir_read_name(list));
    lseek(fd, 0, SEEK_SET);
    g_autofree char *digest = evidence_put_fd(evidence, fd, 10, &error);
    cr_expect_not_null(digest);
    close(fd);
}

Test(evidence, a_folder_that_cannot_be_made_is_an_error)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(evidence_open("/proc/no/such", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
}

Test(evidence, removing_twice_is_fine)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);
    g_autofree char *digest = evidence_put(evidence, bytes, NULL);
    cr_expect(evidence_remove(evidence, digest, NULL));
    cr_expect(evidence_remove(evidence, digest, NULL));
    cr_expect_not(evidence_has(evidence, digest));
}
