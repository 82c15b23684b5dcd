/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hanzi classifier on lines drawn in faces that were left out of nothing here but are named in
 * tests/ocr/hanzi/list.tsv: level, kind, file stem, text, face (made by hanzi-lines).
 */
#include "core/error.h"
#include "ocr/hanzi/hanzi.h"

#include <criterion/criterion.h>
#include <png.h>
#include <string.h>

#define MODEL SOURCE_DIR "/ocr/hanzi/hanzi.model"
#define LINES SOURCE_DIR "/tests/ocr/hanzi"

typedef struct {
    char *level, *kind, *text;
    HanziLine line;
    guint8 *px;
} Sample;

static void
sample_free(gpointer data)
{
    Sample *s = data;
    g_free(s->level);
    g_free(s->kind);
    g_free(s->text);
    g_free(s->px);
    g_free(s);
}

static Sample *
sample_load(const char *row)
{
    g_auto(GStrv) f = g_strsplit(row, "\t", -1);
    g_autofree char *path = g_strdup_printf(LINES "/%s.png", f[2]);
    png_image image = {.version = PNG_IMAGE_VERSION};
    cr_assert(png_image_begin_read_from_file(&image, path), "%s", path);
    image.format = PNG_FORMAT_GRAY;
    Sample *s = g_new0(Sample, 1);
    s->px = g_malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, s->px, 0, NULL));
    s->line = (HanziLine){.px = s->px, .width = image.width, .height = image.height, .stride = image.width};
    s->level = g_strdup(f[0]);
    s->kind = g_strdup(f[1]);
    s->text = g_strdup(f[3]);
    return s;
}

static GPtrArray *
samples(void)
{
    g_autofree char *list = NULL;
    cr_assert(g_file_get_contents(LINES "/list.tsv", &list, NULL, NULL));
    g_auto(GStrv) rows = g_strsplit(g_strchomp(list), "\n", -1);
    GPtrArray *all = g_ptr_array_new_with_free_func(sample_free);
    for (guint i = 0; rows[i]; i++)
        g_ptr_array_add(all, sample_load(rows[i]));
    return all;
}

static Hanzi *
model(void)
{
    g_autoptr(GError) error = NULL;
    Hanzi *m = hanzi_open(MODEL, &error);
    cr_assert(m, "%s", error ? error->message : "");
    return m;
}

static const Sample *
of_kind(const GPtrArray *all, const char *kind)
{
    for (guint i = 0; i < all->len; i++)
        if (!strcmp(((Sample *)all->pdata[i])->kind, kind) && strcmp(((Sample *)all->pdata[i])->level, "hard"))
            return all->pdata[i];
    cr_assert_fail("no sample of kind %s", kind);
    return NULL;
}

static char *
folded(const char *text)
{
    GString *s = g_string_new(NULL);
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_string_append_unichar(s, hanzi_fold(g_utf8_get_char(p)));
    return g_string_free(s, FALSE);
}

/* text with character at replaced by to (0: left out). */
static char *
with_other(const char *text, glong at, gunichar to)
{
    GString *s = g_string_new(NULL);
    glong i = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p), i++)
        if (i != at)
            g_string_append_unichar(s, g_utf8_get_char(p));
        else if (to)
            g_string_append_unichar(s, to);
    return g_string_free(s, FALSE);
}

static HanziAnswer
answer(const Hanzi *m, const HanziLine *line, const char *expected)
{
    g_auto(HanziVerdict) v = {0};
    g_autoptr(GError) error = NULL;
    cr_assert(hanzi_verify(m, line, expected, &v, &error), "%s", error ? error->message : "");
    return v.answer;
}

/* Under the sanitizers a pass over a line takes thirty times as long: every ninth change has to do. */
#ifdef __SANITIZE_ADDRESS__
enum { EACH = 9 };
#else
enum { EACH = 1 };
#endif

