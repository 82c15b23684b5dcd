/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Purposes, credit codes and names inside seals, from readings and from pictures of stamped ones.
 */
#include "pipeline/seal_inside.h"

#include <criterion/criterion.h>
#include <png.h>

#define RINGS SOURCE_DIR "/tests/pipeline/rings"

typedef struct {
    Hanzi *hanzi;
    guint8 *px;
    HanziLine line;
    HanziReading reading;
} Seen;

static Seen
look(const char *file)
{
    Seen seen = { .hanzi = hanzi_open(SOURCE_DIR "/ocr/hanzi/hanzi.model", NULL) };
    g_autofree char *path = g_strdup_printf(RINGS "/%s", file);
    png_image image = { .version = PNG_IMAGE_VERSION };
    cr_assert(png_image_begin_read_from_file(&image, path), "%s", path);
    image.format = PNG_FORMAT_GRAY;
    seen.px = g_malloc(PNG_IMAGE_SIZE(image));
    cr_assert(png_image_finish_read(&image, NULL, seen.px, 0, NULL));
    seen.line = (HanziLine){ .px = seen.px,
                             .width = image.width,
                             .height = image.height,
                             .stride = image.width,
                             .em_px = 48,
                             .layout = HANZI_SPACED };
    cr_assert(hanzi_read(seen.hanzi, &seen.line, HANZI_READ_ANY, &seen.reading, NULL));
    return seen;
}

static void
seen_clear(Seen *seen)
{
    hanzi_reading_clear(&seen->reading);
    hanzi_free(seen->hanzi);
    g_free(seen->px);
}

Test(seal_inside, a_stamped_purpose_with_a_number_is_verified)
{
    Seen seen = look("contract.png");
    cr_expect_eq(purpose_verdict(seen.hanzi, &seen.line, &seen.reading, SEAL_CONTRACT), VERDICT_CONFIRMED);
    cr_expect_eq(purpose_verdict(seen.hanzi, &seen.line, &seen.reading, SEAL_OFFICIAL), VERDICT_DENIED);
    cr_expect_eq(purpose_verdict(seen.hanzi, &seen.line, &seen.reading, SEAL_FINANCE), VERDICT_DENIED);
    cr_expect_eq(purpose_verdict(seen.hanzi, &seen.line, &seen.reading, SEAL_LEGAL_REP), VERDICT_NONE);
    seen_clear(&seen);
}

Test(seal_inside, a_stamped_code_confirms_its_company_and_denies_another)
{
    Seen seen = look("code.png");
    g_autofree char *read = NULL;
    cr_expect_eq(code_verdict(seen.hanzi, &seen.line, &seen.reading, "91386173MA4DNY047A", &read), VERDICT_CONFIRMED);
    cr_expect_null(read);
    cr_expect_eq(code_verdict(seen.hanzi, &seen.line, &seen.reading, "91317271MA2M4P0U61", &read), VERDICT_DENIED);
    cr_expect_str_eq(read, "91386173MA4DNY047A", "what stands there, never what the form says");
    seen_clear(&seen);
}

Test(seal_inside, a_purpose_is_no_code)
{
    Seen seen = look("contract.png");
    g_autofree char *read = NULL;
    cr_expect_eq(code_verdict(seen.hanzi, &seen.line, &seen.reading, "91386173MA4DNY047A", &read), VERDICT_NONE);
    cr_expect_null(read);
    seen_clear(&seen);
}

Test(seal_inside, each_kind_of_company_seal_has_its_word)
{
    cr_expect_str_eq(purpose_word(SEAL_INVOICE), "发票专用章");
    cr_expect_str_eq(purpose_word(SEAL_OFFICIAL), "公章");
    cr_expect_null(purpose_word(SEAL_SIGNATURE));
    cr_expect(seal_bears_company(SEAL_CONTRACT));
    cr_expect_not(seal_bears_company(SEAL_LEGAL_REP));
}

static Verdict
purpose_of(const char *text, double confidence, SealType type)
{
    HanziReadChar chars[8] = { 0 };
    HanziReading reading = { .chars = chars };
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        chars[reading.n++] = (HanziReadChar){ .c = g_utf8_get_char(p), .confidence = confidence };
    return purpose_verdict(NULL, NULL, &reading, type);
}

Test(seal_inside, a_seal_of_another_purpose_than_ordered_is_denied)
{
    cr_expect_eq(purpose_of("财务专用章", .9, SEAL_OFFICIAL), VERDICT_DENIED);
    cr_expect_eq(purpose_of("发票专用章", .9, SEAL_FINANCE), VERDICT_DENIED);
}

Test(seal_inside, the_ordered_purpose_is_confirmed)
{
    cr_expect_eq(purpose_of("合同专用章", .9, SEAL_CONTRACT), VERDICT_CONFIRMED);
}

Test(seal_inside, a_line_that_names_no_purpose_or_is_not_read_surely_says_nothing)
{
    cr_expect_eq(purpose_of("专用章", .9, SEAL_OFFICIAL), VERDICT_NONE);
    cr_expect_eq(purpose_of("财务专用章", .5, SEAL_OFFICIAL), VERDICT_NONE);
    cr_expect_eq(purpose_of("财务专用章", .9, SEAL_SIGNATURE), VERDICT_NONE);
    cr_expect_eq(purpose_of("", .9, SEAL_OFFICIAL), VERDICT_NONE);
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

Test(seal_inside, a_name_seal_is_confirmed_by_a_sure_reading_of_exactly_the_name)
{
    cr_expect(read_surely("郑强之印", .9, "郑强之印"));
    cr_expect_not(read_surely("郑强之印", .6, "郑强之印"));
    cr_expect_not(read_surely("郑强之印", .9, "郑强"), "the tail is ink too");
    cr_expect_not(read_surely("郑强之印", .9, "郑弶之印"));
    cr_expect_not(read_surely("", .9, ""));
}
