/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ingest.h: order folders of an inbox (and tables of orders, ingest_table.h) into the workspace: hashed, stored as evidence, held against the
 * profile's required uploads. Nothing is decoded here; the inbox is only read.
 */
#ifndef SB_PIPELINE_INGEST_H
#define SB_PIPELINE_INGEST_H

#include "pipeline/workspace.h"

G_BEGIN_DECLS

typedef enum {
    INGEST_TAKEN,     /* in, waits to be read */
    INGEST_SAME,      /* was in already */
    INGEST_REFUSED,   /* in as refused: why says what to do */
    INGEST_NO_ORDER,  /* the folder's order.json cannot be read at all */
    INGEST_DUPLICATE, /* this order number is in with other content */
    INGEST_NOTE,      /* nothing is wrong with the table that @name is: why tells something about it */
    INGEST_OUTCOMES
} IngestOutcome;

const char *ingest_outcome_name(IngestOutcome outcome);

/* @name is the order number, or the folder's name; @why (nullable) is one line for the operator. */
typedef void (*IngestSaw)(const char *name, IngestOutcome outcome, const char *why, gpointer data);

/**
 * ingest_folder: one order. Returns: FALSE with an error of the workspace (disk, store) alone: whatever is
 * wrong with the folder is an outcome.
 */
gboolean ingest_folder(Workspace *workspace, const char *folder, IngestSaw saw, gpointer data, GError **error);

/**
 * ingest_order: the same for an order that was read already.
 * @json  what is kept as its order.json
 */
gboolean ingest_order(Workspace *workspace, const char *folder, const Order *order, GBytes *json, const Profile *profile,
                      IngestSaw saw, gpointer data, GError **error);

/* (transfer full) A credit code or ID number as store.h's holder. */
char *ingest_holder(const char *number);

/* Every table (*.csv) and then every other folder in @inbox, by name; hidden ones and those that end in ".part" or
 * ".tmp" are still being written. */
gboolean ingest_inbox(Workspace *workspace, const char *inbox, IngestSaw saw, gpointer data, GError **error);

G_END_DECLS

#endif
