/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matrix.c: the crash matrix. A clean burn is recorded; then for each call that it made to the module, and each
 * durable write of the journal, the burn is repeated with one fault there, and run again until it is done or held. After that: exactly
 * one key pair, one live certificate, the right seals, or a held order with a reason. Nothing doubled, nothing lost.
 *
 *   matrix short | full      new orders, then renewals; exits 1 and prints each violation
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "burner/hub.h"
#include "support/bench_top.h"

#define RUNS_MAX 6

static const char *const functions[] = { "C_Initialize", "C_GetSlotList", "C_GetTokenInfo", "C_InitToken", "C_InitPIN",
                                         "C_SetPIN", "C_OpenSession", "C_Login", "C_FindObjectsInit", "C_FindObjects",
                                         "C_GetAttributeValue", "C_CreateObject", "C_DestroyObject", "C_GenerateKeyPair",
                                         "C_SignInit", "C_Sign" };
static const char *const modes[] = { "error_before", "error_after", "kill_before", "kill_after", "pulled", "swapped",
                                     "flip", "short", "noroom", "locked", "pin", "scribble", "hang" };

typedef struct {
    BurnKind kind;
    guint issued; /* certificates at the CA when all went well */
    guint cases, done, held, violations;
} Tally;

/* The journal with a SIGKILL of the whole hub before or after its n-th durable write. */
typedef struct {
    BurnJournal *inner;
    guint n, kill_at;
    gboolean after;
} Killer;

static gboolean
killer_put(gpointer self, const char *unit, BurnState state, const char *serial, GBytes *record, GError **error)
{
    Killer *k = self;
    gboolean now = ++k->n == k->kill_at;
    if (now && !k->after)
        kill(getpid(), SIGKILL);
    gboolean ok = k->inner->put(k->inner->self, unit, state, serial, record, error);
    if (now && k->after)
        kill(getpid(), SIGKILL);
    return ok;
}

static gboolean
killer_get(gpointer self, const char *unit, GBytes **record, GError **error)
{
    BurnJournal *inner = ((Killer *)self)->inner;
    return inner->get(inner->self, unit, record, error);
}

static gboolean
killer_keep(gpointer self, const char *unit, const char *name, GBytes *bytes, GError **error)
{
    BurnJournal *inner = ((Killer *)self)->inner;
    return inner->keep(inner->self, unit, name, bytes, error);
}

static gboolean
killer_fetch(gpointer self, const char *unit, const char *name, GBytes **bytes, GError **error)
{
    BurnJournal *inner = ((Killer *)self)->inner;
    return inner->fetch(inner->self, unit, name, bytes, error);
}