Test(hanzi_open, a_missing_or_damaged_model_is_refused)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(hanzi_open(BUILD_DIR "/no-such.model", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    g_autofree char *all = NULL, *path = g_strdup(BUILD_DIR "/damaged.model");
    gsize n;
    cr_assert(g_file_get_contents(MODEL, &all, &n, NULL));
    const gsize cuts[] = {0, 7, 11, 13, n / 2, n - 1};
    for (guint i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_clear_error(&error);
        cr_assert(g_file_set_contents(path, all, (gssize)cuts[i], NULL));
        cr_expect_null(hanzi_open(path, &error), "cut at %zu", cuts[i]);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    }
    g_clear_error(&error);
    all[n / 2] ^= 1;
    cr_assert(g_file_set_contents(path, all, (gssize)n, NULL));
    cr_expect_null(hanzi_open(path, &error));
}

Test(hanzi_verify, true_texts_pass_and_no_changed_text_does)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    guint passed = 0, easy = 0;
    for (guint i = 0; i < all->len; i++) {
        const Sample *s = all->pdata[i];
        gboolean hard = !strcmp(s->level, "hard");
        easy += !hard;
        passed += !hard && answer(m, &s->line, s->text) == HANZI_PASSES;
        glong n = g_utf8_strlen(s->text, -1);
        for (glong k = 0; k < n; k += 3 * EACH) {
            g_autofree char *other = with_other(s->text, k, 0x8fdc + (gunichar)k), *shorter = with_other(s->text, k, 0);
            cr_expect_neq(answer(m, &s->line, other), HANZI_PASSES, "%s", other);
            if (n > 1)
                cr_expect_neq(answer(m, &s->line, shorter), HANZI_PASSES, "%s", shorter);
        }
    }
    cr_expect(passed * 10 >= easy * 9, "%u of %u true texts pass", passed, easy);
}

Test(hanzi_verify, a_look_alike_is_named)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "name");
    const char *last = g_utf8_strrchr(s->text, -1, 0x53f8); /* 司 of 公司 */
    cr_assert(last);
    g_autofree char *other = with_other(s->text, g_utf8_pointer_to_offset(s->text, last), 0x53ef); /* 可 */
    g_auto(HanziVerdict) v = {0};
    cr_assert(hanzi_verify(m, &s->line, other, &v, NULL));
    cr_expect_eq(v.answer, HANZI_DIFFERS);
    cr_expect_eq(v.why, HANZI_WHY_OTHER_CHARACTER);
    cr_assert_geq(v.at, 0);
    cr_expect_eq(v.chars[v.at].expected, 0x53ef);
    cr_expect_eq(v.chars[v.at].rival, 0x53f8);
    cr_expect_lt(v.chars[v.at].rho, -0.2);
    cr_expect_gt(v.chars[v.at].box.x1, v.chars[v.at].box.x0);
}

Test(hanzi_verify, a_name_that_is_only_a_part_of_the_line_does_not_pass)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "name");
    glong n = g_utf8_strlen(s->text, -1);
    g_autofree char *head = with_other(s->text, n - 1, 0), *tail = with_other(s->text, 0, 0);
    g_auto(HanziVerdict) v = {0};
    cr_assert(hanzi_verify(m, &s->line, head, &v, NULL));
    cr_expect_neq(v.answer, HANZI_PASSES);
    hanzi_verdict_clear(&v);
    cr_assert(hanzi_verify(m, &s->line, tail, &v, NULL));
    cr_expect_neq(v.answer, HANZI_PASSES);
}

Test(hanzi_verify, width_of_brackets_and_blanks_do_not_matter)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "name");
    g_autofree char *spaced = g_strdup_printf(" %s\xe3\x80\x80", s->text);
    cr_expect_eq(answer(m, &s->line, spaced), answer(m, &s->line, s->text));
}

