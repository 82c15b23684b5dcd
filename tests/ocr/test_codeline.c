/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codeline.h: several readings of one line, and their vote. The pictures are the line maker's
 * (linemaker --text, ocr/model), with print of other lines and labels at their edges.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "core/page.h"
#include "ocr/codeline.h"

#define CREDIT "91110108MA00TE5T26"
#define CITIZEN "51010719000712789X"

static Codeline *
open_models(void)
{
    g_autoptr(GError) error = NULL;
    Codeline *codeline = codeline_open(SOURCE_DIR "/ocr/model", &error);
    cr_assert_not_null(codeline, "%s", error ? error->message : "");
    return codeline;
}

static Image *
picture(const char *name)
{
    g_autofree char *path = g_strdup_printf(SOURCE_DIR "/tests/ocr/data/codeline/%s.png", name), *data = NULL;
    gsize size = 0;
    cr_assert(g_file_get_contents(path, &data, &size, NULL), "%s", path);
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&data), size);
    g_autoptr(PageFile) file = page_file_open(bytes, NULL, NULL);
    g_autoptr(Page) page = page_file_load(file, 0, 1, NULL);
    cr_assert_not_null(page);
    return image_plane(page->image, IMAGE_RED);
}

static CodelineResult *
read_picture(const char *name, CodelineKind kind, const CodelineWitness *witnesses, guint n)
{
    g_autoptr(Codeline) codeline = open_models();
    g_autoptr(Image) line = picture(name);
    g_autoptr(GError) error = NULL;
    CodelineResult *result = codeline_read(codeline, line, NULL, kind, witnesses, n, &error);
    cr_assert_not_null(result, "%s", error ? error->message : "");
    return result;
}

Test(codeline, numbers_are_read_past_groups_patterns_and_print_at_the_edges)
{
    static const struct {
        const char *picture, *text;
        CodelineKind kind;
    } rows[] = {
        { "credit_clean", CREDIT, CODELINE_CREDIT_CODE },
        { "credit_groups", CREDIT, CODELINE_CREDIT_CODE },
        { "credit_cut_line_below", CREDIT, CODELINE_CREDIT_CODE },
        { "credit_pattern", CREDIT, CODELINE_CREDIT_CODE },
        { "citizen_clean", CITIZEN, CODELINE_CITIZEN_ID },
        { "citizen_groups", CITIZEN, CODELINE_CITIZEN_ID },
        { "citizen_cut_line_above", CITIZEN, CODELINE_CITIZEN_ID },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(CodelineResult) result = read_picture(rows[i].picture, rows[i].kind, NULL, 0);
        cr_expect_str_eq(result->text, rows[i].text, "%s: %s", rows[i].picture, result->text);
        cr_expect_eq(result->status, FIELD_READ, "%s: status %d", rows[i].picture, result->status);
        cr_expect_null(result->suggestion);
        cr_expect(result->passes_agreed >= 2 && result->passes_agreed <= result->passes_made);
        cr_expect(result->confidence > 60 && result->confidence <= 100);
    }
}

Test(codeline, the_place_of_the_print_is_told_in_pixels_of_the_picture)
{
    g_autoptr(CodelineResult) result = read_picture("credit_clean", CODELINE_CREDIT_CODE, NULL, 0);
    g_autoptr(Image) line = picture("credit_clean");
    cr_expect(result->x0 >= 0 && result->x1 <= line->width && result->x1 - result->x0 > .5 * line->width);
    cr_expect(result->y0 >= 0 && result->y1 <= line->height && result->y1 - result->y0 > .4 * line->height);
}

Test(codeline, a_larger_picture_of_the_line_says_the_same)
{
    g_autoptr(Codeline) codeline = open_models();
    g_autoptr(Image) small = picture("credit_clean");
    Homography shrink = homography_scale(1. / 5, 1. / 5);
    g_autoptr(Image) large = image_warp(small, &shrink, small->width * 5, small->height * 5, 255);
    g_autoptr(CodelineResult) result = codeline_read(codeline, large, NULL, CODELINE_CREDIT_CODE, NULL, 0, NULL);
    cr_expect_eq(result->status, FIELD_READ);
    cr_expect_str_eq(result->text, CREDIT);
    cr_expect(result->x1 > 2.5 * small->width);
}

