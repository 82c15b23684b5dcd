/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "burner/hub.h"
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
