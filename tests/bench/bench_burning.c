/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_burning.c: CPU a token against a loop of pkcs11-tool and openssl that does the same steps in the same run, and
 * against what SoftHSM2 alone needs for them; forty tokens at once against one, on a module with an emulated delay; and
 * how many calls a token is asked.
 *
 *   bench_burning [--json FILE] [--tokens N]
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/floor_burn.h"
#include "burner/hub.h"
#include "support/bench_top.h"

#define PARALLEL 40

typedef struct {
    double cpu_ms, wall_ms;
} Cost;

static double
ms(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* Cost of a child with all its descendants. */
static Cost
wait_for(pid_t pid, gint64 start)
{
    struct rusage u;
    int status = 0;
    while (wait4(pid, &status, 0, &u) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "a measured run failed\n");
        exit(1);
    }
    return (Cost){ ms(u.ru_utime) + ms(u.ru_stime), (double)(g_get_monotonic_time() - start) / 1e3 };
}

static Cost
ours(BurnKeyType type, guint tokens)
{
    Desk *desk = desk_new();
    if (g_getenv("SHIM_KEYGEN_MS") != NULL)
        desk->config.module = (char *)BUILD_DIR "/libshim.so";
    gint64 start = g_get_monotonic_time();
    pid_t pid = fork();
    if (pid == 0) {
        BurnOrder *orders[64];
        for (guint i = 0; i < tokens; i++) {
            g_autofree char *id = g_strdup_printf("SQ%u", i);
            orders[i] = desk_order(desk, id, BURN_NEW);
            orders[i]->key_type = type;
        }
        g_autoptr(GPtrArray) results = desk_run(desk, orders, tokens);
        for (guint i = 0; i < tokens; i++)
            if (((BurnResult *)results->pdata[i])->outcome != BURN_DONE)
                _exit(1);
        _exit(0);
    }
    Cost c = wait_for(pid, start);
    desk_free(desk);
    return c;
}

/* What the script finds in its folder beside the CA. */
static void
write_inputs(Desk *desk)
{
    g_autofree char *secret = g_build_filename(desk->folder, "ca", "secret", NULL);
    g_file_set_contents(secret, "a secret of thirty-two letters ..", -1, NULL);
    g_autofree char *bytes = g_malloc(desk->seal_bytes);
    for (gsize i = 0; i < desk->seal_bytes; i++)
        bytes[i] = (char)(i * 31);
    for (guint i = 1; i <= desk->seals; i++) {
        g_autofree char *path = g_strdup_printf("%s/ca/seal%u", desk->folder, i);
        g_file_set_contents(path, bytes, (gssize)desk->seal_bytes, NULL);
    }
}

static Cost
peer(const char *type, guint tokens, gboolean *cut)
{
    Desk *desk = desk_new();
    write_inputs(desk);
    g_autofree char *folder = g_build_filename(desk->folder, "ca", NULL);
    g_autofree char *count = g_strdup_printf("%u", tokens);
    g_autofree char *log = g_build_filename(folder, "cut.log", NULL);
    gint64 start = g_get_monotonic_time();
    pid_t pid = fork();
    if (pid == 0) {
        execl(SOURCE_DIR "/tests/bench/peer_burn.sh", "peer_burn.sh", folder, count, type, NULL);
        _exit(127);
    }
    Cost c = wait_for(pid, start);
    *cut = g_file_test(log, G_FILE_TEST_EXISTS);
    desk_free(desk);
    return c;
}

/* The bare calls. */
static Cost
bare(gboolean rsa, guint tokens)
{
    Desk *desk = desk_new();
    g_autoptr(GPtrArray) chain = desk->ca->chain(desk->ca, NULL);
    gint64 start = g_get_monotonic_time();
    pid_t pid = fork();
    if (pid == 0)
        _exit(floor_burn(SOFTHSM, tokens, rsa, chain->pdata[0], desk->seals, desk->seal_bytes) ? 0 : 1);
    Cost c = wait_for(pid, start);
    desk_free(desk);
    return c;
}

static void
over_floor(GString *json, const char *name, Cost us, guint tokens, gboolean rsa)
{
    Cost least = bare(rsa, tokens);
    printf("%-24s ours %10.2f ms   SoftHSM2's bare calls %10.2f ms   %.2f times\n", name, us.cpu_ms / tokens,
           least.cpu_ms / tokens, us.cpu_ms / least.cpu_ms);
    g_string_append_printf(json, ",{\"name\":\"%s\",\"ours\":%.3f,\"peer\":%.3f,\"ratio\":%.3f,\"unit\":\"ms\"}", name,
                           us.cpu_ms / tokens, least.cpu_ms / tokens, least.cpu_ms / us.cpu_ms);
}

