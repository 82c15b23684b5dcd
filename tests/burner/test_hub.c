/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "burner/hub.h"
#include "core/error.h"
#include "support/bench_top.h"

static Desk *desk;

static void
setup(void)
{
    desk = desk_new();
}

static void
teardown(void)
{
    desk_free(desk);
}

TestSuite(hub, .init = setup, .fini = teardown, .timeout = 60);

static guint
occurrences(const char *text, const char *what)
{
    guint n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

static void
expect_done(const BurnResult *r)
{
    cr_assert_eq(r->outcome, BURN_DONE, "%s: %s: %s", r->unit, burn_outcome_name(r->outcome), r->reason ? r->reason : "");
}

Test(hub, a_new_order_goes_onto_a_blank_key_whole)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    g_autofree char *seen = desk_tool(desk, "-O --login --pin 12345678");
    cr_assert_eq(occurrences(seen, "Private Key Object"), 1, "%s", seen);
    cr_assert_eq(occurrences(seen, "Public Key Object"), 1, "%s", seen);
    cr_assert_eq(occurrences(seen, "Certificate Object"), 1, "%s", seen);
    cr_assert_eq(occurrences(seen, "Data object"), 2, "%s", seen);
    cr_assert_eq(desk_issued(desk), 1);
}

Test(hub, a_module_that_tells_nothing_behind_a_missing_attribute_is_understood)
{
    g_setenv("SHIM_MODULE", SOFTHSM, TRUE);
    g_setenv("SHIM_STOPS", "1", TRUE);
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
}

Test(hub, many_orders_burn_at_once_each_on_its_own_key)
{
    BurnOrder *orders[12];
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *id = g_strdup_printf("SQ%u", i);
        orders[i] = desk_order(desk, id, BURN_NEW);
        orders[i]->pin_rule = i % 2 ? BURN_PIN_RANDOM : BURN_PIN_FIXED;
        orders[i]->key_type = i == 0 ? BURN_KEY_RSA_2048 : BURN_KEY_EC_P256;
    }
    g_autoptr(GPtrArray) results = desk_run(desk, orders, G_N_ELEMENTS(orders));
    g_autoptr(GHashTable) serials = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < results->len; i++) {
        BurnResult *r = results->pdata[i];
        expect_done(r);
        cr_assert(g_hash_table_add(serials, r->token_serial), "key %s was given out twice", r->token_serial);
        cr_assert_eq(r->objects->len, 4);
        burn_order_free(orders[i]);
    }
    cr_assert_eq(desk_issued(desk), G_N_ELEMENTS(orders));
}

Test(hub, a_second_run_does_nothing_again)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) first = desk_run(desk, &order, 1);
    g_autoptr(GPtrArray) second = desk_run(desk, &order, 1);
    expect_done(second->pdata[0]);
    cr_assert_eq(desk_issued(desk), 1);
    cr_assert_eq(desk->made, 1);
    cr_assert_str_eq(((BurnResult *)first->pdata[0])->token_serial, ((BurnResult *)second->pdata[0])->token_serial);
}

Test(hub, the_same_order_twice_in_a_run_burns_once)
{
    BurnOrder *orders[2] = { desk_order(desk, "SQ1", BURN_NEW), desk_order(desk, "SQ1", BURN_NEW) };
    g_autoptr(GPtrArray) results = desk_run(desk, orders, 2);
    expect_done(results->pdata[0]);
    cr_assert_eq(((BurnResult *)results->pdata[1])->outcome, BURN_FAILED);
    cr_assert_eq(desk_issued(desk), 1);
    burn_order_free(orders[0]);
    burn_order_free(orders[1]);
}

Test(hub, an_empty_key_from_the_factory_is_taken_with_the_factory_pins)
{
    g_autofree char *serial = desk_token(desk, "factoryso1", "factory1");
    desk->config.factory_so_pin = (char *)"factoryso1";
    desk->config.factory_user_pin = (char *)"factory1";
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    order->token_serial = g_strdup(serial);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    cr_assert_str_eq(((BurnResult *)results->pdata[0])->token_serial, serial);
}

Test(hub, a_key_that_holds_something_is_not_initialised_unless_named_for_it)
{
    g_autofree char *serial = desk_token(desk, "factoryso1", "factory1");
    g_autofree char *write = g_strdup_printf("--login --pin factory1 --token-label factory --write-object %s/softhsm2.conf "
                                             "--type data --label theirs", desk->folder);
    g_free(desk_tool(desk, write));
    desk->config.factory_so_pin = (char *)"factoryso1";
    desk->config.factory_user_pin = (char *)"factory1";
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    order->token_serial = g_strdup(serial);
    g_autoptr(GPtrArray) held = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)held->pdata[0])->outcome, BURN_HELD);
    g_autofree char *seen = desk_tool(desk, "-O --login --pin factory1 --token-label factory");
    cr_assert_not_null(strstr(seen, "theirs"), "%s", seen);
    cr_assert_eq(desk_issued(desk), 0);

    order->may_erase = TRUE;
    cr_assert(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RETRY, NULL));
    g_autoptr(GPtrArray) done = desk_run(desk, &order, 1);
    expect_done(done->pdata[0]);
    cr_assert_str_eq(((BurnResult *)done->pdata[0])->token_serial, serial);
}

