/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "burner/pin.h"
#include "core/page.h"
#include "core/qr.h"
#include "pipeline/label_sheet.h"

static Label *
label(guint i)
{
    Label *l = g_new0(Label, 1);
    l->order_id = g_strdup_printf("SQ2026%04u", i);
    l->unit = g_strdup(l->order_id);
    l->serial = g_strdup_printf("3A80C1F2E5D4%04u", i);
    l->recipient = g_strdup("欧阳娜娜");
    return l;
}

static GPtrArray *
labels_new(guint n)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)label_free);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(list, label(i));
    return list;
}

static GPtrArray *
codes_of(const GByteArray *pdf, guint index, guint *pages)
{
    g_autoptr(GBytes) bytes = g_bytes_new(pdf->data, pdf->len);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    cr_assert_not_null(file);
    *pages = page_file_pages(file);
    g_autoptr(Page) page = page_file_load(file, index, 1, NULL);
    cr_assert_not_null(page);
    g_autoptr(Image) grey = image_plane(page->image, 0);
    return qr_find(grey);
}

Test(label_sheet, each_label_carries_its_order_and_serial_for_a_scanner)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = labels_new(26);
    g_autoptr(GByteArray) pdf = label_sheet_pdf(list, &error);
    guint pages;
    cr_assert_not_null(pdf, "%s", error ? error->message : "");
    g_autoptr(GPtrArray) codes = codes_of(pdf, 1, &pages);
    cr_expect_eq(pages, 2);
    cr_expect_eq(codes->len, 2);
    gboolean found = FALSE;
    for (guint i = 0; i < codes->len; i++)
        found |= !strcmp(((QrCode *)codes->pdata[i])->text, "SB1K SQ20260025 3A80C1F2E5D40025");
    cr_expect(found);
}

Test(label_sheet, the_same_labels_are_the_same_bytes)
{
    g_autoptr(GPtrArray) list = labels_new(3);
    g_autoptr(GByteArray) one = label_sheet_pdf(list, NULL);
    g_usleep(1100000); /* another second: no clock stands in it */
    g_autoptr(GByteArray) two = label_sheet_pdf(list, NULL);
    cr_assert_eq(one->len, two->len);
    cr_expect(!memcmp(one->data, two->data, one->len));
}

Test(label_sheet, no_keys_and_a_text_too_long_are_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = labels_new(0), list = labels_new(1);
    cr_expect_null(label_sheet_pdf(none, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    g_free(((Label *)list->pdata[0])->serial);
    ((Label *)list->pdata[0])->serial = g_strnfill(5000, 'x');
    cr_expect_null(label_sheet_pdf(list, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}

Test(label_sheet, without_finished_keys_there_is_no_file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("sealbatch-label-XXXXXX", NULL), *conf = g_build_filename(dir, WORKSPACE_CONF, NULL),
                    *file = g_build_filename(dir, LABELS_FILE, NULL), *out = g_path_get_dirname(file);
    g_file_set_contents(conf, "", 0, NULL);
    g_mkdir(out, 0700);
    g_file_set_contents(file, "of yesterday", -1, NULL);
    g_autoptr(Workspace) ws = workspace_open(dir, NULL, &error);
    cr_assert_not_null(ws, "%s", error ? error->message : "");
    g_autoptr(GPtrArray) none = label_sheet_collect(ws, &error);
    cr_expect_eq(none->len, 0);
    cr_expect(label_sheet_write(ws, &error));
    cr_expect_not(g_file_test(file, G_FILE_TEST_EXISTS));
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}
