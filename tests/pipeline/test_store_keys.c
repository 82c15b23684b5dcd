/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inventory of keys, and the archive's answer to "which seal was it".
 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "pipeline/burn_life.h"
#include "pipeline/store.h"

static char *dir, *path;
static Store *store;

static void
begin(void)
{
    g_autoptr(GError) error = NULL;
    dir = g_dir_make_tmp("sealbatch-keys-XXXXXX", NULL);
    path = g_build_filename(dir, "store.db", NULL);
    store = store_open(path, &error);
    cr_assert_not_null(store, "%s", error ? error->message : "");
}

static void
end(void)
{
    g_autofree char *remove = g_strdup_printf("rm -rf %s", dir);
    store_close(store);
    cr_expect(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}

TestSuite(store_keys, .init = begin, .fini = end);

static BurnKeyState
state_of(const char *serial)
{
    g_autoptr(StoreKey) key = store_get_key(store, serial, NULL);
    cr_assert_not_null(key, "%s", serial);
    return key->state;
}

Test(store_keys, a_key_becomes_what_its_life_allows_and_nothing_else)
{
    g_autoptr(GError) error = NULL;
    cr_expect_null(store_get_key(store, "S1", &error));
    cr_expect_null(error, "a key that is not known is no error");
    cr_expect(store_key_becomes(store, "S1", BURN_KEY_ACTIVE, "A1", NULL), "one that was never seen may be in any state");
    cr_expect(store_key_becomes(store, "S1", BURN_KEY_ACTIVE, "A2", NULL), "another unit on the same key");
    cr_expect_not(store_key_becomes(store, "S1", BURN_KEY_BLANK, "A2", &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    cr_expect_eq(state_of("S1"), BURN_KEY_ACTIVE);
    cr_expect(store_key_becomes(store, "S1", BURN_KEY_LOST, "A3", NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_LOST);
    g_autoptr(GPtrArray) keys = store_keys(store, NULL);
    cr_assert_eq(keys->len, 1);
    cr_expect_str_eq(((StoreKey *)keys->pdata[0])->unit, "A3");
}

Test(store_keys, a_unit_that_is_given_up_leaves_a_key_to_be_wiped_unless_it_is_the_holders)
{
    cr_expect(store_key_becomes(store, "S1", BURN_KEY_BURNING, "A1", NULL));
    cr_expect(store_key_becomes(store, "S2", BURN_KEY_ACTIVE, "A2", NULL));
    cr_expect(burn_life_abandon(store, ORDER_NEW, "S1", "A1", NULL));
    cr_expect(burn_life_abandon(store, ORDER_RENEW, "S2", "A2", NULL));
    cr_expect(burn_life_abandon(store, ORDER_NEW, "", "A3", NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_TERMINATED);
    cr_expect_eq(state_of("S2"), BURN_KEY_ACTIVE);
}

Test(store_keys, a_unit_has_no_say_about_a_key_that_is_anothers_by_now)
{
    const BurnOrder order = { .order_id = (char *)"A1", .kind = BURN_NEW };
    BurnResult result = { .unit = (char *)"A1", .token_serial = (char *)"S1", .outcome = BURN_HELD };
    cr_expect(store_key_becomes(store, "S1", BURN_KEY_ACTIVE, "B1", NULL), "erased for B1, which is done");
    cr_expect(burn_life_note(store, &order, &result, NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_ACTIVE);
    cr_expect(burn_life_abandon(store, ORDER_NEW, "S1", "A1", NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_ACTIVE, "it would be wiped");
    result.unit = (char *)"B1";
    cr_expect(burn_life_note(store, &order, &result, NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_BURNING, "its own unit may say it");
}

Test(store_keys, a_key_that_was_abandoned_stays_so_while_the_revocation_is_late)
{
    const BurnOrder order = { .order_id = (char *)"A1", .kind = BURN_NEW };
    BurnResult result = { .unit = (char *)"A1", .token_serial = (char *)"S1", .outcome = BURN_INTERRUPTED };
    cr_expect(burn_life_note(store, &order, &result, NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_BURNING);
    cr_expect(burn_life_abandon(store, ORDER_NEW, "S1", "A1", NULL));
    cr_expect(burn_life_note(store, &order, &result, NULL));
    cr_expect_eq(state_of("S1"), BURN_KEY_TERMINATED, "nobody would ever wipe it");
    result.outcome = BURN_DONE;
    cr_expect(burn_life_note(store, &order, &result, NULL), "erased by name and taken again");
    cr_expect_eq(state_of("S1"), BURN_KEY_ACTIVE);
}

Test(store_keys, a_workspace_of_version_2_brings_its_keys_along)
{
    static const char old[] =
        "DROP TABLE keys; ALTER TABLE certificates DROP COLUMN revoked_at; ALTER TABLE certificates DROP COLUMN revoked_by; PRAGMA user_version=2;"
        "INSERT INTO orders(no, order_id, content, order_json, profile, kind, holder, state, received_at, changed_at) VALUES"
        " (1,'A1','c','j','default','new','h','ready',1,1), (2,'A2','c','j','default','revoke','h','ready',1,1);"
        "INSERT INTO units(unit, order_no, state, token_serial, record, changed_at) VALUES"
        " ('A1',1,'DONE','S1',x'00',5), ('A2',2,'DONE','S2',x'00',6), ('A1+2',1,'KEYED','S3',x'00',7), ('A1+3',1,'QUEUED','',x'00',8);";
    g_autoptr(GError) error = NULL;
    sqlite3 *db;
    store_close(store);
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, old, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    store = store_open(path, &error);
    cr_assert_not_null(store, "%s", error ? error->message : "");
    cr_expect_eq(state_of("S1"), BURN_KEY_ACTIVE);
    cr_expect_eq(state_of("S2"), BURN_KEY_TERMINATED);
    cr_expect_eq(state_of("S3"), BURN_KEY_BURNING);
    g_autoptr(GPtrArray) keys = store_keys(store, NULL);
    cr_expect_eq(keys->len, 3);
}

/* ---- which seal was it ------------------------------------------------------------------------------------------ */

static void
run(const char *sql)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void
add_seals(const char *rows)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT OR IGNORE INTO orders(no, order_id, content, order_json, profile, kind, holder, state, received_at, changed_at)"
        " VALUES (1,'A1','c','j','default','new','h','done',1,1), (2,'A2','c','j','default','new','h','done',1,1);"
        "INSERT INTO seals(order_no, place, type, name, picture, width_mm, height_mm, measured_w, measured_h, px_per_mm) VALUES %s",
        rows);
    run(sql);
}

Test(store_keys, an_archived_seal_is_taken_only_where_it_is_sure_which)
{
    static const struct {
        SealType type;
        const char *name, *picture; /* NULL: none is taken */
    } rows[] = {
        { SEAL_OFFICIAL, "企业公章", "o2" },  { SEAL_OFFICIAL, "公章", "o2" }, { SEAL_OFFICIAL, NULL, "o2" },
        { SEAL_PRACTICE, "造价师", "p1" },    { SEAL_PRACTICE, "监理师", "p2" }, { SEAL_PRACTICE, "建造师", NULL },
        { SEAL_PRACTICE, NULL, NULL },        { SEAL_OTHER, "甲章", "x1" },      { SEAL_OTHER, "乙章", NULL },
        { SEAL_SIGNATURE, "签名", NULL },     { SEAL_FINANCE, NULL, NULL },
    };
    add_seals("(1,0,'official','企业公章','o1',40,40,40,40,24), (2,0,'official','企业公章','o2',40,40,40,40,24),"
              "(1,1,'practice','造价师','p1',50,35,50,35,24), (1,2,'practice','监理师','p2',50,35,50,35,24),"
              "(1,3,'other','甲章','x1',30,30,30,30,24),"
              "(1,4,'signature','签名','s1',30,30,30,30,24), (1,5,'signature','签名','s2',30,30,30,30,24)");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        StoreSeal *seal = store_archived_seal(store, "h", rows[i].type, rows[i].name, &error);
        cr_expect_null(error);
        cr_expect_eq(g_strcmp0(seal ? seal->picture : NULL, rows[i].picture), 0, "row %u: %s", i, seal ? seal->picture : "none");
        if (seal)
            store_seal_free(seal);
    }
    cr_expect_null(store_archived_seal(store, "another", SEAL_OFFICIAL, NULL, NULL));
}
