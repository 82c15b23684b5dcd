/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line maker of ocr/model: invented numbers hold, faces are checked, the same seed draws the same line.
 */
#include <criterion/criterion.h>

#include <glib/gstdio.h>
#include <string.h>

#include "core/citizen_id.h"
#include "core/credit_code.h"
#include "ocr/model/line.h"
#include "ocr/model/lstmf.h"

/* Debian's fontconfig depends on it. */
#define EVERYWHERE "train both 1 DejaVu Sans\n"

static Faces *
faces_of(const char *list, CodesKind kind, FacesSet set, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("faces-XXXXXX", &path, NULL);
    cr_assert_geq(fd, 0);
    g_close(fd, NULL);
    cr_assert(g_file_set_contents(path, list, -1, NULL));
    Faces *faces = faces_open(path, kind, set, error);
    g_unlink(path);
    return faces;
}

Test(codes, valid_ones_pass_their_checks)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    for (int i = 0; i < 500; i++) {
        g_autofree char *credit = codes_invent_valid(CODES_CREDIT, rand);
        g_autofree char *citizen = codes_invent_valid(CODES_CITIZEN, rand);
        cr_assert_eq(credit_code_check(credit) & (CREDIT_CODE_ERRORS | CREDIT_CODE_ORGANISATION_WRONG), 0, "%s", credit);
        cr_assert_eq(citizen_id_check(citizen) & CITIZEN_ID_ERRORS, 0, "%s", citizen);
    }
}

Test(codes, a_third_is_broken_or_random_so_that_no_structure_is_learned)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);
    guint valid = 0;
    for (int i = 0; i < 1000; i++) {
        g_autofree char *text = codes_invent(CODES_CREDIT, rand);
        cr_assert_eq(strspn(text, codes_letters(CODES_CREDIT)), strlen(text), "%s", text);
        valid += !(credit_code_check(text) & CREDIT_CODE_ERRORS);
    }
    cr_expect(valid > 550 && valid < 800, "%u", valid);
}

Test(codes, random_ones_have_the_length_asked_for)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (guint length = 1; length < 30; length++) {
        g_autofree char *text = codes_invent_random(CODES_CITIZEN, length, rand);
        cr_assert_eq(strlen(text), length);
    }
}

Test(faces, what_is_not_installed_or_not_understood_is_named)
{
    static const struct {
        const char *list;
        int code;
    } rows[] = {
        { "train both 1 No Such Face At All\n", SB_ERROR_ENV },
        { "train both\n", SB_ERROR_INPUT },
        { "# nothing\n", SB_ERROR_INPUT },
        { "test both 1 DejaVu Sans\n", SB_ERROR_INPUT },
        { "train citizen 1 DejaVu Sans\n", SB_ERROR_INPUT },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_assert_null(faces_of(rows[i].list, CODES_CREDIT, FACES_TRAIN, &error));
        cr_expect(g_error_matches(error, SB_ERROR, rows[i].code), "row %u: %s", i, error->message);
    }
    g_autoptr(GError) error = NULL;
    cr_assert_null(faces_open("/nowhere/faces.txt", CODES_CREDIT, FACES_TRAIN, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
}

Test(line, the_same_seed_draws_the_same_line_at_every_level)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Faces) faces = faces_of(EVERYWHERE, CODES_CREDIT, FACES_TRAIN, &error);
    cr_assert_not_null(faces, "%s", error ? error->message : "");
    cr_expect_eq(faces_count(faces), 1u);
    for (int level = LINE_EASY; level <= LINE_MIX; level++) {
        g_autoptr(GRand) one = g_rand_new_with_seed(7), two = g_rand_new_with_seed(7);
        for (int i = 0; i < 12; i++) {
            g_autoptr(Image) a = line_draw("91110108MA00TE5T26", faces_pick(faces, one), (LineLevel)level, one);
            g_autoptr(Image) b = line_draw("91110108MA00TE5T26", faces_pick(faces, two), (LineLevel)level, two);
            cr_assert_eq(a->height, LINE_HEIGHT_PX);
            cr_assert_eq(a->channels, 1u);
            cr_assert_eq(a->width, b->width);
            cr_assert_eq(memcmp(a->data, b->data, (gsize)a->width * a->height), 0);
        }
    }
}

Test(lstmf, a_file_begins_with_its_pages_and_holds_the_texts)
{
    g_autoptr(Lstmf) lstmf = lstmf_new();
    g_autoptr(Image) line = image_new(60, LINE_HEIGHT_PX, 1);
    memset(line->data, 200, 60 * LINE_HEIGHT_PX);
    lstmf_add(lstmf, line, "MA00TE5T2");
    lstmf_add(lstmf, line, "110101190001010014");
    g_autofree char *path = NULL, *bytes = NULL;
    int fd = g_file_open_tmp("lines-XXXXXX", &path, NULL);
    g_close(fd, NULL);
    cr_assert(lstmf_write(lstmf, path, NULL));
    gsize size = 0;
    cr_assert(g_file_get_contents(path, &bytes, &size, NULL));
    g_unlink(path);
    cr_expect_eq(memcmp(bytes, "\x02\0\0\0\x01", 5), 0);
    cr_expect_not_null(memmem(bytes, size, "\x09\0\0\0MA00TE5T2", 13));
    cr_expect_not_null(memmem(bytes, size, "\x12\0\0\0" "110101190001010014", 22));
    g_autoptr(GError) error = NULL;
    cr_expect_not(lstmf_write(lstmf, "/nowhere/x.lstmf", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
}
