/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h: what people read, in English (as it stands in the code) or in Chinese (po/zh_CN.po).
 *
 * Catalogues are gettext's: texts are marked for xgettext, translated in po/, compiled by msgfmt, and built into the
 * program. They are looked up here and not by gettext(3), which knows no language whose locale is not installed
 * (Debian's small systems have no zh_CN) and only one at a time (findings.csv has both).
 */
#ifndef SB_PIPELINE_WORDS_H
#define SB_PIPELINE_WORDS_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum { LANGUAGE_EN, LANGUAGE_ZH, LANGUAGES } Language;

/* Marks a text in a table; it is looked up where it is shown. */
#define N_(text) (text)

#define WORDS_LANGUAGE_ENV "SEALBATCH_LANGUAGE" /* "zh" or "en": goes before the locale; [workspace] language sets it */

/* By SEALBATCH_LANGUAGE, then as gettext chooses: LC_ALL, LC_MESSAGES or LANG, and before them LANGUAGE unless that
 * locale is C. zh_* is Chinese, everything else English. */
Language words_language(void);

/* (transfer none) The text in that language; @english itself where there is no translation. */
const char *words_in(Language language, const char *english) G_GNUC_FORMAT(2);

/**
 * words_sentence: a sentence that was put together elsewhere ("2 of 3 samples are there"), by the templates of
 * sentences.c.
 * Returns: (transfer full) @english where no template fits, and NULL for NULL.
 */
char *words_sentence(Language language, const char *english);

/* (transfer full) One @template ("%u of %u samples are there") against a sentence: its parts in @translation's words,
 * or NULL where it does not fit. */
char *words_refill(const char *template, const char *translation, const char *sentence);

/* Templates of sentences that findings and refusals are made of; ends with NULL. */
extern const char *const WORDS_SENTENCES[];

G_END_DECLS

#endif
