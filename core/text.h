/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h: Chinese text folded for comparison, and compared so that the differing characters show.
 *
 * Folding never hides a different character: it unifies width (NFKC), brackets, blanks, dashes, the
 * middle dot of minority names and letter case, and nothing else. Simplified and traditional forms
 * stay different.
 */
#ifndef SB_CORE_TEXT_H
#define SB_CORE_TEXT_H

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full) folded UTF-8; @text must be valid UTF-8 (NULL gives ""). */
char *text_fold(const char *text);

/* As text_fold, then only 0-9 A-Z are kept: codes and numbers. Letters go to upper case. */
char *text_fold_code(const char *text);

gboolean text_equal(const char *a, const char *b);

typedef enum { TEXT_SAME, TEXT_CHANGED, TEXT_MISSING, TEXT_EXTRA } TextDiffKind;

/* One run: @expected_* and @seen_* index characters (not bytes) of the *folded* texts. */
typedef struct {
    TextDiffKind kind; /* MISSING: in the expected text only; EXTRA: in the seen text only */
    guint expected_from, expected_count;
    guint seen_from, seen_count;
} TextDiff;

/**
 * text_diff: the shortest edit between the folded texts (Levenshtein), as runs in order.
 * Returns: (transfer full) (element-type TextDiff): a GArray, empty when both are empty.
 */
GArray *text_diff(const char *expected, const char *seen);
guint text_distance(const char *a, const char *b);

/* Returns: (transfer full) valid UTF-8 from bytes in UTF-8 or GB18030, or NULL where they are neither. */
char *text_from_bytes(const char *bytes, gsize length);

G_END_DECLS

#endif
