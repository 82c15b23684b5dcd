/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matrix.c: the crash matrix. A clean burn is recorded; then for each call that it made to the module, and each act of
 * the hub that lasts (journal, archive, CA), the burn is repeated with one fault there, and run again until it is done or
 * held. After that: exactly one key pair, one live certificate, the right seals and the archive, or a held order with a
 * reason, which a person can then start again to its end. Nothing doubled, nothing lost.
 *
 *   matrix [KIND|all [EVERY [FIRST]]]   each EVERY-th case from the FIRST-th; exits 1 and prints each violation
 *
 * MATRIX_VERBOSE=1 prints each case, MATRIX_CALL_MS (400) is the watchdog's patience, MATRIX_CA_MS (0) how long the CA
 * thinks: past two seconds the worker is ended and another one goes on.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "burner/hub.h"
#include "support/bench_top.h"

#define RUNS_MAX 6
#define NEW_PIN "87654321"

static const char *const functions[] = { "C_Initialize", "C_GetSlotList", "C_GetTokenInfo", "C_InitToken", "C_InitPIN",
                                         "C_SetPIN", "C_OpenSession", "C_Login", "C_FindObjectsInit", "C_FindObjects",
                                         "C_GetAttributeValue", "C_CreateObject", "C_DestroyObject", "C_GenerateKeyPair",
                                         "C_SignInit", "C_Sign" };
static const char *const modes[] = { "error_before", "error_after", "kill_before", "kill_after", "pulled", "swapped",
                                     "flip", "short", "noroom", "locked", "pin", "scribble", "hang" };

/* What a kind of order starts from and ends in. */
typedef struct {
    const char *name;
    BurnKind kind;
    gboolean on_old;         /* on the key that an order before it went onto */
    gboolean revokes;        /* that order's certificate */
    guint issued, seals;     /* with that order's, when all went well; on the key at the end */
} Row;

static const Row rows[] = {
    { "new", BURN_NEW, FALSE, FALSE, 1, 2 },          { "renew", BURN_RENEW, TRUE, FALSE, 2, 2 },
    { "change", BURN_CHANGE, TRUE, TRUE, 2, 2 },      { "replace", BURN_REPLACE, FALSE, TRUE, 2, 2 },
    { "unlock", BURN_UNLOCK, TRUE, FALSE, 1, 2 },     { "revoke", BURN_REVOKE, TRUE, TRUE, 1, 0 },
    { "exchange", BURN_EXCHANGE, FALSE, FALSE, 1, 2 }, { "seals", BURN_SEALS, TRUE, FALSE, 1, 3 },
};

typedef struct {
    const Row *row;
    guint every, next;       /* cases until one is run */
    guint cases, done, held, restarted, violations;
} Tally;

/* ---- SIGKILL of the whole hub before or after its n-th act that lasts ---- */

typedef struct {
    Desk *desk;
    BurnJournal *journal;
    BurnCa *ca;
    guint kill_at;
    gboolean after;
    guint *acts;             /* shared with the parent; a CA acts on a thread of its own */
} Killer;

static gboolean
strikes(Killer *k)
{
    guint n = __atomic_add_fetch(k->acts, 1, __ATOMIC_SEQ_CST);
    if (n == k->kill_at && !k->after)
        kill(getpid(), SIGKILL);
    return n == k->kill_at;
}

static gboolean
end_act(gboolean struck, gboolean ok)
{
    if (struck)
        kill(getpid(), SIGKILL);
    return ok;
}

static gboolean
killer_put(gpointer self, const char *unit, BurnState state, const char *serial, GBytes *record, GError **error)
{
    Killer *k = self;
    gboolean now = strikes(k);
    return end_act(now, k->journal->put(k->journal->self, unit, state, serial, record, error));
}

static gboolean
killer_keep(gpointer self, const char *unit, const char *name, GBytes *bytes, GError **error)
{
    Killer *k = self;
    gboolean now = strikes(k);
    return end_act(now, k->journal->keep(k->journal->self, unit, name, bytes, error));
}

