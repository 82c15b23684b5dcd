/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/store.h"

static char *dir, *path;

static void
begin(void)
{
    dir = g_dir_make_tmp("sealbatch-store-XXXXXX", NULL);
    path = g_build_filename(dir, "store.db", NULL);
}

static void
end(void)
{
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(list))) {
        g_autofree char *file = g_build_filename(dir, name, NULL);
        g_remove(file);
    }
    g_rmdir(dir);
    g_free(dir);
    g_free(path);
}

TestSuite(store, .init = begin, .fini = end);

static Store *
open_store(void)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(path, &error);
    cr_assert_not_null(store, "%s", error ? error->message : "");
    return store;
}

static StoreOrder *
order(const char *id, const char *content)
{
    StoreOrder *o = store_order_new();
    o->order_id = g_strdup(id);
    o->content = g_strdup(content);
    o->order_json = g_strdup("0");
    o->profile = g_strdup("default");
    o->kind = ORDER_NEW;
    o->holder = g_strdup("holder");
    store_order_add_upload(o, ROLE_LICENCE, "a.jpg", "d1", 10);
    return o;
}

static Taken
take(Store *store, const char *id, const char *content)
{
    g_autoptr(StoreOrder) o = order(id, content);
    g_autoptr(GError) error = NULL;
    Taken taken;
    cr_assert(store_take_order(store, o, NULL, &taken, &error), "%s", error ? error->message : "");
    return taken;
}

static void
put(Store *store, const char *id, const char *result, int severity)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    g_autoptr(GError) error = NULL;
    if (severity >= 0) {
        Finding *f = finding_new(FINDING_CODE_MISMATCH, (Severity)severity, "differs");
        f->role = g_strdup("licence");
        f->read = g_strdup("A");
        f->form = g_strdup("B");
        f->page = 2;
        f->has_box = TRUE;
        f->box_px = quad_rect(1, 2, 30.5, 40);
        g_ptr_array_add(findings, f);
    }
    cr_assert(store_put_result(store, id, result, findings, NULL, &error), "%s", error ? error->message : "");
}

static OrderState
state_of(Store *store, const char *id)
{
    g_autoptr(StoreOrder) o = store_get_order(store, id, NULL);
    cr_assert_not_null(o);
    return o->state;
}

static gboolean
decide(Store *store, const char *id, const char *result, gboolean approve, const char *who, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    StoreDecision *d = g_new0(StoreDecision, 1);
    d->order_id = g_strdup(id);
    d->result = g_strdup(result);
    d->approve = approve;
    g_ptr_array_add(list, d);
    return store_decide(store, list, who, error);
}

Test(store, an_order_is_taken_once_and_found_again)
{
    g_autoptr(Store) store = open_store();
    cr_expect_eq(take(store, "A1", "c1"), TAKEN_NEW);
    cr_expect_eq(take(store, "A1", "c1"), TAKEN_SAME);
    g_autoptr(StoreOrder) o = store_get_order(store, "A1", NULL);
    cr_expect_eq(o->state, STATE_RECEIVED);
    cr_expect_eq(o->uploads->len, 1);
    cr_expect_null(store_get_order(store, "A2", NULL));
}

Test(store, the_same_number_with_other_content_goes_to_review_not_in)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    cr_expect_eq(take(store, "A1", "c2"), TAKEN_DUPLICATE);
    cr_expect_eq(take(store, "A1", "c2"), TAKEN_DUPLICATE);
    put(store, "A1", "r1", -1);
    cr_expect_eq(state_of(store, "A1"), STATE_REVIEW);
    g_autoptr(GPtrArray) findings = store_findings(store, "A1", NULL);
    cr_assert_eq(findings->len, 1, "told once");
    cr_expect_eq(((Finding *)findings->pdata[0])->code, FINDING_DUPLICATE_ORDER);
}

Test(store, a_ready_order_that_is_sent_again_goes_back_to_review)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    put(store, "A1", "r1", -1);
    cr_expect_eq(state_of(store, "A1"), STATE_READY);
    take(store, "A1", "c2");
    cr_expect_eq(state_of(store, "A1"), STATE_REVIEW);
}

Test(store, a_refused_order_may_be_sent_again)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REFUSE);
    cr_expect_eq(state_of(store, "A1"), STATE_REFUSED);
    cr_expect_eq(take(store, "A1", "c2"), TAKEN_AGAIN);
    cr_expect_eq(state_of(store, "A1"), STATE_RECEIVED);
}

