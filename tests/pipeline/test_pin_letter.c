/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>

#include "burner/ca.h"
#include "pipeline/pin_letter.h"

Test(pin_letter, a_file_that_holds_no_certificate_is_refused)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(pin_letter_recipient("/nowhere", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    cr_expect_null(pin_letter_recipient(SOURCE_DIR "/LICENSE", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}

Test(pin_letter, the_pin_does_not_stand_in_the_letter)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("sealbatch-pin-XXXXXX", NULL);
    g_autofree char *ca = g_build_filename(dir, "ca", NULL), *cert = g_build_filename(ca, "ca.crt", NULL),
                    *letter = g_build_filename(dir, "pin", "A1.cms", NULL), *text = NULL;
    gsize length;
    cr_assert(burn_ca_local_create(ca, BURN_CA_KEY_RSA_3072, "x", "x", 0, G_GINT64_CONSTANT(4000000000), &error));
    g_autoptr(GBytes) recipient = pin_letter_recipient(cert, &error);
    g_autoptr(BurnPin) pin = burn_pin_new("48151623", 8);
    g_autofree char *folder = g_build_filename(dir, "pin", NULL);
    cr_assert_not_null(recipient);
    cr_assert(pin_letter_write(folder, "A1", "S1", pin, recipient, &error), "%s", error ? error->message : "");
    cr_assert(g_file_get_contents(letter, &text, &length, NULL));
    cr_expect_null(g_strstr_len(text, (gssize)length, "48151623"));
    cr_expect_gt(length, 100);
    cr_expect_not(pin_letter_write("/proc/no", "A1", "S1", pin, recipient, &error));
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}
