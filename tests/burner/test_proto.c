/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burner/proto.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "burner/hub_worker.h"
#include "burner/inventory.h"

Test(proto, a_frame_arrives_as_it_was_sent)
{
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    g_autoptr(GVariant) v = g_variant_ref_sink(g_variant_new("(bb)", TRUE, FALSE));
    cr_assert(burn_frame_send(pair[0], BURN_MSG_LOOK, BURN_FAULT_NONE, g_variant_get_data(v), g_variant_get_size(v)));
    BurnFrame frame;
    cr_assert(burn_frame_receive(pair[1], &frame));
    cr_assert_eq(frame.type, BURN_MSG_LOOK);
    g_autoptr(GVariant) back = burn_frame_variant(&frame, "(bb)");
    cr_assert(g_variant_equal(v, back));
    burn_frame_clear(&frame);
}

Test(proto, malformed_headers_and_ends_are_refused)
{
    static const guint8 heads[][8] = {
        { 0, 0, 0, 0, 0, 0, 0, 0 },       /* type 0 */
        { 0, 0, 0, 0, 0, 99, 0, 0 },      /* unknown type */
        { 0xff, 0, 0, 0, 0, 4, 0, 0 },    /* too long */
        { 0, 0, 8, 0, 0, 3, 0, 0 },       /* PINs too long */
        { 0, 0, 0, 0, 0, 4, 0, 200 },     /* unknown fault */
        { 0, 0, 0, 9, 0, 4, 0, 0 },       /* body missing */
    };
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
        int pair[2];
        BurnFrame frame;
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        cr_assert_eq(write(pair[0], heads[i], 8), 8);
        close(pair[0]);
        cr_assert_not(burn_frame_receive(pair[1], &frame), "header %u", i);
        close(pair[1]);
    }
}

Test(proto, pins_are_packed_and_parsed_exactly)
{
    guint8 bytes[BURN_PROTO_PINS_MAX];
    BurnPins pins = { { 5, 8, 0, 0 }, { "so-so", "12345678", NULL, NULL } }, back;
    gsize size = burn_pins_pack(&pins, bytes);
    cr_assert(burn_pins_parse(bytes, size, &back));
    cr_assert_str_eq(back.pin[BURN_PIN_SO], "so-so");
    cr_assert_str_eq(back.pin[BURN_PIN_USER], "12345678");
    for (gsize i = 0; i < size; i++)
        cr_assert_not(burn_pins_parse(bytes, i, &back), "cut at %zu", i);
    bytes[0] = 200;
    cr_assert_not(burn_pins_parse(bytes, size, &back));
}

Test(proto, an_inventory_crosses_and_a_malformed_one_does_not)
{
    g_autoptr(BurnInventory) all = burn_inventory_new();
    all->token = burn_token_info_new();
    all->token->serial = g_strdup("0011");
    all->token->free_bytes = 77;
    all->token->pin_locked = TRUE;
    all->logged_in = TRUE;
    BurnObject *o = burn_object_new(BURN_OBJECT_CERT);
    o->id = g_bytes_new("id", 2);
    o->label = g_strdup("证书");
    o->size = 500;
    o->sha256[31] = 9;
    g_ptr_array_add(all->objects, o);
    g_autoptr(GVariant) v = g_variant_ref_sink(burn_inventory_pack(all));
    g_autoptr(BurnInventory) back = burn_inventory_unpack(v);
    cr_assert_str_eq(back->token->serial, "0011");
    cr_assert(back->token->pin_locked && back->token->free_bytes == 77 && back->logged_in);
    const BurnObject *same = back->objects->pdata[0];
    cr_assert(same->kind == BURN_OBJECT_CERT && same->sha256[31] == 9 && burn_object_has_id(same, (const guint8 *)"id", 2));
    cr_assert_str_eq(same->label, "证书");
    g_autoptr(GVariant) other = g_variant_ref_sink(g_variant_new("(s)", "x"));
    cr_assert_null(burn_inventory_unpack(other));
    cr_assert_null(burn_token_info_unpack(other));
}

