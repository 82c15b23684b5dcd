/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a revoked certificate to a signed list that others can check.
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "pipeline/revoked_list.h"
#include "sealgen/maker.h"
#include "sealgen/seal_list.h"

typedef struct {
    Workspace ws;
    SesMaker *maker;
    SesTrust *trust;
} Bench;

static gint64
now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

static void
bench_open(Bench *b)
{
    g_autoptr(GError) error = NULL;
    MakerSpec spec = { "Test", "Test root", "Test maker", now() - 60, 2, 1 };
    memset(b, 0, sizeof *b);
    b->ws.dir = g_dir_make_tmp("revokedXXXXXX", NULL);
    g_autofree char *db = g_build_filename(b->ws.dir, "store.db", NULL),
                    *ca = g_build_filename(b->ws.dir, MAKER_CA_CERT, NULL);
    b->ws.config = config_load(NULL, NULL);
    b->ws.store = store_open(db, &error);
    cr_assert(b->ws.store, "%s", error ? error->message : "");
    cr_assert(maker_files_create(b->ws.dir, &spec, &error), "%s", error ? error->message : "");
    cr_assert((b->maker = maker_files_load(b->ws.dir, "TESTVID", NULL)));
    char *pem = NULL;
    gsize length;
    cr_assert(g_file_get_contents(ca, &pem, &length, NULL));
    g_autoptr(GBytes) anchor = g_bytes_new_take(pem, length);
    b->trust = ses_trust_new();
    cr_assert(ses_trust_add_certificates(b->trust, anchor, NULL));
}

static void
bench_close(Bench *b)
{
    ses_trust_free(b->trust);
    ses_maker_free(b->maker);
    store_close(b->ws.store);
    config_free(b->ws.config);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", b->ws.dir);
    cr_assert_eq(system(remove), 0);
    g_free(b->ws.dir);
}

/* An order that made one seal of each type given, under this certificate. */
static void
made(Bench *b, const char *order_id, const char *certificate, const SealType *types, guint n)
{
    g_autoptr(StoreOrder) o = store_order_new();
    o->order_id = g_strdup(order_id);
    o->content = g_strdup(order_id);
    o->order_json = g_strdup("0");
    o->profile = g_strdup("default");
    o->holder = g_strdup("holder");
    Taken taken;
    cr_assert(store_take_order(b->ws.store, o, NULL, &taken, NULL));
    for (guint i = 0; i < n; i++) {
        g_autofree char *es_id = g_strdup_printf("%s-%u", order_id, i),
                        *seal = g_strdup_printf("seal %s %u", order_id, i);
        cr_assert(
            store_archive_seal(b->ws.store, order_id, order_id, es_id, types[i], "picture", seal, certificate, NULL));
    }
}

static SealList *
written(Bench *b)
{
    g_autofree char *path = workspace_path(&b->ws, REVOKED_LIST_FILE);
    g_autoptr(GError) error = NULL;
    RevokedList told;
    cr_assert(revoked_list_write(&b->ws, b->maker, path, &told, &error), "%s", error ? error->message : "");
    char *data = NULL;
    gsize length;
    cr_assert(g_file_get_contents(path, &data, &length, NULL));
    g_autoptr(GBytes) der = g_bytes_new_take(data, length);
    SealList *list = seal_list_read(der, b->trust, now(), &error);
    cr_assert(list, "%s", error ? error->message : "");
    cr_assert_eq(list->entries->len, told.seals);
    cr_assert_eq(list->number, told.number);
    return list;
}

static const SealType BOTH[] = { SEAL_OFFICIAL, SEAL_FINANCE };

Test(revoked_list, a_revoked_certificate_ends_its_seals_and_no_others)
{
    Bench b;
    bench_open(&b);
    made(&b, "A", "cert-a", BOTH, 2);
    made(&b, "B", "cert-b", BOTH, 2);
    g_autoptr(SealList) before = written(&b);
    cr_expect_eq(before->entries->len, 0);
    cr_assert(store_revoke_seals_of(b.ws.store, "C", "cert-a", "ended", NULL));
    g_autoptr(SealList) after = written(&b);
    cr_expect_eq(after->entries->len, 2);
    cr_expect_gt(after->number, before->number);
    cr_assert(seal_list_find(after, "A-0") && seal_list_find(after, "A-1"));
    cr_expect_str_eq(seal_list_find(after, "A-0")->reason, "ended");
    cr_expect_null(seal_list_find(after, "B-0"));
    bench_close(&b);
}

