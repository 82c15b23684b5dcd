/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading what lies open on a burned token, without its PIN.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/token_read.h"
#include "core/error.h"
#include "support/bench_top.h"

static Desk *desk;
static char *serial;
static GBytes *certificate;

static void
setup(void)
{
    desk = desk_new();
    g_autoptr(BurnOrder) order = desk_order(desk, "A", BURN_NEW);
    g_autoptr(GPtrArray) results = desk_run(desk, &order, 1);
    BurnResult *r = results->pdata[0];
    cr_assert_eq(r->outcome, BURN_DONE, "%s", r->reason ? r->reason : "");
    serial = g_strdup(r->token_serial);
    certificate = g_bytes_ref(r->certificate);
}

static void
teardown(void)
{
    g_free(serial);
    g_bytes_unref(certificate);
    desk_free(desk);
}

TestSuite(token_read, .init = setup, .fini = teardown, .timeout = 60);

Test(token_read, gives_the_certificate_and_every_seal_byte_for_byte)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BurnTokenContent) content = burn_token_read(BUILD_DIR "/sealbatch-worker", SOFTHSM, serial, 5000, &error);
    cr_assert(content, "%s", error ? error->message : "");
    cr_assert_eq(content->certificates->len, 1);
    cr_expect(g_bytes_equal(content->certificates->pdata[0], certificate));
    cr_assert_eq(content->data->len, desk->seals);
    for (guint i = 0; i < content->data->len; i++) {
        const BurnTokenData *data = content->data->pdata[i];
        cr_expect_gt(g_bytes_get_size(data->value), 0);
        cr_expect_str_eq(data->application, "sealbatch");
    }
}

Test(token_read, another_serial_no_serial_and_no_module_are_errors)
{
    static const struct {
        const char *worker, *module, *serial;
        SbError code;
    } rows[] = {
        { BUILD_DIR "/sealbatch-worker", SOFTHSM, "0000000000000000", SB_ERROR_TOKEN },
        { BUILD_DIR "/sealbatch-worker", SOFTHSM, "", SB_ERROR_TOKEN },
        { BUILD_DIR "/sealbatch-worker", "/nonexistent.so", "1", SB_ERROR_TOKEN },
        { "/nonexistent", SOFTHSM, "1", SB_ERROR_ENV },
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(burn_token_read(rows[i].worker, rows[i].module, rows[i].serial, 5000, &error), "row %u", i);
        cr_expect(g_error_matches(error, SB_ERROR, (gint)rows[i].code), "row %u: %s", i, error ? error->message : "");
    }
}