static gboolean
killer_get(gpointer self, const char *unit, GBytes **record, GError **error)
{
    BurnJournal *journal = ((Killer *)self)->journal;
    return journal->get(journal->self, unit, record, error);
}

static gboolean
killer_fetch(gpointer self, const char *unit, const char *name, GBytes **bytes, GError **error)
{
    BurnJournal *journal = ((Killer *)self)->journal;
    return journal->fetch(journal->self, unit, name, bytes, error);
}

typedef struct {
    BurnCa base;
    Killer *killer;
} KillerCa;

static BurnCaAnswer
killer_find(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    BurnCa *inner = ((KillerCa *)ca)->killer->ca;
    return inner->find(inner, request, certificate, error);
}

static BurnCaAnswer
killer_issue(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    Killer *k = ((KillerCa *)ca)->killer;
    const char *thinks_ms = g_getenv("MATRIX_CA_MS");
    gboolean now = strikes(k);
    if (thinks_ms != NULL)
        g_usleep((gulong)atoi(thinks_ms) * 1000);
    BurnCaAnswer answer = k->ca->issue(k->ca, request, certificate, error);
    end_act(now, TRUE);
    return answer;
}

static BurnCaAnswer
killer_revoke(BurnCa *ca, GBytes *certificate, guint reason, GError **error)
{
    Killer *k = ((KillerCa *)ca)->killer;
    gboolean now = strikes(k);
    BurnCaAnswer answer = k->ca->revoke(k->ca, certificate, reason, error);
    end_act(now, TRUE);
    return answer;
}

static GPtrArray *
killer_chain(BurnCa *ca, GError **error)
{
    BurnCa *inner = ((KillerCa *)ca)->killer->ca;
    return inner->chain(inner, error);
}

/* What pipeline archives: a file that a second time leaves as it is. */
static char *
archive_path(Desk *desk)
{
    return g_build_filename(desk->folder, "archived", NULL);
}

static gboolean
archive(const BurnOrder *order, const BurnResult *result, gpointer data, GError **error)
{
    Desk *desk = data;
    Killer *k = desk->archive;
    g_autofree char *path = archive_path(desk);
    gboolean now = strikes(k);
    return end_act(now, g_file_set_contents(path, result->unit, -1, error));
}

/* ---- one run, in a process of its own ---- */

static GBytes *
old_certificate(Desk *desk)
{
    g_autoptr(BurnRecord) old = burn_journal_load(desk->journal, "OLD", NULL);
    return g_bytes_ref(old->certificate);
}

static BurnOrder *
order_of(Desk *desk, const Row *row)
{
    BurnOrder *order = desk_order(desk, "SQ1", row->kind);
    order->seals = row->seals;
    if (row->on_old)
        order->token_serial = g_strdup(desk->serial);
    if (row->revokes) {
        order->revoke = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        g_ptr_array_add(order->revoke, old_certificate(desk));
        order->revoke_reason = 4;
    }
    if (row->kind == BURN_UNLOCK) {
        g_free(order->fixed_pin);
        order->fixed_pin = g_strdup(NEW_PIN);
        order->seals = 0;
    }
    if (row->kind == BURN_EXCHANGE)
        desk_prove(order, "a challenge of the CA", "a challenge of the CA");
    order->may_erase = row->kind == BURN_REVOKE;
    return order;
}