Test(store, findings_come_back_as_they_were)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REVIEW);
    g_autoptr(GPtrArray) findings = store_findings(store, "A1", NULL);
    cr_assert_eq(findings->len, 1);
    const Finding *f = findings->pdata[0];
    cr_expect_eq(f->code, FINDING_CODE_MISMATCH);
    cr_expect_eq(f->severity, SEVERITY_REVIEW);
    cr_expect_str_eq(f->role, "licence");
    cr_expect_str_eq(f->read, "A");
    cr_expect_eq(f->page, 2);
    cr_assert(f->has_box);
    cr_expect_float_eq(f->box_px.p[2].x, 31.5, 1e-9);
}

Test(store, two_different_people_make_an_order_ready)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GError) error = NULL;
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REVIEW);
    cr_expect(decide(store, "A1", "r1", TRUE, "Li Na", &error));
    cr_expect_eq(state_of(store, "A1"), STATE_REVIEW);
    cr_expect_not(decide(store, "A1", "r1", TRUE, " li  na", &error), "the same person in other letters");
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INPUT));
    g_clear_error(&error);
    cr_expect(decide(store, "A1", "r1", TRUE, "王五", &error));
    cr_expect_eq(state_of(store, "A1"), STATE_READY);
    g_autoptr(GPtrArray) decided = store_decisions(store, "A1", NULL);
    cr_expect_eq(decided->len, 2);
}

Test(store, one_rejection_rejects)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REVIEW);
    cr_expect(decide(store, "A1", "r1", FALSE, "Li Na", NULL));
    cr_expect_eq(state_of(store, "A1"), STATE_REJECTED);
}

Test(store, a_decision_about_another_reading_is_refused)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    put(store, "A1", "r2", SEVERITY_REVIEW);
    cr_expect_not(decide(store, "A1", "r1", TRUE, "Li Na", NULL));
    cr_expect_not(decide(store, "A9", "r1", TRUE, "Li Na", NULL));
    cr_expect_not(decide(store, "A1", "r2", TRUE, "  ", NULL));
}

Test(store, decisions_are_taken_all_or_none)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REVIEW);
    for (guint i = 0; i < 2; i++) {
        StoreDecision *d = g_new0(StoreDecision, 1);
        d->order_id = g_strdup(i ? "A2" : "A1");
        d->result = g_strdup("r1");
        d->approve = TRUE;
        g_ptr_array_add(list, d);
    }
    cr_expect_not(store_decide(store, list, "Li Na", NULL));
    g_autoptr(GPtrArray) decided = store_decisions(store, "A1", NULL);
    cr_expect_eq(decided->len, 0);
}

/* Whoever writes to the database by hand meets the same rules. */
Test(store, the_database_itself_keeps_the_two_person_rule)
{
    static const char *const attempts[] = {
        "UPDATE orders SET state = 'ready' WHERE order_id = 'A1'",
        "UPDATE orders SET state = 'burning' WHERE order_id = 'A1'",
        "UPDATE orders SET state = 'done' WHERE order_id = 'A1'",
        "INSERT INTO units VALUES('A1', 1, 'QUEUED', NULL, x'00', 0)",
        "INSERT INTO decisions VALUES(1, 'r1', 2, 'Li Na', 'lina', 'approve', NULL, 0)",
        "INSERT INTO decisions VALUES(1, 'r1', 2, 'X', 'lina', 'approve', NULL, 0)",
        "UPDATE decisions SET reviewer_key = 'x'",
        "DELETE FROM decisions",
        "UPDATE audit SET event = 'x'",
        "DELETE FROM audit",
    };
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REVIEW);
    decide(store, "A1", "r1", TRUE, "Li Na", NULL);
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    for (guint i = 0; i < G_N_ELEMENTS(attempts); i++)
        cr_expect_neq(sqlite3_exec(db, attempts[i], NULL, NULL, NULL), SQLITE_OK, "%s", attempts[i]);
    sqlite3_close(db);
    cr_expect_eq(state_of(store, "A1"), STATE_REVIEW);
}