static void
row(GString *json, const char *name, double us, double them, const char *unit)
{
    double ratio = us > 0 ? them / us : 0;
    printf("%-24s ours %10.2f %s   peer %10.2f %s   ratio %6.2f\n", name, us, unit, them, unit, ratio);
    g_string_append_printf(json, "%s{\"name\":\"%s\",\"ours\":%.3f,\"peer\":%.3f,\"ratio\":%.3f,\"unit\":\"%s\"}",
                           json->len > 0 ? "," : "", name, us, them, ratio, unit);
}

/* One token behind the slow module, which counts what it is asked. */
static Cost
counted(guint *calls)
{
    g_autofree char *file = g_strdup_printf("/dev/shm/sb-burner-calls-%d", (int)getpid());
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_setenv("SHIM_STATE", file, TRUE);
    Cost c = ours(BURN_KEY_EC_P256, 1);
    g_unsetenv("SHIM_STATE");
    if (g_file_get_contents(file, &bytes, &size, NULL))
        for (gsize i = 0; i + sizeof(guint32) <= size; i += sizeof(guint32)) {
            guint32 n;
            memcpy(&n, bytes + i, sizeof n);
            *calls += n;
        }
    g_unlink(file);
    return c;
}

int
main(int argc, char **argv)
{
    const char *file = NULL;
    guint tokens = 20;
    g_autoptr(GString) json = g_string_new(NULL);
    gboolean cut = FALSE;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--json") == 0)
            file = argv[i + 1];
        else if (strcmp(argv[i], "--tokens") == 0)
            tokens = CLAMP((guint)strtoul(argv[i + 1], NULL, 10), 1, 64);
    }
    if (argc == 2 && strcmp(argv[1], "--ours") == 0) { /* for a profiler */
        ours(BURN_KEY_EC_P256, g_getenv("SB_N") != NULL ? (guint)atoi(g_getenv("SB_N")) : tokens);
        return 0;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    Cost ec = ours(BURN_KEY_EC_P256, tokens), ec_peer = peer("ec", tokens, &cut);
    row(json, "ec_token_cpu_ms", ec.cpu_ms / tokens, ec_peer.cpu_ms / tokens, "ms");
    row(json, "ec_token_wall_ms", ec.wall_ms / tokens, ec_peer.wall_ms / tokens, "ms");
    over_floor(json, "ec_token_over_softhsm", ec, tokens, FALSE);
    Cost rsa = ours(BURN_KEY_RSA_2048, tokens), rsa_peer = peer("rsa", tokens, &cut);
    row(json, "rsa_token_cpu_ms", rsa.cpu_ms / tokens, rsa_peer.cpu_ms / tokens, "ms");
    row(json, "rsa_token_wall_ms", rsa.wall_ms / tokens, rsa_peer.wall_ms / tokens, "ms");
    printf("the peer's seals: %s; ours: read back whole\n", cut ? "CUT at 5000 bytes, exit code 0" : "whole");
    g_setenv("SHIM_DELAY_MS", "50", TRUE);
    g_setenv("SHIM_KEYGEN_MS", "2000", TRUE);
    guint calls = 0;
    Cost one = counted(&calls), many = ours(BURN_KEY_EC_P256, PARALLEL);
    row(json, "parallel_40_tokens_ms", many.wall_ms, one.wall_ms * PARALLEL, "ms");
    printf("%d slow tokens at once take %.3f times one token's time (%.0f ms, %.0f ms)\n", PARALLEL,
           many.wall_ms / one.wall_ms, many.wall_ms, one.wall_ms);
    printf("one token is asked %u times, listing included\n", calls);
    /* Forty SoftHSM2 tokens in forty processes compute here what forty keys compute in themselves: it cannot overlap. */
    printf("their CPU, mostly SoftHSM2's: %.0f ms on %ld cores, at least %.3f of one token's time\n", many.cpu_ms,
           sysconf(_SC_NPROCESSORS_ONLN), many.cpu_ms / (double)sysconf(_SC_NPROCESSORS_ONLN) / one.wall_ms);
    g_string_append_printf(json, ",{\"name\":\"parallel_40_over_1\",\"ours\":%.3f,\"peer\":%.3f,\"ratio\":%.3f,\"unit\":\"times\"}",
                           many.wall_ms / one.wall_ms, (double)PARALLEL, PARALLEL * one.wall_ms / many.wall_ms);
    if (file != NULL) {
        g_autofree char *text = g_strdup_printf("{\"rows\":[%s]}\n", json->str);
        if (!g_file_set_contents(file, text, -1, NULL))
            return 1;
    }
    return 0;
}