/* ---- a worker is asked, watched and buried ---- */

typedef struct {
    GMainLoop *loop;
    BurnFault fault;
    char *text;
} Answer;

static void
on_answer(BurnWorker *worker, BurnFault fault, GVariant *answer, const char *text, gpointer data)
{
    Answer *a = data;
    a->fault = fault;
    a->text = g_strdup(text);
    g_main_loop_quit(a->loop);
}

static Answer
ask(const char *program, BurnMessage type, GVariant *body, guint deadline_ms)
{
    GMainContext *context = g_main_context_new();
    Answer a = { g_main_loop_new(context, FALSE), BURN_FAULT_NONE, NULL };
    g_autoptr(GError) error = NULL;
    BurnNursery *nursery = burn_nursery_start(program, NULL, 0, &error);
    cr_assert_not_null(nursery, "%s", error ? error->message : "");
    BurnWorker *worker = burn_worker_start(nursery, context, &error);
    cr_assert_not_null(worker, "%s", error ? error->message : "");
    burn_worker_ask(worker, type, body, "()", deadline_ms, on_answer, &a);
    g_main_loop_run(a.loop);
    burn_worker_kill(worker);
    burn_nursery_stop(nursery);
    g_main_loop_unref(a.loop);
    g_main_context_unref(context);
    return a;
}

Test(worker, a_module_that_is_none_is_a_fault_and_not_a_crash)
{
    Answer a = ask(BUILD_DIR "/sealbatch-worker", BURN_MSG_LIST, g_variant_new("(ss)", "/dev/null", ""), 5000);
    cr_assert_eq(a.fault, BURN_FAULT_MODULE, "%s", a.text);
    g_free(a.text);
}

Test(worker, requests_out_of_turn_or_malformed_are_refused)
{
    Answer a = ask(BUILD_DIR "/sealbatch-worker", BURN_MSG_KEYGEN, g_variant_new("(uays)", 0, NULL, "x"), 5000);
    cr_assert_eq(a.fault, BURN_FAULT_REQUEST, "%s", a.text);
    Answer b = ask(BUILD_DIR "/sealbatch-worker", BURN_MSG_LOOK, g_variant_new("(s)", "not two booleans"), 5000);
    cr_assert_eq(b.fault, BURN_FAULT_REQUEST, "%s", b.text);
    g_free(a.text);
    g_free(b.text);
}

Test(worker, one_that_a_dying_nursery_left_behind_gets_no_requests, .timeout = 60)
{
    g_autofree char *mark = g_strdup("/tmp/nurseryXXXXXX");
    close(g_mkstemp(mark));
    g_unlink(mark);
    g_setenv("DYING_NURSERY", mark, TRUE);
    Answer a = ask(BUILD_DIR "/dying_nursery", BURN_MSG_LIST, g_variant_new("(ss)", "/dev/null", ""), 20000);
    cr_expect_eq(a.fault, BURN_FAULT_MODULE, "the real worker's answer, and not silence: %s", a.text);
    cr_expect(g_file_test(mark, G_FILE_TEST_EXISTS), "there was one");
    g_unlink(mark);
    g_free(a.text);
}

Test(worker, a_program_that_is_no_worker_is_an_error_of_the_machine, .timeout = 60)
{
    GMainContext *context = g_main_context_new();
    g_autoptr(GError) error = NULL;
    BurnNursery *nursery = burn_nursery_start("/bin/true", NULL, 0, &error);
    cr_assert_null(burn_worker_start(nursery, context, &error));
    cr_assert_not_null(error);
    burn_nursery_stop(nursery);
    g_clear_error(&error);
    cr_assert_null(burn_nursery_start("/nowhere/worker", NULL, 0, &error));
    cr_assert_not_null(error);
    g_main_context_unref(context);
}