Test(store, only_ready_orders_burn_and_the_journal_keeps_their_records)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GError) error = NULL;
    take(store, "A.1", "c1");
    cr_expect_not(store_burn_begin(store, "A.1", NULL));
    put(store, "A.1", "r1", -1);
    BurnJournal journal = store_journal(store);
    g_autoptr(GBytes) one = g_bytes_new_static("one", 3), two = g_bytes_new_static("two", 3);
    g_autoptr(GBytes) got = NULL, none = NULL, blob = NULL;
    cr_expect(store_burn_begin(store, "A.1", &error));
    cr_expect(journal.get(journal.self, "A.1", &none, &error));
    cr_expect_null(none);
    cr_expect(journal.put(journal.self, "A.1", BURN_STATE_QUEUED, NULL, one, &error));
    cr_expect(journal.put(journal.self, "A.1", BURN_STATE_CLAIMED, "S1", two, &error));
    cr_expect(journal.put(journal.self, "A.1+2", BURN_STATE_CLAIMED, "S2", two, &error));
    cr_expect_not(journal.put(journal.self, "B", BURN_STATE_CLAIMED, "S2", two, NULL), "belongs to no order");
    cr_expect_not(journal.put(journal.self, "A.1.2", BURN_STATE_CLAIMED, "S2", two, NULL), "would be another order's");
    cr_expect(journal.get(journal.self, "A.1", &got, &error));
    cr_expect(g_bytes_equal(got, two));
    cr_expect(journal.keep(journal.self, "A.1", "seals", one, &error));
    cr_expect(journal.fetch(journal.self, "A.1", "seals", &blob, &error));
    cr_expect(g_bytes_equal(blob, one));
    g_autoptr(GPtrArray) units = store_units(store, "A.1", &error);
    cr_assert_eq(units->len, 2);
    cr_expect_eq(((StoreUnit *)units->pdata[0])->state, BURN_STATE_CLAIMED);
    cr_expect(store_burn_end(store, "A.1", STATE_BURNING, "plug in key S1", &error));
    g_autoptr(StoreOrder) waiting = store_get_order(store, "A.1", &error);
    cr_expect_str_eq(waiting->reason, "plug in key S1");
    cr_expect(store_burn_end(store, "A.1", STATE_DONE, NULL, &error));
    cr_expect_not(store_burn_end(store, "A.1", STATE_DONE, NULL, NULL));
    cr_expect_eq(take(store, "A.1", "c2"), TAKEN_DUPLICATE);
    cr_expect_eq(state_of(store, "A.1"), STATE_DONE, "burned is burned");
}

Test(store, the_protocol_tells_the_units_that_are_done_each_once)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GError) error = NULL;
    take(store, "A1", "c1");
    put(store, "A1", "r1", -1);
    cr_assert(store_burn_begin(store, "A1", NULL));
    BurnJournal journal = store_journal(store);
    g_autoptr(GBytes) record = g_bytes_new_static("r", 1), line = g_bytes_new_static("{}", 2);
    cr_assert(journal.put(journal.self, "A1", BURN_STATE_PIN_SEALED, "S1", record, &error));
    cr_assert(journal.keep(journal.self, "A1", PROTOCOL_BLOB, record, &error));
    cr_assert(journal.keep(journal.self, "A1", PROTOCOL_BLOB, line, &error));
    g_autoptr(GPtrArray) before = store_protocol(store, &error);
    cr_assert_eq(before->len, 0);
    cr_assert(journal.put(journal.self, "A1", BURN_STATE_DONE, "S1", record, &error));
    g_autoptr(GPtrArray) after = store_protocol(store, &error);
    cr_assert_eq(after->len, 1);
    cr_expect(g_bytes_equal(after->pdata[0], line));
}

static void
archive_certificate(Store *store, const char *order_id, const char *digest, gint64 not_after)
{
    StoreCertificate c = { (char *)digest, (char *)order_id, (char *)"S1", (char *)"01", 0, not_after };
    cr_assert(store_archive_certificate(store, order_id, &c, NULL));
}

Test(store, an_order_that_goes_on_after_a_crash_sees_the_same_old_certificate)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    take(store, "A2", "c2");
    archive_certificate(store, "A1", "old", 2000);
    archive_certificate(store, "A2", "new", 1000);
    g_autoptr(GPtrArray) own = store_certificates(store, "holder", "A2", NULL);
    g_autoptr(GPtrArray) later = store_certificates(store, "holder", "A3", NULL);
    cr_assert_eq(own->len, 1, "never its own");
    cr_expect_str_eq(((StoreCertificate *)own->pdata[0])->digest, "old");
    cr_assert_eq(later->len, 2);
    cr_expect_str_eq(((StoreCertificate *)later->pdata[0])->digest, "new", "the one that was burned last, whichever ends last");
    g_autofree char *key = NULL;
    cr_assert(store_certificate_revoked(store, "A2+2", "old", &key, NULL));
    cr_expect_str_eq(key, "S1");
    g_autoptr(GPtrArray) still = store_certificates(store, "holder", "A2", NULL);
    g_autoptr(GPtrArray) gone = store_certificates(store, "holder", "A3", NULL);
    cr_expect_eq(still->len, 1, "that it revoked it itself changes nothing for its order");
    cr_expect_eq(gone->len, 1);
}

