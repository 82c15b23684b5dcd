/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing through one worker that initialised the token itself: it asks the token less, and leaves no more on it.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/inventory.h"
#include "burner/one_worker.h"
#include "support/bench_top.h"

static Desk *desk;
static BurnOneWorker *worker;
static GBytes *id;

static GVariant *
bytes(GBytes *b)
{
    return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, b, TRUE);
}

static GVariant *
ask(BurnMessage message, GVariant *body, const char *type)
{
    g_autoptr(GError) error = NULL;
    GVariant *answer = burn_one_worker_ask(worker, message, body, type, &error);
    cr_assert(answer, "message %u: %s", message, error ? error->message : "");
    return answer;
}

static void
tell(BurnMessage message, GVariant *body)
{
    g_variant_unref(ask(message, body, "()"));
}

static void
give_pins(void)
{
    guint8 body[BURN_PROTO_PINS_MAX];
    BurnPins pins = { 0 };
    pins.pin[BURN_PIN_SO] = "SO-PIN-12345";
    pins.pin[BURN_PIN_USER] = "12345678";
    pins.length[BURN_PIN_SO] = 12;
    pins.length[BURN_PIN_USER] = 8;
    gsize size = burn_pins_pack(&pins, body);
    tell(BURN_MSG_PINS, g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, body, size, 1));
}

static void
setup(void)
{
    g_autoptr(GError) error = NULL;
    desk = desk_new();
    id = g_bytes_new_static("0123456789abcdef", 16);
    worker = burn_one_worker_start(BUILD_DIR "/sealbatch-worker", NULL, 10000, &error);
    cr_assert(worker, "%s", error ? error->message : "");
    g_variant_unref(ask(BURN_MSG_OPEN, g_variant_new("(ssssst)", SOFTHSM, "", "", "SB-test", "", BURN_SLOT_UNKNOWN),
                        BURN_TOKEN_TYPE));
    give_pins();
    g_variant_unref(ask(BURN_MSG_INIT, g_variant_new("(s)", "SB-test"), BURN_TOKEN_TYPE));
    tell(BURN_MSG_SET_PIN, g_variant_new("(b)", FALSE));
}

static void
teardown(void)
{
    burn_one_worker_free(worker);
    g_bytes_unref(id);
    desk_free(desk);
}

TestSuite(p11_write, .init = setup, .fini = teardown, .timeout = 60);

static guint
count(BurnObjectKind kind, gsize *size)
{
    guint n = 0;
    g_autoptr(GVariant) answer = ask(BURN_MSG_LOOK, g_variant_new("(bb)", TRUE, TRUE), BURN_INVENTORY_TYPE);
    g_autoptr(BurnInventory) all = burn_inventory_unpack(answer);
    for (guint i = 0; i < all->objects->len; i++) {
        const BurnObject *o = all->objects->pdata[i];
        if (o->kind == kind) {
            *size = o->size;
            n++;
        }
    }
    return n;
}

static void
write_data(const char *label, const char *value)
{
    g_autoptr(GBytes) b = g_bytes_new_static(value, strlen(value));
    tell(BURN_MSG_WRITE_DATA, g_variant_new("(sss@ay)", label, "sealbatch", "", bytes(b)));
}

Test(p11_write, an_object_written_twice_stands_there_once_with_its_last_value)
{
    gsize size = 0;
    write_data("seal 1", "first");
    write_data("seal 2", "another name");
    write_data("seal 1", "the last value");
    cr_expect_eq(count(BURN_OBJECT_DATA, &size), 2);
    write_data("seal 2", "another name");
    cr_expect_eq(count(BURN_OBJECT_DATA, &size), 2);
}

static GVariant *
keygen(GBytes *with)
{
    return ask(BURN_MSG_KEYGEN, g_variant_new("(u@ays)", BURN_KEY_EC_P256, bytes(with), "key"), "(ay)");
}

static GVariant *
sign(GBytes *with, GError **error)
{
    g_autoptr(GBytes) digest = g_bytes_new_static("0123456789abcdef0123456789abcdef", 32);
    return burn_one_worker_ask(worker, BURN_MSG_SIGN,
                               g_variant_new("(u@ay@ay)", BURN_KEY_EC_P256, bytes(with), bytes(digest)), "(ay)", error);
}

Test(p11_write, a_key_that_was_just_made_signs_and_after_its_removal_none_does)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) other = g_bytes_new_static("fedcba9876543210", 16), any = g_bytes_new_static("", 0);
    g_autoptr(GVariant) key = keygen(id);
    g_autoptr(GVariant) signature = sign(id, NULL);
    cr_expect(signature, "the key made here is known without a search");
    cr_expect_null(sign(other, &error), "another id's key must be searched for, and is not there");
    g_clear_error(&error);
    g_autoptr(GVariant) removed =
        ask(BURN_MSG_REMOVE, g_variant_new("(u@ay@ay)", BURN_OBJECT_PRIVATE, bytes(id), bytes(any)), "(u)");
    cr_expect_null(sign(id, &error), "the key is gone");
    cr_expect(strstr(error->message, "0 private keys") != NULL, "%s", error->message);
}

Test(p11_write, of_two_keys_with_one_id_none_signs_in_a_later_process)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) one = keygen(id);
    g_autoptr(GVariant) two = keygen(id);
    burn_one_worker_free(worker);
    worker = burn_one_worker_start(BUILD_DIR "/sealbatch-worker", NULL, 10000, NULL);
    g_variant_unref(ask(BURN_MSG_OPEN, g_variant_new("(ssssst)", SOFTHSM, "", "", "SB-test", "", BURN_SLOT_UNKNOWN),
                        BURN_TOKEN_TYPE));
    give_pins();
    cr_expect_null(sign(id, &error));
    cr_expect(strstr(error->message, "2 private keys") != NULL, "%s", error->message);
}