Test(hub, an_order_for_a_key_that_is_not_here_waits_and_names_it)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    order->token_serial = g_strdup("0123456789abcdef");
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    const BurnResult *r = results->pdata[0];
    cr_assert_eq(r->outcome, BURN_WAITING);
    cr_assert_not_null(strstr(r->reason, "0123456789abcdef"));
    cr_assert_eq(desk_issued(desk), 0);
}

Test(hub, a_bad_order_fails_and_the_others_go_on)
{
    BurnOrder *orders[2] = { desk_order(desk, "../x", BURN_NEW), desk_order(desk, "SQ2", BURN_NEW) };
    g_autoptr(GPtrArray) results = desk_run(desk, orders, 2);
    cr_assert_eq(((BurnResult *)results->pdata[0])->outcome, BURN_FAILED);
    expect_done(results->pdata[1]);
    burn_order_free(orders[0]);
    burn_order_free(orders[1]);
}

Test(hub, a_missing_module_or_worker_is_an_error_of_the_machine)
{
    g_autoptr(GError) error = NULL;
    desk->config.module = (char *)"/nowhere/module.so";
    cr_assert_null(burn_hub_new(&desk->config, BUILD_DIR "/sealbatch-worker", desk->journal, desk->ca, desk->pins, NULL, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
    g_clear_error(&error);
    desk->config.module = (char *)SOFTHSM;
    cr_assert_null(burn_hub_new(&desk->config, "/nowhere/worker", desk->journal, desk->ca, desk->pins, NULL, &error));
    cr_assert(g_error_matches(error, SB_ERROR, SB_ERROR_ENV));
}

/* A CA that thinks for longer than a worker may stay logged in. */
typedef struct {
    BurnCa base;
    BurnCa *inner;
    guint asked;
} SlowCa;

static BurnCaAnswer
slow_issue(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    SlowCa *s = (SlowCa *)ca;
    s->asked++;
    g_usleep(2500 * 1000);
    return s->inner->issue(s->inner, request, certificate, error);
}

static BurnCaAnswer
slow_find(BurnCa *ca, const BurnCaRequest *request, GBytes **certificate, GError **error)
{
    BurnCa *inner = ((SlowCa *)ca)->inner;
    return inner->find(inner, request, certificate, error);
}

static GPtrArray *
slow_chain(BurnCa *ca, GError **error)
{
    BurnCa *inner = ((SlowCa *)ca)->inner;
    return inner->chain(inner, error);
}

Test(hub, a_slow_ca_holds_no_login_and_is_asked_once)
{
    SlowCa slow = { { "slow", slow_find, slow_issue, NULL, slow_chain, NULL }, desk->ca, 0 };
    desk->ca = &slow.base;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    cr_assert_eq(slow.asked, 1);
    desk->ca = slow.inner;
    cr_assert_eq(desk_issued(desk), 1);
}

/* Under LeakSanitizer also: the first request is let go. */
Test(hub, a_request_whose_signature_was_lost_is_made_anew)
{
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL);
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    g_setenv("SHIM_MODULE", SOFTHSM, TRUE);
    g_setenv("SHIM_STATE", state, TRUE);
    g_setenv("SHIM_FAULT", "C_Sign 1 kill_before", TRUE);
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    cr_assert_eq(desk_issued(desk), 1);
}

/* ---- what follows from a burn is there before the journal says DONE ---- */

typedef struct {
    guint called, objects;
    BurnState seen_in; /* of the journal */
    gboolean fails;
} Archive;

static gboolean
archive(const BurnOrder *order, const BurnResult *result, gpointer data, GError **error)
{
    Archive *a = ((Desk *)data)->archive;
    g_autoptr(BurnRecord) r = burn_journal_load(((Desk *)data)->journal, result->unit, NULL);
    a->called++;
    a->seen_in = r->state;
    a->objects = result->objects != NULL ? result->objects->len : 0;
    if (!a->fails)
        return TRUE;
    g_set_error_literal(error, SB_ERROR, SB_ERROR_STORE, "the disk is full");
    return FALSE;
}

Test(hub, the_archive_comes_before_done_and_again_where_it_failed)
{
    Archive a = { .fails = TRUE };
    desk->archive = &a;
    desk->calls.archive = archive;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) first = desk_run(desk, &order, 1);
    const BurnResult *r = first->pdata[0];
    cr_assert_eq(r->outcome, BURN_INTERRUPTED);
    cr_assert_str_eq(r->reason, "the disk is full");
    a.fails = FALSE;
    g_autoptr(GPtrArray) second = desk_run(desk, &order, 1);
    expect_done(second->pdata[0]);
    cr_assert_eq(a.called, 2);
    cr_assert_eq(a.seen_in, BURN_STATE_PIN_SEALED);
    cr_assert_eq(a.objects, 4, "key, certificate and two seals, from the journal");
    g_autoptr(GPtrArray) third = desk_run(desk, &order, 1);
    expect_done(third->pdata[0]);
    cr_assert_eq(a.called, 2, "nothing is left to do");
}