Test(store, live_orders_of_one_holder_are_found)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    g_autofree char *twin = store_find_live_twin(store, "holder", ORDER_NEW, "A2", NULL);
    cr_expect_str_eq(twin, "A1");
    cr_expect_null(store_find_live_twin(store, "holder", ORDER_RENEW, "A2", NULL));
    cr_expect_null(store_find_live_twin(store, "other", ORDER_NEW, "A2", NULL));
    cr_expect_null(store_find_live_twin(store, "holder", ORDER_NEW, "A1", NULL));
}

Test(store, the_audit_chain_verifies_and_tells_every_change)
{
    static const char *const tampering[] = {
        "DROP TRIGGER audit_stays; UPDATE audit SET detail = 'x' WHERE seq = 2",
        "DROP TRIGGER audit_is_kept; DELETE FROM audit WHERE seq = 2",
        "DROP TRIGGER audit_stays; UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 3",
        "DROP TRIGGER audit_stays; UPDATE audit SET event = event || subject, subject = '' WHERE seq = 2",
        "DROP TRIGGER audit_stays; UPDATE audit SET seq = 9 WHERE seq = 3",
    };
    for (guint i = 0; i < G_N_ELEMENTS(tampering); i++) {
        g_autoptr(GError) error = NULL;
        gint64 lines;
        g_autofree char *head = NULL;
        Store *store = open_store();
        take(store, "A1", "c1");
        put(store, "A1", "r1", -1);
        store_audit(store, "run_begun", "", "", NULL);
        cr_expect(store_audit_verify(store, &lines, &head, &error));
        cr_expect_eq(lines, 3);
        cr_expect_eq(strlen(head), 64);
        sqlite3 *db = NULL;
        sqlite3_open(path, &db);
        cr_assert_eq(sqlite3_exec(db, tampering[i], NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        cr_expect_not(store_audit_verify(store, &lines, NULL, &error), "%s", tampering[i]);
        cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_INTEGRITY));
        store_close(store);
        g_remove(path);
    }
}

Test(store, a_file_that_is_no_database_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *junk = g_strnfill(8192, 'x');
    g_file_set_contents(path, junk, -1, NULL);
    cr_expect_null(store_open(path, &error));
    cr_expect(g_error_matches(error, SB_ERROR, SB_ERROR_STORE));
}

/* Writes orders for ever: killed at some moment, what it reported as durable must be there, in a whole chain. */
static void
writer(int report)
{
    Store *store = store_open(path, NULL);
    for (guint i = 0;; i++) {
        g_autofree char *id = g_strdup_printf("K%d-%u", (int)getpid(), i);
        g_autoptr(StoreOrder) o = order(id, id);
        Taken taken;
        if (!store_take_order(store, o, NULL, &taken, NULL))
            _exit(1);
        if (write(report, "x", 1) != 1)
            _exit(1);
    }
}

