/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_top.h: a desk for one test: a folder in memory with SoftHSM2 tokens, a local CA, a file journal, a master
 * secret, and a hub on them.
 */
#ifndef SB_TESTS_BENCH_TOP_H
#define SB_TESTS_BENCH_TOP_H

#include "burner/hub.h"
#include "burner/journal_file.h"

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

typedef struct {
    char *folder;
    BurnHubConfig config;
    BurnJournal *journal;
    BurnCa *ca;
    BurnPinSource *pins;
    BurnHubCalls calls;
    guint seals;
    gsize seal_bytes;
    guint made;      /* how often seals were made */
    char *serial;    /* of a key in use, or NULL */
    gpointer archive; /* a test's own, for calls.archive */
} Desk;

Desk *desk_new(void);       /* sets SOFTHSM2_CONF; no token yet */
void desk_free(Desk *desk); /* and removes the folder */

/* A SoftHSM2 token as from the factory: initialised, empty. Returns its serial. */
char *desk_token(Desk *desk, const char *so_pin, const char *user_pin);

BurnOrder *desk_order(Desk *desk, const char *id, BurnKind kind);
/* An exchange's proof: a key of another CA says @signed_text where @challenge was asked of it. */
void desk_prove(BurnOrder *order, const char *challenge, const char *signed_text);
/* A run of its own hub over @n orders. */
GPtrArray *desk_run(Desk *desk, BurnOrder **orders, guint n);

/* What pkcs11-tool sees on a token: its output with @options. */
char *desk_tool(Desk *desk, const char *options);
guint desk_issued(Desk *desk);  /* certificates that the CA has issued */
guint desk_revoked(Desk *desk);

#endif