/* ---- kill -9 of the hub while a key is at work ---- */

static void
start_and_kill_in(BurnState state, int lock)
{
    pid_t pid = fork();
    if (pid == 0) {
        desk->config.lock_fd = lock;
        BurnOrder *order = desk_order(desk, "SQ1", BURN_NEW);
        desk_run(desk, &order, 1);
        _exit(0);
    }
    for (guint i = 0; i < 1000; i++) {
        g_autoptr(BurnRecord) r = burn_journal_load(desk->journal, "SQ1", NULL);
        if (r->state == state)
            break;
        g_usleep(10000);
    }
    g_usleep(200000); /* the worker is in the call */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(lock);
}

Test(hub, a_worker_ends_the_call_that_it_is_in_when_the_hub_is_killed_and_holds_the_lock_until_then)
{
    enum { KEYGEN = 13 }; /* its counter in the shim's state */
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL), *counters = NULL,
                    *path = g_build_filename(desk->folder, "lock", NULL);
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    g_setenv("SHIM_STATE", state, TRUE);
    g_setenv("SHIM_MODULE", SOFTHSM, TRUE);
    g_setenv("SHIM_KEYGEN_MS", "1000", TRUE);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), again = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_eq(flock(lock, LOCK_EX | LOCK_NB), 0);
    start_and_kill_in(BURN_STATE_KEY_BEGUN, lock);
    cr_assert_neq(flock(again, LOCK_EX | LOCK_NB), 0, "the key is still at work");
    cr_assert_eq(flock(again, LOCK_EX), 0);
    close(again);
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    cr_assert(g_file_get_contents(state, &counters, NULL, NULL));
    cr_assert_eq(((const guint32 *)(const void *)counters)[KEYGEN], 1, "the pair of the killed run is adopted");
    cr_assert_eq(desk_issued(desk), 1);
}

Test(hub, a_worker_that_talks_out_of_turn_ends_its_call_and_what_it_made_is_taken)
{
    enum { KEYGEN = 13 };
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL), *counters = NULL;
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    g_setenv("SHIM_MODULE", SOFTHSM, TRUE);
    g_setenv("SHIM_STATE", state, TRUE);
    g_setenv("SHIM_FAULT", "C_GenerateKeyPair 1 scribble", TRUE);
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    cr_assert(g_file_get_contents(state, &counters, NULL, NULL));
    cr_assert_eq(((const guint32 *)(const void *)counters)[KEYGEN], 1, "nothing was torn, nothing made twice");
}

/* ---- a key that will not come back ---- */

static void
lose_every_key(void)
{
    g_autofree char *tokens = g_build_filename(desk->folder, "tokens", NULL),
                    *gone = g_build_filename(desk->folder, "gone", NULL);
    cr_assert_eq(g_rename(tokens, gone), 0);
    cr_assert_eq(g_mkdir(tokens, 0700), 0);
}

Test(hub, an_order_whose_key_is_lost_waits_until_a_person_restarts_it)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    cr_assert_not(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RESTART, &error), "nothing was begun");
    g_clear_error(&error);
    g_setenv("SHIM_FAULT", "C_CreateObject 2 pulled", TRUE);
    g_setenv("SHIM_MODULE", SOFTHSM, TRUE);
    g_autofree char *state = g_build_filename(desk->folder, "shim", NULL);
    g_setenv("SHIM_STATE", state, TRUE);
    desk->config.module = (char *)BUILD_DIR "/libshim.so";
    g_autoptr(GPtrArray) first = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)first->pdata[0])->outcome, BURN_WAITING);
    lose_every_key();
    g_autoptr(GPtrArray) second = desk_run(desk, &order, 1);
    const BurnResult *r = second->pdata[0];
    cr_assert_eq(r->outcome, BURN_WAITING);
    cr_assert_not_null(strstr(r->reason, "restart"), "%s", r->reason);
    cr_assert_not(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RETRY, &error));
    g_clear_error(&error);
    cr_assert(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RESTART, &error));
    g_autoptr(GPtrArray) third = desk_run(desk, &order, 1);
    g_autoptr(GPtrArray) fourth = desk_run(desk, &order, 1);
    expect_done(fourth->pdata[0]);
    cr_assert_eq(desk_issued(desk), 2);
    cr_assert_eq(desk_revoked(desk), 1, "the lost key's certificate");
    cr_assert_not(burn_decide(desk->journal, "SQ1", BURN_DECIDE_RESTART, &error), "what is done stays done");
}