Test(hanzi_verify, what_is_no_text_or_no_picture_is_an_error)
{
    g_autoptr(Hanzi) m = model();
    guint8 px[100] = {0};
    HanziLine line = {.px = px, .width = 10, .height = 10, .stride = 10};
    g_auto(HanziVerdict) v = {0};
    g_autoptr(GError) error = NULL;
    cr_expect_not(hanzi_verify(m, &line, "", &v, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    cr_expect_not(hanzi_verify(m, &line, "\xff", &v, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    line.stride = 9;
    cr_expect_not(hanzi_verify(m, &line, "司", &v, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
}

Test(hanzi_verify, blank_black_and_noisy_pictures_are_never_a_pass)
{
    g_autoptr(Hanzi) m = model();
    static guint8 px[77 * 300];
    for (guint kind = 0; kind < 4; kind++) {
        guint32 x = 1;
        for (guint i = 0; i < sizeof px; i++) {
            x = x * 1664525 + 1013904223;
            px[i] = kind == 0 ? 255 : kind == 1 ? 0 : kind == 2 ? (guint8)(x >> 24) : (guint8)(i % 300 * 255 / 300);
        }
        HanziLine line = {.px = px, .width = 300, .height = 77, .stride = 300};
        cr_expect_eq(answer(m, &line, "北京一二三"), HANZI_CANNOT_JUDGE, "kind %u", kind);
    }
    for (guint side = 1; side < 6; side++) {
        HanziLine line = {.px = px, .width = side, .height = side, .stride = 300};
        cr_expect_neq(answer(m, &line, "北京"), HANZI_PASSES);
    }
}

/* Six look-alikes of every everyday character of a clean and of a scanned name, one at a time. */
Test(hanzi_verify, no_look_alike_passes)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    g_autofree char *alike = NULL;
    cr_assert(g_file_get_contents(LINES "/lookalikes.txt", &alike, NULL, NULL));
    guint swaps = 0, seen = 0;
    for (guint i = 0; i < all->len; i++) {
        const Sample *s = all->pdata[i];
        if (strcmp(s->kind, "name") && strcmp(s->kind, "person"))
            continue;
        glong k = 0;
        for (const char *p = s->text; *p; p = g_utf8_next_char(p), k++) {
            g_autofree char *key = g_strndup(p, (gsize)(g_utf8_next_char(p) - p)), *row = g_strconcat("\n", key, NULL);
            const char *at = strstr(alike, row);
            for (const char *o = at ? at + strlen(row) : "\n"; *o && *o != '\n'; o = g_utf8_next_char(o)) {
                if (seen++ % EACH != 0)
                    continue;
                g_autofree char *other = with_other(s->text, k, g_utf8_get_char(o));
                cr_expect_neq(answer(m, &s->line, other), HANZI_PASSES, "%s for %s", other, s->text);
                swaps++;
            }
        }
    }
    cr_expect_gt(swaps, 300 / EACH);
}

Test(hanzi_verify, a_character_outside_the_classes_goes_to_a_person)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "name");
    g_autofree char *other = with_other(s->text, 0, 0x20000);
    g_auto(HanziVerdict) v = {0};
    cr_assert(hanzi_verify(m, &s->line, other, &v, NULL));
    cr_expect_eq(v.chars[0].why, HANZI_WHY_UNKNOWN);
    cr_expect_neq(v.answer, HANZI_PASSES);
}

Test(hanzi_verify_lines, a_name_that_wraps_passes_wherever_it_does)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *a = of_kind(all, "name"), *b = of_kind(all, "person");
    HanziLine lines[2] = {a->line, b->line};
    g_autofree char *text = g_strconcat(a->text, b->text, NULL), *wrong = g_strconcat(b->text, a->text, NULL);
    g_auto(HanziVerdict) v = {0};
    cr_assert(hanzi_verify_lines(m, lines, 2, text, &v, NULL));
    cr_expect_eq(v.answer, HANZI_PASSES, "%s", hanzi_why_word(v.why));
    cr_expect_eq(v.chars[0].line, 0);
    cr_expect_eq(v.chars[v.n - 1].line, 1);
    hanzi_verdict_clear(&v);
    cr_assert(hanzi_verify_lines(m, lines, 2, wrong, &v, NULL));
    cr_expect_neq(v.answer, HANZI_PASSES);
    g_autoptr(GError) error = NULL;
    hanzi_verdict_clear(&v);
    cr_expect_not(hanzi_verify_lines(m, lines, 0, text, &v, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
}

static gboolean
all_but_si(gunichar c)
{
    return c != 0x53f8; /* 司 */
}

Test(hanzi_verify_among, a_rival_that_cannot_stand_there_is_none)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "name");
    const char *last = g_utf8_strrchr(s->text, -1, 0x53f8);
    glong at = g_utf8_pointer_to_offset(s->text, last);
    g_autofree char *other = with_other(s->text, at, 0x53ef); /* 可 */
    g_auto(HanziVerdict) free_ = {0}, among = {0}, of_nothing = {0};
    cr_assert(hanzi_verify_among(m, &s->line, other, NULL, &free_, NULL));
    cr_expect_eq(free_.chars[at].rival, 0x53f8);
    cr_expect_gt(free_.chars[at].apart, 0);
    cr_assert(hanzi_verify_among(m, &s->line, other, all_but_si, &among, NULL));
    cr_expect_neq(among.chars[at].rival, 0x53f8);
    cr_expect_gt(among.chars[at].rho, free_.chars[at].rho);
    cr_expect_not(hanzi_verify_among(m, &s->line, "", all_but_si, &of_nothing, NULL));
}

Test(hanzi_read, easy_lines_are_read_exactly)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    guint exact = 0, easy = 0;
    for (guint i = 0; i < all->len; i++) {
        const Sample *s = all->pdata[i];
        g_auto(HanziReading) r = {0};
        cr_assert(hanzi_read(m, &s->line, HANZI_READ_ANY, &r, NULL));
        g_autofree char *seen = folded(r.text), *true_text = folded(s->text);
        if (!strcmp(s->level, "hard"))
            continue;
        easy++;
        exact += !strcmp(seen, true_text);
        cr_expect_eq((glong)r.n, g_utf8_strlen(r.text, -1));
    }
    cr_expect(exact * 10 >= easy * 9, "%u of %u lines exact", exact, easy);
}

Test(hanzi_read, what_kind_of_text_it_is_limits_what_is_read)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *person = of_kind(all, "person"), *address = of_kind(all, "address");
    g_auto(HanziReading) r = {0};
    cr_assert(hanzi_read(m, &person->line, HANZI_READ_PERSON, &r, NULL));
    cr_expect_str_eq(r.text, person->text);
    hanzi_reading_clear(&r);
    cr_assert(hanzi_read(m, &address->line, HANZI_READ_DIGITS, &r, NULL));
    for (guint i = 0; i < r.n; i++)
        cr_expect(g_utf8_strchr("0123456789.-/:()（）：年月日至长期自", -1, r.chars[i].c), "U+%04X", r.chars[i].c);
}

