/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/page.h"
#include "core/png_write.h"
#include "pipeline/crop.h"

/* A white page with a black 40x20 bar at (100, 60), as a PNG in a file. */
static int
page_fd(void)
{
    g_autoptr(Image) image = image_new(300, 200, 3);
    memset(image->data, 255, 300 * 200 * 3);
    for (guint y = 60; y < 80; y++)
        memset(image->data + (y * 300 + 100) * 3, 0, 40 * 3);
    g_autoptr(GBytes) png = image_to_png(image, 0);
    char path[] = "/tmp/sealbatch-crop-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    cr_assert_eq(write(fd, g_bytes_get_data(png, NULL), g_bytes_get_size(png)), (ssize_t)g_bytes_get_size(png));
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static GPtrArray *
cut(const CropSpec *specs, guint n)
{
    int fd = page_fd();
    CropWork work = { specs, n };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) answer = crop_work(&fd, 1, &work, &error);
    close(fd);
    cr_assert_not_null(answer, "%s", error ? error->message : "");
    return crop_answer_parse(answer, n, &error);
}

static double
mean(GBytes *png, guint *width, guint *height)
{
    g_autoptr(PageFile) file = page_file_open(png, NULL, NULL);
    g_autoptr(Page) page = page_file_load(file, 0, 1, NULL);
    double sum = 0;
    guint n = page->image->width * page->image->height * page->image->channels;
    for (guint i = 0; i < n; i++)
        sum += page->image->data[i];
    *width = page->image->width;
    *height = page->image->height;
    return sum / n;
}

Test(crop, cuts_the_box_with_its_margin)
{
    CropSpec specs[] = { { .box = quad_rect(100, 60, 40, 20), .margin = 0, .max_px = 500 },
                         { .box = quad_rect(100, 60, 40, 20), .margin = 1, .max_px = 500 },
                         { .whole = TRUE, .turned_deg = 90, .max_px = 150 } };
    guint w, h;
    specs[2].photo = TRUE;
    g_autoptr(GPtrArray) pictures = cut(specs, 3);
    cr_assert_eq(pictures->len, 3);
    gsize length;
    const guint8 *bytes = g_bytes_get_data(pictures->pdata[2], &length);
    cr_expect(crop_is_jpeg(bytes, length));
    cr_expect_not(crop_is_jpeg(g_bytes_get_data(pictures->pdata[0], NULL), 8));
    cr_expect_lt(mean(pictures->pdata[0], &w, &h), 25);
    cr_expect_eq(w, 40);
    cr_expect_eq(h, 20);
    cr_expect_gt(mean(pictures->pdata[1], &w, &h), 150);
    cr_expect_eq(w, 80);
    cr_expect_eq(h, 60);
    mean(pictures->pdata[2], &w, &h);
    cr_expect_eq(w, 100, "turned");
    cr_expect_eq(h, 150);
}

Test(crop, what_cannot_be_cut_is_empty_and_the_rest_is_there)
{
    CropSpec specs[] = { { .box = quad_rect(0, 0, 1, 1), .max_px = 500 },
                         { .page = 7, .whole = TRUE, .max_px = 500 },
                         { .box = quad_rect(-1e9, 0, 2e9, 10), .max_px = 500 },
                         { .whole = TRUE, .max_px = 500 } };
    g_autoptr(GPtrArray) pictures = cut(specs, 4);
    for (guint i = 0; i < 3; i++)
        cr_expect_eq(g_bytes_get_size(pictures->pdata[i]), 0, "%u", i);
    cr_expect_gt(g_bytes_get_size(pictures->pdata[3]), 0);
}

Test(crop, an_answer_that_is_not_ours_is_refused)
{
    static const struct {
        const char *bytes;
        gsize length;
    } rows[] = { { "", 0 }, { "\1\0\0\0", 4 }, { "\4\0\0\0evil", 8 }, { "\xff\xff\xff\xff", 4 }, { "\0\0\0", 3 } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) answer = g_bytes_new(rows[i].bytes, rows[i].length);
        g_autoptr(GError) error = NULL;
        cr_expect_null(crop_answer_parse(answer, 1, &error), "%u", i);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
    }
}
