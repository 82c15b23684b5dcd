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

Test(seal_text, a_ring_of_narrow_letters_confirms_its_name)
{
    cr_expect_eq(verdict_of("narrow.png", "岚溪市沅梓农机服务农民专业合作社"), VERDICT_CONFIRMED);
    cr_expect_neq(verdict_of("narrow.png", "岚溪市沅梓农机服务农民合作社"), VERDICT_CONFIRMED, "two characters less");
    cr_expect_neq(verdict_of("narrow.png", "岚溪市清和农机服务农民专业合作社"), VERDICT_CONFIRMED, "a sister's");
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
