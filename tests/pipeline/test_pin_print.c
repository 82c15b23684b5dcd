/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/page.h"
#include "pipeline/pin_print.h"

static const PinPrintWords WORDS = { "演示数字证书认证中心", NULL, "UKey 密码函", "请核对。" };

static Order *
order_new_letter(void)
{
    Order *order = order_new();
    order->company_name = g_strdup("长沙湘江信息技术有限公司");
    order->recipient.name = g_strdup("欧阳娜娜");
    order->recipient.address = g_strdup("湖南省长沙市岳麓区麓谷大道 658 号");
    return order;
}

Test(pin_print, a_letter_is_one_page_and_does_not_hold_the_pin_as_text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = order_new_letter();
    g_autoptr(BurnPin) pin = burn_pin_new("48151623", 8);
    g_autoptr(GByteArray) pdf = pin_print_pdf(order, &WORDS, "SQ1", "3A80C1F2", pin, &error);
    cr_assert_not_null(pdf);
    cr_expect_null(memmem(pdf->data, pdf->len, "48151623", 8));
    g_autoptr(GBytes) bytes = g_bytes_new(pdf->data, pdf->len);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, &error);
    cr_assert_not_null(file);
    cr_expect_eq(page_file_pages(file), 1);
    g_autoptr(BurnPin) other = burn_pin_new("48151624", 8);
    g_autoptr(GByteArray) another = pin_print_pdf(order, &WORDS, "SQ1", "3A80C1F2", other, &error);
    cr_expect(another->len != pdf->len || memcmp(another->data, pdf->data, pdf->len), "the PIN stands in it");
    const PinPrintWords of_platform = { WORDS.sender, "湖南公共资源 CA 共享", WORDS.title, "密码函与 UKey 分开寄送。" };
    g_autoptr(GByteArray) worded = pin_print_pdf(order, &of_platform, "SQ1", "3A80C1F2", pin, &error);
    cr_expect(worded->len != pdf->len || memcmp(worded->data, pdf->data, pdf->len), "the platform's words stand in it");
}

Test(pin_print, only_its_owner_can_read_the_file_and_no_other_file_is_left)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = order_new_letter();
    g_autoptr(BurnPin) pin = burn_pin_new("48151623", 8);
    g_autofree char *dir = g_dir_make_tmp("sealbatch-print-XXXXXX", NULL), *folder = g_build_filename(dir, "pin", NULL),
                    *letter = g_build_filename(folder, "SQ1.pdf", NULL);
    struct stat info;
    guint files = 0;
    g_mkdir(folder, 0750);
    cr_assert(g_file_set_contents_full(letter, "old", -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
    for (guint i = 0; i < 2; i++)
        cr_assert(pin_print_write(folder, order, &WORDS, "SQ1", "3A80C1F2", pin, &error), "%s", error ? error->message : "");
    cr_assert_eq(stat(letter, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0600);
    cr_assert_eq(stat(folder, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0700);
    g_autoptr(GDir) list = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(list))
        files++;
    cr_expect_eq(files, 1);
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}

Test(pin_print, a_folder_that_cannot_be_made_is_an_error_without_the_pin)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Order) order = order_new_letter();
    g_autoptr(BurnPin) pin = burn_pin_new("48151623", 8);
    cr_expect_not(pin_print_write("/proc/no", order, &WORDS, "SQ1", "3A80C1F2", pin, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    cr_expect_null(strstr(error->message, "48151623"));
}