Test(hanzi_read, alternatives_are_ranked_and_boxes_stand_in_order)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "name");
    g_auto(HanziReading) r = {0};
    cr_assert(hanzi_read(m, &s->line, HANZI_READ_NAME, &r, NULL));
    cr_assert_gt(r.n, 5);
    for (guint i = 0; i < r.n; i++) {
        const HanziReadChar *c = &r.chars[i];
        cr_expect(c->confidence >= 0 && c->confidence <= 1 && c->choice[0].p >= c->choice[1].p);
        cr_expect(c->box.x1 > c->box.x0 && c->box.y1 > c->box.y0 && c->box.x0 >= 0 && c->box.x1 <= s->line.width);
        if (i)
            cr_expect_gt(c->box.x0, r.chars[i - 1].box.x0);
    }
}

Test(hanzi_read, an_empty_line_gives_an_empty_text)
{
    g_autoptr(Hanzi) m = model();
    static guint8 px[77 * 300];
    memset(px, 250, sizeof px);
    HanziLine line = {.px = px, .width = 300, .height = 77, .stride = 300};
    g_auto(HanziReading) r = {0};
    cr_assert(hanzi_read(m, &line, HANZI_READ_ANY, &r, NULL));
    cr_expect_str_eq(r.text, "");
    g_autoptr(GError) error = NULL;
    line.px = NULL;
    hanzi_reading_clear(&r);
    cr_expect_not(hanzi_read(m, &line, HANZI_READ_ANY, &r, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
}

Test(hanzi_classify_cell, a_lone_character_is_known_and_an_empty_cell_refused)
{
    g_autoptr(Hanzi) m = model();
    g_autoptr(GPtrArray) all = samples();
    const Sample *s = of_kind(all, "person");
    g_auto(HanziVerdict) v = {0};
    cr_assert(hanzi_verify(m, &s->line, s->text, &v, NULL));
    cr_assert_eq(v.answer, HANZI_PASSES);
    HanziBox b = v.chars[0].box;
    HanziLine cell = s->line;
    guint x0 = (guint)MAX(0, b.x0 - 3), x1 = (guint)b.x1 + 3;
    cell.px += x0;
    cell.width = x1 - x0;
    HanziChoice choices[HANZI_CHOICES];
    cr_assert(hanzi_classify_cell(m, &cell, choices, NULL));
    cr_expect_eq(choices[0].c, g_utf8_get_char(s->text));
    static guint8 blank[50 * 50];
    memset(blank, 255, sizeof blank);
    cell = (HanziLine){.px = blank, .width = 50, .height = 50, .stride = 50};
    g_autoptr(GError) error = NULL;
    cr_expect_not(hanzi_classify_cell(m, &cell, choices, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_IMAGE));
}

Test(hanzi_fold, widths_brackets_and_dots_are_one)
{
    cr_expect_eq(hanzi_fold(0xff08), '(');
    cr_expect_eq(hanzi_fold(0xff21), 'A');
    cr_expect_eq(hanzi_fold(0x30fb), 0xb7);
    cr_expect_eq(hanzi_fold(0x53f8), 0x53f8);
    cr_expect_str_eq(hanzi_answer_word(HANZI_PASSES), "passes");
    cr_expect_str_eq(hanzi_why_word(HANZI_WHY_TWIN), "twin");
}
