/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slot id is a hint: what counts is the serial, in the process that writes and in the one that reads back. */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/inventory.h"
#include "burner/one_worker.h"
#include "support/bench_top.h"

static BurnOneWorker *
worker(void)
{
    g_autoptr(GError) error = NULL;
    BurnOneWorker *w = burn_one_worker_start(BUILD_DIR "/sealbatch-worker", NULL, 20000, &error);
    cr_assert_not_null(w, "%s", error ? error->message : "");
    return w;
}

static guint64
slot_of(const char *serial)
{
    g_autoptr(GError) error = NULL;
    BurnOneWorker *w = worker();
    guint64 slot = BURN_SLOT_UNKNOWN;
    g_autoptr(GVariant) all =
        burn_one_worker_ask(w, BURN_MSG_LIST, g_variant_new("(ss)", SOFTHSM, ""), "a" BURN_TOKEN_TYPE, &error);
    cr_assert_not_null(all, "%s", error ? error->message : "");
    for (gsize i = 0; i < g_variant_n_children(all); i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(all, i);
        g_autoptr(BurnTokenInfo) info = burn_token_info_unpack(child);
        if (strcmp(info->serial, serial) == 0)
            slot = info->slot;
    }
    burn_one_worker_free(w);
    cr_assert_neq(slot, BURN_SLOT_UNKNOWN);
    return slot;
}

/* The serial of what is opened, or NULL. */
static char *
opened(const char *serial, guint64 slot)
{
    BurnOneWorker *w = worker();
    g_autoptr(GVariant) answer = burn_one_worker_ask(
        w, BURN_MSG_OPEN, g_variant_new("(ssssst)", SOFTHSM, "", serial, "", "", slot), BURN_TOKEN_TYPE, NULL);
    g_autoptr(BurnTokenInfo) info = answer != NULL ? burn_token_info_unpack(answer) : NULL;
    burn_one_worker_free(w);
    return info != NULL ? g_strdup(info->serial) : NULL;
}

Test(slot_hint, the_serial_decides_which_key_is_opened, .timeout = 120)
{
    Desk *desk = desk_new();
    g_autofree char *a = desk_token(desk, "87654321", "12345678");
    g_autofree char *b = desk_token(desk, "87654321", "12345678");
    guint64 hints[] = { slot_of(b), slot_of(a), 4711, BURN_SLOT_UNKNOWN };
    for (guint i = 0; i < G_N_ELEMENTS(hints); i++) {
        g_autofree char *seen = opened(b, hints[i]);
        cr_assert_str_eq(seen, b, "hint %u", i);
    }
    cr_assert_null(opened("0123456789abcdef", hints[1]));
    desk_free(desk);
}

/* The certificate that is read back, or NULL. */
static GBytes *
read_back(const char *serial, GBytes *id, guint64 slot)
{
    BurnOneWorker *w = worker();
    g_autoptr(BurnPin) pin = burn_pin_new("12345678", 8);
    cr_assert(burn_one_worker_give_pin(w, pin, NULL));
    g_autoptr(GVariant) answer = burn_one_worker_ask(
        w, BURN_MSG_READ_BACK,
        g_variant_new("(ss@ay@ayt)", SOFTHSM, serial, g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, id, TRUE),
                      g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, id, TRUE), slot),
        "(" BURN_INVENTORY_TYPE "ayay)", NULL);
    burn_one_worker_free(w);
    if (answer == NULL)
        return NULL;
    g_autoptr(GVariant) certificate = g_variant_get_child_value(answer, 1);
    return g_bytes_new(g_variant_get_data(certificate), g_variant_get_size(certificate));
}

Test(slot_hint, the_serial_decides_which_key_is_read_back, .timeout = 120)
{
    Desk *desk = desk_new();
    g_autofree char *other = desk_token(desk, "87654321", "12345678");
    BurnOrder *order = desk_order(desk, "SQ1", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    const BurnResult *r = results->pdata[0];
    cr_assert_eq(r->outcome, BURN_DONE, "%s", r->reason);
    guint8 mark[BURN_MARK_SIZE];
    char label[33];
    burn_mark("SQ1", 1, mark, label);
    g_autoptr(GBytes) id = g_bytes_new(mark, sizeof mark);
    guint64 hints[] = { slot_of(r->token_serial), slot_of(other), 4711, BURN_SLOT_UNKNOWN };
    for (guint i = 0; i < G_N_ELEMENTS(hints); i++) {
        g_autoptr(GBytes) seen = read_back(r->token_serial, id, hints[i]);
        cr_assert(seen != NULL && g_bytes_equal(seen, r->certificate), "hint %u", i);
    }
    cr_assert_null(read_back(other, id, hints[0]), "another key's serial: its own slot is looked at, which holds nothing");
    cr_assert_null(read_back("0123456789abcdef", id, hints[0]));
    burn_order_free(order);
    desk_free(desk);
}