Test(hub, one_process_at_a_time_is_enough_for_modules_that_allow_one)
{
    desk->config.max_procs = 1;
    BurnOrder *orders[3] = { desk_order(desk, "SQ1", BURN_NEW), desk_order(desk, "SQ2", BURN_NEW), desk_order(desk, "SQ3", BURN_NEW) };
    g_autoptr(GPtrArray) results = desk_run(desk, orders, 3);
    for (guint i = 0; i < 3; i++) {
        expect_done(results->pdata[i]);
        burn_order_free(orders[i]);
    }
}

Test(hub, what_does_not_fit_is_held_before_anything_is_touched)
{
    desk->config.capacity = 32768;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    order->room_needed = 40000;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    const BurnResult *r = results->pdata[0];
    cr_assert_eq(r->outcome, BURN_HELD);
    cr_assert_not_null(strstr(r->reason, "no room"), "%s", r->reason);
    cr_assert_eq(desk_issued(desk), 0);
}

Test(hub, a_pin_that_the_key_does_not_take_is_held_before_anything_is_touched)
{
    desk->config.pin_min = 6;
    desk->config.pin_max = 7;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    cr_assert_eq(((BurnResult *)results->pdata[0])->outcome, BURN_HELD);
}

static GPtrArray *
seals_for_another(const BurnOrder *order, GBytes *certificate, gpointer data, GError **error)
{
    GPtrArray *blobs = g_ptr_array_new_with_free_func((GDestroyNotify)burn_blob_free);
    g_autoptr(GBytes) bytes = g_bytes_new_static("a seal", 6), names = g_bytes_new_static("0123456789abcdef0123456789abcdef", 32);
    for (guint i = 0; i < order->seals; i++) {
        g_autofree char *label = g_strdup_printf("seal %u", i);
        g_ptr_array_add(blobs, burn_blob_new(label, NULL, NULL, bytes, names));
    }
    return blobs;
}

Test(hub, a_seal_that_names_another_certificate_is_not_written)
{
    desk->calls.make_seals = seals_for_another;
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    const BurnResult *r = results->pdata[0];
    cr_assert_eq(r->outcome, BURN_HELD);
    cr_assert_not_null(strstr(r->reason, "names another certificate"), "%s", r->reason);
}

Test(hub, a_stopped_hub_leaves_the_order_for_the_next_run)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnHub) hub = burn_hub_new(&desk->config, BUILD_DIR "/sealbatch-worker", desk->journal, desk->ca, desk->pins, &desk->calls, &error);
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, order);
    burn_hub_stop(hub);
    g_autoptr(GPtrArray) stopped = burn_hub_run(hub, list, &error);
    cr_assert_eq(((BurnResult *)stopped->pdata[0])->outcome, BURN_INTERRUPTED);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
}

/* A planted PIN must be nowhere but on the token: not in the journal, the CA's folder, or any argv. */
static gboolean
tree_holds(const char *path, const char *text, gsize length)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    g_autofree char *bytes = NULL;
    gsize size;
    if (dir == NULL)
        return g_file_get_contents(path, &bytes, &size, NULL) && memmem(bytes, size, text, length) != NULL;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (tree_holds(inner, text, length))
            return TRUE;
    }
    return FALSE;
}

static gboolean found_in_a_process;

static void
look_at_processes(const BurnOrder *order, const char *serial, BurnState state, guint step, guint steps, gpointer data)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *pid;
    while ((pid = g_dir_read_name(proc)) != NULL)
        for (guint i = 0; g_ascii_isdigit(*pid) && i < 2; i++) {
            g_autofree char *path = g_build_filename("/proc", pid, i ? "environ" : "cmdline", NULL);
            if (tree_holds(path, order->fixed_pin, strlen(order->fixed_pin)))
                found_in_a_process = TRUE;
        }
}

Test(hub, a_planted_pin_is_in_no_file_and_no_process_list)
{
    g_autoptr(BurnOrder) order = desk_order(desk, "SQ1", BURN_NEW);
    g_free(order->fixed_pin);
    order->fixed_pin = g_strdup("PLANTED-PIN-7731");
    desk->calls.progress = look_at_processes;
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    expect_done(results->pdata[0]);
    cr_assert_not(tree_holds(desk->folder, order->fixed_pin, strlen(order->fixed_pin)));
    cr_assert_not(found_in_a_process);
}
