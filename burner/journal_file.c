/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_file.c: UNIT.rec and UNIT.NAME in one folder. */
#include "burner/journal_file.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>

#include "core/error.h"

static gboolean
write_file(const char *folder, const char *unit, const char *name, GBytes *bytes, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.%s", folder, unit, name);
    g_autoptr(GError) cause = NULL;
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    if (g_file_set_contents_full(path, data, (gssize)size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_STORE, "burn journal: %s", cause->message);
    return FALSE;
}

static gboolean
read_file(const char *folder, const char *unit, const char *name, GBytes **bytes, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.%s", folder, unit, name);
    g_autoptr(GError) cause = NULL;
    char *data;
    gsize size;
    *bytes = NULL;
    if (g_file_get_contents(path, &data, &size, &cause)) {
        *bytes = g_bytes_new_take(data, size);
        return TRUE;
    }
    if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
    g_set_error(error, SB_ERROR, SB_ERROR_STORE, "burn journal: %s", cause->message);
    return FALSE;
}

static gboolean
get(gpointer self, const char *unit, GBytes **record, GError **error)
{
    return read_file(self, unit, "rec", record, error);
}

static gboolean
put(gpointer self, const char *unit, BurnState state, const char *token_serial, GBytes *record, GError **error)
{
    return write_file(self, unit, "rec", record, error);
}

static gboolean
keep(gpointer self, const char *unit, const char *name, GBytes *bytes, GError **error)
{
    return write_file(self, unit, name, bytes, error);
}

static gboolean
fetch(gpointer self, const char *unit, const char *name, GBytes **bytes, GError **error)
{
    return read_file(self, unit, name, bytes, error);
}

BurnJournal *
burn_journal_file_open(const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, SB_ERROR, SB_ERROR_STORE, "burn journal: %s: %s", folder, g_strerror(errno));
        return NULL;
    }
    BurnJournal *journal = g_new0(BurnJournal, 1);
    *journal = (BurnJournal){ g_strdup(folder), get, put, keep, fetch };
    return journal;
}

void
burn_journal_file_close(BurnJournal *journal)
{
    if (journal == NULL)
        return;
    g_free(journal->self);
    g_free(journal);
}