Test(codeline, a_wrong_check_character_is_never_read_nor_repaired)
{
    static const struct {
        const char *picture, *text;
        CodelineKind kind;
    } rows[] = {
        { "credit_wrong_check", "91110108MA00TE5T25", CODELINE_CREDIT_CODE },
        { "citizen_wrong_check", "510107190007127891", CODELINE_CITIZEN_ID },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(CodelineResult) result = read_picture(rows[i].picture, rows[i].kind, NULL, 0);
        cr_expect_neq(result->status, FIELD_READ);
        cr_expect_neq(result->status, FIELD_WEAK);
        cr_expect_str_eq(result->text, rows[i].text, "%s", result->text);
    }
}

Test(codeline, passes_that_are_sure_of_a_wrong_check_character_say_so)
{
    g_autoptr(CodelineResult) result = read_picture("credit_wrong_check", CODELINE_CREDIT_CODE, NULL, 0);
    cr_expect_eq(result->status, FIELD_CHECK_FAILED, "status %d", result->status);
}

Test(codeline, a_witness_of_another_valid_code_makes_the_reading_weak)
{
    CodelineWitness other = { .text = "92440305MA5XX00X6H", .name = "cells" };
    g_autoptr(CodelineResult) result = read_picture("credit_clean", CODELINE_CREDIT_CODE, &other, 1);
    cr_expect_eq(result->status, FIELD_WEAK);
    cr_expect_str_eq(result->text, CREDIT);
}

Test(codeline, a_witness_that_agrees_counts)
{
    CodelineWitness same = { .text = CREDIT, .name = "cells" };
    g_autoptr(CodelineResult) with = read_picture("credit_clean", CODELINE_CREDIT_CODE, &same, 1);
    cr_expect_eq(with->status, FIELD_READ);
    cr_expect_geq(with->passes_agreed, 3u);
}

Test(codeline, a_witness_alone_is_never_enough)
{
    g_autoptr(Codeline) codeline = open_models();
    g_autoptr(Image) white = image_new(400, 40, 1);
    memset(white->data, 250, 400 * 40);
    CodelineWitness alone = { .text = CREDIT, .name = "cells" };
    g_autoptr(CodelineResult) result = codeline_read(codeline, white, NULL, CODELINE_CREDIT_CODE, &alone, 1, NULL);
    cr_expect_neq(result->status, FIELD_READ);
}

Test(codeline, an_even_picture_is_unreadable)
{
    g_autoptr(Codeline) codeline = open_models();
    static const guint sizes[][2] = { { 1, 1 }, { 3, 200 }, { 400, 40 }, { 2000, 8 } };
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(Image) white = image_new(sizes[i][0], sizes[i][1], 1);
        memset(white->data, 240, (gsize)sizes[i][0] * sizes[i][1]);
        g_autoptr(CodelineResult) result = codeline_read(codeline, white, NULL, CODELINE_CREDIT_CODE, NULL, 0, NULL);
        cr_assert_not_null(result);
        cr_expect_eq(result->status, FIELD_UNREADABLE);
    }
}

Test(codeline, noise_is_not_read)
{
    g_autoptr(Codeline) codeline = open_models();
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (int round = 0; round < 8; round++) {
        g_autoptr(Image) noise = image_new(420, 44, 1);
        for (guint i = 0; i < 420 * 44; i++)
            noise->data[i] = (guint8)g_rand_int_range(rand, 0, 256);
        for (int kind = 0; kind <= CODELINE_CITIZEN_ID; kind++) {
            g_autoptr(CodelineResult) result =
                codeline_read(codeline, noise, noise, (CodelineKind)kind, NULL, 0, NULL);
            cr_expect_neq(result->status, FIELD_READ);
        }
    }
}

Test(codeline, colour_and_monsters_are_refused)
{
    g_autoptr(Codeline) codeline = open_models();
    g_autoptr(Image) colour = image_new(40, 20, 3), wide = image_new(CODELINE_MAX_SIDE_PX + 1, 1, 1);
    g_autoptr(Image) fine = picture("credit_clean");
    const Image *bad[] = { colour, wide };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(codeline_read(codeline, bad[i], NULL, CODELINE_CREDIT_CODE, NULL, 0, &error));
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
        cr_expect_null(codeline_read(codeline, fine, bad[i], CODELINE_CREDIT_CODE, NULL, 0, NULL));
    }
}

Test(codeline, a_missing_model_is_named)
{
    g_autoptr(GError) error = NULL;
    cr_assert_null(codeline_open("/nowhere", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    cr_expect(strstr(error->message, "sbcode") != NULL);
}