/* One run in a process of its own; its outcome, or -1 when it was killed. */
static int
run_once(Desk *desk, BurnKind kind, guint kill_at, gboolean after)
{
    pid_t pid = fork();
    if (pid == 0) {
        alarm(60); /* a hub that hangs is a violation, not a hanging test */
        Killer k = { desk->journal, 0, kill_at, after };
        BurnJournal killing = { &k, killer_get, killer_put, killer_keep, killer_fetch };
        BurnJournal *plain = desk->journal;
        if (kill_at > 0)
            desk->journal = &killing;
        BurnOrder *order = desk_order(desk, "SQ1", kind);
        order->token_serial = g_strdup(desk->serial);
        g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
        int outcome = ((BurnResult *)results->pdata[0])->outcome;
        desk->journal = plain;
        _exit(outcome);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static guint
occurrences(const char *text, const char *what)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

/* What the tokens of the desk hold together, seen by somebody else's tool. */
static gboolean
token_is_right(Desk *desk)
{
    guint8 mark[BURN_MARK_SIZE];
    char label[33];
    burn_mark(desk->serial != NULL ? "OLD" : "SQ1", 1, mark, label);
    g_autofree char *options = g_strdup_printf("-O --login --pin 12345678 --token-label %s", label);
    g_autofree char *seen = desk_tool(desk, options);
    return occurrences(seen, "Private Key Object") == 1 && occurrences(seen, "Public Key Object") == 1 &&
           occurrences(seen, "Certificate Object") == 1 && occurrences(seen, "Data object") == desk->seals;
}

static void
violation(Tally *t, const char *name, const char *what)
{
    t->violations++;
    printf("VIOLATION %s: %s\n", name, what);
}

static void
judge(Desk *desk, const char *name, int outcome, Tally *t)
{
    g_autoptr(BurnRecord) r = burn_journal_load(desk->journal, "SQ1", NULL);
    guint issued = desk_issued(desk);
    t->cases++;
    if (outcome == BURN_DONE) {
        t->done++;
        if (issued != t->issued || desk_revoked(desk) != 0)
            violation(t, name, "not exactly one certificate");
        else if (!token_is_right(desk))
            violation(t, name, "the token does not hold exactly one key, certificate and the seals");
    } else if (outcome == BURN_HELD) {
        t->held++;
        if (issued > t->issued || *r->reason == '\0')
            violation(t, name, "held without a reason, or with two certificates");
        if (g_getenv("MATRIX_VERBOSE") != NULL)
            printf("held %s: %s\n", name, r->reason);
    } else {
        g_autofree char *what = g_strdup_printf("ended as %s in %s after %d runs: %s",
                                                outcome >= 0 ? burn_outcome_name(outcome) : "killed", burn_state_name(r->state),
                                                RUNS_MAX, r->reason);
        violation(t, name, what);
    }
}

/* A key in use for the kinds that want one; made without the shim. */
static void
burn_first(Desk *desk)
{
    pid_t pid = fork();
    if (pid == 0) {
        BurnOrder *order = desk_order(desk, "OLD", BURN_NEW);
        g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
        _exit(((BurnResult *)results->pdata[0])->outcome == BURN_DONE ? 0 : 1);
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    g_autoptr(BurnRecord) record = burn_journal_load(desk->journal, "OLD", NULL);
    desk->serial = g_strdup(record->token_serial);
}

static Desk *
fresh_desk(BurnKind kind, const char *fault)
{
    Desk *desk = desk_new();
    if (kind != BURN_NEW)
        burn_first(desk);
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL);
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    desk->config.call_ms = 400;
    desk->config.keygen_ms = 400;
    g_setenv("SHIM_STATE", state, TRUE);
    g_setenv("SHIM_FAULT", fault, TRUE);
    return desk;
}

static void
one_case(const char *name, const char *fault, guint kill_at, gboolean after, Tally *t)
{
    gint64 start = g_get_monotonic_time();
    Desk *desk = fresh_desk(t->kind, fault);
    int outcome = run_once(desk, t->kind, kill_at, after);
    for (guint i = 1; i < RUNS_MAX && outcome != BURN_DONE && outcome != BURN_HELD; i++)
        outcome = run_once(desk, t->kind, 0, FALSE);
    judge(desk, name, outcome, t);
    if (g_getenv("MATRIX_VERBOSE") != NULL)
        printf("%.2f s, %s\n", (double)(g_get_monotonic_time() - start) / 1e6, name);
    desk_free(desk);
}

static void
record_calls(BurnKind kind, guint32 *counts, guint *puts)
{
    Desk *desk = fresh_desk(kind, "");
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL);
    g_autofree char *bytes = NULL;
    gsize size;
    if (run_once(desk, kind, 0, FALSE) != BURN_DONE || !g_file_get_contents(state, &bytes, &size, NULL)) {
        printf("the clean burn does not work\n");
        exit(1);
    }
    memcpy(counts, bytes, sizeof functions / sizeof *functions * 4);
    *puts = 13;
    printf("a clean %s calls:", burn_kind_name(kind));
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
        printf(" %s %u%s", functions[i], counts[i], i + 1 < G_N_ELEMENTS(functions) ? "," : "\n");
    desk_free(desk);
}

static gboolean
mode_fits(const char *function, const char *mode)
{
    if (strcmp(mode, "flip") == 0)
        return strcmp(function, "C_CreateObject") == 0 || strcmp(function, "C_GetAttributeValue") == 0 ||
               strcmp(function, "C_Sign") == 0;
    if (strcmp(mode, "short") == 0)
        return strcmp(function, "C_CreateObject") == 0 || strcmp(function, "C_GetAttributeValue") == 0;
    if (strcmp(mode, "noroom") == 0)
        return strcmp(function, "C_CreateObject") == 0 || strcmp(function, "C_GenerateKeyPair") == 0;
    if (strcmp(mode, "locked") == 0 || strcmp(mode, "pin") == 0)
        return strcmp(function, "C_Login") == 0;
    if (strcmp(mode, "swapped") == 0)
        return strcmp(function, "C_GetTokenInfo") == 0;
    return TRUE;
}

/* The short version: the first, a middle and the last call of each function, and a fifth of the modes at each. */
static gboolean
is_chosen(gboolean full, guint function, guint32 n, guint32 count, guint mode)
{
    if (full)
        return TRUE;
    if (n != 1 && n != count && n != count / 2 + 1)
        return FALSE;
    return (function + n + mode) % 5 == 0 && strcmp(modes[mode], "hang") != 0;
}

static guint
matrix(BurnKind kind, gboolean full)
{
    guint32 counts[G_N_ELEMENTS(functions)];
    guint puts = 0;
    Tally t = { .kind = kind, .issued = kind == BURN_NEW ? 1 : 2 };
    record_calls(kind, counts, &puts);
    for (guint i = 1; i <= puts; i++)
        for (guint after = 0; after < 2; after++) {
            g_autofree char *name = g_strdup_printf("hub killed %s write %u of the journal", after ? "after" : "before", i);
            one_case(name, "", i, after, &t);
        }
    for (guint f = 0; f < G_N_ELEMENTS(functions); f++)
        for (guint32 n = 1; n <= counts[f]; n++)
            for (guint m = 0; m < G_N_ELEMENTS(modes); m++) {
                if (!mode_fits(functions[f], modes[m]) || !is_chosen(full, f, n, counts[f], m))
                    continue;
                g_autofree char *fault = g_strdup_printf("%s %u %s", functions[f], n, modes[m]);
                one_case(fault, fault, 0, FALSE, &t);
            }
    printf("crash matrix, %s: %u cases, %u done, %u held, %u violations\n", burn_kind_name(kind), t.cases, t.done, t.held,
           t.violations);
    return t.violations;
}

int
main(int argc, char **argv)
{
    gboolean full = argc > 1 && strcmp(argv[1], "full") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    guint violations = matrix(BURN_NEW, full) + matrix(BURN_RENEW, full);
    return violations == 0 ? 0 : 1;
}
