/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/words.h"

Test(words, the_language_is_chosen_as_gettext_does_and_needs_no_locale)
{
    static const struct {
        const char *own, *language, *lc_all, *messages, *lang;
        Language expected;
    } rows[] = {
        { NULL, NULL, "zh_CN.UTF-8", NULL, NULL, LANGUAGE_ZH },
        { NULL, NULL, NULL, "zh_CN", "en_US.UTF-8", LANGUAGE_ZH },
        { NULL, NULL, NULL, NULL, "zh_HK.UTF-8", LANGUAGE_ZH },
        { NULL, NULL, "C.UTF-8", NULL, "zh_CN.UTF-8", LANGUAGE_EN },
        { NULL, NULL, "", "", "zh_CN.UTF-8", LANGUAGE_ZH },
        { NULL, "zh_CN:en", NULL, NULL, "de_DE.UTF-8", LANGUAGE_ZH },
        { NULL, "en:zh", NULL, NULL, "zh_CN.UTF-8", LANGUAGE_EN },
        { NULL, "zh_CN", "C", NULL, NULL, LANGUAGE_EN },
        { NULL, "zh_CN", NULL, NULL, NULL, LANGUAGE_EN },
        { "zh", NULL, "C", NULL, NULL, LANGUAGE_ZH },
        { "en", "zh", "zh_CN.UTF-8", NULL, NULL, LANGUAGE_EN },
    };
    static const char *const names[] = { WORDS_LANGUAGE_ENV, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const values[] = { rows[i].own, rows[i].language, rows[i].lc_all, rows[i].messages, rows[i].lang };
        for (guint k = 0; k < G_N_ELEMENTS(names); k++)
            if (values[k])
                g_setenv(names[k], values[k], TRUE);
            else
                g_unsetenv(names[k]);
        cr_expect_eq(words_language(), rows[i].expected, "row %u", i);
    }
}

Test(words, a_text_without_translation_stays_as_it_is)
{
    static const char unknown[] = "nobody has translated this";
    cr_expect_str_eq(words_in(LANGUAGE_ZH, "all done"), "全部完成");
    cr_expect_str_eq(words_in(LANGUAGE_EN, "all done"), "all done");
    cr_expect_eq(words_in(LANGUAGE_ZH, unknown), (const char *)unknown);
    cr_expect_str_eq(words_in(LANGUAGE_ZH, ""), "", "not the catalogue's header");
}

Test(words, a_template_is_refilled_whole_or_not_at_all)
{
    static const char *const rows[][4] = {
        { "%u of %u samples", "%2$u 个中 %1$u 个", "2 of 3 samples", "3 个中 2 个" },
        { "%u of %u samples", "%2$u %1$u", "two of 3 samples", NULL },
        { "%u of %u samples", "%2$u %1$u", "2 of 3 samples left", NULL },
        { "%.2f x %g mm", "%.2f × %g 毫米", "40.01 x 30 mm", "40.01 × 30 毫米" },
        { "100 %% of %s", "%s 的 100 %%", "100 % of a.b", "a.b 的 100 %" },
        { "is (%s)", "是（%s）", "is (a) b)", "是（a) b）" },
        { "%s: (%.12s)", "%2$s/%1$s", "a: (b)", "b/a" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = words_refill(rows[i][0], rows[i][1], rows[i][2]);
        cr_expect_eq(g_strcmp0(seen, rows[i][3]), 0, "%s: %s", rows[i][2], seen);
    }
}

Test(words, a_sentence_is_translated_behind_the_place_it_begins_with)
{
    static const char *const rows[][2] = {
        { "2 of 3 samples are there", "需要 3 个印模，只有 2 个" },
        { "a.jpg: is empty: ask the applicant to upload it again", "a.jpg: 是空文件：要求申请人重新上传" },
        { "key S1: its user PIN is locked (QUEUED); decide restart (another key) or retry",
          "UKey S1：用户 PIN 已锁定（排队）；请决定 restart（换一把）或 retry" },
        { "nobody says: such a thing", "nobody says: such a thing" },
        { "the PDF has 99 pages; 1 to 40 are accepted", "PDF 有 99 页，接受 1 至 40 页" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *zh = words_sentence(LANGUAGE_ZH, rows[i][0]), *en = words_sentence(LANGUAGE_EN, rows[i][0]);
        cr_expect_str_eq(zh, rows[i][1]);
        cr_expect_str_eq(en, rows[i][0]);
    }
    cr_expect_null(words_sentence(LANGUAGE_ZH, NULL));
}

/* All code of the folders that say sentences, with string literals that the compiler joins joined. */
static char *
sources(void)
{
    static const char *const folders[] = { "core", "ocr", "sealgen", "burner", "pipeline" };
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint f = 0; f < G_N_ELEMENTS(folders); f++) {
        g_autofree char *path = g_build_filename(SOURCE_DIR, folders[f], NULL);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name;
        while ((name = g_dir_read_name(dir))) {
            g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
            if (g_str_has_suffix(name, ".c") && strcmp(name, "sentences.c") != 0 &&
                g_file_get_contents(file, &text, NULL, NULL))
                g_string_append(all, text);
        }
    }
    g_autoptr(GRegex) seam = g_regex_new("\"\\s*\n\\s*\"", 0, 0, NULL);
    return g_regex_replace_literal(seam, all->str, (gssize)all->len, 0, "", 0, NULL);
}

Test(words, every_template_is_still_said_somewhere_and_has_its_chinese)
{
    g_autofree char *code = sources();
    for (guint i = 0; WORDS_SENTENCES[i]; i++) {
        g_autofree char *written = g_strescape(WORDS_SENTENCES[i], NULL);
        cr_expect_not_null(strstr(code, written), "nobody says: %s", written);
        cr_expect_str_neq(words_in(LANGUAGE_ZH, WORDS_SENTENCES[i]), WORDS_SENTENCES[i]);
    }
}