Test(store, kill_9_at_any_moment_loses_nothing_that_was_reported)
{
    guint reported = 0;
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    store_close(open_store());
    for (guint round = 0; round < 12; round++) {
        int ends[2];
        char buffer[4096];
        cr_assert_eq(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            writer(ends[1]);
        }
        close(ends[1]);
        g_usleep((gulong)g_rand_int_range(rand, 5000, 60000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        ssize_t n;
        while ((n = read(ends[0], buffer, sizeof buffer)) > 0)
            reported += (guint)n;
        close(ends[0]);
        g_autoptr(Store) store = open_store();
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = store_list_orders(store, STATES, &error);
        gint64 lines;
        cr_expect(store_audit_verify(store, &lines, NULL, &error), "%s", error ? error->message : "");
        cr_expect_geq(list->len, reported);
        cr_expect_eq((guint)lines, list->len, "one line of audit an order");
    }
    cr_expect_gt(reported, 0);
}

static gboolean
note_gone(const char *digest, gpointer data, GError **error)
{
    g_ptr_array_add(data, g_strdup(digest));
    return TRUE;
}

static gboolean
cannot_go(const char *digest, gpointer data, GError **error)
{
    g_set_error(error, SB_ERROR, SB_ERROR_ENV, "the disk says no");
    return FALSE;
}

Test(store, purging_takes_the_texts_and_names_the_evidence_that_may_go)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    take(store, "A1", "c1");
    take(store, "A2", "c2"); /* shares the upload d1 and order.json "0" */
    put(store, "A1", "r1", SEVERITY_REFUSE);
    cr_expect_not(store_purge(store, "A2", note_gone, gone, NULL), "still alive");
    g_autoptr(GPtrArray) expired = store_expired(store, G_MAXINT64, NULL);
    cr_expect_eq(expired->len, 1);
    cr_expect_not(store_purge(store, "A1", cannot_go, NULL, NULL));
    cr_expect_eq(state_of(store, "A1"), STATE_REFUSED, "what could not be taken away is asked for again");
    cr_expect(store_purge(store, "A1", note_gone, gone, NULL));
    cr_expect_eq(gone->len, 1, "r1 alone: the rest is named by A2");
    g_autoptr(GPtrArray) findings = store_findings(store, "A1", NULL);
    cr_expect_null(((Finding *)findings->pdata[0])->read);
    cr_expect_eq(state_of(store, "A1"), STATE_PURGED);
}

/* Runs @sql beside the store, as another program could. Returns: TRUE where the database let it. */
static gboolean
outside(const char *sql)
{
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    gboolean fine = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return fine;
}

Test(store, words_to_the_applicant_go_with_the_other_texts_and_not_before)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_decision_free);
    StoreDecision *d = g_new0(StoreDecision, 1);
    *d = (StoreDecision){ .order_id = g_strdup("A1"), .result = g_strdup("r1"), .note = g_strdup("name read as X") };
    g_ptr_array_add(list, d);
    take(store, "A1", "c1");
    put(store, "A1", "r1", SEVERITY_REVIEW);
    cr_assert(store_decide(store, list, "Li Na", NULL));
    g_autoptr(GPtrArray) before = store_decisions(store, "A1", NULL);
    cr_expect_str_eq(((StoreDecided *)before->pdata[0])->note, "name read as X");
    cr_expect_not(outside("UPDATE decisions SET note = NULL"), "the order is not purged");
    cr_assert(store_purge(store, "A1", note_gone, gone, NULL));
    cr_expect_not(outside("UPDATE decisions SET note = 'other words'"));
    cr_expect_not(outside("UPDATE decisions SET verdict = 'approve'"));
    g_autoptr(GPtrArray) after = store_decisions(store, "A1", NULL);
    cr_assert_eq(after->len, 1);
    cr_expect_null(((StoreDecided *)after->pdata[0])->note);
    cr_expect_str_eq(((StoreDecided *)after->pdata[0])->reviewer, "Li Na");
}

Test(store, a_workspace_of_the_version_before_is_brought_up_to_date)
{
    store_close(open_store());
    cr_assert(outside("ALTER TABLE certificates DROP COLUMN revoked_by; DROP TRIGGER decisions_stay; CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions"
                      " BEGIN SELECT RAISE(ABORT, 'a decision cannot be changed'); END; PRAGMA user_version=3;"));
    g_autoptr(Store) store = open_store();
    cr_assert(outside("SELECT CASE WHEN sql LIKE '%purged%' THEN 1 ELSE json('stop') END FROM sqlite_master"
                      " WHERE name = 'decisions_stay'"));
    cr_assert(outside("PRAGMA user_version=99;"));
    cr_expect_null(store_open(path, NULL), "made by a later one");
}

Test(store, one_holder_s_orders_are_listed)
{
    g_autoptr(Store) store = open_store();
    take(store, "A1", "c1");
    take(store, "A2", "c2");
    g_autoptr(GPtrArray) own = store_list_orders_of(store, "holder", NULL);
    g_autoptr(GPtrArray) none = store_list_orders_of(store, "nobody", NULL);
    cr_assert_eq(own->len, 2);
    cr_expect_str_eq(((StoreOrder *)own->pdata[1])->order_id, "A2");
    cr_expect_eq(none->len, 0);
}

Test(store, a_dry_store_tries_everything_and_keeps_nothing)
{
    g_autoptr(Store) store = open_store();
    g_autoptr(GError) error = NULL;
    take(store, "A1", "c1");
    store_set_dry(store);
    cr_expect_eq(take(store, "A2", "c2"), TAKEN_NEW);
    cr_expect_null(store_get_order(store, "A2", NULL));
    cr_expect_not(decide(store, "A1", "r1", TRUE, "Li Na", &error), "its rules hold: nothing was read yet");
}

Test(store, answers_of_children_are_kept_by_key)
{
    g_autoptr(Store) store = open_store();
    cr_expect_null(store_recall(store, "k"));
    cr_expect(store_keep(store, "k", "d1", NULL));
    cr_expect(store_keep(store, "k", "d2", NULL));
    g_autofree char *digest = store_recall(store, "k");
    cr_expect_str_eq(digest, "d2");
}
