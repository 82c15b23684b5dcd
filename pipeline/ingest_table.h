/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ingest_table.h: orders that stand in a table beside their folders: INBOX/anything.csv, the uploads of order X in
 * INBOX/X. Headers are those of the platform whose profile the file's name begins with ("hainan-netca-20251120.csv"),
 * or of the workspace's default; it is the orders' profile too where a row names none.
 */
#ifndef SB_PIPELINE_INGEST_TABLE_H
#define SB_PIPELINE_INGEST_TABLE_H

#include "pipeline/ingest.h"

G_BEGIN_DECLS

/**
 * ingest_table: every order of one table; each is an outcome of its own.
 * @folders  set of names (char*) of order folders that the table speaks for: gets those of this one
 * Returns: FALSE with an error of the workspace alone, as ingest_folder.
 */
gboolean ingest_table(Workspace *workspace, const char *path, GHashTable *folders, IngestSaw saw, gpointer data,
                      GError **error);

G_END_DECLS

#endif
