/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rings of stamped seals, laid straight, against the right name, look-alikes and other companies' names.
 */
#include "pipeline/seal_text.h"

#include <criterion/criterion.h>
#include <png.h>

#define RINGS SOURCE_DIR "/tests/pipeline/rings"

static Verdict
verdict_of(const char *file, const char *name)
{
    g_autoptr(Hanzi) hanzi = hanzi_open(SOURCE_DIR "/ocr/hanzi/hanzi.model", NULL);
    g_autofree char *path = g_strdup_printf(RINGS "/%s", file);
    png_image image = { .version = PNG_IMAGE_VERSION };
    cr_assert(png_image_begin_read_from_file(&image, path), "%s", path);
    image.format = PNG_FORMAT_GRAY;
    g_autofree guint8 *px = g_malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, px, 0, NULL));
    HanziLine line = { .px = px, .width = image.width, .height = image.height, .stride = image.width, .em_px = 48,
                       .layout = HANZI_SPACED };
    g_auto(HanziReading) reading = { 0 };
    cr_assert(hanzi_read(hanzi, &line, HANZI_READ_NAME, &reading, NULL));
    return ring_verdict(hanzi, &line, name, &reading);
}

Test(seal_text, a_worn_ring_confirms_its_own_name)
{
    cr_expect_eq(verdict_of("scan.png", "骏烁（鹤鸣）园林绿化有限公司"), VERDICT_CONFIRMED);
    cr_expect_eq(verdict_of("scan.png", "骏烁(鹤鸣)园林绿化有限公司"), VERDICT_CONFIRMED, "half width brackets");
}

Test(seal_text, another_companys_name_is_denied)
{
    cr_expect_eq(verdict_of("scan.png", "临江市鼎锐瀚机械设备有限责任公司"), VERDICT_DENIED);
    cr_expect_eq(verdict_of("scan.png", "柳溪梓澍恒食品有限公司"), VERDICT_DENIED);
}

Test(seal_text, one_other_character_is_not_confirmed)
{
    cr_expect_neq(verdict_of("scan.png", "骏烁（鹤鸣）园林绿化有限分司"), VERDICT_CONFIRMED);
    cr_expect_neq(verdict_of("scan.png", "俊烁（鹤鸣）园林绿化有限公司"), VERDICT_CONFIRMED);
    cr_expect_neq(verdict_of("scan.png", "骏烁（鹤鸣）园林录化有限公司"), VERDICT_CONFIRMED);
    cr_expect_neq(verdict_of("scan.png", "骏烁（鹤鸣）园林绿化有限"), VERDICT_CONFIRMED, "a part of it");
}

Test(seal_text, two_impressions_over_each_other_say_nothing)
{
    cr_expect_eq(verdict_of("doubled.png", "临江泽铭纺织有限公司"), VERDICT_UNDECIDED);
}

Test(seal_text, a_name_that_is_no_text_is_undecided)
{
    cr_expect_eq(verdict_of("scan.png", ""), VERDICT_UNDECIDED);
}

static Verdict
purpose_of(const char *text, double confidence, SealType type, const char **word)
{
    HanziReadChar chars[8] = { 0 };
    HanziReading reading = { .chars = chars };
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        chars[reading.n++] = (HanziReadChar){ .c = g_utf8_get_char(p), .confidence = confidence };
    return purpose_verdict(&reading, type, word);
}

Test(seal_text, a_seal_of_another_purpose_than_ordered_is_denied)
{
    const char *word = NULL;
    cr_expect_eq(purpose_of("财务专用章", .9, SEAL_OFFICIAL, &word), VERDICT_DENIED);
    cr_expect_str_eq(word, "公章");
    cr_expect_eq(purpose_of("发票专用章", .9, SEAL_FINANCE, &word), VERDICT_DENIED);
    cr_expect_str_eq(word, "财务专用章");
}

Test(seal_text, the_ordered_purpose_is_confirmed)
{
    const char *word = NULL;
    cr_expect_eq(purpose_of("合同专用章", .9, SEAL_CONTRACT, &word), VERDICT_CONFIRMED);
    cr_expect_str_eq(word, "合同专用章");
}

Test(seal_text, a_line_that_names_no_purpose_or_is_not_read_surely_says_nothing)
{
    const char *word = NULL;
    cr_expect_eq(purpose_of("专用章", .9, SEAL_OFFICIAL, &word), VERDICT_NONE);
    cr_expect_eq(purpose_of("财务专用章", .5, SEAL_OFFICIAL, &word), VERDICT_NONE);
    cr_expect_eq(purpose_of("财务专用章", .9, SEAL_SIGNATURE, &word), VERDICT_NONE);
    cr_expect_eq(purpose_of("", .9, SEAL_OFFICIAL, &word), VERDICT_NONE);
}

static gboolean
read_surely(const char *seen, double confidence, const char *text)
{
    HanziReadChar chars[8] = { 0 };
    HanziReading reading = { .chars = chars };
    for (const char *p = seen; *p; p = g_utf8_next_char(p))
        chars[reading.n++] = (HanziReadChar){ .c = g_utf8_get_char(p), .confidence = confidence };
    return is_read_surely(&reading, text);
}

Test(seal_text, a_name_seal_is_confirmed_by_a_sure_reading_of_exactly_the_name)
{
    cr_expect(read_surely("郑强之印", .9, "郑强之印"));
    cr_expect_not(read_surely("郑强之印", .6, "郑强之印"));
    cr_expect_not(read_surely("郑强之印", .9, "郑强"), "the tail is ink too");
    cr_expect_not(read_surely("郑强之印", .9, "郑弶之印"));
    cr_expect_not(read_surely("", .9, ""));
}
