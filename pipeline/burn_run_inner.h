/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burn_run_inner.h: what burn_run.c (a run of the hub) and burn_run_orders.c (what goes into it) share.
 */
#ifndef SB_PIPELINE_BURN_RUN_INNER_H
#define SB_PIPELINE_BURN_RUN_INNER_H

#include "burner/vendor.h"
#include "pipeline/burn_run.h"
#include "pipeline/seal_signer.h"

typedef struct {
    char *serial;
    gboolean may_erase;
} BurnAssignment;

struct BurnRun {
    Workspace *ws;
    BurnRunCalls calls;
    BurnJournal journal;
    BurnCa *ca;
    BurnPinSource *pins;
    SealSigner *signer;
    GBytes *pin_recipient; /* NULL and not print_pins: random PINs have nowhere to go */
    gboolean print_pins;   /* letters in clear, printed in this house */
    guint skipped;
    BurnHub *hub;
    BurnHubCalls hub_calls;
    BurnHubConfig hub_config; /* its strings are the config's or the vendor's */
    BurnHubConfig vendor;
    gint stop;           /* a signal's thread asked for it */
    GPtrArray *units;    /* (element-type BurnOrder) */
    GHashTable *assigned; /* order_id -> BurnAssignment */
    GHashTable *typed;     /* unit -> BurnPin of a key in use, for this run */
    GHashTable *tallies;   /* order_id -> Tally, while it runs */
    BurnCounts counts;
    int lock_fd;           /* the workspace's: workers hold it too */
    GError *error;         /* of a callback that the hub cannot carry */
};

#endif
