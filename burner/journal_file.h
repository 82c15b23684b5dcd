/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal_file.h: a BurnJournal in a folder, one file a record, for tests, tools and the bench.
 * Written aside, fsynced, renamed, folder fsynced.
 */
#ifndef SB_BURNER_JOURNAL_FILE_H
#define SB_BURNER_JOURNAL_FILE_H

#include "burner/journal.h"

G_BEGIN_DECLS

/* @folder is created. Returns: (transfer full), free with burn_journal_file_close; NULL with SB_ERROR_STORE. */
BurnJournal *burn_journal_file_open(const char *folder, GError **error);
void burn_journal_file_close(BurnJournal *journal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BurnJournal, burn_journal_file_close)

G_END_DECLS

#endif