/* Its outcome, or -1 when it was killed. */
static int
run_once(Desk *desk, const Row *row, guint kill_at, gboolean after, guint *acts)
{
    pid_t pid = fork();
    if (pid == 0) {
        alarm(120); /* a hub that hangs is a violation, not a hanging test */
        Killer k = { desk, desk->journal, desk->ca, kill_at, after, acts };
        BurnJournal journal = { &k, killer_get, killer_put, killer_keep, killer_fetch };
        KillerCa ca = { { "killer", killer_find, killer_issue, killer_revoke, killer_chain, NULL }, &k };
        BurnOrder *order = order_of(desk, row);
        desk->journal = &journal;
        desk->ca = &ca.base;
        desk->archive = &k;
        desk->calls.archive = archive;
        g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
        _exit((int)((BurnResult *)results->pdata[0])->outcome);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static guint *
shared_counter(void)
{
    static guint *counter; /* one page for the whole program, as MAP_SHARED memory has to be */
    if (counter == NULL)
        counter = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *counter = 0;
    return counter;
}

static int
run_to_its_end(Desk *desk, const Row *row, int outcome)
{
    for (guint i = 1; i < RUNS_MAX && outcome != BURN_DONE && outcome != BURN_HELD && outcome != BURN_FAILED; i++)
        outcome = run_once(desk, row, 0, FALSE, shared_counter());
    return outcome;
}

/* ---- what must hold ---- */

static guint
occurrences(const char *text, const char *what)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

/* What the key holds, seen by somebody else's tool. */
static gboolean
key_is_right(Desk *desk, const Row *row, guint attempt)
{
    guint8 mark[BURN_MARK_SIZE];
    char label[33];
    burn_mark(row->on_old ? "OLD" : "SQ1", row->on_old ? 1 : attempt, mark, label);
    g_autofree char *slots = desk_tool(desk, "-L");
    if (row->kind == BURN_REVOKE && strstr(slots, "SB-BLANK") != NULL)
        return TRUE; /* where it was not there it is as it was, and is wiped when it comes */
    g_autofree char *options = g_strdup_printf("-O --login --pin %s --token-label %s",
                                               row->kind == BURN_UNLOCK ? NEW_PIN : "12345678", label);
    g_autofree char *seen = desk_tool(desk, options);
    return occurrences(seen, "Private Key Object") == 1 && occurrences(seen, "Public Key Object") == 1 &&
           occurrences(seen, "Certificate Object") == 1 &&
           occurrences(seen, "Data object") == (row->kind == BURN_REVOKE ? desk->seals : row->seals);
}

static void
violation(Tally *t, const char *name, const char *what)
{
    t->violations++;
    printf("VIOLATION %s, %s: %s\n", t->row->name, name, what);
}

static void
judge_done(Desk *desk, const char *name, Tally *t)
{
    const Row *row = t->row;
    g_autoptr(BurnRecord) r = burn_journal_load(desk->journal, "SQ1", NULL);
    g_autofree char *archived = archive_path(desk);
    guint given_up = r->attempt - 1; /* each attempt before this one issued a certificate or none */
    guint live = desk_issued(desk) - desk_revoked(desk);
    if (live != row->issued - (row->revokes ? 1 : 0) || desk_issued(desk) > row->issued + given_up)
        violation(t, name, "not exactly one live certificate");
    else if (!key_is_right(desk, row, r->attempt))
        violation(t, name, "the key does not hold exactly one key pair, certificate and the seals");
    else if (!g_file_test(archived, G_FILE_TEST_EXISTS))
        violation(t, name, "done without its archive");
}

/* A fresh key's order can always be started again; for a key in use a person looks first. */
static void
judge_held(Desk *desk, const char *name, Tally *t)
{
    const Row *row = t->row;
    g_autoptr(BurnRecord) r = burn_journal_load(desk->journal, "SQ1", NULL);
    if (desk_issued(desk) > row->issued || desk_revoked(desk) > (row->revokes ? 1 : 0) || *r->reason == '\0') {
        violation(t, name, "held without a reason, or with two certificates");
        return;
    }
    if (g_getenv("MATRIX_VERBOSE") != NULL)
        printf("held %s: %s\n", name, r->reason);
    if (row->on_old)
        return;
    t->restarted++;
    if (!burn_decide(desk->journal, "SQ1", BURN_DECIDE_RESTART, NULL) || run_to_its_end(desk, row, -1) != BURN_DONE)
        violation(t, name, "held, and not to be started again");
    else
        judge_done(desk, name, t);
}

static void
judge(Desk *desk, const char *name, int outcome, Tally *t)
{
    t->cases++;
    if (outcome == BURN_DONE) {
        t->done++;
        judge_done(desk, name, t);
    } else if (outcome == BURN_HELD) {
        t->held++;
        judge_held(desk, name, t);
    } else {
        g_autoptr(BurnRecord) r = burn_journal_load(desk->journal, "SQ1", NULL);
        g_autofree char *what = g_strdup_printf("ended as %s in %s after %d runs: %s",
                                                outcome >= 0 ? burn_outcome_name((BurnOutcome)outcome) : "killed",
                                                burn_state_name(r->state), RUNS_MAX, r->reason);
        violation(t, name, what);
    }
}

/* ---- cases ---- */

/* A key in use, or one that was lost; made without the shim. */
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
fresh_desk(const Row *row, const char *fault)
{
    const char *patience = g_getenv("MATRIX_CALL_MS");
    Desk *desk = desk_new();
    if (row->on_old || row->revokes)
        burn_first(desk);
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL);
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    desk->config.call_ms = desk->config.keygen_ms = patience != NULL ? (guint)atoi(patience) : 400;
    g_setenv("SHIM_STATE", state, TRUE);
    g_setenv("SHIM_FAULT", fault, TRUE);
    return desk;
}

static void
one_case(const char *name, const char *fault, guint kill_at, gboolean after, Tally *t)
{
    if (--t->next > 0)
        return;
    t->next = t->every;
    gint64 start = g_get_monotonic_time();
    Desk *desk = fresh_desk(t->row, fault);
    int outcome = run_once(desk, t->row, kill_at, after, shared_counter());
    judge(desk, name, run_to_its_end(desk, t->row, outcome), t);
    if (g_getenv("MATRIX_VERBOSE") != NULL)
        printf("%.2f s, %s, %s\n", (double)(g_get_monotonic_time() - start) / 1e6, t->row->name, name);
    desk_free(desk);
}

/* Returns: how many acts that last the hub made. */
static guint
record_calls(const Row *row, guint32 *counts)
{
    Desk *desk = fresh_desk(row, "");
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL);
    g_autofree char *bytes = NULL;
    gsize size;
    guint *acts = shared_counter();
    if (run_once(desk, row, 0, FALSE, acts) != BURN_DONE || !g_file_get_contents(state, &bytes, &size, NULL)) {
        g_autoptr(BurnRecord) r = burn_journal_load(desk->journal, "SQ1", NULL);
        printf("the clean %s does not work: %s\n", row->name, r->reason);
        exit(1);
    }
    memcpy(counts, bytes, sizeof functions / sizeof *functions * 4);
    printf("a clean %s: %u acts that last;", row->name, *acts);
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
        if (counts[i] > 0)
            printf(" %s %u", functions[i], counts[i]);
    printf("\n");
    desk_free(desk);
    return *acts;
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

static guint
matrix(const Row *row, guint every, guint first)
{
    guint32 counts[G_N_ELEMENTS(functions)];
    Tally t = { .row = row, .every = every, .next = first };
    guint acts = record_calls(row, counts);
    for (guint i = 1; i <= acts; i++)
        for (guint after = 0; after < 2; after++) {
            g_autofree char *name = g_strdup_printf("hub killed %s its act %u", after ? "after" : "before", i);
            one_case(name, "", i, (gboolean)after, &t);
        }
    for (guint f = 0; f < G_N_ELEMENTS(functions); f++)
        for (guint32 n = 1; n <= counts[f]; n++)
            for (guint m = 0; m < G_N_ELEMENTS(modes); m++) {
                g_autofree char *fault = g_strdup_printf("%s %u %s", functions[f], n, modes[m]);
                if (mode_fits(functions[f], modes[m]))
                    one_case(fault, fault, 0, FALSE, &t);
            }
    printf("crash matrix, %s: %u cases, %u done, %u held, %u of them started again, %u violations\n", row->name, t.cases,
           t.done, t.held, t.restarted, t.violations);
    return t.violations;
}

int
main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "all";
    guint every = argc > 2 ? (guint)MAX(atoi(argv[2]), 1) : 1, first = argc > 3 ? (guint)MAX(atoi(argv[3]), 1) : 1;
    guint violations = 0, known = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(kind, "all") == 0 || strcmp(kind, rows[i].name) == 0) {
            known++;
            violations += matrix(&rows[i], every, first);
        }
    return violations == 0 && known > 0 ? 0 : 1;
}
