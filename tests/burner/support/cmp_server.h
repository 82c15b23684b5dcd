/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmp_server.h: a CA that really issues over CMP, on loopback: OpenSSL's server side, HTTP, and a local CA behind it. */
#ifndef SB_TESTS_CMP_SERVER_H
#define SB_TESTS_CMP_SERVER_H

#include "burner/ca.h"

typedef enum {
    CMP_NORMAL,
    CMP_LOST,      /* issues, then hangs up without an answer */
    CMP_SILENT,    /* takes the request and never answers */
    CMP_WRONG_KEY, /* issues for another public key */
    CMP_REFUSE
} CmpMode;

#define CMP_REFERENCE "sealbatch-ra"
#define CMP_SECRET "a shared secret"

typedef struct CmpServer CmpServer;

/* @issuer issues with this validity. Listens on a port of 127.0.0.1. */
CmpServer *cmp_server_start(BurnCa *issuer, const char *ca_folder);
void cmp_server_mode(CmpServer *server, CmpMode mode);
int cmp_server_port(const CmpServer *server);
guint cmp_server_issued(const CmpServer *server);
guint cmp_server_revoked(const CmpServer *server);
void cmp_server_stop(CmpServer *server);

#endif