Test(revoked_list, the_same_again_changes_nothing_and_the_first_reason_stays)
{
    Bench b;
    bench_open(&b);
    made(&b, "A", "cert-a", BOTH, 2);
    cr_assert(store_revoke_seals_of(b.ws.store, "C", "cert-a", "replaced", NULL));
    g_autoptr(SealList) first = written(&b);
    cr_assert(store_revoke_seals_of(b.ws.store, "D", "cert-a", "ended", NULL));
    g_autoptr(SealList) second = written(&b);
    cr_expect_eq(second->number, first->number);
    cr_expect_str_eq(seal_list_find(second, "A-0")->reason, "replaced");
    bench_close(&b);
}

Test(revoked_list, a_changed_seal_on_the_same_certificate_ends_only_the_old_one_of_its_type)
{
    Bench b;
    bench_open(&b);
    made(&b, "A", "cert-a", BOTH, 2);
    made(&b, "B", "cert-a", BOTH + 1, 1); /* finance alone, later */
    cr_assert(store_supersede_seals(b.ws.store, "A", NULL));
    cr_assert(store_supersede_seals(b.ws.store, "B", NULL));
    g_autoptr(SealList) list = written(&b);
    cr_expect_eq(list->entries->len, 1);
    cr_assert(seal_list_find(list, "A-1"));
    cr_expect_str_eq(seal_list_find(list, "A-1")->reason, "superseded");
    bench_close(&b);
}

Test(revoked_list, seals_of_an_attempt_that_was_given_up_are_withdrawn)
{
    Bench b;
    bench_open(&b);
    made(&b, "A", "cert-1", BOTH, 1);
    cr_assert(store_archive_seal(b.ws.store, "A", "A", "A-new", SEAL_OFFICIAL, "picture", "seal", "cert-2", NULL));
    made(&b, "B", "cert-b", BOTH, 1);
    cr_assert(store_withdraw_seals(b.ws.store, "A", "cert-2", NULL));
    g_autoptr(SealList) list = written(&b);
    cr_expect_eq(list->entries->len, 1);
    cr_assert(seal_list_find(list, "A-0"));
    cr_assert(store_withdraw_seals(b.ws.store, "B", NULL, NULL), "given up for good");
    g_autoptr(SealList) more = written(&b);
    cr_assert(seal_list_find(more, "B-0") && !seal_list_find(more, "A-new"));
    bench_close(&b);
}

Test(revoked_list, a_list_is_old_where_a_kill_came_between_mark_and_list)
{
    Bench b;
    gboolean old = TRUE;
    bench_open(&b);
    g_autofree char *path = workspace_path(&b.ws, REVOKED_LIST_FILE);
    made(&b, "A", "cert-a", BOTH, 1);
    cr_assert(revoked_list_is_old(&b.ws, path, &old, NULL));
    cr_expect_not(old, "nothing is revoked: no list is needed");
    cr_assert(store_revoke_seals_of(b.ws.store, "C", "cert-a", "ended", NULL));
    cr_assert(revoked_list_is_old(&b.ws, path, &old, NULL));
    cr_expect(old, "there is none yet");
    g_autoptr(SealList) list = written(&b);
    struct utimbuf later = { now() + 60, now() + 60 };
    cr_assert_eq(g_utime(path, &later), 0);
    cr_assert(revoked_list_is_old(&b.ws, path, &old, NULL));
    cr_expect_not(old);
    bench_close(&b);
}

Test(revoked_list, a_folder_that_cannot_be_written_is_an_error)
{
    Bench b;
    bench_open(&b);
    g_autoptr(GError) error = NULL;
    RevokedList told;
    cr_expect_not(revoked_list_write(&b.ws, b.maker, "/proc/nowhere/list.p7", &told, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    g_autoptr(GError) error2 = NULL;
    cr_assert(config_set(b.ws.config, "seal.list_days", "0", NULL));
    cr_expect_not(revoked_list_write(&b.ws, b.maker, "/tmp/never.p7", &told, &error2));
    cr_expect(g_error_matches(error2, SB_ERROR, SB_ERROR_INPUT));
    bench_close(&b);
}
