/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "pipeline/burn_view.h"

Test(burn_view, a_row_shows_order_key_bar_and_step)
{
    g_autofree char *half = burn_view_row("SQ1", "S1", "KEYED", 6, 12);
    g_autofree char *blank = burn_view_row("SQ1", "", "CLAIMED", 0, 0);
    g_autofree char *full = burn_view_row("SQ1", "S1", "done", 99, 13);
    cr_expect_not_null(strstr(half, "[######.......]  KEYED"));
    cr_expect_not_null(strstr(blank, " -  "));
    cr_expect_not_null(strstr(blank, "[.............]"));
    cr_expect_not_null(strstr(full, "[#############]"));
}

Test(burn_view, more_units_than_rows_do_no_harm)
{
    g_autoptr(BurnView) view = burn_view_new(FALSE, FALSE);
    BurnResult result = { .outcome = BURN_HELD, .reason = (char *)"why" };
    for (guint i = 0; i < 100; i++) {
        g_autofree char *unit = g_strdup_printf("U%u", i);
        burn_view_progress(view, unit, "S", BURN_STATE_KEYED, 1, 13);
        burn_view_finished(view, unit, &result);
    }
    burn_view_settle(view);
}
